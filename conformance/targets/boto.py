"""The same URL, asked by boto3: what users' programs really send.

boto3 serialises the request itself. What it cannot send as asked (unknown members, a string in
place of an object, a body that is no object) is refused here instead of being sent as something
else. Without parameter validation it does send a number in place of a string.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from conformance.targets.pace import Pace
from conformance.targets.protocol import TargetOptions
from conformance.wire import Call, Reply, TransportFault, encode
from conformance.wire.reading import parse_json
from conformance.wire.signing import Credentials


class BotoTarget:
    """Sends calls with a boto3 client: no parameter validation, no retries."""

    account: str | None = None
    #: A call that was signed already, or is not to be, cannot be sent this way.
    signs_itself = True

    def __init__(self, url: str, options: TargetOptions, credentials: Credentials) -> None:
        import boto3
        import botocore.session
        from botocore.config import Config

        self.name = url
        self.endpoint = url if url.endswith("/") else url + "/"
        self._timeout = options.timeout
        self._pace = Pace(options.rate)
        # The user's profile does not matter, not even when AWS_PROFILE names none that exists.
        without_profile = botocore.session.Session({"profile": (None, None, None, None)})
        self._client: Any = boto3.session.Session(botocore_session=without_profile).client(
            "sagemaker",
            region_name=options.region,
            endpoint_url=url,
            verify=options.ca_bundle or True,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1, "mode": "standard"},
                connect_timeout=options.timeout,
                read_timeout=options.timeout,
                proxies={},
            ),
        )
        self._wanted: Any = None
        self._parsed: dict[str, Any] = {}
        events = self._client.meta.events
        events.register("before-send.sagemaker", self._as_asked)
        events.register("before-parse.sagemaker", self._keep)

    def _as_asked(self, request: Any, **_: Any) -> None:
        if _canonical(json.loads(request.body)) != _canonical(self._wanted):
            raise TransportFault("unsendable", "boto3 would send something else than asked")

    def _keep(self, response_dict: dict[str, Any], **_: Any) -> None:
        self._parsed = response_dict

    def send(self, call: Call) -> Reply:
        """Return the reply; raises ``TransportFault("unsendable")`` for what boto3 cannot send."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
        from botocore.exceptions import ConnectionError as BotoConnectionError

        self._wanted = parse_json(call.body)
        if not isinstance(self._wanted, dict):
            raise TransportFault("unsendable", "boto3 sends no other body than an object")
        usual = encode(call.operation, {}).headers
        if call.method != "POST" or any(call.headers.get(key) != usual[key] for key in usual):
            raise TransportFault("unsendable", "boto3 sends no other headers than its own")
        self._parsed = {}
        time.sleep(self._pace.wait())
        started = time.perf_counter()
        try:
            getattr(self._client, xform_name(call.operation))(**self._wanted)
        except ClientError:
            pass  # an error of the service is an answer like any other
        except TransportFault:
            raise
        except ReadTimeoutError as problem:
            raise TransportFault("timeout", f"no answer within {self._timeout:g} s") from problem
        except BotoConnectionError as problem:
            raise TransportFault("connect", str(problem)[:200]) from problem
        except BotoCoreError as problem:
            if not self._parsed:
                raise TransportFault("broken", str(problem)[:200]) from problem
        except Exception as problem:
            if not self._parsed:
                raise TransportFault("unsendable", f"boto3: {problem!r}"[:200]) from problem
        seconds = time.perf_counter() - started
        headers = tuple((str(k), str(v)) for k, v in self._parsed["headers"].items())
        return Reply(self._parsed["status_code"], headers, self._parsed["body"], seconds)

    def fingerprint(self) -> Mapping[str, str]:
        """Return the kind: a URL asked by boto3."""
        return {"kind": "url", "client": "boto3"}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _canonical(body: Any) -> str:
    """Return JSON as text: unlike Python's values, 1 and true are told apart."""
    return json.dumps(body, sort_keys=True)

"""Anything that listens at an ``http://`` or ``https://`` URL, asked with ``requests``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import SKIP_HEADER

from conformance.targets.pace import Pace
from conformance.targets.protocol import TargetOptions
from conformance.wire import Call, Reply, TransportFault

#: No CreateModel answer is longer; a target that sends more is cut off there.
MAX_BODY = 8 * 1024 * 1024


class HttpTarget:
    """Sends signed bytes to one URL. Redirects are never followed, proxies of the user's
    environment and netrc credentials never used: what was signed for the target stays with it.
    """

    account: str | None = None

    def __init__(self, url: str, options: TargetOptions) -> None:
        self.name = url
        self.endpoint = url if url.endswith("/") else url + "/"
        self._timeout = options.timeout
        self._pace = Pace(options.rate)
        self._server: str | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = options.ca_bundle or True

    def send(self, call: Call) -> Reply:
        """Return the reply; ``TransportFault`` when it is refused, late, cut off or endless."""
        self._pace.wait()
        started = time.perf_counter()
        try:
            with self._session.request(
                call.method,
                call.url,
                data=_body(call),
                headers=_headers(call),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._bounded(response, started)
        except (requests.exceptions.Timeout, ReadTimeoutError) as problem:
            raise TransportFault("timeout", f"no answer within {self._timeout:g} s") from problem
        except requests.exceptions.SSLError as problem:
            raise TransportFault("connect", f"TLS: {_short(problem)}") from problem
        except requests.exceptions.ConnectionError as problem:
            refused = "refused" in str(problem) or "resolve" in str(problem)
            kind = "connect" if refused else "broken"
            raise TransportFault(kind, _short(problem)) from problem
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as problem:
            raise TransportFault("broken", _short(problem)) from problem
        headers = tuple(response.headers.items())
        reply = Reply(response.status_code, headers, body, time.perf_counter() - started)
        self._server = self._server or reply.header("server")
        return reply

    def _bounded(self, response: requests.Response, started: float) -> bytes:
        """Return the body; what has come so far is looked at after each arrival, however small."""
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(65536, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MAX_BODY:
                raise TransportFault("too-long", f"answer longer than {MAX_BODY} bytes")
            if time.perf_counter() - started > self._timeout:
                raise TransportFault("timeout", f"answer not complete in {self._timeout:g} s")
        return b"".join(parts)

    def fingerprint(self) -> Mapping[str, str]:
        """Return the URL's kind and the Server header that was seen, if any."""
        return {"kind": "url", **({"server": self._server} if self._server else {})}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _is_chunked(call: Call) -> bool:
    return any(
        key.lower() == "transfer-encoding" and value.lower() == "chunked"
        for key, value in call.headers.items()
    )


def _body(call: Call) -> bytes | Iterator[bytes]:
    """Return the body; ``requests`` sends in chunks what it is given piece by piece."""
    if not _is_chunked(call):
        return call.body
    half = len(call.body) // 2
    return (part for part in (call.body[:half], call.body[half:]) if part)


def _headers(call: Call) -> dict[str, str]:
    """Return the headers of a call; a User-Agent that it has not is not made up for it."""
    kept = {k: v for k, v in call.headers.items() if k.lower() != "transfer-encoding"}
    if not any(key.lower() == "user-agent" for key in kept):
        kept["User-Agent"] = SKIP_HEADER
    return kept


def _short(problem: BaseException) -> str:
    """Return the innermost reason of a connection problem: one line, no object addresses."""
    reason: BaseException = problem
    while True:
        inner = getattr(reason, "reason", None) or next(
            (arg for arg in reason.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            break
        reason = inner
    text = str(reason).partition(": ")[2] if " object at 0x" in str(reason) else str(reason)
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    return shown[:200] or type(reason).__name__

"""Signs calls with SigV4 for the service ``sagemaker``, by botocore's signer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.wire.messages import Call

SERVICE = "sagemaker"

#: Headers that sign a request: no record and no finding holds them.
SIGNATURE = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256")


@dataclass(frozen=True)
class Credentials:
    """Keys to sign with. The defaults are dummies that emulators take."""

    access_key: str = "test"
    secret_key: str = "test"
    token: str | None = None


class Signer:
    """Signs calls for one region with one set of keys."""

    def __init__(
        self, region: str, credentials: Credentials | None = None, service: str = SERVICE
    ) -> None:
        from botocore.auth import SigV4Auth
        from botocore.credentials import Credentials as BotocoreCredentials

        self.region = region
        self._keys = credentials or Credentials()
        given = BotocoreCredentials(self._keys.access_key, self._keys.secret_key, self._keys.token)
        self._auth: Any = SigV4Auth(given, service, region)

    def otherwise(
        self, *, key: str | None = None, secret: str | None = None, service: str | None = None
    ) -> Signer:
        """Return a signer that has another key, secret or service than this one."""
        changed = replace(
            self._keys,
            access_key=key or self._keys.access_key,
            secret_key=secret or self._keys.secret_key,
        )
        return Signer(self.region, changed, service or SERVICE)

    def signed(self, call: Call, *, later: float = 0.0) -> Call:
        """Return the call with the headers that sign it, as of so many seconds from now."""
        from botocore.awsrequest import AWSRequest

        request: Any = AWSRequest(
            method=call.method, url=call.url, data=call.body, headers=dict(call.headers)
        )
        if later:
            self._sign_as_of(request, datetime.now(UTC) + timedelta(seconds=later))
        else:
            self._auth.add_auth(request)
        return replace(call, headers=dict(request.headers.items()))

    def _sign_as_of(self, request: Any, moment: datetime) -> None:
        """Take the steps of botocore's ``add_auth``, which knows no other time than now."""
        request.context["timestamp"] = f"{moment:%Y%m%dT%H%M%SZ}"
        self._auth._modify_request_before_signing(request)
        text = self._auth.string_to_sign(request, self._auth.canonical_request(request))
        self._auth._inject_signature_to_request(request, self._auth.signature(text, request))


def profile_credentials(profile: str) -> Credentials:
    """Return the keys of a credential profile of the user's.

    Raises ``LookupError`` with one sentence when there is no such profile or it has no keys.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        found: Any = Session(profile=profile).get_credentials()
        frozen = found.get_frozen_credentials() if found is not None else None
    except BotoCoreError as problem:
        raise LookupError(f"credential profile {profile!r}: {problem}") from problem
    if frozen is None:
        raise LookupError(f"credential profile {profile!r} has no credentials")
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)

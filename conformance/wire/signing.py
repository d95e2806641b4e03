"""Signs calls with SigV4 for the service ``sagemaker``, by botocore's signer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from conformance.wire.messages import Call

SERVICE = "sagemaker"


@dataclass(frozen=True)
class Credentials:
    """Keys to sign with. The defaults are dummies that emulators take."""

    access_key: str = "test"
    secret_key: str = "test"
    token: str | None = None


class Signer:
    """Signs calls for one region with one set of keys."""

    def __init__(self, region: str, credentials: Credentials | None = None) -> None:
        from botocore.auth import SigV4Auth
        from botocore.credentials import Credentials as BotocoreCredentials

        keys = credentials or Credentials()
        given = BotocoreCredentials(keys.access_key, keys.secret_key, keys.token)
        self.region = region
        self._auth: Any = SigV4Auth(given, SERVICE, region)

    def signed(self, call: Call) -> Call:
        """Return the call with the headers that sign it."""
        from botocore.awsrequest import AWSRequest

        request: Any = AWSRequest(
            method=call.method, url=call.url, data=call.body, headers=dict(call.headers)
        )
        self._auth.add_auth(request)
        return replace(call, headers=dict(request.headers.items()))


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

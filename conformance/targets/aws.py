"""The real service: its endpoint and the user's keys as AWS's own clients find them.

botocore resolves both: the credential chain (environment, profile, SSO, a role) and the endpoint
of the region, which ``AWS_ENDPOINT_URL_SAGEMAKER`` or a profile's ``endpoint_url`` overrides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.targets.http import HttpTarget
from conformance.targets.protocol import TargetOptions, TargetProblem
from conformance.wire.signing import SERVICE, Credentials, chain_credentials

NAME = "aws"

NOT_ALLOWED = (
    "aws is the real service, where requests can cost money: say --allow-aws if that is meant"
)

#: Requests a second, where the user does not say: far below what AWS lets through.
RATE = 2.0


@dataclass(frozen=True)
class Access:
    """How the user reaches AWS: a region, the endpoint there, and keys."""

    region: str
    endpoint: str
    credentials: Credentials


def access(region: str | None, profile: str | None) -> Access:
    """Return how AWS is reached: ``region`` and ``profile`` are what the user said, if anything.

    Raises ``TargetProblem`` with one sentence where there is no region, no profile or no keys.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session: Any = Session(profile=profile)
        found = region or os.environ.get("AWS_REGION") or session.get_config_variable("region")
        if not found:
            raise TargetProblem("AWS is asked in no region: say --region, or set AWS_REGION")
        credentials = chain_credentials(profile)
        if credentials is None:
            raise TargetProblem("no AWS credentials were found: say --aws-profile, or log in")
        client: Any = session.create_client(SERVICE, region_name=found)
        endpoint: str = client.meta.endpoint_url
        client.close()
    except LookupError as problem:
        raise TargetProblem(str(problem)) from problem
    except (BotoCoreError, ValueError) as problem:
        raise TargetProblem(f"AWS cannot be reached as configured: {problem}") from problem
    return Access(found, endpoint, credentials)


class AwsTarget(HttpTarget):
    """SageMaker itself, asked slowly. It is for whoever has said what that may come to."""

    def __init__(self, options: TargetOptions) -> None:
        """Raises ``TargetProblem`` where nobody has agreed to what is going to be sent."""
        if not options.allow_aws:
            raise TargetProblem(NOT_ALLOWED)
        if options.aws_endpoint is None:
            raise TargetProblem("aws is asked by the command run alone, which says first what for")
        super().__init__(options.aws_endpoint, slowly(options))
        self.name = NAME
        self._region = options.region

    def fingerprint(self) -> Mapping[str, str]:
        """Return the kind and the region: AWS names no version."""
        return {"kind": NAME, "region": self._region}


def slowly(options: TargetOptions) -> TargetOptions:
    """Return the options with the rate at which AWS is asked, unless the user chose one."""
    return options if options.rate is not None else replace(options, rate=RATE)

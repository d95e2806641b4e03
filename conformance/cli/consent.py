"""What a run against AWS needs before anything is sent: keys, named resources, and a yes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import Refused

if TYPE_CHECKING:
    from conformance.engine.run import Plan
    from conformance.targets import Target, TargetOptions
    from conformance.targets.allowance import Allowance
    from conformance.wire.signing import Credentials

#: Of what the built-in service was asked, so many times as much may be asked of AWS, and some more:
#: what fails there is asked again to find the smallest such request.
_FACTOR, _MORE_REQUESTS, _MORE_MODELS = 2, 500, 50


def is_paid(target: str) -> bool:
    """Tell whether requests to a target can cost money: it is AWS, or under a domain of AWS's."""
    from conformance.targets import is_aws
    from conformance.targets.aws import NAME

    return target == NAME or is_aws(target)


def with_access(options: TargetOptions, profile: str | None) -> tuple[TargetOptions, Credentials]:
    """Return the options with AWS's region and endpoint in them, and the keys that were found.

    Raises ``Refused`` with one sentence. Nothing is sent to AWS.
    """
    from click.core import ParameterSource

    from conformance.targets import TargetProblem, check
    from conformance.targets.aws import access

    source = click.get_current_context().get_parameter_source("region")
    region = None if source is ParameterSource.DEFAULT else options.region
    try:
        found = access(region, profile)
        reached = replace(options, region=found.region, aws_endpoint=found.endpoint)
        check(reached)
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
    return reached, found.credentials


def with_named_resources(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``run`` with the account of the role, and with models alone selected.

    Raises ``Refused`` with one sentence where a role or an image is missing.
    """
    from conformance.engine.iam import account_of
    from conformance.targets.aws import NOT_ALLOWED

    if not given["allow_aws"]:
        raise Refused(NOT_ALLOWED)
    for option in ("role_arn", "image"):
        if not given[option]:
            name = option.replace("_", "-")
            raise Refused(f"AWS checks what requests name: say --{name} with one that exists")
    account = account_of(given["role_arn"])
    if account is None:
        raise Refused(f"--role-arn {given['role_arn']!r} is not the ARN of an IAM role")
    if given["account"] not in (None, account):
        raise Refused(f"the role belongs to account {account}, not to {given['account']}")
    if given["workers"] > 1:
        raise Refused("AWS is asked by one process, so that what was agreed to holds: leave out -n")
    deselect = given["deselect"] if given["select"] else (*given["deselect"], "downstream/*")
    return {**given, "account": account, "deselect": deselect}


def agreed(plan: Plan, given: Mapping[str, Any]) -> Allowance:
    """Say what a run against AWS comes to and ask; return what may be sent.

    Raises ``Refused`` when nobody said yes.
    """
    from conformance.engine.forecast import forecast
    from conformance.targets.allowance import RESERVE, Allowance

    click.echo("Counting requests on the built-in service, up to a minute ...", err=True)
    expected = forecast(plan)
    allowance = Allowance(
        given["max_requests"] or _FACTOR * expected.requests + _MORE_REQUESTS + RESERVE,
        given["max_models"] or _FACTOR * expected.models + _MORE_MODELS,
    )
    click.echo(_told(plan, expected, allowance), err=True)
    if given["yes"]:
        return allowance
    if not sys.stdin.isatty():
        raise Refused("AWS is asked after a yes alone: run this on a terminal, or say --yes")
    if not click.confirm("Is this meant?", err=True):
        raise Refused("nothing was sent to AWS")
    return allowance


def _told(plan: Plan, expected: Allowance, allowance: Allowance) -> str:
    from conformance.engine.iam import policy
    from conformance.targets.aws import RATE

    resources = plan.resources
    rate = plan.options.rate or RATE
    endpoint = plan.options.aws_endpoint or plan.target
    minutes = max(1, round(expected.requests / rate / 60))
    document = policy(resources.region, resources.account, resources.role_arn)
    return "\n".join(
        (
            f"account   {resources.account}, the role's",
            f"region    {resources.region}, {endpoint}",
            f"requests  about {expected.requests}, at most {allowance.requests} (--max-requests);"
            f" {rate:g} a second: about {minutes} minutes",
            f"models    about {expected.models}, at most {allowance.models} (--max-models); "
            f"each is deleted soon after, and all are named {plan.prefix}...",
            "policy    the keys need no more than this, and should have no more:",
            json.dumps(document, indent=2),
        )
    )


def held_to(target: Target, plan: Plan, allowance: Allowance) -> Target:
    """Return the target held to what was agreed to, and to what the user named; it may be late."""
    from conformance.engine.given_only import GivenOnly
    from conformance.targets.allowance import Metered
    from conformance.targets.settling import Settling
    from conformance.wire.signing import Signer

    signer = Signer(plan.resources.region, plan.credentials)
    return GivenOnly(Settling(Metered(target, allowance), signer), plan.resources)

"""Options that several commands share: how a target is reached, and what it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import Refused

if TYPE_CHECKING:
    from conformance.targets import TargetOptions
    from conformance.wire.signing import Credentials
    from strategies.resources import Resources

Command = Callable[..., Any]


class _Seconds(click.FloatRange):
    """A range of seconds; NaN is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if seconds != seconds:
            self.fail(f"{value!r} is not a number", param, ctx)
        return seconds


#: A time that can be meant: a week is longer than any run.
SECONDS = _Seconds(min=0, min_open=True, max=604_800)


def _adding(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


#: How a target is reached.
target_options = _adding(
    (
        click.option("--region", default="us-east-1", show_default=True, help="Region to ask."),
        click.option("--account", help="The target's account; else read from its first ARN."),
        click.option("--ca-bundle", type=click.Path(), help="CA certificates for https targets."),
        click.option("--timeout", default=30.0, show_default=True, help="Seconds for a request."),
        click.option("--rate", type=float, metavar="N", help="Requests a second; at AWS 2."),
        click.option(
            "--client",
            type=click.Choice(["requests", "boto3"]),
            default="requests",
            show_default=True,
            help="Who sends; boto3 sends only what boto3 can.",
        ),
        click.option("--aws-profile", help="Credential profile to sign with, instead of dummies."),
        click.option(
            "--allow-aws", is_flag=True, help="Let AWS, or a URL under its domains, be asked."
        ),
        click.option("--auth", is_flag=True, help="The target checks signatures: judge that, too."),
        click.option(
            "--model-limit",
            type=click.IntRange(min=1),
            metavar="N",
            help="So many models fit into the target: judge what it says when it is full.",
        ),
    )
)

#: What a target knows that checks whether resources exist.
resource_options = _adding(
    (
        click.option("--role-arn", default="", help="An IAM role that the target knows."),
        click.option("--image", default="", help="A container image in ECR that the target knows."),
        click.option(
            "--model-data-url", default="", help="s3://BUCKET/KEY.tar.gz of a model artifact."
        ),
        click.option("--subnet", multiple=True, help="A subnet; may be repeated."),
        click.option("--security-group", multiple=True, help="A security group; may be repeated."),
    )
)


def depth_option(help: str) -> Callable[[Command], Command]:
    """Return the option ``--depth``; ``help`` says what it means to a command."""
    return click.option(
        "--depth",
        type=click.Choice(["quick", "standard", "deep"]),
        default="quick",
        show_default=True,
        help=help,
    )


def target_of(given: Mapping[str, Any]) -> tuple[TargetOptions, Credentials | None]:
    """Return the checked options of ``target_options`` and the keys to sign with.

    Raises ``Refused`` with one sentence.
    """
    from conformance.targets import TargetOptions, TargetProblem, check
    from conformance.wire.signing import profile_credentials

    options = TargetOptions(
        region=given["region"],
        ca_bundle=given["ca_bundle"],
        timeout=given["timeout"],
        allow_aws=given["allow_aws"],
        client=given["client"],
        rate=given["rate"],
    )
    profile = given["aws_profile"]
    try:
        check(options, given["account"])
        return options, profile_credentials(profile) if profile else None
    except (TargetProblem, LookupError) as problem:
        raise Refused(str(problem)) from problem


def resources_of(given: Mapping[str, Any]) -> Resources:
    """Return what requests name, from ``options.resource_options``. Raises ``Refused``."""
    from conformance.oracle.given import wrong_resource
    from strategies.resources import Resources

    resources = Resources(
        account=given["account"] or Resources.account,
        region=given["region"],
        role_arn=given["role_arn"],
        image=given["image"],
        model_data_url=given["model_data_url"],
        subnets=tuple(given["subnet"]),
        security_groups=tuple(given["security_group"]),
    )
    if wrong := wrong_resource(resources):
        raise Refused(f"a given resource {wrong}")
    return resources

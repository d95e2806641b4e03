"""``aws-policy``: prints the IAM policy that a run against AWS needs."""

from __future__ import annotations

import json

import click

from conformance.cli import Refused


@click.command("aws-policy", short_help="Print the IAM policy that a run against AWS needs.")
@click.option("--role-arn", required=True, help="The role that models get, and no other.")
@click.option("--region", default="us-east-1", show_default=True, help="Region to ask.")
def command(role_arn: str, region: str) -> None:
    """Print the least that keys must be allowed for `run aws`, as JSON on standard output.

    Exit code 0, or 2 for something that is no role or no region.
    """
    from conformance.engine.iam import account_of, policy
    from conformance.spec.regions import is_region

    account = account_of(role_arn)
    if account is None or not set(role_arn).isdisjoint("*?"):
        raise Refused(f"--role-arn {role_arn!r} is not the ARN of an IAM role")
    if not is_region(region):
        raise Refused(f"region {region!r} is not a region such as us-east-1")
    click.echo(json.dumps(policy(region, account, role_arn), indent=2))

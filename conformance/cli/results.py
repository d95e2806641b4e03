"""``results check-leaks``: searches a results folder for secrets."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli import Refused


@click.group("results", short_help="Look after results: find secrets that leaked into them.")
def command() -> None:
    """Look after the folder that a run has left."""


@command.command("check-leaks", short_help="Search results for AWS keys, tokens and signatures.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--aws-profile", help="Search for the keys of this credential profile.")
@click.pass_context
def check_leaks(ctx: click.Context, folder: Path, aws_profile: str | None) -> None:
    """Search every file in DIR for the AWS credentials in use, and for whatever looks like keys,
    session tokens, Authorization headers or signatures.

    Exit code 0: none. 1: some; file and line are named, secrets are not shown. 2: no such folder,
    no such profile, or a file that cannot be read.
    """
    from conformance.wire.signing import Credentials, chain_credentials
    from reports.leaks import Unreadable, leaks
    from reports.safe import safe

    if not folder.exists():
        raise Refused(f"{folder}: no such folder")
    try:
        found = chain_credentials(aws_profile)
    except LookupError as problem:
        raise Refused(str(problem)) from problem
    keys = found or Credentials(access_key="", secret_key="")
    secrets = [each for each in (keys.access_key, keys.secret_key, keys.token) if each]
    dummies = {Credentials.access_key, Credentials.secret_key}
    count = 0
    try:
        for leak in leaks(folder, [each for each in secrets if each not in dummies]):
            count += 1
            click.echo(f"{safe(leak.path)}:{leak.line}: {leak.kind}")
    except Unreadable as problem:
        raise Refused(str(problem)) from problem
    what = "Credentials in use and" if found else "No credentials are in use here;"
    if not count:
        click.echo(f"{what} the forms of keys, tokens and signatures: none in {folder}.")
    ctx.exit(1 if count else 0)

"""``results check-leaks``: searches a results folder for secrets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from conformance.cli import Refused


@click.group("results", short_help="Look after results: find secrets that leaked into them.")
def command() -> None:
    """Look after the folder that a run has left."""


@command.command("check-leaks", short_help="Search results for AWS keys, tokens and signatures.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def check_leaks(ctx: click.Context, folder: Path) -> None:
    """Search every file in DIR for the AWS credentials that this machine holds (in the environment,
    in the files of profiles), and for whatever looks like keys, session tokens, Authorization
    headers or signatures. Nothing is sent anywhere.

    Exit code 0: none. 1: some; file and line are named, secrets are not shown. 2: no such folder,
    or a file that cannot be read.
    """
    from reports.leaks import Unreadable, leaks
    from reports.safe import safe

    if not folder.exists():
        raise Refused(f"{folder}: no such folder")
    secrets = _held_here()
    count = 0
    try:
        for leak in leaks(folder, secrets):
            count += 1
            click.echo(f"{safe(leak.path)}:{leak.line}: {leak.kind}")
    except Unreadable as problem:
        raise Refused(str(problem)) from problem
    if not count:
        click.echo(f"No secrets in {safe(folder)}; {len(secrets)} known ones were looked for.")
    ctx.exit(1 if count else 0)


def _held_here() -> frozenset[str]:
    """Return the keys and tokens in the environment and in all profiles of this user's.

    The dummy keys of emulators and what is too short to be told from words are left out.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    from conformance.wire.redaction import usable

    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    try:
        profiles: list[Any] = list(Session(profile="default").full_config["profiles"].values())
    except BotoCoreError as problem:
        raise Refused(f"the AWS profiles cannot be read: {problem}") from problem
    held = [os.environ.get(name.upper()) for name in names]
    held += [profile.get(name) for profile in profiles for name in names]
    return usable(held)

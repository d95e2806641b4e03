"""``spec``: what the specification rests on, and whether AWS has moved on since."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.cli import Refused


@click.group("spec", short_help="Look at the pinned specification.")
def command() -> None:
    """Look at the pinned specification: the snapshot of AWS's service model in botocore."""


@command.command("diff", short_help="Compare the installed botocore with the pinned one.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print it for a CI step summary.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def diff(ctx: click.Context, as_markdown: bool, as_json: bool) -> None:
    """Say what the installed botocore's model of CreateModel changed against the pinned one.

    A line for each limit, member, error or version that was added, removed, tightened, loosened
    or changed, at each place of a request, with the rules concerned. Models of your own in
    ~/.aws/models come first, as they do for boto3.

    Exit code 0: nothing changed, 1: something did, 2: wrong usage, or no model to compare.
    """
    if as_markdown and as_json:
        raise click.UsageError("--markdown and --json exclude each other")
    from conformance.oracle.catalogue import all_rules
    from conformance.spec import documents
    from conformance.spec.refresh import NoCreateModel, snapshot
    from reports import specdiff

    try:
        installed = snapshot()
    except NoCreateModel as problem:
        raise Refused(str(problem)) from problem
    except (LookupError, OSError, TypeError, ValueError) as problem:
        raise Refused(f"the installed SageMaker model cannot be read: {problem!r}") from problem
    if folder := _own_model():
        click.echo(f"Careful: botocore took the model in {folder}, not its own.", err=True)
    found = specdiff.document(documents.model(), installed, all_rules())
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        click.echo(specdiff.markdown(found) if as_markdown else specdiff.text(found), nl=False)
    ctx.exit(1 if found["changes"] else 0)


def _own_model() -> Path | None:
    """Return the user's folder that hides botocore's own model, or ``None``."""
    from botocore.loaders import Loader

    version = Loader().determine_latest_version("sagemaker", "service-2")
    folder = Path(Loader.CUSTOMER_DATA_PATH) / "sagemaker" / version
    return folder if any(folder.glob("service-2.json*")) else None

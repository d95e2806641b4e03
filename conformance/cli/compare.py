"""``compare``: what changed between two recorded runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli.options import target_options
from conformance.cli.records import blaming, reports_of

if TYPE_CHECKING:
    from reports.comparison import Comparison

_FORMATS = ("json", "markdown", "html")


@click.command("compare", short_help="Compare two runs.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print it for a CI step summary.")
@click.option("--html", "as_html", is_flag=True, help="Print one page that needs no network.")
@click.option(
    "--replay",
    "target",
    metavar="TARGET",
    help="Send OLD's requests, then NEW's findings, to TARGET again to be certain.",
)
@target_options
@click.pass_context
def command(ctx: click.Context, /, old: Path, new: Path, target: str | None, **given: Any) -> None:
    """Compare the runs recorded in OLD and NEW (folders or events files), rule by rule.

    A rule is new (it fails, and did not), fixed, changed (it fails with another answer), flaky,
    unsettled (it could not be judged any more), not comparable, or still failing. With --replay
    only that is new of which a request of OLD is answered worse now, or of which NEW's finding can
    be shown again and is no mere find of a request that OLD did not send. The options behind it
    say how TARGET is reached.

    Exit code 1 when something is new; 3 when nothing is, but a rule that passed could not be
    judged any more or fails in runs whose options differ; else 0. 2 for wrong usage, a path that
    is no record of a run, or a target that does not answer. 130: Ctrl-C.
    """
    chosen = [each for each in _FORMATS if given[f"as_{each}"]]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} exclude each other")
    if target is None:
        _refuse_target_options(ctx)
    from conformance.cli.certainty import certain
    from reports.compare import compare
    from reports.safe import safe

    reports = reports_of((old, new))
    with blaming(old, new):
        found = compare(*reports)
        if target is not None:
            found = certain(found, target, given, old, new)
        written = _written(found, chosen[0] if chosen else "")
    for careful in found.carefuls:
        click.echo(f"Careful: {safe(careful)}.", err=True)
    click.echo(written, nl=False)
    ctx.exit(found.exit_code)


def _refuse_target_options(ctx: click.Context) -> None:
    """Nothing is asked without ``--replay``: an option that says how is a slip."""
    for option in ctx.command.params:
        name = str(option.name)
        is_given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if is_given and option.opts[0].startswith("--") and name not in _OWN:
            raise click.UsageError(f"{option.opts[0]} is about the target of --replay")


_OWN = {f"as_{each}" for each in _FORMATS}


def _written(found: Comparison, chosen: str) -> str:
    if chosen == "json":
        from reports.compare_document import document

        return json.dumps(document(found), indent=1) + "\n"
    if chosen == "markdown":
        from reports.compare_markdown import markdown

        return markdown(found)
    if chosen == "html":
        from reports.pages.compare_page import compare_page

        return compare_page(found)
    from reports.compare_text import text

    return text(found)

"""``show``: prints what a run found about a rule, whole."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli import Refused
from conformance.cli.records import blaming, record_of


@click.command("show", short_help="Print one rule's findings whole.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("rule", metavar="RULE")
def command(run: Path, rule: str) -> None:
    """Print what RUN (a folder, or its events.ndjson) found about RULE, an id or a glob.

    Exit code 0, or 2 when RUN is no record of a run or has no such rule.
    """
    from conformance.engine.selection import pattern
    from reports.finding import whole
    from reports.summary import report

    record = record_of(run)
    with blaming(run):
        document = report(record)
    found = [each for each in document["rules"] if each["id"] == rule]
    found = found or [each for each in document["rules"] if pattern(rule).fullmatch(each["id"])]
    if not found:
        raise Refused(f"{run} has no rule {rule!r}")
    for each in found:
        with blaming(run):
            text = whole(each)
        click.echo(text)

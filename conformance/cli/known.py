"""``known``: writes the list of known findings of a run, prunes it, or explains it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from conformance.cli import Refused
from conformance.cli.known_lists import known_findings, listed
from conformance.cli.records import blaming, record_of, write_to


@click.command("known", short_help="Write, prune or explain a list of known findings.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--prune", is_flag=True, help="Take what passes in RUN out of FILE.")
@click.option("--explain", is_flag=True, help="Say what RUN's findings may have in common.")
def command(run: Path, file: Path | None, prune: bool, explain: bool) -> None:
    """Print the list of everything that fails in RUN, or could not be judged: redirect it to a
    file and give that to `run --known`.

    With --prune FILE, the entries of FILE whose rules pass in RUN are taken out, comments stay.
    With --explain, the findings are printed by what may be their cause. Exit code 0, or 2 when
    RUN is no record of a run or FILE no list.
    """
    from reports.known.writing import written
    from reports.summary import report

    if prune and explain:
        raise Refused("--prune and --explain cannot both be meant")
    if prune == (file is None):
        raise Refused("--prune and a FILE belong together: known --prune RUN FILE")
    record = record_of(run)
    if not record.complete:
        click.echo("Careful: this run is partial, it did not go to its end.", err=True)
    with blaming(run):
        if file is not None:
            _prune(record, file)
            return
        document = report(record)
        click.echo(_explained(document) if explain else written(document), nl=False)


def _prune(record: Any, file: Path) -> None:
    from dataclasses import replace

    from reports.known.writing import CannotPrune, pruned
    from reports.summary import report

    text, entries = listed(file)
    held = replace(record, header={**record.header, "known": known_findings(file)})
    stale = report(held)["known"]["stale"]
    try:
        remaining = pruned(text, entries, stale)
    except CannotPrune as problem:
        raise Refused(f"{file} is left as it is: {problem}") from problem
    if stale:
        write_to(file, remaining)
    for entry in stale:
        what = "deleted" if entry["whole"] else "narrowed"
        click.echo(f"line {entry['line']}: {entry['rule']}: {what}")
    click.echo(f"{len(stale)} of {len(entries)} entries were stale.")


def _explained(document: Mapping[str, Any]) -> str:
    from reports.known.marks import standing
    from reports.known.writing import by_cause
    from reports.safe import safe

    lines = []
    for title, rules in by_cause(document):
        lines.append(f"{len(rules)} rule(s): {safe(title)}\n")
        for rule in rules:
            kind, word = standing(document, rule["id"])
            mark = f"  ({kind}: {safe(word)})" if kind else ""
            lines.append(f"    {safe(rule['id'])}{mark}\n")
    return "".join(lines) or "No must rule failed.\n"

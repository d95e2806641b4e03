"""``report``: makes the reports of a recorded run again; they are pure functions of its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from conformance.cli import Refused
from conformance.cli.records import blaming, record_of, write_to

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("report", short_help="Make the reports of a run again.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--html", type=_FILE, metavar="F", help="Write the page for people here.")
@click.option("--json", "json_", type=_FILE, metavar="F", help="Write report.json here.")
@click.option("--junit", type=_FILE, metavar="F", help="Write JUnit XML here.")
@click.option("--markdown", type=_FILE, metavar="F", help="Write the summary for CI here.")
@click.option("--badge", type=_FILE, metavar="F", help="Write a badge here: F.json or F.svg.")
@click.option("--github", type=_FILE, metavar="F", help="Write GitHub workflow commands here.")
@click.option(
    "--known-path",
    metavar="PATH",
    help="Where the repository has the list of known findings, for --github.",
)
def command(run: Path, known_path: str | None, **wanted: Path | None) -> None:
    """Make the reports of RUN again: the folder of a run, or its events.ndjson.

    Without options all of them are written into the folder, but for the workflow commands, which
    are for a GitHub step to print: its page then shows what is new. Exit code 0, or 2 when RUN is
    no record of a run or a file cannot be written.
    """
    from reports.annotations import workflow_commands
    from reports.files import REPORTS, Report
    from reports.summary import report

    if known_path is not None and wanted["github"] is None:
        raise Refused("--known-path is for the workflow commands of --github")
    commands = partial(workflow_commands, known_path=known_path)
    makers: Mapping[str, Callable[[Report], str]] = {**REPORTS, "commands": commands}
    record = record_of(run)
    if not record.complete:
        click.echo("Careful: this run is partial, it did not go to its end.", err=True)
    with blaming(run):
        document = report(record)
    names = {"html": "report.html", "json_": "report.json", "junit": "junit.xml"}
    names |= {"markdown": "summary.md", "badge": _badge(wanted["badge"]), "github": "commands"}
    asked = {path: names[option] for option, path in wanted.items() if path is not None}
    if not asked:
        folder = run if run.is_dir() else run.parent
        asked = {folder / name: name for name in REPORTS}
    for path, name in asked.items():
        with blaming(run):
            made = makers[name](document)
        write_to(path, made)
        click.echo(path)


def _badge(path: Path | None) -> str:
    if path is not None and path.suffix not in (".json", ".svg"):
        raise Refused(f"--badge {path}: a badge is a .json file (for shields.io) or an .svg file")
    return f"badge{path.suffix}" if path is not None else ""

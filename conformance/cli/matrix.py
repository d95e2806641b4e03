"""``matrix``: compares runs of several implementations on one page."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.records import blaming, reports_of, write_to


@click.command("matrix", short_help="Compare implementations on one page.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="matrix.html",
    show_default=True,
    help="Where to write the page.",
)
def command(runs: tuple[Path, ...], out: Path) -> None:
    """Write a page with the implementations that the RUNs judged across and rules down.

    Runs of different specifications or depths are not comparable: they get tables of their own.
    Exit code 0, or 2 when a RUN is no record of a run or the page cannot be written.
    """
    from reports.pages.matrix_page import comparable, matrix_page

    reports = reports_of(runs)
    groups = len(comparable(reports))
    if groups > 1:
        click.echo(
            f"Careful: these runs differ in specification or depth: {groups} tables.", err=True
        )
    with blaming(*runs):
        page = matrix_page(reports)
    write_to(out, page)
    click.echo(out)

"""``trend``: draws divergence and coverage of runs over time."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli import Refused
from conformance.cli.records import blaming, reports_of, write_to


@click.command("trend", short_help="Draw both figures over time.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="trend.html",
    show_default=True,
    help="Where to write: an .html page with the plot and its figures, or an .svg plot alone.",
)
def command(runs: tuple[Path, ...], out: Path) -> None:
    """Draw divergence and coverage of the RUNs over time, a line for each target.

    Needs matplotlib (the extra `trend`). Exit code 0, or 2 when a RUN is no record of a run, the
    file cannot be written or matplotlib is missing.
    """
    from reports.trend import NoPlottingLibrary, trend_page, trend_svg

    if out.suffix not in (".html", ".svg"):
        raise Refused(f"--out {out}: a trend is an .html page or an .svg plot")
    reports = reports_of(runs)
    try:
        with blaming(*runs):
            drawn = trend_svg(reports) if out.suffix == ".svg" else trend_page(reports)
    except NoPlottingLibrary as problem:
        raise Refused(str(problem)) from problem
    write_to(out, drawn)
    click.echo(out)

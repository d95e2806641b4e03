"""``python -m benchmarks``: measures, prints a table, writes ``bench.json`` and ``bench.svg``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.elsewhere import NoCommit, tree_of, value_in
from benchmarks.figures import Figure, figures
from benchmarks.presenting import (
    compared,
    document,
    fails,
    machine,
    machine_line,
    plot,
    row,
    summary,
)
from benchmarks.taking import Value


@click.command()
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--only", multiple=True, metavar="TEXT", help="Figures whose names hold this.")
@click.option("--light", is_flag=True, help="Leave out what takes minutes for a value.")
@click.option("--out", default=Path(), type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--against", metavar="COMMIT", help="Measure another commit, too, and compare.")
def main(runs: int, only: tuple[str, ...], light: bool, out: Path, against: str | None) -> None:
    """Measure how fast the suite is and compare each figure with its bar.

    Exit code 0: every ratio meets its bar. 1: one does not, or a figure could not be measured;
    seconds and milliseconds hang on the machine and fail nothing. 2: wrong usage.
    """
    chosen = [
        each
        for each in figures()
        if not (light and each.heavy) and (not only or any(text in each.name for text in only))
    ]
    if not chosen:
        raise click.UsageError("--only and --light leave nothing to measure")
    out.mkdir(parents=True, exist_ok=True)
    found = machine()  # before anything is measured: the load is not our own
    click.echo(machine_line(found))
    lines: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    try:
        with tree_of(against) if against else nullcontext() as tree:
            for each in chosen:
                before, line = _measured(each, runs, tree)
                lines.append(line)
                click.echo(row(line))
                if before is not None:
                    earlier.append(before)
                _keep(out, document(found, lines, {against: earlier} if against else {}))
    except NoCommit as problem:
        raise click.UsageError(f"{against} is not a commit of this repository") from problem
    if against:
        changes = map(compared, earlier, lines)
        click.echo("\n".join((f"\nAgainst {against}:", *changes)))
    sys.exit(any(map(fails, lines)))


class _Series:
    """The values of a figure in one place, until one of them cannot be taken."""

    def __init__(self, figure: Figure, name: str, take: Callable[[int], Value]) -> None:
        self._figure, self._name, self._take = figure, name, take
        self._values: list[Value] = []
        self._problem = ""

    def go_on(self, count: int) -> None:
        """Take the next of so many values."""
        if self._problem:
            return
        number = len(self._values)
        click.echo(f"{self._name}: {number + 1} of {count}", err=True)
        try:
            self._values.append(self._take(number))
        except Exception as problem:  # noqa: BLE001 - the other figures are still to be measured
            self._problem = " ".join(f"{type(problem).__name__}: {problem}".split())

    @property
    def line(self) -> dict[str, Any]:
        """The line of ``bench.json``."""
        return summary(self._figure, self._values, self._problem)


def _measured(
    figure: Figure, runs: int, tree: Path | None
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return a figure's line of the tree's commit, if there is one, and its line of ours.

    Values are taken by turns: what else the machine does meanwhile is no difference of the two.
    """
    ours, theirs = _Series(figure, figure.name, figure.take), None
    if tree is not None:
        theirs = _Series(figure, f"{figure.name}, before", partial(value_in, tree, figure))
    count = 1 if figure.once else runs
    for _ in range(count):
        if theirs is not None:
            theirs.go_on(count)
        ours.go_on(count)
    return (theirs.line if theirs is not None else None), ours.line


def _keep(out: Path, known: Mapping[str, Any]) -> None:
    """Write what is known by now: the next figure may take long, and be broken off."""
    (out / "bench.json").write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    plot(known["figures"], out / "bench.svg")


if __name__ == "__main__":
    main()

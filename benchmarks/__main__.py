"""``python -m benchmarks``: measures, prints a table, writes ``bench.json`` and ``bench.svg``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks.figures import Figure, figures
from benchmarks.presenting import compared, document, plot, row, summary


@click.command()
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--only", multiple=True, metavar="TEXT", help="Figures whose names hold this.")
@click.option("--light", is_flag=True, help="Leave out what takes minutes for a value.")
@click.option("--out", default=Path(), type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--against", metavar="COMMIT", help="Measure another commit, too, and compare.")
def main(runs: int, only: tuple[str, ...], light: bool, out: Path, against: str | None) -> None:
    """Measure how fast the suite is and compare each figure with its bar.

    Exit code 0: every ratio meets its bar. 1: one does not; seconds and milliseconds hang on the
    machine and fail nothing. 2: wrong usage.
    """
    chosen = [
        each
        for each in figures()
        if not (light and each.heavy) and (not only or any(text in each.name for text in only))
    ]
    if not chosen:
        raise click.UsageError("--only and --light leave nothing to measure")
    before = _elsewhere(against, runs, [each.name for each in chosen]) if against else None
    lines = []
    for each in chosen:
        lines.append(summary(each, _values(each, runs)))
        click.echo(row(lines[-1]))
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(json.dumps(document(lines), indent=1) + "\n", "utf-8")
    plot(lines, out / "bench.svg")
    if before is not None:
        click.echo(f"\nAgainst {against}:")
        click.echo("\n".join(compared(lines, before)))
    sys.exit(any(line["ratio"] and not line["met"] for line in lines))


def _values(figure: Figure, runs: int) -> list[float]:
    values = []
    for run in range(runs):
        click.echo(f"{figure.name}: {run + 1} of {runs}", err=True)
        values.append(figure.take())
    return values


def _elsewhere(commit: str, runs: int, names: list[str]) -> dict[str, Any]:
    """Measure another commit with these very benchmarks, in a worktree of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        add = ["git", "worktree", "add", "--quiet", "--detach", str(tree), commit]
        if subprocess.run(add, check=False).returncode:
            raise click.UsageError(f"{commit} is not a commit of this repository")
        try:
            here = Path(__file__).resolve().parent.parent
            paths = os.pathsep.join((str(tree), str(here)))  # its suite, our benchmarks
            only = [part for name in names for part in ("--only", name)]
            command = [sys.executable, "-P", "-m", "benchmarks", "--runs", str(runs), *only]
            subprocess.run(
                [*command, "--out", folder],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": paths},
                stdout=subprocess.DEVNULL,
                check=False,  # its ratios may miss their bars
            )
            measured: dict[str, Any] = json.loads((Path(folder) / "bench.json").read_text("utf-8"))
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], check=True)
        return measured


if __name__ == "__main__":
    main()

"""The measured figures as a table, as ``bench.json`` and as a plot."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from benchmarks.taking import Value
from conformance import __version__

#: What the figures hang on beside this suite and Python.
_PACKAGES = ("hypothesis", "moto", "schemathesis")

#: A row of the table: the figure's name, then its cells.
_NAME, _WIDTHS = 40, (8, 18, 28, 14, 6)


def machine() -> dict[str, Any]:
    """Return what the figures hang on: the machine, how busy it is by now, and what is measured."""
    return {
        "processors": len(os.sched_getaffinity(0)),
        "cpu": _told("/proc/cpuinfo", "model name"),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "commit": _commit(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _told(file: str, name: str) -> str | None:
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def _memory() -> str | None:
    told = _told("/proc/meminfo", "MemTotal")
    return f"{int(told.split()[0]) / 2**20:.1f} GiB" if told else None


def _commit() -> str | None:
    """Return the commit that is measured, ``-dirty`` where files are not as they are there."""
    command = ("git", "describe", "--always", "--dirty", "--exclude", "*")
    done = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def machine_line(found: Mapping[str, Any]) -> str:
    """Return the machine in one line."""
    packages = (f"{name} {number}" for name, number in found["packages"].items())
    cells = (
        f"{found['processors']} x {found['cpu'] or 'unknown processor'}",
        found["memory"],
        found["system"],
        f"Python {found['python']}",
        *packages,
        f"load {found['load']}",
        f"commit {found['commit'] or 'unknown'}",
    )
    return ", ".join(each for each in cells if each)


def summary(figure: Figure, values: Sequence[Value], problem: str = "") -> dict[str, Any]:
    """Return a figure's line of ``bench.json``: median, spread, bar, and whether it is met.

    Where a ``problem`` kept a value from being taken there is none of that, but ``not_measured``.
    """
    numbers = [value.number for value in values]
    line = {
        "name": figure.name,
        "unit": figure.unit,
        "bar": figure.bar,
        "ratio": figure.is_ratio,
        "values": numbers,
        "details": [dict(value.details) for value in values],
    }
    if problem:
        return line | {"not_measured": problem}
    middle = median(numbers)
    return line | {
        "median": middle,
        "least": min(numbers),
        "most": max(numbers),
        "met": figure.is_met(middle),
    }


def fails(line: Mapping[str, Any]) -> bool:
    """Tell whether a figure was not measured, or is a ratio that misses its bar."""
    return "not_measured" in line or (line["ratio"] and not line["met"])


def document(
    found: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    against: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """Return the whole of ``bench.json``: the machine, the figures, those of another commit."""
    known = {"suite": __version__, "machine": dict(found), "figures": list(lines)}
    return known | ({"against": dict(against)} if against else {})


def row(line: Mapping[str, Any]) -> str:
    """Return a figure as a row of the table, and the medians of its details as one below."""
    if "not_measured" in line:
        return f"{line['name']:<{_NAME}}not measured: {line['not_measured']}"
    spread = f"{line['least']:.3g} to {line['most']:.3g}"
    said = "" if not line["bar"] else "met" if line["met"] else "MISSED"
    cells = (f"{line['median']:.3g}", spread, line["unit"], line["bar"], said)
    rows = [
        f"{line['name']:<{_NAME}}"
        + " ".join(f"{c:<{w}}" for c, w in zip(cells, _WIDTHS, strict=True)).rstrip()
    ]
    details = {name: median(each[name] for each in line["details"]) for name in line["details"][0]}
    if details:
        rows.append("    " + ", ".join(f"{_short(each)} {name}" for name, each in details.items()))
    return "\n".join(rows)


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 or number == int(number) else f"{number:.4g}"


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return a line on how the median of a figure changed from one commit to another."""
    for which, line in (("there", before), ("here", after)):
        if "not_measured" in line:
            return f"{line['name']:<{_NAME}}not measured {which}: {line['not_measured']}"
    change = f" ({after['median'] / before['median'] - 1:+.0%})" if before["median"] else ""
    return (
        f"{after['name']:<{_NAME}}{before['median']:.3g} -> {after['median']:.3g} "
        f"{after['unit']}{change}"
    )


def plot(lines: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Draw every measured figure with a bar as its share of that bar, with its spread."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    shown = [line for line in lines if line["bar"] and "not_measured" not in line]
    bars = [float(line["bar"].split()[-1]) for line in shown]
    places = list(range(len(shown)))
    shares = [line["median"] / bar for line, bar in zip(shown, bars, strict=True)]
    spread = [
        [
            max(0.0, (line["median"] - line["least"]) / bar)
            for line, bar in zip(shown, bars, strict=True)
        ],
        [
            max(0.0, (line["most"] - line["median"]) / bar)
            for line, bar in zip(shown, bars, strict=True)
        ],
    ]
    height = 1 + 0.35 * len(shown)
    picture, axes = plt.subplots(figsize=(9, height), layout="constrained")
    colours = ["tab:blue" if line["met"] else "tab:red" for line in shown]
    axes.barh(places, shares, xerr=spread, color=colours, height=0.6)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(places, [f"{line['name']} ({line['bar']})" for line in shown])
    axes.invert_yaxis()
    axes.set_xlabel("share of the bar")
    picture.savefig(file, metadata={"Date": None})
    plt.close(picture)

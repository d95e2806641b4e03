"""The measured figures as a table, as ``bench.json`` and as a plot."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from conformance import __version__


def machine() -> dict[str, Any]:
    """Return what the figures hang on: processors, system and Python."""
    return {
        "processors": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def summary(figure: Figure, values: Sequence[float]) -> dict[str, Any]:
    """Return a figure's line of ``bench.json``: median, spread, bar, and whether it is met."""
    middle = median(values)
    return {
        "name": figure.name,
        "unit": figure.unit,
        "median": middle,
        "least": min(values),
        "most": max(values),
        "values": list(values),
        "bar": figure.bar,
        "met": figure.is_met(middle),
        "ratio": figure.is_ratio,
    }


def document(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole of ``bench.json``."""
    return {"suite": __version__, "machine": machine(), "figures": list(lines)}


def row(line: Mapping[str, Any]) -> str:
    """Return a figure as a row of the table."""
    spread = f"{line['least']:.3g} to {line['most']:.3g}"
    said = "" if not line["bar"] else "met" if line["met"] else "MISSED"
    cells = (f"{line['median']:.3g}", spread, line["unit"], line["bar"], said)
    widths = (8, 18, 28, 14, 6)
    return f"{line['name']:<40}" + " ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True))


def compared(lines: Sequence[Mapping[str, Any]], before: Mapping[str, Any]) -> list[str]:
    """Return a line for each figure that both have: how the median changed."""
    earlier = {line["name"]: line["median"] for line in before["figures"]}
    return [
        f"{line['name']:<40}{earlier[line['name']]:.3g} -> {line['median']:.3g} {line['unit']} "
        f"({line['median'] / earlier[line['name']] - 1:+.0%})"
        for line in lines
        if earlier.get(line["name"])
    ]


def plot(lines: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Draw every figure with a bar as its share of that bar, with its spread."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    shown = [line for line in lines if line["bar"]]
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

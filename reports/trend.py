"""``trend``: divergence and coverage of runs over time, a line for each target."""

from __future__ import annotations

import base64
import io
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.pages.environment import page
from reports.safe import safe

Report = Mapping[str, Any]

_LONGEST_NAME = 40


class NoPlottingLibrary(Exception):
    """matplotlib is not installed: the message says how to get it."""


def by_target(reports: Sequence[Report]) -> dict[str, list[Report]]:
    """Return the reports by the name of their target, oldest first.

    Runs of one target that differ in depth or specification are not comparable: each sort of them
    is a group of its own, and its name says so.
    """
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in sorted(reports, key=lambda each: str(each["started"])):
        name = safe(report["target"]["name"])[:_LONGEST_NAME]
        depth, digest = report["options"].get("depth", "?"), report["spec"]["digest"]
        groups.setdefault((name, f"depth {depth}, {digest[:15]}"), []).append(report)
    sorts = Counter(name for name, _ in groups)
    return {
        name if sorts[name] == 1 else f"{name} ({sort})": group
        for (name, sort), group in groups.items()
    }


def trend_svg(reports: Sequence[Report]) -> str:
    """Return the plot of both figures over time as SVG.

    Partial runs are left out: their figures say nothing. Raises ``NoPlottingLibrary``.
    """
    try:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
        from matplotlib.figure import Figure
        from matplotlib.ticker import PercentFormatter
    except ImportError as problem:
        raise NoPlottingLibrary(
            "trend needs matplotlib, the extra `trend` of this suite: pip install matplotlib"
        ) from problem
    from matplotlib import rc_context

    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "trend", "text.parse_math": False}):
        figure = Figure(figsize=(9, 6), layout="constrained")
        axes = figure.subplots(2, 1, sharex=True)
        for axis, key in zip(axes, ("divergence", "coverage"), strict=True):
            for name, group in by_target(reports).items():
                whole = [each for each in group if each["complete"]]
                times = [datetime.fromisoformat(each["started"]) for each in whole]
                axis.plot(times, [each[key] for each in whole], marker="o", label=name)
            axis.set_ylabel(key)
            axis.set_ylim(-0.03, 1.03)
            axis.yaxis.set_major_formatter(PercentFormatter(1.0))
            axis.grid(alpha=0.3)
        locator: Any = AutoDateLocator()
        axes[1].xaxis.set_major_locator(locator)
        axes[1].xaxis.set_major_formatter(ConciseDateFormatter(locator))
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
        drawn = io.StringIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a name may have letters of no font
            figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


def trend_page(reports: Sequence[Report]) -> str:
    """Return the page with the plot and, below it, its figures as a table."""
    picture = base64.b64encode(trend_svg(reports).encode()).decode()
    return page("trend.html", picture=picture, groups=by_target(reports))

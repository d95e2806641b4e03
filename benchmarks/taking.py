"""How one value of each figure is taken, with the absolute figures that stand beside it.

What is judged is judged in a process of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.commands import COMMAND, COUNT, measured, output, reference_server, run, wall

#: With two processes, each measured run must take so many seconds.
_LONG = 60

#: How many faults one value of a whole run's first finding is the median of.
_FAULTS = 12

#: Pairs of pytest with the plugin and without.
_PAIRS = 15


@dataclass(frozen=True)
class Value:
    """One value of a figure, and details by their units and names (``s judging``)."""

    number: float
    details: Mapping[str, float] = field(default_factory=dict)


def started(*arguments: str) -> Value:
    """Seconds that the command line takes."""
    return Value(wall([*COMMAND, *arguments]))


def first_request(target: str) -> Value:
    """Seconds from the start of ``run`` to its first request."""
    _, exchanges = run(target, "--select", "CreateModel/ModelName:max-length")
    return Value(exchanges[0]["began"])


def whole_run(*arguments: str) -> Value:
    """Seconds that ``run`` takes, and how many exchanges it records."""
    seconds, exchanges = run(*arguments)
    return Value(seconds, {"requests": len(exchanges)})


def unused_plugin() -> Value:
    """Milliseconds that pytest takes longer because the plugin is installed and not used.

    The median over pairs that are turned round each time; other plugins are left out of both.
    """
    ours = "createmodel_conformance"
    others = sorted({each.name for each in entry_points(group="pytest11")} - {ours})
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n", "utf-8")
        quiet = [part for name in ("cacheprovider", *others) for part in ("-p", f"no:{name}")]
        plain = [sys.executable, "-m", "pytest", "-q", *quiet, "--rootdir", folder, folder]
        without = [*plain, "-p", f"no:{ours}"]
        wall(plain)  # writes byte code
        more, alone = [], []
        for number in range(_PAIRS):
            if number % 2:
                alone.append(wall(without))
                with_us = wall(plain)
            else:
                with_us = wall(plain)
                alone.append(wall(without))
            more.append((with_us - alone[-1]) * 1000)
    return Value(median(more), {"ms without": median(alone) * 1000})


def overhead(number: int, target: str, depth: str, parts: int = 1) -> Value:
    """Judging as a multiple of sending the same bytes; of several parts of the rules, the next."""
    found = measured("judging.overhead", target, depth, number, parts)
    details = {
        "s judging": found["judging"],
        "s of that in schemathesis/": found["schemathesis"],
        "s sending": found["sending"],
        "requests/s judged": found["requests"] / found["judging"],
        "of answers the same": found["agreeing"],
    }
    return Value(found["ratio"], details)


def own_cost(number: int, depth: str, parts: int = 1) -> Value:
    """Milliseconds of processor time for a request that is answered from memory.

    Of several parts of the rules, the next.
    """
    found = measured("judging.own_cost", depth, number, parts)
    details = {
        "s": found["seconds"],
        "s of that in schemathesis/": found["schemathesis"],
        "requests": found["requests"],
        "unknown": found["unknown"],
    }
    return Value(found["cost"], details)


def first_finding(number: int) -> Value:
    """Median of the seconds until the first finding, over every tenth fault."""
    from benchmarks.finding import faults

    names = [each.name for each in faults()[number % 10 :: 10]]
    found = measured("finding.in_its_rules", names)["seconds"].values()
    return Value(median(found), {"s at most": max(found), "faults": len(found)})


def first_finding_of_a_run(number: int, faults: int = _FAULTS, select: str = "*") -> Value:
    """Median of the seconds until a whole run's first finding, over some faults."""
    from benchmarks.finding import sample

    found = measured("finding.in_a_whole_run", sample(faults, number), select)
    seconds = found["seconds"].values()
    details = {
        "s at most": max(seconds),
        "requests": median(found["requests"].values()),
        "faults": len(seconds),
        "not found": len(found["missing"]),
        "refused at once": len(found["refused"]),
    }
    return Value(median(seconds), details)


def caught(*select: str) -> Value:
    """The share of faults that rules that concern them catch, beside Schemathesis's.

    Its two phases judge by the same oracle, and count together.
    """
    globs = [part for each in select for part in ("--select", each)]
    command = [*COMMAND, "selftest", "--engines", "--json", "-n", "2", *globs]
    trials = json.loads(output(command, codes=(0, 1)))["trials"]  # 1: it survived, which is told
    faults = [each for each in trials if each["expect"] == "fail"]
    theirs = sum(bool(each["also_caught_by"]) for each in faults) / len(faults)
    details = {
        "of them by Schemathesis, coverage and fuzzing together": theirs,
        "faults": len(faults),
        "false alarms": sum(each["outcome"] == "false-alarm" for each in trials),
    }
    return Value(sum(each["outcome"] == "caught" for each in faults) / len(faults), details)


def linear() -> Value:
    """Time with fifty seeds as a multiple of the time with five."""
    found = measured("growing.linear", 5, 50, "CreateModel/*:max-length")
    return Value(found["factor"], {"s with 5": found["few"], "s with 50": found["many"]})


def memory(fewer: int, more: int, seeds: int) -> Value:
    """The growth of resident memory."""
    found = measured("growing.memory", fewer, more, seeds)
    details = {"MB after fewer": found["fewer"], "MB after more": found["more"]}
    return Value(found["growth"], {**details, "MB at most": found["most"]})


def speedup(target: str, least: float = _LONG) -> Value:
    """How many times as fast judging is with two processes, at standard depth.

    With so many seeds that they take a minute and more: else starting them weighs too much.
    """
    seeds = 1
    while (two := _judging(target, seeds, workers=2)) < least:
        seeds = max(seeds + 1, ceil(seeds * least / two))
    one = _judging(target, seeds, workers=1)
    return Value(one / two, {"s with -n 1": one, "s with -n 2": two, "seeds": seeds})


def _judging(target: str, seeds: int, workers: int) -> float:
    """Return the seconds from the first exchange of judging to the last."""
    arguments = ("--depth", "standard", "--seeds", str(seeds), "-n", str(workers))
    judged = [each for each in run(target, *arguments)[1] if each["rule"]]
    first, last = min(each["began"] for each in judged), max(each["ended"] for each in judged)
    return float(last - first)


def against_schemathesis(phase: str) -> Value:
    """How many times as many requests a second this suite sends to a server of the same kind."""
    ours, theirs = measured("judging.overhead", "reference-server", "quick"), schemathesis(phase)
    rate, cases = ours["requests"] / ours["judging"], ours["cases"] / ours["judging"]
    details = {
        "requests/s": rate,
        "cases/s": cases,
        "requests/s of Schemathesis": theirs["rate"],
        "from its first on": theirs["requests"] / theirs["sending"],
        "times its cases": cases / theirs["rate"],
    }
    return Value(rate / theirs["rate"], details)


def schemathesis(phase: str, examples: int = 200) -> dict[str, Any]:
    """Return how many requests a second Schemathesis sends to the reference server in a phase.

    The seconds are those from the document to the last answer: Schemathesis enumerates before it
    sends, and what we generate is in our seconds, too. ``sending`` are those from its first request
    on. Each request is a case of its own, for nothing is deleted.
    """
    with tempfile.TemporaryDirectory() as folder, reference_server() as url:
        document, count = Path(folder) / "openapi.json", Path(folder) / "count.json"
        output([*COMMAND, "openapi", "-o", str(document)])
        output(
            [
                str(Path(sys.executable).with_name("st")),
                *("run", str(document), "--url", url, "--phases", phase, "--seed", "1"),
                *("--include-operation-id", "CreateModel", "--max-examples", str(examples)),
            ],
            env={
                "SCHEMATHESIS_HOOKS": "benchmarks.schemathesis_hooks",
                "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
                COUNT: str(count),
            },
            cwd=Path(folder),
            codes=(0, 1),  # a finding is no failure of the measurement
        )
        found: dict[str, Any] = json.loads(count.read_text("utf-8"))
    return found | {"rate": found["requests"] / found["seconds"]}

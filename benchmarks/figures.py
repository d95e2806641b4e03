"""What is measured, and what it should be: each figure with its bar and how one value is taken.

A value is taken in a process of its own; the bars are of two cores.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure: ``take`` returns one value of it, ``at_most`` or ``at_least`` is its bar.

    ``heavy`` ones take minutes for a value. ``is_ratio`` says that it hardly hangs on the machine.
    """

    name: str
    unit: str
    take: Callable[[], float]
    at_most: float | None = None
    at_least: float | None = None
    heavy: bool = False
    is_ratio: bool = False

    def is_met(self, value: float) -> bool:
        """Tell whether a value reaches the bar."""
        over = self.at_most is not None and value > self.at_most
        under = self.at_least is not None and value < self.at_least
        return not (over or under)

    @property
    def bar(self) -> str:
        """The bar as text."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else ""


_COMMAND = (sys.executable, "-m", "conformance")


def _output(command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Return what a command prints; raises ``CalledProcessError`` when it fails."""
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    ).stdout


def measured(*arguments: str) -> dict[str, Any]:
    """Return what ``benchmarks.judging`` measures."""
    found: dict[str, Any] = json.loads(
        _output([sys.executable, "-m", "benchmarks.judging", *arguments])
    )
    return found


def _wall(command: Sequence[str]) -> float:
    since = time.perf_counter()
    _output(command)
    return time.perf_counter() - since


def _started(*arguments: str) -> float:
    return _wall([*_COMMAND, *arguments])


def _run(*arguments: str) -> tuple[float, list[dict[str, Any]]]:
    """Run ``run`` and return its wall time and the exchanges that it recorded."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        began, since = time.time(), time.perf_counter()
        command = [*_COMMAND, "run", *arguments, "--seed", "1", "--exit-zero", "-q", "--out", out]
        _output(command)
        wall = time.perf_counter() - since
        with gzip.open(Path(out) / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
            exchanges = [json.loads(line) for line in lines]
        for each in exchanges:
            each["began"] -= began
            each["ended"] -= began
        return wall, exchanges


def _first_request(target: str) -> float:
    _, exchanges = _run(target, "--select", "CreateModel/ModelName:max-length")
    first: float = exchanges[0]["began"]
    return first


def _judging(workers: int) -> float:
    """Seconds from the first to the last exchange of judging at standard depth."""
    arguments = ("reference", "--depth", "standard", "-n", str(workers))
    exchanges = [each for each in _run(*arguments)[1] if each["rule"]]
    seconds: float = max(e["ended"] for e in exchanges) - min(e["began"] for e in exchanges)
    return seconds


def _unused_plugin() -> float:
    """Milliseconds that pytest takes longer because the plugin is installed and not used."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n", "utf-8")
        plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        without = [*plain, "-p", "no:createmodel_conformance"]
        pairs = [(_wall(plain), _wall(without)) for _ in range(5)]
    return median(with_us - alone for with_us, alone in pairs) * 1000


@contextmanager
def _reference_server() -> Iterator[str]:
    command = [sys.executable, "-m", "conformance.reference", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().removeprefix("listening on ").strip()
    finally:
        server.terminate()
        server.wait()


_CASES = re.compile(r"(\d[\d,]*) generated")
_SECONDS = re.compile(r"in ([\d.]+)s")


def _peer(phase: str) -> float:
    """Requests a second that Schemathesis sends to the reference server in one of its phases."""
    with tempfile.TemporaryDirectory() as folder, _reference_server() as url:
        document = str(Path(folder) / "openapi.json")
        _output([*_COMMAND, "openapi", "-o", document])
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                *("run", document, "--url", url, "--phases", phase, "--seed", "1"),
                *("--include-operation-id", "CreateModel", "--max-examples", "200"),
            ],
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "conformance.schemathesis_hooks"},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,  # a finding is no failure of the measurement
        )
    cases, seconds = _CASES.search(done.stdout), _SECONDS.findall(done.stdout)
    if cases is None or not seconds:
        raise RuntimeError(f"st said nothing of its cases and seconds: {done.stdout[-500:]}")
    return int(cases[1].replace(",", "")) / float(seconds[-1])


def _against_peer(phase: str) -> float:
    """How many times as many requests a second this suite sends to a server of the same kind."""
    ours: float = measured("overhead", "reference-server", "quick")["rate"]
    return ours / _peer(phase)


def _first_findings() -> float:
    """Median of the seconds until the first finding, over every tenth fault."""
    seconds: dict[str, float] = measured("first-finding", "10", "0")["seconds"]
    return median(seconds.values())


def _overhead(target: str, depth: str) -> float:
    ratio: float = measured("overhead", target, depth)["ratio"]
    return ratio


def figures() -> list[Figure]:
    """Return every figure with its bar, the quick ones first."""
    overheads = [
        Figure(
            f"overhead, {target}, {depth}",
            "judging / bare sending",
            partial(_overhead, target, depth),
            at_most=most,
            heavy=depth != "quick",
            is_ratio=True,
        )
        for depth in ("quick", "standard")
        for target, most in (("moto-server", 1.15), ("reference-server", 1.4), ("moto", 1.8))
    ]
    return [
        Figure("--help", "s", lambda: _started("--help"), at_most=0.15),
        Figure("rules", "s", lambda: _started("rules"), at_most=0.5),
        Figure("first request, reference", "s", lambda: _first_request("reference"), at_most=1),
        Figure("first request, moto", "s", lambda: _first_request("moto"), at_most=2),
        Figure("pytest with the plugin unused", "ms more", _unused_plugin, at_most=20),
        Figure("own cost, quick", "ms/request", lambda: measured("own-cost", "quick")["cost"], 0.5),
        Figure("first finding, median", "s", _first_findings, at_most=1),
        Figure(
            "time for ten times the cases",
            "times",
            lambda: measured("linear", "200")["factor"],
            at_most=10.5,
            is_ratio=True,
        ),
        *overheads[:3],
        *(
            Figure(
                f"against Schemathesis, {phase}",
                "times its requests a second",
                partial(_against_peer, phase),
                at_least=least,
                is_ratio=True,
            )
            for phase, least in (("fuzzing", 20), ("coverage", 3))
        ),
        Figure(
            "whole run, reference-server, quick",
            "s",
            lambda: _run("reference-server", "-n", "2")[0],
            at_most=20,
        ),
        Figure(
            "whole run, reference-server, standard",
            "s",
            lambda: _run("reference-server", "--depth", "standard", "-n", "2")[0],
            at_most=90,
            heavy=True,
        ),
        Figure(
            "-n 2 against -n 1",
            "times as fast",
            lambda: _judging(1) / _judging(2),
            at_least=1.7,
            heavy=True,
            is_ratio=True,
        ),
        Figure(
            "own cost, deep",
            "ms/request",
            lambda: measured("own-cost", "deep")["cost"],
            at_most=1.2,
            heavy=True,
        ),
        Figure(
            "memory from 10,000 to 200,000 requests",
            "growth",
            lambda: measured("memory", "10000", "200000")["growth"],
            at_most=0.2,
            heavy=True,
            is_ratio=True,
        ),
        *overheads[3:],
    ]

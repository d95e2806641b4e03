"""Writes the record of a pytest run from its reports; lives in the one process that writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.judgement import Judgement
from conformance.engine.record import Recorder, header
from conformance.oracle.catalogue import rule_by_id
from conformance.spec.rules import Rule


class RecordWriter:
    """A pytest plugin: writes each judged side as its report comes, in the end the reports.

    ``option`` gives the plugin's options by their names; ``known`` is the list of known findings
    as a record keeps it, or ``None``.
    """

    def __init__(
        self,
        folder: Path,
        option: Callable[[str], Any],
        rules: Sequence[Rule],
        known: Mapping[str, Any] | None,
        workers: int,
    ) -> None:
        self._folder = folder
        self._rules = tuple(rules)
        self._known = known
        self._recorder: Recorder | None = None
        self._sides = 0
        self._options = {
            "depth": option("createmodel_depth"),
            "seed": option("createmodel_seed"),
            "region": option("createmodel_region"),
            "client": "requests",
            "auth": option("createmodel_auth"),
            "model_limit": option("createmodel_model_limit"),
            "workers": workers,
            "flaky_retries": option("createmodel_flaky_retries"),
            "select": option("createmodel_select"),
            "deselect": option("createmodel_deselect"),
        }

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the judgement that a report carries."""
        carried = getattr(report, "createmodel", None)
        if carried is None:
            return
        judged = json.loads(carried)
        event = judged["event"]
        if self._recorder is None:
            self._recorder = self._opened(judged["target"])
        self._sides += 1
        judgement = Judgement(
            rule_by_id(event["rule"]),
            event["side"],
            event["verdict"],
            event["cases"],
            event["finding"],
            event["note"],
            tuple(judged["exchanges"]),
            event.get("observations", {}),
        )
        with self._writing():
            self._recorder.judged(judgement)

    def _opened(self, target: Mapping[str, Any]) -> Recorder:
        try:
            head = header(target, self._options, self._rules, self._known)
            return Recorder(self._folder, head)
        except OSError as problem:
            raise pytest.UsageError(
                f"--createmodel-out {self._folder} cannot be written: {problem.strerror}"
            ) from problem

    def pytest_sessionfinish(self) -> None:
        """Close the record and write the reports."""
        if self._recorder is None:
            return
        from reports.files import write_reports

        wanted = sum(len(rule.sides) for rule in self._rules)
        with self._writing():
            self._recorder.close(
                complete=self._sides == wanted,
                reason="" if self._sides == wanted else "not every side was judged",
                leftovers=0,
            )
            write_reports(self._folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """End pytest with one sentence when the record or the reports cannot be written."""
        try:
            yield
        except OSError as problem:
            recorder, self._recorder = self._recorder, None
            if recorder is not None:
                recorder.abandon()
            pytest.exit(
                f"--createmodel-out {self._folder} cannot be written: {problem.strerror}",
                pytest.ExitCode.USAGE_ERROR,
            )

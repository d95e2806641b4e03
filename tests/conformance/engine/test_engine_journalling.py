"""What the processes of a run, and its later parts, know of what was there at the start."""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from fakes.asking import make, names
from fakes.conformant import Conformant
from fakes.hostile.serving import Asked, hostile
from fakes.watched import watched

from conformance.engine import run
from conformance.engine.cleanup import settle
from conformance.engine.deadlines import Deadlines
from conformance.engine.journal import Heading, JournalFile, path_of
from conformance.engine.journalling import begun
from conformance.engine.judge import Bench
from conformance.engine.run import Plan, bench_of
from conformance.engine.selection import selected
from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.wire import Call, Reply
from strategies.bases import minimal
from strategies.resources import Resources

PREFIX = "cmcabcdefghij"
OURS = f"{PREFIX}a-000001-conformance"


def plan(url: str) -> Plan:
    """A plan to judge next to nothing at a URL."""
    rules = selected(("errors/code",), ())
    return Plan(url, TargetOptions(), Resources(), rules, "quick", seed=1, prefix=PREFIX)


def test_a_worker_knows_what_was_there_at_the_start(tmp_path: Path) -> None:
    """It is asked for names of one character as the first process is."""
    shares: Queue[int] = Queue()
    shares.put(1)
    heading = Heading("reference", "http://localhost/", "us-east-1", "requests", PREFIX, ("a",))
    run._start_worker(plan("reference"), shares, None, (tmp_path, heading))
    bench = run._worker.pop("bench")
    assert bench.talk.ledger.before == {"a"}
    assert bench.names.short() != "a"
    bench.talk.ledger.journal.close()


def test_what_an_earlier_part_could_not_delete_is_ours_to_the_next(tmp_path: Path) -> None:
    """It is there when the run is resumed, and was not there before the run."""
    with watched() as service:
        make(service.url, "b", "k", OURS)
        journal = JournalFile.begun(
            path_of(tmp_path),
            Heading(service.url, service.url, "us-east-1", "requests", PREFIX, ("k",)),
        )
        for name in ("b", OURS):
            event = {"operation": "CreateModel", "name": name, "at": 1.0, "role": None}
            journal.note({"event": "intent", **event})
            journal.note({"event": "owned", "arn": None, **event})
        journal.close()
        talk = bench_of(plan(service.url), resolve(service.url, TargetOptions())).talk
        journals = begun(plan(service.url), talk, tmp_path)
        assert journals is not None
        assert (talk.ledger.before, journals.is_resumed) == ({"k"}, True)
        journals.join_others()
        settled = settle(talk)
        assert OURS in settled.deleted
        assert settled.remaining == ()
        assert settled.unclear == ("b",)  # made long after that create, as it says
        assert names(service.url) == ["b", "k"]
        assert not journals.end(settled)
        assert path_of(tmp_path).exists()


def began(service: Any, folder: Path) -> tuple[Any, Any]:
    """A conversation with a service and the journals of its run."""
    talk = bench_of(plan(service.url), resolve(service.url, TargetOptions())).talk
    journals = begun(plan(service.url), talk, folder)
    assert journals is not None
    return talk, journals


def test_a_run_that_backs_out_settles_what_an_earlier_one_left(tmp_path: Path) -> None:
    """Found: before anything was judged Ctrl-C took the earlier run's journal away unread."""
    with watched() as service:
        journal = JournalFile.begun(
            path_of(tmp_path),
            Heading(service.url, service.url, "us-east-1", "requests", PREFIX, ()),
        )
        event = {"operation": "CreateModel", "name": OURS, "at": 1.0, "role": None}
        journal.note({"event": "intent", **event})
        journal.close()
        make(service.url, OURS)
        _, journals = began(service, tmp_path)
        assert journals.back_out()
        assert names(service.url) == []


@pytest.mark.parametrize(
    ("status", "stays"), [(502, True), (504, True), (501, False), (404, False)]
)
def test_a_gateway_says_nothing_of_who_works_behind_it(
    status: int, stays: bool, tmp_path: Path
) -> None:
    """Its page for a create may hide one that is carried out; a web server's page hides nothing."""

    def page(asked: Asked) -> None:
        asked.answer_with(b"<html>no</html>", status)

    with hostile(page, after=0) as server:
        talk, journals = began(server, tmp_path)
        talk.create(minimal(OURS, Resources()))
        assert journals.back_out() is not stays
    assert path_of(tmp_path).exists() == stays


class TakesLong(Conformant):
    """Has more models than fit on a page, and takes half a minute and more for each page."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.models = {f"theirs-{number}": {} for number in range(350)}
        self.made = dict.fromkeys(self.models, 0.0)

    def send(self, call: Call) -> Reply:
        self.time += 31
        return super().send(call)


def test_a_target_that_takes_too_long_to_tell_what_it_has_is_refused_in_a_sentence(
    tmp_path: Path,
) -> None:
    """Found: a traceback in ``certify``, and a fault of the suite in ``run``."""
    target = TakesLong()
    bench = Bench.at(target, deadlines=Deadlines(now=lambda: target.time))
    with pytest.raises(TargetProblem, match="takes too long to list its models"):
        begun(plan("http://localhost/"), bench.talk, tmp_path)

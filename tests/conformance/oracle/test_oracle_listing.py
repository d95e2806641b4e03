"""The list/ family in front of services that are faithful in their own way, and of busy ones."""

from __future__ import annotations

import copy
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.engine.conversation import Conversation
from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import scenarios
from conformance.oracle.listing_times import _step_of
from conformance.oracle.verdicts import FAIL, PASS
from conformance.spec.rules import MUST
from conformance.targets.reference import reference
from conformance.wire import Call, Reply
from strategies.bases import minimal
from strategies.resources import Resources

LIST = [each.rule for each in scenarios() if each.rule.id.startswith("list/")]
TIMED = ("list/created-", "list/sort-by-creation-time", "list/newest-first")


def verdicts(target: Any, *, starts: tuple[str, ...] = ("list/",)) -> dict[str, str]:
    """Return the verdicts on the rules whose ids begin like this, of level must."""
    bench = Bench.at(target, account=target.account)
    rules = [rule for rule in LIST if rule.level == MUST and rule.id.startswith(starts)]
    return {rule.id: judge(rule, bench)[0].verdict for rule in rules}


def failing(target: Any) -> list[str]:
    """Return the must rules of the family that fail."""
    return [rule for rule, verdict in verdicts(target).items() if verdict == FAIL]


class Writer:
    """Somebody else at the same service, who makes models and deletes them again."""

    def __init__(self, target: Any, models: int) -> None:
        self._talk = Conversation(copy.copy(target), prefix="somebody", resources=Resources())
        self._numbers = itertools.count()
        self._names: list[str] = []
        for _ in range(models):
            self.create()

    def create(self) -> None:
        """Make one model more, under a name that was never used."""
        self._names.append(f"somebody-{next(self._numbers)}")
        self._talk.ask("CreateModel", minimal(self._names[-1], Resources()), purpose="case")

    def delete(self, position: int = 0) -> None:
        """Delete one of the models: the oldest, if not told otherwise."""
        body = {"ModelName": self._names.pop(position)}
        self._talk.ask("DeleteModel", body, purpose="case")

    def replace(self) -> None:
        """Make a model and delete the oldest: there are as many as before."""
        self.create()
        self.delete()

    def toggle(self) -> None:
        """Make a model, or delete the one that was made at the last call."""
        if len(self._names) % 2:
            self.delete(-1)
        else:
            self.create()


def before_each_list(target: Any, act: Callable[[], None]) -> None:
    """Have something happen at the service before each ListModels that the suite sends."""
    inner = copy.copy(target)

    def send(call: Call) -> Reply:
        if call.operation == "ListModels":
            act()
        return inner.send(call)

    target.send = send


@pytest.mark.parametrize("models", [4, 120])
@pytest.mark.parametrize("habit", ["create", "replace", "toggle"])
def test_models_of_others_that_come_and_go_are_no_failure(habit: str, models: int) -> None:
    """Tokens that are offsets are right, whoever makes and deletes models between the pages."""
    target = reference("reference:tokens-are-offsets")
    writer = Writer(target, models)
    before_each_list(target, getattr(writer, habit))
    assert failing(target) == []


@contextmanager
def busy(writer: Writer) -> Iterator[None]:
    """Let a writer replace models in a thread of its own meanwhile."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.0005):
            writer.replace()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("fault", ["tokens-are-offsets", None])
def test_a_writer_in_a_thread_of_its_own_is_no_failure(fault: str | None) -> None:
    """Whether tokens are offsets or positions, nothing fails while somebody else is at work."""
    target = reference(f"reference:{fault}" if fault else "reference")
    with busy(Writer(target, 5)):
        assert failing(target) == []


def test_tokens_that_are_offsets_break_no_must_rule() -> None:
    """Where nobody else is at work, every must rule passes."""
    assert set(verdicts(reference("reference:tokens-are-offsets")).values()) == {PASS}


@pytest.mark.parametrize("fault", ["pages-skip-one", "pages-repeat-one", "tied-times-lost"])
def test_a_fault_is_seen_where_there_are_models_of_others(fault: str) -> None:
    """Models of others that stay as they are excuse nothing."""
    target = reference(f"reference:{fault}")
    Writer(target, 7)
    assert "list/pages-are-complete" in failing(target)


# -- times ----------------------------------------------------------------------------------


class Clock:
    """A clock that waiting moves on at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = 0.0
        monkeypatch.setattr("conformance.oracle.listing_times.time.sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        """Be later by so many seconds."""
        self._ahead += seconds

    def now(self) -> float:
        """Return epoch seconds."""
        return time.time() + self._ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a service whose models the suite wants apart."""
    return Clock(monkeypatch)


def showing(target: Any, edit: Callable[[float], float]) -> None:
    """Have the service show other creation times than it keeps and compares."""
    inner = copy.copy(target)

    def send(call: Call) -> Reply:
        reply = inner.send(call)
        if call.operation not in ("ListModels", "DescribeModel") or reply.status != 200:
            return reply
        answer = json.loads(reply.body)
        for each in [answer, *answer.get("Models", ())]:
            if "CreationTime" in each:
                each["CreationTime"] = edit(each["CreationTime"])
        return Reply(reply.status, reply.headers, json.dumps(answer).encode())

    target.send = send


@pytest.mark.parametrize(
    "edit",
    [int, round, lambda seconds: int(seconds) + 1, lambda seconds: int(seconds * 10) / 10],
    ids=["truncated", "rounded", "rounded up", "tenths"],
)
def test_times_may_be_shown_in_other_steps_than_they_are_compared_in(
    edit: Callable[[float], float], clock: Clock
) -> None:
    """A service that shows whole seconds, or tenths, and filters by exact times is right."""
    target = reference("reference", now=clock.now)
    showing(target, edit)
    assert set(verdicts(target, starts=TIMED).values()) == {PASS}


def test_a_filter_that_is_ignored_is_seen_where_seconds_are_whole(clock: Clock) -> None:
    """Models far enough apart are told apart, also by whole seconds."""
    target = reference("reference:creation-time-after-ignored", now=clock.now)
    showing(target, int)
    assert verdicts(target, starts=("list/created-after",)) == {"list/created-after": FAIL}


@pytest.mark.parametrize(
    ("times", "step"),
    [
        ([1.7e9, 1.7e9 + 2], 1.0),
        ([1.7e9, 1.7e9 + 0.5], 0.1),
        ([1.7e9 + 0.25], 0.01),
        ([1.7e9 + 0.123456], 0.001),
    ],
)
def test_the_step_in_which_times_are_shown(times: list[float], step: float) -> None:
    """It is the coarsest one, of those of a second, that shows all times as they are."""
    assert _step_of(times) == pytest.approx(step)

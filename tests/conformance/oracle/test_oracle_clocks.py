"""Clocks that are off: times are held against the target's own, which its Date header shows."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.conversation import Conversation
from conformance.engine.judgement import Judgement
from conformance.engine.names import RunNames
from conformance.engine.scenarios import judge_scenario
from conformance.engine.scenes import Settings
from conformance.oracle.catalogue import scenarios
from conformance.oracle.clocks import CLOCKS_APART, clock_of, is_when_answered, seconds_off
from conformance.oracle.scenario import Answer
from conformance.reference import application
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply, read
from strategies.resources import Resources

NOW = 1_790_000_000.0


def answer(date: str | None) -> Answer:
    """An answer that took a second, with this Date header."""
    reply = Reply(200, () if date is None else (("Date", date),), b"{}")
    return Answer(1, "CreateModel", {}, reply, read(reply), NOW - 1, NOW)


@given(seconds=st.integers(0, 4_000_000_000))
def test_a_date_header_is_read_as_http_writes_it(seconds: int) -> None:
    """Every second from 1970 on comes back."""
    assert clock_of(answer(formatdate(seconds, usegmt=True)).reply) == seconds


@given(date=st.none() | st.text(st.characters(codec="ascii"), max_size=40))
def test_no_date_header_makes_trouble(date: str | None) -> None:
    """Whatever stands in it, it is a time or none."""
    assert isinstance(clock_of(answer(date).reply), float | None)


@pytest.mark.parametrize(
    "date",
    [None, "", "now", "Thu, 99 Foo 99999999999 25:61:61 GMT", "Mon, 31 Feb 2026 00:00:00 GMT"],
)
def test_what_is_no_date_is_no_clock(date: str | None) -> None:
    """A header that is missing or nonsense says nothing about the clock."""
    assert clock_of(answer(date).reply) is None
    assert seconds_off(answer(date)) == 0


@given(off=st.integers(-1_700_000_000, 2_000_000_000))
def test_a_clock_is_off_only_beyond_what_clocks_differ(off: int) -> None:
    """Fifteen minutes are no difference; beyond them it is the difference, to the second."""
    found = seconds_off(answer(formatdate(NOW + off, usegmt=True)))
    assert found in ((off,) if abs(off) > CLOCKS_APART + 1 else (0, off))
    assert is_when_answered(NOW + off, answer(None), off=off)


class Apart:
    """The reference with a clock and a Date header so many seconds away from now, each."""

    def __init__(self, clock: float, date: float | None) -> None:
        made = application(now=lambda: time.time() + clock)
        self._inner = WsgiTarget("apart", made, fingerprint={}, account="123456789012")
        self._date = date
        self.name, self.endpoint, self.account = "apart", self._inner.endpoint, "123456789012"

    def send(self, call: Call) -> Reply:
        reply: Reply = self._inner.send(call)
        kept = [each for each in reply.headers if each[0] != "Date"]
        if self._date is not None:
            kept.append(("Date", formatdate(time.time() + self._date, usegmt=True)))
        return Reply(reply.status, tuple(kept), reply.body)

    def fingerprint(self) -> dict[str, str]:
        return {}

    def close(self) -> None: ...


def judged(rule: str, target: Any) -> Judgement:
    """The judgement on one scenario."""
    talk = Conversation(target, prefix="cmctestclocksa", resources=Resources())
    one = next(each for each in scenarios() if each.rule.id == rule)
    return judge_scenario(one, talk, RunNames(talk), Settings())


YEARS = 9 * 365 * 86_400
SINCE_1970 = 1_790_000_000


@pytest.mark.parametrize(
    ("clock", "date", "verdict"),
    [
        (0, 0, "pass"),
        (0, None, "pass"),
        (0, -YEARS, "pass"),
        (-YEARS, -YEARS, "pass"),
        (YEARS, YEARS, "pass"),
        (-YEARS, 0, "fail"),
        (-YEARS, None, "fail"),
        (-YEARS, YEARS, "fail"),
        (-2 * CLOCKS_APART, -YEARS, "fail"),
    ],
)
def test_a_time_is_now_by_our_clock_or_by_the_targets(
    clock: float, date: float | None, verdict: str
) -> None:
    """Only a Date header that is as far off as the time excuses it."""
    found = judged("lifecycle/creation-time-is-now", Apart(clock, date))
    assert found.verdict == verdict, found.note
    is_told = verdict == "pass" and clock != 0
    assert ("clock" in found.observations) == is_told
    if is_told:
        assert "seconds off by its Date header" in found.observations["clock"]


def test_a_clock_of_1970_shows_numbers_all_the_same() -> None:
    """A machine without a battery says 1970 in its Date header: its times are numbers."""
    off = 1_000 - time.time()
    for rule in ("lifecycle/creation-time", "list/creation-time"):
        assert judged(rule, Apart(off, off)).verdict == "pass"
        assert judged(rule, Apart(off, 0)).verdict == "fail"

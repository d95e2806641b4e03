"""Whose a model of anybody's name is: by its role and its moment, and else nobody knows."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest
from fakes.conformant import Conformant, Refused
from fakes.talking import MadeNow, conversation, interrupted

from conformance.engine.cleanup import settle
from conformance.wire import Reply
from strategies.bases import minimal
from strategies.resources import Resources

THEIR_ROLE = "arn:aws:iam::123456789012:role/Theirs"

MOMENTS = {
    "now": (lambda: time.time(), ("a",), ()),
    "now, as a string": (lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), ("a",), ()),
    "now, without a zone": (lambda: time.strftime("%Y-%m-%d %H:%M:%S"), ("a",), ()),
    "long ago": (lambda: time.time() - 60, (), ("a",)),
    "later": (lambda: time.time() + 60, (), ("a",)),
    "beyond all times": (lambda: float("inf"), (), ("a",)),
    "at a number that no clock has": (lambda: 10**400, (), ("a",)),
    "at no time that can be read": (lambda: "yesterday", (), ("a",)),
    "at no time": (lambda: None, (), ("a",)),
}


@pytest.mark.parametrize("when", MOMENTS)
def test_a_name_of_anybodys_is_ours_only_if_it_was_made_when_we_asked(when: str) -> None:
    """One letter does not tell whose a model is; the moment does, and else nobody knows."""
    moment, deleted, unclear = MOMENTS[when]
    target = MadeNow(moment())
    target.models = {"a": {"ExecutionRoleArn": Resources().role}}
    talk = conversation(target)
    interrupted(talk, "a")
    settled = settle(talk)
    assert (settled.deleted, settled.unclear) == (deleted, unclear)
    assert ("a" in target.models) == (not deleted)


@pytest.mark.parametrize(
    ("shown", "unclear"),
    [({"ExecutionRoleArn": THEIR_ROLE}, ()), ({}, ("a",))],
)
def test_a_model_with_another_role_is_not_ours_whenever_it_was_made(
    shown: dict[str, Any], unclear: tuple[str, ...]
) -> None:
    """Somebody may make one just when a create of ours failed; without a role nobody knows."""
    target = MadeNow(time.time())
    target.models = {"a": shown}
    talk = conversation(target)
    interrupted(talk, "a")
    settled = settle(talk)
    assert (settled.deleted, settled.unclear) == ((), unclear)
    assert list(target.models) == ["a"]


@pytest.mark.parametrize(
    ("role", "age", "is_ours"),
    [
        (Resources().role, 0.0, True),
        (Resources().role, 60.0, None),
        (THEIR_ROLE, 0.0, False),
    ],
)
@pytest.mark.parametrize("failed", [True, False], ids=["a failed delete", "a crash"])
def test_what_somebody_made_after_ours_had_gone_is_theirs(
    role: str, age: float, is_ours: bool | None, failed: bool
) -> None:
    """A create that was answered 200 is no right to whatever has its name later.

    With our role and another moment it may be either's: it is named and left.
    """
    target = MadeNow(time.time() + age)
    talk = conversation(target)
    assert talk.create(minimal("a", Resources())).accepted
    if failed:
        talk.leftovers, talk.ledger.owned = talk.ledger.owned, []
    target.models["a"]["ExecutionRoleArn"] = role
    settled = settle(talk)
    assert (settled.deleted, settled.remaining) == (("a",) if is_ours else (), ())
    assert settled.unclear == (("a",) if is_ours is None else ())
    assert ("a" in target.models) == (not is_ours)
    assert talk.ledger.is_settled == (is_ours is not None)


class SaysThatItDeletes(Conformant):
    """Answers DeleteModel 200 and keeps the model."""

    def delete(self, members: dict[str, Any]) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_model_of_anybodys_name_that_is_kept_all_the_same_is_named(is_refused: bool) -> None:
    """The target said that it is gone, or was never made; whose it is only the target can know."""
    target = Conformant() if is_refused else SaysThatItDeletes()
    talk = conversation(target)
    ours = minimal("a", Resources())
    if is_refused:  # and then it makes it
        assert not talk.create({**ours, "PrimaryContainer": 1}).accepted
        target.models["a"], target.made["a"] = ours, time.time()
    else:
        assert talk.create(ours).accepted
        talk.tidy()
    settled = settle(talk)
    assert (settled.deleted, settled.remaining, settled.unclear) == ((), (), ("a",))
    assert list(target.models) == ["a"]


@pytest.mark.parametrize(
    ("role", "age"), [(Resources().role, 60), (Resources().role, -1), (THEIR_ROLE, 0)]
)
def test_a_model_of_a_name_that_we_had_is_not_spoken_of_where_it_is_anothers(
    role: str, age: float
) -> None:
    """Its role, or its moment, shows that somebody else made it."""
    target = Conformant()
    talk = conversation(target)
    assert talk.create(minimal("a", Resources())).accepted
    talk.tidy()
    target.models["a"] = {"ExecutionRoleArn": role}
    target.made["a"] = time.time() - age
    settled = settle(talk)
    assert (settled.deleted, settled.remaining, settled.unclear) == ((), (), ())


def test_a_model_that_may_be_ours_for_two_reasons_is_named_once() -> None:
    """It was found in doubt, and a create of its name has no answer."""
    target = MadeNow(None)  # it does not say when
    target.models = {"None": {}}
    talk = conversation(target)
    interrupted(talk, None)
    talk.ledger.doubt("None")
    assert settle(talk).unclear == ("None",)


class ClockOff(Conformant):
    """Has a clock that is so many seconds fast, in its Date header as in what it stores."""

    def __init__(self, off: float) -> None:
        super().__init__()
        self.off = off
        self.failing = True

    def store(self, members: dict[str, Any]) -> dict[str, Any]:
        answer = super().store(members)
        self.made[members["ModelName"]] += self.off
        return answer

    def delete(self, members: dict[str, Any]) -> dict[str, Any]:
        if self.failing:
            self.failing = False
            raise Refused("InternalFailure", "", 500)
        return super().delete(members)

    def reply(self, status: int, body: Any) -> Reply:
        reply = super().reply(status, body)
        date = ("Date", formatdate(time.time() + self.off, usegmt=True))
        return Reply(reply.status, (*reply.headers, date), reply.body)


@pytest.mark.parametrize("off", [-3e8, -40.0, -5.0, 0.0, 5.0, 40.0, 3e8])
def test_a_clock_that_is_off_hides_nothing_of_ours(off: float) -> None:
    """A model is held to the time that its target shows: ours is found, and deleted."""
    target = ClockOff(off)
    talk = conversation(target)
    assert talk.create(minimal("a", Resources())).accepted
    talk.tidy()
    assert list(target.models) == ["a"]
    settled = settle(talk)
    assert (settled.deleted, settled.unclear) == (("a",), ())
    assert target.models == {}


class CannotBeLookedAt(Conformant):
    """Denies every look, or shows a model by its name alone."""

    def __init__(self, shows: bool) -> None:
        super().__init__()
        self._shows = shows

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        if not self._shows:
            raise Refused("AccessDeniedException", "no", 403)
        return {"ModelName": self.found(members)}


@pytest.mark.parametrize("shows", [False, True])
def test_what_may_be_somebody_elses_by_now_is_left_where_nothing_shows_whose_it_is(
    shows: bool,
) -> None:
    """A killed run made it; whether it is still that one nobody can say."""
    target = CannotBeLookedAt(shows)
    target.models = {"a": {}}
    talk = conversation(target)
    interrupted(talk, "a")
    talk.ledger.own("a")
    settled = settle(talk)
    assert (settled.deleted, settled.unclear) == ((), ("a",))
    assert list(target.models) == ["a"]

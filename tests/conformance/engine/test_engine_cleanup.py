"""Cleaning up: what is ours goes, what looks like ours stays."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, Refused
from fakes.talking import PREFIX, MadeNow, conversation, interrupted

from conformance.engine.cleanup import names_that_matter, seconds_to_come, settle
from conformance.engine.conversation import Conversation
from conformance.engine.listing import list_models
from conformance.engine.ownership import Made, Unanswered
from conformance.wire import Call, Reply
from strategies.bases import minimal
from strategies.resources import Resources

OURS = f"{PREFIX}-000001-conformance"
LIKE_OURS = (f"{OURS}-2", f"{PREFIX}", "cmcabcdefghijb-000001-conformance", OURS[:-1], "cmc", "a")


def test_what_was_made_goes_and_what_is_named_alike_stays() -> None:
    """Neither a longer name, nor a shorter one, nor the bare prefix is taken for ours."""
    target = Conformant()
    target.models = {name: {} for name in LIKE_OURS}
    talk = conversation(target)
    assert talk.create(minimal(OURS, Resources())).accepted
    assert settle(talk).deleted == (OURS,)
    assert sorted(target.models) == sorted(LIKE_OURS)


def test_a_create_without_an_answer_is_looked_for() -> None:
    """It is deleted where it was made, and nothing is said of it where it was not."""
    target = Conformant()
    target.models = {OURS: {}, **{name: {} for name in LIKE_OURS}}
    talk = conversation(target)
    interrupted(talk, OURS, f"{PREFIX}-000002-conformance")
    assert settle(talk).deleted == (OURS,)
    assert sorted(target.models) == sorted(LIKE_OURS)


def test_what_was_there_at_the_start_is_not_ours_whatever_it_is_called() -> None:
    """Even a name that bears our letters, and that we meant to make, is left alone."""
    target = Conformant()
    target.models = {OURS: {}, "a": {}}
    talk = conversation(target)
    talk.ledger.before = names_that_matter(list_models(talk), PREFIX)
    interrupted(talk, OURS, "a")
    settled = settle(talk)
    assert (settled.deleted, settled.remaining, settled.unclear) == ((), (), ())
    assert sorted(target.models) == sorted(["a", OURS])


@pytest.mark.parametrize(
    ("before", "is_deleted"), [({"None"}, False), ({"undefined"}, False), ((), True)]
)
def test_what_has_no_name_is_not_deleted_where_somebodys_may_have_its_name(
    before: Any, is_deleted: bool
) -> None:
    """A target that stores it as None may have had a model of that name, and replaced it."""

    class CallsItNone(Conformant):
        def checked(self, operation: str, body: Any) -> dict[str, Any]:
            return {"ModelName": "None", **body}

    target = CallsItNone()
    target.models = {"None": {}}
    talk = conversation(target)
    talk.ledger.before = frozenset(before)
    talk.ledger.owned = [Made("CreateModel", None, target.arn("None"))]
    talk.tidy()
    assert ("None" in target.models) == (not is_deleted)


def test_what_was_not_deleted_is_tried_once_more_at_the_end() -> None:
    """A DeleteModel that failed once leaves nothing behind."""

    class FailsOnce(Conformant):
        failed = False

        def delete(self, members: dict[str, Any]) -> dict[str, Any]:
            if not self.failed:
                self.failed = True
                raise Refused("InternalFailure", "", 500)
            return super().delete(members)

    target = FailsOnce()
    talk = conversation(target)
    assert talk.create(minimal("a", Resources())).accepted
    talk.tidy()
    assert list(target.models) == ["a"]
    assert settle(talk).deleted == ("a",)
    assert target.models == {}
    assert talk.leftovers == []


def test_a_refused_name_of_anybodys_is_never_looked_for() -> None:
    """Somebody has taken it between our look and our create: it is theirs."""
    target = MadeNow(time.time())
    target.models = {"a": {}}
    talk = conversation(target)
    talk.in_use = lambda _name: False  # type: ignore[method-assign]
    assert not talk.create(minimal("a", Resources())).accepted
    assert settle(talk).deleted == ()
    assert list(target.models) == ["a"]


class CannotList(Conformant):
    """Knows no ListModels."""

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        raise Refused("UnknownOperationException", "")


def test_without_a_list_what_had_no_answer_is_deleted_by_its_name() -> None:
    """Our letters and our intent are enough; a name of anybody's needs its moment as well."""
    target = CannotList()
    target.models = {OURS: {}, **{name: {} for name in LIKE_OURS}}
    talk = conversation(target)
    interrupted(talk, OURS, "a")
    assert settle(talk).deleted == (OURS,)
    assert sorted(target.models) == sorted(LIKE_OURS)


def test_what_cannot_be_deleted_is_named() -> None:
    """It remains, and is said to."""
    talk = conversation(vices.CannotDelete())
    assert talk.create(minimal(OURS, Resources())).accepted
    settled = settle(talk)
    assert (settled.deleted, settled.remaining) == ((), (OURS,))


class Late(Conformant):
    """Carries the first create out only when the list was asked for once."""

    def __init__(self) -> None:
        super().__init__()
        self.late: dict[str, Any] = {}

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        page = super().list(members)
        self.models.update(self.late)
        return page


class Broken(Conformant):
    """Answers everything alike once ``useless`` is set."""

    useless: Reply | Refused | None = None

    def send(self, call: Call) -> Reply:
        if self.useless is None:
            return super().send(call)
        return self.useless if isinstance(self.useless, Reply) else self.refusal(self.useless)


PAGE = (("Content-Type", "text/html"),)
USELESS = {
    "the keys have expired": Refused("ExpiredTokenException", "expired", 403),
    "it fails": Refused("InternalFailure", "", 500),
    "a gateway's page": Reply(502, PAGE, b"<html>Bad Gateway</html>"),
    "it is busy": Reply(503, PAGE, b"<html>Service Unavailable</html>"),
    "another server's page": Reply(404, PAGE, b"<html>Not Found</html>"),
    "a portal's page": Reply(200, PAGE, b"<html>Sign in</html>"),
}


@pytest.mark.parametrize("what", USELESS)
def test_a_target_that_says_nothing_of_use_in_the_end_has_kept_everything(what: str) -> None:
    """What was made is not deleted, and of what had no answer nobody knows."""
    target = Broken()
    talk = conversation(target)
    assert talk.create(minimal(OURS, Resources())).accepted
    second = f"{PREFIX}-000002-conformance"
    interrupted(talk, second, "a")
    talk.ledger.doubt("b")
    target.useless = USELESS[what]
    for _ in range(2):
        settled = settle(talk)
        assert (settled.remaining, settled.unclear[:2]) == ((OURS,), ("b", second))
        assert settled.unclear[2:] == (() if what == "a portal's page" else ("a",))
    assert list(target.models) == [OURS]


def test_a_create_that_had_no_answer_may_be_carried_out_for_half_a_minute() -> None:
    """One that we left waiting may, too, where the target takes its time with others."""
    talk = conversation(Conformant())
    interrupted(talk, OURS)
    assert seconds_to_come(talk) == []
    talk.slowest = 2.0
    (left,) = seconds_to_come(talk)
    assert 20 < left < 30.1  # moments are kept in milliseconds
    talk.ledger._silent[("CreateModel", "a")] = Unanswered("a", time.time() - 31, None)
    assert seconds_to_come(talk) == [pytest.approx(left, abs=5)]


def test_a_create_that_is_carried_out_while_we_look_is_found_the_second_time() -> None:
    """The first look finds nothing; what it was named is still known for the second."""
    target = Late()
    target.late = {OURS: {}}
    talk = conversation(target)
    interrupted(talk, OURS)
    assert settle(talk).deleted == ()
    target.late = {}
    assert settle(talk).deleted == (OURS,)
    assert target.models == {}


def test_two_runs_on_one_target_leave_each_others_models() -> None:
    """Each deletes what it made while the other's are there."""
    target = Conformant()
    first = Conversation(target, prefix="cmcaaaaaaaaaaa", resources=Resources())
    second = Conversation(target, prefix="cmcbbbbbbbbbba", resources=Resources())
    for talk in (first, second):
        assert talk.create(minimal(f"{talk.prefix}-1", Resources())).accepted
    assert first.sweep() == 0
    assert list(target.models) == ["cmcbbbbbbbbbba-1"]
    assert second.sweep() == 0
    assert target.models == {}

"""Cleaning up: what is ours goes, what looks like ours stays."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, Refused

from conformance.engine.cleanup import names_that_matter, settle
from conformance.engine.conversation import Conversation
from conformance.engine.listing import list_models
from conformance.engine.ownership import Made
from strategies.bases import minimal
from strategies.resources import Resources

PREFIX = "cmcabcdefghija"
OURS = f"{PREFIX}-000001-conformance"
LIKE_OURS = (f"{OURS}-2", f"{PREFIX}", "cmcabcdefghijb-000001-conformance", OURS[:-1], "cmc", "a")


def conversation(target: Any) -> Conversation:
    """A conversation whose names bear our letters."""
    return Conversation(target, prefix=PREFIX, resources=Resources())


class MadeNow(Conformant):
    """Says that every model was made this many seconds ago, in one of many forms."""

    def __init__(self, told: Any) -> None:
        super().__init__()
        self.told = told

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        return {**super().describe(members), "CreationTime": self.told}


def interrupted(talk: Conversation, *names: Any) -> None:
    """Have creates been sent whose answers nobody waited for."""
    for name in names:
        talk.ledger.intends("CreateModel", minimal(name, Resources()))


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


NOW = time.time()
MOMENTS = {
    "now": (lambda: time.time(), ("a",), ()),
    "now, as a string": (lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), ("a",), ()),
    "now, without a zone": (lambda: time.strftime("%Y-%m-%d %H:%M:%S"), ("a",), ()),
    "long ago": (lambda: time.time() - 60, (), ()),
    "later, by somebody else": (lambda: time.time() + 60, (), ()),
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
    [({"ExecutionRoleArn": "arn:aws:iam::123456789012:role/Theirs"}, ()), ({}, ("a",))],
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
        (Resources().role, 60.0, False),
        ("arn:aws:iam::123456789012:role/Theirs", 0.0, False),
    ],
)
@pytest.mark.parametrize("failed", [True, False], ids=["a failed delete", "a crash"])
def test_what_somebody_made_after_ours_had_gone_is_theirs(
    role: str, age: float, is_ours: bool, failed: bool
) -> None:
    """A create that was answered 200 is no right to whatever has its name later."""
    target = MadeNow(time.time() + age)
    talk = conversation(target)
    assert talk.create(minimal("a", Resources())).accepted
    if failed:
        talk.leftovers, talk.ledger.owned = talk.ledger.owned, []
    target.models["a"]["ExecutionRoleArn"] = role
    settled = settle(talk)
    assert (settled.deleted, settled.remaining) == (("a",) if is_ours else (), ())
    assert ("a" in target.models) == (not is_ours)
    assert talk.ledger.is_settled


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
    ("role", "age"), [(Resources().role, 60), ("arn:aws:iam::123456789012:role/Theirs", 0)]
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

"""Cleaning up: what is ours goes, what looks like ours stays."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, Refused
from fakes.talking import PREFIX, MadeNow, conversation, interrupted

from conformance.engine.cleanup import names_that_matter, settle
from conformance.engine.conversation import Conversation
from conformance.engine.listing import list_configs, list_models
from conformance.engine.made import Made
from conformance.targets import TargetOptions, resolve
from conformance.wire import Call, Reply, TransportFault
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


def test_what_was_not_deleted_is_not_forgotten_where_the_target_is_gone() -> None:
    """Found: the count of what is left of a target that no longer answered was 0."""
    talk = conversation(vices.CannotDelete())
    assert talk.create(minimal(OURS, Resources())).accepted
    talk.tidy()

    def gone(_call: Call) -> Reply:
        raise TransportFault("connect", "Connection refused")

    talk.target.send = gone  # type: ignore[method-assign]
    assert talk.sweep() == 1
    assert [made.name for made in talk.leftovers] == [OURS]


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


def test_a_create_that_is_carried_out_after_we_looked_is_found_the_second_time() -> None:
    """The first look finds nothing; what it was named is still known for the second."""
    target = Conformant()
    talk = conversation(target)
    interrupted(talk, OURS)
    assert settle(talk).deleted == ()
    target.models[OURS] = {}
    assert settle(talk).deleted == (OURS,)
    assert target.models == {}


class ListsNothing(Conformant):
    """Says of its list that it is empty, and deletes nothing until it is told to."""

    deletes = False

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        return {"Models": []}

    def delete(self, members: dict[str, Any]) -> dict[str, Any]:
        if not self.deletes:
            raise Refused("InternalFailure", "", 500)
        return super().delete(members)


def test_a_list_that_lacks_a_model_which_is_described_proves_nothing() -> None:
    """What was made, and what a create without an answer made, is found all the same."""
    target = ListsNothing()
    talk = conversation(target)
    assert talk.create(minimal(OURS, Resources())).accepted
    second = f"{PREFIX}-000002-conformance"
    interrupted(talk, second)
    target.models[second] = {}
    settled = settle(talk)
    assert (settled.remaining, settled.unclear) == ((OURS,), (second,))
    target.deletes = True
    assert sorted(settle(talk).deleted) == [OURS, second]
    assert target.models == {}


def test_a_deletion_that_only_a_look_shows_is_written_down() -> None:
    """A target that answers DeleteModel in words has deleted it: nobody need try that again."""

    class SaysOk(Conformant):
        def send(self, call: Call) -> Reply:
            reply = super().send(call)
            is_delete = reply.status == 200 and self.calls[-1][0] == "DeleteModel"
            return replace(reply, body=b"OK") if is_delete else reply

    talk = conversation(SaysOk())
    events: list[str] = []
    talk.ledger.journal = Noting(events)
    assert talk.create(minimal(OURS, Resources())).accepted
    talk.tidy()
    assert events == ["intent", "owned", "gone"]


class Noting:
    """A journal that keeps what happened."""

    def __init__(self, events: list[str]) -> None:
        self._events = events

    def note(self, event: dict[str, Any]) -> None:
        self._events.append(event["event"])


def test_what_workers_have_made_goes_by_the_prefix_of_the_run() -> None:
    """Found: endpoint configurations stayed. Those of others, and of the start, are let be."""
    target = resolve("reference", TargetOptions())
    talk = conversation(target)
    other = Conversation(target, prefix="cmcbbbbbbbbbba", resources=Resources())
    for one in (talk, other):
        assert one.create(minimal(f"{one.prefix}-1", Resources())).accepted
        variant = {"VariantName": "v", "ModelName": f"{one.prefix}-1"}
        body = {"EndpointConfigName": f"{one.prefix}-2", "ProductionVariants": [variant]}
        assert one.ask("CreateEndpointConfig", body, purpose="case").accepted
    settling = conversation(target)  # of whoever ends the run: it has made nothing
    settling.ledger.is_shared = True
    settled = settle(settling)
    assert sorted(settled.deleted) == [f"{PREFIX}-1", f"{PREFIX}-2"]
    assert settled.is_clean
    assert list_configs(talk, "cmc").names == {f"{other.prefix}-2"}
    assert list_models(talk).names == {f"{other.prefix}-1"}


def test_a_configuration_that_cannot_be_deleted_is_named() -> None:
    """A look by the prefix finds it again."""
    talk = conversation(resolve("reference:endpoint-config-delete-keeps", TargetOptions()))
    assert talk.create(minimal(OURS, Resources())).accepted
    variant = {"VariantName": "v", "ModelName": OURS}
    body = {"EndpointConfigName": f"{PREFIX}-2", "ProductionVariants": [variant]}
    assert talk.ask("CreateEndpointConfig", body, purpose="case").accepted
    talk.ledger.owned.clear()
    talk.ledger.is_shared = True
    settled = settle(talk)
    assert (settled.remaining, settled.is_clean) == ((f"{PREFIX}-2",), False)


class ListsNoConfigs(Conformant):
    """Fails when it is to list configurations."""

    def send(self, call: Call) -> Reply:
        if call.operation == "ListEndpointConfigs":
            return self.reply(500, {"__type": "InternalFailure"})
        return super().send(call)


class Silent(Conformant):
    """Refuses to list models, for want of good keys."""

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        raise Refused("ExpiredTokenException", "expired", 403)


@pytest.mark.parametrize(
    ("vice", "shared", "known"),
    [
        (CannotList, True, True),
        (ListsNoConfigs, True, False),
        (ListsNoConfigs, False, True),
        (Silent, True, False),
        (Silent, False, True),
    ],
)
def test_what_others_have_made_is_not_known_of_a_target_that_does_not_tell(
    vice: type[Conformant], shared: bool, known: bool
) -> None:
    """Found: a replica that answered nothing of use was taken to be clean.

    One that knows no lists is no more to blame than in a run that knows all that it made.
    """
    talk = conversation(vice())
    talk.ledger.is_shared = shared
    assert (settle(talk).is_known, settle(talk).is_clean) == (known, known)


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

"""Requests that meet: what goes wrong only when two of them are there at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused, invalid
from conformance.reference.faults.fault import Fault, on_handler
from conformance.reference.operations.models import definition_of, missing_model, tags_of
from conformance.reference.state import RegionState

FAMILY = "concurrency"
WINDOW_SECONDS = 0.001


#: The rules that each fault breaks.
_RULES: dict[str, tuple[str, ...]] = {
    "racy-duplicate-check": ("one-name",),
    "racy-duplicate-check-20-ms": ("one-name",),
    "racy-delete": ("one-deletion",),
    "racy-tags": ("tags-at-once",),
    "crowded-creates-lost": ("different-names",),
    "crowded-creates-fail": ("different-names",),
    "crowded-duplicates-all-refused": ("one-name",),
    "crowded-creates-crossed": ("different-names",),
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    rules = tuple(f"concurrency/{each}" for each in _RULES[name])
    return Fault(name, summary, rules, FAMILY, "holds", change)


def _racy_create(window: float) -> Callable[[Handler], Handler]:
    """The name is looked for, then, a moment later and without a lock, the model is stored."""

    def create(state: RegionState, call: Call) -> Output:
        name = call.text("ModelName")
        if state.has_model(name):
            raise invalid(
                f'Cannot create already existing model "{state.place.arn("model", name)}".'
            )
        time.sleep(window)
        model = state.add_model(name, definition_of(call), tags_of(call))
        return {"ModelArn": model.arn}

    return lambda inner: create


def _racy_delete(_inner: Handler) -> Handler:
    def delete(state: RegionState, call: Call) -> Output:
        name = call.text("ModelName")
        if not state.has_model(name):
            raise missing_model(state, name)
        time.sleep(WINDOW_SECONDS)
        state.remove_model(name)
        return None

    return delete


def _racy_tags(_inner: Handler) -> Handler:
    """All tags are read, changed and written back without a lock."""

    def add(state: RegionState, call: Call) -> Output:
        arn, new = call.text("ResourceArn"), tags_of(call)
        before = dict(state.tags.get(arn, {}))
        time.sleep(WINDOW_SECONDS)
        state.tags[arn] = {**before, **new}
        return {"Tags": [{"Key": key, "Value": value} for key, value in new.items()]}

    return add


class _Crowd:
    """Knows which requests are under way, by what they are about, and which of them have met."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._present: dict[str, list[threading.Event]] = {}

    @contextmanager
    def joined(self, about: str) -> Iterator[threading.Event]:
        """Be one of the crowd; the event is set once another one is there as well."""
        met = threading.Event()
        with self._lock:
            present = self._present.setdefault(about, [])
            present.append(met)
            if len(present) > 1:
                for each in present:
                    each.set()
        try:
            yield met
        finally:
            with self._lock:
                present.remove(met)


def _when_crowded(about: Callable[[Call], str], instead: Handler) -> Change:
    """CreateModel does something else where another one of the same sort is under way."""

    def change(behaviour: Behaviour) -> Behaviour:
        crowd = _Crowd()

        def wrap(inner: Handler) -> Handler:
            def create(state: RegionState, call: Call) -> Output:
                with crowd.joined(about(call)) as met:
                    time.sleep(WINDOW_SECONDS)
                    return instead(state, call) if met.is_set() else inner(state, call)

            return create

        return on_handler("CreateModel", wrap)(behaviour)

    return change


def _lost(state: RegionState, call: Call) -> Output:
    return {"ModelArn": state.place.arn("model", call.text("ModelName"))}


def _refused(state: RegionState, call: Call) -> Output:
    arn = state.place.arn("model", call.text("ModelName"))
    raise invalid(f'Cannot create already existing model "{arn}".')


def _failed(_state: RegionState, _call: Call) -> Output:
    raise Refused(Refusal("InternalFailure", None, 500))


def _crossed(behaviour: Behaviour) -> Behaviour:
    """What CreateModel stores is kept in one place for all requests for a moment."""
    shelf: dict[str, Call] = {}

    def wrap(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            shelf["current"] = call
            time.sleep(WINDOW_SECONDS)
            other = shelf["current"]
            return inner(
                state, call.having(**{**other.parameters, "ModelName": call.text("ModelName")})
            )

        return create

    return on_handler("CreateModel", wrap)(behaviour)


def faults() -> Iterator[Fault]:
    """All of this family."""
    for name, summary, change in (
        ("racy-duplicate-check", "two creates of a name within 1 ms are both answered 200",
         on_handler("CreateModel", _racy_create(WINDOW_SECONDS))),
        ("racy-duplicate-check-20-ms", "two creates of a name within 20 ms are both answered 200",
         on_handler("CreateModel", _racy_create(0.02))),
        ("racy-delete", "two deletions of a model within 1 ms are both answered 200",
         on_handler("DeleteModel", _racy_delete)),
        ("racy-tags", "of two AddTags within 1 ms one is lost", on_handler("AddTags", _racy_tags)),
        ("crowded-creates-lost", "of creates that meet none is stored",
         _when_crowded(lambda call: "", _lost)),
        ("crowded-creates-fail", "creates that meet are answered 500",
         _when_crowded(lambda call: "", _failed)),
        ("crowded-duplicates-all-refused", "of creates of a name that meet none succeeds",
         _when_crowded(lambda call: call.text("ModelName"), _refused)),
        ("crowded-creates-crossed", "of creates that meet one gets the other's content", _crossed),
    ):  # fmt: skip
        yield _fault(name, summary, change)

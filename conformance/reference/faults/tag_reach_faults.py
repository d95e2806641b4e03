"""Calls about the tags of one model that reach those of others, and tags taken for what they look
like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.reference.behaviour import Call, Change, Handler, Output
from conformance.reference.faults.fault import Fault, on_call, on_handler
from conformance.reference.operations.models import tags_of
from conformance.reference.operations.tagging import tags_at
from conformance.reference.state import RegionState

FAMILY = "tags"


#: The rule that each fault breaks.
_RULES = {
    "add-tags-to-all-models": "add-leaves-other-models",
    "add-tags-overwrites-elsewhere": "add-leaves-other-models",
    "add-tags-ignores-case": "add-keeps-others",
    "delete-tags-of-all-models": "delete-spares-others",
    "delete-takes-tags-of-all-models": "kept-when-others-go",
    "delete-takes-tags-of-names-alike": "kept-when-others-go",
    "tag-numbers-normalised": "values-unharmed",
    "tag-booleans-in-capitals": "values-unharmed",
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    return Fault(name, summary, (f"tags/{_RULES[name]}",), FAMILY, "holds", change)


def _beside(operation: str, effect: Callable[[RegionState, Call], object]) -> Change:
    """An operation that does what it should, and something more."""

    def wrap(inner: Handler) -> Handler:
        def handle(state: RegionState, call: Call) -> Output:
            with state.lock:
                output = inner(state, call)
                effect(state, call)
                return output

        return handle

    return on_handler(operation, wrap)


def _adding_to_all(state: RegionState, call: Call) -> None:
    for tags in state.tags.values():
        tags.update(tags_of(call))


def _overwriting_in_all(state: RegionState, call: Call) -> None:
    for tags in state.tags.values():
        tags.update({key: value for key, value in tags_of(call).items() if key in tags})


def _dropping_other_cases(state: RegionState, call: Call) -> None:
    tags, new = tags_at(state, call), tags_of(call)
    small = {key.lower() for key in new}
    for key in [each for each in tags if each.lower() in small and each not in new]:
        del tags[key]


def _deleting_from_all(state: RegionState, call: Call) -> None:
    for tags in state.tags.values():
        for key in call.strings("TagKeys"):
            tags.pop(key, None)


def _emptying_all(state: RegionState, _call: Call) -> None:
    for tags in state.tags.values():
        tags.clear()


def _forgetting_alike(state: RegionState, call: Call) -> None:
    start = state.place.arn("model", call.text("ModelName"))
    for arn in [each for each in state.tags if each.startswith(start)]:
        del state.tags[arn]


def _reaching_faults() -> Iterator[Fault]:
    for name, summary, operation, effect in (
        ("add-tags-to-all-models", "AddTags adds to all models", "AddTags", _adding_to_all),
        ("add-tags-overwrites-elsewhere", "AddTags overwrites values of other models, too",
         "AddTags", _overwriting_in_all),
        ("add-tags-ignores-case", "AddTags replaces tags whose key differs in case",
         "AddTags", _dropping_other_cases),
        ("delete-tags-of-all-models", "DeleteTags deletes the keys from all models",
         "DeleteTags", _deleting_from_all),
        ("delete-takes-tags-of-all-models", "DeleteModel empties the tags of all models",
         "DeleteModel", _emptying_all),
        ("delete-takes-tags-of-names-alike", "DeleteModel forgets tags by the start of the ARN",
         "DeleteModel", _forgetting_alike),
    ):  # fmt: skip
        yield _fault(name, summary, _beside(operation, effect))


def _as_number(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else str(number)


def _as_boolean(text: str) -> str:
    return text.capitalize() if text in ("true", "false") else text


def _created_with(edit: Callable[[str], str]) -> Change:
    def edited(call: Call) -> Call:
        tags = call.structures("Tags")
        return call.having(
            Tags=[{**each, "Value": edit(str(each.get("Value", "")))} for each in tags] or None
        )

    return on_call("CreateModel", edited)


def faults() -> Iterator[Fault]:
    """All of these."""
    yield from _reaching_faults()
    yield _fault(
        "tag-numbers-normalised",
        "values of CreateModel's tags that look like numbers are written anew",
        _created_with(_as_number),
    )
    yield _fault(
        "tag-booleans-in-capitals",
        "true and false in CreateModel's tags become True and False",
        _created_with(_as_boolean),
    )

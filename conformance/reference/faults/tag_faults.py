"""Tags that get lost, stay, change or are let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_call,
    on_handler,
    on_input,
    on_output,
    together,
    with_refusal_filter,
)
from conformance.reference.faults.tables import no_limits
from conformance.reference.messages import Request
from conformance.reference.operations.models import tags_of
from conformance.reference.operations.tagging import as_list, refuse_reserved, tags_at
from conformance.reference.state import RegionState, Tags

FAMILY = "tags"


#: The rule that each fault breaks.
_RULES = {
    "add-tags-keeps-old-values": "add-overwrites",
    "add-tags-replaces-all": "add-keeps-others",
    "add-tags-forgets": "add",
    "add-tags-adds-the-first": "add",
    "add-tags-answers-all": "add-answers-submitted",
    "add-tags-answers-none": "add-answers-submitted",
    "delete-tags-forgets": "delete",
    "delete-tags-deletes-all": "delete-spares-others",
    "delete-tags-deletes-the-first": "delete",
    "delete-tags-ignores-case": "delete-spares-others",
    "delete-tags-by-prefix": "delete-spares-others",
    "delete-tags-empties": "delete",
    "more-than-50-tags-accepted": "add-refuses-51",
    "reserved-tags-added": "add-refuses-reserved",
    "reserved-tags-deleted": "delete-refuses-reserved",
    "add-tags-unchecked": "add-checks-limits",
    "delete-tags-unchecked": "delete-checks-limits",
    "list-tags-unchecked": "list-checks-arn",
    "fifty-tags-refused": "add-accepts-50",
    "tags-lost": "created-are-listed",
    "tags-last-lost": "created-are-listed",
    "tags-only-first-kept": "created-are-listed",
    "tag-values-lost": "created-are-listed",
    "tag-keys-in-lower-case": "values-unharmed",
    "tag-values-trimmed": "spaces-kept",
    "tag-invented": "none-invented",
    "tags-outlive-their-model": "gone-with-model",
    "tags-come-back": "not-inherited",
    "list-tags-empty": "created-are-listed",
    "list-tags-twice": "each-once",
    "list-tags-ten": "fifty-are-listed",
    "list-tags-as-map": "list-form",
    "list-tags-swapped": "created-are-listed",
    "list-tags-in-lower-case": "list-form",
    "listtags-of-missing-resource-answered": "list-missing",
    "addtags-of-missing-resource-answered": "add-missing",
    "deletetags-of-missing-resource-answered": "delete-missing",
    "missing-resource-code": "missing-code",
    "missing-resource-status": "missing-status",
    "missing-resource-message": "missing-message",
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    return Fault(name, summary, (f"tags/{_RULES[name]}",), FAMILY, side, change)


# --- AddTags and DeleteTags in other ways ---

Merge = Callable[[Tags, Tags], Tags]


def _adding(
    merge: Merge,
    guard: Callable[[Iterable[str]], None] = refuse_reserved,
    answer: Callable[[Tags, Tags], Tags] = lambda _all, new: new,
) -> Change:
    def add(state: RegionState, call: Call) -> Output:
        new = tags_of(call)
        guard(new)
        with state.lock:
            tags = tags_at(state, call)
            merged = merge(tags, new)
            tags.clear()
            tags.update(merged)
            return {"Tags": as_list(answer(merged, new))}

    return on_handler("AddTags", lambda inner: add)


def _not_guarding(_keys: Iterable[str]) -> None:
    return None


def _deleting(
    keep: Callable[[str, list[str]], bool],
    guard: Callable[[Iterable[str]], None] = refuse_reserved,
) -> Change:
    def delete(state: RegionState, call: Call) -> Output:
        keys = call.strings("TagKeys")
        guard(keys)
        with state.lock:
            tags = tags_at(state, call)
            for each in list(tags):
                if not keep(each, keys):
                    del tags[each]
        return {}

    return on_handler("DeleteTags", lambda inner: delete)


def _merged(tags: Tags, new: Tags) -> Tags:
    return {**tags, **new}


def _changing_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("add-tags-keeps-old-values", "AddTags does not overwrite",
         _adding(lambda tags, new: {**new, **tags})),
        ("add-tags-replaces-all", "AddTags takes the other tags away",
         _adding(lambda tags, new: new)),
        ("add-tags-forgets", "AddTags answers 200 and adds nothing",
         _adding(lambda tags, new: tags)),
        ("add-tags-adds-the-first", "AddTags adds the first tag only",
         _adding(lambda tags, new: {**tags, **dict(list(new.items())[:1])})),
        ("add-tags-answers-all", "AddTags answers all tags of the resource",
         _adding(_merged, answer=lambda merged, new: merged)),
        ("add-tags-answers-none", "AddTags answers no tags",
         _adding(_merged, answer=lambda *_: {})),
        ("delete-tags-forgets", "DeleteTags answers 200 and deletes nothing",
         _deleting(lambda key, keys: True)),
        ("delete-tags-deletes-all", "DeleteTags takes all tags away",
         _deleting(lambda key, keys: False)),
        ("delete-tags-deletes-the-first", "DeleteTags takes the first key's tag away only",
         _deleting(lambda key, keys: key != keys[0])),
        ("delete-tags-ignores-case", "DeleteTags takes tags away whose key differs in case",
         _deleting(lambda key, keys: key.lower() not in [each.lower() for each in keys])),
        ("delete-tags-by-prefix", "DeleteTags takes tags away whose key begins with one given",
         _deleting(lambda key, keys: not key.startswith(tuple(keys)))),
        ("delete-tags-empties", "DeleteTags empties values and keeps the tags",
         on_handler("DeleteTags", lambda inner: _emptying)),
    ):  # fmt: skip
        yield _fault(name, summary, change)
    for name, summary, change in (
        ("more-than-50-tags-accepted", "a resource may have more than 50 tags", _adding(_merged)),
        ("reserved-tags-added", "AddTags accepts keys that begin with aws:",
         _adding(_capped, guard=_not_guarding)),
        ("reserved-tags-deleted", "DeleteTags accepts keys that begin with aws:",
         _deleting(lambda key, keys: key not in keys, guard=_not_guarding)),
        ("add-tags-unchecked", "AddTags does not look at limits", on_input("AddTags", no_limits)),
        ("delete-tags-unchecked", "DeleteTags does not look at limits",
         on_input("DeleteTags", no_limits)),
        ("list-tags-unchecked", "ListTags does not look at limits",
         on_input("ListTags", no_limits)),
    ):  # fmt: skip
        yield _fault(name, summary, change, "rejects")
    yield _fault(
        "fifty-tags-refused", "a resource may have 49 tags", _adding(_capped_at_49), "accepts"
    )


def _emptying(state: RegionState, call: Call) -> Output:
    with state.lock:
        tags = tags_at(state, call)
        for each in call.strings("TagKeys"):
            if each in tags:
                tags[each] = ""
    return {}


def _capped(tags: Tags, new: Tags, limit: int = 50) -> Tags:
    merged = {**tags, **new}
    if len(merged) > limit:
        raise Refused(Refusal("ValidationException", "Too many tags"))
    return merged


def _capped_at_49(tags: Tags, new: Tags) -> Tags:
    return _capped(tags, new, 49)


# --- tags over the life of a model ---


def _kept(restore: bool) -> Change:
    """Tags outlive their model; with `restore` they are not shown, but a new model gets them."""

    def change(behaviour: Behaviour) -> Behaviour:
        left: dict[str, Tags] = {}

        def deleting(inner: Handler) -> Handler:
            def delete(state: RegionState, call: Call) -> Output:
                arn = state.place.arn("model", call.text("ModelName"))
                tags = state.tags.get(arn)
                output = inner(state, call)
                if tags is not None:
                    (left if restore else state.tags)[arn] = tags
                return output

            return delete

        def creating(inner: Handler) -> Handler:
            def create(state: RegionState, call: Call) -> Output:
                output = inner(state, call)
                arn = state.place.arn("model", call.text("ModelName"))
                state.tags[arn] = {**left.get(arn, {}), **state.tags.get(arn, {})}
                return output

            return create

        return together(on_handler("DeleteModel", deleting), on_handler("CreateModel", creating))(
            behaviour
        )

    return change


def _created_with(
    edit: Callable[[list[dict[str, object]]], list[dict[str, object]] | None],
) -> Change:
    return on_call("CreateModel", lambda call: call.having(Tags=edit(call.structures("Tags"))))


def _listed(edit: Callable[[list[dict[str, object]]], object]) -> Change:
    def edit_output(_call: Call, output: dict[str, object]) -> Output:
        tags = output["Tags"]
        assert isinstance(tags, list)
        return {**output, "Tags": edit(tags)}

    return on_output("ListTags", edit_output)


def _trimmed(tag: dict[str, object]) -> dict[str, object]:
    return {**tag, "Value": str(tag["Value"]).strip()}


def _life_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("tags-lost", "the tags of CreateModel are lost", _created_with(lambda tags: None)),
        ("tags-last-lost", "the last of CreateModel's tags is lost",
         _created_with(lambda tags: tags[:-1])),
        ("tags-only-first-kept", "of CreateModel's tags the first is kept",
         _created_with(lambda tags: tags[:1])),
        ("tag-values-lost", "the values of CreateModel's tags are lost",
         _created_with(lambda tags: [{**each, "Value": ""} for each in tags])),
        ("tag-keys-in-lower-case", "the keys of CreateModel's tags are stored in lower case",
         _created_with(lambda tags: [{**each, "Key": str(each["Key"]).lower()} for each in tags])),
        ("tag-values-trimmed", "the values of CreateModel's tags are trimmed",
         _created_with(lambda tags: [_trimmed(each) for each in tags])),
        ("tag-invented", "every model gets a tag of the service's own",
         _created_with(lambda tags: [*tags, {"Key": "created-by", "Value": "service"}])),
        ("tags-outlive-their-model", "ListTags shows the tags of deleted models",
         _kept(restore=False)),
        ("tags-come-back", "a model gets the tags of a deleted one of the same name",
         _kept(restore=True)),
        ("list-tags-empty", "ListTags shows no tags", _listed(lambda tags: [])),
        ("list-tags-twice", "ListTags shows each tag twice", _listed(lambda tags: tags + tags)),
        ("list-tags-ten", "ListTags shows ten tags and no token", _listed(lambda tags: tags[:10])),
        ("list-tags-as-map", "ListTags shows a map",
         _listed(lambda tags: {str(each["Key"]): each["Value"] for each in tags})),
        ("list-tags-swapped", "ListTags shows keys as values",
         _listed(lambda tags: [{"Key": each["Value"], "Value": each["Key"]} for each in tags])),
        ("list-tags-in-lower-case", "ListTags calls the members key and value",
         _listed(lambda tags: [{"key": each["Key"], "value": each["Value"]} for each in tags])),
    ):  # fmt: skip
        yield _fault(name, summary, change)


# --- resources that are missing ---


def _missing_as(code: str | None = None, status: int = 400, message: str | None = None) -> Change:
    def refusal_filter(_request: Request, refusal: Refusal) -> Refusal:
        if refusal.message != "Resource does not exist.":
            return refusal
        return Refusal(code or refusal.code, message or refusal.message, status)

    return with_refusal_filter(refusal_filter)


def _forgiving(inner: Handler) -> Handler:
    def handle(state: RegionState, call: Call) -> Output:
        try:
            return inner(state, call)
        except Refused as refused:
            if refused.refusal.message == "Resource does not exist.":
                return {"Tags": []}
            raise

    return handle


def _missing_faults() -> Iterator[Fault]:
    for operation in ("ListTags", "AddTags", "DeleteTags"):
        yield _fault(
            f"{operation}-of-missing-resource-answered".lower(),
            f"{operation} on a missing ARN is answered 200",
            on_handler(operation, _forgiving),
        )
    yield _fault(
        "missing-resource-code", "tags of a missing ARN: ResourceNotFound",
        _missing_as(code="ResourceNotFound"),
    )  # fmt: skip
    yield _fault("missing-resource-status", "tags of a missing ARN: 404", _missing_as(status=404))
    yield _fault(
        "missing-resource-message", "tags of a missing ARN: another message",
        _missing_as(message="Not found"),
    )  # fmt: skip


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield from _changing_faults()
    yield from _life_faults()
    yield from _missing_faults()

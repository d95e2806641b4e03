"""AddTags, ListTags and DeleteTags."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.reference.behaviour import Call, Output
from conformance.reference.errors import invalid
from conformance.reference.operations.models import tags_of
from conformance.reference.state import RegionState, Tags

MAX_TAGS = 50
RESERVED = "aws:"


def tags_at(state: RegionState, call: Call) -> Tags:
    """The tags of the resource that a request names. Raises Refused where there is none (H2)."""
    tags = state.tags.get(call.text("ResourceArn"))
    if tags is None:
        raise invalid("Resource does not exist.")
    return tags


def as_list(tags: Tags) -> list[object]:
    """Tags as the wire has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def add_tags(state: RegionState, call: Call) -> Output:
    """Add or overwrite; the answer shows the tags submitted, not all there are (G4)."""
    new = tags_of(call)
    refuse_reserved(new)
    with state.lock:
        tags = tags_at(state, call)
        merged = {**tags, **new}
        if len(merged) > MAX_TAGS:
            raise invalid(f"The number of tags of a resource must not exceed {MAX_TAGS}.")
        tags.update(new)
    return {"Tags": as_list(new)}


def list_tags(state: RegionState, call: Call) -> Output:
    """All tags: a page holds the 50 that there can be, so no token is ever given out."""
    with state.lock:
        tags = tags_at(state, call)
        if call.text("NextToken") != "":
            raise invalid("Invalid pagination token.")
        return {"Tags": as_list(tags)}


def delete_tags(state: RegionState, call: Call) -> Output:
    """Take tags away; keys that are not there do not matter."""
    keys = call.strings("TagKeys")
    refuse_reserved(keys)
    with state.lock:
        tags = tags_at(state, call)
        for each in keys:
            tags.pop(each, None)
    return {}


def refuse_reserved(keys: Iterable[str]) -> None:
    """Raises Refused for keys that only AWS may set (H1)."""
    for each in keys:
        if each.startswith(RESERVED):
            raise invalid(f"System prefix 'aws:' reserved for AWS usage in tag key: {each}")

"""The request and response of CreateModel as trees of shapes, with every constraint on each.

A path names a shape the way rules do: ``""`` is the request itself, ``Containers[]`` an item,
``PrimaryContainer.Environment{key}`` and ``...{value}`` the two halves of a map entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.spec import documents


@dataclass(frozen=True)
class Shape:
    """One node of the tree: its place, its JSON type and the limits that are stated for it.

    ``minimum`` and ``maximum`` count characters of a string, items of a list, entries of a map.
    ``required`` names the members that a structure cannot do without.
    """

    path: str
    kind: str
    name: str
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    members: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    key: Shape | None = None
    value: Shape | None = None

    @property
    def children(self) -> tuple[Shape, ...]:
        """The shapes directly below, in the order of the specification."""
        parts = (self.item, self.key, self.value)
        return (*self.members.values(), *(part for part in parts if part is not None))

    @property
    def label(self) -> str:
        """The last step of the path, for sentences: ``Image``, ``Tags[]``, ``Environment{key}``."""
        return self.path.rpartition(".")[2] or "the request"

    def walk(self) -> Iterator[Shape]:
        """Yield this shape and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def _tree(name: str, path: str) -> Shape:
    facts: Mapping[str, Any] = documents.model()["shapes"][name]
    prefix = f"{path}." if path else ""
    return Shape(
        path=path,
        kind=facts["type"],
        name=name,
        minimum=facts.get("min"),
        maximum=facts.get("max"),
        pattern=facts.get("pattern"),
        enum=tuple(facts.get("enum", ())),
        required=frozenset(facts.get("required", ())),
        members={each: _tree(s, prefix + each) for each, s in facts.get("members", {}).items()},
        item=_tree(facts["member"], f"{path}[]") if "member" in facts else None,
        key=_tree(facts["key"], f"{path}{{key}}") if "key" in facts else None,
        value=_tree(facts["value"], f"{path}{{value}}") if "value" in facts else None,
    )


@cache
def request() -> Shape:
    """Return the shape of a CreateModel request body."""
    return _tree(documents.model()["input"], "")


@cache
def response() -> Shape:
    """Return the shape of a CreateModel response body."""
    return _tree(documents.model()["output"], "")


@cache
def by_path() -> Mapping[str, Shape]:
    """Return every shape of the request by its path, in the order of the specification."""
    return {shape.path: shape for shape in request().walk()}

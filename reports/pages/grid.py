"""The coverage grid: members of the request down, kinds of constraint across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = ("type", "required", "length", "items", "pattern", "enum")


@dataclass(frozen=True)
class Mark:
    """One rule in a cell: which end of a length it is about, its id and its verdict."""

    end: str
    rule: str
    verdict: str
    level: str


@dataclass(frozen=True)
class Row:
    """A member with its cells, one for each of ``COLUMNS``; ``depth`` is how deep it is nested."""

    member: str
    depth: int
    cells: tuple[tuple[Mark, ...], ...]

    @property
    def label(self) -> str:
        """The last step of the member's path."""
        return self.member.rpartition(".")[2] or "the request"


def grid(rules: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of the grid for the rules of a report, in the specification's order.

    Behaviour rules, and rules across several members, have no cell.
    """
    cells: dict[str, dict[str, list[Mark]]] = {}
    for rule in rules:
        end, _, column = str(rule["constraint"]).rpartition("-")
        if not str(rule["id"]).startswith("CreateModel") or column not in COLUMNS:
            continue
        row = cells.setdefault(rule["member"], {})
        mark = Mark(end, rule["id"], rule["verdict"], rule["level"])
        row.setdefault(column, []).append(mark)
    return [
        Row(member, member.count("."), tuple(tuple(row.get(each, ())) for each in COLUMNS))
        for member, row in cells.items()
    ]

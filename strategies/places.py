"""Places in a request: from a shape's path to one value in one body, and edits at that place.

All edits return a changed copy. A map entry is found by its position: ``{key}`` renames an
entry, ``{value}`` replaces what it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]


def steps(path: str) -> list[str]:
    """Split a shape's path: ``Containers[].Image`` gives ``["Containers", "[]", "Image"]``."""
    return re.findall(r"\[\]|\{key\}|\{value\}|[^.\[\]{}]+", path)


def copied(value: Any) -> Any:
    """Return a copy of a JSON value; far quicker than ``copy.deepcopy``, which knows all values."""
    if isinstance(value, dict):
        return {key: copied(held) for key, held in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


@dataclass(frozen=True)
class Place:
    """One value in a request: the shape's path, with ``at`` for every list and map on the way.

    ``at`` beyond the end of a list means its last item.
    """

    path: str
    at: int = 0

    def holder(self, body: Body) -> tuple[Any, str | int]:
        """Return the container of the value and the key or index under which it is there."""
        holder: Any = None
        key: str | int = ""
        value: Any = body
        for step in steps(self.path):
            holder = value
            if step == "[]":
                key = min(self.at, len(value) - 1)
            elif step in ("{key}", "{value}"):
                key = list(value)[min(self.at, len(value) - 1)]
            else:
                key = step
            value = value[key]
        return holder, key

    def get(self, body: Body) -> Any:
        """Return the value; for ``{key}`` the key itself. Raises ``KeyError`` where absent."""
        if not self.path:
            return body
        holder, key = self.holder(body)
        return key if self.path.endswith("{key}") else holder[key]

    def put(self, body: Body, value: Any) -> Any:
        """Return a copy of the request with another value at this place."""
        if not self.path:
            return copied(value)
        changed: Body = copied(body)
        holder, key = self.holder(changed)
        if self.path.endswith("{key}"):
            renamed = [(value if each == key else each, held) for each, held in holder.items()]
            holder.clear()
            holder.update(renamed)
        else:
            holder[key] = value
        return changed

    def drop(self, body: Body) -> Body:
        """Return a copy of the request without the value at this place."""
        changed: Body = copied(body)
        holder, key = self.holder(changed)
        del holder[key]
        return changed

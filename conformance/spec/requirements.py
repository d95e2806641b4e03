"""Requirement sets: frozen lists of the rules that count for a certificate, each with a name.

A set never changes once it was published; one that was found to demand what no document does is
withdrawn. What it says is in ``data/requirements-NAME.json``; the
requests that are sent for its constraint rules are its corpus (``strategies.frozen``), which it
names by digest. Rules that are younger than a set are not scored by it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: The classes of a certificate, each including the one before, and the families that they add.
CORE, FULL = "Core", "Full"
FAMILIES = {
    CORE: ("CreateModel", "request", "errors", "response"),
    FULL: ("wire", "lifecycle", "tags", "list", "concurrency"),
}

#: The set that is used where none is named.
LATEST = "2026.2"

#: Sets that nobody is certified by any more, and why.
WITHDRAWN = {
    "2026.1": "it held targets to more than the documents say of Environment and ModelDataUrl, and "
    "to ARNs of other regions",
}


class UnknownRequirements(LookupError):
    """There is no requirement set of this name, or it was withdrawn; the message says which."""


@dataclass(frozen=True)
class Requirements:
    """A requirement set. ``added`` are the rule ids that each class adds, in catalogue order.

    ``corpus`` is the digest of the frozen requests; ``specification`` that of the documents the
    set was made from (see ``documents.digest``); ``digest`` is that of the set itself.
    """

    name: str
    added: dict[str, tuple[str, ...]]
    corpus: str
    specification: str
    digest: str

    def rules(self, certified: str) -> tuple[str, ...]:
        """Return the ids of the rules that a class asks for."""
        classes = list(FAMILIES)
        wanted = classes[: classes.index(certified) + 1]
        return tuple(rule for each in wanted for rule in self.added[each])


def digest_of(data: Any) -> str:
    """Return ``sha256:<hex>`` over a document in canonical JSON."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def names() -> list[str]:
    """Return the names of all requirement sets, the oldest first."""
    found = (files("conformance.spec") / "data").iterdir()
    named = (re.fullmatch(r"requirements-(.+)\.json", each.name) for each in found)
    return sorted(each[1] for each in named if each)


@cache
def requirements(name: str = LATEST) -> Requirements:
    """Return a requirement set by its name; raises ``UnknownRequirements``."""
    if name in WITHDRAWN:
        raise UnknownRequirements(f"the requirement set {name} was withdrawn: {WITHDRAWN[name]}")
    if name not in names():
        raise UnknownRequirements(
            f"there is no requirement set {name!r}; there is {', '.join(names())}"
        )
    place = files("conformance.spec") / "data" / f"requirements-{name}.json"
    data: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return Requirements(
        name=data["name"],
        added={each: tuple(rules) for each, rules in data["classes"].items()},
        corpus=data["corpus"],
        specification=data["specification"],
        digest=digest_of(data),
    )

"""Which rules a run judges: globs over rule ids, in which only ``*`` and ``?`` are special."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from conformance.oracle.catalogue import all_rules
from conformance.spec.rules import Rule


class UnknownGlob(ValueError):
    """A glob that matches no rule: probably a slip of the pen."""


def pattern(glob: str) -> re.Pattern[str]:
    """Return a glob over rule ids as a pattern. Brackets are plain characters: ids have them."""
    return re.compile(fnmatch.translate(glob.replace("[", "[[]")))  # never tries a star twice


def matching(glob: str) -> tuple[Rule, ...]:
    """Return the rules whose id matches a glob, in the catalogue's order.

    A word without special characters also matches a whole family or member: ``errors``,
    ``CreateModel/Tags``. Raises ``UnknownGlob`` when nothing matches.
    """
    compiled = pattern(glob)
    found = tuple(rule for rule in all_rules() if compiled.fullmatch(rule.id))
    if not found and not set(glob) & set("*?"):
        starts = tuple(glob.rstrip("/") + end for end in ("/", ":", ".", "[", "{"))
        found = tuple(rule for rule in all_rules() if rule.id.startswith(starts))
    if not found:
        raise UnknownGlob(f"no rule matches {glob!r}; `createmodel-conformance rules` lists them")
    return found


def selected(select: Sequence[str] = (), deselect: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the rules that a run judges: all, or the selected ones, less the deselected ones."""
    chosen = {rule.id for glob in select for rule in matching(glob)}
    dropped = {rule.id for glob in deselect for rule in matching(glob)}
    return tuple(
        rule for rule in all_rules() if (not select or rule.id in chosen) and rule.id not in dropped
    )

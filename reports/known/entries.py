"""Reads a list of known findings: YAML, each entry a rule (or a glob) with the reason.

    known:
      - rule: CreateModel/ModelName:max-length
        side: rejects                          # else every side of the rule
        reason: names are not checked yet
        issue: https://example.com/issues/12   # optional
        expires: 2027-06-30                    # optional: the last day it counts
        verdict: inconclusive                  # optional: it could not be judged; else it fails
        flaky: true                            # optional: it passes now and then

Every entry keeps the lines it stands in: what is wrong with a list is said with its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from conformance.engine.selection import UnknownGlob, matching
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE
from conformance.spec.rules import MUST, Rule

#: Characters of a list, at most: one of every rule and side has a fifth of them, and PyYAML takes
#: some fifteen microseconds for each.
_LONGEST = 500_000

#: Levels of a list, at most: it has four. PyYAML takes long for hundreds, and then gives up.
_DEEPEST = 8

_KEYS = ("rule", "side", "reason", "issue", "expires", "verdict", "flaky")


class NotAKnownList(Exception):
    """A list of known findings says what cannot be meant; the message names the line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


@dataclass(frozen=True)
class Entry:
    """One entry. ``rule`` is an id or a glob as written, ``covers`` the ids that it stands for.

    ``side`` is ``None`` for all sides; ``verdict`` is the worst that is known of the rule;
    ``lines`` are the first and the last line of the entry, counted from 1.
    """

    rule: str
    reason: str
    covers: tuple[str, ...]
    lines: tuple[int, int]
    side: str | None = None
    issue: str | None = None
    expires: date | None = None
    verdict: str = FAIL
    flaky: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return the entry as the record of a run keeps it."""
        return {
            "line": self.lines[0],
            "rule": self.rule,
            "side": self.side,
            "reason": self.reason,
            "issue": self.issue,
            "expires": self.expires.isoformat() if self.expires else None,
            "verdict": self.verdict,
            "flaky": self.flaky,
            "covers": list(self.covers),
        }


class _Loader(yaml.SafeLoader):
    """Reads YAML of a few levels, and raises ``NotAKnownList`` for more."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Return the next node with what is in it."""
        if self._depth == _DEEPEST:
            parser: Any = self
            line = parser.peek_event().start_mark.line + 1
            raise NotAKnownList(line, "not a list: it is nested too deeply")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def entries(text: str) -> tuple[Entry, ...]:
    """Return the entries of a list. Raises ``NotAKnownList`` for the first thing wrong with it."""
    nodes = _nodes(text)
    lines = text.splitlines()
    begins = [_line(node) for node in nodes]
    ends = [_end(lines, first, after) for first, after in pairwise([*begins, len(lines) + 1])]
    found = tuple(_entry(node, end) for node, end in zip(nodes, ends, strict=True))
    taken: dict[tuple[str, str], Entry] = {}
    for entry in found:
        for rule in (rule for rule in _rules(entry.rule, entry.lines[0]) if rule.level == MUST):
            for side in rule.sides if entry.side is None else (entry.side,):
                other = taken.setdefault((rule.id, side), entry)
                if other is not entry:
                    raise NotAKnownList(
                        entry.lines[0],
                        f"{rule.id} ({side}) is listed already in line {other.lines[0]}",
                    )
    return found


def _nodes(text: str) -> list[Node]:
    """Return the nodes of the entries."""
    if len(text) > _LONGEST:
        raise NotAKnownList(1, f"a list has at most {_LONGEST} characters, this has {len(text)}")
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise NotAKnownList(mark.line + 1 if mark else 1, f"not YAML: {problem.problem}") from None
    except yaml.YAMLError as problem:
        raise NotAKnownList(1, f"not YAML: {problem}") from None
    except (ValueError, OverflowError):  # PyYAML lets out what \U0011FFFF makes of chr()
        raise NotAKnownList(1, "not YAML: an escape stands for no character") from None
    if root is None:
        raise NotAKnownList(1, "the list is empty; an empty list is `known: []`")
    members = _members(root, ("known",), "a list of known findings")
    listed = members.get("known")
    if not isinstance(listed, SequenceNode):
        raise NotAKnownList(_line(listed or root), "`known:` with a list of entries is missing")
    return list(listed.value)


def _end(lines: Sequence[str], first: int, after: int) -> int:
    """Return the last line of an entry: what follows may be comments for the next one."""
    last = after - 1
    while last > first and lines[last - 1].lstrip()[:1] in ("", "#"):
        last -= 1
    return max(first, last)


def _entry(node: Node, end: int) -> Entry:
    given = _members(node, _KEYS, "an entry")
    line = _line(node)
    for needed in ("rule", "reason"):
        if needed not in given or not _text(given[needed], needed).strip():
            raise NotAKnownList(line, f"an entry without a {needed}")
    rule = _text(given["rule"], "rule")
    side = _text(given["side"], "side") if "side" in given else None
    covered = [each for each in _rules(rule, line) if each.level == MUST]
    if not covered:
        raise NotAKnownList(line, f"{rule} is an info rule: it decides nothing and needs no entry")
    if side is not None:
        odd = next((each for each in covered if side not in each.sides), None)
        if odd is not None:
            sides = " and ".join(odd.sides)
            raise NotAKnownList(
                _line(given["side"]), f"{odd.id} has no side {side!r}; it has {sides}"
            )
    verdict = _text(given["verdict"], "verdict") if "verdict" in given else FAIL
    if verdict not in (FAIL, INCONCLUSIVE):
        raise NotAKnownList(
            _line(given["verdict"]), f"the verdict is {FAIL} or {INCONCLUSIVE}, not {verdict!r}"
        )
    return Entry(
        rule=rule,
        reason=_text(given["reason"], "reason").strip(),
        covers=tuple(each.id for each in covered),
        lines=(line, end),
        side=side,
        issue=_text(given["issue"], "issue") if "issue" in given else None,
        expires=_date(given["expires"]) if "expires" in given else None,
        verdict=verdict,
        flaky=_flag(given["flaky"]) if "flaky" in given else False,
    )


def _rules(glob: str, line: int) -> tuple[Rule, ...]:
    try:
        return matching(glob)
    except UnknownGlob as problem:
        raise NotAKnownList(line, str(problem)) from None


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _members(node: Node, allowed: tuple[str, ...], what: str) -> Mapping[str, Node]:
    """Return the members of a mapping by their names, each given once and known."""
    if not isinstance(node, MappingNode):
        raise NotAKnownList(_line(node), f"{what} has the form `name: value`")
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name not in allowed:
            raise NotAKnownList(
                _line(key), f"{what} has no {name or 'such'!r}; it has {', '.join(allowed)}"
            )
        if name in found:
            raise NotAKnownList(_line(key), f"{name!r} is given twice")
        found[name] = value
    return found


def _text(node: Node, name: str) -> str:
    if not isinstance(node, ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        raise NotAKnownList(_line(node), f"{name} is a text")
    return str(node.value)


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(_text(node, "expires"))
    except ValueError:
        raise NotAKnownList(_line(node), "expires is a day such as 2027-06-30") from None


def _flag(node: Node) -> bool:
    text = _text(node, "flaky")
    if text not in ("true", "false"):
        raise NotAKnownList(_line(node), "flaky is true or false")
    return text == "true"

"""Patterns read more loosely or more strictly than Java reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from conformance.reference import patterns
from conformance.reference.faults.fault import Fault, Side, constraint_rules
from conformance.reference.faults.looser_patterns import LOOSENINGS, Loosen
from conformance.reference.faults.places import Group, at_paths, groups
from conformance.reference.faults.stricter_patterns import STRICTER, Demand
from conformance.reference.patterns import Pattern
from conformance.reference.shapes import Shape, String

FAMILY = "patterns"

Edit = Callable[[Shape], Shape]

# One legal value for each pattern; what a looser reading lets through is found by spoiling it.
_LEGAL: dict[str, tuple[str, ...]] = {
    patterns.MODEL_NAME.text: ("a1-b2",),
    patterns.SHORT_NAME.text: ("a1-b2",),
    patterns.IMAGE.text: ("123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag",),
    patterns.URL.text: ("s3://bucket1/key1",),
    patterns.ONE_LINE.text: ("arn:aws:lambda:us-east-1:123456789012:function:f",),
    patterns.ENVIRONMENT_KEY.text: ("A1_b2",),
    patterns.CHANNEL.text: ("a1.b2",),
    patterns.ROLE_ARN.text: ("arn:aws:iam::123456789012:role/path/Name1",),
    patterns.MODEL_PACKAGE.text: (
        "arn:aws:sagemaker:us-east-1:123456789012:model-package/name1/1",
        "name1",
    ),
    patterns.METRICS_PATH.text: ("/a1/b2",),
    patterns.TAG_TEXT.text: ("Key 1",),
    patterns.NETWORK_ID.text: ("subnet-0a1b",),
}

_EVERYWHERE = (
    "absent",
    "unanchored-at-end",
    "unanchored-at-start",
    "dollar-anchored",
    "unicode-digits",
    "unicode-letters",
    "trimmed",
    "empty-allowed",
    "dot-but-line-feed",
    "dot-matches-all",
)
_ON_THESE = frozenset({"model-name", "execution-role-arn", "container-image", "tag-key"})


def spoiled(legal: str) -> Iterator[str]:
    """Strings one careless edit away from a legal one."""
    yield from ("", legal + "\n", legal + "\r", legal + "!", "!" + legal, f" {legal} ")
    yield from (f"!{legal}!", f"!!\n{legal}", f"{legal}\n!!", f"{legal}\0\n", legal + "\x01")
    yield from (legal.upper(), f"{legal}\u2028", legal.replace("\n", ""), f"{legal} \n")
    for old in dict.fromkeys(legal):
        if old.isdigit():
            yield legal.replace(old, chr(0x0660 + int(old)))
        elif old.isalpha():
            yield legal.replace(old, "é")
            yield legal.replace(old, "_")


def is_looser(pattern: Pattern, loosen: Loosen) -> bool:
    """Whether the looser reading lets through something that the pattern forbids."""
    loose = loosen(pattern.matches)
    return any(
        loose(each) and not pattern.matches(each)
        for legal in _LEGAL[pattern.text]
        for each in spoiled(legal)
    )


def pattern_faults(
    group: Group, paths: tuple[str, ...], prefix: str, names: Sequence[str]
) -> Iterator[Fault]:
    """The looser readings of a place's pattern, made at these paths."""
    shape = group.shape
    pattern = shape.pattern if isinstance(shape, String) else None
    if not isinstance(shape, String) or pattern is None or pattern.text not in _LEGAL:
        return
    for name in names:
        loosen = LOOSENINGS[name]
        # Where an empty string is legal, any string has a legal beginning: that is no pattern at
        # all.
        is_void = pattern.matches("") and name in ("unanchored", "multi-line", *_EVERYWHERE[1:3])
        has_no_dot = name.startswith("dot-") and not pattern.text.endswith((".*", ".*)"))
        too_short = name == "empty-allowed" and shape.min_length > 0
        if not (is_void or has_no_dot or too_short) and is_looser(pattern, loosen):
            yield loosened(f"{prefix}-pattern-{name}", paths, loosen)


def loosened(name: str, paths: tuple[str, ...], loosen: Loosen) -> Fault:
    """A fault that reads the pattern at these paths more loosely."""

    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, String)
        assert shape.pattern is not None
        return replace(shape, pattern=Pattern(shape.pattern.text, loosen(shape.pattern.matches)))

    summary = (loosen.__doc__ or "").strip().rstrip(".")
    return _fault(name, f"{', '.join(paths)}: {summary}", paths, "rejects", edit)


def tightened(name: str, paths: tuple[str, ...], demand: Demand) -> Fault:
    """A fault that demands more of the strings at these paths than their pattern does."""

    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, String)
        assert shape.pattern is not None
        matches = shape.pattern.matches
        strict = Pattern(shape.pattern.text, lambda text: matches(text) and demand(text))
        return replace(shape, pattern=strict)

    shown = name.rpartition("-pattern-")[2].replace("-", " ")
    return _fault(name, f"{', '.join(paths)}: {shown}", paths, "accepts", edit)


def _fault(name: str, summary: str, paths: tuple[str, ...], side: Side, edit: Edit) -> Fault:
    # [\S\s]* cannot be broken, so there is no rule about it: accepting every sort of legal value
    # is the business of the length's rule.
    has_rule = not any(each.endswith("Environment{value}") for each in paths)
    rules = constraint_rules(paths, "pattern" if has_rule else "max-length")
    return Fault(name, summary, rules, FAMILY, side, at_paths(paths, edit))


def demands_of(group: Group) -> Iterator[tuple[str, Demand]]:
    """The demands of the table about a place."""
    for each in STRICTER:
        if each.group == group.name:
            yield each.name, each.demand


def faults() -> Iterator[Fault]:
    """All of this family."""
    for group in groups():
        names = tuple(LOOSENINGS) if group.name in _ON_THESE else _EVERYWHERE
        yield from pattern_faults(group, group.paths, group.name, names)
        for name, demand in demands_of(group):
            yield tightened(f"{group.name}-pattern-{name}", group.paths, demand)

"""Random cases of a rule's side: what Hypothesis explores after the enumerated boundary cases.

Only the value under judgement is drawn; around it stands the fixed base request. The engine asks
the oracle about every request before it is sent, so a draw that misses its aim is dropped there.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.spec.constraints import broken
from conformance.spec.patterns import matches
from conformance.spec.rules import Rule, constraint_rules
from conformance.spec.shapes import Shape, by_path
from strategies.bases import ITEMS, base, settled
from strategies.cases import CountedNames, separable
from strategies.examples import legal_values
from strategies.legal import PARTS, clash, filled, string_of
from strategies.places import Place
from strategies.requests import strings_of
from strategies.resources import Resources

_HOSTILE = (
    "\n\r\t\x00\x7f\u0085\u00a0\u2028\u2029 !#$%&'*;<>?@[]^`{|}~\"\\/.,:=+_-éſKａ１٣५名\U0001f600"
)


def random_cases(
    rule: Rule, side: str, *, stem: str = "example-model", resources: Resources | None = None
) -> SearchStrategy[Any] | None:
    """Return random requests for one side of a constraint rule, or ``None`` where none make sense.

    ``stem`` begins every model name that is drawn; requests of other rules are named by it.
    """
    given = resources or Resources()
    if rule.family != "CreateModel" or not separable(rule):
        return None
    shape = by_path()[rule.member]
    if shape.path == "":
        return _subsets(stem, given) if side == "accepts" else None
    drawn = (
        _legal(rule, shape, stem, given)
        if side == "accepts"
        else _illegal(rule, shape, stem, given)
    )
    if drawn is None:
        return None

    def planted(value: Any, at: int) -> Any:
        body = base(shape.path, name=stem, resources=given, at=at)
        request = Place(shape.path, at).put(body, value)
        return settled(request, given) if side == "accepts" else request

    nested = "[]" in shape.path or "{" in shape.path
    return st.builds(planted, drawn, st.integers(0, ITEMS - 1 if nested else 0))


def violating_requests(
    *, rule_id: str | None = None, resources: Resources | None = None
) -> SearchStrategy[Any]:
    """Draw requests that break one rule of CreateModel (a given one, or any) and no other.

    Raises ``KeyError`` for an id that no constraint rule has.
    """
    rules = {rule.id: rule for rule in constraint_rules()}
    chosen = [rules[rule_id]] if rule_id is not None else list(rules.values())
    found = [random_cases(rule, "rejects", resources=resources) for rule in chosen]
    usable = [each for each in found if each is not None]
    if not usable:
        raise KeyError(f"no random violations of {rule_id}: its cases are enumerated only")
    return st.one_of(usable)


def _subsets(stem: str, resources: Resources) -> SearchStrategy[Any]:
    chosen = st.lists(st.sampled_from(PARTS), unique=True, max_size=6)
    compatible = chosen.filter(lambda parts: not clash(tuple(parts)))
    return compatible.map(lambda parts: base(*parts, name=stem, resources=resources))


def _legal(rule: Rule, shape: Shape, stem: str, resources: Resources) -> SearchStrategy[Any] | None:
    if rule.constraint.endswith("-items"):
        most = shape.maximum or (shape.minimum or 0) + ITEMS
        return st.integers(max(1, shape.minimum or 0), most).map(
            lambda count: filled(shape, count, resources)
        )
    if rule.constraint in ("pattern", "max-length", "min-length"):
        return _strings(shape, stem, resources)
    return None


def _strings(shape: Shape, stem: str, resources: Resources) -> SearchStrategy[str]:
    if shape.name == "ModelName":
        room = (shape.maximum or 63) - len(stem) - 1
        return strings_of(shape).map(lambda name: f"{stem}-{name}"[: len(stem) + room].strip("-"))
    return strings_of(shape, resources)


def _illegal(
    rule: Rule, shape: Shape, stem: str, resources: Resources
) -> SearchStrategy[Any] | None:
    if rule.constraint == "pattern":
        edited = st.builds(
            partial(_edited, shape.maximum),
            _strings(shape, stem, resources),
            st.integers(0, 2047),
            _breaking(shape.pattern or "", legal_values(shape, Resources())[0]),
            st.booleans(),
        )
        return edited.filter(lambda value: broken(shape, value) == ("pattern",))
    if rule.constraint == "max-length":
        limit = shape.maximum or 0
        names = _Stem(stem)
        return st.integers(limit + 1, 3 * limit).map(
            lambda length: string_of(shape, length, names, resources)
        )
    if rule.constraint == "max-items":
        limit = shape.maximum or 0
        return st.integers(limit + 1, 2 * limit + 2).map(
            lambda count: filled(shape, count, resources)
        )
    if rule.constraint == "enum":
        return st.one_of(
            st.sampled_from(shape.enum).map(str.swapcase),
            st.builds(lambda word, end: word + end, st.sampled_from(shape.enum), st.text()),
            st.text(max_size=20),
        ).filter(lambda word: word not in shape.enum)
    if rule.constraint == "type" and shape.path != "ModelName":
        return _json(shape.kind)
    return None


class _Stem(CountedNames):
    """Always the same name: the engine makes it unique before anything is sent."""

    def __init__(self, stem: str) -> None:
        super().__init__()
        self._stem = stem

    def fresh(self) -> str:
        return self._stem


def _edited(longest: int | None, value: str, position: int, char: str, replace: bool) -> str:
    """Return a string with a character put in, or in the place of another where it is full."""
    if replace or (longest is not None and len(value) >= longest):
        at = position % max(1, len(value))
        return value[:at] + char + value[at + 1 :]
    at = position % (len(value) + 1)
    return value[:at] + char + value[at:]


@cache
def _breaking(pattern: str, legal: str) -> SearchStrategy[str]:
    """Draw characters that break a pattern, most of them, by what they do near a value's end.

    Of a pattern that hardly any character breaks only those are drawn.
    """
    hostile = [c for c in _HOSTILE if not matches(pattern, legal[:-1] + c + legal[-1:])]
    if hostile and len(hostile) < len(_HOSTILE) // 2:
        return st.sampled_from(hostile)
    # A character that is unassigned here may be a letter to a target with a newer Unicode.
    return st.sampled_from(_HOSTILE) | st.characters(exclude_categories=["Cs", "Cn"])


#: The types of JSON that nobody has shown to be taken for another.
_NEVER = {
    "structure": ("list", "string", "boolean", "integer", "number"),
    "map": ("list", "string", "boolean", "integer", "number"),
    "list": ("object", "string", "boolean", "integer", "number"),
    "string": ("object", "list", "boolean", "integer", "number"),
    "boolean": ("object", "list"),
    "integer": ("object", "list", "string", "boolean"),
}


@cache
def _json(kind: str) -> SearchStrategy[Any]:
    """Draw JSON values of every type that is wrong for a kind of shape, up to three levels deep."""
    scalars: dict[str, SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(-(2**31), 2**31),
        "string": st.text(max_size=8),
        "number": st.floats(allow_nan=False, allow_infinity=False, width=32),
    }
    simple = st.one_of(list(scalars.values()))
    keys = st.text(max_size=5)
    inner = simple | st.lists(simple, max_size=2) | st.dictionaries(keys, simple, max_size=2)
    drawn = {
        **scalars,
        "list": st.lists(inner, max_size=3),
        "object": st.dictionaries(keys, inner, max_size=3),
    }
    return st.one_of([drawn[each] for each in _NEVER[kind]])

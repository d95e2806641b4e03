"""Constraints of one shape: which there are, and which of them one JSON value breaks.

Only the value itself is looked at, not what is inside it; ``conformance.oracle`` walks requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.spec.patterns import UNIVERSAL, matches
from conformance.spec.shapes import Shape

#: Every kind of constraint, in the order in which one shape's are listed.
KINDS = (
    "type",
    "required",
    "min-length",
    "max-length",
    "min-items",
    "max-items",
    "pattern",
    "enum",
)

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
}


def kinds_of(shape: Shape) -> Iterator[str]:
    """Yield the kinds of the constraints on this shape that some JSON value can break.

    ``required`` is a promise about the parent and is not yielded here. A minimum of 0, a pattern
    that every string matches and the type of a map key (JSON has no other keys than strings)
    cannot be broken.
    """
    unit = "length" if shape.kind == "string" else "items"
    if not shape.path.endswith("{key}"):
        yield "type"
    if shape.minimum:
        yield f"min-{unit}"
    if shape.maximum is not None:
        yield f"max-{unit}"
    if shape.pattern is not None and shape.pattern not in UNIVERSAL:
        yield "pattern"
    if shape.enum:
        yield "enum"


def has_type(shape: Shape, value: Any) -> bool:
    """Tell whether a JSON value has the shape's JSON type; ``true`` is no integer."""
    if isinstance(value, bool):
        return shape.kind == "boolean"
    return isinstance(value, _JSON_TYPES[shape.kind])


def is_undecided_type(shape: Shape, value: Any) -> bool:
    """Tell whether nobody has shown what becomes of a scalar of the wrong JSON type.

    Whether a string or a number is taken for a Boolean is not known; a fraction in place of an
    integer was seen cut off by a sibling service (F6.12).
    """
    if shape.kind == "boolean":
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return shape.kind == "integer" and isinstance(value, float)


def broken(shape: Shape, value: Any) -> tuple[str, ...]:
    """Return the kinds of constraints on the shape that a JSON value breaks; () when none.

    A value of the wrong type breaks ``type`` and nothing else. ``None`` is an absent member and
    is the caller's business.
    """
    if not has_type(shape, value):
        return () if is_undecided_type(shape, value) else ("type",)
    if shape.kind in ("boolean", "integer", "structure"):
        return ()
    found = []
    unit = "length" if shape.kind == "string" else "items"
    if shape.minimum and len(value) < shape.minimum:
        found.append(f"min-{unit}")
    if shape.maximum is not None and len(value) > shape.maximum:
        found.append(f"max-{unit}")
    if shape.kind == "string":
        if shape.pattern is not None and not matches(shape.pattern, value):
            found.append("pattern")
        if shape.enum and value not in shape.enum:
            found.append("enum")
    return tuple(found)


def is_undecided_length(shape: Shape, value: str) -> bool:
    """Tell whether characters and UTF-16 units disagree about a string's length limits.

    Java counts UTF-16 units, the documents say characters; which one AWS applies is not known.
    """
    if value.isascii():
        return False
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    over = shape.maximum is not None and len(value) <= shape.maximum < units
    under = shape.minimum is not None and len(value) < shape.minimum <= units
    return over or under

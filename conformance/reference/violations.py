"""Broken limits and AWS's sentences about them (public captures A2 to A4, B1 to B5, C2, C4, C6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.reference.errors import Refused, invalid
from conformance.reference.shapes import Integer, List, Map, Number, Shape, String, Structure

NOT_NULL = "Member must not be null"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken limit: where (`modelName`, `tags.1.member.key`), the value as printed, and the
    limit's sentence.
    """

    path: str
    value: str
    sentence: str

    def __str__(self) -> str:
        return f"Value {self.value} at '{self.path}' failed to satisfy constraint: {self.sentence}"


def refuse(violations: Sequence[Violation]) -> Refused:
    """The ValidationException that lists all violations."""
    count = len(violations)
    noun = "error" if count == 1 else "errors"
    return invalid(f"{count} validation {noun} detected: {'; '.join(map(str, violations))}")


def lower_camel(name: str) -> str:
    """A member's name as messages write it."""
    return name[:1].lower() + name[1:]


def quoted(value: object) -> str:
    """A value between the quotes of a message."""
    return f"'{java_text(value)}'"


def java_text(value: object) -> str:
    """A value as Java's toString shows it: [a, b] and {k=v}."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(java_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={java_text(item)}' for key, item in value.items())}}}"
    return str(value)


def longest(limit: int | float) -> str:
    """The sentence of a maximum length or number of items."""
    return f"Member must have length less than or equal to {limit}"


def shortest(limit: int | float) -> str:
    """The sentence of a minimum length or number of items."""
    return f"Member must have length greater than or equal to {limit}"


def highest(limit: int | float) -> str:
    """The sentence of a maximum value."""
    return f"Member must have value less than or equal to {limit}"


def lowest(limit: int | float) -> str:
    """The sentence of a minimum value."""
    return f"Member must have value greater than or equal to {limit}"


def matching(text: str) -> str:
    """The sentence of a pattern."""
    return f"Member must satisfy regular expression pattern: {text}"


def one_of(values: Sequence[str]) -> str:
    """The sentence of an enumeration."""
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def all_limits(shape: Shape) -> str:
    """Every limit of an item, key or value, in the order and brackets of A4."""
    sentences: list[str] = []
    if isinstance(shape, String):
        if shape.max_length is not None:
            sentences += [longest(shape.max_length), shortest(shape.min_length)]
        if shape.pattern is not None:
            sentences.append(matching(shape.pattern.text))
        if shape.enum is not None:
            sentences.append(one_of(shape.enum.values))
    elif isinstance(shape, Integer | Number):
        sentences += [lowest(shape.minimum)] if shape.minimum is not None else []
    elif isinstance(shape, List | Map):
        sentences += [longest(shape.max_items)] if shape.max_items is not None else []
    elif isinstance(shape, Structure):
        sentences.append(NOT_NULL)
    return f"[{', '.join(sentences)}]"

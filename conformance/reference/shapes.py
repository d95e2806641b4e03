"""The tables of constraints: what a member may be, as frozen values.

A shape says how a JSON value is read (its type) and which limits the value then has. Service and
faults share these tables: a fault is a changed table. How tables are turned into code is the
matter of `conformance.reference.validation`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from conformance.reference.json_types import (
    Read,
    read_anything,
    read_boolean,
    read_integer,
    read_list,
    read_number,
    read_object,
    read_string,
)
from conformance.reference.patterns import Pattern

Examined = Callable[[Sequence[object]], Sequence[tuple[int, object]]]


def every_item(items: Sequence[object]) -> Sequence[tuple[int, object]]:
    """All items with their positions, counted from 1 as AWS counts them in messages."""
    return list(enumerate(items, 1))


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A closed set of strings, and what decides whether a string is in it."""

    values: tuple[str, ...]
    contains: Callable[[str], bool]

    @classmethod
    def of(cls, *values: str) -> Enumeration:
        """The plain set of these values, compared exactly."""
        return cls(values, frozenset(values).__contains__)


@dataclass(frozen=True, slots=True)
class String:
    """A string with limits of length (counted by `length`, in characters), pattern and set of
    values.
    """

    name: str
    min_length: int = 0
    max_length: int | None = None
    pattern: Pattern | None = None
    enum: Enumeration | None = None
    length: Callable[[str], int] = len
    read: Read = read_string


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number, with or without limits."""

    name: str
    minimum: int | None = None
    maximum: int | None = None
    read: Read = read_integer


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may have a fraction: weights and points in time (epoch seconds)."""

    name: str
    minimum: float | None = None
    read: Read = read_number


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    name: str
    read: Read = read_boolean


@dataclass(frozen=True, slots=True)
class Document:
    """A member that this service carries without looking into it."""

    name: str
    read: Read = read_anything


@dataclass(frozen=True, slots=True)
class List:
    """A list; `examined` chooses the items whose own limits are looked at."""

    name: str
    item: Shape
    min_items: int = 0
    max_items: int | None = None
    examined: Examined = every_item
    read: Read = read_list


@dataclass(frozen=True, slots=True)
class Map:
    """A map from strings to strings; `examined` chooses as in a list."""

    name: str
    key: String
    value: String
    max_items: int | None = None
    examined: Examined = every_item
    read: Read = read_object


@dataclass(frozen=True, slots=True)
class Member:
    """A structure's member by its name."""

    name: str
    shape: Shape
    required: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """Members by name; a member that is not in the table is ignored."""

    name: str
    members: tuple[Member, ...]
    read: Read = read_object

    def member(self, name: str) -> Member:
        """The member of that name. Raises KeyError where there is none."""
        for each in self.members:
            if each.name == name:
                return each
        raise KeyError(f"{self.name} has no member {name}")


Shape: TypeAlias = String | Integer | Number | Boolean | Document | List | Map | Structure


def required(name: str, shape: Shape) -> Member:
    """A member that must be there and not null."""
    return Member(name, shape, required=True)


def optional(name: str, shape: Shape) -> Member:
    """A member that may be left out."""
    return Member(name, shape)

"""Turns the tables of constraints into functions: one that reads JSON values, one that finds
broken limits.

Reading comes first and as a whole: a wrong JSON type anywhere is answered before any limit is
looked at (F6.12). Null members are absent, null items and entries are dropped, members that are
not in the table are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.reference.json_types import Read
from conformance.reference.shapes import (
    Boolean,
    Document,
    Integer,
    List,
    Map,
    Number,
    Shape,
    String,
    Structure,
)
from conformance.reference.violations import (
    NOT_NULL,
    Violation,
    all_limits,
    highest,
    longest,
    lower_camel,
    lowest,
    matching,
    one_of,
    quoted,
    shortest,
)

Check = Callable[[object, str, list[Violation]], None]


# --- reading ---


def reader(shape: Shape) -> Read:
    """A function from a JSON value to the shape's value. It raises WrongType."""
    if isinstance(shape, Structure):
        return _structure_reader(shape)
    if isinstance(shape, List):
        return _list_reader(shape)
    if isinstance(shape, Map):
        return _map_reader(shape)
    return shape.read


def _structure_reader(shape: Structure) -> Read:
    open_structure = shape.read
    members = [(each.name, reader(each.shape)) for each in shape.members]

    def read(value: object) -> object:
        found = open_structure(value)
        if not isinstance(found, dict):
            return found
        result: dict[str, object] = {}
        for name, read_member in members:
            member = found.get(name)
            if member is not None:
                result[name] = read_member(member)
        return result

    return read


def _list_reader(shape: List) -> Read:
    open_list = shape.read
    read_item = reader(shape.item)

    def read(value: object) -> object:
        found = open_list(value)
        if not isinstance(found, list):
            return found
        return [read_item(each) for each in found if each is not None]

    return read


def _map_reader(shape: Map) -> Read:
    open_map = shape.read
    read_value = reader(shape.value)

    def read(value: object) -> object:
        found = open_map(value)
        if not isinstance(found, dict):
            return found
        return {key: read_value(each) for key, each in found.items() if each is not None}

    return read


# --- limits ---


def checker(shape: Shape) -> Check | None:
    """A function that notes every broken limit of a value that was read; None where nothing can
    break.
    """
    if isinstance(shape, String):
        return _string_checker(shape)
    if isinstance(shape, Integer):
        return _number_checker(shape.minimum, shape.maximum)
    if isinstance(shape, Number):
        return _number_checker(shape.minimum, None)
    if isinstance(shape, List):
        return _list_checker(shape)
    if isinstance(shape, Map):
        return _map_checker(shape)
    if isinstance(shape, Structure):
        return _structure_checker(shape)
    assert isinstance(shape, Boolean | Document)
    return None


def _string_checker(shape: String) -> Check:
    minimum, maximum, length = shape.min_length, shape.max_length, shape.length
    pattern, enum = shape.pattern, shape.enum

    def check(value: object, path: str, found: list[Violation]) -> None:
        if not isinstance(value, str):
            return
        size = length(value)
        if maximum is not None and size > maximum:
            found.append(Violation(path, quoted(value), longest(maximum)))
        if size < minimum:
            found.append(Violation(path, quoted(value), shortest(minimum)))
        if pattern is not None and not pattern.matches(value):
            found.append(Violation(path, quoted(value), matching(pattern.text)))
        if enum is not None and not enum.contains(value):
            found.append(Violation(path, quoted(value), one_of(enum.values)))

    return check


def _number_checker(minimum: float | None, maximum: float | None) -> Check:
    def check(value: object, path: str, found: list[Violation]) -> None:
        if not isinstance(value, int | float):
            return
        if minimum is not None and value < minimum:
            found.append(Violation(path, quoted(value), lowest(minimum)))
        if maximum is not None and value > maximum:
            found.append(Violation(path, quoted(value), highest(maximum)))

    return check


def _structure_checker(shape: Structure) -> Check:
    members = [
        (each.name, lower_camel(each.name), each.required, checker(each.shape))
        for each in shape.members
    ]

    def check(value: object, path: str, found: list[Violation]) -> None:
        if not isinstance(value, dict):
            return
        prefix = f"{path}." if path else ""
        for name, shown, is_required, check_member in members:
            member = value.get(name)
            if member is None:
                if is_required:
                    found.append(Violation(prefix + shown, "null", NOT_NULL))
            elif check_member is not None:
                check_member(member, prefix + shown, found)

    return check


def _list_checker(shape: List) -> Check:
    minimum, maximum, examined = shape.min_items, shape.max_items, shape.examined
    check_item = checker(shape.item)
    by_position = isinstance(shape.item, Structure)

    def check(value: object, path: str, found: list[Violation]) -> None:
        if not isinstance(value, list):
            return
        if maximum is not None and len(value) > maximum:
            found.append(Violation(path, quoted(value), longest(maximum)))
        if len(value) < minimum:
            found.append(Violation(path, quoted(value), shortest(minimum)))
        if check_item is None:
            return
        if by_position:
            for position, item in examined(value):
                check_item(item, f"{path}.{position}.member", found)
        elif _any_broken(check_item, examined(value)):
            # Strings are reported at their list, with all the limits of an item (C4).
            sentence = f"Member must satisfy constraint: {all_limits(shape.item)}"
            found.append(Violation(path, quoted(value), sentence))

    return check


def _map_checker(shape: Map) -> Check:
    maximum, examined = shape.max_items, shape.examined
    check_key, check_value = _string_checker(shape.key), _string_checker(shape.value)

    def check(value: object, path: str, found: list[Violation]) -> None:
        if not isinstance(value, dict):
            return
        if maximum is not None and len(value) > maximum:
            found.append(Violation(path, quoted(value), longest(maximum)))
        if _any_broken(check_key, examined(list(value))):
            sentence = f"Map keys must satisfy constraint: {all_limits(shape.key)}"
            found.append(Violation(path, quoted(value), sentence))
        if _any_broken(check_value, examined(list(value.values()))):
            sentence = f"Map value must satisfy constraint: {all_limits(shape.value)}"
            found.append(Violation(path, quoted(value), sentence))

    return check


def _any_broken(check: Check, values: Sequence[tuple[int, object]]) -> bool:
    found: list[Violation] = []
    for _, each in values:
        check(each, "", found)
        if found:
            return True
    return False

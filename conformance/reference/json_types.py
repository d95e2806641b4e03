"""Readers of JSON values: each takes what the JSON parser made and gives the member's value or
refuses its type.

The texts are those of a sibling service (captures F6.1 to F6.7, of Athena); SageMaker's own are not
known.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Read = Callable[[object], object]


class WrongType(Exception):
    """A JSON value of a type that its member cannot have; its argument is AWS's sentence."""


def read_string(value: object) -> object:
    """A JSON string."""
    if type(value) is str:
        return value
    raise _misfit(value, "a String")


def read_boolean(value: object) -> object:
    """JSON true or false; neither 1 nor "true"."""
    if type(value) is bool:
        return value
    raise _misfit(value, "a Boolean")


def read_integer(value: object) -> object:
    """A JSON number; a fraction is cut off (F6.12)."""
    if type(value) is int:
        return value
    if type(value) is float and math.isfinite(value):
        return int(value)
    raise _misfit(value, "an Integer")


def read_number(value: object) -> object:
    """A JSON number, left as it is."""
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise _misfit(value, "a Double")


def read_list(value: object) -> object:
    """A JSON array."""
    if type(value) is list:
        return value
    if type(value) is dict:
        raise WrongType("Start of structure or map found where not expected.")
    raise WrongType("Expected list or null")


def read_object(value: object) -> object:
    """A JSON object, for a structure or a map."""
    if type(value) is dict:
        return value
    if type(value) is list:
        raise WrongType("Start of list found where not expected")
    raise WrongType("Expected null")


def read_anything(value: object) -> object:
    """Whatever came."""
    return value


def _misfit(value: object, wanted: str) -> WrongType:
    if type(value) is dict:
        return WrongType("Start of structure or map found where not expected.")
    if type(value) is list:
        return WrongType("Start of list found where not expected")
    if type(value) is bool:
        found = "TRUE_VALUE" if value else "FALSE_VALUE"
    elif type(value) is str:
        found = "STRING_VALUE"
    else:
        found = "NUMBER_VALUE"
    return WrongType(f"{found} can not be converted to {wanted}")

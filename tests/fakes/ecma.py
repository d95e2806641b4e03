"""A JSON Schema validator whose patterns are ECMA-262's, by an engine of that dialect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import regress
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend


@cache
def compiled(pattern: str) -> Any:
    """An ECMA-262 regular expression with the u flag."""
    return regress.Regex(pattern, flags="u")


def matches(pattern: str, value: str) -> bool:
    """Whether the expression is found in a string, which JSON Schema asks."""
    return compiled(pattern).find(value) is not None


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def validator(schema: dict[str, Any]) -> Any:
    """A validator of JSON Schema 2020-12 with these patterns."""
    return extend(Draft202012Validator, {"pattern": _pattern})(schema)

"""Java regular expressions, as AWS's documents state them, in ECMA-262's dialect with its u flag.

JSON Schema and OpenAPI want ECMA's. Where the two differ the pattern is rewritten: ``\\s`` and its
negation are ASCII in Java, and ``.`` stops at every Java line terminator. ``\\d`` and ``\\w`` mean
the same in both, but not in other engines that read JSON Schemas: they are spelled out. A pattern
is matched against the whole string, so it is anchored.
"""

from __future__ import annotations

from conformance.spec.patterns import UNIVERSAL, unanchored

_CLASSES = {"s": r" \t\n\x0B\f\r", "d": "0-9", "w": "a-zA-Z0-9_"}
_DOT = r"[^\n\r\u0085\u2028\u2029]"

#: Escapes that mean the same in both dialects, outside and inside brackets.
_SAME = frozenset("tnrf.\\/[](){}*+?^$|")


class CannotTranslate(ValueError):
    """A pattern has no exact counterpart; the message says which part of it."""


def ecma(pattern: str) -> str:
    """Return an anchored ECMA-262 pattern that matches the strings that the Java pattern does.

    Raises ``CannotTranslate`` where that cannot be promised.
    """
    if unanchored(pattern) in UNIVERSAL:
        return r"^[\s\S]*$"  # any string, in either dialect
    source, out, position = unanchored(pattern), [], 0
    while position < len(source):
        char = source[position]
        if char == "[":
            piece, position = _brackets(source, position)
        elif char == "\\":
            piece, position = _escape(source, position)
        else:
            piece, position = (_DOT if char == "." else char), position + 1
        out.append(piece)
    return f"^(?:{''.join(out)})$"


def _escape(source: str, position: int) -> tuple[str, int]:
    """Return an escape outside brackets, and where the pattern goes on."""
    letter = source[position + 1]
    if letter.lower() in _CLASSES:
        negated = "^" if letter.isupper() else ""
        return f"[{negated}{_CLASSES[letter.lower()]}]", position + 2
    if letter == "p":
        return _property(source, position)
    if letter == "-":
        return "-", position + 2
    if letter in _SAME:
        return f"\\{letter}", position + 2
    raise CannotTranslate(f"\\{letter} in {source!r}")


def _property(source: str, position: int) -> tuple[str, int]:
    end = source.index("}", position) + 1
    return source[position:end], end


def _brackets(source: str, position: int) -> tuple[str, int]:
    """Return a class in brackets, and where the pattern goes on."""
    if source.startswith((r"[\S\s]", r"[\s\S]"), position):
        return r"[\s\S]", position + 6
    if source.startswith(r"[\S]", position):
        return f"[^{_CLASSES['s']}]", position + 4
    out, position = ["["], position + 1
    while source[position] != "]":
        char = source[position]
        if char != "\\":
            if char in "[&":  # unions and intersections are Java's alone
                raise CannotTranslate(f"{char} inside brackets in {source!r}")
            piece, position = char, position + 1
        elif source[position + 1] == "p":
            piece, position = _property(source, position)
        elif source[position + 1] in _CLASSES:
            piece, position = _CLASSES[source[position + 1]], position + 2
        elif source[position + 1] in _SAME or source[position + 1] == "-":
            piece, position = f"\\{source[position + 1]}", position + 2
        else:
            raise CannotTranslate(f"\\{source[position + 1]} inside brackets in {source!r}")
        out.append(piece)
    return "".join([*out, "]"]), position + 1

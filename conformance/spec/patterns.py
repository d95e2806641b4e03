"""Java regular expressions, as AWS's documents state them, on Python's ``regex`` engine.

A pattern is matched against the whole string (B8: a trailing hyphen is refused although that
pattern has no ``$``). Where the two dialects differ the pattern is rewritten:

- ``\\d``, ``\\w``, ``\\s`` and their negations are ASCII in Java, Unicode in Python: spelled out;
- ``.`` stops at every Java line terminator (``\\n``, ``\\r``, U+0085, U+2028, U+2029), Python's
  only at ``\\n``: spelled out;
- ``$`` would accept one trailing newline, ``^`` and ``$`` at the ends are redundant: dropped.

One part is rewritten only to be judged in linear time: a bucket never has to give characters back.
"""

from __future__ import annotations

from functools import cache, lru_cache

import regex

_ASCII_CLASSES = {"d": "0-9", "w": "a-zA-Z_0-9", "s": r" \t\n\x0b\f\r"}
_DOT = r"[^\n\r\x85\u2028\u2029]"

#: With the same strings matched: what a shorter bucket leaves over, the longest one leaves too.
_BUCKET = ("([^/]+)/?(.*)", "([^/]++)/?(.*)")

#: Patterns that every string matches: a promise that cannot be broken, so not a rule.
UNIVERSAL = frozenset({r"[\S\s]*", r"[\s\S]*"})


def unanchored(pattern: str) -> str:
    """Return the Java pattern without the redundant ``^`` and ``$`` at its ends."""
    start = pattern[1:] if pattern.startswith("^") else pattern
    ends = start.endswith("$") and not start.endswith(r"\$")
    return start[:-1] if ends else start


def translated(pattern: str) -> str:
    """Return a ``regex`` (version 1) pattern with the meaning that the Java pattern has."""
    source, out, inside = unanchored(pattern).replace(*_BUCKET), [], False
    position = 0
    while position < len(source):
        char = source[position]
        if char == "\\":
            out.append(_escape(source[position + 1], inside=inside))
            position += 2
            continue
        if char == "[":
            inside = True
        elif char == "]":
            inside = False
        out.append(_DOT if char == "." and not inside else char)
        position += 1
    return "".join(out)


def _escape(letter: str, *, inside: bool) -> str:
    if letter in _ASCII_CLASSES:
        return _ASCII_CLASSES[letter] if inside else f"[{_ASCII_CLASSES[letter]}]"
    if letter.lower() in _ASCII_CLASSES:  # a negated class nests inside brackets (version 1)
        return f"[^{_ASCII_CLASSES[letter.lower()]}]"
    return "\\" + letter


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(translated(pattern), regex.V1)


def _is_match(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


#: Requests differ in one value: nearly all that is asked about was asked about before.
_remembered = lru_cache(maxsize=4096)(_is_match)
_LONGEST = 300  # characters of a string that is remembered


def matches(pattern: str, value: str) -> bool:
    """Tell whether Java's ``value.matches(pattern)`` would be true."""
    return _is_match(pattern, value) if len(value) > _LONGEST else _remembered(pattern, value)

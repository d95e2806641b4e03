"""Classes of characters as AWS's patterns mean them: Java's, ASCII unless Unicode is asked for by
name.

Everything here is a set of characters or a predicate over one string; nothing knows of shapes or
requests.
"""

from __future__ import annotations

import string
import unicodedata

LOWER = frozenset(string.ascii_lowercase)
DIGITS = frozenset(string.digits)
ALPHANUMERIC = frozenset(string.ascii_letters + string.digits)
ALPHANUMERIC_OR_HYPHEN = ALPHANUMERIC | {"-"}
LOWER_OR_HYPHEN = LOWER | {"-"}
LOWER_DIGIT_OR_HYPHEN = LOWER | DIGITS | {"-"}
WORD = ALPHANUMERIC | {"_"}
WORD_START = WORD - DIGITS

# Java's \s without UNICODE_CHARACTER_CLASS; NBSP, U+3000 and U+2028 are not among them.
WHITESPACE = frozenset(" \t\n\x0b\f\r")

# What a dot does not match in Java without DOTALL.
LINE_TERMINATORS = frozenset("\n\r\x85\u2028\u2029")

# The ASCII members of the class of tag keys and values that are neither letter, separator nor
# number.
TAG_PUNCTUATION = frozenset("_.:/=+-@")


def only(allowed: frozenset[str], text: str) -> bool:
    """Whether every character of text is one of the allowed ones (true of the empty string)."""
    return allowed.issuperset(text)


def on_one_line(text: str) -> bool:
    """Whether Java's ``.*`` matches the whole text."""
    return LINE_TERMINATORS.isdisjoint(text)


def is_tag_character(character: str) -> bool:
    """Whether a character is a letter, a separator, a number or one of the eight signs allowed in
    tags.
    """
    return (
        character in ALPHANUMERIC
        or character in TAG_PUNCTUATION
        or unicodedata.category(character)[0] in "LZN"
    )

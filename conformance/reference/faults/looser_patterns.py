"""Ways in which implementations read a pattern more loosely than Java does, as functions of the
matcher.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from conformance.reference.patterns import Matches

Loosen = Callable[[Matches], Matches]

# Faults need not be fast, but nor may they hang: substrings are looked for in this many characters.
_WINDOW = 300


def absent(_matches: Matches) -> Matches:
    """No pattern at all."""
    return lambda _text: True


def unanchored_at_end(matches: Matches) -> Matches:
    """A legal beginning is enough, as with Python's re.match."""
    return lambda text: any(matches(text[:end]) for end in _cuts(text))


def unanchored_at_start(matches: Matches) -> Matches:
    """A legal ending is enough."""
    return lambda text: any(matches(text[start:]) for start in reversed(_cuts(text)))


def unanchored(matches: Matches) -> Matches:
    """A legal part anywhere is enough, as with re.search."""

    def matches_somewhere(text: str) -> bool:
        if matches(text):
            return True
        text = text[:_WINDOW]
        begins = unanchored_at_end(matches)
        return any(begins(text[start:]) for start in range(len(text) + 1))

    return matches_somewhere


def dollar(matches: Matches) -> Matches:
    """A line feed at the end is let through, as by $ in Python, Perl and PCRE."""
    return lambda text: matches(text) or (text.endswith("\n") and matches(text[:-1]))


def multi_line(matches: Matches) -> Matches:
    """One legal line is enough, as with ^ and $ in Ruby or under a multi-line flag."""
    return lambda text: matches(text) or any(map(matches, text.split("\n")))


def unicode_digits(matches: Matches) -> Matches:
    """Decimal digits of every script count as digits, as \\d in Python and .NET."""
    return lambda text: matches(_with_ascii_digits(text))


def unicode_letters(matches: Matches) -> Matches:
    """Letters of every script count as letters, as \\w in Python and .NET or isalpha in code."""
    return lambda text: matches(_with_ascii_letters(text))


def ignoring_case(matches: Matches) -> Matches:
    """Case is ignored."""
    return lambda text: matches(text) or matches(text.lower())


def with_underscores(matches: Matches) -> Matches:
    """An underscore is as good as a letter, as with \\w for letters and digits."""
    return lambda text: matches(text.replace("_", "a"))


def trimmed(matches: Matches) -> Matches:
    """White space at both ends is taken off before the value is looked at."""
    return lambda text: matches(text.strip())


def empty_allowed(matches: Matches) -> Matches:
    """An empty string counts as absent and is not looked at."""
    return lambda text: text == "" or matches(text)


def dot_stops_at_line_feed_only(matches: Matches) -> Matches:
    """A dot matches every line terminator but the line feed, as in Python and Go."""
    return lambda text: matches("".join("a" if c in "\r\x85\u2028\u2029" else c for c in text))


def dot_matches_all(matches: Matches) -> Matches:
    """A dot matches line terminators too, as under DOTALL."""
    return lambda text: matches("".join("a" if c in "\n\r\x85\u2028\u2029" else c for c in text))


def up_to_nul(matches: Matches) -> Matches:
    """What follows a NUL is not looked at, as in C."""
    return lambda text: matches(text.split("\0", 1)[0])


def controls_ignored(matches: Matches) -> Matches:
    """Control characters are passed over."""
    return lambda text: matches("".join(c for c in text if unicodedata.category(c) != "Cc"))


LOOSENINGS: dict[str, Loosen] = {
    "absent": absent,
    "unanchored-at-end": unanchored_at_end,
    "unanchored-at-start": unanchored_at_start,
    "unanchored": unanchored,
    "dollar-anchored": dollar,
    "multi-line": multi_line,
    "unicode-digits": unicode_digits,
    "unicode-letters": unicode_letters,
    "ignoring-case": ignoring_case,
    "with-underscores": with_underscores,
    "trimmed": trimmed,
    "empty-allowed": empty_allowed,
    "dot-but-line-feed": dot_stops_at_line_feed_only,
    "dot-matches-all": dot_matches_all,
    "up-to-nul": up_to_nul,
    "controls-ignored": controls_ignored,
}


def _cuts(text: str) -> range:
    return range(min(len(text), _WINDOW * 8), -1, -1)


def _with_ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join("0" if unicodedata.category(c) == "Nd" else c for c in text)


def _with_ascii_letters(text: str) -> str:
    if text.isascii():
        return text
    return "".join("a" if c.isalpha() and not c.isascii() else c for c in text)

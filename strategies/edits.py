"""Near misses of patterns: named single edits of a legal string that may make it illegal.

Each edit is a way in which implementations are known to go wrong: a ``$`` that lets a newline
pass, ``\\d`` that takes Arabic-Indic digits, a search where a match of the whole was meant. An
edit that leaves a string legal is dropped by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Edit = tuple[str, Callable[[str], str]]

_FULL_WIDTH = 0xFEE0  # distance from an ASCII character to its full-width form


def _middle(inserted: str) -> Callable[[str], str]:
    return lambda v: v[: (len(v) + 1) // 2] + inserted + v[(len(v) + 1) // 2 :]


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda v: v.replace(old, new, 1)


def _first(pattern: str, change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda v: re.sub(pattern, lambda m: change(m.group()), v, count=1)


def _last(pattern: str, change: Callable[[str], str]) -> Callable[[str], str]:
    def edited(value: str) -> str:
        found = list(re.finditer(pattern, value))
        if not found:
            return value
        start, end = found[-1].span()
        return value[:start] + change(found[-1].group()) + value[end:]

    return edited


def _in_part(index: int, inserted: str) -> Callable[[str], str]:
    """Insert at the end of one colon-separated part of an ARN; other strings stay as they are."""

    def edited(value: str) -> str:
        parts = value.split(":", 5)
        if parts[0] != "arn" or len(parts) < 6:
            return value
        parts[index] += inserted
        return ":".join(parts)

    return edited


_PARTS = ("scheme", "partition", "service", "region", "account")
_INSERTED = {"_": "an underscore", "A": "a capital", "7": "a digit", ".": "a dot", " ": "a space"}

_IN_ARNS: tuple[Edit, ...] = tuple(
    (f"{name} in the ARN's {part}", _in_part(index, inserted))
    for index, part in enumerate(_PARTS)
    for inserted, name in _INSERTED.items()
)

EDITS: tuple[Edit, ...] = (
    # Characters that people type.
    ("an exclamation mark inside", _middle("!")),
    ("an underscore inside", _middle("_")),
    ("a space inside", _middle(" ")),
    ("a leading hyphen", lambda v: "-" + v),
    ("a trailing hyphen", lambda v: v + "-"),
    ("a leading space", lambda v: " " + v),
    ("a trailing space", lambda v: v + " "),
    ("a leading digit", lambda v: "1" + v),
    ("a dot inside", _middle(".")),
    ("a hyphen inside", _middle("-")),
    ("two dots inside", _middle("..")),
    ("a slash inside", _middle("/")),
    ("nothing at all", lambda _: ""),
    # A match of a part instead of the whole.
    ("a trailing newline", lambda v: v + "\n"),
    ("a leading newline", lambda v: "\n" + v),
    ("illegal text after it", lambda v: v + " !"),
    ("illegal text before it", lambda v: "! " + v),
    ("a second line of illegal text", lambda v: v + "\n!"),
    ("a first line of illegal text", lambda v: "!\n" + v),
    ("a trailing carriage return", lambda v: v + "\r"),
    ("a trailing slash", lambda v: v + "/"),
    # The parts of ARNs, URLs and versioned names.
    ("user/ for role/", _swap(":role", ":user")),
    ("no resource type", _swap(":role/", ":")),
    ("an upper-case partition", _swap("arn:aws", "arn:AWS")),
    ("an upper-case scheme of the ARN", _swap("arn:", "ARN:")),
    ("a partition that is not aws", _swap("arn:aws", "arn:amazon")),
    ("a digit in the partition", _swap("arn:aws", "arn:aws2")),
    ("no partition", _swap("arn:aws:", "arn::")),
    ("another service in the ARN", _swap(":iam:", ":sts:")),
    ("another service in the ARN", _swap(":sagemaker:", ":iam:")),
    ("a region in the ARN", _swap(":iam::", ":iam:us-east-1:")),
    ("an account of 11 digits", _first(r"(?<=:)\d{12}(?=:)", lambda d: d[:-1])),
    ("an account of 13 digits", _first(r"(?<=:)\d{12}(?=:)", lambda d: d + "0")),
    ("a letter in the account", _first(r"(?<=:)\d{12}(?=:)", lambda d: d[:-1] + "x")),
    ("no account", _first(r"(?<=:)\d{12}(?=:)", lambda _: "")),
    ("no name", _first(r"(?<=[:/])[^:/]+$", lambda _: "")),
    ("a ten-digit version", _first(r"/\d{1,9}$", lambda _: "/1234567890")),
    ("a version that is no number", _first(r"/\d{1,9}$", lambda _: "/latest")),
    ("a name of 64 characters", _first(r"^[A-Za-z]{63}$", lambda v: v + "P")),
    ("an upper-case scheme", _first(r"^(s3|https)(?=://)", str.upper)),
    ("the scheme http", _first(r"^(s3|https)(?=://)", lambda _: "http")),
    ("the scheme file", _first(r"^(s3|https)(?=://)", lambda _: "file")),
    ("a scheme with a prefix", _first(r"^(s3|https)(?=://)", lambda s: "x" + s)),
    ("one slash after the scheme", _swap("://", ":/")),
    ("no colon after the scheme", _swap("://", "//")),
    ("no bucket", _first(r"(?<=://)[^/]+", lambda _: "")),
    ("nothing after the scheme", _first(r"(?<=://).*", lambda _: "")),
    ("no scheme", _first(r"^(s3|https)://", lambda _: "")),
    ("no leading slash", lambda v: v.removeprefix("/")),
    ("nothing after the slash", _first(r"^/.+$", lambda _: "/")),
    # Characters that are alike but not the same.
    ("an Arabic-Indic digit", _first(r"\d", lambda d: chr(0x0660 + int(d)))),
    ("an Arabic-Indic digit at the end", _last(r"\d", lambda d: chr(0x0660 + int(d)))),
    ("a full-width digit", _first(r"\d", lambda d: chr(ord(d) + _FULL_WIDTH))),
    ("a Devanagari digit inside", _middle("५")),
    ("a full-width letter", _last(r"[A-Za-z]", lambda c: chr(ord(c) + _FULL_WIDTH))),
    ("an accented letter inside", _middle("é")),
    ("an accented letter at the end", lambda v: v + "é"),
    (
        "a Cyrillic letter",
        _last(r"[aeocpx]", lambda c: dict(zip("aeocpx", "аеосрх", strict=True))[c]),
    ),
    ("the Kelvin sign inside", _middle("\u212a")),
    ("the long s inside", _middle("\u017f")),
    ("a CJK letter inside", _middle("名")),
    ("an emoji inside", _middle("\U0001f600")),
    ("a non-breaking space inside", _middle("\u00a0")),
    ("an en dash inside", _middle("–")),
    ("a zero-width space inside", _middle("\u200b")),
    # Control characters and line terminators.
    ("a newline inside", _middle("\n")),
    ("a carriage return inside", _middle("\r")),
    ("a tab inside", _middle("\t")),
    ("a NUL inside", _middle("\x00")),
    ("a trailing NUL", lambda v: v + "\x00"),
    ("illegal text after a NUL", lambda v: v + "\x00 !"),
    ("a DEL inside", _middle("\x7f")),
    ("a trailing NEL (U+0085)", lambda v: v + "\u0085"),
    ("a trailing line separator (U+2028)", lambda v: v + "\u2028"),
    ("a trailing paragraph separator (U+2029)", lambda v: v + "\u2029"),
    ("punctuation inside", _middle("#")),
    ("a comma inside", _middle(",")),
    ("an asterisk inside", _middle("*")),
    ("a dollar sign inside", _middle("$")),
    ("a backslash inside", _middle("\\")),
    ("a quotation mark inside", _middle('"')),
    ("an ampersand inside", _middle("&")),
    *_IN_ARNS,
)

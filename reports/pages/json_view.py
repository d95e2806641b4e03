"""A JSON value as HTML that can be taken in: the violated places marked, what is long folded."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from markupsafe import Markup

from reports.safe import safe

Path = tuple[str | int, ...]

_LONG_STRING, _STRING_EDGE = 120, 40
_LONG_LIST, _LIST_EDGE = 8, 2
_ONE_LINE = 72

#: Of a folded string at most so many characters are in the page; the record has all.
_MOST = 400


def text(value: object) -> Markup:
    """Return text as HTML for the inside of an element, where quotes need no escape.

    JSON is half quotes: a page of findings is a fifth smaller for it.
    """
    escaped = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(escaped)


def json_view(value: Any, marked: Collection[Path] = ()) -> Markup:
    """Return a value as HTML, to stand in an element that keeps white space.

    ``marked`` are paths of member names and indices. A marked member that is not there is shown
    as missing. Strings of more than 120 characters are folded, with their length; of lists and
    objects of more than eight entries only the first, the last and the marked ones are shown.
    """
    return Markup("").join(_value(value, (), frozenset(marked), 0))


def _value(value: Any, path: Path, marked: frozenset[Path], indent: int) -> Iterator[Markup]:
    is_marked = path in marked
    if is_marked:
        yield Markup("<mark>")
    if (isinstance(value, dict | list) and value and not _fits_on_a_line(value, path, marked)) or (
        isinstance(value, dict) and _missing(value, path, marked)
    ):
        yield from _entries(value, path, marked, indent)
    elif isinstance(value, str):
        yield _string(value)
    else:
        yield _text(value)
    if is_marked:
        yield Markup("</mark>")


def _text(value: Any) -> Markup:
    return text(json.dumps(value, ensure_ascii=True))


def _fits_on_a_line(value: Any, path: Path, marked: frozenset[Path]) -> bool:
    if any(each[: len(path)] == path and len(each) > len(path) for each in marked):
        return False
    return len(json.dumps(value, ensure_ascii=True)) <= _ONE_LINE


def _string(value: str) -> Markup:
    if len(value) <= _LONG_STRING:
        return _text(value)
    head = json.dumps(value[:_STRING_EDGE], ensure_ascii=True)[:-1]
    tail = json.dumps(value[-_STRING_EDGE:], ensure_ascii=True)[1:]
    whole = json.dumps(value[:_MOST], ensure_ascii=True)
    rest = f" ... {len(value) - _MOST:,} more" if len(value) > _MOST else ""
    return Markup(
        '<details class="fold"><summary>{}<i> ... {} characters ... </i>{}</summary>{}{}</details>'
    ).format(text(head), f"{len(value):,}", text(tail), text(whole), rest)


def _missing(value: dict[str, Any], path: Path, marked: frozenset[Path]) -> list[str]:
    return [
        str(each[-1])
        for each in sorted(marked, key=str)
        if len(each) == len(path) + 1 and each[:-1] == path and each[-1] not in value
    ]


def _entries(value: Any, path: Path, marked: frozenset[Path], indent: int) -> Iterator[Markup]:
    is_object = isinstance(value, dict)
    entries = list(value.items()) if is_object else list(enumerate(value))
    shown = _shown([key for key, _ in entries], path, marked)
    pad = "  " * (indent + 1)
    yield Markup("{\n" if is_object else "[\n")
    skipped = 0
    for number, (key, each) in enumerate(entries):
        if number not in shown:
            skipped += 1
            continue
        yield from _skipped(skipped, pad)
        skipped = 0
        yield Markup(pad)
        if is_object:
            yield text(json.dumps(key, ensure_ascii=True) + ": ")
        yield from _value(each, (*path, key), marked, indent + 1)
        yield Markup(",\n" if number + 1 < len(entries) else "\n")
    yield from _skipped(skipped, pad)
    for name in _missing(value, path, marked) if is_object else ():
        yield Markup('{}<mark class="missing">{} is missing</mark>\n').format(pad, safe(name))
    yield Markup("{}{}").format("  " * indent, "}" if is_object else "]")


def _skipped(count: int, pad: str) -> Iterator[Markup]:
    if count:
        yield Markup("{}<i>... {} more ...</i>\n").format(pad, f"{count:,}")


def _shown(keys: list[Any], path: Path, marked: frozenset[Path]) -> set[int]:
    """Return which entries are shown of a list or object: all of a short one."""
    if len(keys) <= _LONG_LIST:
        return set(range(len(keys)))
    edge = {*range(_LIST_EDGE), *range(len(keys) - _LIST_EDGE, len(keys))}
    depth = len(path)
    wanted = {each[depth] for each in marked if len(each) > depth and each[:depth] == path}
    return edge | {number for number, key in enumerate(keys) if key in wanted}

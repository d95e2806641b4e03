"""Text that came off the wire, made harmless for a terminal, a log or a Markdown table."""

from __future__ import annotations

import re

#: Control characters move cursors and change colours; direction marks make text lie; half of a
#: surrogate pair cannot be written at all.
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: object) -> str:
    """Return text with every character replaced that a terminal might act on or cannot show."""
    return _HARMFUL.sub("\ufffd", str(text))


def cell(text: object, *, longest: int) -> str:
    """Return the text's first characters as no markup, no link, no mention and no second cell."""
    cut = safe(text)[:longest]
    escaped = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~@:$])", lambda found: f"&#{ord(found.group())};", escaped)

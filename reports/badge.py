"""Badges: the verdict of a run and its divergence, as a shields.io endpoint and as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

_LABEL = "CreateModel"

#: Names of shields.io, and what they look like.
_COLOURS = {
    "conforming": ("brightgreen", "#2d7d46"),
    "nonconforming": ("red", "#b3261e"),
    "inconclusive": ("yellow", "#8a6100"),
    "error": ("lightgrey", "#555555"),
}

#: Average width of a character of 11 pixels' Verdana, in pixels.
_CHARACTER = 6.8


def message(report: Mapping[str, Any]) -> str:
    """Return what a badge says: the verdict, with the divergence where something fails."""
    partial = "" if report["complete"] else ", partial"
    if report["verdict"] == "nonconforming":
        return f"{report['divergence']:.1%} divergent{partial}"
    return f"{report['verdict']}{partial}"


def badge_json(report: Mapping[str, Any]) -> str:
    """Return the JSON of a shields.io endpoint badge (schema version 1)."""
    colour, _ = _COLOURS[report["verdict"]]
    document = {
        "schemaVersion": 1,
        "label": _LABEL,
        "message": message(report),
        "color": colour,
        "isError": report["verdict"] == "error",
    }
    return json.dumps(document) + "\n"


def badge_svg(report: Mapping[str, Any]) -> str:
    """Return the badge as SVG of one file."""
    _, colour = _COLOURS[report["verdict"]]
    said = message(report)
    left, right = (round(len(text) * _CHARACTER) + 12 for text in (_LABEL, said))
    title = escape(f"{_LABEL}: {said}")
    texts = "".join(
        f'<text x="{x}" y="14">{escape(text)}</text>'
        for x, text in ((left / 2, _LABEL), (left + right / 2, said))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11">{texts}</g></svg>\n'
    )

"""Renders templates into pages of one file: autoescape on, and a policy against foreign script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from reports.pages.json_view import text
from reports.safe import safe

#: How a verdict is written in a small cell: a sign and a word, so that colour is never alone.
SIGNS = {
    "pass": ("\u2713", "pass"),
    "fail": ("\u2717", "fail"),
    "inconclusive": ("?", "unclear"),
    "unsupported": ("\u2013", "unsupported"),
    "not-run": ("\u00b7", "not run"),
    "error": ("!", "error"),
}

_LONGEST = 800

_TEMPLATES = (
    "report.html",
    "matrix.html",
    "trend.html",
    "certificate.html",
    "compare.html",
)
_SCRIPTS = {"report.html": "report.js", "matrix.html": "matrix.js"}


def page(template: str, **given: Any) -> str:
    """Return the page that a template makes of what it is given."""
    style = _asset("page.css")
    script = _asset(_SCRIPTS[template]) if template in _SCRIPTS else ""
    made: str = (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(script),
            script_hash=_hash(script),
            style_hash=_hash(style),
            signs=SIGNS,
            **given,
        )
    )
    return made


def as_data(value: Any) -> Markup:
    """Return JSON that can stand inside a ``script`` element, whatever its strings hold."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def visible(text: object, longest: int = _LONGEST) -> str:
    """Return text off the wire with its lines kept, other control characters shown, and bounded."""
    whole = str(text)
    shown = "\n".join(safe(line) for line in re.split("\r\n|\n|\r", whole[:longest]))
    left = len(whole) - longest
    return shown if left <= 0 else f"{shown}\n... {left:,} more characters"


def anchor(rule_id: str) -> str:
    """Return a rule's id as the id of an element."""
    return "rule-" + re.sub(r"[^A-Za-z0-9]+", "-", rule_id).strip("-") + f"-{_short(rule_id)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return files("reports.pages").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Any:
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({name: _asset(name) for name in _TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "anchor": anchor,
        "code": text,
        "safe_text": safe,
        "visible": visible,
        "percent": lambda share: f"{share:.1%}",
    }
    return environment

"""The JSON Schemas (2020-12) of everything that the suite writes for machines."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

#: What has a schema: a file or a line of the record, or the output of a command with ``--json``.
NAMES = (
    "events",
    "exchanges",
    "report",
    "rules",
    "explain",
    "badge",
    "selftest",
    "specdiff",
    "certificate",
    "compare",
)


def schema(name: str) -> dict[str, Any]:
    """Return the schema of this name; raises ``KeyError`` for a name that is not in ``NAMES``."""
    if name not in NAMES:
        raise KeyError(name)
    text = files("reports").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found

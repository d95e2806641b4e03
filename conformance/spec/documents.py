"""Reads the pinned documents: the API reference page's facts and the service model's.

``data/reference.json`` was carried over by hand from the page, ``data/model.json`` by
``python -m conformance.spec.refresh``. Nothing here looks at the botocore that is installed.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any


def _load(name: str) -> dict[str, Any]:
    text = (files("conformance.spec") / "data" / name).read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def model() -> dict[str, Any]:
    """Return the snapshot of the service model (see ``refresh.snapshot`` for its keys)."""
    return _load("model.json")


@cache
def reference() -> dict[str, Any]:
    """Return the facts of the API reference page: ``request``, ``response``, ``errors``."""
    return _load("reference.json")


@cache
def siblings() -> dict[str, Any]:
    """Return the snapshot of the operations beside CreateModel (see ``refresh.siblings``).

    No rule about CreateModel's request rests on it, so it is not in the digest.
    """
    return _load("siblings.json")


@cache
def digest() -> str:
    """Return ``sha256:<hex>`` over both documents in canonical JSON.

    Two runs are comparable rule by rule only when their digests agree.
    """
    canonical = json.dumps(
        [_load("reference.json"), _load("model.json")],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()

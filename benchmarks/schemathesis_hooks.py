"""Our hooks for Schemathesis, without the deletions, and with a count of what is sent and when.

A service that is there for one measurement need not be tidied, and each deletion would be a request
that Schemathesis is not credited with.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.hooks import unregister

from benchmarks.commands import COUNT
from conformance import schemathesis_hooks as ours

_loaded: list[float] = []
_began: list[float] = []
_ended: list[float] = []


def after_load_schema(_context: Any, _schema: Any) -> None:
    """Take note of when there is something to make requests of."""
    _loaded.append(time.perf_counter())


def before_call(_context: Any, _case: Any, _kwargs: Any) -> None:
    """Take note of when a request is made."""
    _began.append(time.perf_counter())


def after_call(_context: Any, _case: Any, _response: Any) -> None:
    """Take note of when it was answered."""
    _ended.append(time.perf_counter())


def _write() -> None:
    if _ended:
        found = {
            "requests": len(_began),
            "seconds": _ended[-1] - _loaded[-1],
            "sending": _ended[-1] - _began[0],
        }
        Path(os.environ[COUNT]).write_text(json.dumps(found), "utf-8")


unregister(ours.after_call)
for each in (after_load_schema, before_call, after_call):
    schemathesis.hook(each)
atexit.register(_write)

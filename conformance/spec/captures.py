"""Where the public captures of AWS's answers are to be found that rules cite by their ids.

A rule whose source says ``capture D1`` rests on an answer that somebody has shown in public.
``data/captures.json`` has of each what was asked, where it is shown, and how close to AWS's own
bytes it is; what it shows is said by the rules that cite it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

_ID = re.compile(r"\b[A-H][0-9]+(?:[a-z]\b|\.[0-9]+)?")


@cache
def captures() -> Mapping[str, Mapping[str, str]]:
    """Return ``operation``, ``where`` and ``closeness`` of each capture, by its id."""
    text = files("conformance.spec").joinpath("data/captures.json").read_text("utf-8")
    known: Mapping[str, Mapping[str, str]] = json.loads(text)["captures"]
    return known


def evidence(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the sources of a rule, and behind them where each capture is that they cite."""
    said = tuple(sources)
    cited = dict.fromkeys(name for each in said for name in _ID.findall(each))
    return (*said, *(_told(name) for name in cited if name in captures()))


def _told(name: str) -> str:
    found = captures()[name]
    return f"{name} is an answer to {found['operation']} ({found['closeness']}): {found['where']}"

"""Gives recorded requests the names of this run: so they are ours to delete, and in nobody's way.

New names are as long as the recorded ones: the length of a request is part of what is judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from conformance.engine.judge import Bench
from conformance.engine.names import PREFIX

#: How names in recorded requests begin: the prefix of a run, a letter for the process, a number.
_STEMS = re.compile(rf"{PREFIX}([a-z]{{10}}[a-zA-Z0-9])-\d{{6}}", re.ASCII)


class Renaming:
    """New names for what is named in some recorded texts: the same name gets the same new one."""

    def __init__(self, texts: Iterable[str], bench: Bench) -> None:
        self._bench = bench
        self._prefix = bench.talk.prefix[len(PREFIX) :]
        self._new: dict[str, str] = {}
        prefixes = {each[1] for text in texts for each in _STEMS.finditer(text)}
        # Without their beginning, too: that is how NameContains asks for them. And without their
        # number: near misses change it.
        self._recorded = re.compile(rf"({'|'.join(sorted(prefixes)) or '(?!)'})(-[0-9]{{6}})?")

    def again(self) -> Renaming:
        """Return a renaming of the same names to others that were never used before."""
        other = Renaming((), self._bench)
        other._recorded = self._recorded
        return other

    def text(self, text: str) -> str:
        """Return a text with the new names in it."""
        return self._recorded.sub(self._renamed, text)

    def value(self, value: Any) -> Any:
        """Return a JSON value with the new names in it."""
        return json.loads(self.text(json.dumps(value)))

    def _renamed(self, found: re.Match[str]) -> str:
        stem, number = found.group(), found[2]
        if number and stem not in self._new:
            fresh = _STEMS.match(self._bench.names.fresh())
            self._new[stem] = fresh.group()[len(PREFIX) :] if fresh else self._prefix + number
        return self._new[stem] if number else self._prefix

"""Positions in lists of models, and the opaque tokens that carry them from page to page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

_MAC_BYTES = 12
_Item = TypeVar("_Item")


class Position(NamedTuple):
    """What orders models by creation: the time in ms, then a serial number for times that tie,
    then the name.
    """

    created: int
    serial: int
    name: str


class TokenMint:
    """Makes NextTokens and reads them back; a token of another service, or a changed one, is not
    read.
    """

    def __init__(self) -> None:
        self._secret = os.urandom(16)

    def token(self, position: Position) -> str:
        """The token of the page behind this position."""
        content = json.dumps(position).encode()
        return base64.urlsafe_b64encode(self._mac(content) + content).decode("ascii")

    def position(self, token: str) -> Position | None:
        """The position a token stands for; None where the token was not made here."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content)):
            return None
        created, serial, name = json.loads(content)
        return Position(created, serial, name)

    def _mac(self, content: bytes) -> bytes:
        return hmac.new(self._secret, content, hashlib.sha256).digest()[:_MAC_BYTES]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which models a list shows and in which order. Times are epoch ms: `since` is included,
    `before` is not.
    """

    by_name: bool = False
    descending: bool = True
    since: float = float("-inf")
    before: float = float("inf")
    after: Position | None = None


class ModelOrder:
    """Positions of all models, sorted by creation and by name; callers hold the state's lock."""

    def __init__(self) -> None:
        self._by_creation: list[Position] = []
        self._by_name: list[tuple[str, Position]] = []

    def add(self, position: Position) -> None:
        """Note a model that was created."""
        insort(self._by_creation, position)
        insort(self._by_name, (position.name, position))

    def remove(self, position: Position) -> None:
        """Forget a model that was deleted."""
        del self._by_creation[bisect_left(self._by_creation, position)]
        del self._by_name[bisect_left(self._by_name, (position.name, position))]

    def page(self, selection: Selection, size: int) -> tuple[list[Position], bool]:
        """The next `size` positions of a selection, and whether there are more behind them."""
        candidates = self._names(selection) if selection.by_name else self._times(selection)
        chosen: list[Position] = []
        for each in candidates:
            if len(chosen) == size:
                return chosen, True
            chosen.append(each)
        return chosen, False

    def _times(self, selection: Selection) -> Iterator[Position]:
        low = bisect_left(self._by_creation, selection.since, key=lambda each: each.created)
        high = bisect_left(self._by_creation, selection.before, key=lambda each: each.created)
        if selection.after is not None:
            if selection.descending:
                high = min(high, bisect_left(self._by_creation, selection.after))
            else:
                low = max(low, bisect_right(self._by_creation, selection.after))
        return _walk(self._by_creation.__getitem__, low, high, selection.descending)

    def _names(self, selection: Selection) -> Iterator[Position]:
        low, high = 0, len(self._by_name)
        if selection.after is not None:
            here = (selection.after.name, selection.after)
            if selection.descending:
                high = bisect_left(self._by_name, here)
            else:
                low = bisect_right(self._by_name, here)
        walked = _walk(self._by_name.__getitem__, low, high, selection.descending)
        return _created_between(walked, selection)


def _walk(item: Callable[[int], _Item], low: int, high: int, descending: bool) -> Iterator[_Item]:
    positions = range(high - 1, low - 1, -1) if descending else range(low, high)
    return map(item, positions)


def _created_between(
    walked: Iterable[tuple[str, Position]], selection: Selection
) -> Iterator[Position]:
    for _, each in walked:
        if selection.since <= each.created < selection.before:
            yield each

"""Exchanges of many seeds, packed: a side of a campaign has tens of thousands, most of them alike.

What is packed is read as any sequence of records is, a chunk at a time, and never all at once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload

from conformance.engine.exchanges import Record

#: Records that are unpacked at a time.
_CHUNK = 256

#: How hard they are packed: more takes time and gains little.
_LEVEL = 3


class Packed(Sequence[Record]):
    """Records that take a small part of the memory that they take as dictionaries."""

    def __init__(self, chunks: Iterable[tuple[int, bytes]]) -> None:
        """Take chunks: how many records each holds, and they as packed lines of JSON."""
        self._chunks = tuple(chunks)

    @classmethod
    def of(cls, records: Sequence[Record]) -> Packed:
        """Return records packed, if they are not yet."""
        return records if isinstance(records, Packed) else cls(_chunks(records))

    @classmethod
    def joined(cls, parts: Iterable[Sequence[Record]]) -> Packed:
        """Return the records of several parts, one part after the other."""
        return cls(chunk for part in parts for chunk in cls.of(part)._chunks)

    def __len__(self) -> int:
        return sum(count for count, _ in self._chunks)

    def __iter__(self) -> Iterator[Record]:
        for _, data in self._chunks:
            for line in zlib.decompress(data).splitlines():
                yield json.loads(line)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Record]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [*self][place]
        place = place + len(self) if place < 0 else place
        try:
            return next(islice(self, place, None))
        except (StopIteration, ValueError):
            raise IndexError(place) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]


def _chunks(records: Iterable[Record]) -> Iterator[tuple[int, bytes]]:
    rest = iter(records)
    while chunk := [json.dumps(each).encode() for each in islice(rest, _CHUNK)]:
        yield len(chunk), zlib.compress(b"\n".join(chunk), _LEVEL)

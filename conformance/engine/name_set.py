"""A growing set of names, of which nearly all differ in one number: a bit for each of those.

A long run makes a hundred thousand names; as strings they would take more memory than all the rest
that grows with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

#: A name with a number of at least six digits in it, as fresh names have.
_NUMBERED = re.compile(r"(.*-)(\d{6,7})(-.*)", re.DOTALL)


def _parts(name: str) -> tuple[tuple[str, str], int] | None:
    """Return what stands around a name's number, and the number; ``None`` where it has none."""
    found = _NUMBERED.fullmatch(name)
    if found is None or f"{int(found[2]):06}" != found[2]:
        return None
    return (found[1], found[3]), int(found[2])


#: Numbers that share an integer, as its bits.
_PAGE = 256


class NameSet(Set[str]):
    """A set of names to which names are added; what is left of another set by it is a ``set``."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._others: set[str] = set()
        self._numbered: dict[tuple[str, str], dict[int, int]] = {}
        self.update(names)

    @classmethod
    def _from_iterable(cls, names: Iterable[str]) -> set[str]:  # type: ignore[override]
        return set(names)

    def update(self, names: Iterable[str]) -> None:
        """Add names."""
        for name in names:
            if (parts := _parts(name)) is None:
                self._others.add(name)
                continue
            pages = self._numbered.setdefault(parts[0], {})
            page, place = divmod(parts[1], _PAGE)
            pages[page] = pages.get(page, 0) | 1 << place

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if (parts := _parts(name)) is None:
            return name in self._others
        page, place = divmod(parts[1], _PAGE)
        return bool(self._numbered.get(parts[0], {}).get(page, 0) >> place & 1)

    def __iter__(self) -> Iterator[str]:
        yield from self._others
        for (before, after), pages in self._numbered.items():
            for page, bits in pages.items():
                for place in range(bits.bit_length()):
                    if bits >> place & 1:
                        yield f"{before}{page * _PAGE + place:06}{after}"

    def __len__(self) -> int:
        bits = (bits for pages in self._numbered.values() for bits in pages.values())
        return len(self._others) + sum(map(int.bit_count, bits))

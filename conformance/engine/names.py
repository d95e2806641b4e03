"""Model names of one process of one run: unique, recognisable, and never somebody else's."""

from __future__ import annotations

import hashlib
import secrets
import string

from conformance.engine.conversation import Conversation

#: Letters that tell the processes of one run apart.
_SHARES = string.ascii_lowercase + string.digits + string.ascii_uppercase

#: So many share the names of one target, at most: each has one of one character at least.
MOST_SHARES = 36

#: Letters of a run's prefix: no digits, which near misses of names change.
_LETTERS = string.ascii_lowercase

#: How the names of every run begin.
PREFIX = "cmc"

#: How the fresh names of a process end, and the first letters of it that every ending has.
_ENDING, _COMMON = "conformance", 4


def run_prefix() -> str:
    """Return a new prefix for the names of one run: ten random letters that nobody else has."""
    return PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(10))


def process_prefix(prefix: str, share: int) -> str:
    """Return the prefix of one process of a run; those of the shares 0 to 61 differ."""
    return prefix + _SHARES[share % len(_SHARES)]


def attempt_ending(shard: int) -> str:
    """Return how the fresh names of one attempt at a shard end; as long as every ending.

    A scheduler may hand a shard out again without telling anybody, and the worker that is taken to
    be dead may go on: beside four letters for the shard, three random ones tell even those apart.
    """
    own = [secrets.choice(_LETTERS) for _ in range(len(_ENDING) - _COMMON)]
    for place in range(len(own) - 3):
        shard, letter = divmod(shard, len(_LETTERS))
        own[place] = _LETTERS[letter]
    return _ENDING[:_COMMON] + "".join(own)


class RunNames:
    """Names for one process; ``share`` of ``shares`` keeps processes off each other's.

    ``ending`` keeps one after the other apart, where the first may have left models behind.
    """

    def __init__(
        self, talk: Conversation, *, share: int = 0, shares: int = 1, ending: str = _ENDING
    ) -> None:
        self._talk = talk
        self._ending = ending
        self._count = 0
        of_run = hashlib.sha256(f"{talk.prefix}{ending}".encode()).digest()
        self._numbers = (1 << 52) + (int.from_bytes(of_run[:4], "big") << 20)
        letters = string.ascii_letters + string.digits
        self._short = list(letters[share::shares])

    def fresh(self) -> str:
        """Return a legal name of at most 40 characters that was never used before.

        All are of one length, so that no request's depends on how many were sent before it.
        """
        self._count += 1
        return f"{self._talk.prefix}-{self._count:06}-{self._ending}"

    def short(self) -> str | None:
        """Return a name of one character that the target says is free, or ``None``."""
        for _ in range(len(self._short)):
            name = self._short.pop(0)
            self._short.append(name)
            if self._talk.is_free(name) and not self._talk.ledger.was_there(name):
                return name
        return None

    def number(self) -> int:
        """Return a number of 16 digits that was never used before; at most 2**53.

        All are of one length, as fresh names are, and exact in a double.
        """
        self._count += 1
        return self._numbers + self._count

"""Model names of one process of one run: unique, recognisable, and never somebody else's."""

from __future__ import annotations

import hashlib
import secrets
import string

from conformance.engine.conversation import Conversation

#: Letters that tell the processes of one run apart.
_SHARES = string.ascii_lowercase + string.digits + string.ascii_uppercase

#: Letters of a run's prefix: no digits, which near misses of names change.
_LETTERS = string.ascii_lowercase

#: How the names of every run begin.
PREFIX = "cmc"

#: Characters of a fresh name: no request's length may hang on how long a prefix is.
_LENGTH = 33


def run_prefix() -> str:
    """Return a new prefix for the names of one run: ten random letters that nobody else has."""
    return PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(10))


def process_prefix(prefix: str, share: int) -> str:
    """Return the prefix of one process of a run; those of the shares 0 to 61 differ."""
    return prefix + _SHARES[share % len(_SHARES)]


def attempt_prefix(prefix: str, shard: int) -> str:
    """Return what stands for a run's prefix in one attempt at a shard: it begins with it.

    A scheduler may hand a shard out again without telling anybody, and the worker that is taken to
    be dead may go on: three random letters tell even those apart.
    """
    letters = []
    for _ in range(4):
        shard, letter = divmod(shard, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return prefix + "".join(letters) + "".join(secrets.choice(_LETTERS) for _ in range(3))


class RunNames:
    """Names for one process; ``share`` of ``shares`` keeps processes off each other's."""

    def __init__(self, talk: Conversation, *, share: int = 0, shares: int = 1) -> None:
        self._talk = talk
        self._count = 0
        of_run = hashlib.sha256(talk.prefix.encode()).digest()
        self._numbers = (1 << 52) + (int.from_bytes(of_run[:4], "big") << 20)
        letters = string.ascii_letters + string.digits
        self._short = list(letters[share::shares])

    def fresh(self) -> str:
        """Return a legal name of 33 characters that was never used before.

        All are of one length, so that no request's depends on how many were sent before it.
        """
        self._count += 1
        return f"{self._talk.prefix}-{self._count:06}-conformance"[:_LENGTH]

    def short(self) -> str | None:
        """Return a name of one character that the target says is free, or ``None``."""
        for _ in range(len(self._short)):
            name = self._short.pop(0)
            self._short.append(name)
            if self._talk.is_free(name):
                return name
        return None

    def number(self) -> int:
        """Return a number of 16 digits that was never used before; at most 2**53.

        All are of one length, as fresh names are, and exact in a double.
        """
        self._count += 1
        return self._numbers + self._count

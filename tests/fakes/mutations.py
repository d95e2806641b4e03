"""Mutations of valid inputs, for readers of what others wrote: bits, chunks, splices, hard values.

An edit is a value, so that Hypothesis draws and shrinks lists of edits, and a numbered generator
of random ones makes the same input for the same number on every machine.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

#: No mutated input is longer, in bytes: what is long on purpose is in ``BOMBS``.
LONGEST = 1 << 16

#: What stands where nobody expects it: in JSON, in YAML, in base64, in a line.
PIECES = (
    *(b"null", b"true", b"[]", b"{}", b'""', b"0", b"-1", b"1.5", b"NaN", b"-Infinity", b"[{}]"),
    *(b"1e999", b"-1e999999", b"1e308", b"9" * 25, b"9" * 5_000, b"0x10", b"1_000", b"1:30"),
    *(b'"\\ud800"', b'"\\u0000"', b'"\\UFFFFFFFF"', b'"\\U00110000"', b'"\\q"', b"\\", b'"', b"'"),
    *(b"\x00", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xef\xbb\xbf"),
    *("\u2028".encode(), "\u0663".encode(), "\u0130".encode(), "\U0001f600".encode()),
    *(b"\x1b", b"\n", b"\r\n", b"\r", b"\t", b" ", b",", b":", b"#", b"=", b"&a ", b"*a"),
    *(b"---\n", b"...\n", b"%YAML 9.9\n", b"!!binary ", b"!!python/name:os.sep ", b"| ", b"? "),
    *(b"- ", b"*", b"<<: *a", b"- " * 40, b"*a" * 20, b"'" * 30),
    *(b"</Code>", b"<Code>", b"#ValidationException:", b"2026-02-30", b"20270630", b"9999-12-31"),
)  # fmt: skip

#: Pieces that take readers long, put in now and then.
DEEP = (b"[" * 700 + b"]" * 700, b'{"a":' * 700 + b"1" + b"}" * 700, b"[" * 1_500, b"- " * 400)

KINDS = ("flip", "set", "insert", "delete", "repeat", "splice", "cut", "value")

#: Where a value ends, in the formats that are read here.
_ENDS = b",}]\n"


@dataclass(frozen=True)
class Edit:
    """One change. ``at`` is a place from 0 to 1 of the input, ``size`` a number of bytes or bits.

    ``value`` puts the piece in the place of what follows the next colon.
    """

    kind: str
    at: float
    size: int
    piece: bytes

    def applied(self, data: bytes, other: bytes) -> bytes:
        """Return the changed input; ``other`` is the valid one that a splice takes its end from."""
        at = min(int(self.at * len(data)), max(0, len(data) - 1))
        after = at + self.size
        match self.kind:
            case "flip" if data:
                flipped = bytes([data[at] ^ (1 << self.size % 8)])
                return data[:at] + flipped + data[at + 1 :]
            case "set":
                return data[:at] + self.piece + data[at + len(self.piece) :]
            case "insert":
                return data[:at] + self.piece + data[at:]
            case "delete":
                return data[:at] + data[after:]
            case "repeat":
                return data[:at] + data[at:after] * 3 + data[after:]
            case "splice":
                return data[:at] + other[int(self.at * len(other)) :]
            case "cut":
                return data[:at]
            case "value":
                colon = data.find(b":", at)
                if colon < 0:
                    return data
                ends = [end for end in (data.find(bytes([e]), colon) for e in _ENDS) if end > 0]
                return data[: colon + 1] + b" " + self.piece + data[min(ends, default=len(data)) :]
        return data


def mutated(inputs: Sequence[bytes], number: int, edits: Sequence[Edit]) -> bytes:
    """Return one of the valid inputs, by number, after edits."""
    data, other = inputs[number % len(inputs)], inputs[(number + 1) % len(inputs)]
    for edit in edits:
        data = edit.applied(data, other)[:LONGEST]
    return data


def random_input(inputs: Sequence[bytes], number: int) -> bytes:
    """Return the input of this number: a mutated valid one, and now and then bytes of any sort."""
    draw = random.Random(number)
    if number % 50 == 0:
        return draw.randbytes(draw.randrange(200))
    edits = [
        Edit(draw.choice(KINDS), draw.random(), _size(draw), _piece(draw))
        for _ in range(draw.choice((1, 1, 2, 3, 6)))
    ]
    return mutated(inputs, draw.randrange(len(inputs)), edits)


def _size(draw: random.Random) -> int:
    return draw.randrange(1, draw.choice((2, 9, 80)))


def _piece(draw: random.Random) -> bytes:
    kind = draw.random()
    if kind < 0.2:
        return draw.randbytes(draw.randrange(1, 5))
    return draw.choice(DEEP if kind > 0.99 else PIECES)


def mutations(inputs: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Valid inputs after a few edits; a failing one shrinks to the fewest edits."""
    edits = st.builds(
        Edit,
        st.sampled_from(KINDS),
        st.floats(0, 1),
        st.integers(1, 80),
        st.sampled_from((*PIECES, *DEEP)) | st.binary(min_size=1, max_size=4),
    )
    return st.builds(
        mutated,
        st.just(inputs),
        st.integers(0, len(inputs) - 1),
        st.lists(edits, min_size=1, max_size=6),
    )


#: What is small as a file and large, deep or slow to whoever reads it naively.
BOMBS = {
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "lists as deep as is read": b"[" * 900 + b"]" * 900,
    "a number of a million digits": b"1" * 1_000_000,
    "a float of a million digits": b"1." + b"1" * 1_000_000 + b"e999999999",
    "a long text": b'"' + b"\\u0001" * 300_000 + b'"',
    "many empty lists": b"[" + b"[]," * 300_000 + b"[]]",
    "many members": b"{" + b",".join(b'"%d":0' % n for n in range(100_000)) + b"}",
    "billion laughs": b"a0: &a0 [x]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a%d," % (n - 1) * 9) for n in range(1, 40)),
    "an alias to itself": b"known: &a [*a]\n",
    "deep flow lists": b"known: " + b"[" * 50_000,
    "deep indents": b"".join(b" " * n + b"-\n" for n in range(1_500)),
    "a code point that is none": b'known: [{rule: "\\UFFFFFFFF"}]',
    "stars": b'known: [{rule: "' + b"*a" * 40 + b'*!", reason: x}]',
    "many question marks": b'known: [{rule: "' + b"*?" * 40 + b'!", reason: x}]',
    "gzip bomb": gzip.compress(b"\x00" * 100_000_000, 1),
    "nothing": b"",
    "NUL": b"\x00" * 1_000,
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "no UTF-8": b"\xed\xa0\x80\xff\xfe",
}

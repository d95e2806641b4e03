"""What creates make: of which kind, under which names, and what an answer to them says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from conformance.engine.exchanges import Exchange
from conformance.wire import Reading
from conformance.wire.reading import ODD, parse_json


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a create makes: what deletes and describes it, which members name it."""

    delete: str
    describe: str
    name: str
    arn: str


#: By the operation that makes it. Transform jobs are not here: no operation deletes them.
KINDS: Mapping[str, Kind] = {
    "CreateModel": Kind("DeleteModel", "DescribeModel", "ModelName", "ModelArn"),
    "CreateEndpointConfig": Kind(
        "DeleteEndpointConfig",
        "DescribeEndpointConfig",
        "EndpointConfigName",
        "EndpointConfigArn",
    ),
}
CREATE_OF = {kind.delete: create for create, kind in KINDS.items()}

#: Faults that come before anything was sent.
_NOT_SENT = frozenset({"connect", "unsendable", "spent"})

#: The status of a server that has waited too long; it may have done the work.
_TIMED_OUT = 408

#: Statuses of who waited in vain for others that may be at work still: of a gateway, mostly.
_AT_WORK = frozenset({_TIMED_OUT, 502, 504})

#: What names and words that look like them consist of.
_IN_WORDS = re.compile(r"[\w-]")


@dataclass(frozen=True)
class Unanswered:
    """A create without a definite answer: its name, when it was last sent, and the role it named.

    ``at`` is in epoch seconds, and ``until``, when what it made was deleted; ``is_over`` where an
    answer came, so that nothing more will be made.
    """

    name: Any
    at: float
    role: str | None
    is_over: bool = False
    until: float = inf


@dataclass(frozen=True)
class Made:
    """Something that our create was answered 2xx for: its name as sent, and its ARN if told.

    ``sent`` is what is known of that create.
    """

    operation: str
    name: Any
    arn: Any
    sent: Unanswered | None = field(default=None, compare=False)

    @property
    def stored(self) -> str:
        """The name at the end of the ARN, else nothing."""
        return self.arn.rpartition("/")[2] if isinstance(self.arn, str) else ""


def names_of(value: Any) -> tuple[str, ...]:
    """Return the names under which a target may store what is named by a JSON value."""
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ("None", "null", "undefined", "")
    if isinstance(value, bool):
        return (str(value), str(value).lower(), "1" if value else "0")
    return tuple(dict.fromkeys((json.dumps(value), str(value))))


def _words_with(part: str, text: str) -> Iterator[str]:
    """Yield the words of a text, hyphens included, that hold something; in linear time."""
    end = 0
    while (found := text.find(part, end)) >= 0:
        start = found
        while start > end and _IN_WORDS.match(text[start - 1]):
            start -= 1
        end = found + len(part)
        while end < len(text) and _IN_WORDS.match(text[end]):
            end += 1
        yield text[start:end]


def named_in(request: Any, operation: str, prefix: str) -> list[Any]:
    """Return the JSON values that may name what a request makes.

    Bytes that are no plain JSON may be read in more ways than one: each word in them that
    holds the prefix may be the name.
    """
    member = KINDS[operation].name
    if isinstance(request, dict):
        return [request.get(member)]
    is_text = isinstance(request, str)
    text = request if is_text else json.dumps(request)
    names: list[Any] = list(_words_with(prefix, text))
    names += [] if is_text else [None]
    body = parse_json(text.encode("utf-8", "replace"))
    if isinstance(body, dict) and body.get(member) not in names:
        names.append(body.get(member))
    return list(dict.fromkeys(names)) if all(isinstance(n, str) for n in names) else names


def made_nothing(exchange: Exchange) -> bool:
    """Tell whether a create that was not accepted has made nothing, by what came of it."""
    if exchange.fault is not None:
        return exchange.fault.kind in _NOT_SENT
    return exchange.reading is not None and _is_definite(exchange.reading)


def _is_definite(reading: Reading) -> bool:
    return reading.kind != ODD and reading.status < 500 and reading.status != _TIMED_OUT


def may_be_at_work(reading: Reading) -> bool:
    """Tell whether an answer is that of somebody who waited in vain for who does the work."""
    return reading.status in _AT_WORK


def is_over(exchange: Exchange) -> bool:
    """Tell whether nothing more will come of a create: it was answered, or was not taken."""
    if exchange.fault is not None:
        return exchange.fault.kind in ("too-long", "stale")
    return exchange.reading is not None and not may_be_at_work(exchange.reading)


def is_deleted(delete: Exchange) -> bool:
    """Tell whether a target says that it deleted something; a web page is no such word."""
    if not delete.accepted or delete.reading is None or delete.reply is None:
        return False
    return delete.reading.payload is not None or not delete.reply.body.strip()

"""The frozen corpus of a requirement set: requests that were drawn once and are sent for ever.

Random draws differ between versions of Hypothesis, and boundary cases may grow with this suite;
what a certificate rests on does neither. A corpus is ``data/corpus-NAME.ndjson.gz``: a line a
case, with the rule and side that it is for. Its names, its account and its resources are those of
``TEMPLATE`` and ``TemplateNames``; they are replaced by the run's when a case is read.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from conformance.spec.requirements import requirements
from conformance.spec.rules import Rule
from strategies.bases import Body
from strategies.cases import Case, Names
from strategies.resources import Resources

TEMPLATE = Resources()

#: In place of the prefix of a run's names; the same length, and no edit of a name touches it.
PREFIX = "cmcqqqqqqqqqqq"

#: Numbers that stand for ``Names.number()`` have this bit set, and no others in a corpus do.
_NUMBERS = 52

#: Where the numbers in a corpus's names begin: the run counts its own from 1.
_FIRST = 500_000


class TemplateNames:
    """Names for the requests of a corpus that is being made."""

    def __init__(self) -> None:
        self._count = _FIRST

    def fresh(self) -> str:
        """Return the next name."""
        self._count += 1
        return f"{PREFIX}-{self._count:06}-conformance"

    def short(self) -> str | None:
        """Return the name of one character, which a run replaces by one that is free."""
        return "m"

    def number(self) -> int:
        """Return the next number."""
        self._count += 1
        return (1 << _NUMBERS) + self._count


def corpus_bytes(name: str) -> bytes:
    """Return the lines of a corpus; their SHA-256 is the digest that its set names.

    Raises ``ChangedCorpus`` for a file that is missing or no whole gzip file.
    """
    try:
        packed = (files("strategies") / "data" / f"corpus-{name}.ndjson.gz").read_bytes()
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as problem:
        raise ChangedCorpus(_CHANGED.format(name=name)) from problem


def corpus_digest(lines: bytes) -> str:
    """Return ``sha256:<hex>`` over the lines of a corpus."""
    return f"sha256:{hashlib.sha256(lines).hexdigest()}"


_CHANGED = "the frozen requests of {name} were changed: install the suite anew"


class ChangedCorpus(Exception):
    """The corpus that is installed is not the one that its requirement set names."""


def check_corpus(name: str) -> None:
    """Raise ``ChangedCorpus`` unless the corpus is the published one."""
    _lines(name)


@cache
def _lines(name: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the lines of a corpus by rule and side; raises ``ChangedCorpus``."""
    lines = corpus_bytes(name)
    if corpus_digest(lines) != requirements(name).corpus:
        raise ChangedCorpus(_CHANGED.format(name=name))
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines.decode().splitlines():
        case = json.loads(line)
        found[case["rule"], case["side"]].append(line)
    return {side: tuple(lines) for side, lines in found.items()}


def as_line(rule: str, side: str, case: Case, alternatives: list[Body]) -> str:
    """Return the line of a case in a corpus."""
    return json.dumps(
        {
            "rule": rule,
            "side": side,
            "reason": case.reason,
            "label": case.label,
            "request": case.request,
            "controls": list(case.controls),
            "alternatives": alternatives,
        },
        separators=(",", ":"),
    )


def frozen_cases(
    name: str, rule: Rule, side: str, *, prefix: str, names: Names, resources: Resources
) -> Iterator[Case]:
    """Yield the cases of a corpus for a rule's side, in their order.

    ``prefix`` is that of the run's names, ``names`` gives what must be new and cannot bear it;
    ``resources`` replace the template's. The oracle reads every request anew before it is sent.
    """
    exchanged = dict(_exchanged(resources))
    for line in _lines(name)[rule.id, side]:
        text = line.replace(PREFIX, prefix).replace(TEMPLATE.account, resources.account)
        case = json.loads(text, object_hook=lambda held: _replaced(held, exchanged))
        request = case["request"]
        if rule.member == "ModelName" and isinstance(request, dict):
            request["ModelName"] = _new_name(request.get("ModelName"), names)
        alternatives: list[Body] = case["alternatives"]
        yield Case(
            case["reason"],
            case["label"],
            request,
            tuple(case["controls"]),
            partial(iter, alternatives) if alternatives else None,
        )


def _exchanged(resources: Resources) -> Iterator[tuple[str, str]]:
    """Yield what stands for a resource in a corpus, and the run's own resource."""
    own = Resources(account=resources.account)
    yield own.role, resources.role
    yield own.container_image, resources.container_image
    yield own.private_image, resources.private_image
    yield own.model_data, resources.model_data
    yield own.model_prefix, resources.model_prefix
    given = len(resources.subnets), len(resources.security_groups)
    yield from zip(own.subnet_ids(given[0]), resources.subnets, strict=True)
    yield from zip(own.security_group_ids(given[1]), resources.security_groups, strict=True)


def _replaced(held: dict[str, Any], exchanged: Mapping[str, str]) -> dict[str, Any]:
    """Return an object with its texts, and those in its lists, exchanged where they are known."""
    return {
        key: [_exchange(each, exchanged) for each in value]
        if isinstance(value, list)
        else _exchange(value, exchanged)
        for key, value in held.items()
    }


def _exchange(value: Any, exchanged: Mapping[str, str]) -> Any:
    return exchanged.get(value, value) if isinstance(value, str) else value


def _new_name(name: Any, names: Names) -> Any:
    """Return a name that is new on the target where the corpus's cannot bear the run's prefix."""
    if isinstance(name, int) and name >> _NUMBERS == 1:
        return names.number()
    if isinstance(name, str) and name.isascii() and name.isdigit() and int(name) >> _NUMBERS == 1:
        return str(names.number())
    if name == TemplateNames().short():
        return names.short() or name
    return name

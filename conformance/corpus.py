"""Labelled requests for people who test in other languages: rule, side, and what should happen.

Requests about constraints are the frozen ones of a requirement set; the oracle labels each anew.
Malformed requests are what plays of the ``wire/`` family send, taken from a run against the
built-in reference service, whose answer is the label wherever a ``must`` rule stands behind it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import string
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.engine.judge import Bench, judge_side
from conformance.engine.names import PREFIX
from conformance.oracle.catalogue import scenarios
from conformance.oracle.violations import ACCEPT, REJECT, UNKNOWN, expectation
from conformance.spec.requirements import CORE, LATEST, requirements
from conformance.spec.rules import MUST, Rule
from conformance.targets.reference import reference
from conformance.wire import encode
from strategies.cases import CountedNames
from strategies.frozen import frozen_cases
from strategies.resources import Resources

Line = dict[str, Any]

#: What ``--side`` asks for, and the labels that it stands for.
SIDES = {"valid": (ACCEPT,), "violating": (REJECT,)}


def prefix_of(seed: int) -> str:
    """Return how names begin for a seed: like those of a run, and the same every time."""
    digest = hashlib.sha256(str(seed).encode()).digest()
    return PREFIX + "".join(string.ascii_lowercase[byte % 26] for byte in digest[:11])


def lines(
    rules: Mapping[str, Rule], seed: int = 0, resources: Resources | None = None
) -> Iterator[Line]:
    """Yield labelled requests for these rules, in the catalogue's order; see ``cases.schema.json``.

    The same seed gives the same lines: it decides the names, so that two uses do not collide.
    """
    given = resources or Resources()
    prefix, names = prefix_of(seed), CountedNames()
    frozen = set(requirements(LATEST).rules(CORE))
    for rule in rules.values():
        if rule.id in frozen and rule.family in ("CreateModel", "request"):
            yield from _constraint(rule, prefix, names, given)
    for scenario in scenarios():
        if scenario.rule.id in rules and scenario.rule.family == "wire":
            yield from _malformed(scenario.rule, seed)


def _constraint(
    rule: Rule, prefix: str, names: CountedNames, resources: Resources
) -> Iterator[Line]:
    for side in rule.sides:
        for case in frozen_cases(
            LATEST, rule, side, prefix=prefix, names=names, resources=resources
        ):
            call = encode("CreateModel", case.request)
            yield {
                "rule": rule.id,
                "side": side,
                "label": case.label,
                "expectation": expectation(case.request).outcome,
                "operation": "CreateModel",
                "request": case.request,
                "control": case.controls[0] if case.controls else None,
                "http": _http(call.method, call.headers, call.body),
            }


def _malformed(rule: Rule, seed: int) -> Iterator[Line]:
    """Yield what the play of a rule sends that is no plain call, labelled by the reference."""
    target = reference("reference")
    bench = Bench.at(target, account=target.account, prefix=prefix_of(seed)[:-1])
    seen: set[str] = set()
    for exchange in judge_side(rule, "holds", bench).exchanges:
        body = _bytes(exchange)
        if exchange["purpose"] != "case" or not ("http" in exchange or _is_odd(body)):
            continue
        usual = encode(exchange["operation"], None)
        http = exchange.get("http", {"method": usual.method, "headers": usual.headers})
        line = _http(http["method"], http["headers"], body)
        if (key := json.dumps(line)) in seen:
            continue
        seen.add(key)
        known = rule.level == MUST and "status" in exchange
        accepted = known and exchange["status"] < 300
        yield {
            "rule": rule.id,
            "side": "holds",
            "label": rule.statement,
            "expectation": (ACCEPT if accepted else REJECT) if known else UNKNOWN,
            "operation": exchange["operation"],
            "request": None,
            "control": None,
            "http": line,
        }


def _http(method: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    plain = {name: value for name, value in headers.items() if name != "User-Agent"}
    return {
        "method": method,
        "headers": plain,
        "body_base64": base64.b64encode(body).decode(),
    }


def _bytes(exchange: Mapping[str, Any]) -> bytes:
    text: str = exchange["request"]
    return base64.b64decode(text) if exchange.get("request_base64") else text.encode()


def _is_odd(body: bytes) -> bool:
    """Tell whether bytes are not what JSON of the same value is usually written as."""
    try:
        value = json.loads(body)
        return encode("", value).body != body or not isinstance(value, dict)
    except (ValueError, RecursionError):
        return True

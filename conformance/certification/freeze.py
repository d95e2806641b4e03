"""Makes a new requirement set with its corpus, once: published sets are never made again.

Run as ``python -m conformance.certification.freeze NAME`` in a source tree.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from pathlib import Path

from conformance.engine.exploration import explore
from conformance.engine.intent import is_intended
from conformance.engine.sides import ALTERNATIVES, seed_of
from conformance.oracle.catalogue import all_rules
from conformance.oracle.verdicts import PASS, Opinion
from conformance.oracle.violations import expectation
from conformance.spec import documents
from conformance.spec.requirements import FAMILIES, names
from conformance.spec.rules import MUST, Rule
from strategies.bases import Body
from strategies.cases import BEYOND, Case, boundary_cases
from strategies.exploration import random_cases
from strategies.frozen import PREFIX, TEMPLATE, TemplateNames, as_line, corpus_digest

#: How many random requests a side has beside its boundary cases.
_DRAWS = 5


def lines(name: str) -> Iterator[str]:
    """Yield the lines of a new corpus: every boundary case, and some that were drawn."""
    given = TemplateNames()
    for rule in all_rules():
        if rule.level == MUST and rule.family in ("CreateModel", "request"):
            for side in rule.sides:
                for case in boundary_cases(
                    rule, side, names=given, resources=TEMPLATE, thorough=True
                ):
                    offered = islice(case.alternatives(), ALTERNATIVES) if case.alternatives else ()
                    legal = [each for each in offered if not expectation(each).violations]
                    yield as_line(rule.id, side, case, legal)
                for body in _drawn(rule, side, given, name):
                    yield as_line(rule.id, side, Case(BEYOND, "drawn at random", body), [])


def _drawn(rule: Rule, side: str, given: TemplateNames, name: str) -> Iterator[Body]:
    strategy = random_cases(rule, side, stem=given.fresh(), resources=TEMPLATE)
    if strategy is None:
        return
    bodies: list[Body] = []

    def kept(body: Body) -> Opinion | None:
        if not is_intended(rule, side, expectation(body)) or PREFIX not in json.dumps(body):
            return None
        bodies.append(body)
        return Opinion(PASS)

    seed = seed_of(int.from_bytes(name.encode(), "big"), rule, side)
    explore(strategy, kept, seed=seed, examples=_DRAWS)
    for body in bodies:
        yield body if rule.member == "ModelName" else {**body, "ModelName": given.fresh()}


def main() -> None:
    """Write a requirement set and its corpus into the source tree."""
    (name,) = sys.argv[1:]
    if name in names():
        raise SystemExit(f"{name} was made already, and does not change")
    corpus = "".join(f"{line}\n" for line in lines(name)).encode()
    packed = Path(str(files("strategies"))) / "data" / f"corpus-{name}.ndjson.gz"
    packed.parent.mkdir(exist_ok=True)
    packed.write_bytes(gzip.compress(corpus, 9, mtime=0))
    data = {
        "name": name,
        "specification": documents.digest(),
        "corpus": corpus_digest(corpus),
        "classes": {
            each: [r.id for r in all_rules() if r.level == MUST and r.family in families]
            for each, families in FAMILIES.items()
        },
    }
    place = Path(str(files("conformance.spec"))) / "data" / f"requirements-{name}.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""What Schemathesis makes of the document: the same each time, and nothing changes around it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import hypothesis.core
import pytest
from fakes.processes import environment
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture import engine

from conformance.exports.generated_bodies import CannotGenerate, Generator, as_found
from conformance.oracle.generated import agreed
from strategies.resources import Resources


def _coverage(number: int, *, legal: int = 40, illegal: int = 60) -> list[Any]:
    with as_found():
        return list(Generator(Resources(), number).coverage(legal=legal, illegal=illegal))


def test_a_seed_gives_the_same_bodies_again() -> None:
    """Also the second time in one process; another seed asks about other members first."""
    assert _coverage(1) == _coverage(1)
    assert _coverage(1) != _coverage(2)


def test_the_budget_is_kept_for_each_label() -> None:
    """No more bodies than were asked for, of either sort."""
    assert len(_coverage(0, legal=7, illegal=0)) == 7
    assert len(_coverage(0, legal=0, illegal=9)) == 9


def test_hypothesis_is_left_as_it_was_found() -> None:
    """Schemathesis changes its printer and how much a draw may take, for all who use it."""
    before = (hypothesis.core.RepresentationPrinter, engine.BUFFER_SIZE)
    _coverage(0, legal=1, illegal=1)
    assert (hypothesis.core.RepresentationPrinter, engine.BUFFER_SIZE) == before


def test_a_version_that_lacks_what_is_used_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that names Schemathesis, not a traceback of its own."""
    import schemathesis

    monkeypatch.delattr(schemathesis.openapi, "from_dict")
    with pytest.raises(CannotGenerate, match="the installed Schemathesis cannot be used"):
        _coverage(0)


def test_schemathesis_is_imported_only_when_something_is_asked_of_it() -> None:
    """The catalogue of rules costs nobody the second that the import takes."""
    code = (
        "import sys; from conformance.oracle.catalogue import all_rules; all_rules(); "
        "print('schemathesis' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("requests", "number"),
    [
        (20, 0),
        # 20,000 in all; in one piece Hypothesis remembers each and takes gigabytes.
        *(pytest.param(1_000, number, marks=pytest.mark.proof) for number in range(1, 21)),
    ],
)
def test_oracle_and_schema_never_differ(requests: int, number: int) -> None:
    """Whatever is drawn: what the oracle accepts keeps to the schema, what it rejects does not."""
    outcomes: Counter[str] = Counter()
    with as_found():
        generator = Generator(Resources(), number)

        @seed(number)
        @settings(
            max_examples=requests,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(generator.fuzzing())
        def differ(body: Any) -> None:
            if body is not None:
                outcomes[agreed(body, generator)] += 1

        differ()
        for body in generator.coverage(legal=1_000, illegal=min(requests, 1_000)):
            outcomes[agreed(body, generator)] += 1
    assert outcomes["accept"] > 10
    assert outcomes["reject"] > 10

"""Patterns in ECMA's dialect mean what AWS's Java patterns mean."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from fakes.ecma import matches as ecma_matches

from conformance.spec import documents
from conformance.spec.ecma import CannotTranslate, ecma
from conformance.spec.patterns import matches
from conformance.spec.shapes import by_path
from strategies.edits import EDITS
from strategies.examples import legal_values
from strategies.resources import Resources

PATTERNS = sorted(
    {
        facts["pattern"]
        for each in (documents.model(), documents.siblings())
        for facts in each["shapes"].values()
        if "pattern" in facts
    }
)

#: Characters of long standing: what the two engines call a letter does not hang on their age.
ALPHABET = (
    "aZ09-_./:=+@ \t\n\x0b\f\r\x00\x1f!#\\\"'*$%&(),;<>?[]^`{|}~\x7f\x85\xa0"
    "é\u017f\u212aя名\u0663\u0e01\u2028\u2029\u3000\U0001f600"
)
PIECES = (
    "arn:aws:iam::123456789012:role/",
    "arn:aws:sagemaker:us-east-1:123456789012:model/",
    "s3://bucket/key",
    "https://host/path",
    "mig-1g.5gb",
    "..",
    "--",
)


def strings(count: int, seed: int) -> Iterator[str]:
    """Legal values and edits of them, pieces of ARNs and URLs, and random characters."""
    rng = random.Random(seed)
    shapes = [shape for shape in by_path().values() if shape.kind == "string"]
    legal = [value for shape in shapes for value in legal_values(shape, Resources())]
    for _ in range(count):
        how = rng.randrange(4)
        if how == 0:
            yield rng.choice(EDITS)[1](rng.choice(legal))
        elif how == 1:
            yield rng.choice(PIECES) + "".join(rng.choices(ALPHABET, k=rng.randrange(6)))
        else:
            yield "".join(rng.choices(ALPHABET[:12] if how == 2 else ALPHABET, k=rng.randrange(9)))


def disagreements(count: int, seed: int) -> list[tuple[str, str]]:
    """Strings on which a pattern and its translation differ."""
    return [
        (pattern, value)
        for value in strings(count, seed)
        for pattern in PATTERNS
        if matches(pattern, value) != ecma_matches(ecma(pattern), value)
    ]


def test_every_pattern_can_be_translated_and_means_the_same() -> None:
    """On 4,000 strings no pattern of the specification differs from its translation."""
    assert disagreements(4_000, seed=1) == []


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_translations_mean_the_same_on_many_strings(seed: int) -> None:
    """On ten times 10,000 strings."""
    assert disagreements(10_000, seed) == []


@pytest.mark.parametrize(
    ("pattern", "translated"),
    [
        (r"\d{2}", "^(?:[0-9]{2})$"),
        (r"^a$", "^(?:a)$"),
        (r"a\-b", "^(?:a-b)$"),
        (r"[\S]+", r"^(?:[^ \t\n\x0B\f\r]+)$"),
        (r"[\S\s]*", r"^[\s\S]*$"),
        (r"x.", r"^(?:x[^\n\r\u0085\u2028\u2029])$"),
        (r"[\p{L}\s]", r"^(?:[\p{L} \t\n\x0B\f\r])$"),
    ],
)
def test_what_differs_between_the_dialects_is_spelled_out(pattern: str, translated: str) -> None:
    """Classes of characters, the dot, anchors; a hyphen outside brackets needs no escape."""
    assert ecma(pattern) == translated


@pytest.mark.parametrize("pattern", [r"\h", r"[a&&b]", r"[[a]]", r"[\Sa]", r"\Qx\E", r"\bx"])
def test_what_has_no_exact_counterpart_is_refused(pattern: str) -> None:
    """Better no document than one that says something else."""
    with pytest.raises(CannotTranslate):
        ecma(pattern)

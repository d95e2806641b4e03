"""Packed exchanges: the same records in a fraction of the memory."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from fakes.conformant import Conformant
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.judge import Bench
from conformance.engine.packing import Packed
from conformance.engine.shards import judge_seeds
from conformance.oracle.catalogue import rule_by_id

TEXTS = st.text(st.characters(codec=None)) | st.sampled_from(["\ud800", "\x85\u2028\n"])
RECORDS = st.lists(
    st.dictionaries(
        TEXTS, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
    ),
    max_size=5,
)


@given(st.lists(RECORDS, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_what_is_packed_is_what_it_was(parts: list[Any], packed: list[bool]) -> None:
    """In its order, whatever texts are in it, and whether its parts were packed before or not."""
    expected = [record for part in parts for record in part]
    given_ = [Packed.of(part) if is_ else part for part, is_ in zip(parts, packed, strict=False)]
    whole = Packed.joined(given_)
    for found in (whole, pickle.loads(pickle.dumps(whole)), Packed.of(whole), Packed.of(expected)):
        assert (found, len(found)) == (expected, len(expected))
        assert found[:2] == expected[:2]
        assert [found[n] for n in range(len(found))] == expected
        assert [found[n - len(found)] for n in range(len(found))] == expected
    with pytest.raises(IndexError):
        whole[len(expected)]
    with pytest.raises(IndexError):
        whole[-len(expected) - 1]


def test_more_than_a_chunk_of_records_is_one_sequence() -> None:
    """Where one chunk ends nothing is lost."""
    records = [{"n": n} for n in range(1000)]
    assert [*Packed.of(records)] == records


def test_a_campaign_keeps_its_exchanges_in_a_fraction_of_their_size() -> None:
    """Found: each side of a campaign, and each unfinished one, stood in memory as dictionaries."""
    rule = rule_by_id("CreateModel/ModelName:max-length")
    found = judge_seeds(rule, "accepts", Bench.at(Conformant()), range(4))
    as_they_are = pickle.dumps(tuple(found.exchanges))
    assert len(found.exchanges) > 40
    assert len(pickle.dumps(found.exchanges)) * 4 < len(as_they_are)

"""What of a record is kept: wherever it was cut, whole judged sides and nothing else."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.judge import Bench, judge
from conformance.engine.judgement import Judgement
from conformance.engine.locks import InUse
from conformance.engine.record import EVENTS, EXCHANGES, Recorder, header
from conformance.engine.resumption import kept
from conformance.oracle.catalogue import rule_by_id
from conformance.targets.reference import reference
from reports.record import RunRecord, exchanges

RULES = tuple(
    rule_by_id(each)
    for each in ("CreateModel/ModelName:max-length", "errors/code", "lifecycle/duplicate-code")
)
HEAD = header(
    {"name": "reference", "endpoint": "x", "account": None, "fingerprint": {"kind": "reference"}},
    {"region": "us-east-1"},
    RULES,
)


@pytest.fixture(scope="module")
def judgements() -> list[Judgement]:
    """The judgements of a short run."""
    bench = Bench.at(reference("reference"))
    return [judgement for rule in RULES for judgement in judge(rule, bench)]


def recorded(folder: Path, judgements: list[Judgement], *, complete: bool | None = None) -> None:
    """A record of a run that judged this much, with a footer or without."""
    recorder = Recorder(folder, HEAD)
    recorder.exchanges("", "introduction", [{"n": 0, "purpose": "introduction"}])
    for judgement in judgements:
        recorder.judged(judgement)
    if complete is None:
        recorder.abandon()
    else:
        recorder.exchanges("", "clean-up", [{"n": 0, "purpose": "list"}])
        recorder.close(complete=complete, reason="interrupted", leftovers=0)


@settings(max_examples=80, deadline=None)
@given(events=st.floats(0.02, 1), others=st.floats(0, 1), footer=st.booleans())
def test_a_record_that_is_cut_anywhere_is_gone_on_with_as_if_it_had_not_been(
    events: float,
    others: float,
    footer: bool,
    judgements: list[Judgement],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """No side twice, none lost, and each has the exchanges that its line speaks of."""
    folder = tmp_path_factory.mktemp("cut")
    recorded(folder, judgements, complete=False if footer else None)
    first = (folder / EVENTS).read_bytes().index(b"\n") + 1
    for name, share, least in ((EVENTS, events, first), (EXCHANGES, others, 0)):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: max(least, int(len(data) * share))])
    found = kept(folder)
    recorder = Recorder(folder, HEAD, found)
    for judgement in judgements:
        if (judgement.rule.id, judgement.side) not in found.judged:
            recorder.judged(judgement)
    recorder.close(complete=True, reason="", leftovers=0)
    record = RunRecord.load(folder)
    assert record.complete
    assert record.resumed == 1
    expected = [judgement.as_event() for judgement in judgements]
    assert [dict(event) for event in record.judged] == json.loads(json.dumps(expected))
    said = [each for each in exchanges(folder, whole=True) if each["rule"]]
    assert len(said) == sum(len(judgement.exchanges) for judgement in judgements)
    assert record.footer is not None
    assert record.footer["requests"] == len(list(exchanges(folder)))


def test_sides_whose_exchanges_are_missing_are_judged_anew(
    judgements: list[Judgement], tmp_path: Path
) -> None:
    """A pass that nobody can check is no pass: the line alone does not count."""
    recorded(tmp_path, judgements)
    (tmp_path / EXCHANGES).unlink()
    assert kept(tmp_path).judged == frozenset()


@pytest.mark.parametrize(("verdict", "count"), [("inconclusive", 2), ("pass", 99)])
def test_what_stayed_open_without_an_answer_is_judged_anew(
    verdict: str, count: int, judgements: list[Judgement], tmp_path: Path
) -> None:
    """A target that went away left sides open: they and what follows are not kept; found."""
    third = judgements[2]
    lost = {"n": 7, "purpose": "case", "fault": {"kind": "connect", "detail": "refused"}}
    said = (*third.exchanges, lost)
    changed = [replace(third, verdict=verdict, exchanges=said)]
    recorded(tmp_path, [*judgements[:2], *changed, *judgements[3:]])
    assert len(kept(tmp_path).judged) == min(count, len(judgements))


def test_sides_whose_exchanges_are_others_are_judged_anew(
    judgements: list[Judgement], tmp_path: Path
) -> None:
    """What was changed between two runs is not taken over."""
    recorded(tmp_path, judgements)
    text = gzip.decompress((tmp_path / EXCHANGES).read_bytes()).replace(
        b'"status": 200', b'"status": 201'
    )
    (tmp_path / EXCHANGES).write_bytes(gzip.compress(text))
    assert kept(tmp_path).judged == frozenset()


def test_a_whole_side_is_kept_as_soon_as_its_line_is_written(
    judgements: list[Judgement], tmp_path: Path
) -> None:
    """What is written is with the system at once: a kill after it takes nothing away."""
    recorder = Recorder(tmp_path, HEAD)
    for count, judgement in enumerate(judgements, 1):
        recorder.judged(judgement)
        assert len(kept(tmp_path).judged) == count
    recorder.abandon()


def test_one_run_alone_writes_a_record(tmp_path: Path) -> None:
    """A second is kept out while the first goes on, and has changed nothing."""
    first = Recorder(tmp_path, HEAD)
    before = (tmp_path / EVENTS).read_bytes()
    with pytest.raises(InUse):
        Recorder(tmp_path, HEAD)
    assert (tmp_path / EVENTS).read_bytes() == before
    first.abandon()
    Recorder(tmp_path, HEAD).abandon()

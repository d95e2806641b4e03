"""Reading the record of a run back, whole or cut off or not a record at all."""

from __future__ import annotations

import gzip
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fakes.records import (
    few,
    footer,
    header,
    json_values,
    judged,
    lines,
    row,
    run_of,
    runs,
    wire_texts,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import record
from reports.record import NotARecord, RunRecord, check_schema, exchanges
from reports.summary import report

RULE = "CreateModel/ModelName:max-length"

folder_is_only_scratch = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(runs())
def test_every_run_is_read_back_as_it_was_written(events: list[dict[str, Any]]) -> None:
    """Header, judged sides in their order, and footer come back unchanged."""
    run = RunRecord.from_lines(lines(events))
    has_footer = events[-1]["event"] == "end"
    assert run.header == events[0]
    assert list(run.judged) == [event for event in events if event["event"] == "judged"]
    assert run.footer == (events[-1] if has_footer else None)
    assert run.complete == (has_footer and events[-1]["complete"])


@settings(few, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs(), st.data())
def test_a_file_cut_anywhere_after_its_header_is_a_partial_run(
    tmp_path: Path, events: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever was written whole is there, and the run does not claim to be complete."""
    whole = "".join(line + "\n" for line in lines(events)).encode()
    start = len(lines(events)[0])
    cut = data.draw(st.integers(start, max(start, len(whole) - 2)), label="cut at byte")
    (tmp_path / "events.ndjson").write_bytes(whole[:cut])
    run = RunRecord.load(tmp_path)
    sides = [event for event in events if event["event"] == "judged"]
    assert list(run.judged) == sides[: len(run.judged)]
    assert len(run.judged) >= whole[:cut].count(b"\n") - 1
    assert run.footer is None
    assert not run.complete
    assert report(run)["complete"] is False
    assert report(run)["ended"] is None


@given(st.lists(wire_texts() | json_values().map(json.dumps), max_size=4))
def test_lines_that_are_no_record_are_refused_and_never_raise_anything_else(
    text: list[str],
) -> None:
    """Any text either is refused with a sentence or is a record; this text is none."""
    with pytest.raises(NotARecord):
        RunRecord.from_lines(text)


@given(st.binary(max_size=60))
@folder_is_only_scratch
def test_a_file_of_any_bytes_is_refused(tmp_path: Path, data: bytes) -> None:
    """Bytes that are no record are refused, also when they are no text."""
    (tmp_path / "any").write_bytes(data)
    with pytest.raises(NotARecord):
        RunRecord.load(tmp_path / "any")


@pytest.mark.parametrize("missing", sorted(header([row(RULE)])))
def test_a_header_without_one_of_its_members_is_refused(missing: str) -> None:
    """A foreign first line is refused in a sentence, not by a KeyError in some report."""
    head = {k: v for k, v in header([row(RULE)]).items() if k != missing}
    with pytest.raises(NotARecord):
        RunRecord.from_lines([json.dumps(head)])


@pytest.mark.parametrize("missing", ["rule", "side", "verdict", "cases", "note", "finding"])
def test_a_judged_side_without_one_of_its_members_is_refused(missing: str) -> None:
    """A line that says too little is refused, with the number of the line."""
    event = judged(RULE, "accepts", "pass")
    del event[missing]
    with pytest.raises(NotARecord, match="line 2"):
        RunRecord.from_lines(lines([header([row(RULE)]), event, footer()]))


@pytest.mark.parametrize("missing", ["complete", "ended", "requests", "leftovers"])
def test_a_footer_without_one_of_its_members_is_refused(missing: str) -> None:
    """A footer that says too little is refused, with the number of the line."""
    end = {k: v for k, v in footer().items() if k != missing}
    with pytest.raises(NotARecord, match="line 2"):
        RunRecord.from_lines(lines([header([row(RULE)]), end]))


def test_a_verdict_of_another_version_is_refused() -> None:
    """A word that is no verdict here is refused instead of breaking every report."""
    events = [header([row(RULE)]), judged(RULE, "accepts", "splendid")]
    with pytest.raises(NotARecord, match="line 2: not an event"):
        RunRecord.from_lines(lines(events))


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_a_deeply_nested_line_is_refused(depth: int) -> None:
    """A line that no parser takes is refused like any other foreign line."""
    with pytest.raises(NotARecord):
        RunRecord.from_lines(["[" * depth + "]" * depth, "{}"])


def test_another_format_is_refused_by_its_number() -> None:
    """The message names the format that was found and the one that can be read."""
    head = {**header([row(RULE)]), "format": 2}
    with pytest.raises(NotARecord, match="format 2; this version reads format 1"):
        RunRecord.from_lines([json.dumps(head)])


def test_a_broken_line_in_the_middle_is_not_taken_for_a_cut() -> None:
    """Only the last line may be broken; a broken one before it is named by its number."""
    events = run_of({RULE: "pass"})
    text = lines(events)
    text[1] = text[1][:20]
    with pytest.raises(NotARecord, match="line 2: not JSON"):
        RunRecord.from_lines(text)


def test_a_record_may_be_named_by_its_folder_or_its_file(tmp_path: Path) -> None:
    """The folder of a run and its events file are the same record."""
    (tmp_path / "events.ndjson").write_text("\n".join(lines(run_of({RULE: "pass"}))), "utf-8")
    assert RunRecord.load(tmp_path) == RunRecord.load(tmp_path / "events.ndjson")


def test_a_folder_without_a_record_is_refused_by_name(tmp_path: Path) -> None:
    """The message names the file that is not there."""
    with pytest.raises(NotARecord, match=r"events\.ndjson cannot be read: No such file"):
        RunRecord.load(tmp_path)


def test_exchanges_cut_at_any_byte_are_read_up_to_the_cut(tmp_path: Path) -> None:
    """A killed run leaves a stump of a gzip file; what was flushed whole can be read."""
    records = [{"n": number, "body": "x" * number} for number in range(40)]
    whole = gzip.compress(b"".join(json.dumps(each).encode() + b"\n" for each in records))
    counts = []
    for cut in range(len(whole) + 1):
        (tmp_path / "exchanges.ndjson.gz").write_bytes(whole[:cut])
        found = list(exchanges(tmp_path))
        assert found == records[: len(found)]
        counts.append(len(found))
    assert counts[-1] == 40
    assert counts == sorted(counts)


def test_damaged_exchanges_end_the_reading_without_an_exception(tmp_path: Path) -> None:
    """A flipped byte in the middle ends the stream; nothing is raised at the reader."""
    records = [{"n": number, "body": str(number**9)} for number in range(200)]
    whole = gzip.compress(b"".join(json.dumps(each).encode() + b"\n" for each in records))
    for place in range(0, len(whole), 7):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        (tmp_path / "exchanges.ndjson.gz").write_bytes(damaged)
        assert len(list(exchanges(tmp_path))) <= 200


def test_a_run_without_its_exchanges_has_none(tmp_path: Path) -> None:
    """The events can be read alone; the exchanges are then simply not there."""
    assert list(exchanges(tmp_path)) == []


@pytest.mark.parametrize("how", ["missing", "cut", "garbage", "no gzip", "too long"])
def test_where_every_exchange_must_be_there_damage_is_said(how: str, tmp_path: Path) -> None:
    """With ``whole`` a damaged file is no short one: the message names it and how far it goes."""
    good = b'{"n": 1}\n' * 50
    content = {
        "cut": gzip.compress(good)[:-12],
        "garbage": gzip.compress(good + b"garbage\n" + good),
        "no gzip": b"x",
        "too long": gzip.compress(b'"' + b"x" * (1 << 26) + b'"\n', 1),
    }
    if how in content:
        (tmp_path / "exchanges.ndjson.gz").write_bytes(content[how])
    with pytest.raises(NotARecord, match="not every exchange can be read"):
        list(exchanges(tmp_path, whole=True))
    assert len(list(exchanges(tmp_path))) <= 50


def _wrong_inside() -> list[str]:
    """The lines of a run whose finding has headers that are none: reading lets that through."""
    events = run_of({RULE: "fail"})
    events[1]["finding"]["reply"]["headers"] = 5
    return lines(events)


def test_the_line_that_is_wrong_inside_is_found_also_in_a_record_that_was_cut_off(
    tmp_path: Path,
) -> None:
    """The last line, half of one, is passed over as it was in reading."""
    text = "\n".join(_wrong_inside())
    (tmp_path / "events.ndjson").write_text(text[:-20], "utf-8")
    with pytest.raises(NotARecord, match="line 2: not an event of a run"):
        check_schema(tmp_path)


def test_what_is_nested_too_deeply_for_reports_is_found(tmp_path: Path) -> None:
    """Parsers take more levels than whatever shows them."""
    text = "\n".join(lines(run_of({RULE: "fail"})))
    deep = text.replace('"request": {', '"request": {"x": ' + "[" * 700 + "]" * 700 + ", ", 1)
    (tmp_path / "events.ndjson").write_text(deep, "utf-8")
    assert RunRecord.load(tmp_path).complete
    with pytest.raises(NotARecord, match=r"line 2: .*nested too deeply"):
        check_schema(tmp_path)


def test_a_body_that_is_no_base64_is_found(tmp_path: Path) -> None:
    """Reproductions decode it: what cannot be decoded is no body of a run."""
    events = run_of({RULE: "fail"})
    http = {"method": "POST", "headers": {}, "bytes": 1, "signing": "usual"}
    for body, wrong in (("YQ==", False), ("", False), (None, False), ("YQ=", True), ("Y", True)):
        events[1]["finding"]["http"] = {**http, "body_base64": body}
        (tmp_path / "events.ndjson").write_text("\n".join(lines(events)), "utf-8")
        with pytest.raises(NotARecord) if wrong else nullcontext():
            check_schema(tmp_path)


@pytest.mark.parametrize("format", [[[["x"]]], "9" * 1_000, {"a": 1}, 1e400, None])
def test_a_format_of_any_kind_is_refused_in_a_short_sentence(format: Any) -> None:
    """What a stranger wrote is not repeated at length."""
    with pytest.raises(NotARecord, match="this version reads format 1") as refused:
        RunRecord.from_lines([json.dumps({**header([row(RULE)]), "format": format})])
    assert len(str(refused.value)) < 200


def test_exchanges_are_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file may stand for a thousand times as much: reading stops, and says so."""
    monkeypatch.setattr(record, "_LONGEST", 90_000)
    bomb = gzip.compress(b'{"n": 1}\n' * 100_000)
    assert len(bomb) < 5_000
    (tmp_path / "exchanges.ndjson.gz").write_bytes(bomb)
    assert len(list(exchanges(tmp_path))) == 10_000
    with pytest.raises(NotARecord, match="not every exchange can be read"):
        list(exchanges(tmp_path, whole=True))

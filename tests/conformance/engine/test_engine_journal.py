"""Journals as files: whole lines, cut lines, strangers' files, and what they cost."""

from __future__ import annotations

import json
import os
import statistics
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.journal import (
    Heading,
    JournalFile,
    NotAJournal,
    held,
    ledger_of,
    path_of,
    paths,
)
from conformance.engine.locks import InUse

PREFIX = "cmcabcdefghij"


def heading(prefix: str = PREFIX, before: tuple[str, ...] | None = ("a",)) -> Heading:
    """What a journal begins with."""
    return Heading(
        "http://127.0.0.1:1", "http://127.0.0.1:1/", "us-east-1", "requests", prefix, before
    )


def intent(name: str) -> dict[str, object]:
    """The line of a create that is about to leave."""
    return {"event": "intent", "operation": "CreateModel", "name": name, "at": 1.0}


def written(folder: Path, *names: str, share: int = 0) -> bytes:
    """A journal with these intents; returns its bytes."""
    journal = JournalFile.begun(path_of(folder, share), heading())
    for name in names:
        journal.note(intent(name))
    journal.close()
    return path_of(folder, share).read_bytes()


@settings(max_examples=60)
@given(cut=st.integers(0, 600))
def test_a_journal_that_is_cut_anywhere_tells_what_was_written_whole(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A line that is cut off is passed over, and what follows it is read."""
    folder = tmp_path_factory.mktemp("cut")
    data = written(folder, f"{PREFIX}a-1", f"{PREFIX}a-2")
    path_of(folder).write_bytes(data[:cut])
    whole = data[:cut].split(b"\n")[1:-1]
    if data[:cut].count(b"\n") == 0:
        assert ledger_of(folder) is None or cut >= data.index(b"\n")
        return
    with_one_more = JournalFile(path_of(folder))
    with_one_more.note(intent(f"{PREFIX}a-3"))
    with_one_more.close()
    found = ledger_of(folder)
    assert found is not None
    named = {json.loads(line)["name"] for line in whole} | {f"{PREFIX}a-3"}
    complete = data[:cut].rpartition(b"\n")[2]
    with suppress(ValueError):  # a line of which only the end is missing still says it all
        named.add(json.loads(complete)["name"])
    assert found[1].intended == named


def test_the_journals_of_all_processes_of_a_run_are_one_ledger(tmp_path: Path) -> None:
    """What each has meant to make stands in it, and so does what was there before."""
    written(tmp_path, f"{PREFIX}a-1")
    written(tmp_path, f"{PREFIX}b-1", share=1)
    written(tmp_path, f"{PREFIX}c-1", share=2)
    assert [path.name for path in paths(tmp_path)] == [
        "journal-1.ndjson",
        "journal-2.ndjson",
        "journal.ndjson",
    ]
    found = ledger_of(tmp_path)
    assert found is not None
    assert found[0] == heading(before=found[0].before)
    assert found[1].intended == {f"{PREFIX}{letter}-1" for letter in "abc"}
    assert found[1].was_there("a")


def test_a_run_that_was_gone_on_with_has_the_names_of_both(tmp_path: Path) -> None:
    """The second heading has letters of its own; what either found there is not ours."""
    written(tmp_path, f"{PREFIX}a-1")
    journal = JournalFile.begun(path_of(tmp_path), heading("cmczzzzzzzzzz", ("b",)))
    journal.note(intent("cmczzzzzzzzzza-1"))
    journal.close()
    found = ledger_of(tmp_path)
    assert found is not None
    assert found[1].intended == {f"{PREFIX}a-1", "cmczzzzzzzzzza-1"}
    assert found[1].was_there("a")
    assert found[1].was_there("b")


def test_what_one_part_of_a_run_found_is_nobodys_of_ours_in_the_next(tmp_path: Path) -> None:
    """Also where that one could not list what was there."""
    written(tmp_path)
    JournalFile.begun(path_of(tmp_path), heading(before=None)).close()
    found = ledger_of(tmp_path)
    assert found is not None
    assert found[1].was_there("a")


STRANGE = {
    "another format": '{"event": "start", "format": 99}',
    "no target": '{"event": "start", "format": 1, "endpoint": "x"}',
    "no heading": json.dumps(intent("x")),
    "a prefix that is anybody's": json.dumps({**vars(heading()), "event": "start", "format": 1,
                                              "before": [], "prefix": "a"}),
}  # fmt: skip


@pytest.mark.parametrize("what", STRANGE)
def test_a_file_that_is_no_journal_of_ours_is_refused(what: str, tmp_path: Path) -> None:
    """One sentence that names the file; nothing is deleted on its word."""
    path_of(tmp_path).write_text(STRANGE[what] + "\n", "utf-8")
    with pytest.raises(NotAJournal, match=r"journal\.ndjson"):
        ledger_of(tmp_path)


def test_only_where_a_cluster_keeps_journals_does_a_prefix_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bears the prefix of such a journal is deleted, whatever its lines name."""
    shared = replace(heading(), is_shared=True)
    for folder in ("replica-1", "out"):
        (tmp_path / folder).mkdir()
        JournalFile.begun(path_of(tmp_path / folder), shared).close()
    monkeypatch.chdir(tmp_path / "replica-1")
    for folder in (tmp_path / "replica-1", Path()):
        found = ledger_of(folder)
        assert found is not None
        assert found[0].is_shared is found[1].is_shared is True
    with pytest.raises(NotAJournal, match="not where such a run keeps it"):
        ledger_of(tmp_path / "out")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "a pipe"])
def test_what_is_no_file_is_not_read(path: str, tmp_path: Path) -> None:
    """It may have no end, or keep whoever opens it waiting."""
    if path == "a pipe":
        os.mkfifo(path_of(tmp_path))
    else:
        path_of(tmp_path).symlink_to(path)
    with pytest.raises(NotAJournal, match=r"journal\.ndjson is not a file"):
        ledger_of(tmp_path)


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-1e999", "1" + "0" * 400, '"now"', "null"])
def test_a_time_that_no_clock_shows_is_no_event(at: str, tmp_path: Path) -> None:
    """A line that was tampered with is passed over like one that was cut off."""
    data = written(tmp_path, f"{PREFIX}a-1")
    event = json.dumps(intent(f"{PREFIX}a-2") | {"at": 0}).replace('"at": 0', f'"at": {at}')
    path_of(tmp_path).write_bytes(data + event.encode() + b"\n")
    found = ledger_of(tmp_path)
    assert found is not None
    assert [each.name for each in found[1].unanswered("CreateModel")] == [f"{PREFIX}a-1"]


def test_a_journal_is_written_by_one_run_alone(tmp_path: Path) -> None:
    """A second is kept out for as long as the first goes on."""
    first = JournalFile.begun(path_of(tmp_path), heading())
    assert held(tmp_path)
    with pytest.raises(InUse):
        JournalFile(path_of(tmp_path))
    first.close()
    assert not held(tmp_path)
    JournalFile(path_of(tmp_path)).close()


@pytest.mark.proof  # by the clock: not for a busy machine
def test_a_line_costs_less_than_thirty_microseconds(tmp_path: Path) -> None:
    """The best of many rounds: what it takes where nobody else has the processor."""
    journal = JournalFile.begun(path_of(tmp_path), heading())
    rounds = []
    for _ in range(50):
        began = time.perf_counter()
        for number in range(100):
            journal.note(intent(f"{PREFIX}a-{number:06}-conformance"))
        rounds.append((time.perf_counter() - began) / 100)
    journal.close()
    assert min(rounds) < 30e-6, statistics.median(rounds)

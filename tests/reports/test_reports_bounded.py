"""Files that have no end, or far too much before it: a sentence, not a full memory."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.bounded import MOST, all_of, bytes_of, text_of
from reports.record import NotARecord, RunRecord


@given(text=st.text(), tail=st.sampled_from(["", "\r\n", "\r", "\n"]))
def test_a_file_within_the_bound_is_read_as_pathlib_reads_it(
    text: str, tail: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every text comes back as ``Path.read_text`` gives it, ends of lines included."""
    path = tmp_path_factory.getbasetemp() / "text"
    path.write_bytes((text + tail).encode())
    assert text_of(path) == path.read_text("utf-8")
    assert bytes_of(path) == path.read_bytes()


@pytest.mark.parametrize(("length", "fits"), [(0, True), (10, True), (11, False), (99, False)])
def test_the_bound_itself_is_still_read_and_one_byte_more_is_not(
    length: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is longer than the bound is an ``OSError`` that says so."""
    monkeypatch.setattr("reports.bounded.MOST", 10)
    file = io.BytesIO(b"x" * length)
    if fits:
        assert len(all_of(file)) == length
        return
    with pytest.raises(OSError, match="longer than 10 bytes") as told:
        all_of(file)
    assert told.value.strerror == "it is longer than 10 bytes"


def test_a_device_without_an_end_is_no_record() -> None:
    """/dev/zero as a record ends in one sentence."""
    with pytest.raises(NotARecord, match=f"/dev/zero cannot be read: it is longer than {MOST} b"):
        RunRecord.load(Path("/dev/zero"))

"""Forged records: whatever stands in them, verification says what does not hold and ends."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from fakes.mutations import random_input

from conformance.certification.statement import FILES
from conformance.certification.verification import verify


def forge(folder: Path, document: dict[str, Any], number: int) -> tuple[str, bytes]:
    """Change one line of one file of a record, and every digest to match: the file and the line."""
    draw = random.Random(number)
    name = FILES[draw.choice((0, 0, 1, 1, 1, 2))]
    path = folder / name
    data = path.read_bytes()
    lines = (gzip.decompress(data) if name.endswith(".gz") else data).splitlines(keepends=True)
    at = 0 if draw.random() < 0.4 else draw.randrange(len(lines))
    lines[at] = random_input([lines[at], lines[-1]], number).rstrip(b"\n") + b"\n"
    changed = b"".join(lines)
    path.write_bytes(gzip.compress(changed, 1) if name.endswith(".gz") else changed)
    for each in document["predicate"]["configuration"]:
        if each["name"] == name:
            each["digest"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return name, lines[at]


@pytest.mark.parametrize("numbers", [range(3), pytest.param(range(300), marks=pytest.mark.proof)])
def test_a_record_that_was_changed_anywhere_is_looked_at_without_an_exception(
    certified: Any, numbers: range
) -> None:
    """Digests right or not: a finding in words each time, or a change that means nothing."""
    made = certified("reference")
    kept = {name: (made.folder / name).read_bytes() for name in FILES}
    for number in numbers:
        document = json.loads(json.dumps(made.document))
        name, line = forge(made.folder, document, number)
        began = time.thread_time()
        try:
            found = verify(document, record=made.folder)
        except Exception as fault:
            raise AssertionError(f"input {number}, {name}: {line[:400]!r}") from fault
        assert all(each.endswith(".") for each in found.wrong)
        assert time.thread_time() - began < 10
        for each, data in kept.items():
            (made.folder / each).write_bytes(data)
    assert verify(made.document, record=made.folder).wrong == ()


WRONG: tuple[tuple[str, tuple[str, ...], Any], ...] = (
    ("events.ndjson", ("suite",), {}),
    ("events.ndjson", ("target", "fingerprint"), {"version": "\ud800"}),
    ("events.ndjson", ("options", "workers"), 1e308),
    ("events.ndjson", ("options", "resources"), {"account": []}),
    ("exploration/events.ndjson", ("suite",), {"version": []}),
)


def test_a_header_that_is_wrong_inside_is_what_does_not_hold(certified: Any) -> None:
    """A sentence that names a file, whatever looking at it raises."""
    made = certified("reference")
    for name, place, value in WRONG:
        path, document = made.folder / name, made.document
        kept = path.read_text("utf-8")
        first, *others = kept.splitlines(keepends=True)
        header = json.loads(first)
        holder = header
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = value
        # Without the events nothing is judged again, which would take its time here.
        path.write_text(json.dumps(header) + "\n" + others[-1], "utf-8")
        for each in document["predicate"]["configuration"]:
            if each["name"] == name:
                each["digest"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        assert verify(document, record=made.folder).wrong, place
        path.write_text(kept, "utf-8")

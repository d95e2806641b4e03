"""Readers of what others wrote: whatever they are given, only the documented exceptions come out.

The inputs are mutations of valid ones (``fakes.mutations``), numbered, so that a failure names the
input that made it; Hypothesis draws others and shrinks what it finds to the fewest edits.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fakes.mutations import BOMBS, mutations, random_input
from fakes.processes import environment
from fakes.readers import READERS, Reader
from hypothesis import given, settings

#: Inputs of a quick run, and of ``make proof``: a million in all.
QUICK = {
    "replies": 2_000,
    "events": 1_000,
    "known findings": 200,
    "certificates": 200,
    "journals": 200,
}
PROOF = {
    "replies": 535_000,
    "judging": 5_000,
    "events": 250_000,
    "commands on events": 5_000,
    "exchanges": 20_000,
    "known findings": 60_000,
    "known --prune": 5_000,
    "certificates": 60_000,
    "verify": 10_000,
    "keys": 20_000,
    "requests": 10_000,
    "journals": 20_000,
}
QUICK_OTHERS = 40

#: Seconds of processor time that one input may take, most of it on a machine that is busy.
BEARABLE = 10.0

each_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def survive(reader: Reader, inputs: Iterable[tuple[object, bytes]], folder: Path) -> None:
    """Give a reader every input; fails with the first that raises, or takes too long."""
    for name, data in inputs:
        began = time.thread_time()
        try:
            reader.read(data, folder)
        except Exception as fault:
            raise AssertionError(f"{reader.name}, input {name}: {data[:400]!r}") from fault
        took = time.thread_time() - began
        assert took < BEARABLE, f"{reader.name}, input {name} took {took:.1f} s"


def numbered(reader: Reader, numbers: range) -> Iterator[tuple[int, bytes]]:
    """The inputs of these numbers for a reader."""
    inputs = reader.inputs()
    return ((number, random_input(inputs, number)) for number in numbers)


def test_a_reader_that_stumbles_is_found_with_its_input(tmp_path: Path) -> None:
    """Every sort of edit is made: one that the reader does not expect is met within a few dozen."""

    def stumble(data: bytes, _: Path) -> None:
        assert data[:6] == b"known:"

    reader = Reader("stumbling", lambda: (b"known: []\n", b"known: [a, b, c]\n"), stumble)
    with pytest.raises(AssertionError, match=r"stumbling, input [0-9]+: b'"):
        survive(reader, numbered(reader, range(60)), tmp_path)


def test_an_input_is_the_same_for_the_same_number_and_another_for_another() -> None:
    """A failure can be had again by its number alone."""
    valid = [b'{"a": 1, "b": [2, 3]}', b'{"c": "d"}']
    made = [random_input(valid, number) for number in range(400)]
    assert made == [random_input(valid, number) for number in range(400)]
    assert len(set(made)) > 300


@each_reader
def test_random_changes_of_valid_inputs_raise_nothing_else(reader: Reader, tmp_path: Path) -> None:
    """Thousands of changed inputs, the same on every machine."""
    survive(reader, ((n, data) for n, data in enumerate(reader.inputs())), tmp_path)
    survive(reader, numbered(reader, range(QUICK.get(reader.name, QUICK_OTHERS))), tmp_path)


@pytest.mark.proof
@each_reader
def test_a_million_changed_inputs_raise_nothing_else(reader: Reader, tmp_path: Path) -> None:
    """Others than the quick ones, a million over all readers."""
    assert sum(PROOF.values()) == 1_000_000
    survive(reader, numbered(reader, range(10**6, 10**6 + PROOF[reader.name])), tmp_path)


@each_reader
def test_edits_that_hypothesis_draws_raise_nothing_else(reader: Reader, tmp_path: Path) -> None:
    """The same by another hand: what fails is shrunk to the fewest edits."""

    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @given(mutations(reader.inputs()))
    def holds(data: bytes) -> None:
        reader.read(data, tmp_path)

    holds()


#: VmHWM begins anew in a program; ru_maxrss would begin with that of the process that started it.
READ_ALL = """
import re
from pathlib import Path
from fakes.mutations import BOMBS
from fakes.readers import READERS

for reader in READERS:
    for name, data in BOMBS.items():
        print("reading", reader.name, name, flush=True)
        reader.read(data, Path.cwd())
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_what_grows_when_it_is_read_takes_bearable_time_and_memory(tmp_path: Path) -> None:
    """Deep, long and folded inputs, each given to every reader: in all seconds and 300 MB.

    The readers with all that they import take some 150 MB of these.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(Path(__file__).parents[1])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout[-200:], done.stderr[-2_000:])
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert int(done.stdout.splitlines()[-1]) < 300
    assert took < len(READERS) * len(BOMBS)

"""Commands that are given a file without an end: one sentence, exit code 2, bounded memory."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest
from fakes.processes import COMMAND, command, environment

#: Address space of a child, in bytes: what is read without end comes up against it at once.
_SPACE = 1_500 * 1024 * 1024


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "/dev/zero"),
        ("verify", "/dev/zero"),
        ("explain", "/dev/zero"),
        ("run", "reference", "--known", "/dev/zero"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_device_without_an_end_is_refused_in_one_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """/dev/zero is read up to a bound that is named."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE)),
    )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line == "Error: /dev/zero cannot be read: it is longer than 67108864 bytes"


def test_standard_input_has_a_bound_too(tmp_path: Path) -> None:
    """A request that never ends on standard input is told like a file."""
    done = command("explain", cwd=tmp_path, stdin=b" " * (67_108_864 + 1))
    assert done.returncode == 2
    assert done.stderr == "Error: standard input cannot be read: it is longer than 67108864 bytes\n"


def test_a_record_whose_files_are_devices_does_not_hold(tmp_path: Path) -> None:
    """A certificate is not held against a device: no digest is made of what has no end."""
    from conformance.certification.statement import file_digest

    (tmp_path / "events.ndjson").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="it is no file"):
        file_digest(tmp_path / "events.ndjson")

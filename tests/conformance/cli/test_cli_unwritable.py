"""Results that cannot be written: a sentence, an exit code, and no report that looks whole."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fakes.asking import make, names
from fakes.processes import COMMAND, command, environment
from fakes.watched import Watched, watched

from reports.files import REPORTS
from reports.record import NotARecord, RunRecord

CHOSEN = (
    *("--select", "CreateModel/ModelName:max-length", "--select", "errors/code"),
    *("--select", "downstream/endpoint-config-arn", "--seed", "3"),
)


@pytest.fixture(scope="module")
def service() -> Iterator[Watched]:
    """A service with a model of somebody else's."""
    with watched() as watching:
        make(watching.url, "theirs")
        yield watching


def limited(size: int, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write files of more bytes than this."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence about what could not be written."""
    assert "Traceback" not in done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    (line,) = said
    return line


def nothing_looks_whole(folder: Path, *, is_recorded: bool) -> None:
    """No report is there, nor the part of one, and the record says whether it was cut off."""
    left = {path.name for path in folder.iterdir()} if folder.exists() else set()
    assert not left & set(REPORTS)
    assert not [name for name in left if name.endswith(".part")]
    with suppress(NotARecord):  # there is not even a header
        assert RunRecord.load(folder).complete == is_recorded


@pytest.mark.parametrize(
    ("target", "size"),
    [
        ("reference", 100),
        ("reference", 8_000),
        ("elsewhere", 2_500),
        ("elsewhere", 12_000),
        *(
            pytest.param(*each, marks=pytest.mark.proof)
            for each in [
                ("reference", 2_500),
                ("reference", 12_000),
                ("elsewhere", 100),
                ("elsewhere", 8_000),
            ]
        ),
    ],
)
def test_a_disk_that_fills_up_ends_the_run_in_one_sentence(
    size: int, target: str, service: Watched, tmp_path: Path
) -> None:
    """Wherever it happens: exit code 2 before anything was judged, else 4, and nothing is left."""
    asked = service.url if target == "elsewhere" else target
    done = limited(size, "run", asked, *CHOSEN, "--out", "out", cwd=tmp_path)
    assert done.returncode in (2, 4), done.stderr
    if done.stdout:  # what is full is the journal: nothing may be made any more
        assert "The journal cannot be written: File too large: this run is partial." in done.stdout
        assert json.loads((tmp_path / "out" / "report.json").read_text())["complete"] is False
    else:
        said = sentence(done)
        assert "cannot be written" in said
        nothing_looks_whole(tmp_path / "out", is_recorded="the record is whole" in said)
    assert names(service.url) == ["theirs"]


@pytest.mark.parametrize("file", ["events.ndjson", "exchanges.ndjson.gz"])
def test_a_record_on_a_full_device_is_refused(file: str, tmp_path: Path) -> None:
    """The header already cannot be written, or the first exchanges cannot."""
    out = tmp_path / "out"
    out.mkdir()
    (out / file).symlink_to("/dev/full")
    done = command("run", "reference", *CHOSEN, "--out", "out", cwd=tmp_path)
    assert done.returncode == (2 if file == "events.ndjson" else 4)
    assert "cannot be written: No space left on device" in sentence(done)
    assert not {path.name for path in out.iterdir()} & set(REPORTS)


@pytest.mark.parametrize("target", ["reference", "elsewhere"])
def test_a_folder_that_may_not_be_written_is_refused_before_anything_is_made(
    target: str, service: Watched, tmp_path: Path
) -> None:
    """Exit code 2; the target is looked at, at most."""
    made = service.creates
    asked = service.url if target == "elsewhere" else target
    (tmp_path / "file").touch()
    for out in ("file", "file/below", "/proc/nowhere"):
        done = command("run", asked, *CHOSEN, "--out", out, cwd=tmp_path)
        assert done.returncode == 2
        assert f"--out {out} cannot be written: " in sentence(done)
    assert service.creates == made


def test_reports_are_all_there_or_none(tmp_path: Path) -> None:
    """A report that cannot be replaced takes the others with it."""
    (tmp_path / "out" / "junit.xml").mkdir(parents=True)
    done = command("run", "reference", *CHOSEN, "--out", "out", cwd=tmp_path)
    assert done.returncode in (2, 4)
    assert "cannot be written" in sentence(done)
    assert not [n for n in REPORTS if (tmp_path / "out" / n).is_file()]

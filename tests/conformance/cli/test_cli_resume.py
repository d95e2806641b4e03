"""``run --resume``: what a record says is what is gone on with, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli
from reports.record import RunRecord, exchanges

CHOSEN = ("--select", "errors/code", "--select", "CreateModel/Tags:max-items", "--seed", "7")


def run(*arguments: str) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(cli, ["run", *arguments])


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """The folder of a run against the reference that was cut off behind its first judged side."""
    out = tmp_path / "out"
    assert run("reference", "-q", *CHOSEN, "--out", str(out)).exit_code == 0
    lines = (out / "events.ndjson").read_bytes().splitlines(keepends=True)
    (out / "events.ndjson").write_bytes(b"".join(lines[:2]) + lines[2][:50])
    return out


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the header of a record."""
    first, *rest = (folder / "events.ndjson").read_text("utf-8").split("\n")
    header = json.loads(first)
    change(header)
    (folder / "events.ndjson").write_text("\n".join([json.dumps(header), *rest]), "utf-8")


def test_what_is_missing_is_judged_with_the_options_of_the_run(cut: Path) -> None:
    """Seed, rules and depth need not be said again; the first side is as it was."""
    before = RunRecord.load(cut)
    done = run("--resume", str(cut), "-q")
    assert done.exit_code == 0, done.output
    after = RunRecord.load(cut)
    assert after.complete
    assert after.header == before.header
    assert after.judged[:1] == before.judged
    assert len(after.judged) == 3
    assert json.loads((cut / "report.json").read_text("utf-8"))["resumed"] == 1
    assert after.footer is not None
    assert len(list(exchanges(cut, whole=True))) == after.footer["requests"]


def test_the_same_options_may_be_said_again(cut: Path) -> None:
    """A command line from the shell's history with --resume in place of --out goes on."""
    assert run("reference", *CHOSEN, "-q", "--resume", str(cut)).exit_code == 0


def test_a_run_of_which_only_the_footer_is_missing_is_ended(tmp_path: Path) -> None:
    """Nothing is judged again; the reports are made."""
    out = tmp_path / "out"
    assert run("reference", "-q", *CHOSEN, "--out", str(out)).exit_code == 0
    judged = RunRecord.load(out).judged
    lines = (out / "events.ndjson").read_bytes().splitlines(keepends=True)
    (out / "events.ndjson").write_bytes(b"".join(lines[:-1]))
    assert run("--resume", str(out), "-q").exit_code == 0
    assert RunRecord.load(out).judged == judged


def test_a_run_of_which_only_reports_are_missing_is_ended(tmp_path: Path) -> None:
    """It was killed behind its footer: the reports are made, and nothing is judged again."""
    out = tmp_path / "out"
    assert run("reference", "-q", *CHOSEN, "--out", str(out)).exit_code == 0
    judged = RunRecord.load(out).judged
    (out / "report.html").unlink()
    assert run("--resume", str(out), "-q").exit_code == 0
    assert RunRecord.load(out).judged == judged
    assert (out / "report.html").exists()


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "another target": (("moto",), "is about reference, not about moto"),
    "another seed": (("--seed", "8"), "--seed 8 differs from the run's, which was 7"),
    "another depth": (("--depth", "deep"), "--depth deep differs"),
    "other rules": (("--select", "errors/status"), "--select"),
    "another account": (("--account", "999999999999"), "--account 999999999999 differs"),
    "more workers": (("-n", "2"), "-n 2 differs"),
    "another folder": (("--out", "elsewhere"), "leave out --out"),
    "a list of known findings": (("--known", "known.yaml"), "leave it out"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_the_command_line_says_otherwise_is_refused(why: str, cut: Path) -> None:
    """Exit code 2, one sentence, and the record is as it was."""
    options, says = REFUSED[why]
    before = (cut / "events.ndjson").read_bytes()
    done = run(*options, "--resume", str(cut))
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert done.output.count("\n") == 1
    assert (cut / "events.ndjson").read_bytes() == before


HEADERS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another version of the suite": (lambda h: h["suite"].update(version="0.0.1"), "version"),
    "another specification": (lambda h: h["spec"].update(digest="sha256:" + "0" * 64), "rules"),
    "a certification": (lambda h: h["options"].update(requirements="2026.2"), "certify again"),
    "another implementation": (
        lambda h: h["target"]["fingerprint"].update(version="0.0.1"),
        "the target is not the one",
    ),
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_record_of_something_else_is_refused(what: str, cut: Path) -> None:
    """Exit code 2 and one sentence: verdicts of two kinds would stand in one report."""
    change, says = HEADERS[what]
    changed(cut, change)
    before = (cut / "events.ndjson").read_bytes()
    done = run("--resume", str(cut))
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert (cut / "events.ndjson").read_bytes() == before


def test_a_run_that_went_to_its_end_is_not_gone_on_with(tmp_path: Path) -> None:
    """There is nothing to do, and nothing is sent."""
    out = tmp_path / "out"
    assert run("reference", "-q", *CHOSEN, "--out", str(out)).exit_code == 0
    done = run("--resume", str(out))
    assert done.exit_code == 2
    assert "went to its end: there is nothing to resume" in done.output
    assert (out / "report.json").exists()


@pytest.mark.parametrize("place", ["nowhere", "file", "empty"])
def test_what_is_no_run_is_not_gone_on_with(place: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    done = run("--resume", str(tmp_path / place))
    assert done.exit_code == 2, done.output
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1

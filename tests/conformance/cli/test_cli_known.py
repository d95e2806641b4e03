"""``run --known`` and ``known``: adopted in one command, and red only for news."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command
from jsonschema import Draft202012Validator

from reports.schemas import schema

FEW = ("--select", "CreateModel/ModelName", "--select", "lifecycle/duplicate-code", "-q")
LENGTH, PATTERN = "model-name-max-length-64", "model-name-pattern-dollar-anchored"


def listed(folder: Path, target: str, *options: str) -> Path:
    """The list of a run's findings, made as a user makes it."""
    done = command("run", target, "--out", "first", *options, cwd=folder)
    assert done.returncode == 1, done.stderr
    done = command("known", "first", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    (folder / "known.yaml").write_text(done.stdout, "utf-8")
    return folder / "known.yaml"


def report(folder: Path) -> dict[str, Any]:
    """The report of a run, held to its schema."""
    document: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    Draft202012Validator(schema("report")).validate(document)
    return document


def test_what_is_known_does_not_fail_and_one_line_less_is_one_new_finding(tmp_path: Path) -> None:
    """On moto: exit code 0 with its own list; 1 and the rule's name without one of the entries."""
    known = listed(tmp_path, "moto", *FEW)
    done = command("run", "moto", *FEW, "--known", "known.yaml", "--out", "again", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "moto 5.2.5: nonconforming, nothing new\n".replace(
        "5.2.5", report(tmp_path / "again")["target"]["fingerprint"]["version"]
    )
    for event in (tmp_path / "again" / "events.ndjson").read_text("utf-8").splitlines():
        Draft202012Validator(schema("events")).validate(json.loads(event))
    text = known.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if "ModelName:max-length" in line)
    known.write_text("".join(lines[:at] + lines[at + 3 :]), "utf-8")
    done = command("run", "moto", *FEW[:-1], "--known", "known.yaml", "--out", "less", cwd=tmp_path)
    assert done.returncode == 1
    assert report(tmp_path / "less")["known"]["new"] == ["CreateModel/ModelName:max-length"]
    assert done.stdout.count("New: ") == 1


def test_a_fix_makes_its_entry_stale_until_it_is_pruned(tmp_path: Path) -> None:
    """Exit code 1 with file and line; after ``known --prune`` all is well, and comments stay."""
    known = listed(tmp_path, f"reference:{LENGTH}+{PATTERN}", *FEW)
    known.write_text("# mine\n" + known.read_text("utf-8"), "utf-8")
    again = ("run", f"reference:{PATTERN}", *FEW[:-1], "--known", "known.yaml")
    done = command(*again, "--out", "fixed", cwd=tmp_path)
    assert done.returncode == 1
    (entry,) = report(tmp_path / "fixed")["known"]["stale"]
    said = f"known.yaml, line {entry['line']}: CreateModel/ModelName:max-length (rejects) passes"
    assert said in done.stdout
    assert "max-length" in known.read_text("utf-8").splitlines()[entry["line"] - 1]
    done = command("known", "--prune", "fixed", "known.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("1 of ")
    assert "ModelName:max-length" not in known.read_text("utf-8")
    assert known.read_text("utf-8").startswith("# mine\n")
    done = command(*again, "--out", "pruned", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_pruning_keeps_the_ends_of_lines_and_who_may_read_the_file(tmp_path: Path) -> None:
    """A file from Windows stays one, and one that is nobody else's business stays private."""
    known = listed(tmp_path, f"reference:{LENGTH}+{PATTERN}", *FEW)
    known.write_bytes(known.read_bytes().replace(b"\n", b"\r\n"))
    known.chmod(0o600)
    command("run", f"reference:{PATTERN}", *FEW, "--out", "fixed", cwd=tmp_path)
    done = command("known", "--prune", "fixed", "known.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    left = known.read_bytes()
    assert left.count(b"\r\n") == left.count(b"\n")
    assert known.stat().st_mode & 0o777 == 0o600


def test_explain_gathers_what_may_have_one_cause(tmp_path: Path) -> None:
    """A title and a count for each cause, and the rules below it."""
    listed(tmp_path, f"reference:{LENGTH}+{PATTERN}", *FEW)
    done = command("known", "first", "--explain", cwd=tmp_path)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    at = lines.index("1 rule(s): max-length is not enforced for ModelName")
    assert lines[at + 1] == "    CreateModel/ModelName:max-length"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "moto", "--known", "nowhere.yaml"), "nowhere.yaml cannot be read"),
        (("run", "moto", "--known", "bad.yaml"), "bad.yaml, line 2: no rule matches 'no/such'"),
        (("run", "moto", "--known", "bytes.yaml"), "bytes.yaml is not a list of known findings"),
        (("known", "nowhere"), "cannot be read"),
        (("known", "nowhere", "--prune"), "--prune and a FILE belong together"),
        (("known", "nowhere", "bad.yaml"), "--prune and a FILE belong together"),
        (("known", "nowhere", "bad.yaml", "--prune", "--explain"), "cannot both be meant"),
        (("run", "moto", "--flaky-retries", "-1"), "-1 is not in the range"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """Exit code 2 and one sentence, with the line where there is one."""
    (tmp_path / "bad.yaml").write_text("known:\n  - rule: no/such\n    reason: r\n")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    done = command(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.proof
def test_moto_is_adopted_in_one_command(tmp_path: Path) -> None:
    """A whole run, its list, and a whole run with the list: exit code 0."""
    listed(tmp_path, "moto", "-q")
    for number in range(3):
        out = f"again-{number}"
        done = command("run", "moto", "--known", "known.yaml", "--out", out, cwd=tmp_path)
        assert done.returncode == 0, done.stdout

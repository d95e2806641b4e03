"""``compare``: what is new, fixed and lost, in four formats, and what is no record of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fakes.processes import command
from fakes.records import HOSTILE, header, lines, row, run_of, two_runs
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from conformance.cli.compare import command as compare_command
from reports.schemas import schema

TITLES = ["New", "Fixed", "Changed", "Flaky", "Unsettled", "Not comparable", "Still"]
LENGTH, PATTERN, TYPE = (f"CreateModel/ModelName:{k}" for k in ("max-length", "pattern", "type"))
FORMATS = ["--json", "--markdown", "--html"]
COMPARE = Draft202012Validator(schema("compare"))


def save(folder: Path, events: list[dict[str, Any]]) -> Path:
    """Write events as the record of a run."""
    folder.mkdir(exist_ok=True)
    (folder / "events.ndjson").write_text("\n".join(lines(events)) + "\n", "utf-8")
    return folder


def compare(old: Path, new: Path, *options: str) -> Result:
    """Compare two records in this process."""
    return CliRunner().invoke(compare_command, [str(old), str(new), *options], color=True)


def test_each_rule_stands_under_its_title_and_new_fails(tmp_path: Path) -> None:
    """Exit code 1 because something is new; a title and a count for each kind."""
    old = save(tmp_path / "old", run_of({LENGTH: "fail", PATTERN: "fail", TYPE: "pass"}))
    new = save(tmp_path / "new", run_of({LENGTH: "pass", PATTERN: "fail", TYPE: "fail"}))
    done = command("compare", str(old), str(new), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    said = done.stdout.splitlines()
    assert said[:2] == ["New: 1", f"  {TYPE}"]
    assert [line for line in said if line[0] != " "] == [
        "New: 1", "Fixed: 1", "Changed: 0", "Flaky: 0", "Unsettled: 0", "Not comparable: 0",
        "Still: 1", "1 rule newly failing; no rule beside these.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("fail", "fail", 0),
        ("fail", "pass", 0),
        ("pass", "pass", 0),
        ("pass", "fail", 1),
        ("pass", "inconclusive", 3),
        ("fail", "unsupported", 0),
    ],
)
@pytest.mark.parametrize("form", [(), *((each,) for each in FORMATS)], ids=str)
def test_the_exit_code_is_that_of_what_happened_in_every_format(
    before: str, after: str, code: int, form: tuple[str, ...], tmp_path: Path
) -> None:
    """What failed before may go on failing in CI; what is new breaks it; a dead target is no 0."""
    old = save(tmp_path / "old", run_of({LENGTH: before}))
    new = save(tmp_path / "new", run_of({LENGTH: after}))
    assert compare(old, new, *form).exit_code == code


def test_a_real_run_compared_with_itself_has_nothing_new(moto_run: Any) -> None:
    """moto still fails what it failed; exit code 0."""
    done = compare(moto_run.folder, moto_run.folder / "events.ndjson")
    assert done.exit_code == 0
    failed = moto_run.report["totals"]["fail"]
    assert f"Still: {failed}\n" in done.stdout
    assert "New: 0\n" in done.stdout


def test_real_runs_of_two_targets_differ_in_every_format(tmp_path: Path) -> None:
    """A fault of the reference service is new against the service without it, and is shown."""
    one = ("--select", "CreateModel/ModelName:*")
    command("run", "reference", *one, "--out", "good", cwd=tmp_path)
    command("run", "reference:model-name-max-length-64", *one, "--out", "bad", cwd=tmp_path)
    worse = command("compare", "good", "bad", cwd=tmp_path)
    assert worse.returncode == 1
    assert worse.stdout.startswith(f"New: 1\n  {LENGTH}\n")
    assert "different targets (reference, now reference:model-name-max-length-64)" in worse.stderr
    better = command("compare", "bad", "good", cwd=tmp_path)
    assert better.returncode == 0
    assert f"Fixed: 1\n  {LENGTH}\n" in better.stdout
    made = {each: command("compare", "good", "bad", each, cwd=tmp_path) for each in FORMATS}
    assert {each.returncode for each in made.values()} == {1}
    document = json.loads(made["--json"].stdout)
    COMPARE.validate(document)
    (change,) = document["changes"]
    assert (change["kind"], change["rule"], change["after"]["status"]) == ("new", LENGTH, 200)
    assert "```sh\ncurl -gsS" in made["--markdown"].stdout
    assert made["--html"].stdout.startswith("<!doctype html>")


def test_a_cut_off_record_is_compared_with_a_warning(moto_run: Any, tmp_path: Path) -> None:
    """A run that was killed in the middle of a line is partial, not broken."""
    whole = (moto_run.folder / "events.ndjson").read_bytes()
    (tmp_path / "events.ndjson").write_bytes(whole[: len(whole) // 2])
    done = command("compare", str(moto_run.folder), str(tmp_path), cwd=tmp_path)
    assert done.stderr == "Careful: NEW is partial, the run did not go to its end.\n"
    assert done.returncode == 3  # what passed and was not reached is not judged any more
    assert "Fixed: 0\n" in done.stdout


@pytest.mark.parametrize("form", [(), *((each,) for each in FORMATS)], ids=str)
def test_runs_that_are_hard_to_compare_are_compared_with_a_warning(
    form: tuple[str, ...], tmp_path: Path
) -> None:
    """On standard error in every format, so that the other holds nothing but the document."""
    other = run_of({LENGTH: "pass"})
    other[0]["spec"] = {**other[0]["spec"], "digest": "sha256:" + "1" * 64}
    old = save(tmp_path / "old", run_of({LENGTH: "pass"}))
    done = compare(old, save(tmp_path / "new", other), *form)
    assert done.stderr == "Careful: the two runs used different specifications.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--json", "--html"], "--json and --html exclude each other"),
        (["--markdown", "--html"], "--markdown and --html exclude each other"),
        (["--timeout", "3"], "--timeout is about the target of --replay"),
        (["--allow-aws"], "--allow-aws is about the target of --replay"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: list[str], said: str, tmp_path: Path
) -> None:
    """Exit code 2 and a sentence; nothing is printed."""
    good = save(tmp_path / "good", run_of({LENGTH: "pass"}))
    done = compare(good, good, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


FOREIGN = {
    "a text": b"Once upon a time\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00",
    "nothing": b"",
    "some other JSON": b'{"event": "start"}\n',
    "an array": b"[]\n{}\n",
    "deep nesting": b"[" * 100_000 + b"\n{}\n",
    "a newer format": json.dumps({**header([row(LENGTH)]), "format": 99}).encode() + b"\n",
    "a report": b'{\n "suite": {},\n "rules": []\n}\n',
    "a header with strange rules": json.dumps({**header([]), "rules": [{"id": 1}]}).encode(),
    "a header without target": json.dumps({**header([row(LENGTH)]), "target": None}).encode(),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("which", [0, 1])
def test_a_foreign_file_is_refused_in_one_sentence(what: str, which: int, tmp_path: Path) -> None:
    """Exit code 2 and one line that names the file, whichever of the two it is."""
    (tmp_path / "foreign").write_bytes(FOREIGN[what])
    good = save(tmp_path / "good", run_of({LENGTH: "pass"}))
    paths = [good, good]
    paths[which] = tmp_path / "foreign"
    done = compare(*paths)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {tmp_path / 'foreign'}")


@pytest.mark.parametrize("what", ["missing", "empty"])
def test_a_path_without_a_record_is_refused_in_one_sentence(what: str, tmp_path: Path) -> None:
    """A folder of something else, or nothing at all: exit code 2, one line, no traceback."""
    (tmp_path / "empty").mkdir()
    good = save(tmp_path / "good", run_of({LENGTH: "pass"}))
    done = command("compare", str(good), what, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {what}")
    assert line.endswith("cannot be read: No such file or directory")


@given(two_runs())
@settings(max_examples=25, deadline=None)
def test_any_two_runs_can_be_compared_in_every_format(
    tmp_path_factory: pytest.TempPathFactory,
    pair: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    """The same exit code, 0, 1 or 3, and a whole document, whatever the runs are."""
    base = tmp_path_factory.mktemp("runs")
    old, new = (save(base / name, events) for name, events in zip("on", pair, strict=True))
    done = compare(old, new)
    assert done.exit_code in (0, 1, 3)
    titles = [line.partition(":")[0] for line in done.stdout.splitlines() if line[0] != " "]
    assert titles[:-1] == TITLES
    made = {each: compare(old, new, each) for each in FORMATS}
    assert {each.exit_code for each in made.values()} == {done.exit_code}
    COMPARE.validate(json.loads(made["--json"].stdout))
    assert made["--html"].stdout.endswith("</html>")


def test_ids_of_a_hostile_record_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """A record is somebody's file: what it calls its rules is made harmless."""
    rule = {**row(LENGTH), "id": HOSTILE}
    events = [header([rule])]
    for side in rule["sides"]:
        events.append({**run_of({LENGTH: "fail"})[1], "rule": HOSTILE, "side": side})
    good = save(tmp_path / "good", run_of({LENGTH: "pass"}))
    done = compare(good, save(tmp_path / "bad", events))
    assert done.exit_code == 0
    assert "Not comparable: 2\n" in done.stdout
    for form in ((), *((each,) for each in FORMATS)):
        assert "\x1b" not in compare(good, tmp_path / "bad", *form).stdout

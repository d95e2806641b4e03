"""Commands that work on recorded runs: report, show, replay, matrix and trend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from fakes.processes import command, command_here, reference_server
from fakes.records import finding, footer, header, judged, lines, row

from conformance.cli import cli
from conformance.reference.faults import FAULTS
from reports.files import REPORTS

RULE = "CreateModel/ModelName:max-length"
FAULT = "model-name-max-length-64"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on a reference with two faults: 64 characters, duplicates overwrite."""
    folder = tmp_path_factory.mktemp("recorded")
    target = f"reference:{FAULT}+duplicate-overwrites"
    done = command("run", target, "--out", "run", "--seed", "1", *_selected(), cwd=folder)
    assert done.returncode == 1, done.stderr
    return folder / "run"


def _selected() -> list[str]:
    return ["--select", f"{RULE.partition(':')[0]}:*", "--select", "lifecycle/duplicate-*"]


def test_every_report_is_made_again_from_the_events_alone(recorded: Path, tmp_path: Path) -> None:
    """From a copy of events.ndjson come the very same files."""
    shutil.copy(recorded / "events.ndjson", tmp_path / "events.ndjson")
    done = command("report", "events.ndjson", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in REPORTS:
        assert (tmp_path / name).read_bytes() == (recorded / name).read_bytes(), name


def test_single_reports_go_where_they_are_wanted(recorded: Path, tmp_path: Path) -> None:
    """Each option writes one file, and nothing else is written."""
    options = ("--html", "a.html", "--junit", "b.xml", "--markdown", "c.md", "--badge", "d.svg")
    more = ("--json", "e.json", "--github", "f.txt")
    done = command_here("report", str(recorded), *options, *more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.html", "b.xml", "c.md", "d.svg", "e.json", "f.txt",
    }  # fmt: skip
    assert (tmp_path / "f.txt").read_text("utf-8").startswith("::error title=")
    assert (tmp_path / "d.svg").read_bytes() == (recorded / "badge.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "nowhere"), "nowhere cannot be read: No such file or directory"),
        (("report", "RUN", "--badge", "b.png"), "a badge is a .json file"),
        (("report", "RUN", "--html", "no/such/folder.html"), "cannot be written"),
        (("report", "RUN", "--known-path", "k.yaml"), "is for the workflow commands of --github"),
        (("show", "RUN", "no/such-rule"), "has no rule 'no/such-rule'"),
        (("replay", "RUN", "list/*"), "has no finding of list/*"),
        (("replay", "RUN", "--target", "http://127.0.0.1:1"), "does not answer"),
        (("replay", "RUN", "--target", "nobody"), "unknown target 'nobody'"),
        (("matrix", "RUN", "nowhere"), "nowhere cannot be read"),
        (("matrix", "RUN", "-o", "no/such/folder.html"), "cannot be written"),
        (("trend", "RUN", "-o", "trend.png"), "a trend is an .html page or an .svg plot"),
        (("matrix",), "Missing argument"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: tuple[str, ...], said: str, recorded: Path, tmp_path: Path
) -> None:
    """Exit code 2, no traceback, nothing written."""
    given = [str(recorded) if each == "RUN" else each for each in arguments]
    done = command_here(*given, cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace('"format": 1', '"format": 2', 1), "this version reads format 1"),
        (lambda text: "{}\n" + text, "does not begin with its header"),
        (lambda text: text.replace('"verdict"', '"opinion"', 1), "line 2: not an event of a run"),
        (lambda text: "\n".join(text.split("\n")[1:]), "does not begin with its header"),
        (lambda text: "<html>" + text, "not JSON"),
        (lambda _: "", "is empty, or was cut off in its first line"),
    ],
)
def test_foreign_and_newer_records_are_told_apart(
    spoil: object, said: str, recorded: Path, tmp_path: Path
) -> None:
    """One sentence says what is wrong with an events file, and in which line."""
    text = (recorded / "events.ndjson").read_text("utf-8")
    (tmp_path / "events.ndjson").write_text(spoil(text), "utf-8")  # type: ignore[operator]
    done = command_here("report", "events.ndjson", cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_a_record_that_was_cut_off_is_reported_as_partial(recorded: Path, tmp_path: Path) -> None:
    """Half a record makes all reports, and each says that it is partial."""
    text = (recorded / "events.ndjson").read_text("utf-8")
    (tmp_path / "events.ndjson").write_text(text[: len(text) * 2 // 3], "utf-8")
    done = command("report", "events.ndjson", cwd=tmp_path)
    assert done.returncode == 0
    assert "this run is partial" in done.stderr
    for name in ("report.html", "summary.md", "badge.svg"):
        assert "partial" in (tmp_path / name).read_text("utf-8"), name
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["complete"] is False


def test_show_prints_a_finding_whole(recorded: Path, tmp_path: Path) -> None:
    """Statement, source, request, answer, control and the line that reproduces it."""
    done = command("show", str(recorded), RULE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for needle in (
        "fail  (must", "at most 63 characters", "API Reference", "64 characters",
        "answer:   200", "control:", "-> 200, as it should", "curl -gsS",
    ):  # fmt: skip
        assert needle in done.stdout


def test_replay_says_what_is_still_failing_fixed_and_different(
    recorded: Path, tmp_path: Path
) -> None:
    """The same target still fails, one without the faults does not, one that crashes differs."""
    again = command("replay", str(recorded), cwd=tmp_path)
    assert again.returncode == 1, again.stderr
    assert "2 still failing" in again.stdout
    fixed = command("replay", str(recorded), "--target", "reference", cwd=tmp_path)
    assert fixed.returncode == 0, fixed.stdout
    assert "2 fixed" in fixed.stdout
    half = command("replay", str(recorded), "--target", f"reference:{FAULT}", cwd=tmp_path)
    assert half.returncode == 1
    assert f"still failing  {RULE} (200)" in half.stdout
    assert "fixed          lifecycle/duplicate-name-is-rejected" in half.stdout


def test_brackets_in_a_rule_are_plain_characters(tmp_path: Path) -> None:
    """Found: an id with brackets, typed as ``rules`` prints it, had no finding for ``replay``."""
    rule = "CreateModel/Containers[].ContainerHostname:max-length"
    fault = "only-containers-item-container-hostname-max-length-64"
    run = ("run", f"reference:{fault}", "--select", rule, "--out", "run")
    assert command(*run, cwd=tmp_path).returncode == 1
    for glob in (rule, "CreateModel/Containers[].*"):
        assert "1 still failing" in command("replay", "run", glob, cwd=tmp_path).stdout
        assert "fail  (must" in command("show", "run", glob, cwd=tmp_path).stdout


def test_a_rejection_without_an_accepted_control_is_no_fix(recorded: Path, tmp_path: Path) -> None:
    """A target that rejects everything has fixed nothing."""
    done = command(
        "replay", str(recorded), RULE, "--target", "reference:rejects-everything", cwd=tmp_path
    )
    assert done.returncode == 3, done.stdout
    assert "The control is not accepted either" in done.stdout


def test_info_findings_are_sent_again_only_when_named(tmp_path: Path) -> None:
    """A conforming run has nothing to replay, whatever its info rules noted."""
    run = ("run", "reference", "--select", "request", "--out", "run")
    assert command(*run, cwd=tmp_path).returncode == 0
    assert command("replay", "run", cwd=tmp_path).returncode == 2
    document = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    noted = next(rule["id"] for rule in document["rules"] if rule["verdict"] == "fail")
    done = command("replay", "run", noted, cwd=tmp_path)
    assert "1 still failing" in done.stdout


@pytest.mark.parametrize(
    "fault",
    [
        "rejected-but-stored",
        pytest.param("array-body-unwrapped", marks=pytest.mark.proof),
        pytest.param("trailing-commas-accepted", marks=pytest.mark.proof),
    ],
)
def test_a_replay_can_be_repeated(fault: str, tmp_path: Path) -> None:
    """Whatever a finding leaves on a server is deleted, and a second replay says the same."""
    rule = next(iter(FAULTS[fault].rules), "*")
    rule = RULE if rule == "*" else rule
    with reference_server(fault) as (url, _):
        assert command("run", url, "--select", rule, "--out", "run", cwd=tmp_path).returncode == 1
        for _again in range(2):
            done = command("replay", "run", rule, cwd=tmp_path)
            assert "1 still failing" in done.stdout, done.stdout + done.stderr
            assert done.stderr == ""


def test_what_is_no_file_is_written_to_as_it_is(recorded: Path, tmp_path: Path) -> None:
    """A device stays one, a link leads where it led."""
    link, behind = tmp_path / "link.md", tmp_path / "behind.md"
    behind.write_text("old", "utf-8")
    link.symlink_to(behind)
    for path in ("/dev/null", str(link)):
        done = command_here("report", str(recorded), "--markdown", path, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert not Path("/dev/null").is_file()
    assert link.is_symlink()
    assert "nonconforming" in behind.read_text("utf-8")


PLACES = [
    ("finding", "reply"), ("finding", "reply", "headers"), ("finding", "before"),
    ("finding", "http"), ("finding", "control"), ("finding", "control", "reply"),
    ("finding", "case"), ("finding", "also"), ("observations",), ("cases",), ("finding",),
]  # fmt: skip
HEADER_PLACES = [
    ("suite",), ("suite", "version"), ("options", "seed"), ("target", "fingerprint"),
    ("rules", 0, "provenance"), ("rules", 0, "sides"), ("started",), ("spec",),
]  # fmt: skip
WRONG = [True, None, "x", 5, [], {}, [5], {"a": 1}, [{}], ["\ud800"]]


#: Every command that reads a record and sends nothing.
ON_RECORDS = [
    ("report", "EVENTS"),
    ("show", "EVENTS", "*"),
    ("matrix", "EVENTS", "-o", "OUT"),
    ("trend", "EVENTS", "-o", "OUT"),
    ("compare", "EVENTS", "EVENTS"),
]


@pytest.mark.parametrize(
    "every_command", [False, pytest.param(True, marks=pytest.mark.proof)], ids=["in turn", "each"]
)
@pytest.mark.parametrize(
    "place", [*PLACES, *HEADER_PLACES], ids=lambda place: "/".join(map(str, place))
)
def test_a_record_that_is_wrong_inside_is_told_in_one_sentence(
    place: tuple[Any, ...], every_command: bool, recorded: Path, tmp_path: Path
) -> None:
    """Whatever stands at any place of a record, no command answers with a traceback.

    In turn each command meets each place twice, and each wrong value at several places.
    """
    written = (recorded / "events.ndjson").read_text("utf-8").splitlines()
    turn = [*PLACES, *HEADER_PLACES].index(place)
    number = next(n for n, line in enumerate(written) if json.loads(line).get("finding"))
    number = 0 if place in HEADER_PLACES else number
    stands_for = {"EVENTS": str(tmp_path / "events.ndjson"), "OUT": str(tmp_path / "out.html")}
    runner = CliRunner()
    for at, wrong in enumerate(WRONG):
        changed = json.loads(written[number])
        holder = changed
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = wrong
        text = "\n".join([*written[:number], json.dumps(changed), *written[number + 1 :]])
        (tmp_path / "events.ndjson").write_text(text + "\n", "utf-8")
        chosen = ON_RECORDS if every_command else [ON_RECORDS[(turn + at) % len(ON_RECORDS)]]
        for command_line in chosen:
            arguments = [stands_for.get(part, part) for part in command_line]
            done = runner.invoke(cli, arguments)
            assert isinstance(done.exception, SystemExit | None), (wrong, arguments, done.exception)
            assert done.exit_code in (0, 2), (wrong, arguments, done.output)


def test_replay_tells_another_wrong_answer_from_the_recorded_one(tmp_path: Path) -> None:
    """Rejections with 404 were recorded; those with 409 are as wrong, but different."""
    run = ("run", "reference:error-status-404", "--select", "errors/status", "--out", "run")
    assert command(*run, cwd=tmp_path).returncode == 1
    done = command("replay", "run", "--target", "reference:error-status-409", cwd=tmp_path)
    assert done.returncode == 1
    assert "different      errors/status (409" in done.stdout


def test_replay_leaves_nothing_behind(recorded: Path, tmp_path: Path) -> None:
    """What the recorded requests created on a server is deleted again."""
    with reference_server("duplicate-overwrites") as (url, _):
        done = command("replay", str(recorded), "--target", url, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert "1 fixed" in done.stdout
        assert "1 still failing" in done.stdout
        assert done.stderr == ""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "SageMaker.ListModels",
            "Authorization": "AWS4-HMAC-SHA256 "
            "Credential=AKID/20260101/us-east-1/sagemaker/aws4_request, "
            "SignedHeaders=host, Signature=00",
        }
        assert requests.post(url, b"{}", headers=headers, timeout=10).json() == {"Models": []}


def test_matrix_and_trend_are_written(recorded: Path, tmp_path: Path) -> None:
    """One page over two runs, one plot over both, alone and in a page."""
    other = tmp_path / "other"
    other.mkdir()
    events = [
        header([row(RULE)], name="other"),
        judged(RULE, "accepts", "pass"),
        judged(RULE, "rejects", "fail", finding=finding()),
        footer(),
    ]
    (other / "events.ndjson").write_text("\n".join(lines(events)) + "\n", "utf-8")
    for arguments, name in (
        (("matrix",), "matrix.html"),
        (("trend",), "trend.html"),
        (("trend", "-o", "plot.svg"), "plot.svg"),
    ):
        done = command_here(arguments[0], str(recorded), "other", *arguments[1:], cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{name}\n"
        assert (tmp_path / name).stat().st_size > 1_000
    assert (tmp_path / "plot.svg").read_text("utf-8").startswith("<?xml")


def test_quiet_and_verbose(tmp_path: Path) -> None:
    """-q prints the verdict alone, -v each request with its answer, both is refused."""
    run = ("run", "reference", "--select", "lifecycle/duplicate-code")
    quiet = command(*run, "-q", "--out", "a", cwd=tmp_path)
    assert (quiet.stdout, quiet.stderr) == ("reference 0.1.0: conforming\n", "")
    verbose = command(*run, "-v", "--out", "b", cwd=tmp_path)
    assert "case CreateModel -> 200" in verbose.stderr
    assert "case CreateModel -> 400" in verbose.stderr
    assert "lifecycle/duplicate-code (holds): pass" in verbose.stderr
    assert command(*run, "-q", "-v", "--out", "c", cwd=tmp_path).returncode == 2

"""The script of the GitHub Action, run as the runner runs it: inputs in, outputs and exit code."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from fakes.actions import called, fake, step
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FAULTY = "reference:model-name-max-length-64"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on the PATH")

SMALL = {"INPUT_SELECT": "CreateModel/ModelName:*\nresponse", "INPUT_SEED": "1"}


def test_a_run_that_fails_leaves_results_summary_outputs_and_annotations(tmp_path: Path) -> None:
    """Exit code 1 fails the step; all that a person needs is there all the same."""
    done = step(tmp_path, INPUT_TARGET=FAULTY, **SMALL)
    assert done.code == 1
    assert done.outputs == {
        "results": "conformance-results",
        "verdict": "nonconforming",
        "exit-code": "1",
    }
    assert "is nonconforming" in done.summary
    assert (tmp_path / "conformance-results" / "report.html").is_file()
    (line,) = done.obeyed
    assert line.startswith("::error title=max-length is not enforced for ModelName::1 rule(s)")
    assert "nonconforming" in done.log


def test_a_conformant_target_passes(tmp_path: Path) -> None:
    """Exit code 0 and nothing to annotate."""
    done = step(tmp_path, INPUT_TARGET="reference", INPUT_OUT="my results", **SMALL)
    assert (done.code, done.obeyed) == (0, [])
    assert done.outputs == {"results": "my results", "verdict": "conforming", "exit-code": "0"}


def test_with_a_list_only_news_fails_and_is_annotated_where_the_list_stands(
    tmp_path: Path,
) -> None:
    """Known: 0. A stale entry: 1, with the file as the repository has it and the line."""
    (tmp_path / "ci").mkdir()
    known = tmp_path / "ci" / "known.yaml"
    entry = "  - rule: CreateModel/ModelName:{}\n    side: rejects\n    reason: x\n"
    known.write_text("known:\n" + entry.format("max-length"), "utf-8")
    done = step(tmp_path, INPUT_TARGET=FAULTY, INPUT_KNOWN="ci/known.yaml", **SMALL)
    assert (done.code, done.obeyed) == (0, [])
    assert done.outputs["verdict"] == "nonconforming"
    known.write_text(known.read_text("utf-8") + entry.format("pattern"), "utf-8")
    done = step(tmp_path, INPUT_TARGET=FAULTY, INPUT_KNOWN="ci/known.yaml", **SMALL)
    assert done.code == 1
    (line,) = done.obeyed
    assert line.startswith("::error file=ci/known.yaml,line=5,title=Stale entry%3A ")


@pytest.mark.parametrize(
    ("said", "fails", "never"),
    [(0, 0, 0), (1, 1, 0), (2, 2, 2), (3, 3, 0), (4, 4, 4), (130, 130, 130), (137, 137, 137)],
)
def test_fail_on_decides_which_exit_codes_fail_the_step(
    said: int, fails: int, never: int, tmp_path: Path
) -> None:
    """`never` forgives what the target did, not wrong usage, a fault of ours or a killed run."""
    fake(tmp_path, f"exit {said}")
    for value, code in (("new", fails), ("never", never), ("", fails)):
        done = step(tmp_path, INPUT_TARGET="x", INPUT_FAIL_ON=value)
        assert (done.code, done.outputs["exit-code"]) == (code, str(said))


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({}, "target is empty"),
        ({"INPUT_TARGET": ""}, "target is empty"),
        ({"INPUT_TARGET": "x", "INPUT_FAIL_ON": "always"}, "fail-on is new or never"),
        ({"INPUT_TARGET": "x", "INPUT_OUT": "a\nb"}, "out is one line"),
        ({"INPUT_TARGET": "x", "INPUT_ARGUMENTS": "'"}, "a quote without its partner"),
    ],
)
def test_inputs_that_cannot_be_meant_are_refused(
    inputs: dict[str, str], says: str, tmp_path: Path
) -> None:
    """One annotation, exit code 2, and nothing was started."""
    record = fake(tmp_path)
    done = step(tmp_path, **inputs)
    (line,) = done.obeyed
    assert line.startswith("::error title=createmodel-conformance::the input ")
    assert says in line
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert not record.exists()


HOSTILE = [
    "reference; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "reference\ntouch pwned\n",
    "reference && touch pwned",
    "a b  c",
    "*",
    "--help",
    "-n",
    "~",
    "${PATH}",
    "\\",
    "x\n::add-mask::y\n##[error]z\n",
    "x\nverdict=conforming\nverdict<<E\nconforming\nE\n",
]


@pytest.mark.parametrize(
    "text",
    # one of each kind by the real suite: a command, a quote, lines, options, commands of a workflow
    [
        pytest.param(text, marks=[pytest.mark.proof] * (n not in (1, 3, 5, 9, 14)))
        for n, text in enumerate(HOSTILE)
    ],
)
def test_a_hostile_target_is_refused_by_the_suite_and_does_nothing(
    text: str, tmp_path: Path
) -> None:
    """It is one word for `run`, which does not know it; no command, no output, no file."""
    done = step(tmp_path, INPUT_TARGET=text)
    assert (done.code, done.outputs, done.obeyed) == (2, {"exit-code": "2"}, [])
    assert "unknown target" in done.log
    assert [path.name for path in tmp_path.iterdir()] == [".runner"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["KNOWN", "SEED", "ACCOUNT", "DEPTH", "SELECT", "ARGUMENTS"])
def test_hostile_inputs_do_nothing(name: str, text: str, tmp_path: Path) -> None:
    """Whatever an input says, it stays a word of the command line."""
    record = fake(tmp_path, 'echo "$2"; exit 2')
    done = step(tmp_path, INPUT_TARGET="x", **{f"INPUT_{name}": text})
    assert done.code == 2
    assert not (tmp_path / "pwned").exists()
    assert "conforming" not in done.outputs.values()
    assert all("the input arguments" in line for line in done.obeyed)
    if record.exists():
        assert called(record)[-2:] == ["--", "x"]


words = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(target=words.filter(bool), known=words, seed=words, more=st.lists(words, max_size=3))
def test_every_input_reaches_the_command_as_it_is(
    target: str, known: str, seed: str, more: list[str], tmp_path: Path
) -> None:
    """Character for character, whatever they are; quoting is xargs' and hardly a shell's."""
    record = fake(tmp_path)
    record.unlink(missing_ok=True)
    more = [each for each in more if "\n" not in each]
    quoted = " ".join('"' + each.replace('"', '"\'"\'"') + '"' for each in more)
    done = step(
        tmp_path,
        INPUT_TARGET=target,
        INPUT_KNOWN=known,
        INPUT_SEED=seed,
        INPUT_ARGUMENTS=quoted,
    )
    assert done.code == 0, done.log
    expected = ["run", *filter(None, more)]
    expected += [f"--{name}={value}" for name, value in (("seed", seed), ("known", known)) if value]
    expected += ["--depth=quick", "--out=conformance-results", "--", target]
    assert called(record) == expected


def test_globs_are_lines_and_arguments_are_words(tmp_path: Path) -> None:
    """No glob meets the files of the repository; blank lines and spaces around are nothing."""
    record = fake(tmp_path)
    (tmp_path / "errors").touch()
    globs = "CreateModel/Tags*\n\n  err*\t\n"
    arguments = "--client boto3  -n 2\n'--deselect=*:type' --image=\"a b\"  "
    step(tmp_path, INPUT_TARGET="x", INPUT_SELECT=globs, INPUT_ARGUMENTS=arguments)
    assert called(record)[1:-4] == [
        "--client", "boto3", "-n", "2", "--deselect=*:type", "--image=a b",
        "--select=CreateModel/Tags*", "--select=err*",
    ]  # fmt: skip
    record.unlink()
    step(tmp_path, INPUT_TARGET="x", INPUT_ARGUMENTS=" \n ")
    assert called(record)[0:2] == ["run", "--depth=quick"]


def test_what_a_target_makes_the_suite_print_is_no_command(tmp_path: Path) -> None:
    """Neither on standard output nor on standard error; what follows is obeyed again."""
    attack = shlex.quote("::add-mask::a\n  ::set-env name=B::c\nx ##[command]d\n::pause::\n")
    fake(tmp_path, f"printf %s {attack}; printf %s {attack} >&2; exit 1")
    done = step(tmp_path, INPUT_TARGET="x")
    assert done.log.count("::add-mask::a") == 2
    assert done.obeyed == []


def test_an_earlier_runs_results_are_not_taken_for_this_one(tmp_path: Path) -> None:
    """A run that is refused has no verdict, though its folder holds one."""
    assert step(tmp_path, INPUT_TARGET="reference", INPUT_SELECT="response/status").code == 0
    done = step(tmp_path, INPUT_TARGET="nosuch")
    assert (done.code, done.outputs, done.summary) == (2, {"exit-code": "2"}, "")


def test_two_runs_never_share_the_word_that_ends_the_silence(tmp_path: Path) -> None:
    """It cannot be guessed: sixteen random bytes."""
    fake(tmp_path)
    tokens = {
        re.findall("::stop-commands::([0-9a-f]{32})\n", step(tmp_path, INPUT_TARGET="x").log)[0]
        for _ in range(3)
    }
    assert len(tokens) == 3


def test_install_makes_an_environment_of_its_own(tmp_path: Path) -> None:
    """A venv in the runner's folder, with the action's own tree installed into it."""
    record = tmp_path / "record"
    python = tmp_path / "python"
    python.write_text(
        "#!/usr/bin/env bash\n"
        'printf "%s\\n" "$@" >>"$CALLS"\n'
        'mkdir -p "${@: -1}/bin" && cp "$0" "${@: -1}/bin/python"\n',
        "utf-8",
    )
    python.chmod(0o755)
    place = tmp_path / "a b"
    done = step(
        tmp_path / "job", "install",
        INPUT_PYTHON=str(python), CALLS=str(record), GITHUB_ACTION_PATH=str(place),
    )  # fmt: skip
    assert done.code == 0, done.log
    home = tmp_path / "job" / ".runner" / "temp" / "createmodel-conformance"
    calls = record.read_text("utf-8").splitlines()
    assert calls[:4] == ["-m", "venv", "--clear", str(home)]
    assert calls[4:7] == ["-m", "pip", "install"]
    assert calls[-1] == str(place)


@pytest.mark.parametrize("command", ["", "judge", "run\n"])
def test_another_command_is_wrong_usage(command: str, tmp_path: Path) -> None:
    """Exit code 2 and one line."""
    done = step(tmp_path, command, INPUT_TARGET="x")
    assert (done.code, done.log) == (2, "usage: action.sh install | run\n")

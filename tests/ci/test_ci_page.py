"""docs/ci.md: its recipes are run as they stand there, in their order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.processes import environment

from conformance.cli.run import command as run_command
from reports.known.entries import entries

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
RECIPES = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

#: Stands in for a command of the recipes: the real one on few rules, or nothing at all.
STAND_INS = {
    "createmodel-conformance": """
case $1 in
run) exec {real} "$@" --select 'CreateModel/ModelName:*' --select response ;;
*) exec {real} "$@" ;;
esac
""",
    "pytest": "exec {real} -p no:cacheprovider -p no:schemathesis "
    "--createmodel-select 'CreateModel/ModelName:*' \"$@\"",
    "pip": 'echo pip "$@"',
}


@pytest.fixture
def shell(tmp_path: Path) -> Any:
    """A function that runs lines in one folder; exit code and output."""
    stand_ins = tmp_path / "stand-ins"
    stand_ins.mkdir()
    for name, text in STAND_INS.items():
        file = stand_ins / name
        file.write_text(
            "#!/bin/sh\n" + text.format(real=Path(sys.executable).with_name(name)), "utf-8"
        )
        file.chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()

    def run(lines: str, target: str) -> tuple[int, str]:
        path = f"{stand_ins}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-e", "-c", lines],
            cwd=folder,
            env=environment(PATH=path, TARGET=target),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    run.folder = folder  # type: ignore[attr-defined]
    return run


@pytest.mark.proof
def test_the_recipes_run_from_adoption_to_pruning(shell: Any) -> None:
    """A project that fails adopts the suite, hears of news and of what it mended, and prunes."""
    adopt, judge, prune, plain, compare, items = RECIPES
    target = "reference:model-name-max-length-64"
    listing = shell.folder / "known-findings.yaml"

    code, said = shell(adopt, target)
    assert code == 0, said
    (entry,) = entries(listing.read_text("utf-8"))
    assert (entry.rule, entry.side) == ("CreateModel/ModelName:max-length", "rejects")

    for recipe in (judge, plain, compare, items):
        code, said = shell(recipe, target)
        assert code == 0, said
    assert "xfailed" in said

    code, said = shell(plain, f"{target}+model-name-pattern-absent")
    assert code == 1, said
    assert "News: see conformance-results/summary.md." in said
    assert (shell.folder / "conformance-results" / "summary.md").is_file()

    code, said = shell(judge, "reference")
    assert code == 1
    assert "known-findings.yaml, line 6: " in said
    code, said = shell(items, "reference")
    assert code == 1
    assert "passes now: delete this entry" in said
    code, said = shell(prune, "reference")
    assert code == 0, said
    assert "1 of 1 entries were stale." in said
    assert entries(listing.read_text("utf-8")) == ()
    for recipe in (judge, plain, items):
        code, said = shell(recipe, "reference")
        assert code == 0, said

    code, said = shell(plain, "nosuch")
    assert code == 2
    assert "Wrong usage" in said


def test_the_script_of_the_recipe_for_gitlab_runs(shell: Any) -> None:
    """Its lines are run with another target; what it names as artifacts is there afterwards."""
    blocks = re.findall("```yaml\n(.*?)```", PAGE, re.DOTALL)
    job = next(yaml.safe_load(each) for each in blocks if "artifacts:" in each)["conformance"]
    assert job["artifacts"]["when"] == "always"
    (shell.folder / "known-findings.yaml").write_text("known: []\n", "utf-8")
    lines = "\n".join(job["script"]).replace("http://emulator:4566", '"$TARGET"')
    code, said = shell(lines, "reference:model-name-max-length-64")
    assert code == 1, said
    assert "pip install git+https://" in said
    (folder,) = job["artifacts"]["paths"]
    assert (shell.folder / folder / "report.html").is_file()
    assert (shell.folder / job["artifacts"]["reports"]["junit"]).is_file()


def test_the_exit_codes_are_those_of_run() -> None:
    """Each code that `run` explains is a row of the table, but Ctrl-C, which no CI presses."""
    rows = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    explained = re.findall(r"(?:code )?(\d+): ", run_command.help or "")
    assert set(rows) == set(explained) - {"130"}

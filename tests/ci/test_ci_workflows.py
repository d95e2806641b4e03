"""action.yml and the workflows: sound for the linters, least of rights, no input in a command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.processes import environment

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPT = ROOT / "ci" / "action.sh"

#: What is installed for the tests comes first.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def loaded(path: Path) -> Any:
    """A YAML file; the key ``on`` is the boolean that YAML 1.1 makes of it."""
    return yaml.safe_load(path.read_text("utf-8"))


PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
ACTION = loaded(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]


def tool(name: str, how: str) -> str:
    """The path of a linter; without it the test is skipped and says how to get it."""
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"no {name} on the PATH or in .venv/bin: {how}")
    return found


def linted(*command: str) -> str:
    """What a linter says."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


SHELLCHECK = "it comes with pip install -e '.[dev]'"
ACTIONLINT = ".ci/run installs it with Go (go install github.com/rhysd/actionlint/cmd/actionlint)"


def test_the_workflows_are_sound() -> None:
    """actionlint finds nothing, with shellcheck on every line that is run."""
    shellcheck = tool("shellcheck", SHELLCHECK)
    files = [str(path) for path in WORKFLOWS]
    assert linted(tool("actionlint", ACTIONLINT), "-shellcheck", shellcheck, *files) == ""


def test_the_recipe_for_github_is_sound(tmp_path: Path) -> None:
    """The workflow on the page for CI is one: actionlint finds nothing in it."""
    text = (ROOT / "docs" / "ci.md").read_text("utf-8")
    (recipe, *_) = [
        each for each in re.findall("```yaml\n(.*?)```", text, re.DOTALL) if "uses:" in each
    ]
    file = tmp_path / "recipe.yml"
    file.write_text(recipe, "utf-8")
    assert linted(tool("actionlint", ACTIONLINT), str(file)) == ""


def test_the_script_is_sound() -> None:
    """shellcheck finds nothing, not even in style, in the script and in .ci/run."""
    shellcheck = tool("shellcheck", SHELLCHECK)
    assert linted(shellcheck, str(SCRIPT), str(ROOT / ".ci" / "run")) == ""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_few_rights_and_one_run_at_a_time(path: Path) -> None:
    """They read the repository and no secret, end by themselves, and supersede each other."""
    workflow = loaded(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    assert "secrets." not in path.read_text("utf-8")
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert 0 < job["timeout-minutes"] <= 90


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_actions_are_pinned_to_a_major_version(path: Path) -> None:
    """GitHub's own actions alone, and ours."""
    used = re.findall(r"uses: (\S+)", path.read_text("utf-8"))
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+|\./", each) for each in used)


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_no_expression_stands_in_a_line_of_a_shell(path: Path) -> None:
    """An input or a matrix value in a command would be a command: they go through ``env``."""
    document = loaded(path)
    jobs = document["jobs"].values() if "jobs" in document else [document["runs"]]
    lines = [each["run"] for job in jobs for each in job["steps"] if "run" in each]
    assert lines
    assert all("${{" not in line for line in lines)


def test_the_action_is_a_composite_with_a_shell_for_every_command() -> None:
    """What GitHub's schema for such actions demands: its absence is found only when it runs."""
    assert ACTION["runs"]["using"] == "composite"
    assert set(ACTION) == {"name", "description", "branding", "inputs", "outputs", "runs"}
    for step in STEPS:
        assert ("run" in step) != ("uses" in step)
        assert ("shell" in step) == ("run" in step)
    for name, given in ACTION["inputs"].items():
        assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
        assert given["description"]
        assert ("default" in given) != given.get("required", False)
        assert isinstance(given.get("default", ""), str), f"{name}: 3.10 would be 3.1"


def test_every_input_is_used_and_only_inputs_are() -> None:
    """Expressions name inputs and steps that there are."""
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([a-z]+)\.", text)) == {s["id"] for s in STEPS if "id" in s}


def test_the_script_reads_the_variables_that_the_action_gives_and_no_other() -> None:
    """Each is one input by its name; what the outputs name, the script writes."""
    script = SCRIPT.read_text("utf-8")
    given = {name: value for each in STEPS for name, value in each.get("env", {}).items()}
    assert set(re.findall(r"\bINPUT_[A-Z_]+", script)) - {"INPUT_"} == set(given)
    for name, value in given.items():
        if name != "INPUT_PYTHON":
            wanted = name.removeprefix("INPUT_").lower().replace("_", "-")
            assert value == f"${{{{ inputs.{wanted} }}}}"
    written = set(re.findall(r"\boutput ([a-z-]+) ", script))
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"
    assert written == set(ACTION["outputs"])


def test_results_are_uploaded_also_when_the_run_failed() -> None:
    """The last step runs always, but not for a run that left nothing."""
    last = STEPS[-1]
    assert last["uses"].startswith("actions/upload-artifact@")
    assert last["if"].startswith("always() && ")
    assert "steps.run.outputs.results != ''" in last["if"]


def test_the_nightly_matrix_forgives_and_every_leg_has_its_artifact() -> None:
    """One emulator that fails or does not start stops neither the others nor the page."""
    jobs = loaded(ROOT / ".github" / "workflows" / "conformance-nightly.yml")["jobs"]
    judge = jobs["judge"]
    assert judge["strategy"]["fail-fast"] is False
    legs = judge["strategy"]["matrix"]["include"]
    assert len({leg["name"] for leg in legs}) == len(legs) >= 2
    for leg in legs:
        assert ("image" not in leg) or leg["target"] == f"http://{leg['name']}:4566"
    (step,) = [each for each in judge["steps"] if each.get("uses") == "./"]
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert step["with"]["fail-on"] == "never"
    assert "matrix.name" in step["with"]["artifact"]
    assert jobs["matrix"]["needs"] == "judge"


def _default(given: dict[str, Any]) -> str:
    if given.get("required"):
        return "required"
    return f"`{given['default']}`" if given["default"] else "none"


def test_the_page_names_every_input_with_its_default_and_every_output() -> None:
    """The tables of docs/ci.md are those of action.yml, in its order."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| .* \|$", PAGE, re.MULTILINE)
    assert rows == [(name, _default(given)) for name, given in ACTION["inputs"].items()]
    for name in ACTION["outputs"]:
        assert f"`{name}`" in PAGE

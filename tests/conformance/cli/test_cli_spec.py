"""``spec diff``: the installed botocore against the pinned one, as a user starts it.

Which botocore is installed must not matter: a home folder of the test's own hides its model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import pytest
from click.testing import CliRunner
from fakes.processes import command
from fakes.snapshots import Snapshot, edited, install, service_model
from jsonschema import Draft202012Validator

from conformance.cli import cli
from conformance.spec import documents
from reports.schemas import schema
from reports.specdiff import markdown, text

RULE = "CreateModel/ModelName:max-length"


def spec_diff(*options: str, home: Path) -> Any:
    """Run the command with a home folder."""
    return command("spec", "diff", *options, cwd=home, HOME=str(home), USERPROFILE=str(home))


def installed(home: Path, snapshot: Snapshot) -> str:
    """Hide botocore's own model by this one; return the line that says so."""
    folder = install(home, service_model(snapshot))
    return f"Careful: botocore took the model in {folder}, not its own.\n"


def test_the_pinned_model_installed_is_no_change(tmp_path: Path) -> None:
    """Exit code 0, whichever version of botocore is around the model."""
    careful = installed(tmp_path, documents.model())
    done = spec_diff(home=tmp_path)
    assert (done.returncode, done.stderr) == (0, careful)
    title, advice = done.stdout.splitlines()
    assert title.startswith(f"botocore {documents.model()['botocore']} (pinned) and ")
    assert title.endswith(" (installed): no changes")
    assert advice == "Nothing to do."


def test_a_changed_limit_ends_with_1_and_names_its_rule(tmp_path: Path) -> None:
    """Each form tells the same change; the JSON keeps to its schema."""
    careful = installed(tmp_path, edited("ModelName", "max", 62))
    done = {form: spec_diff(*form, home=tmp_path) for form in ((), ("--json",), ("--markdown",))}
    assert {(each.returncode, each.stderr) for each in done.values()} == {(1, careful)}
    assert f"\ntightened  ModelName  max-length: 63 -> 62  ({RULE})\n" in done[()].stdout
    found = json.loads(done["--json",].stdout)
    Draft202012Validator(schema("specdiff")).validate(found)
    (change,) = found["changes"]
    assert (change["kind"], change["member"], change["rules"]) == ("tightened", "ModelName", [RULE])
    assert done[()].stdout == text(found)
    assert done["--markdown",].stdout == markdown(found)


def test_botocores_own_model_is_compared_where_no_other_hides_it(tmp_path: Path) -> None:
    """Whether that is a change depends on which version is installed; both ways are fine."""
    done = spec_diff("--json", home=tmp_path)
    found = json.loads(done.stdout)
    Draft202012Validator(schema("specdiff")).validate(found)
    assert done.stderr == ""
    assert done.returncode == (1 if found["changes"] else 0)
    assert found["installed"]["botocore"] == botocore.__version__


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"metadata": {}, "operations": {}, "shapes": {}}, ": its SageMaker has no CreateModel"),
        ({}, "the installed SageMaker model cannot be read: "),
        ({**service_model(documents.model()), "shapes": {}}, "cannot be read: KeyError"),
        ("no JSON", "cannot be read: JSONDecodeError"),
        ("[]", "cannot be read: TypeError"),
    ],
    ids=["no-operation", "empty", "no-shapes", "no-json", "array"],
)
def test_a_model_that_has_nothing_to_compare_is_refused(
    model: Any, said: str, tmp_path: Path
) -> None:
    """Exit code 2 and one sentence, no traceback."""
    install(tmp_path, model)
    done = spec_diff(home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert said in line


def test_a_botocore_without_sagemaker_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody packed botocore without the models that they thought superfluous."""
    monkeypatch.setattr("botocore.loaders.Loader.BUILTIN_DATA_PATH", str(tmp_path))
    monkeypatch.setattr("botocore.loaders.Loader.CUSTOMER_DATA_PATH", str(tmp_path))
    done = CliRunner().invoke(cli, ["spec", "diff"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: botocore ")
    assert done.stderr.endswith(" has no SageMaker model\n")


@pytest.mark.parametrize(
    "arguments",
    [("diff", "--json", "--markdown"), ("diff", "more"), ("diff", "--nope"), ("nope",)],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Nothing is compared then."""
    done = command("spec", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")

"""``rules``: the catalogue, for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.processes import command
from jsonschema import Draft202012Validator

from conformance.oracle.catalogue import all_rules
from reports.schemas import schema


def test_the_json_lists_every_rule_in_order_and_keeps_to_its_schema(tmp_path: Path) -> None:
    """One object a rule, in the order of the catalogue, each with all that is promised."""
    done = command("rules", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    Draft202012Validator(schema("rules")).validate(document)
    assert done.returncode == 0
    assert done.stderr == ""
    assert [each["id"] for each in document] == [rule.id for rule in all_rules()]


def test_the_list_names_level_provenance_statement_and_source(tmp_path: Path) -> None:
    """A person reads four lines' worth of each rule."""
    done = command("rules", "CreateModel/ModelName:max-length", cwd=tmp_path)
    first, second, third, fourth = done.stdout.splitlines()
    assert first == "CreateModel/ModelName:max-length"
    assert second.strip() == "must, reference+model"
    assert third.strip() == "ModelName has at most 63 characters."
    assert fourth.strip().startswith("Amazon SageMaker API Reference, CreateModel")
    assert done.stderr == "1 rules, 1 of them separable\n"


@pytest.mark.parametrize(
    ("glob", "first", "count"),
    [
        ("CreateModel/Containers:max-items", "CreateModel/Containers:max-items", 1),
        ("CreateModel/Containers[].Image:*", "CreateModel/Containers[].Image:type", None),
        ("response", "response/status", None),
        ("*:enum", "CreateModel/PrimaryContainer.ImageConfig.RepositoryAccessMode:enum", 15),
        ("CreateModel/Tags", "CreateModel/Tags:type", None),
    ],
)
def test_a_glob_chooses_rules_and_brackets_are_plain(
    glob: str, first: str, count: int | None, tmp_path: Path
) -> None:
    """Ids hold brackets, so only * and ? are special; a bare word is a family or a member."""
    found = [
        each["id"] for each in json.loads(command("rules", "--json", glob, cwd=tmp_path).stdout)
    ]
    assert found[0] == first
    assert count is None or len(found) == count
    stem = glob.strip("*").rstrip(":")
    assert all(stem in each for each in found)


def test_a_rule_that_cannot_be_broken_alone_is_marked(tmp_path: Path) -> None:
    """A role ARN under 20 characters always breaks its pattern, too."""
    done = command("rules", "CreateModel/ExecutionRoleArn:min-length", cwd=tmp_path)
    assert "not separable" in done.stdout
    (each,) = json.loads(
        command("rules", "--json", "CreateModel/ExecutionRoleArn:min-length", cwd=tmp_path).stdout
    )
    assert each["separable"] is False


@pytest.mark.parametrize("glob", ["nope", "CreateModel/*Nope*", "[", "CreateModel/modelname:type"])
def test_an_unknown_glob_is_refused_in_one_sentence(glob: str, tmp_path: Path) -> None:
    """Exit code 2 and a line that tells where to look."""
    done = command("rules", glob, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: no rule matches {glob!r}; `createmodel-conformance rules` lists them\n"
    )

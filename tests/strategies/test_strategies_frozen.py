"""The frozen corpus: every request is what its line says, under any names and resources."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.intent import is_intended
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.violations import expectation
from conformance.spec.requirements import CORE, LATEST, names, requirements
from strategies import frozen
from strategies.cases import CountedNames
from strategies.frozen import (
    PREFIX,
    TEMPLATE,
    ChangedCorpus,
    TemplateNames,
    corpus_bytes,
    frozen_cases,
)
from strategies.resources import Resources

RUN = "cmcabcdefghija"
OTHERS = Resources(
    account="210987654321",
    role_arn="arn:aws:iam::210987654321:role/mine",
    image="210987654321.dkr.ecr.us-east-1.amazonaws.com/mine:2",
    model_data_url="s3://mine/folder/model.tar.gz",
    subnets=("subnet-0a", "subnet-0b"),
    security_groups=("sg-0a",),
)


def sides() -> list[tuple[str, str]]:
    """Every side that has frozen requests."""
    ids = [rule for rule in requirements().rules(CORE) if rule.startswith(("Create", "request/"))]
    return [(rule, side) for rule in ids for side in rule_by_id(rule).sides]


@pytest.mark.parametrize("resources", [TEMPLATE, OTHERS], ids=["template", "others"])
def test_every_frozen_request_is_intended_and_every_control_is_legal(resources: Resources) -> None:
    """The oracle reads each anew; the run's own names, account and resources change nothing."""
    counted = CountedNames("counted")
    seen = 0
    for rule_id, side in sides():
        rule = rule_by_id(rule_id)
        given: Any = {"prefix": RUN, "names": counted, "resources": resources}
        cases = list(frozen_cases(LATEST, rule, side, **given))
        assert cases, (rule_id, side)
        for case in cases:
            seen += 1
            assert is_intended(rule, side, expectation(case.request)), (rule_id, case.label)
            for control in (*case.controls, *(case.alternatives() if case.alternatives else ())):
                assert not expectation(control).violations, (rule_id, case.label)
    assert seen == sum(corpus_bytes(name).count(b"\n") for name in names())


def test_no_name_of_the_template_is_left_and_none_is_used_twice() -> None:
    """Names bear the run's prefix; two cases never have the same one, nor the run's own."""
    taken: list[str] = []
    for rule_id, side in sides():
        rule = rule_by_id(rule_id)
        for case in frozen_cases(
            LATEST, rule, side, prefix=RUN, names=CountedNames(), resources=OTHERS
        ):
            text = json.dumps([case.request, case.controls])
            assert PREFIX not in text
            assert TEMPLATE.account not in text
            name = case.request.get("ModelName") if isinstance(case.request, dict) else None
            if rule.member != "ModelName" and isinstance(name, str):
                taken.append(name)
                assert int(re.findall("[0-9]{6}", name)[0]) > 500_000
    assert len(set(taken)) == len(taken)


def test_resources_of_the_users_replace_synthetic_ones() -> None:
    """A target that checks roles, images and data is given those that it knows."""
    rule = rule_by_id("CreateModel/ModelName:max-length")
    case = next(
        frozen_cases(LATEST, rule, "accepts", prefix=RUN, names=CountedNames(), resources=OTHERS)
    )
    assert case.request["ExecutionRoleArn"] == OTHERS.role_arn
    assert case.request["PrimaryContainer"]["Image"] == OTHERS.image


def test_names_that_cannot_bear_a_prefix_are_asked_for() -> None:
    """Numbers and names of one character come from the run, which knows what is free."""

    class Asked(CountedNames):
        def short(self) -> str | None:
            return "z"

        def number(self) -> int:
            return 77

    found = []
    for kind, side in (("pattern", "accepts"), ("type", "rejects")):
        rule = rule_by_id(f"CreateModel/ModelName:{kind}")
        cases = frozen_cases(LATEST, rule, side, prefix=RUN, names=Asked(), resources=TEMPLATE)
        found += [case.request["ModelName"] for case in cases if isinstance(case.request, dict)]
    assert {"z", "77", 77} <= {each for each in found if isinstance(each, str | int)}
    assert TemplateNames().short() not in found


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"x" + data, bytes.upper])
def test_a_damaged_corpus_is_a_changed_one(
    damage: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Cut off, no gzip file, or garbage within: the same sentence as for other requests."""
    data = (Path(frozen.__file__).parent / "data" / f"corpus-{LATEST}.ndjson.gz").read_bytes()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / f"corpus-{LATEST}.ndjson.gz").write_bytes(damage(data))
    monkeypatch.setattr(frozen, "files", lambda _: tmp_path)
    with pytest.raises(ChangedCorpus, match="were changed: install the suite anew"):
        corpus_bytes(LATEST)


def test_a_missing_corpus_is_a_changed_one() -> None:
    """A set without its requests certifies nothing."""
    with pytest.raises(ChangedCorpus):
        corpus_bytes("1999.1")

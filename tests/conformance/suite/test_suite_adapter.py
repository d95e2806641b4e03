"""The thin adapter: one test, which says what a judgement says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance import suite
from conformance.engine.judgement import Judgement
from conformance.oracle.catalogue import rule_by_id
from conformance.suite import test_createmodel as adapter
from reports.finding import told

RULE = "CreateModel/ModelName:max-length"


def test_a_side_that_passed_passes() -> None:
    """Nothing is raised for a judgement without finding."""
    adapter.test_createmodel(Judgement(rule_by_id(RULE), "accepts", "pass", {"pass": 1}))


def test_a_side_that_failed_fails_with_its_finding_in_words(
    judged: Callable[..., Any], make_reference: Callable[..., Any]
) -> None:
    """The message is the finding as the reports tell it, without a traceback of ours."""
    run = judged(make_reference("model-name-max-length-64"), [RULE])
    judgement = run.of(RULE, "rejects")
    with pytest.raises(pytest.fail.Exception) as failure:
        adapter.test_createmodel(judgement)
    assert str(failure.value) == told(judgement.as_event())
    assert failure.value.pytrace is False


def test_the_suite_tells_how_it_is_used() -> None:
    """The package's docstring holds the command and the import that people copy."""
    text = suite.__doc__ or ""
    assert "pytest --pyargs conformance.suite --createmodel-target URL" in text
    assert "from conformance.suite.test_createmodel import test_createmodel" in text
    assert adapter.test_createmodel.__doc__


def test_the_suite_has_one_test_whatever_the_number_of_rules() -> None:
    """Items come from parametrisation, so a new rule needs no new test here."""
    assert [name for name in dir(adapter) if name.startswith("test_")] == ["test_createmodel"]

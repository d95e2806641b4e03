"""The one test: the target does what a side of a rule says."""

from __future__ import annotations

import pytest

from conformance.engine.judgement import Judgement
from reports.finding import told


def test_createmodel(createmodel_judgement: Judgement) -> None:
    """The target keeps this side of this rule."""
    if createmodel_judgement.verdict == "fail":
        pytest.fail(told(createmodel_judgement.as_event()), pytrace=False)

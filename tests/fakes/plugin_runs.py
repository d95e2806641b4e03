"""What tests of the pytest plugin say to the pytest inside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

#: Runs pytest with arguments; see the fixtures ``runs`` and ``runs_here``.
Runs = Callable[..., pytest.RunResult]

SUITE = ("--pyargs", "conformance.suite")

#: Four rules of two sides each.
NAMES = ("--createmodel-select", "CreateModel/ModelName:*")

#: A target that accepts what those rules forbid, as moto does, and is there in no time.
FAULTY = (
    "reference:model-name-max-length-64+model-name-pattern-absent+model-name-type-unchecked"
    "+model-name-optional"
)

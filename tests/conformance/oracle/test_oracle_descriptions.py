"""What was sent is contained in what is shown: the comparison by itself."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from fakes.records import json_values
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oracle.descriptions import DESCRIPTIONS, is_possible_time
from conformance.oracle.echoes import lost, values_at
from conformance.spec import shapes
from strategies import create_model_requests

BY_PATH = shapes.by_path()
ECHOED = [each.rule.member for each in DESCRIPTIONS if ":" in each.rule.id]


@settings(max_examples=60, deadline=None)
@given(request=create_model_requests())
def test_a_request_contains_itself(request: dict[str, Any]) -> None:
    """A service that shows exactly what it was sent loses nothing."""
    for path in ECHOED:
        seen = values_at(path, request)
        assert lost(BY_PATH[path], seen, copy.deepcopy(seen)) is None


@settings(max_examples=60, deadline=None)
@given(request=create_model_requests(), path=st.sampled_from(ECHOED), shown=json_values())
def test_no_answer_makes_the_comparison_raise(
    request: dict[str, Any], path: str, shown: Any
) -> None:
    """Whatever is shown, the outcome is a sentence or nothing."""
    found = lost(BY_PATH[path], values_at(path, request), values_at(path, shown))
    assert found is None or json.dumps(found)


@pytest.mark.parametrize(
    ("path", "sent", "seen", "wrong"),
    [
        ("VpcConfig.Subnets", [["a", "b"]], [["b", "a", "c"]], None),
        ("VpcConfig.Subnets", [["a", "b"]], [["b"]], 'does not show "a"'),
        ("VpcConfig", [{}], [[]], "is not shown as an object"),
        ("VpcConfig", [{}], [], "is not shown"),
        ("Containers", [[{}, {}]], [[{}]], "has 1 of 2 items"),
        ("Containers", [[{}]], ["text"], "is not shown as a list"),
        ("EnableNetworkIsolation", [True], ["true"], "does not show true"),
        ("EnableNetworkIsolation", [True], [1], "does not show true"),
        ("PrimaryContainer.Environment", [{"A": "1"}], [{"A": "2", "B": ""}], None),
        ("PrimaryContainer.Environment", [{"A": "1"}], [{"a": "1"}], 'does not show "A"'),
    ],
)
def test_what_is_lost_is_told(path: str, sent: list[Any], seen: list[Any], wrong: str) -> None:
    """Sets may grow and be turned round; types and contents may not change."""
    assert lost(BY_PATH[path], sent, seen) == wrong


def test_numbers_are_compared_by_value() -> None:
    """60 and 60.0 are the same JSON number."""
    path = (
        "PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[].MetricPublishFrequencyInSeconds"
    )
    assert lost(BY_PATH[path], [60], [60.0]) is None
    assert lost(BY_PATH[path], [60], ["60"]) == "does not show 60"


@given(value=json_values())
def test_a_time_is_a_number_of_this_century(value: Any) -> None:
    """Strings, booleans, milliseconds and nothing at all are no time."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    assert is_possible_time(value) == (is_number and 1.5e9 <= value <= 4e9)
    assert not is_possible_time(1_700_000_000_000)
    assert is_possible_time(1_700_000_000.5)


def test_every_member_but_name_and_tags_has_an_echo_rule() -> None:
    """The list follows the specification, not the other way round."""
    members = {path for path in BY_PATH if path and path[-1] not in "]}"}
    silent = {"ModelName", "Tags", "Tags[].Key", "Tags[].Value"}
    assert set(ECHOED) == members - silent

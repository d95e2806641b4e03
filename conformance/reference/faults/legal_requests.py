"""Legal requests that are refused, and illegal combinations that are let through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import BodyCheck, Call, Change
from conformance.reference.cross_checks import (
    containers_of,
    image_or_model_package,
    one_multi_model_container,
)
from conformance.reference.errors import invalid, unreadable
from conformance.reference.faults.fault import (
    Fault,
    Side,
    with_cross_check,
    with_gate,
    without_cross_check,
)
from conformance.reference.messages import Reply, Request
from conformance.reference.other_shapes import INPUTS

FAMILY = "requests"


def _fault(
    name: str, summary: str, change: Change, side: Side = "accepts", rules: tuple[str, ...] = ()
) -> Fault:
    return Fault(name, summary, rules, FAMILY, side, change)


# --- members together ---


def _refuse_together(first: str, second: str) -> Change:
    def check(call: Call) -> None:
        if first in call.parameters and second in call.parameters:
            raise invalid(f"{first} cannot be specified together with {second}.")

    return with_cross_check(check)


def _refuse_in_container(first: str, second: str) -> Change:
    def check(call: Call) -> None:
        for each in containers_of(call):
            if first in each and second in each:
                raise invalid(f"{first} cannot be specified together with {second}.")

    return with_cross_check(check)


def _refuse_where(condition: Callable[[Call], bool], message: str) -> Change:
    def check(call: Call) -> None:
        if condition(call):
            raise invalid(message)

    return with_cross_check(check)


_TOGETHER = (
    ("VpcConfig", "EnableNetworkIsolation"),
    ("Tags", "VpcConfig"),
    ("Tags", "Containers"),
    ("VpcConfig", "Containers"),
    ("ExecutionRoleArn", "EnableNetworkIsolation"),
    ("InferenceExecutionConfig", "VpcConfig"),
)
_TOGETHER_IN_CONTAINER = (
    ("Image", "ModelDataUrl"),
    ("Image", "ModelDataSource"),
    ("Image", "ImageConfig"),
    ("Image", "Environment"),
    ("ContainerHostname", "Environment"),
    ("ModelDataUrl", "Environment"),
    ("Mode", "Environment"),
)


def _combination_faults() -> Iterator[Fault]:
    rules = ("request/members-combine",)
    for first, second in _TOGETHER:
        yield _fault(
            f"refuses-{first}-with-{second}".lower(),
            f"{first} and {second} are not accepted in one request",
            _refuse_together(first, second),
            rules=rules,
        )
    for first, second in _TOGETHER_IN_CONTAINER:
        yield _fault(
            f"refuses-{first}-with-{second}-in-a-container".lower(),
            f"{first} and {second} are not accepted in one container",
            _refuse_in_container(first, second),
            # Image with Environment and the like are in almost every request: more fails than this.
            rules=rules,
        )
    yield _fault(
        "refuses-six-members",
        "more than five members are not accepted in one request",
        _refuse_where(lambda call: len(call.parameters) > 5, "Too many members."),
        rules=rules,
    )


def _cross_check_faults() -> Iterator[Fault]:
    yield _fault(
        "image-and-model-package-accepted",
        "a container may name both an image and a model package",
        without_cross_check(image_or_model_package),
        "rejects",
        ("request/image-or-model-package",),
    )
    yield _fault(
        "image-and-model-package-accepted-in-containers",
        "image and model package are only looked at together in PrimaryContainer",
        _only_for_primary(),
        "rejects",
        ("request/image-or-model-package",),
    )
    yield _fault(
        "several-multi-model-containers-accepted",
        "a pipeline may have several MultiModel containers",
        without_cross_check(one_multi_model_container),
        "rejects",
        ("request/one-multi-model-container",),
    )
    yield _fault(
        "two-multi-model-containers-accepted",
        "a pipeline may have two MultiModel containers, not three",
        _two_multi_model(),
        "rejects",
        ("request/one-multi-model-container",),
    )
    yield _fault(
        "multi-model-refused",
        "no MultiModel container is accepted in a pipeline",
        _refuse_where(
            lambda call: any(
                each.get("Mode") == "MultiModel" for each in call.structures("Containers")
            ),
            "MultiModel mode is not supported with inference pipeline.",
        ),
    )
    yield _fault(
        "model-package-refused",
        "no container may name a model package",
        _refuse_where(
            lambda call: any("ModelPackageName" in each for each in containers_of(call)),
            "ModelPackageName is not supported.",
        ),
    )


def _only_for_primary() -> Change:
    def check(call: Call) -> None:
        image_or_model_package(call.having(Containers=None))

    drop = without_cross_check(image_or_model_package)
    return lambda behaviour: with_cross_check(check)(drop(behaviour))


def _two_multi_model() -> Change:
    def check(call: Call) -> None:
        modes = [each.get("Mode") for each in call.structures("Containers")]
        if modes.count("MultiModel") > 2:
            one_multi_model_container(call)

    drop = without_cross_check(one_multi_model_container)
    return lambda behaviour: with_cross_check(check)(drop(behaviour))


# --- the JSON itself ---


def _with_body_check(check: BodyCheck) -> Change:
    return lambda behaviour: replace(behaviour, body_checks=(*behaviour.body_checks, check))


def _anywhere(value: object, condition: Callable[[object], bool]) -> bool:
    if condition(value):
        return True
    if isinstance(value, dict):
        return any(_anywhere(each, condition) for each in value.values())
    return isinstance(value, list) and any(_anywhere(each, condition) for each in value)


def _refuse_values(condition: Callable[[object], bool]) -> Change:
    def check(_operation: str, members: dict[str, object]) -> None:
        if _anywhere(members, condition):
            raise unreadable("Unexpected value")

    return _with_body_check(check)


def _refuse_unknown(operation: str, members: dict[str, object]) -> None:
    known = {each.name for each in INPUTS[operation].members}
    for name in members:
        if name not in known:
            raise invalid(f"Unknown parameter in input: {name}")


def _refuse_larger(size: int) -> Change:
    def gate(request: Request) -> Reply | None:
        if len(request.body) > size:
            raise invalid("Request body is too large")
        return None

    return with_gate(gate)


def _json_faults() -> Iterator[Fault]:
    values: tuple[tuple[str, str, Callable[[object], bool]], ...] = (
        ("nulls", "a null anywhere is refused", lambda value: value is None),
        ("empty-strings", "an empty string anywhere is refused", lambda value: value == ""),
        ("empty-lists", "an empty list anywhere is refused", lambda value: value == []),
        ("empty-objects", "an empty object anywhere is refused", lambda value: value == {}),
        ("fractions", "a number with a fraction or exponent is refused", _is_float),
        ("non-ascii", "characters beyond ASCII are refused", _is_non_ascii),
        ("astral", "characters beyond the basic plane are refused", _is_astral),
        ("long-strings", "strings of more than 500 characters are refused", _is_long),
    )
    for name, summary, condition in values:
        yield _fault(f"refuses-{name}", summary, _refuse_values(condition))
    yield _fault(
        "refuses-unknown-members", "unknown members are refused", _with_body_check(_refuse_unknown)
    )
    for kilobytes in (4, 16, 64):
        yield _fault(
            f"refuses-bodies-over-{kilobytes}-kb",
            f"bodies of more than {kilobytes} KB are refused",
            _refuse_larger(kilobytes * 1024),
        )


def _is_float(value: object) -> bool:
    return isinstance(value, float)


def _is_non_ascii(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()


def _is_astral(value: object) -> bool:
    return isinstance(value, str) and any(ord(each) > 0xFFFF for each in value)


def _is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > 500


# --- empty structures taken for absent ones ---


def _drop_empty_vpc(_operation: str, members: dict[str, object]) -> None:
    if members.get("VpcConfig") == {}:
        del members["VpcConfig"]


def _drop_empty_tags(_operation: str, members: dict[str, object]) -> None:
    tags = members.get("Tags")
    if isinstance(tags, list):
        members["Tags"] = [each for each in tags if each != {}]


def _drop_empty_data_source(_operation: str, members: dict[str, object]) -> None:
    container = members.get("PrimaryContainer")
    if not isinstance(container, dict):
        return
    source = container.get("ModelDataSource")
    if isinstance(source, dict) and source.get("S3DataSource") == {}:
        del source["S3DataSource"]


def _empty_structure_faults() -> Iterator[Fault]:
    source = "PrimaryContainer.ModelDataSource.S3DataSource"
    for path, check, first in (
        ("VpcConfig", _drop_empty_vpc, "SecurityGroupIds"),
        ("Tags[]", _drop_empty_tags, "Key"),
        (source, _drop_empty_data_source, "S3Uri"),
    ):
        yield _fault(
            f"empty-{path.rpartition('.')[2].strip('[]').lower()}-as-absent",
            f"an empty object at {path} is taken for an absent one",
            _with_body_check(check),
            side="rejects",
            rules=(f"CreateModel/{path}.{first}:required",),
        )


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield from _combination_faults()
    yield from _cross_check_faults()
    yield from _json_faults()
    yield from _empty_structure_faults()

"""What AWS is asked names what the user named, and nothing else that AWS would look for."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes.results import Results
from hypothesis import HealthCheck, given, settings

from conformance.engine.given_only import NAMING, GivenOnly, foreign_to
from conformance.engine.iam import account_of, policy
from conformance.oracle.violations import expectation
from conformance.reference import application
from conformance.spec import shapes
from conformance.spec.shapes import Shape
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply
from strategies import create_model_requests
from strategies.bases import minimal
from strategies.defended import defended
from strategies.resources import Resources

GIVEN = Resources(
    role_arn="arn:aws:iam::123456789012:role/conformance",
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/given:1",
    model_data_url="s3://given-bucket/model/model.tar.gz",
    subnets=("subnet-0123456789abcdef0",),
    security_groups=("sg-0123456789abcdef0",),
)

#: Strings that mean nothing outside the request.
FREE = {
    "AdditionalModelChannelName",
    "ContainerHostname",
    "EnvironmentKey",
    "EnvironmentValue",
    "MetricsEndpointPath",
    "ModelName",
    "TagKey",
    "TagValue",
}


def strings(shape: Shape) -> Iterator[Shape]:
    """All strings of a request that are no enumerations."""
    if shape.kind == "string" and not shape.enum:
        yield shape
    for member in (*shape.members.values(), shape.item, shape.key, shape.value):
        if member is not None:
            yield from strings(member)


def test_every_string_is_decided_on() -> None:
    """A member that AWS adds must be sorted: does it name something that AWS looks for?"""
    assert {shape.name for shape in strings(shapes.request())} == NAMING | FREE


def test_the_plainest_request_of_given_resources_is_sent() -> None:
    """A role and an image that were named are all that it names."""
    assert list(foreign_to(minimal("a", GIVEN), GIVEN)) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("ExecutionRoleArn",), "arn:aws:iam::123456789012:role/other"),
        (("PrimaryContainer", "Image"), "123456789012.dkr.ecr.us-east-1.amazonaws.com/given:2"),
        (("PrimaryContainer", "ModelDataUrl"), "s3://other/model.tar.gz"),
        (("PrimaryContainer",), {"ModelPackageName": "somebody-elses"}),
        (("VpcConfig",), {"Subnets": ["subnet-1"], "SecurityGroupIds": [*GIVEN.security_groups]}),
        (("VpcConfig",), {"Subnets": [*GIVEN.subnets], "SecurityGroupIds": ["sg-1"]}),
    ],
)
def test_each_resource_is_looked_at(place: tuple[str, ...], value: Any) -> None:
    """One thing that was not given is enough."""
    body = minimal("a", GIVEN)
    where = body
    for step in place[:-1]:
        where = where[step]
    where[place[-1]] = value
    assert expectation(body).outcome == "accept"
    assert len(list(foreign_to(body, GIVEN))) == 1


def test_a_request_that_is_illegal_is_sent_as_it_is() -> None:
    """It is refused for what it breaks, whatever else it names."""
    assert list(foreign_to({**minimal("-", Resources())}, GIVEN)) == []
    assert list(foreign_to(None, GIVEN)) == []
    assert list(foreign_to([1], GIVEN)) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(create_model_requests())
def test_what_is_defended_with_given_resources_is_sent(body: dict[str, Any]) -> None:
    """A legal request with its names replaced by given ones, where there are some, is sent."""
    made = defended({k: v for k, v in body.items() if k != "VpcConfig"}, GIVEN)
    rest = {each.rpartition(".")[2] for each in foreign_to(made, GIVEN)}
    given_ones = {"ExecutionRoleArn", "Image", "ModelDataUrl"}
    assert not rest & given_ones


#: How roles, images, artifacts, subnets and security groups look in the text of a request.
NAMES = re.compile(r'"((?:arn:aws[a-z-]*:|s3://|https?://|subnet-|sg-|[0-9]{12}\.dkr\.)[^"]*)"')


class Watched(WsgiTarget):
    """A reference service that knows the given resources, and keeps what it accepted."""

    def __init__(self) -> None:
        strict = application(
            known_roles=[GIVEN.role_arn],
            known_images=[GIVEN.image],
            known_data=[GIVEN.model_data_url, GIVEN.model_prefix],
        )
        super().__init__("strict", strict, fingerprint={}, account="123456789012")
        self.legal: list[Any] = []

    def send(self, call: Call) -> Reply:
        if call.operation == "CreateModel":
            body = json.loads(call.body)
            if not expectation(body).violations:
                self.legal.append(body)
        return super().send(call)


def test_no_legal_request_of_a_run_names_anything_else(
    judged: Callable[..., Any],
) -> None:
    """A service that looks for everything fails no rule; what could not be named stays not-run."""
    target = Watched()
    rules = [
        "CreateModel/ModelName:max-length",
        "CreateModel/PrimaryContainer.Environment{key}:pattern",
        "CreateModel/VpcConfig.Subnets:min-items",
        "CreateModel/PrimaryContainer.Image:pattern",
        "CreateModel/PrimaryContainer.ModelDataUrl:max-length",
        "CreateModel/ExecutionRoleArn:max-length",
    ]
    done = judged(GivenOnly(target, GIVEN), rules, resources=GIVEN)
    assert set(done.verdicts()) <= {"pass", "not-run", "inconclusive"}
    assert done.verdicts()["pass"] >= len(rules)
    named = {each for body in target.legal for each in NAMES.findall(json.dumps(body))}
    assert {GIVEN.role_arn, GIVEN.image, GIVEN.model_data_url} <= named
    assert named <= {
        GIVEN.role_arn,
        GIVEN.image,
        GIVEN.model_data_url,
        GIVEN.model_prefix,
        *GIVEN.subnets,
        *GIVEN.security_groups,
    }


# -- what keys must be allowed -------------------------------------------------------------


def test_the_policy_allows_our_models_our_role_and_nothing_else() -> None:
    """Only operations on models, only names with our prefix, one role for one service."""
    document = policy("eu-west-1", "123456789012", GIVEN.role_arn)
    by_resource = {each["Resource"]: each for each in document["Statement"]}
    assert set(by_resource) == {
        "arn:aws:sagemaker:eu-west-1:123456789012:model/cmc*",
        "*",
        GIVEN.role_arn,
    }
    assert by_resource["*"]["Action"] == "sagemaker:ListModels"
    assert by_resource[GIVEN.role_arn]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }
    assert {each["Effect"] for each in document["Statement"]} == {"Allow"}


def test_the_policy_allows_all_that_a_run_asks(moto_run: Results) -> None:
    """Every operation of the families that AWS is asked by default is in the policy."""
    document = policy("us-east-1", "123456789012", GIVEN.role_arn)
    allowed = {
        action.removeprefix("sagemaker:")
        for each in document["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    lines = gzip.decompress((moto_run.folder / "exchanges.ndjson.gz").read_bytes()).splitlines()
    exchanges = [json.loads(line) for line in lines]
    asked = {each["operation"] for each in exchanges if not each["rule"].startswith("downstream/")}
    assert asked - {"NoSuchOperation"} == allowed - {"iam:PassRole"}


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_the_policy_is_of_the_regions_partition(region: str) -> None:
    """China and GovCloud have ARNs of their own."""
    (ours, *_) = policy(region, "123456789012", GIVEN.role_arn)["Statement"]
    assert ours["Resource"].startswith(f"arn:{'aws-cn' if region[0] == 'c' else 'aws-us-gov'}:sage")


@pytest.mark.parametrize("text", ["", "role", "arn:aws:iam::aws:role/x", "a:b:c:d:e:f"])
def test_what_is_no_role_has_no_account(text: str) -> None:
    """An account is twelve digits in an ARN, or unknown."""
    assert account_of(text) is None

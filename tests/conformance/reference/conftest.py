"""Clients of the reference service for its tests, and programs to compare services by."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from conformance.reference import Application, Request, application

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"
ROLE = "arn:aws:iam::123456789012:role/"
JSON = "application/x-amz-json-1.1"
CONTAINER: dict[str, Any] = {
    "ContainerHostname": "host",
    "Image": IMAGE,
    "ImageConfig": {
        "RepositoryAccessMode": "Vpc",
        "RepositoryAuthConfig": {
            "RepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:123456789012:function:f"
        },
    },
    "Mode": "SingleModel",
    "ModelDataUrl": "s3://bucket1/key1",
    "ModelDataSource": {
        "S3DataSource": {
            "S3Uri": "s3://bucket1/key1/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
            "ModelAccessConfig": {"AcceptEula": True},
            "HubAccessConfig": {"HubContentArn": "arn:aws:sagemaker:hub"},
            "ManifestS3Uri": "s3://bucket1/manifest1",
            "ETag": "e",
            "ManifestEtag": "m",
        }
    },
    "Environment": {"A1_b": "value", "B": ""},
    "InferenceSpecificationName": "spec1",
    "MultiModelConfig": {"ModelCacheSetting": "Enabled"},
    "ContainerMetricsConfig": {
        "MetricsEndpoints": [
            {"MetricsEndpointPath": "/a1/b", "MetricPublishFrequencyInSeconds": 60}
        ]
    },
}
CONTAINER["AdditionalModelDataSources"] = [
    {"ChannelName": "a1.b", "S3DataSource": CONTAINER["ModelDataSource"]["S3DataSource"]}
]
FULL: dict[str, Any] = {
    "ModelName": "a1-b2",
    "PrimaryContainer": CONTAINER,
    "Containers": [CONTAINER, CONTAINER],
    "InferenceExecutionConfig": {"Mode": "Serial"},
    "ExecutionRoleArn": ROLE + "Name1",
    "Tags": [{"Key": "Key1", "Value": "Value1"}, {"Key": "Key2", "Value": ""}],
    "VpcConfig": {"SecurityGroupIds": ["sg-1", "sg-2"], "Subnets": ["subnet-1", "subnet-2"]},
    "EnableNetworkIsolation": True,
}


class Clock:
    """Time in steps of a millisecond, each step seen three times so that some models tie."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> float:
        return 1_700_000_000 + next(self._ticks) // 3 / 1000


class Client:
    """Asks an application without a socket; answers are (status, decoded body or None)."""

    def __init__(self, wsgi: Application) -> None:
        self.application = wsgi

    def __call__(
        self, operation: str, *, region: str = "us-east-1", **members: Any
    ) -> tuple[int, Any]:
        scope = f"Credential=AKID/20260101/{region}/sagemaker/aws4_request"
        headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=00"}
        return self.send(operation, json.dumps(members).encode(), headers)

    def send(
        self, operation: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        target = {"x-amz-target": f"SageMaker.{operation}"}
        request = Request(body=body, headers={**(headers or {}), **target})
        reply = self.application.service.answer(request)
        return reply.status, json.loads(reply.body) if reply.body else None

    def create(self, name: str, **members: Any) -> tuple[int, Any]:
        container = {"PrimaryContainer": {"Image": IMAGE}}
        return self("CreateModel", ModelName=name, **{**container, **members})


@pytest.fixture
def make_client() -> Iterator[Callable[..., Client]]:
    """A function that makes a client of a new service with faults and strict modes."""

    def make(*faults: Any, **options: Any) -> Client:
        return Client(application(faults, **{"now": Clock(), **options}))

    return make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    """A client of a new, conformant service."""
    return make_client()


# --- programs: requests after one another ---


class Step(NamedTuple):
    """One request of a program: operation, body, headers, method."""

    operation: str
    body: bytes
    headers: dict[str, str] | None = None
    method: str = "POST"


def step(operation: str, **members: Any) -> Step:
    """A well-formed request."""
    return Step(operation, json.dumps(members).encode())


# --- programs: what behaves ---


def behaviour_program() -> list[Step]:
    """Requests after one another, through all operations."""
    one = {"PrimaryContainer": {"Image": IMAGE}}
    many = [{"Image": IMAGE, "ContainerHostname": each} for each in ("c", "a", "b")]
    odd = {"Image": IMAGE, "Environment": {"k": " <&>\U0001f600é\n ", "E": "", "L": "x" * 300}}
    tag = {"Key": "Ab", "Value": " x "}
    tags = [{"Key": f"K{n}", "Value": "v"} for n in range(12)]
    variant = {"VariantName": "v", "ModelName": "Model-1"}
    gone = {"VariantName": "g", "ModelName": "gone"}
    token = {"NextToken": "TOKEN"}
    job = {
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "x", "S3Uri": "s3://b/i"}}
        },
        "TransformOutput": {"S3OutputPath": "s3://b/o"},
        "TransformResources": {"InstanceType": "x", "InstanceCount": 1},
    }
    program = [
        step("CreateModel", ModelName="Model-1", **one, Tags=[tag, *tags]),
        step("DescribeModel", ModelName="Model-1"),
        step("CreateModel", ModelName="Model-1", **one, Tags=[tag, *tags]),
        step("CreateModel", ModelName="Model-1", EnableNetworkIsolation=True),
        step("DescribeModel", ModelName="Model-1"),
        step("CreateModel", ModelName="model-1"),
        step("CreateModel", ModelName="Model1"),
        step("CreateModel", ModelName="n" * 32 + "a"),
        step("CreateModel", ModelName="n" * 32 + "b"),
        step("CreateModel", **{**FULL, "ModelName": "full"}),
        step("DescribeModel", ModelName="full"),
        step("CreateModel", ModelName="many", Containers=many),
        step("DescribeModel", ModelName="many"),
        step("CreateModel", ModelName="odd", PrimaryContainer=odd, Containers=[odd]),
        step("DescribeModel", ModelName="odd"),
        step(
            "CreateModel", ModelName="bad", ExecutionRoleArn="x", Tags=[{"Key": ""}, {"Key": "!"}]
        ),
        step("DescribeModel", ModelName="bad"),
        step("CreateModel", ModelName="bad", PrimaryContainer={"Mode": "x", "Image": ""}),
        step("CreateModel", ModelName="bad", Tags=[{"Key": "ok", "Value": ""}, {"Key": ""}]),
        step("CreateModel", ModelName=5),
        step("CreateModel"),
        *(step("CreateModel", ModelName=f"m{n}") for n in range(14)),
        *(step("DescribeModel", ModelName=each) for each in ("missing", "-bad")),
        *(step("DeleteModel", ModelName=each) for each in ("missing", "-bad")),
    ]
    resource = {"ResourceArn": ARN + "Model-1"}
    for operation in ("ListTags", "AddTags", "DeleteTags"):
        more = {"AddTags": {"Tags": [tag]}, "DeleteTags": {"TagKeys": ["x"]}}.get(operation, {})
        program += [
            step(operation, ResourceArn=ARN + "missing", **more),
            step(operation, ResourceArn="bad", **more),
        ]
    program += [
        step("ListTags", **resource),
        step(
            "AddTags", **resource, Tags=[{"Key": "Ab", "Value": "2"}, {"Key": "New", "Value": "n"}]
        ),
        step("ListTags", **resource),
        step("AddTags", **resource, Tags=[{"Key": "aws:x", "Value": ""}]),
        step("AddTags", **resource, Tags=[{"Key": "", "Value": ""}]),
        step("DeleteTags", **resource, TagKeys=["aws:x"]),
        step("DeleteTags", **resource, TagKeys=[""]),
        step("DeleteTags", **resource, TagKeys=["K1", "ab", "New"]),
        step("ListTags", **resource),
        *(step("AddTags", **resource, Tags=[{"Key": f"t{n}", "Value": ""}]) for n in range(41)),
        step("ListTags", **resource),
        step("ListTags", **resource, MaxResults=1),
    ]
    program += [step("ListModels"), step("ListModels", **token), step("ListModels", MaxResults=1)]
    for members in (
        {"MaxResults": 3}, {"MaxResults": 100}, {"MaxResults": 0}, {"MaxResults": 101},
        {"SortBy": "Name"}, {"SortBy": "Name", "SortOrder": "Ascending"}, {"SortBy": "name"},
        {"SortOrder": "Ascending"}, {"SortOrder": "Ascending", "MaxResults": 2},
        {"MaxResults": 2}, {"SortBy": "Name", "SortOrder": "Ascending", "MaxResults": 25},
        {"NameContains": "m1"}, {"NameContains": "odel"}, {"NameContains": "MODEL"},
        {"CreationTimeAfter": 1700000000.004}, {"CreationTimeBefore": 1700000000.004},
        {"CreationTimeAfter": 1700000000.003, "CreationTimeBefore": 1700000000.006},
        {"NextToken": "foreign"}, {"SortOrder": "Ascending", "MaxResults": 22},
    ):  # fmt: skip
        first = {**members, "NextToken": "TOKEN"}
        program += [
            step("ListModels", **members),
            step("ListModels", **first),
            step("ListModels", **first),
        ]
    for n in range(6):
        program.append(step("ListModels", CreationTimeAfter=round(1700000000.002 + n / 1000, 3)))
        program.append(step("ListModels", CreationTimeBefore=round(1700000000.002 + n / 1000, 3)))
    program += [
        step("ListModels", MaxResults=2),
        step("CreateModel", ModelName="meanwhile"),
        step("ListModels", MaxResults=2, **token),
        step(
            "CreateModel",
            ModelName="multi",
            PrimaryContainer={"Image": IMAGE, "Mode": "MultiModel"},
        ),
        step("DescribeModel", ModelName="multi"),
        step("CreateModel", ModelName="package", PrimaryContainer={"ModelPackageName": "p"}),
        step("DescribeModel", ModelName="package"),
    ]
    config = {"EndpointConfigName": "e", "ProductionVariants": [variant]}
    program += [
        step("CreateModel", ModelName="gone", Tags=[{"Key": "k", "Value": "v"}]),
        step("DeleteModel", ModelName="gone"),
        step("DeleteModel", ModelName="gone"),
        step("ListTags", ResourceArn=ARN + "gone"),
        step("CreateEndpointConfig", EndpointConfigName="g", ProductionVariants=[gone]),
        step("CreateTransformJob", TransformJobName="g", ModelName="gone", **job),
        step("DescribeModel", ModelName="gone"),
        step("DescribeModel", ModelName="gone"),
        step("CreateModel", ModelName="gone"),
        step("ListTags", ResourceArn=ARN + "gone"),
        step("DeleteModel", ModelName="Model-1"),
        step("DescribeModel", ModelName="many"),
        step("CreateModel", ModelName="Model-1"),
        step("CreateModel", ModelName="Model-2"),
        step("DeleteModel", ModelName="Model-2"),
        step("DescribeModel", ModelName="Model-1"),
        step("ListModels", MaxResults=100),
        step("CreateEndpointConfig", **config),
        step("CreateEndpointConfig", **config),
        step("DescribeEndpointConfig", EndpointConfigName="e"),
        step("CreateEndpointConfig", EndpointConfigName="f",
             ProductionVariants=[variant, {**variant, "ModelName": "missing"}]),
        step("DeleteEndpointConfig", EndpointConfigName="e"),
        step("DescribeEndpointConfig", EndpointConfigName="e"),
        step("DeleteEndpointConfig", EndpointConfigName="e"),
        step("CreateTransformJob", TransformJobName="j", ModelName="Model-1", **job),
        step("CreateTransformJob", TransformJobName="k", ModelName="missing", **job),
    ]  # fmt: skip
    program += list(wire_program())
    return program


def wire_program() -> Iterator[Step]:
    """Bodies, headers and methods out of the ordinary."""
    for n, body in enumerate(
        (
            b"", b"{", b"nonsense", b'{"ModelName":"w@"', b'{"ModelName":"w@",}',
            b'[{"ModelName":"w@"}]',
            b'{"ModelName":"w@"} x', b'{"ModelName":"w@"}\0x', b'{"ModelName":"w@","X":NaN}',
            b'{"ModelName":"w@","X":"\xff"}', b'{"ModelName":"w@","x":1}',
            b'{"ModelName":"w@","X":1}',
            b'{"ModelName":"w@","X":' + b"[" * 50 + b"]" * 50 + b"}",
            '{"ModelName":"w@","X":"é"}'.encode(), b'{"ModelName":"w@","X":"\\ud800"}',
            b'{"ModelName":"w@","X":null}', b'{"ModelName":"w@","X":1.0,"Tags":[]}',
            b'{"ModelName":"w@","Tags":[{"Key":"k","Value":""}]}',
            b'{"ModelName":"w@","X":"' + b"x" * 5_000 + b'"}',
            b'{"ModelName":"w@","X":"' + b"x" * 17_000 + b'"}',
            b'{"ModelName":"w@","X":"' + b"x" * 70_000 + b'"}',
            '{"ModelName":"w@","Tags":[{"Key":"é","Value":"é"}]}'.encode(),
            b'{"ModelName":"after"}',
        )
    ):  # fmt: skip
        yield Step("CreateModel", body.replace(b"@", str(n).encode()))
    charset = {"content-type": JSON + "; charset=utf-8"}
    yield Step("ListModels", b"{}", charset)
    yield Step("ListModels", b"{}", {"x-amz-target": ""})
    yield Step("ListModels", b"{}", {"x-amz-target": "Other.ListModels"})
    yield Step("NoOperation", b"{}")
    yield Step("ListModels", b"{}", method="GET")


def combination_program() -> list[Step]:
    """Legal requests with members together, and the two combinations that AWS refuses."""
    names = (f"c{n}" for n in range(100))
    containers: list[dict[str, Any]] = [
        {"Image": IMAGE, "ModelPackageName": "p"},
        {"Image": IMAGE, "Mode": "MultiModel"},
        {"ModelPackageName": "p"},
        {"Image": IMAGE, "ModelDataUrl": "s3://b/k"},
        {"ModelDataUrl": "s3://b/k", "Environment": {"A": "b"}},
    ]
    program = []
    for each in containers:
        program.append(step("CreateModel", ModelName=next(names), PrimaryContainer=each))
        for count in (1, 2, 3):
            program.append(step("CreateModel", ModelName=next(names), Containers=[each] * count))
    tops = [{key: FULL[key]} for key in FULL if key != "ModelName"]
    for first in tops:
        for second in tops:
            program.append(step("CreateModel", ModelName=next(names), **{**first, **second}))
    return program


def lives_program() -> list[Step]:
    """Models that differ in everything, deleted and made again, with others beside them."""
    odd = {"B": "true", "N": "007", "Z": "null", "E": "1e3"}
    tags = [{"Key": f"t{key}", "Value": value} for key, value in odd.items()]
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    first = {"PrimaryContainer": {"Image": IMAGE, "Environment": odd}, "Tags": tags}
    second = {
        "PrimaryContainer": {"Image": IMAGE + "-2", "Environment": {"X": "second"}},
        "VpcConfig": vpc,
        "EnableNetworkIsolation": True,
        "Tags": [{"Key": "second", "Value": "x"}],
    }
    pipeline = [
        {"Image": f"{IMAGE}-{each}", "ContainerHostname": each, "Environment": {"HOST": each}}
        for each in ("c", "a", "b")
    ]
    names = ("first", "first-2", "neighbour")
    made = [
        *(step("CreateModel", ModelName=each, **first) for each in names),
        step("CreateModel", ModelName="pipeline", Containers=pipeline),
        step("CreateModel", ModelName="vpc", **some_of(second, "PrimaryContainer", "VpcConfig")),
    ]
    looks = [
        *(step("DescribeModel", ModelName=each) for each in (*names, "pipeline", "vpc")),
        *(step("ListTags", ResourceArn=ARN + each) for each in names),
        step("ListModels", SortBy="CreationTime"),
    ]
    resource = {"ResourceArn": ARN + "first"}
    changes = (
        step("CreateModel", ModelName="first", **second),
        step(
            "AddTags", **resource, Tags=[{"Key": "TB", "Value": "x"}, {"Key": "tN", "Value": "8"}]
        ),
        step("DeleteTags", **resource, TagKeys=["tE"]),
        step("DeleteModel", ModelName="first"),
        step("DeleteModel", ModelName="first"),
        step("CreateModel", ModelName="first", **second),
        step("DeleteModel", ModelName="first"),
        step("CreateModel", ModelName="first", PrimaryContainer=first["PrimaryContainer"]),
        step("DeleteModel", ModelName="pipeline"),
        step("DeleteModel", ModelName="vpc"),
        step("DeleteModel", ModelName="first-2"),
    )
    return [*made, *looks, *(each for change in changes for each in (change, *looks))]


def some_of(members: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some of a request's members."""
    return {name: members[name] for name in names}


@pytest.fixture(scope="session")
def full_request() -> dict[str, Any]:
    """A CreateModel request with almost every member."""
    return FULL


@pytest.fixture(scope="session")
def make_step() -> Callable[..., Step]:
    """The function that makes a step of a program."""
    return step


@pytest.fixture(scope="session")
def behaviour_programs() -> dict[str, list[Step]]:
    """Programs by name."""
    return {
        "behaviour": behaviour_program(),
        "lives": lives_program(),
        "combinations": combination_program(),
    }

"""The conformant service: what it answers, operation by operation."""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar

import pytest

from conformance.reference import Request, application

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"


class TestModels:
    def test_created_model_is_answered_with_its_arn(self, client: Any) -> None:
        """CreateModel answers 200 and the ARN that name, region and account give."""
        assert client.create("Name-1") == (200, {"ModelArn": ARN + "Name-1"})

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("eu-west-3", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
    )
    def test_arn_follows_the_credential_scope(
        self, make_client: Any, region: str, partition: str
    ) -> None:
        """Region and partition come from the Authorization header, the account from the option."""
        client = make_client(account="210987654321")
        answer = client.create("m", region=region)
        assert answer[1]["ModelArn"] == f"arn:{partition}:sagemaker:{region}:210987654321:model/m"

    def test_regions_are_apart(self, client: Any) -> None:
        """A model of one region is not there in another, and its name is free there."""
        client.create("m", region="eu-west-1")
        assert client("DescribeModel", ModelName="m")[0] == 400
        assert client.create("m")[0] == 200

    def test_duplicate_is_refused_and_the_first_untouched(self, client: Any) -> None:
        """A name that is taken is answered as in capture D1, and nothing changes."""
        client.create("m", EnableNetworkIsolation=True)
        message = f'Cannot create already existing model "{ARN}m".'
        assert client.create("m") == (400, {"__type": "ValidationException", "message": message})
        assert client("DescribeModel", ModelName="m")[1]["EnableNetworkIsolation"] is True

    def test_description_has_the_defaults(self, client: Any) -> None:
        """A model of an image alone is described as in capture G1, without other members."""
        client.create("m")
        status, shown = client("DescribeModel", ModelName="m")
        assert isinstance(shown.pop("CreationTime"), float)
        assert (status, shown) == (
            200,
            {
                "ModelName": "m",
                "PrimaryContainer": {"Mode": "SingleModel", "Environment": {}, "Image": IMAGE},
                "ModelArn": ARN + "m",
                "EnableNetworkIsolation": False,
            },
        )

    def test_description_contains_what_was_sent(self, client: Any) -> None:
        """Members come back as they were sent, nested ones and astral characters too."""
        sent = {
            "Containers": [
                {"ContainerHostname": f"c{n}", "Environment": {"K": "\U0001f600"}, "Image": IMAGE}
                for n in range(3)
            ],
            "InferenceExecutionConfig": {"Mode": "Serial"},
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]},
            "EnableNetworkIsolation": True,
        }
        client("CreateModel", ModelName="m", **sent)
        shown = client("DescribeModel", ModelName="m")[1]
        for each in shown["Containers"]:
            assert each.pop("Mode") == "SingleModel"
        assert {key: shown[key] for key in sent} == sent

    @pytest.mark.parametrize("operation", ["DescribeModel", "DeleteModel"])
    def test_missing_model(self, client: Any, operation: str) -> None:
        """Describing and deleting what is not there is answered as in captures D2 and D3."""
        message = f'Could not find model "{ARN}m".'
        expected = (400, {"__type": "ValidationException", "message": message})
        assert client(operation, ModelName="m") == expected
        assert client(operation, ModelName="m-")[1]["message"].startswith("1 validation error")

    def test_deleted_name_is_free_and_its_tags_are_gone(self, client: Any) -> None:
        """DeleteModel answers 200 with an empty body; the name can be used again, without tags."""
        client.create("m", Tags=[{"Key": "k", "Value": "v"}])
        assert client("DeleteModel", ModelName="m") == (200, None)
        assert client("ListTags", ResourceArn=ARN + "m")[1]["message"] == "Resource does not exist."
        assert client.create("m")[0] == 200
        assert client("ListTags", ResourceArn=ARN + "m") == (200, {"Tags": []})

    def test_rejected_request_creates_nothing(self, client: Any) -> None:
        """A request that breaks a limit leaves no model behind."""
        assert client.create("m", ExecutionRoleArn="x")[0] == 400
        assert client("DescribeModel", ModelName="m")[0] == 400

    def test_images_and_packages_exclude_each_other(self, client: Any) -> None:
        """A container with image and model package is answered as in capture E1."""
        container = {"Image": IMAGE, "ModelPackageName": "p"}
        for members in ({"PrimaryContainer": container}, {"Containers": [{}, container]}):
            status, body = client("CreateModel", ModelName="m", **members)
            assert status == 400
            assert body["message"].startswith("Specify one of either Image and Model Data URL or")

    def test_one_multi_model_container(self, client: Any) -> None:
        """Two MultiModel containers are answered as in capture E10, one is accepted."""
        multi = {"Image": IMAGE, "Mode": "MultiModel"}
        assert client("CreateModel", ModelName="a", Containers=[multi, {"Image": IMAGE}])[0] == 200
        status, body = client("CreateModel", ModelName="b", Containers=[multi, multi])
        assert status == 400
        assert body["message"].startswith("More than one container in MultiModel mode")


class TestDownstream:
    VARIANT: ClassVar = {"VariantName": "v", "ModelName": "m"}

    def test_endpoint_config_lives(self, client: Any) -> None:
        """A configuration is created, described, refused a second time, deleted and then gone."""
        client.create("m")
        members = {"EndpointConfigName": "e", "ProductionVariants": [self.VARIANT]}
        arn = ARN.replace("model/", "endpoint-config/e")
        assert client("CreateEndpointConfig", **members) == (200, {"EndpointConfigArn": arn})
        shown = client("DescribeEndpointConfig", EndpointConfigName="e")[1]
        assert shown["ProductionVariants"] == [self.VARIANT]
        message = f'Cannot create already existing endpoint configuration "{arn}".'
        assert client("CreateEndpointConfig", **members)[1]["message"] == message
        assert client("DeleteEndpointConfig", EndpointConfigName="e") == (200, None)
        assert client("DescribeEndpointConfig", EndpointConfigName="e")[0] == 400

    def test_endpoint_configs_are_listed(self, client: Any) -> None:
        """As models are: page by page, newest first, or by name, and sifted by a part of it."""
        client.create("m")
        for name in ("a1", "c1", "b2"):
            members = {"EndpointConfigName": name, "ProductionVariants": [self.VARIANT]}
            client("CreateEndpointConfig", **members)
        status, page = client("ListEndpointConfigs", MaxResults=2, SortBy="Name")
        assert status == 200
        assert page["EndpointConfigs"][0].keys() == {
            "EndpointConfigName",
            "EndpointConfigArn",
            "CreationTime",
        }
        more = client("ListEndpointConfigs", SortBy="Name", NextToken=page["NextToken"])[1]
        listed = page["EndpointConfigs"] + more["EndpointConfigs"]
        assert [each["EndpointConfigName"] for each in listed] == ["c1", "b2", "a1"]
        sifted = client("ListEndpointConfigs", NameContains="1", SortOrder="Ascending")[1]
        names = [each["EndpointConfigName"] for each in sifted["EndpointConfigs"]]
        assert names == ["a1", "c1"]
        assert "NextToken" not in sifted

    def test_models_must_exist(self, client: Any) -> None:
        """A missing model is answered as in capture D4a, whichever variant names it."""
        client.create("m")
        missing = {**self.VARIANT, "ModelName": "missing"}
        status, body = client(
            "CreateEndpointConfig",
            EndpointConfigName="e",
            ProductionVariants=[self.VARIANT, missing],
        )
        assert (status, body["message"]) == (400, f'Could not find model "{ARN}missing".')

    def test_transform_job(self, client: Any) -> None:
        """A transform job needs its model, and is answered with its ARN."""
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}}
        members = {
            "TransformJobName": "j",
            "ModelName": "m",
            "TransformInput": {"DataSource": source},
            "TransformOutput": {"S3OutputPath": "s3://b/out"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        }
        assert client("CreateTransformJob", **members)[1]["message"].startswith("Could not find")
        client.create("m")
        arn = ARN.replace("model/", "transform-job/j")
        assert client("CreateTransformJob", **members) == (200, {"TransformJobArn": arn})


class TestWire:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"ModelName":}',
            b'{"ModelName":"m",}',
            b"null",
            b'"m"',
            b"5",
            b"\xff\xfe",
            b'{"ModelName":"\xff"}',
            b'\xef\xbb\xbf{"ModelName":"m"}',
            b"[" * 10_000 + b"]" * 10_000,
            b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
            b'{"ModelName":NaN}',
            b'{"X":' + b"1" * 10_000 + b"}",
            b'{"ModelName":"m"} trailing',
            b"{'ModelName':'m'}",
        ],
    )
    def test_unreadable_bodies(self, client: Any, body: bytes) -> None:
        """A body that is no JSON object is a SerializationException without message."""
        assert client.send("CreateModel", body) == (400, {"__type": "SerializationException"})
        assert client.create("m")[0] == 200

    @pytest.mark.parametrize("target", ["", "CreateModel", "sagemaker.createmodel", "SageMaker.No"])
    def test_unknown_operations(self, client: Any, target: str) -> None:
        """Whatever X-Amz-Target does not name an operation that is built is unknown."""
        headers = {"x-amz-target": target} if target else {}
        reply = client.application.service.answer(Request(b"{}", headers))
        assert (reply.status, reply.body) == (400, b'{"__type":"UnknownOperationException"}')

    def test_nulls_and_unknown_members(self, client: Any) -> None:
        """Null members are absent, null items dropped, unknown members ignored at any depth."""
        answer = client(
            "CreateModel",
            ModelName="m",
            ExecutionRoleArn=None,
            Other={"x": [1]},
            PrimaryContainer={"Image": IMAGE, "Other": 5, "Environment": {"A": None}},
            VpcConfig={"Subnets": [None, "s"], "SecurityGroupIds": ["g", None]},
        )
        assert answer[0] == 200
        shown = client("DescribeModel", ModelName="m")[1]
        assert "ExecutionRoleArn" not in shown
        assert "Other" not in shown["PrimaryContainer"]
        assert shown["VpcConfig"] == {"Subnets": ["s"], "SecurityGroupIds": ["g"]}
        assert client("DescribeModel", ModelName=None)[1]["message"].endswith("must not be null")

    @pytest.mark.parametrize(("number", "kept"), [(b"1.0", 1), (b"1e0", 1), (b"1.9", 1)])
    def test_fractions_are_cut_off(self, client: Any, number: bytes, kept: int) -> None:
        """An integer may be written with a fraction or an exponent."""
        endpoint = b'{"MetricsEndpointPath":"/m","MetricPublishFrequencyInSeconds":' + number
        body = (
            b'{"ModelName":"m","PrimaryContainer":{"ContainerMetricsConfig":{"MetricsEndpoints":['
        )
        assert client.send("CreateModel", body + endpoint + b"}]}}}")[0] == 200
        shown = client("DescribeModel", ModelName="m")[1]["PrimaryContainer"]
        (shown_endpoint,) = shown["ContainerMetricsConfig"]["MetricsEndpoints"]
        assert shown_endpoint["MetricPublishFrequencyInSeconds"] == kept

    def test_every_reply_is_dressed(self) -> None:
        """Success and error alike carry request id, content type, length and date."""
        wsgi = application()
        for target in ("SageMaker.ListModels", "SageMaker.Nothing"):
            seen: dict[str, str] = {}

            def start(_status: str, headers: list[tuple[str, str]], seen: Any = seen) -> None:
                seen.update(headers)

            environ = {"REQUEST_METHOD": "POST", "HTTP_X_AMZ_TARGET": target}
            body = b"".join(wsgi(environ, start))
            assert len(seen["x-amzn-RequestId"]) == 36
            assert seen["Content-Type"] == "application/x-amz-json-1.1"
            assert seen["Content-Length"] == str(len(body))
            assert seen["Date"].endswith("GMT")


def test_service_is_fast(client: Any) -> None:
    """Two thousand creations a second in process and more: benchmarks measure the suite."""
    body = json.dumps({"ModelName": "NAME", "PrimaryContainer": {"Image": IMAGE}})
    started = time.perf_counter()
    for n in range(1000):
        assert client.send("CreateModel", body.replace("NAME", f"m{n}").encode())[0] == 200
    assert time.perf_counter() - started < 0.5

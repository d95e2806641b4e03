"""The strict modes, SigV4 above all, which is checked against botocore's signer."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.reference import Request, application

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG"}
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"
ROLE = "arn:aws:iam::123456789012:role/r"


def signed(
    body: bytes = b'{"ModelName":"m"}',
    key: str = "AKIDEXAMPLE",
    secret: str = KEYS["AKIDEXAMPLE"],
    service: str = "sagemaker",
    region: str = "eu-west-1",
    token: str | None = None,
    url: str = "http://localhost:9/",
) -> Request:
    """A request as botocore signs it."""
    headers = {
        "X-Amz-Target": "SageMaker.CreateModel",
        "Content-Type": "application/x-amz-json-1.1",
        "Host": "localhost:9",
    }
    request = AWSRequest("POST", url, headers, body)
    SigV4Auth(Credentials(key, secret, token), service, region).add_auth(request)
    path, _, query = url.removeprefix("http://localhost:9").partition("?")
    lowered = {name.lower(): value for name, value in request.headers.items()}
    return Request(body, lowered, path=path, query=query)


def answered(request: Request, **options: Any) -> tuple[int, dict[str, str]]:
    """Status and body of the answer of a service that checks signatures."""
    reply = application(sigv4=KEYS, **options).service.answer(request)
    return reply.status, json.loads(reply.body)


@given(
    st.binary(max_size=50),
    st.none() | st.just("session/token+="),
    st.sampled_from(["/", "/a%20b/c", "/?b=2&a=1", "/x?q=%2F"]),
)
@settings(max_examples=100, deadline=None)
def test_botocores_signatures_are_accepted(body: bytes, token: str | None, url: str) -> None:
    """Whatever botocore signs with the known key gets past the check."""
    status, answer = answered(signed(body, token=token, url=url))
    assert status in (200, 400)
    assert answer.get("__type") in (None, "ValidationException", "SerializationException")


def test_signed_request_is_served() -> None:
    """A signed request creates its model in the region it was signed for."""
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:model/m"
    assert answered(signed()) == (200, {"ModelArn": arn})


def changed(request: Request, **headers: str | None) -> Request:
    """The request with other headers; one of None is left out."""
    merged = {**request.headers, **{name.replace("_", "-"): each for name, each in headers.items()}}
    kept = {name: each for name, each in merged.items() if each is not None}
    return Request(request.body, kept, path=request.path)


def test_refusals() -> None:
    """Each thing that is wrong with a signature has the code that AWS's services give it."""
    good = signed()
    authorization = good.headers["authorization"]
    cases = {
        "MissingAuthenticationTokenException": [changed(good, authorization=None)],
        "IncompleteSignatureException": [
            changed(good, authorization="Bearer x"),
            changed(good, authorization=authorization.partition(", Signature")[0]),
            changed(good, authorization=authorization.replace("/sagemaker/", "/")),
            changed(good, x_amz_date=None),
        ],
        "UnrecognizedClientException": [signed(key="AKIDUNKNOWN")],
        "InvalidSignatureException": [
            signed(secret="wrong"),
            signed(service="s3"),
            Request(good.body + b" ", good.headers),
            changed(good, x_amz_target="SageMaker.ListModels"),
            changed(good, authorization=authorization[:-1] + "g"),
            changed(good, authorization=authorization.replace("eu-west-1", "eu-west-2")),
            changed(good, authorization=authorization.replace(";x-amz-date", "")),
            changed(good, x_amz_unsigned="x"),
        ],
    }
    for code, requests in cases.items():
        for each in requests:
            status, answer = answered(each)
            assert (status, answer["__type"]) == (400, code)


def test_wrong_service_has_its_own_sentence() -> None:
    """A scope for another service is told as in capture F1, trailing space included."""
    message = "Credential should be scoped to correct service: 'sagemaker'. "
    assert answered(signed(service="sts"))[1]["message"] == message


@pytest.mark.parametrize(("hours", "word"), [(1, "expired"), (-1, "not yet current")])
def test_signatures_age(hours: int, word: str) -> None:
    """A signature of an hour ago, or of an hour ahead, is refused."""
    shift = datetime.timedelta(hours=hours).total_seconds()
    status, answer = answered(signed(), now=lambda: time.time() + shift)
    assert (status, answer["__type"]) == (400, "InvalidSignatureException")
    assert word in answer["message"]


def test_resources_must_exist(make_client: Any) -> None:
    """Roles, images and data that are not known are refused with AWS's sentences (E11, E5, E13)."""
    client = make_client(known_roles=[ROLE], known_images=[IMAGE], known_data=["s3://b/known"])
    good = {"Image": IMAGE, "ModelDataUrl": "s3://b/known"}
    assert client.create("a", ExecutionRoleArn=ROLE, PrimaryContainer=good)[0] == 200
    source = {
        "S3DataSource": {"S3Uri": "s3://b/x", "S3DataType": "S3Object", "CompressionType": "None"}
    }
    for members, message in (
        ({"ExecutionRoleArn": ROLE + "x"}, f'The execution role ARN "{ROLE}x" is invalid. Please'),
        ({"Containers": [{"Image": "x"}]}, "Requested image x not found."),
        (
            {"PrimaryContainer": {"ModelDataUrl": "s3://b/x"}},
            "Could not find model data at s3://b/x.",
        ),
        (
            {"PrimaryContainer": {"ModelDataSource": source}},
            "Could not find model data at s3://b/x.",
        ),
    ):
        status, body = client.create("b", **members)
        assert (status, body["message"].startswith(message)) == (400, True)


def test_quota(make_client: Any) -> None:
    """A full region answers ResourceLimitExceeded, after the look for duplicates."""
    client = make_client(quota=2)
    assert [client.create(each)[0] for each in "ab"] == [200, 200]
    assert client.create("c")[1]["__type"] == "ResourceLimitExceeded"
    assert "already existing" in client.create("a")[1]["message"]
    assert client.create("c", region="eu-west-1")[0] == 200
    client("DeleteModel", ModelName="a")
    assert client.create("c")[0] == 200


def test_throttling(make_client: Any) -> None:
    """Each third request is refused as in capture F2."""
    client = make_client(throttle_every=3)
    answers = [client.create(f"m{n}") for n in range(6)]
    assert [status for status, _ in answers] == [200, 200, 400] * 2
    assert answers[2][1] == {"__type": "ThrottlingException", "message": "Rate exceeded"}


def test_eventual_consistency(make_client: Any) -> None:
    """A new model is shown late, its name is taken at once, and it can be deleted at once."""
    time_now = [1000.0]
    client = make_client(visible_after=5.0, now=lambda: time_now[0])
    client.create("m")
    assert client("DescribeModel", ModelName="m")[0] == 400
    assert client("ListModels")[1] == {"Models": []}
    assert client.create("m")[0] == 400
    time_now[0] += 5.01
    assert client("DescribeModel", ModelName="m")[0] == 200
    assert len(client("ListModels")[1]["Models"]) == 1
    client.create("n")
    assert client("DeleteModel", ModelName="n")[0] == 200


def test_unknown_modes_are_refused() -> None:
    """A strict mode that does not exist is a TypeError, not silence."""
    with pytest.raises(TypeError):
        application(strictly=True)

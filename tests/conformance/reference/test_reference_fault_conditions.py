"""Faults that show under conditions only: where requests meet, and where signatures are checked."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conformance.reference import Request, application
from conformance.reference.faults import FAULTS

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"
SECRET = "secret"
CONCURRENCY = [each.name for each in FAULTS.values() if each.family == "concurrency"]
AUTH = [each.name for each in FAULTS.values() if each.family == "auth"]


# --- requests that meet ---


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The results of calls that are made at the same time."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(position: int) -> None:
        barrier.wait()
        results[position] = calls[position]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results


def isolated(name: str) -> dict[str, Any]:
    """Members that tell models with even numbers from the others."""
    return {"EnableNetworkIsolation": name[-1] in "0246"}


def oddities(client: Any, turn: int) -> set[str]:
    """What is wrong after eight clients at once created, tagged and deleted."""
    found = set()
    same, arn = f"same{turn}", f"{ARN}same{turn}"
    statuses = [each[0] for each in at_once(*[lambda: client.create(same)] * 8)]
    if statuses.count(200) != 1:
        found.add("winners")
    names = [f"n{turn}-{n}" for n in range(8)]
    made = at_once(*[partial(client.create, each, **isolated(each)) for each in names])
    if [each[0] for each in made] != [200] * 8:
        found.add("refused")
    shown = [client("DescribeModel", ModelName=name) for name in names]
    if any(each[0] != 200 for each in shown):
        found.add("lost")
    elif [each[1]["EnableNetworkIsolation"] for each in shown] != [True, False] * 4:
        found.add("crossed")
    client("DeleteModel", ModelName=same)
    client.create(same)
    tags = [{"Key": f"k{n}", "Value": ""} for n in range(8)]
    at_once(*[partial(client, "AddTags", ResourceArn=arn, Tags=[each]) for each in tags])
    answer = client("ListTags", ResourceArn=arn)[1]
    if len(answer.get("Tags", ())) != 8:
        found.add("tags")
    statuses = [each[0] for each in at_once(*[lambda: client("DeleteModel", ModelName=same)] * 8)]
    if statuses.count(200) != 1:
        found.add("deletions")
    return found


@pytest.mark.parametrize("fault", CONCURRENCY)
def test_concurrency_faults_show_in_races(make_client: Any, fault: str) -> None:
    """Within a few rounds of races each fault does something that must not be."""
    client = make_client(fault)
    assert any(oddities(client, turn) for turn in range(20))


def test_conformant_service_stands_races(make_client: Any) -> None:
    """Nothing odd happens in as many rounds without a fault."""
    client = make_client()
    assert not any(oddities(client, turn) for turn in range(20))


# --- signatures ---


def signed(
    body: bytes = b'{"ModelName":"m"}',
    key: str = "AKID",
    secret: str = SECRET,
    service: str = "sagemaker",
) -> Request:
    """A request as botocore signs it."""
    headers = {"X-Amz-Target": "SageMaker.CreateModel", "Host": "localhost"}
    request = AWSRequest("POST", "http://localhost/", headers, body)
    SigV4Auth(Credentials(key, secret), service, "us-east-1").add_auth(request)
    return Request(body, {name.lower(): each for name, each in request.headers.items()})


def late(request: Request) -> Request:
    """The request with an X-Amz-Date of yesterday; its signature does not fit any more."""
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    stamp = yesterday.strftime("%Y%m%dT%H%M%SZ")
    scope = request.headers["authorization"]
    today = request.headers["x-amz-date"][:8]
    headers = {"x-amz-date": stamp, "authorization": scope.replace(today, stamp[:8])}
    return Request(request.body, {**request.headers, **headers})


def answers(*faults: str) -> list[tuple[int, bytes]]:
    """What is answered to signatures that are wrong in this way and that."""
    good = signed()
    unsigned = {name: each for name, each in good.headers.items() if name != "authorization"}
    requests = [
        good,
        Request(good.body, unsigned),
        Request(good.body, {**good.headers, "authorization": "Bearer x"}),
        Request(good.body, {**good.headers, "x-amz-unsigned": "x"}),
        Request(good.body.replace(b'm"}', b'n"}'), good.headers),
        signed(key="UNKNOWN"),
        signed(secret="wrong"),
        signed(service="s3"),
        late(good),
    ]
    service = application(faults, sigv4={"AKID": SECRET}).service
    replies = [service.answer(each) for each in requests]
    return [(each.status, each.body.split(b"earlier than")[0]) for each in replies]


@pytest.mark.parametrize("fault", AUTH)
def test_auth_faults_show_where_signatures_are_checked(fault: str) -> None:
    """Each fault changes the answer to some wrong signature, and a right one is still good."""
    with_fault, without = answers(fault), answers()
    assert with_fault[0] == without[0]
    assert with_fault != without

"""Answers that a faithful target may give, and that a rule once held against it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.engine.behaviours import opinion_on
from conformance.engine.exchanges import Exchange
from conformance.engine.judge import Bench, judge_side
from conformance.engine.judgement import Judgement
from conformance.engine.replay import UNCLEAR, replay
from conformance.oracle.catalogue import behaviours, rule_by_id
from conformance.oracle.verdicts import ERROR, FAIL, INCONCLUSIVE, PASS
from conformance.targets.reference import reference
from conformance.wire import Call, Reply, encode, read
from conformance.wire.signing import Signer
from strategies.bases import minimal
from strategies.resources import Resources

Body = dict[str, Any]

#: What a target says instead, or ``None`` where the reference's own reply stands.
Edit = Callable[[Call, Body, Reply], Reply | None]


class Otherwise:
    """The reference, but for some of its replies; what is refused here is not carried out."""

    def __init__(self, edit: Edit, *, before: bool = False) -> None:
        self._inner, self._edit, self._before = reference("reference"), edit, before
        self.name, self.endpoint, self.account = "otherwise", self._inner.endpoint, "123456789012"

    def send(self, call: Call) -> Reply:
        try:
            body = json.loads(call.body or b"{}")
        except ValueError:
            body = {}
        body = body if isinstance(body, dict) else {}
        if self._before and (said := self._edit(call, body, Reply(0, (), b""))) is not None:
            return said
        reply: Reply = self._inner.send(call)
        return reply if self._before else self._edit(call, body, reply) or reply

    def fingerprint(self) -> dict[str, str]:
        return {}

    def close(self) -> None: ...


def error(message: str, code: str = "ValidationException", status: int = 400) -> Reply:
    """An error as AWS tells it."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, (("Content-Type", "application/x-amz-json-1.1"),), body)


def shown_as(reply: Reply, change: Callable[[Any], None]) -> Reply:
    """A reply whose payload was changed."""
    payload = json.loads(reply.body)
    change(payload)
    return replace(reply, body=json.dumps(payload).encode())


def judged(
    rule: str,
    side: str,
    edit: Edit,
    *,
    before: bool = False,
    region: str = "us-east-1",
    limit: int | None = None,
) -> Judgement:
    """The judgement on a side of a rule of such a target."""
    bench = Bench.at(
        Otherwise(edit, before=before), resources=Resources(region=region), model_limit=limit
    )
    return judge_side(rule_by_id(rule), side, bench)


def other_regions_refused(call: Call, body: Body, _reply: Reply) -> Reply | None:
    """E21, as AWS words it for DescribeModelPackage, and in words of its own for functions."""
    for container in (body.get("PrimaryContainer") or {}, *(body.get("Containers") or ())):
        arns = [container.get("ModelPackageName", "")]
        auth = (container.get("ImageConfig") or {}).get("RepositoryAuthConfig") or {}
        arns.append(auth.get("RepositoryCredentialsProviderArn", ""))
        for arn in filter(lambda each: str(each).startswith("arn:"), arns):
            if not arn.startswith(("arn:aws:sagemaker:us-east-1:", "arn:aws:lambda:us-east-1:")):
                return error("This is not here")
    return None


@pytest.mark.parametrize(
    "rule",
    [
        "CreateModel/PrimaryContainer.ModelPackageName:pattern",
        "CreateModel/Containers[].ModelPackageName:pattern",
        "CreateModel/PrimaryContainer.ImageConfig.RepositoryAuthConfig"
        ".RepositoryCredentialsProviderArn:pattern",
    ],
)
def test_arns_of_other_regions_may_be_refused(rule: str) -> None:
    """Nothing legal that we send is of another region or partition than the request."""
    assert judged(rule, "accepts", other_regions_refused, before=True).verdict == PASS


def long_environment_refused(call: Call, body: Body, _reply: Reply) -> Reply | None:
    """Values of Environment are held to 1,024 bytes, as the documents say."""
    for container in (body.get("PrimaryContainer") or {}, *(body.get("Containers") or ())):
        environment = container.get("Environment")
        for value in environment.values() if isinstance(environment, dict) else ():
            if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > 1024:
                return error("too long")
    return None


def plain_urls_refused(call: Call, body: Body, _reply: Reply) -> Reply | None:
    """A ModelDataUrl must be that of a .tar.gz, or in MultiModel mode of a prefix."""
    for container in (body.get("PrimaryContainer") or {}, *(body.get("Containers") or ())):
        url = container.get("ModelDataUrl")
        ending = "/" if container.get("Mode") == "MultiModel" else ".tar.gz"
        if isinstance(url, str) and not url.endswith(ending):
            return error("no archive")
    return None


@pytest.mark.parametrize("form", ["PrimaryContainer", "Containers[]"])
@pytest.mark.parametrize(
    ("member", "edit"),
    [
        ("Environment{value}:max-length", long_environment_refused),
        ("ModelDataUrl:max-length", plain_urls_refused),
        ("ModelDataUrl:pattern", plain_urls_refused),
        ("Mode:enum", plain_urls_refused),
    ],
)
def test_what_the_documents_say_beside_the_model_may_be_demanded(
    form: str, member: str, edit: Edit
) -> None:
    """Neither boundary cases nor thirty random ones break it."""
    bench = Bench.at(Otherwise(edit, before=True), depth="standard")
    rule = rule_by_id(f"CreateModel/{form}.{member}")
    assert judge_side(rule, "accepts", bench).verdict == PASS


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Could not find S3 data at s3://amzn-s3-demo-bucket/models/", INCONCLUSIVE),
        ("Could not find model data at s3://amzn-s3-demo-bucket/models/", INCONCLUSIVE),
        ("Object models/ in bucket amzn-s3-demo-bucket does not exist", INCONCLUSIVE),
        ("Could not find model", FAIL),
        ('Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model/x"', FAIL),
    ],
)
def test_a_missing_bucket_is_no_missing_model(said: str, verdict: str) -> None:
    """That the URI in the request has `model` in it is our doing."""

    def edit(call: Call, _body: Body, _reply: Reply) -> Reply | None:
        return error(said) if call.operation == "CreateTransformJob" else None

    rule = rule_by_id("downstream/transform-job-accepts-existing")
    for given in ("", "s3://amzn-s3-demo-bucket/models/model/model.tar.gz"):
        bench = Bench.at(Otherwise(edit), resources=Resources(model_data_url=given))
        found = judge_side(rule, "holds", bench)
        assert found.verdict == verdict, found.note


@pytest.mark.parametrize(
    "said",
    [
        error("Rate exceeded", "ThrottlingException", 429),
        error("no", "ExpiredTokenException", 403),
        error("down", "InternalFailure", 500),
    ],
    ids=["busy", "denied", "failing"],
)
@pytest.mark.parametrize("rule", ["limits/code", "limits/status"])
def test_who_is_busy_or_denies_access_does_not_say_that_it_is_full(rule: str, said: Reply) -> None:
    """The fourth create gets such an answer, again and again, where five fit."""
    made: list[str] = []

    def edit(call: Call, body: Body, _reply: Reply) -> Reply | None:
        if call.operation != "CreateModel":
            return None
        made.append(body["ModelName"])
        return said if len(set(made)) > 3 else None

    assert judged(rule, "holds", edit, before=True, limit=5).verdict == INCONCLUSIVE


@pytest.mark.parametrize("rule", ["errors/code", "errors/status"])
@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException"])
def test_a_denial_says_nothing_of_how_errors_look(rule: str, code: str) -> None:
    """A token may expire, and who may call may be looked at before what is wrong."""

    def edit(call: Call, _body: Body, reply: Reply) -> Reply | None:
        is_no = call.operation == "CreateModel" and reply.status == 400
        return error("no", code, 403) if is_no else None

    assert judged(rule, "holds", edit).verdict == INCONCLUSIVE


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])
def test_arns_of_every_partition_are_known(region: str) -> None:
    """A model's ARN is of its region's partition, whichever that is."""
    found = judged("response/model-arn-partition", "holds", lambda *_: None, region=region)
    assert found.verdict == PASS


class KnowsItsTags(Otherwise):
    """Refuses to delete tags that are not there."""

    def send(self, call: Call) -> Reply:
        body = json.loads(call.body)
        if call.operation == "DeleteTags" and "ResourceArn" in body:
            listing = encode("ListTags", {"ResourceArn": body["ResourceArn"]}, url=self.endpoint)
            listed = super().send(Signer("us-east-1").signed(listing))
            keys = {each["Key"] for each in json.loads(listed.body)["Tags"]}
            if not set(body["TagKeys"]) <= keys:
                return error("no such tag")
        return super().send(call)


@pytest.mark.parametrize("seed", range(3))
def test_a_tag_that_is_not_there_need_not_be_deletable(seed: int) -> None:
    """No document says what becomes of such a deletion."""
    bench = replace(Bench.at(KnowsItsTags(lambda *_: None)), seed=seed)
    found = judge_side(rule_by_id("stateful/model-agrees"), "holds", bench)
    assert found.verdict == PASS, found.note


def _fourth_container(payload: Any) -> None:
    payload.get("Containers", []).append({"Image": "x"})


def _container_that_is_text(payload: Any) -> None:
    payload.get("Containers", []).append("x")


def _huge_boolean(payload: Any) -> None:
    payload["EnableNetworkIsolation"] = 10**400


def _huge_time(payload: Any) -> None:
    payload["CreationTime"] = 10**400


def _short_names(payload: Any) -> None:
    for each in payload.get("Models", ()):
        each["ModelName"] = each["ModelName"][:36]


@pytest.mark.parametrize(
    ("rule", "operation", "change"),
    [
        ("lifecycle/containers-in-order", "DescribeModel", _fourth_container),
        ("lifecycle/containers-in-order", "DescribeModel", _container_that_is_text),
        ("lifecycle/default-network-isolation", "DescribeModel", _huge_boolean),
        ("lifecycle/echo:EnableNetworkIsolation", "DescribeModel", _huge_boolean),
        ("lifecycle/creation-time", "DescribeModel", _huge_time),
        ("lifecycle/creation-time-is-now", "DescribeModel", _huge_time),
        ("list/created-after", "ListModels", _short_names),
        ("list/sort-by-creation-time", "ListModels", _short_names),
    ],
)
def test_no_answer_makes_the_suite_fail(
    rule: str, operation: str, change: Callable[[Any], None]
) -> None:
    """Whatever stands in an answer, the verdict is about the target."""

    def edit(call: Call, _body: Body, reply: Reply) -> Reply | None:
        is_one = call.operation == operation and reply.status == 200
        dated = replace(reply, headers=(*reply.headers, ("Date", "Thu, 01 Jan 1970 00:00:09 GMT")))
        return shown_as(dated, change) if is_one else None

    found = judged(rule, "holds", edit)
    assert found.verdict != ERROR, found.note


def finding_of(rule: str, edit: Edit) -> dict[str, Any]:
    """The finding of a rule that fails under an edit."""
    found = judged(rule, "holds", edit)
    assert found.verdict == FAIL
    assert found.finding is not None
    return found.finding


def as_text(call: Call, _body: Body, reply: Reply) -> Reply | None:
    """Rejections have another type."""
    if reply.status != 400:
        return None
    return replace(reply, headers=(("Content-Type", "text/plain"),))


def test_a_finding_about_errors_shows_the_control_that_was_accepted() -> None:
    """It was sent and accepted: the finding says so, as every other one about a rejection."""
    control = finding_of("errors/content-type", as_text)["control"]
    assert control["reply"]["status"] == 200
    assert control["request"]["ModelName"]


@pytest.mark.parametrize(
    "said",
    [error("busy", "ThrottlingException", 429), error("no", "AccessDenied", 403), None],
    ids=["busy", "denied", "accepted"],
)
def test_a_finding_is_not_gone_because_there_is_nothing_to_look_at(said: Reply | None) -> None:
    """In a replay too only a rejection tells what rejections look like."""
    finding = finding_of("errors/content-type", as_text)

    def edit(call: Call, _body: Body, reply: Reply) -> Reply | None:
        if call.operation != "CreateModel" or reply.status != 400:
            return None
        return said or Reply(200, reply.headers, b'{"ModelArn": "arn"}')

    bench = Bench.at(Otherwise(edit))
    assert replay("errors/content-type", "holds", finding, bench).outcome == UNCLEAR


def test_busy_answers_are_not_looked_at_where_rejections_are() -> None:
    """What is not of the kind that a rule looks at is no pass."""
    behaviour = next(each for each in behaviours() if each.rule.id == "errors/content-type")
    talk = Bench.at(Otherwise(lambda *_: None)).talk
    for reply in (error("busy", "ThrottlingException", 429), Reply(200, (), b"{}")):
        exchange = Exchange(1, "CreateModel", minimal("m", Resources()), reply, read(reply))
        assert opinion_on(behaviour, "x", exchange, talk).verdict not in (PASS, FAIL)

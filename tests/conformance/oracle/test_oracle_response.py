"""The response/ family, check by check, with replies made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.oracle.behaviour import Seen
from conformance.oracle.response import RESPONSE, NothingToJudge
from conformance.wire import Reply, read

CHECKS = {each.rule.constraint: each.check for each in RESPONSE}
JSON = "application/x-amz-json-1.1"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/My-Model"
HEADERS = (("Content-Type", JSON), ("x-amzn-RequestId", "1"))


def seen(
    arn: Any = ARN,
    *,
    status: int = 200,
    body: bytes | None = None,
    headers: tuple[tuple[str, str], ...] = HEADERS,
    region: str = "us-east-1",
    account: str | None = "123456789012",
) -> Seen:
    """Return an exchange whose request was named My-Model."""
    data = json.dumps({"ModelArn": arn}).encode() if body is None else body
    reply = Reply(status, headers, data)
    return Seen("plain", {"ModelName": "My-Model"}, reply, read(reply), region, account)


@pytest.mark.parametrize("name", CHECKS)
def test_what_aws_answers_passes_every_check(name: str) -> None:
    """Capture F4's answer is in order for every rule."""
    assert CHECKS[name](seen()) is None


def test_another_member_beside_the_arn_is_no_fault() -> None:
    """Only what is promised is looked at."""
    body = json.dumps({"ModelArn": ARN, "Extra": 1}).encode()
    assert all(check(seen(body=body)) is None for check in CHECKS.values())


@pytest.mark.parametrize("status", [201, 202, 204, 302, 400])
def test_another_status_than_200_is_found(status: int) -> None:
    """response/status wants the page's 200 and names what it saw."""
    assert CHECKS["status"](seen(status=status)) == f"The status is {status}, not 200."


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        (JSON, True),
        (f"{JSON};charset=UTF-8", True),
        ("application/json", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_content_type_is_json_1_1(value: str, is_right: bool) -> None:
    """response/content-type wants JSON 1.1, parameters aside."""
    said = CHECKS["content-type"](seen(headers=(("Content-Type", value),)))
    assert (said is None) == is_right


def test_a_missing_content_type_is_found() -> None:
    """An answer without the header is told from one with a wrong value."""
    assert "is missing" in (CHECKS["content-type"](seen(headers=())) or "")


def test_a_missing_request_id_is_found() -> None:
    """response/request-id wants the header, with something in it."""
    assert CHECKS["request-id"](seen(headers=())) is not None
    assert CHECKS["request-id"](seen(headers=(("X-Amzn-Requestid", ""),))) is not None


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b'"arn"', b"null", b'{"ModelArn": null}', b'{"ModelArn": 5}'),
        *(b'{"modelArn": "x"}', b'{"ModelArn": ["x"]}', b'{"ModelArn": "x", "y": NaN}'),
        *(b"<a/>", b"\xff", b'{"ModelArn": ""}'),
    ],
)
def test_an_answer_without_a_string_arn_is_one_finding(body: bytes) -> None:
    """Only response/model-arn fails; the rules about the ARN have nothing to judge."""
    answer = seen(body=body)
    assert CHECKS["model-arn"](answer) == "The answer is no JSON object with a string ModelArn."
    for name, check in CHECKS.items():
        if name.startswith("model-arn-"):
            with pytest.raises(NothingToJudge, match="no ModelArn"):
                check(answer)


@pytest.mark.parametrize(
    ("arn", "is_right"),
    [
        ("a" * 19, False),
        ("a" * 20, True),
        ("a" * 2048, True),
        ("a" * 2049, False),
        ("a", False),
    ],
)
def test_length_of_the_arn_is_within_the_limits(arn: str, is_right: bool) -> None:
    """response/model-arn-length takes 20 to 2,048 characters."""
    said = CHECKS["model-arn-length"](seen(arn))
    assert (said is None) == is_right
    assert is_right or str(len(arn)) in (said or "")


@pytest.mark.parametrize(
    ("arn", "is_right"),
    [
        (ARN, True),
        ("arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:model/x", True),
        (ARN + "\n", False),
        (ARN.replace("123456789012", "12345678901"), False),
        (ARN.replace("123456789012", "12345678901٢"), False),
        (ARN.replace(":model/", ":models/"), False),
        (ARN.replace("sagemaker", "SageMaker"), False),
        ("x" + ARN, False),
    ],
)
def test_arn_matches_the_pattern_of_the_page(arn: str, is_right: bool) -> None:
    """response/model-arn-pattern matches the whole ARN as Java would."""
    assert (CHECKS["model-arn-pattern"](seen(arn)) is None) == is_right


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_partition_is_that_of_the_region(region: str, partition: str) -> None:
    """response/model-arn-partition follows the region that was asked."""
    right = f"arn:{partition}:sagemaker:{region}:123456789012:model/My-Model"
    assert CHECKS["model-arn-partition"](seen(right, region=region)) is None
    wrong = right.replace(f"arn:{partition}:", "arn:aws-iso:")
    said = CHECKS["model-arn-partition"](seen(wrong, region=region))
    assert said == f"The ARN's partition is 'aws-iso', not '{partition}'."


def test_another_region_is_found() -> None:
    """response/model-arn-region compares with the region that was asked."""
    said = CHECKS["model-arn-region"](seen(region="eu-west-1"))
    assert said == "The ARN's region is 'us-east-1', not 'eu-west-1'."
    assert CHECKS["model-arn-region"](seen(ARN.replace("us-east-1", ""))) is not None


def test_another_account_is_found() -> None:
    """response/model-arn-account compares with the account that is known."""
    said = CHECKS["model-arn-account"](seen(account="000000000000"))
    assert said == "The account is '123456789012', not '000000000000'."


def test_an_unknown_account_cannot_be_compared() -> None:
    """While nobody knows the target's account there is nothing to judge."""
    with pytest.raises(NothingToJudge, match="--account"):
        CHECKS["model-arn-account"](seen(account=None))


def test_another_name_is_found() -> None:
    """response/model-arn-name wants model/ and the name."""
    said = CHECKS["model-arn-name"](seen(ARN + "2"))
    assert said == "The ARN ends in 'model/My-Model2', not 'model/My-Model'."
    assert CHECKS["model-arn-name"](seen(ARN.replace(":model/", ":model:"))) is not None


def test_another_case_of_the_name_is_recorded_as_info_only() -> None:
    """Case aside the name is right; that the case differs is response/model-arn-name-case."""
    lower = ARN.replace("My-Model", "my-model")
    assert CHECKS["model-arn-name"](seen(lower)) is None
    assert "another case" in (CHECKS["model-arn-name-case"](seen(lower)) or "")
    levels = {each.rule.constraint: each.rule.level for each in RESPONSE}
    assert {name for name, level in levels.items() if level == "info"} == {"model-arn-name-case"}


def test_case_of_another_name_is_not_judged() -> None:
    """A wrong name is one finding, not two."""
    with pytest.raises(NothingToJudge, match="another name"):
        CHECKS["model-arn-name-case"](seen(ARN + "2"))


@pytest.mark.parametrize("part", ["partition", "region", "account", "name", "name-case"])
@pytest.mark.parametrize("arn", [":", "model/My-Model", "arn:aws:sagemaker:us-east-1:123456789012"])
def test_parts_of_what_is_no_arn_are_not_judged(part: str, arn: str) -> None:
    """A string with fewer than six parts fails the pattern, not five rules more."""
    assert CHECKS["model-arn-pattern"](seen(arn)) is not None
    with pytest.raises(NothingToJudge, match="not an ARN"):
        CHECKS[f"model-arn-{part}"](seen(arn))


def test_only_the_status_is_judged_of_answers_of_any_kind() -> None:
    """An answer that is no acceptance is one finding of response/status, not ten."""
    assert {each.rule.constraint for each in RESPONSE if each.any_kind} == {"status"}

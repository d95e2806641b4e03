"""CreateModel's limits: what is inside passes, what is beyond is told as AWS tells it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.reference import application
from conformance.reference import patterns as hand_written
from conformance.reference.create_model_shapes import CREATE_MODEL
from conformance.reference.faults.places import groups, reshape, steps
from conformance.reference.patterns import Pattern
from conformance.reference.service import conformant

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"
ROLE = "arn:aws:iam::123456789012:role/"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/"


def asked(client: Any, **members: Any) -> str:
    """The message of CreateModel's refusal; empty where it accepts."""
    status, body = client("CreateModel", **{"ModelName": "m", **members})
    assert status in (200, 400)
    return "" if status == 200 else body["message"]


ACCEPTED: list[tuple[Pattern, str]] = [
    (hand_written.MODEL_NAME, "a"),
    (hand_written.MODEL_NAME, "A--9"),
    (hand_written.SHORT_NAME, "a" + "-" * 100 + "b"),
    (hand_written.IMAGE, "image\u00a0with\u3000no\u2028space\U0001f600"),
    (hand_written.URL, "s3://b"),
    (hand_written.URL, "https://b/"),
    (hand_written.URL, "s3://line\nfeed\u2028in/bucket \U0001f600"),
    (hand_written.ONE_LINE, ""),
    (hand_written.ONE_LINE, "\x0b\x0c\x1c\t\0"),
    (hand_written.ENVIRONMENT_KEY, "_"),
    (hand_written.ENVIRONMENT_VALUE, "\0\n\u2028"),
    (hand_written.CHANNEL, "...-_"),
    (hand_written.ROLE_ARN, ROLE),
    (hand_written.ROLE_ARN, "arn:aws-us-gov:iam::123456789012:roleX"),
    (hand_written.ROLE_ARN, ROLE + "a/b//c+=,.@-_"),
    (hand_written.MODEL_PACKAGE, "a--b"),
    (hand_written.MODEL_PACKAGE, "a" * 63 + "/999999999"),
    (hand_written.MODEL_PACKAGE, PACKAGE + "a/1"),
    (hand_written.MODEL_PACKAGE, "arn:aws:sagemaker::123456789012:/a"),
    (hand_written.METRICS_PATH, "/./."),
    (hand_written.METRICS_PATH, "//"),
    (hand_written.TAG_TEXT, "é 中 ٣ ½ \u2028\u3000\U00010400_.:/=+-@"),
    (hand_written.NETWORK_ID, "-"),
    (hand_written.SAGEMAKER_ARN, "arn:aws:sagemaker::123456789012:x"),
]

REFUSED: list[tuple[Pattern, str]] = [
    *((each, "") for each in (hand_written.MODEL_NAME, hand_written.SHORT_NAME)),
    *((each, "") for each in (hand_written.IMAGE, hand_written.NETWORK_ID, hand_written.CHANNEL)),
    *((hand_written.MODEL_NAME, each) for each in ("a-", "-a", "a\n", "a_b", "é", "٣", "a b")),
    (hand_written.SHORT_NAME, "a" * 64),
    (hand_written.SHORT_NAME, "a-"),
    *((hand_written.IMAGE, f"a{each}b") for each in " \t\n\x0b\f\r"),
    *((hand_written.URL, each) for each in ("s3:///key", "http://b", "S3://b", "s3:/b", "xs3://b")),
    *((hand_written.URL, f"s3://b/k{each}") for each in "\n\r\x85\u2028\u2029"),
    *((hand_written.ONE_LINE, f"k{each}") for each in "\n\r\x85\u2028\u2029"),
    *((hand_written.ENVIRONMENT_KEY, each) for each in ("1a", "a-b", "é", "a٣", "a\n")),
    *((hand_written.CHANNEL, each) for each in ("a/b", "é", "a\n")),
    *((hand_written.ROLE_ARN, each) for each in (ROLE[:-1], ROLE + "a\n", ROLE + "é")),
    (hand_written.ROLE_ARN, "arn:aws:iam::٣٣٣٣٣٣٣٣٣٣٣٣:role/a"),
    (hand_written.ROLE_ARN, "arn:aws:iam::12345678901:role/a"),
    (hand_written.ROLE_ARN, "arn:AWS:iam::123456789012:role/a"),
    (hand_written.ROLE_ARN, "arn:aws1:iam::123456789012:role/a"),
    (hand_written.ROLE_ARN, "arn:aws:iam:us:123456789012:role/a"),
    (hand_written.ROLE_ARN, "arn:aws:iam::123456789012:user/a"),
    *((hand_written.MODEL_PACKAGE, each) for each in ("a-", "a-/1", "a/", "a/1234567890", "a/b")),
    (hand_written.MODEL_PACKAGE, "a" * 64),
    (hand_written.MODEL_PACKAGE, PACKAGE),
    (hand_written.MODEL_PACKAGE, PACKAGE[:-1]),
    *((hand_written.METRICS_PATH, each) for each in ("/", "a", "/a..b", "/..", "/a\n", "/é")),
    *((hand_written.TAG_TEXT, each) for each in ("a\n", "a!", "\U0001f600", "a\t", "\ud800", "a*")),
    *((hand_written.NETWORK_ID, each) for each in ("a_b", "é", "a\n")),
    (hand_written.SAGEMAKER_ARN, "arn:aws:sagemaker::123456789012:"),
    (hand_written.SAGEMAKER_ARN, "arn:aws:sagemaker::123456789012:a\n"),
]


@pytest.mark.parametrize(("pattern", "text"), ACCEPTED)
def test_legal_strings_match(pattern: Pattern, text: str) -> None:
    """Strings that Java's expression matches as a whole are let through."""
    assert pattern.matches(text)


@pytest.mark.parametrize(("pattern", "text"), REFUSED)
def test_illegal_strings_do_not_match(pattern: Pattern, text: str) -> None:
    """Strings that Java's expression does not match as a whole are refused."""
    assert not pattern.matches(text)


# The expressions translated for Python, where its classes are ASCII too; tags are left out.
TRANSLATED = [
    (each, re.compile(each.text.replace(".*", "[^\n\r\x85\u2028\u2029]*"), re.ASCII))
    for each in vars(hand_written).values()
    if isinstance(each, Pattern) and "\\p" not in each.text and "(?!" not in each.text
]
ALPHABET = "aZ09-_./: \n\r\x85\u2028\u00a0é٣@=+,s3\0"
PIECES = ["arn:", "aws", ":sagemaker:", ":iam::", "123456789012", ":role", "s3://", "https://", "/"]


@given(
    st.sampled_from(TRANSLATED),
    st.lists(st.sampled_from(PIECES) | st.text(ALPHABET, max_size=4), max_size=6).map("".join),
)
@settings(max_examples=1500, deadline=None)
def test_matchers_agree_with_the_expressions(
    pair: tuple[Pattern, re.Pattern[str]], text: str
) -> None:
    """A hand-written matcher and its expression, run by Python's engine, agree on any string."""
    pattern, expression = pair
    if pattern is hand_written.SAGEMAKER_ARN:
        text = text.replace("\r", "").replace("\x85", "").replace("\u2028", "")
    assert pattern.matches(text) == (expression.fullmatch(text) is not None)


MESSAGES: list[tuple[dict[str, Any], str]] = [
    (
        {"ModelName": "-"},
        "1 validation error detected: Value '-' at 'modelName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: ^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?",
    ),
    (
        {"ModelName": None},
        "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: "
        "Member must not be null",
    ),
    (
        {"PrimaryContainer": {"Mode": "x"}},
        "1 validation error detected: Value 'x' at 'primaryContainer.mode' failed to satisfy "
        "constraint: Member must satisfy enum value set: [SingleModel, MultiModel]",
    ),
    (
        {"PrimaryContainer": {"Environment": {"K": "x" * 1025}}},
        "1 validation error detected: Value '{K=" + "x" * 1025 + "}' at "
        "'primaryContainer.environment' failed to satisfy constraint: Map value must satisfy "
        "constraint: [Member must have length less than or equal to 1024, Member must have length "
        r"greater than or equal to 0, Member must satisfy regular expression pattern: [\S\s]*]",
    ),
    (
        {"PrimaryContainer": {"Environment": {"1": ""}}},
        "1 validation error detected: Value '{1=}' at 'primaryContainer.environment' failed to "
        "satisfy constraint: Map keys must satisfy constraint: [Member must have length less than "
        "or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy "
        "regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]",
    ),
    (
        {"VpcConfig": {"SecurityGroupIds": ["a"], "Subnets": ["a", "!"]}},
        "1 validation error detected: Value '[a, !]' at 'vpcConfig.subnets' failed to satisfy "
        "constraint: Member must satisfy constraint: [Member must have length less than or equal "
        "to 32, Member must have length greater than or equal to 0, Member must satisfy regular "
        "expression pattern: [-0-9a-zA-Z]+]",
    ),
    (
        {"VpcConfig": {"SecurityGroupIds": list("abcdef"), "Subnets": []}},
        "2 validation errors detected: Value '[a, b, c, d, e, f]' at 'vpcConfig.securityGroupIds' "
        "failed to satisfy constraint: Member must have length less than or equal to 5; Value '[]' "
        "at 'vpcConfig.subnets' failed to satisfy constraint: Member must have length greater than "
        "or equal to 1",
    ),
    (
        {"Tags": [{"Key": "k", "Value": "v"}, {"Key": ""}]},
        "2 validation errors detected: Value '' at 'tags.2.member.key' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1; Value null at "
        "'tags.2.member.value' failed to satisfy constraint: Member must not be null",
    ),
]


@pytest.mark.parametrize(("members", "message"), MESSAGES)
def test_messages_have_aws_forms(client: Any, members: dict[str, Any], message: str) -> None:
    """Paths, positions, maps, lists and counts are written as in the captures of AWS."""
    assert asked(client, **members) == message


WRONG_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"ModelName": 5}, "NUMBER_VALUE can not be converted to a String"),
    ({"ModelName": True}, "TRUE_VALUE can not be converted to a String"),
    ({"ModelName": ["m"]}, "Start of list found where not expected"),
    ({"ModelName": {}}, "Start of structure or map found where not expected."),
    ({"EnableNetworkIsolation": "true"}, "STRING_VALUE can not be converted to a Boolean"),
    ({"EnableNetworkIsolation": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
    ({"Tags": {}}, "Start of structure or map found where not expected."),
    ({"Tags": "x"}, "Expected list or null"),
    ({"Tags": [5]}, "Expected null"),
    ({"PrimaryContainer": []}, "Start of list found where not expected"),
    ({"PrimaryContainer": {"Environment": 5}}, "Expected null"),
    ({"PrimaryContainer": {"Environment": {"A": 5}}}, "NUMBER_VALUE can not be converted"),
    ({"VpcConfig": {"Subnets": [5]}, "ModelName": "-"}, "NUMBER_VALUE can not be converted"),
]


@pytest.mark.parametrize(("members", "message"), WRONG_TYPES)
def test_wrong_types_come_before_limits(client: Any, members: dict[str, Any], message: str) -> None:
    """A wrong JSON type is a SerializationException whatever else is wrong."""
    status, body = client("CreateModel", **{"ModelName": "m", **members})
    assert (status, body["__type"]) == (400, "SerializationException")
    assert body["message"].startswith(message)


@pytest.mark.parametrize(
    ("member", "legal", "illegal"),
    [
        ("ModelName", "a" * 63, "a" * 64),
        ("ExecutionRoleArn", ROLE.ljust(2048, "r"), ROLE.ljust(2049, "r")),
        ("Containers", [{}] * 15, [{}] * 16),
        (
            "Tags",
            [{"Key": f"k{n}", "Value": ""} for n in range(50)],
            [{"Key": f"k{n}", "Value": ""} for n in range(51)],
        ),
        (
            "Tags",
            [{"Key": "é" * 128, "Value": "\U00010400" * 256}],
            [{"Key": "é" * 129, "Value": ""}],
        ),
        (
            "PrimaryContainer",
            {"Environment": {f"K{n}": "\U0001f600" * 1024 for n in range(100)}},
            {"Environment": {f"K{n}": "" for n in range(101)}},
        ),
    ],
)
def test_limits_are_where_the_api_puts_them(
    client: Any, member: str, legal: Any, illegal: Any
) -> None:
    """The largest legal value is accepted, one more is refused; characters are counted."""
    assert asked(client, **{member: legal}) == ""
    assert "less than or equal to" in asked(client, **{"ModelName": "n", member: illegal})


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"PrimaryContainer": {}},
        {"PrimaryContainer": {"Image": IMAGE}, "Containers": [{"Image": IMAGE}]},
        {"Containers": []},
        {"Tags": [{"Key": "aws:x", "Value": ""}, {"Key": "aws:x", "Value": ""}]},
        {"InferenceExecutionConfig": {"Mode": "Direct"}},
        {"PrimaryContainer": {"ContainerHostname": "h", "Mode": "MultiModel"}},
    ],
)
def test_undecided_requests_are_accepted(client: Any, members: dict[str, Any]) -> None:
    """What nobody has seen AWS refuse is accepted."""
    assert asked(client, **members) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [each for group in groups() for each in steps(group.paths[0]) if each.isalnum()]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([each.name for each in CREATE_MODEL.members]), JSON))
@settings(max_examples=500, deadline=None)
def test_any_json_is_answered(members: dict[str, Any]) -> None:
    """Whatever the JSON, the answer is 200 or an error with a type, never a crash."""
    from conformance.reference import Request

    body = json.dumps(members).encode()
    headers = {"x-amz-target": "SageMaker.CreateModel"}
    reply = application().service.answer(Request(body, headers))
    assert reply.status in (200, 400)
    assert "ModelArn" in json.loads(reply.body) or "__type" in json.loads(reply.body)


def test_every_path_leads_somewhere() -> None:
    """The paths of all places can be followed in the table they were made from."""
    table = conformant().inputs["CreateModel"]
    for group in groups():
        for path in group.paths:
            assert reshape(table, steps(path), lambda shape: shape) == table

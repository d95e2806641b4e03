"""The errors/ family, check by check, with replies made by hand."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from conformance.oracle.behaviour import SAMPLE_REJECTIONS, NothingToJudge, Seen
from conformance.oracle.errors import ERRORS
from conformance.wire import Reply, read

CHECKS = {each.rule.constraint: each for each in ERRORS}
JSON = "application/x-amz-json-1.1"
TOO_LONG = "CreateModel/ModelName:max-length"
WRONG_TYPE = "CreateModel/ExecutionRoleArn:type"

#: What AWS would say of each sample, in the wording of its captures.
WORDS = {
    "CreateModel/ModelName:max-length": (
        "Value 'aaa' at 'modelName' failed to satisfy constraint: "
        "Member must have length less than or equal to 63"
    ),
    "CreateModel/ExecutionRoleArn:pattern": (
        "Value 'x' at 'executionRoleArn' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: arn:aws.*"
    ),
    "CreateModel/ModelName:required": (
        "Value null at 'modelName' failed to satisfy constraint: Member must not be null"
    ),
    "CreateModel/PrimaryContainer.Environment{value}:max-length": (
        "Value '{A=x}' at 'primaryContainer.environment' failed to satisfy constraint: Map value "
        "must satisfy constraint: [Member must have length less than or equal to 1024]"
    ),
    "CreateModel/PrimaryContainer.Mode:enum": (
        "Value 'Other' at 'primaryContainer.mode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SingleModel, MultiModel]"
    ),
    "CreateModel/Tags[].Key:min-length": (
        "Value '' at 'tags.1.member.key' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    ),
    "CreateModel/VpcConfig.Subnets:max-items": (
        "Value '[subnet-1]' at 'vpcConfig.subnets' failed to satisfy constraint: "
        "Member must have length less than or equal to 16"
    ),
    "CreateModel/VpcConfig.SecurityGroupIds:min-items": (
        "Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    ),
    "CreateModel/Containers[].Image:max-length": (
        "Value 'aaa' at 'containers.1.member.image' failed to satisfy constraint: "
        "Member must have length less than or equal to 255"
    ),
    "CreateModel/PrimaryContainer.ModelDataSource.S3DataSource.S3DataType:enum": (
        "Value 'Other' at 'primaryContainer.modelDataSource.s3DataSource.s3DataType' failed to "
        "satisfy constraint: Member must satisfy enum value set: [S3Prefix, S3Object]"
    ),
    "CreateModel/PrimaryContainer.ModelDataSource.S3DataSource.S3Uri:required": (
        "Value null at 'primaryContainer.modelDataSource.s3DataSource.s3Uri' failed to satisfy "
        "constraint: Member must not be null"
    ),
    "CreateModel/PrimaryContainer.AdditionalModelDataSources[].ChannelName:pattern": (
        "Value 'a b' at 'primaryContainer.additionalModelDataSources.1.member.channelName' failed "
        "to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9]+"
    ),
    "CreateModel/PrimaryContainer.ImageConfig.RepositoryAccessMode:enum": (
        "Value 'Other' at 'primaryContainer.imageConfig.repositoryAccessMode' failed to satisfy "
        "constraint: Member must satisfy enum value set: [Platform, Vpc]"
    ),
    "CreateModel/ModelName:pattern": (
        "Value 'a_b' at 'modelName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9]+"
    ),
    "CreateModel/Containers:max-items": (
        "Value '[x]' at 'containers' failed to satisfy constraint: "
        "Member must have length less than or equal to 15"
    ),
    "CreateModel/Containers[].Environment{key}:pattern": (
        "Value '{1=x}' at 'containers.1.member.environment' failed to satisfy constraint: Map keys "
        "must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z_]+]"
    ),
    "CreateModel/InferenceExecutionConfig.Mode:enum": (
        "Value 'Other' at 'inferenceExecutionConfig.mode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Serial, Direct]"
    ),
    "CreateModel/Tags[].Value:max-length": (
        "Value 'aaa' at 'tags.1.member.value' failed to satisfy constraint: "
        "Member must have length less than or equal to 256"
    ),
    "CreateModel/VpcConfig.Subnets[]:pattern": (
        "Value '[a b]' at 'vpcConfig.subnets' failed to satisfy constraint: Member must satisfy "
        "constraint: [Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]"
    ),
    "CreateModel/Tags:type": "Start of structure or map found where not expected.",
    "CreateModel/ExecutionRoleArn:type": "NUMBER_VALUE can not be converted to a String",
}


def seen(
    sample: str = TOO_LONG,
    *,
    status: int = 400,
    body: Any = None,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON), ("x-amzn-RequestId", "1")),
) -> Seen:
    """Return an exchange; a body that is no bytes is sent as JSON, without one AWS's is taken."""
    if body is None:
        body = error(sample)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = Reply(status, headers, data)
    return Seen(sample, {}, reply, read(reply), "us-east-1", None)


def error(sample: str = TOO_LONG, **changes: Any) -> dict[str, Any]:
    """Return AWS's error body for a sample, with changes; a change to None drops the member."""
    code = "SerializationException" if sample.endswith(":type") else "ValidationException"
    message = WORDS[sample]
    if not sample.endswith(":type"):
        message = f"1 validation error detected: {message}"
    body = {"__type": code, "message": message} | changes
    return {name: value for name, value in body.items() if value is not None}


def complaint(name: str, exchange: Seen) -> str | None:
    """Return what a check says of an exchange."""
    return CHECKS[name].check(exchange)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("sample", SAMPLE_REJECTIONS)
def test_what_aws_answers_passes_every_check(name: str, sample: str) -> None:
    """For each of its samples a check is content with an answer in AWS's own wording."""
    if sample in CHECKS[name].samples:
        assert complaint(name, seen(sample)) is None
    else:
        kinds = (":type", ":required")
        assert sample.endswith(kinds) or "[]." not in sample or "{" not in sample


def test_a_wrong_type_may_also_be_a_validation_exception() -> None:
    """For a wrong JSON type both codes are in order, for anything else one."""
    assert complaint("code", seen(WRONG_TYPE, body=error(WRONG_TYPE))) is None
    validation = error(WRONG_TYPE, __type="ValidationException")
    assert complaint("code", seen(WRONG_TYPE, body=validation)) is None
    wrong = complaint("code", seen(body=error(__type="SerializationException")))
    assert wrong == "The error code is SerializationException, not ValidationException."


@pytest.mark.parametrize("status", [200, 401, 404, 409, 422, 500])
def test_another_status_than_400_is_found(status: int) -> None:
    """errors/status wants 400 and names what it saw."""
    assert complaint("status", seen(status=status)) == f"The status is {status}, not 400."


@pytest.mark.parametrize("code", ["InvalidParameterValue", "validationException", "Validation"])
def test_another_code_is_found(code: str) -> None:
    """errors/code compares exactly and names the code that it saw."""
    told = complaint("code", seen(body=error(__type=code)))
    assert told == f"The error code is {code}, not ValidationException."


@pytest.mark.parametrize(
    "code", ["com.amazon.coral.validate#ValidationException", "ValidationException:http://x/y#z"]
)
def test_namespace_and_uri_of_a_code_are_no_fault(code: str) -> None:
    """errors/code looks at the bare code."""
    assert complaint("code", seen(body=error(__type=code))) is None


def test_a_missing_code_is_found() -> None:
    """An error without any code is the body's fault, so that it is one finding and not two."""
    with pytest.raises(NothingToJudge, match="no code"):
        complaint("code", seen(body={"message": "no"}))
    assert "__type" in (complaint("body", seen(body={"message": "no"})) or "")


def test_validation_error_of_the_documentation_is_ruled_out_in_words() -> None:
    """The code ValidationError of Common Errors is not accepted, and the ruling is given."""
    told = complaint("code", seen(body=error(__type="ValidationError")))
    assert told is not None
    assert "Common Errors prints ValidationError" in told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not a JSON object"),
        (b"<Error><Code>ValidationException</Code></Error>", "not a JSON object"),
        ([error()], "not a JSON object"),
        ("ValidationException", "not a JSON object"),
        (error(__type=None), "no string __type"),
        (error(__type=5), "no string __type"),
        (error(message=None), "no message"),
        (error(message=""), "no message"),
        (error(message={"text": "no"}), "no message"),
        (error(message=None, Error="x"), "no message"),
    ],
)
def test_a_body_of_another_form_is_found(body: Any, told: str) -> None:
    """errors/body wants a JSON object with a string __type and a message that is not empty."""
    assert told in (complaint("body", seen(body=body)) or "")


def test_message_may_be_written_with_a_capital() -> None:
    """Some services write Message; that is in order."""
    assert complaint("body", seen(body=error(message=None, Message="text"))) is None


def test_a_serialization_exception_needs_no_message() -> None:
    """F6.8: for a wrong type a body with nothing but __type is in order."""
    body = {"__type": "SerializationException"}
    assert complaint("body", seen(WRONG_TYPE, body=body)) is None
    assert complaint("body", seen(body=body)) is not None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (JSON, None),
        (f"{JSON}; charset=utf-8", None),
        ("Application/X-Amz-JSON-1.1", None),
        ("application/json", "The Content-Type is application/json, not " + JSON),
        ("application/x-amz-json-1.0", "is application/x-amz-json-1.0, not"),
        ("", "is missing, not"),
        (None, "is missing, not"),
    ],
)
def test_content_type_is_compared_without_parameters_and_case(
    value: str | None, told: str | None
) -> None:
    """errors/content-type wants JSON 1.1, whatever its case and parameters."""
    headers = () if value is None else (("content-TYPE", value),)
    said = complaint("content-type", seen(headers=headers))
    assert said is None if told is None else told in (said or "")


@pytest.mark.parametrize("name", ["x-amzn-RequestId", "X-AMZN-REQUESTID", "x-amzn-requestid"])
def test_a_request_id_is_found_in_any_case(name: str) -> None:
    """The name of the header counts in any case."""
    assert complaint("request-id", seen(headers=((name, "abc"),))) is None


@pytest.mark.parametrize("headers", [(), (("x-amzn-RequestId", ""),), (("RequestId", "1"),)])
def test_a_missing_request_id_is_found(headers: tuple[tuple[str, str], ...]) -> None:
    """No header, an empty one and one of another name are all missing."""
    assert complaint("request-id", seen(headers=headers)) is not None


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ("CreateModel/ModelName:max-length", "ModelName"),
        ("CreateModel/PrimaryContainer.Environment{value}:max-length", "Environment"),
        ("CreateModel/Tags[].Key:min-length", "Key"),
        ("CreateModel/VpcConfig.SecurityGroupIds:min-items", "SecurityGroupIds"),
        ("CreateModel/PrimaryContainer.Mode:enum", "Mode"),
    ],
)
def test_a_message_that_names_no_member_is_found(sample: str, name: str) -> None:
    """errors/message-names-member asks for the last member on the path, in any case."""
    body = error(sample, message="1 validation error detected: something is wrong")
    told = complaint("message-names-member", seen(sample, body=body))
    assert told == f"The message does not name the member {name}."
    body = error(sample, message=f"bad {name.upper()}")
    assert complaint("message-names-member", seen(sample, body=body)) is None


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ("CreateModel/ModelName:max-length", "modelName does not match"),
        ("CreateModel/ExecutionRoleArn:pattern", "executionRoleArn has a bad length"),
        ("CreateModel/PrimaryContainer.Mode:enum", "mode is of another form"),
        ("CreateModel/VpcConfig.Subnets:max-items", "subnets is wrong"),
        ("CreateModel/Tags[].Key:min-length", "key does not match"),
    ],
)
def test_a_message_that_names_no_kind_of_constraint_is_found(sample: str, message: str) -> None:
    """errors/message-names-constraint asks for words of the kind, and names the kind."""
    told = complaint("message-names-constraint", seen(sample, body=error(sample, message=message)))
    assert told is not None
    assert sample.rpartition(":")[2] in told


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ("CreateModel/ModelName:max-length", "the name is too long"),
        ("CreateModel/ExecutionRoleArn:pattern", "failed the regex"),
        ("CreateModel/PrimaryContainer.Mode:enum", "must be one of these"),
        ("CreateModel/VpcConfig.Subnets:max-items", "at most 16 allowed"),
        ("CreateModel/VpcConfig.SecurityGroupIds:min-items", "must not be empty"),
    ],
)
def test_other_wordings_of_the_kind_are_in_order(sample: str, message: str) -> None:
    """Prose is never compared whole: any wording that speaks of the kind will do."""
    body = error(sample, message=message)
    assert complaint("message-names-constraint", seen(sample, body=body)) is None


@pytest.mark.parametrize(
    ("message", "in_form"),
    [
        ("1 validation error detected: Value 'x' at 'y'", True),
        ("2 validation errors detected: Value 'x' at 'y'", True),
        ("1 Validation error detected: Value", False),
        ("validation error detected: Value", False),
        ("Invalid name", False),
    ],
)
def test_the_form_of_the_message_is_recorded(message: str, in_form: bool) -> None:
    """errors/message-form knows the form of AWS's messages."""
    said = complaint("message-form", seen(body=error(message=message)))
    assert (said is None) == in_form


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"null", b"5", b'{"__type": null}', b'{"message": []}', b"<html>", b"[[["],
)
def test_no_check_raises_on_a_strange_answer(name: str, body: bytes) -> None:
    """Every check answers in a sentence, with None or with nothing to judge, whatever comes."""
    for sample in CHECKS[name].samples:
        with suppress(NothingToJudge):
            said = complaint(name, seen(sample, body=body, headers=()))
            assert said is None or said.endswith(".")


def test_only_status_and_code_are_judged_of_answers_of_any_kind() -> None:
    """Of an answer that is no plain rejection its status and code are judged, not its wording."""
    assert {each.rule.constraint for each in ERRORS if each.any_kind} == {"status", "code"}


@pytest.mark.parametrize(
    ("sample", "message", "told"),
    [
        ("CreateModel/Tags[].Key:min-length", "at 'Tags.1.member.Key'", "tags.N.member.key"),
        ("CreateModel/Tags[].Key:min-length", "at 'tags[0].key'", "tags.N.member.key"),
        ("CreateModel/PrimaryContainer.Mode:enum", "at 'mode'", "primaryContainer.mode"),
        (
            "CreateModel/PrimaryContainer.Environment{value}:max-length",
            "at 'primaryContainer.environment.A'",
            "primaryContainer.environment",
        ),
    ],
)
def test_another_way_to_write_a_path_is_noted(sample: str, message: str, told: str) -> None:
    """errors/member-path wants lower camel case, .N.member, and the whole map or list."""
    said = complaint("member-path", seen(sample, body=error(sample, message=message)))
    assert said == f"The message does not write the member's path as {told}."


@pytest.mark.parametrize(
    ("part", "message", "right"),
    [
        ("value", "Map value must satisfy constraint: [Member must have length less", True),
        ("key", "Map keys must satisfy constraint: [Member must satisfy regular", True),
        ("value", "Map keys must satisfy constraint: [Member must have length less", False),
        ("value", "Member must have length less than or equal to 1024", False),
        ("key", "Map keys must satisfy constraint: something", False),
    ],
)
def test_another_way_to_tell_of_a_map_is_noted(part: str, message: str, right: bool) -> None:
    """errors/map-form wants the limits of a map's keys or values in brackets (A4, C2)."""
    (sample,) = (each for each in CHECKS["map-form"].samples if f"{{{part}}}" in each)
    said = complaint("map-form", seen(sample, body=error(sample, message=message)))
    assert (said is None) is right


def test_positions_that_do_not_count_from_one_are_noted() -> None:
    """errors/list-positions looks at the first position that a message has, if it has one."""
    sample = "CreateModel/Tags[].Key:min-length"
    for message, right in (("tags.0.member.key", False), ("tags.1.member.key", True), ("", True)):
        body = error(sample, message=f"at '{message}' is wrong")
        assert (complaint("list-positions", seen(sample, body=body)) is None) is right


@pytest.mark.parametrize(
    "inside",
    [
        "Traceback (most recent call last):",
        "java.lang.NullPointerException\n\tat com.example.Service.create(Service.java:42)",
        "TypeError: x\n    at create (/app/index.js:10:5)",
        "<html><body>Internal</body></html>",
    ],
)
def test_the_inside_of_a_target_is_noted(inside: str) -> None:
    """errors/no-internals finds tracebacks of several languages and web pages, anywhere."""
    for body in (error(message=f"bad\n{inside}"), inside.encode()):
        assert "inside" in (complaint("no-internals", seen(body=body)) or "")


def test_levels_follow_what_has_been_seen_of_sagemaker() -> None:
    """The form of messages and what a target leaks decide nothing: they are info."""
    info = {name for name, each in CHECKS.items() if each.rule.level == "info"}
    assert info == {
        "message-form",
        "member-path",
        "list-positions",
        "map-form",
        "no-internals",
    }

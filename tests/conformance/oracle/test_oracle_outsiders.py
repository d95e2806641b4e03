"""Requests of others are judged by what was sent; names are made unique and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.oracle.outsiders import operation_of, opinion_on, unique
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, NOT_RUN, PASS
from conformance.oracle.violations import expectation
from conformance.wire import Reply, encode
from strategies import create_model_requests, violating_requests
from strategies.bases import minimal
from strategies.resources import Resources

few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

_FRESH = "cmcabcdefghij-000001"
_YES = Reply(200, (), b'{"ModelArn":"arn:aws:sagemaker:us-east-1:123456789012:model/a"}')


def _no(code: str, message: str = "no", status: int = 400) -> Reply:
    return Reply(status, (), json.dumps({"__type": code, "message": message}).encode())


_REFUSED = _no("ValidationException")
_PAGE = Reply(200, (("Content-Type", "text/html"),), b"<html>It works!</html>")


def _legal() -> dict[str, Any]:
    return minimal("a-model", Resources())


def test_a_legal_request_must_be_accepted() -> None:
    """A refusal of what breaks no rule is a failure."""
    call = encode("CreateModel", _legal())
    assert opinion_on(call, _YES).verdict == PASS
    assert opinion_on(call, _REFUSED).verdict == FAIL


def test_an_illegal_request_must_be_refused_and_the_sentence_names_the_rule() -> None:
    """Whoever reads the finding sees which rule is broken and where."""
    call = encode("CreateModel", {**_legal(), "ModelName": "a" * 64})
    assert opinion_on(call, _REFUSED).verdict == PASS
    opinion = opinion_on(call, _YES)
    assert opinion.verdict == FAIL
    assert "CreateModel/ModelName:max-length is broken at ModelName" in opinion.why


@pytest.mark.parametrize(
    "reply",
    [
        _no("ThrottlingException"),
        _no("AccessDeniedException", status=403),
        _no("ValidationException", "Cannot create already existing model"),
        _no("ValidationException", "Could not find model data at s3://b/k."),
    ],
    ids=["throttled", "denied", "duplicate", "resource"],
)
def test_answers_that_are_not_about_the_request_prove_nothing(reply: Reply) -> None:
    """Neither busy nor denied, nor a name that is taken, nor what does not exist is a failure."""
    assert opinion_on(encode("CreateModel", _legal()), reply).verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"headers": {"Content-Type": "application/x-amz-json-1.1"}},
        {"headers": {"X-Amz-Target": "SageMaker.CreateModel", "Content-Type": "text/plain"}},
        {"headers": {"X-Amz-Target": "0", "Content-Type": "application/x-amz-json-1.1"}},
        {"body": b"{"},
    ],
    ids=["method", "no target", "content type", "other target", "broken"],
)
@pytest.mark.parametrize("reply", [_YES, _REFUSED], ids=["yes", "no"])
def test_what_is_no_plain_call_demands_nothing(change: dict[str, Any], reply: Reply) -> None:
    """Changed methods and headers, and broken JSON, are the business of the ``wire/`` rules."""
    call = replace(encode("CreateModel", _legal()), **change)
    assert opinion_on(call, reply).verdict == NOT_RUN


@pytest.mark.parametrize("reply", [_YES, _REFUSED], ids=["yes", "no"])
def test_an_unknown_fate_demands_nothing(reply: Reply) -> None:
    """What nobody has shown AWS to answer is no finding either way."""
    body = {**_legal(), "Containers": []}
    assert expectation(body).outcome == "unknown"
    assert opinion_on(encode("CreateModel", body), reply).verdict == NOT_RUN


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(200, (), b""), PASS),
        (_REFUSED, PASS),
        (_no("ThrottlingException"), NOT_RUN),
        (replace(_PAGE, status=403), NOT_RUN),
        (replace(_PAGE, status=429), NOT_RUN),
        (_no("InternalFailure", status=500), FAIL),
        (_PAGE, FAIL),
        (replace(_PAGE, status=404), FAIL),
    ],
    ids=["empty", "refused", "throttled", "page 403", "page 429", "500", "page", "page 404"],
)
def test_of_other_operations_an_aws_answer_is_enough(reply: Reply, verdict: str) -> None:
    """They name what does not exist: yes and no are both right, a page or a fault is not.

    Who is busy, or denies access, has not answered, be it with the page of a gateway.
    """
    assert opinion_on(encode("DescribeModel", {"ModelName": "a"}), reply).verdict == verdict


@pytest.mark.parametrize("name", ["CreateModel", "ListModels"])
def test_the_operation_is_read_off_the_headers(name: str) -> None:
    """The case of header names and parameters of the content type change nothing."""
    call = encode(name, {})
    headers = {key.upper(): value for key, value in call.headers.items()}
    headers["CONTENT-TYPE"] += "; charset=utf-8"
    assert operation_of(replace(call, headers=headers)) == name


@few
@given(create_model_requests())
def test_a_legal_request_stays_legal_under_its_new_name(body: dict[str, Any]) -> None:
    """The new name begins as it is told to, is as long where it can be, and nothing else moves."""
    found = unique(body, _FRESH)
    assert not expectation(found).violations
    assert found["ModelName"].startswith(_FRESH)
    assert len(found["ModelName"]) == max(len(body["ModelName"]), len(_FRESH))
    assert {**found, "ModelName": None} == {**body, "ModelName": None}


@few
@given(violating_requests())
def test_what_is_broken_stays_broken_under_its_new_name(body: Any) -> None:
    """A new name breaks no rule and repairs none."""
    assert expectation(unique(body, _FRESH)) == expectation(body)


@few
@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())))
@example("a" * 64)
@example("-x")
@example("!")
@example("é")
@example("")
def test_any_name_breaks_what_it_broke(name: Any) -> None:
    """Illegal names are made unique, too, unless that would repair them; what is no name stays."""
    body = {**_legal(), "ModelName": name}
    found = unique(body, _FRESH)
    assert expectation(found) == expectation(body)
    if not isinstance(name, str):
        assert found == body
    elif name.isascii() and name:
        assert _FRESH in found["ModelName"]

"""Hooks for people who run Schemathesis themselves: ``SCHEMATHESIS_HOOKS`` names this module.

    SCHEMATHESIS_HOOKS=conformance.schemathesis_hooks \\
        st run openapi.json --url http://... --include-operation-id CreateModel

They teach it the wire format and the signature of awsJson 1.1, keep requests from getting in each
other's way, and put a check of ours in the place of those that judge by what REST services do.
``docs/schemathesis.md`` is the manual.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import requests
import schemathesis
from requests.auth import AuthBase

from conformance.engine.names import run_prefix
from conformance.oracle.outsiders import OPERATION, opinion_on, unique
from conformance.oracle.verdicts import FAIL
from conformance.wire import Call, Reply, encode, read
from conformance.wire.messages import CONTENT_TYPE
from conformance.wire.reading import ACCEPTED
from conformance.wire.signing import Signer
from strategies.resources import Resources

#: Checks of Schemathesis that judge by a label or by REST's use of statuses and methods. AWS says
#: 400 to nearly everything, takes a POST alone, and what a label calls invalid may be undecided.
UNFIT = (
    "status_code_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
)

#: Server errors that are an answer all the same: not implemented, come again.
_ANSWERS = ("501", "503")

#: What takes back what an operation made, with the members that name it in a request and an answer.
_UNDOING = {
    OPERATION: ("DeleteModel", "ModelName", "ModelArn"),
    "CreateEndpointConfig": ("DeleteEndpointConfig", "EndpointConfigName", "EndpointConfigArn"),
}

_SECONDS = 10

_signer = Signer(Resources().region)
_prefix = run_prefix()
_numbers = count(1)


# -- what goes over the wire ---------------------------------------------------------------------


def serialized(_context: Any, value: Any) -> bytes:
    """Return a body as awsJson has it."""
    return encode(OPERATION, value).body


def deserialized(_context: Any, response: Any) -> Any:
    """Return what a reply says, for the checks that hold it against the document."""
    return json.loads(response.content)


class DummySignature(AuthBase):
    """Signs a request when nothing of it changes any more, with keys that are nobody's."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the headers of SigV4, over the bytes as they will be sent."""
        request.headers.update(_signer.signed(_call_of(request)).headers)
        return request


def _call_of(request: requests.PreparedRequest) -> Call:
    body = request.body or b""
    headers = {_text(name): _text(value) for name, value in request.headers.items()}
    return Call(
        operation=headers.get("X-Amz-Target", "").rpartition(".")[2],
        body=body.encode() if isinstance(body, str) else bytes(body),
        headers=headers,
        method=str(request.method),
        url=str(request.url).partition("#")[0],
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


# -- one request does not get in the way of the next ---------------------------------------------


def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Give a request a model name that nobody has, where that repairs nothing."""
    if _operation_of(case) == OPERATION:
        body = unique(case.body, f"{_prefix}-{next(_numbers):06}")
        if body != case.body:
            case.body = body


def after_call(_context: Any, case: Any, response: Any) -> None:
    """Delete what a request has made, also one whose headers or method were odd."""
    if _operation_of(case) not in _UNDOING:
        return
    undoing, member, arn = _UNDOING[_operation_of(case)]
    reading, call = read(_reply_of(response)), _call_of(response.request)
    payload = reading.payload
    if reading.kind != ACCEPTED or not isinstance(payload, dict) or arn not in payload:
        return
    name = _named(call.body, member) or str(payload[arn]).rpartition("/")[2]
    undo = encode(undoing, {member: name}, url=call.url)
    # That a target cannot delete is no finding about the request that is being judged.
    with suppress(requests.RequestException):
        requests.post(
            call.url,
            data=undo.body,
            headers=dict(undo.headers),
            auth=DummySignature(),
            timeout=_SECONDS,
            allow_redirects=False,
            verify=response.verify,
        )


def _operation_of(case: Any) -> str:
    """Return the operation that a case was made for, whatever became of its headers."""
    return str(case.operation.path).rpartition(".")[2]


def _named(body: bytes, member: str) -> Any:
    try:
        request = json.loads(body)
    except ValueError:
        return None
    return request.get(member) if isinstance(request, dict) else None


def _reply_of(response: Any) -> Reply:
    given: Mapping[str, list[str]] = response.headers
    headers = tuple((name, value) for name, values in given.items() for value in values)
    return Reply(response.status_code, headers, response.content)


# -- what is judged ------------------------------------------------------------------------------


def createmodel_conformance(_context: Any, response: Any, _case: Any) -> None:
    """Judge a reply by the specification, from the bytes that were sent."""
    opinion = opinion_on(_call_of(response.request), _reply_of(response))
    if opinion.verdict == FAIL:
        raise AssertionError(opinion.why)


def after_load_schema(_context: Any, schema: Any) -> None:
    """Switch off the checks that raise false alarms here."""
    for name in UNFIT:
        check = getattr(schema.config.checks, name, None)
        if check is not None:  # an older or a newer Schemathesis may have no such check
            check.enabled = False
    expected = schema.config.checks.not_a_server_error
    expected.expected_statuses = [*expected.expected_statuses, *_ANSWERS]


schemathesis.serializer(CONTENT_TYPE)(serialized)
schemathesis.deserializer(CONTENT_TYPE)(deserialized)
schemathesis.auth.set_from_requests(DummySignature())
schemathesis.check(createmodel_conformance)
for each in (before_call, after_call, after_load_schema):
    schemathesis.hook(each)

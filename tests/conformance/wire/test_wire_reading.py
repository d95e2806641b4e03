"""Replies are read defensively: every form of an error, and anything else without raising."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire import Reply, read
from conformance.wire.reading import (
    ACCEPTED,
    AMBIGUOUS,
    DENIED,
    ELSEWHERE,
    KINDS,
    ODD,
    REJECTED,
    SERVER_FAULT,
    THROTTLED,
    UNSUPPORTED,
    bare_code,
    parse_json,
)

PROPERTY = settings(deadline=None, database=None, max_examples=500)
S3_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>'
    b"<Message>Access Denied</Message><RequestId>1</RequestId></Error>"
)
QUERY_XML = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code> ValidationError </Code>"
    b"<message>bad name</message></Error></ErrorResponse>"
)
HTML = b"<!doctype html><html><title>404 Not Found</title><h1>Not Found</h1></html>"


def reply(status: int, body: Any = b"", **headers: str) -> Reply:
    """Return a reply; a body that is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, tuple((k.replace("_", "-"), v) for k, v in headers.items()), data)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ValidationException", "ValidationException"),
        ("com.amazon.coral.validate#ValidationException", "ValidationException"),
        ("ValidationException:http://internal.amazon.com/coral/x/", "ValidationException"),
        ("aws.json#ValidationException:http://internal.amazon.com/x/", "ValidationException"),
        ("ValidationException:http://internal.amazon.com/coral#Other", "ValidationException"),
        (" ValidationException ", "ValidationException"),
        ("", ""),
        ("#", ""),
        (":", ""),
    ],
)
def test_a_code_is_bared_of_namespace_and_uri(written: str, code: str) -> None:
    """What stands before # and from : on does not belong to the code."""
    assert bare_code(written) == code


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"__type": "ValidationException", "message": "no"}, "ValidationException", "no"),
        ({"__type": "a.b#ValidationException", "Message": "no"}, "ValidationException", "no"),
        ({"__type": "V:http://x/"}, "V", None),
        ({"code": "V", "message": "no"}, "V", "no"),
        ({"Code": "V", "Message": "no"}, "V", "no"),
        ({"Error": {"Code": "V", "Message": "no"}}, "V", "no"),
        ({"error": {"Code": "V"}}, "V", None),
        ({"message": "no"}, None, "no"),
        ({"__type": "V", "message": ["no"]}, "V", None),
        ({"__type": 5, "message": "no"}, None, "no"),
        ({"__type": "", "message": ""}, None, ""),
        ({"Error": "text"}, None, None),
        ({"Error": {"Code": 5}}, None, None),
        ([], None, None),
        ("ValidationException", None, None),
        (5, None, None),
        (b"", None, None),
        (b"null", None, None),
        (b"ValidationException", None, None),
    ],
)
def test_code_and_message_are_found_wherever_they_are(
    body: Any, code: str | None, message: str | None
) -> None:
    """JSON error bodies of all known forms give their code and message, others give None."""
    reading = read(reply(400, body))
    assert (reading.code, reading.message, reading.kind) == (code, message, REJECTED)


@pytest.mark.parametrize("name", ["x-amzn-ErrorType", "X-Amzn-Errortype", "x-amzn-errortype"])
def test_the_header_names_the_code_where_the_body_does_not(name: str) -> None:
    """x-amzn-errortype counts in any case, with namespace and URI taken away."""
    header = ((name, "a#ValidationException:http://x"),)
    assert read(Reply(400, header, b'{"message":"no"}')).code == "ValidationException"
    assert read(Reply(400, header, b"")).code == "ValidationException"
    assert read(Reply(400, header, b'{"__type":"Other"}')).code == "Other"
    assert read(Reply(400, header, b'{"__type":7}')).code == "ValidationException"


def test_a_header_alone_makes_no_error_of_an_accepted_request() -> None:
    """Only the status or an error body say that there was an error."""
    assert read(reply(200, {"ModelArn": "x"}, x_amzn_errortype="V")).kind == ACCEPTED


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "message"),
    [
        (403, S3_XML, DENIED, "AccessDenied", "Access Denied"),
        (400, S3_XML, DENIED, "AccessDenied", "Access Denied"),
        (400, QUERY_XML, REJECTED, "ValidationError", "bad name"),
        (404, b"<UnknownOperationException/>", UNSUPPORTED, "UnknownOperationException", None),
        (400, b" <UnknownOperationException />\n", UNSUPPORTED, "UnknownOperationException", None),
        (404, HTML, UNSUPPORTED, None, None),
        (405, HTML, UNSUPPORTED, None, None),
        (404, b"", UNSUPPORTED, None, None),
        (500, HTML, SERVER_FAULT, None, None),
        (502, b"Bad Gateway", SERVER_FAULT, None, None),
        (404, {"__type": "ValidationException"}, REJECTED, "ValidationException", None),
        (404, {"__type": "ResourceNotFound"}, REJECTED, "ResourceNotFound", None),
    ],
)
def test_xml_and_html_answers_are_read(
    status: int, body: Any, kind: str, code: str | None, message: str | None
) -> None:
    """Answers of S3's form, of the query protocol and of web servers are told apart."""
    reading = read(reply(status, body))
    assert (reading.kind, reading.code, reading.message) == (kind, code, message)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, ACCEPTED),
        (204, ACCEPTED),
        (299, ACCEPTED),
        (100, ODD),
        (199, ODD),
        (300, ODD),
        (302, ODD),
        (399, ODD),
        (0, ODD),
        (400, REJECTED),
        (409, REJECTED),
        (413, REJECTED),
        (422, REJECTED),
        (401, DENIED),
        (403, DENIED),
        (407, DENIED),
        (404, UNSUPPORTED),
        (405, UNSUPPORTED),
        (501, UNSUPPORTED),
        (408, THROTTLED),
        (429, THROTTLED),
        (503, THROTTLED),
        (500, SERVER_FAULT),
        (502, SERVER_FAULT),
        (504, SERVER_FAULT),
        (599, SERVER_FAULT),
    ],
)
def test_a_status_without_a_code_tells_the_kind(status: int, kind: str) -> None:
    """Without any code the status decides."""
    assert read(reply(status)).kind == kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ValidationException", REJECTED),
        ("ValidationError", REJECTED),
        ("SerializationException", REJECTED),
        ("ResourceNotFound", REJECTED),
        ("AccessDenied", DENIED),
        ("AccessDeniedException", DENIED),
        ("UnrecognizedClientException", DENIED),
        ("InvalidClientTokenId", DENIED),
        ("MissingAuthenticationToken", DENIED),
        ("MissingAuthenticationTokenException", DENIED),
        ("IncompleteSignature", DENIED),
        ("IncompleteSignatureException", DENIED),
        ("InvalidSignatureException", DENIED),
        ("SignatureDoesNotMatch", DENIED),
        ("NotAuthorized", DENIED),
        ("OptInRequired", DENIED),
        ("RequestExpired", DENIED),
        ("ExpiredTokenException", DENIED),
        ("ThrottlingException", THROTTLED),
        ("Throttling", THROTTLED),
        ("TooManyRequestsException", THROTTLED),
        ("RequestLimitExceeded", THROTTLED),
        ("ResourceLimitExceeded", THROTTLED),
        ("ServiceUnavailable", THROTTLED),
        ("SlowDown", THROTTLED),
        ("RequestTimeoutException", THROTTLED),
        ("UnknownOperationException", UNSUPPORTED),
        ("NotImplemented", UNSUPPORTED),
        ("InvalidAction", UNSUPPORTED),
        ("UnsupportedOperationException", UNSUPPORTED),
    ],
)
def test_a_code_with_status_400_tells_the_kind(code: str, kind: str) -> None:
    """AWS answers nearly everything with 400: the code says what it was."""
    assert read(reply(400, {"__type": code, "message": "no"})).kind == kind


@pytest.mark.parametrize("code", ["NotAccessDenied", "AccessDeniedOrNot", "MyThrottling"])
def test_a_code_is_compared_as_a_whole(code: str) -> None:
    """A code that merely contains a known one is a rejection like others."""
    assert read(reply(400, {"__type": code})).kind == REJECTED


def test_an_unsupported_operation_outweighs_a_server_fault() -> None:
    """A target that answers NotImplemented with 500 says that it cannot do this."""
    assert read(reply(500, {"__type": "NotImplemented"})).kind == UNSUPPORTED
    assert read(reply(500, {"__type": "ThrottlingException"})).kind == THROTTLED
    assert read(reply(500, {"__type": "InternalFailure"})).kind == SERVER_FAULT


@pytest.mark.parametrize(
    "code",
    ["ValidationException", "ValidationError", "SerializationException", "SerializationError"],
)
@pytest.mark.parametrize("status", [200, 400, 403, 404, 429, 500, 501, 503])
def test_a_code_of_the_callers_fault_outweighs_the_status(code: str, status: int) -> None:
    """Whoever says ValidationException rejected the request, though the status may be wrong."""
    assert read(reply(status, {"__type": code})).kind == REJECTED


def test_200_with_an_error_body_is_no_acceptance() -> None:
    """A body with __type is an error whatever the status says."""
    reading = read(reply(200, {"__type": "ValidationException", "message": "no"}))
    assert (reading.kind, reading.code, reading.message) == (
        REJECTED,
        "ValidationException",
        "no",
    )
    assert read(reply(200, {"__type": "UnknownOperationException"})).kind == UNSUPPORTED


def test_an_accepted_answer_has_no_code_and_no_message() -> None:
    """Members of an answer that happen to be called so are not those of an error."""
    reading = read(reply(200, {"ModelArn": "x", "message": "hello", "code": "V"}))
    assert (reading.kind, reading.code, reading.message) == (ACCEPTED, None, None)
    assert reading.payload["ModelArn"] == "x"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"ModelArn": "x"',
        b'{"ModelArn": "x",}',
        b"{'ModelArn': 'x'}",
        b'{"ModelArn": NaN}',
        b"Infinity",
        b"-Infinity",
        b"\xff\xfe\x00",
        b'{"ModelArn": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"9" * 100_000,
        b"\x00",
    ],
    ids=lambda body: repr(body[:12]),
)
@pytest.mark.parametrize("status", [200, 400])
def test_what_is_no_json_has_no_payload(body: bytes, status: int) -> None:
    """Broken, endless, too deep or undecodable JSON, and Python's NaN, are read as no JSON."""
    reading = read(reply(status, body))
    assert reading.payload is None
    assert parse_json(body) is None
    assert reading.kind == (ACCEPTED if status == 200 else REJECTED)
    assert reading.code is None


def test_deep_json_that_can_be_read_is_a_payload() -> None:
    """A hundred levels are no difficulty."""
    assert read(reply(200, b"[" * 100 + b"]" * 100)).payload is not None


@pytest.mark.parametrize(
    "body",
    [
        b"<Code>" * 200_000,
        b"<Code>" + b" " * 20_000,
        b"<Message>" + b" " * 20_000,
        (b"<Message>" + b" " * 2_500) * 4,
        b" " * 20_000 + b"<UnknownOperationException",
        b"<" + b"a" * 20_000,
        b" " * 20_000 + b"<Code>Late</Code>",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_hostile_xml_is_read_quickly(body: bytes) -> None:
    """Only the beginning of a body is searched for a code, in time that does not explode."""
    start = time.perf_counter()
    assert read(reply(400, body)).code is None
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("given_reply", "summary"),
    [
        (reply(200, {}), "200"),
        (reply(400, {"__type": "x#ValidationException"}), "400 ValidationException"),
        (reply(502), "502"),
    ],
)
def test_a_reading_is_summed_up_in_status_and_code(given_reply: Reply, summary: str) -> None:
    """The summary has the code only where there is one."""
    assert read(given_reply).summary == summary


BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([S3_XML, QUERY_XML, HTML, b"<UnknownOperationException/>"]),
    st.builds(
        lambda head, tail: head + tail,
        st.sampled_from([b'{"__type":', b'{"Error":{"Code":', b"<Code>", b'{"message":', b"["]),
        st.binary(max_size=20)
        | st.sampled_from(
            [b'"ValidationException"}', b'"V"}', b"5}", b"null}", b"{}}", b"[]}", b"}}"]
        ),
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["__type", "code", "Code", "message", "Message", "Error", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["x-amzn-errortype", "Content-Type", "X-Amzn-ErrorType", ""])
        | st.text(max_size=5),
        st.text(max_size=12),
    ),
    max_size=3,
).map(tuple)


@PROPERTY
@given(st.integers(-1, 1000), HEADERS, BODIES)
def test_reading_never_raises(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    """Whatever a target sends gives a reading of a known kind with sound parts."""
    reading = read(Reply(status, headers, body))
    assert reading.kind in KINDS
    assert reading.status == status
    assert reading.code is None or isinstance(reading.code, str)
    assert reading.message is None or isinstance(reading.message, str)
    assert reading.summary.startswith(str(status))
    if reading.kind == ACCEPTED:
        assert 200 <= status < 300
        assert reading.code is reading.message is None
    if reading.kind == SERVER_FAULT:
        assert status >= 500
    if status >= 500:
        assert reading.kind not in (ACCEPTED, ODD)
        assert reading.kind != REJECTED or (reading.code or "").startswith(
            ("Validation", "Serialization")
        )


@PROPERTY
@given(st.text(max_size=20))
def test_a_bare_code_is_bare(written: str) -> None:
    """Nothing of a namespace or a URI is left, and baring twice changes nothing."""
    code = bare_code(written)
    assert not set("#:") & set(code)
    assert bare_code(code) == code


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"ModelArn": "a", "ModelArn": "b"}', AMBIGUOUS),
        (b'{"a": [{"b": 1, "b": 2}]}', AMBIGUOUS),
        (b'{"__type": "ValidationException", "__type": "ThrottlingException"}', AMBIGUOUS),
        (b'{"a": 1, "a": 2} and more', ACCEPTED),
        (b'{"ModelArn": "a", "ModelArn": "a"}', ACCEPTED),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', ACCEPTED),
        (b'{"a": 1, "a": 2', ACCEPTED),
    ],
)
def test_a_member_that_is_given_twice_makes_an_answer_unclear(body: bytes, kind: str) -> None:
    """Two values of one member say nothing (RFC 8259, section 4); the same value twice says it."""
    reading = read(reply(200, body))
    assert reading.kind == kind
    assert (reading.unclear is not None) == (kind == AMBIGUOUS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_says_nothing_about_the_request(status: int) -> None:
    """With a place to go to it is no answer; without one it is an odd one."""
    assert read(Reply(status, (("location", "/"),), b"{}")).kind == ELSEWHERE
    assert read(Reply(status, (), b"{}")).kind == ODD
    assert read(Reply(200, (("Location", "/"),), b"{}")).kind == ACCEPTED

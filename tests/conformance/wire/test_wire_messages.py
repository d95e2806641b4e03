"""Calls are encoded as awsJson 1.1; headers of replies are found in any case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance import __version__
from conformance.wire import Reply, TransportFault, encode

PROPERTY = settings(deadline=None, database=None)

TEXTS = st.text(st.characters(), max_size=10)  # lone surrogates included
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def test_a_call_has_the_headers_of_the_protocol() -> None:
    """POST to /, with the target's operation and the content type of JSON 1.1."""
    call = encode("CreateModel", {"ModelName": "m"}, url="http://localhost:5000/")
    assert (call.method, call.url, call.operation) == (
        "POST",
        "http://localhost:5000/",
        "CreateModel",
    )
    assert call.headers == {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "SageMaker.CreateModel",
        "User-Agent": f"createmodel-conformance/{__version__}",
    }


def test_a_body_is_compact_utf8() -> None:
    """No spaces between tokens, and characters go as they are."""
    assert encode("CreateModel", {"a": ["é", "\U0001f600", "\u2028"]}).body == (
        '{"a":["é","\U0001f600","\u2028"]}'.encode()
    )


@pytest.mark.parametrize("body", [None, [], "text", 5, True, 1.5, {}, {"": None}])
def test_any_json_value_can_be_a_body(body: Any) -> None:
    """What is no object can be sent as well: that is what the rule about the type sends."""
    assert json.loads(encode("CreateModel", body).body) == body


def test_members_are_sent_in_their_order() -> None:
    """The order of members is not changed on the way."""
    assert encode("X", {"b": 1, "a": 2}).body == b'{"b":1,"a":2}'


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ude00\ud83d", "é\ud800"])
def test_a_lone_surrogate_is_sent_as_an_escape(text: str) -> None:
    """What UTF-8 cannot hold goes as a JSON escape, in values and in keys, and comes back."""
    call = encode("CreateModel", {text: text})
    assert call.body.isascii()
    assert json.loads(call.body) == {text: text}


@PROPERTY
@given(JSON)
@example({"\udc00": ["\ud83d\ude00", "\ud83d"]})
def test_a_body_survives_the_way_there(body: Any) -> None:
    """What the target decodes is what was given, whatever the characters.

    Two halves of a surrogate pair in a row are one character to every reader of JSON.
    """

    def joined(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        if isinstance(value, list):
            return [joined(each) for each in value]
        if isinstance(value, dict):
            return {joined(key): joined(held) for key, held in value.items()}
        return value

    assert json.loads(encode("CreateModel", body).body) == joined(body)


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_a_header_is_found_in_any_case(name: str) -> None:
    """Names of headers count in any case; the first of several wins."""
    headers = (("X-Other", "0"), ("content-Type", "1"), ("Content-Type", "2"))
    assert Reply(200, headers, b"").header(name) == "1"


def test_a_missing_header_is_none() -> None:
    """No header of this name is None, one with an empty value is not."""
    reply = Reply(200, (("X-Empty", ""),), b"")
    assert reply.header("x-empty") == ""
    assert reply.header("x") is None


def test_a_transport_fault_tells_its_kind_and_detail() -> None:
    """The fault holds data and reads as its detail."""
    fault = TransportFault("timeout", "no reply within 30 s")
    assert (fault.kind, fault.detail, str(fault)) == (
        "timeout",
        "no reply within 30 s",
        "no reply within 30 s",
    )

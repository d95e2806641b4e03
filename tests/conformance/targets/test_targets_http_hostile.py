"""What a URL can do to whoever asks it: each vice of the wire is a fault with one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from fakes.hostile import VICES, hostile
from fakes.raw_server import Server, ask, fault
from hypothesis import given
from hypothesis import strategies as st

from conformance.targets.connections import MAX_HEAD
from conformance.targets.http import MAX_BODY
from conformance.wire import TransportFault

_CUT_HEAD = "the connection was closed within the head of the answer"
_CHUNKS = "the body is cut off, or not in chunks as it says"
_LINE = "got more than 65536 bytes when reading"

#: What is said of each vice of the wire, at its beginning.
SAID = {
    "never_answers": "no answer within 0.3 s",
    "one_byte_a_second": "no answer within 0.3 s",
    "one_byte_of_the_body_a_second": "no answer within 0.3 s",
    "says_more_than_it_sends": "no answer within 0.3 s",
    "closes_at_once": "Remote end closed connection without response",
    "closes_mid_status_line": _CUT_HEAD,
    "closes_mid_header": _CUT_HEAD,
    "closes_between_headers": _CUT_HEAD,
    "closes_mid_body": _CHUNKS,
    "closes_mid_body_of_unknown_length": "the connection was closed within the body",
    "resets": "[Errno 104] Connection reset by peer",
    "resets_mid_body": "[Errno 104] Connection reset by peer",
    "says_less_than_it_sends": "more than the ",
    "names_two_lengths": "more than the 2 bytes of its Content-Length",
    "names_no_number_as_length": "Content-Length is '-1'",
    "chunked_garbage": _CHUNKS,
    "chunk_of_negative_size": _CHUNKS,
    "chunks_without_end": _CHUNKS,
    "http_0_9": "the answer is not HTTP/1.1 (it begins '{",
    "http_2": "the answer is not HTTP/1.1 (it begins '\\x00",
    "another_protocol": "the answer is not HTTP/1.1 (it begins 'SSH-2.0-OpenSSH_9.6')",
    "interim_storm": "more than 100 interim answers",
    "switches_protocols": "no answer after 101",
    "ten_gigabytes": f"answer longer than {MAX_BODY} bytes",
    "endless_body": f"answer longer than {MAX_BODY} bytes",
    "endless_size_of_a_chunk": f"{_LINE} chunk size",
    "floods_with_cookies": f"a head longer than {MAX_HEAD} bytes",
    "header_of_a_megabyte": f"{_LINE} header line",
    "many_headers_of_64_kilobytes": f"a head longer than {MAX_HEAD} bytes",
    "endless_header": f"{_LINE} header line",
    "endless_headers": "got more than 100 headers",
    "endless_reason": f"{_LINE} status line",
    "one_packed_byte_too_few": "a packed body that is cut off",
}


@pytest.mark.parametrize("vice", SAID)
def test_a_vice_of_the_wire_is_a_fault_in_one_sentence(vice: str) -> None:
    """No vice is taken for an answer, none takes longer than the time-out, each is told apart."""
    with hostile(VICES[vice], after=0) as server:
        began = time.monotonic()
        told = fault(server.server_address[1], timeout=0.3)
        assert time.monotonic() - began < 3
    assert told.detail.startswith(SAID[vice])


def test_an_answer_of_http_1_0_is_an_answer() -> None:
    """Closing the connection behind a whole answer is no vice."""
    with hostile(VICES["http_1_0"], after=0) as server:
        assert ask(server.server_address[1]).status == 400


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
_WHOLE = _HEAD + b'{"ModelArn":"a"}'


@pytest.mark.parametrize("length", range(0, len(_WHOLE), 3))
def test_no_beginning_of_an_answer_is_taken_for_an_answer(
    length: int, serve: Callable[..., Server]
) -> None:
    """Wherever an answer is cut off, there is a fault and no reply."""
    assert fault(serve(_WHOLE[:length]).port).kind == "broken"


def test_the_whole_answer_is_one(serve: Callable[..., Server]) -> None:
    """The answer whose beginnings are none is read."""
    assert ask(serve(_WHOLE).port).body == b'{"ModelArn":"a"}'


@pytest.mark.parametrize("length", ["-1", "1e1", "٣", "", "16, 17", "0x10", "+16"])
def test_a_length_that_is_no_number_makes_no_answer(
    length: str, serve: Callable[..., Server]
) -> None:
    """RFC 9112, section 6.3: what has an invalid Content-Length is not to be used."""
    answer = _WHOLE.replace(b"Content-Length: 16", f"Content-Length: {length}".encode())
    assert fault(serve(answer).port).kind == "broken"


def test_a_length_that_is_said_twice_alike_is_one(serve: Callable[..., Server]) -> None:
    """The same section: the same number again may be taken for it."""
    answer = _WHOLE.replace(b"Content-Length: 16", b"Content-Length: 16\r\nContent-Length: 16")
    assert ask(serve(answer).port).status == 200


@pytest.mark.parametrize("status", [204, 304])
def test_a_body_where_none_may_be_is_not_read(status: int, serve: Callable[..., Server]) -> None:
    """A target that says 204 beside a body is judged by its status."""
    answer = _WHOLE.replace(b"200", str(status).encode())
    reply = ask(serve(answer).port)
    assert (reply.status, reply.body) == (status, b"")


@given(rest=st.binary(min_size=1, max_size=40))
def test_bytes_behind_the_end_of_an_answer_are_a_fault(rest: bytes) -> None:
    """Whatever follows a body at once, its length was wrong: nobody knows what was meant."""
    from fakes.raw_server import serving

    with serving() as serve, pytest.raises(TransportFault, match="more than the 16 bytes"):
        ask(serve(_WHOLE + rest).port)

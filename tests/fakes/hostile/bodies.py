"""Vices of the body: what is no JSON, hardly JSON, or JSON that says two things at once."""

from __future__ import annotations

import json

from fakes.hostile.serving import Asked

from conformance.reference.messages import Reply

#: As deep as makes a careless reader fall off its stack.
_LEVELS = 100_000


def invalid_utf8(asked: Asked) -> None:
    """Puts a byte into the right answer that is no UTF-8."""
    reply = asked.right()
    body = reply.body.replace(b"}", b',"x":"\xff\xfe"}', 1) or b"\xff"
    asked.answer(Reply(reply.status, body, reply.headers))


def utf16(asked: Asked) -> None:
    """Sends the right answer in UTF-16."""
    reply = asked.right()
    asked.answer(Reply(reply.status, reply.body.decode().encode("utf-16"), reply.headers))


def nan(asked: Asked) -> None:
    """Puts NaN into the right answer: Python's JSON, not JSON."""
    reply = asked.right()
    body = reply.body[:-1] + b',"CreationTime":NaN}' if len(reply.body) > 2 else b'{"x":NaN}'
    asked.answer(Reply(reply.status, body, reply.headers))


def infinite_number(asked: Asked) -> None:
    """Shows a CreationTime of 1e999, which is JSON and no number a machine has."""
    reply = asked.right()
    if asked.operation == "DescribeModel" and reply.status == 200:
        members = json.loads(reply.body)
        body = json.dumps({**members, "CreationTime": 0}).replace(
            '"CreationTime": 0', '"CreationTime": 1e999'
        )
        reply = Reply(200, body.encode(), reply.headers)
    asked.answer(reply)


def digits(asked: Asked) -> None:
    """Shows a CreationTime of a million digits, which Python refuses to read."""
    reply = asked.right()
    if asked.operation == "DescribeModel" and reply.status == 200:
        body = reply.body[:-1] + b',"Extra":' + b"9" * 1_000_000 + b"}"
        reply = Reply(200, body, reply.headers)
    asked.answer(reply)


def duplicate_keys(asked: Asked) -> None:
    """Says ModelArn twice, wrong first and right last."""
    reply = asked.right()
    body = reply.body.replace(b"{", b'{"ModelArn":"arn:wrong",', 1) if len(reply.body) > 2 else b""
    asked.answer(Reply(reply.status, body or reply.body, reply.headers))


def nests_deeply(asked: Asked) -> None:
    """Answers with the right status and, where it says yes, 100,000 lists within each other."""
    reply = asked.right()
    body = b'{"ModelArn":' + b"[" * _LEVELS + b"]" * _LEVELS + b"}"
    asked.answer(Reply(reply.status, body, reply.headers) if reply.status == 200 else reply)


def nests_deeply_in_an_error(asked: Asked) -> None:
    """Rejects everything with a message of 100,000 objects within each other."""
    inner = b'{"message":' * _LEVELS + b"1" + b"}" * _LEVELS
    asked.answer_with(b'{"__type":"ValidationException","message":' + inner + b"}", 400)


def nests_a_little(asked: Asked) -> None:
    """Adds 900 lists within each other: just what Python still reads, and may not write again."""
    reply = asked.right()
    body = reply.body[:-1] + b',"Extra":' + b"[" * 900 + b"]" * 900 + b"}"
    asked.answer(Reply(reply.status, body if len(reply.body) > 2 else b"{}", reply.headers))


def error_with_status_200(asked: Asked) -> None:
    """Fails at everything, and says so with status 200."""
    asked.answer_with(b'{"__type":"InternalFailure","message":"no"}', 200)


def success_with_status_500(asked: Asked) -> None:
    """Does what is asked, and answers rightly but for a status of 500."""
    reply = asked.right()
    asked.answer(Reply(500, reply.body, reply.headers))


def web_page(asked: Asked) -> None:
    """Answers with a web page, as a proxy does when what is behind it has gone."""
    asked.send(
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n"
        b"<html>Bad Gateway</html>"
    )


def control_characters(asked: Asked) -> None:
    """Rejects everything with a message that would colour, clear and title a terminal."""
    said = "\x1b[2J\x1b]0;owned\x07\x1b[31mno\r\n\x00\u202e"
    body = json.dumps({"__type": f"Validation{said}", "message": said})
    asked.answer_with(body.encode(), 400)


def empty_body(asked: Asked) -> None:
    """Does what is asked, and answers with the right status and nothing more."""
    reply = asked.right()
    asked.answer(Reply(reply.status, b"", reply.headers))


BODIES = (
    invalid_utf8,
    utf16,
    nan,
    infinite_number,
    digits,
    duplicate_keys,
    nests_deeply,
    nests_deeply_in_an_error,
    nests_a_little,
    error_with_status_200,
    success_with_status_500,
    web_page,
    control_characters,
    empty_body,
)

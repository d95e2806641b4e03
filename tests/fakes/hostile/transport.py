"""Vices of the connection: silence, slowness, ends too early, and what is not HTTP/1.1."""

from __future__ import annotations

from weakref import WeakSet

from fakes.hostile.serving import Asked, HangUp, pieces, until_gone


def never_answers(asked: Asked) -> None:
    """Accepts the request and says nothing."""
    asked.wait()


def one_byte_a_second(asked: Asked) -> None:
    """Sends the right answer, one byte a second."""
    reply = asked.right()
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(reply.body) + reply.body
    pieces([whole[n : n + 1] for n in range(len(whole))], asked, seconds=1)


def one_byte_of_the_body_a_second(asked: Asked) -> None:
    """Sends the head at once and the body one byte a second."""
    body = asked.right().body
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    pieces([body[n : n + 1] for n in range(len(body))], asked, seconds=1)


def closes_at_once(asked: Asked) -> None:
    """Closes the connection instead of an answer."""
    raise HangUp


def closes_kept_connections(asked: Asked) -> None:
    """Answers one request on a connection, and closes it unread when there comes another."""
    answered = asked.server.kept.setdefault("answered", WeakSet())
    if asked.connection in answered:
        raise HangUp
    answered.add(asked.connection)
    asked.answer(asked.right())


def closes_mid_status_line(asked: Asked) -> None:
    """Closes after half of the status line."""
    asked.send(b"HTTP/1.1 20")
    raise HangUp


def closes_mid_header(asked: Asked) -> None:
    """Does what is asked, and closes within the head of its answer."""
    asked.right()
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-Req")
    raise HangUp


def closes_between_headers(asked: Asked) -> None:
    """Does what is asked, and closes behind a whole header line, before the head has ended."""
    asked.right()
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n")
    raise HangUp


def closes_mid_body(asked: Asked) -> None:
    """Does what is asked, and closes within the body of its answer."""
    body = asked.right().body
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 9) + body)
    raise HangUp


def closes_mid_body_of_unknown_length(asked: Asked) -> None:
    """Says nothing of a length and closes within the body."""
    asked.send(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"ModelArn": "arn:aws:sagem')
    raise HangUp


def resets(asked: Asked) -> None:
    """Resets the connection instead of an answer."""
    asked.reset()


def resets_mid_body(asked: Asked) -> None:
    """Resets the connection within the body."""
    asked.send(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"ModelArn"')
    asked.wait(0.02)
    asked.reset()


def says_more_than_it_sends(asked: Asked) -> None:
    """Names a Content-Length larger than its body, and keeps the connection open."""
    body = asked.right().body
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 9) + body)
    asked.wait()


def says_less_than_it_sends(asked: Asked) -> None:
    """Names a Content-Length smaller than its body: the rest stands before the next answer."""
    reply = asked.right()
    length = max(0, len(reply.body) - 5)
    head = b"HTTP/1.1 %d X\r\nContent-Type: application/x-amz-json-1.1\r\n" % reply.status
    asked.send(head + b"Content-Length: %d\r\n\r\n" % length + reply.body)


def names_two_lengths(asked: Asked) -> None:
    """Names two different lengths of one body."""
    body = asked.right().body
    lengths = b"Content-Length: 2\r\nContent-Length: %d\r\n\r\n" % len(body)
    asked.send(b"HTTP/1.1 200 OK\r\n" + lengths + body)
    raise HangUp


def names_no_number_as_length(asked: Asked) -> None:
    """Names a Content-Length that is no number."""
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + asked.right().body)
    raise HangUp


def chunked_garbage(asked: Asked) -> None:
    """Says that the body comes in chunks, and sends something else."""
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n{}\r\n")
    raise HangUp


def chunk_of_negative_size(asked: Asked) -> None:
    """Sends a chunk of a negative size."""
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n")
    raise HangUp


def chunks_without_end(asked: Asked) -> None:
    """Sends the right body in chunks, without the last one, and closes."""
    body = asked.right().body
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    asked.send(b"%x\r\n%s\r\n" % (len(body), body))
    raise HangUp


def http_0_9(asked: Asked) -> None:
    """Answers as HTTP/0.9 did: a body and nothing before it."""
    asked.send(asked.right().body)
    raise HangUp


def http_1_0(asked: Asked) -> None:
    """Answers rightly, but as HTTP/1.0: no harm at all."""
    reply = asked.right()
    head = b"HTTP/1.0 %d X\r\nx-amzn-RequestId: 1\r\n" % reply.status
    asked.send(head + b"Content-Type: application/x-amz-json-1.1\r\n\r\n" + reply.body)
    raise HangUp


def http_2(asked: Asked) -> None:
    """Answers with the beginning of an HTTP/2 connection."""
    asked.send(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    raise HangUp


def another_protocol(asked: Asked) -> None:
    """Greets as an SSH server does."""
    asked.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    raise HangUp


def interim_storm(asked: Asked) -> None:
    """Sends interim answers (1xx) for ever."""
    until_gone(asked, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50)


def switches_protocols(asked: Asked) -> None:
    """Says that it speaks something else from here on."""
    asked.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
    asked.answer(asked.right())


TRANSPORT = (
    never_answers,
    one_byte_a_second,
    one_byte_of_the_body_a_second,
    closes_at_once,
    closes_kept_connections,
    closes_mid_status_line,
    closes_mid_header,
    closes_between_headers,
    closes_mid_body,
    closes_mid_body_of_unknown_length,
    resets,
    resets_mid_body,
    says_more_than_it_sends,
    says_less_than_it_sends,
    names_two_lengths,
    names_no_number_as_length,
    chunked_garbage,
    chunk_of_negative_size,
    chunks_without_end,
    http_0_9,
    http_1_0,
    http_2,
    another_protocol,
    interim_storm,
    switches_protocols,
)

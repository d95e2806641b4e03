"""Vices over time: busy now and then, slow at times, away for a while, out of step, out of date."""

from __future__ import annotations

import json
import threading
import time
from email.utils import formatdate
from typing import Any

from fakes.hostile.serving import Asked, HangUp

from conformance.reference import application
from conformance.reference.messages import Reply

_BUSY = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'

#: A day in another decade, in seconds from now.
YEARS = -9 * 365 * 86_400


def throttled_429_now_and_then(asked: Asked) -> None:
    """Is busy every other time, with status 429 and no body."""
    if asked.number % 2:
        asked.answer_with(b"", 429)
    else:
        asked.answer(asked.right())


def throttled_503_now_and_then(asked: Asked) -> None:
    """Is busy every other time, with status 503 and a web page."""
    if asked.number % 2:
        asked.answer_with(b"<h1>Service Unavailable</h1>", 503)
    else:
        asked.answer(asked.right())


def throttling_exception_now_and_then(asked: Asked) -> None:
    """Is busy every other time, as AWS says it: 400 ThrottlingException."""
    if asked.number % 2:
        asked.answer_with(_BUSY, 400)
    else:
        asked.answer(asked.right())


def throttles_for_ever(asked: Asked) -> None:
    """Is busy from now on, and asks to come again in a year."""
    asked.answer_with(_BUSY, 400, "Retry-After: 31536000")


def throttles_and_does_it(asked: Asked) -> None:
    """Says that it is busy to every other CreateModel, and has made the model all the same."""
    if asked.operation != "CreateModel":
        asked.answer(asked.right())
        return
    with asked.server.lock:
        count = asked.server.kept["creates"] = asked.server.kept.get("creates", 0) + 1
    reply = asked.right()
    if count % 2:
        asked.answer_with(_BUSY, 503 if count % 4 == 1 else 429)
    else:
        asked.answer(reply)


def slow_with_large_requests(asked: Asked) -> None:
    """Takes requests of more than 20 kB for an hour's work; all others are answered rightly."""
    if len(asked.request.body) > 20_000:
        asked.wait()
    asked.answer(asked.right())


def dies_and_comes_back(asked: Asked) -> None:
    """Answers nine requests, is away for a second, and comes back; keeps its models."""
    if asked.number == 10:
        asked.server.vanish(1)
        raise HangUp
    asked.answer(asked.right())


def dies(asked: Asked) -> None:
    """Answers nine requests and is gone for good."""
    if asked.number == 10:
        asked.server.vanish(600)
        raise HangUp
    asked.answer(asked.right())


def forgets_everything_and_comes_back(asked: Asked) -> None:
    """Answers nine requests, is away for a second, and comes back without its models."""
    if asked.number == 10:
        asked.server.service = application().service
        asked.server.vanish(1)
        raise HangUp
    asked.answer(asked.right())


def answers_for_the_last_request(asked: Asked) -> None:
    """Is one answer behind: each request gets the answer to the one before it."""
    reply = asked.right()
    asked.answer(asked.before or reply)


def swaps_replies_of_creates_that_meet(asked: Asked) -> None:
    """Gives two creates that are there at once each other's answers; what comes alone is right."""
    reply = asked.right()
    if asked.operation != "CreateModel" or reply.status != 200:
        asked.answer(reply)
        return
    with asked.server.lock:
        other = asked.server.kept.pop("alone", None)
        if other is None:
            mine: dict[str, Any] = {"reply": reply, "other": None, "met": threading.Event()}
            asked.server.kept["alone"] = mine
    if other is not None:
        other["other"] = reply
        other["met"].set()
        asked.answer(other["reply"])
        return
    mine["met"].wait(0.05)
    with asked.server.lock:
        if asked.server.kept.get("alone") is mine:
            del asked.server.kept["alone"]
    asked.answer(mine["other"] or reply)


def _at_another_time(reply: Reply, seconds: float) -> Reply:
    """Return a reply as a machine would give it whose clock is so many seconds off."""
    if reply.status != 200 or b"CreationTime" not in reply.body:
        return reply
    shifted = json.dumps(_shifted(json.loads(reply.body), seconds)).encode()
    return Reply(reply.status, shifted, reply.headers)


def _shifted(value: Any, seconds: float) -> Any:
    if isinstance(value, list):
        return [_shifted(each, seconds) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: each + seconds
        if key in ("CreationTime", "LastModifiedTime")
        else _shifted(each, seconds)
        for key, each in value.items()
    }


def clock_years_off(asked: Asked) -> None:
    """Has a clock that is nine years slow, in its Date header as in what it stores."""
    with asked.server.lock:
        if "slow" not in asked.server.kept:
            asked.server.kept["slow"] = True
            asked.server.service = application(now=lambda: time.time() + YEARS).service
    reply = asked.right()
    date = formatdate(time.time() + YEARS, usegmt=True)
    asked.answer(Reply(reply.status, reply.body, reply.with_header("Date", date)))


def invents_creation_times(asked: Asked) -> None:
    """Has a clock that is right, and says of each model that it was made nine years ago."""
    asked.answer(_at_another_time(asked.right(), YEARS))


def creation_times_without_a_date(asked: Asked) -> None:
    """Says of each model that it was made nine years ago, and has no Date header at all."""
    reply = _at_another_time(asked.right(), YEARS)
    asked.answer(Reply(reply.status, reply.body, reply.with_header("Date", None)))


def date_is_no_date(asked: Asked) -> None:
    """Does the right thing, and says a Date that is none."""
    reply = asked.right()
    odd = reply.with_header("Date", "Thu, 99 Foo 99999999999 25:61:61 GMT")
    asked.answer(Reply(reply.status, reply.body, odd))


MOODS = (
    throttled_429_now_and_then,
    throttled_503_now_and_then,
    throttling_exception_now_and_then,
    throttles_for_ever,
    throttles_and_does_it,
    slow_with_large_requests,
    dies_and_comes_back,
    dies,
    forgets_everything_and_comes_back,
    answers_for_the_last_request,
    swaps_replies_of_creates_that_meet,
    clock_years_off,
    invents_creation_times,
    creation_times_without_a_date,
    date_is_no_date,
)

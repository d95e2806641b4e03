"""The ``auth/`` family: requests that nobody signed, or that were signed wrongly.

Emulators take any signature, and say so. Without ``--auth`` a rule about a request that the target
accepts all the same is therefore unsupported; with it, it is broken. How a refusal looks is judged
wherever there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    Unsupported,
    created,
    done,
    refused,
    scenario,
)
from conformance.wire import Call
from conformance.wire.reading import ODD

_COMMON = "Amazon SageMaker API Reference, Common Errors"

#: Codes for requests whose signature does not do, without ``Exception`` at their end.
_CODES = frozenset(
    {
        "AccessDenied",
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "UnrecognizedClient",
    }
)

#: A signature is good for a quarter of an hour, and this is well beyond.
_LONG_AGO = -24 * 60 * 60

Sign = Callable[[Scene, Call], Call]


def _unsigned(_scene: Scene, call: Call) -> Call:
    return call


def _by_unknown_key(scene: Scene, call: Call) -> Call:
    return scene.signed_oddly(call, key="AKIDNOBODYHASTHISKEY")


def _by_wrong_secret(scene: Scene, call: Call) -> Call:
    return scene.signed_oddly(call, secret="not-the-secret-of-this-key")


def _over_another_body(scene: Scene, call: Call) -> Call:
    """Sign and send a good request, then return its signature over the body of another one."""
    signed = scene.signed_oddly(call)
    done(scene.send(signed, signed=False))
    return replace(signed, body=scene.call("CreateModel", scene.plain()).body)


def _for_another_service(scene: Scene, call: Call) -> Call:
    return scene.signed_oddly(call, service="s3")


def _long_ago(scene: Scene, call: Call) -> Call:
    return scene.signed_oddly(call, later=_LONG_AGO)


def _without_its_headers(scene: Scene, call: Call) -> Call:
    bare = {name: value for name, value in call.headers.items() if name != "X-Amz-Target"}
    signed = scene.signed_oddly(replace(call, headers=bare))
    return replace(signed, headers={**signed.headers, **call.headers})


def _answer(scene: Scene, sign: Sign) -> Answer:
    """Send a valid request signed in this way, after the same was accepted signed well."""
    created(scene, scene.plain())
    return scene.send(sign(scene, scene.call("CreateModel", scene.plain())), signed=False)


def _is_refused(sign: Sign, what: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = _answer(scene, sign)
        if answer.accepted and not scene.demands_auth:
            raise Unsupported(f"The target takes {what}, and nobody says that it should not.")
        if answer.accepted or answer.reading.kind == ODD:
            raise Broken(f"The target takes {what} ({answer.reading.summary}).", "accepted", answer)

    return play


#: Every way to sign wrongly: the word for the rule, how, what that is, and who says so.
_WAYS: tuple[tuple[str, Sign, str, str], ...] = (
    ("unsigned", _unsigned, "a request without Authorization", f"{_COMMON}, missing token"),
    ("unknown-key", _by_unknown_key, "a request by an unknown key", "capture F10; Common Errors"),
    ("wrong-signature", _by_wrong_secret, "a signature that does not fit", "capture F9; IAM guide"),
    ("other-body", _over_another_body, "a signature over another body", "capture F9; IAM guide"),
    ("wrong-service", _for_another_service, "a signature for another service", "capture F1"),
    ("expired", _long_ago, "a request signed a day ago", f"{_COMMON}, request expired"),
    ("unsigned-headers", _without_its_headers, "an X-Amz-Target that is not signed", "IAM guide"),
)

#: AWS's own pages or a capture stand behind these: all its services check signatures alike. Nobody
#: has shown the others.
_SHOWN = ("unsigned", "unknown-key", "wrong-signature", "other-body", "wrong-service", "expired")


def _provenance(word: str, source: str) -> str:
    if word not in _SHOWN:
        return "inferred"
    return "reference" if "Common Errors" in source else "observed"


def _refusals(scene: Scene) -> Iterator[Answer]:
    """Yield the refusals of all wrong signatures; unsupported where there is none at all."""
    found = False
    for word, sign, _, _ in _WAYS:
        if word not in _SHOWN:
            continue
        answer = _answer(scene, sign)
        if not answer.accepted:
            found = True
            yield answer
    if not found:
        raise Unsupported("The target does not check signatures.")


def _code(scene: Scene) -> None:
    for answer in _refusals(scene):
        code = (answer.reading.code or "").removesuffix("Exception")
        if answer.reply.status >= 500:
            raise NothingToJudge("the status says that the target failed")
        if code not in _CODES:
            raise Broken(f"The code is {answer.reading.code}, which no signature is refused with.")


def _status(scene: Scene) -> None:
    for answer in _refusals(scene):
        if answer.reply.status not in (400, 403):
            raise Broken(f"The status is {answer.reply.status}, not 400 or 403.", at=answer)


def _creates_nothing(scene: Scene) -> None:
    created(scene, scene.plain())
    body = scene.plain()
    answer = scene.send(scene.call("CreateModel", body), signed=False)
    if answer.accepted:
        raise Unsupported("The target does not check signatures.")
    refused(answer)
    if scene.ask("DescribeModel", {"ModelName": body["ModelName"]}).accepted:
        raise Broken("The refused request has created a model.")


AUTHENTICATION: tuple[Scenario, ...] = (
    *(
        scenario(
            f"auth/{word}",
            _is_refused(sign, what),
            f"{what[0].upper()}{what[1:]} is refused.",
            source,
            provenance=_provenance(word, source),
        )
        for word, sign, what, source in _WAYS
    ),
    scenario(
        "auth/code",
        _code,
        "A wrong signature is refused with a code that is documented for it.",
        f"{_COMMON}; captures F1, F9, F10",
        provenance="reference",
    ),
    scenario(
        "auth/status",
        _status,
        "A wrong signature is refused with the status 400 or 403.",
        f"{_COMMON}; captures F1, F10",
        provenance="reference",
    ),
    scenario(
        "auth/creates-nothing",
        _creates_nothing,
        "A request that is refused for its signature creates nothing.",
        f"{_COMMON}",
        provenance="reference",
    ),
)

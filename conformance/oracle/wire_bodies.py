"""Rules of the ``wire/`` family about bodies: what is not quite JSON, or JSON of a strange sort."""

from __future__ import annotations

from dataclasses import replace

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    created,
    refuse,
    refused,
    scenario,
)
from conformance.oracle.wire_steps import (
    COMMON_ERRORS,
    JSON_FORMAT,
    NOT_JSON,
    answer_to,
    answered,
    listing,
    lists,
    reads_json,
    rewritten,
    still_creates,
)

_MEBIBYTE = 1024 * 1024

#: Levels of nesting: what a careless walk does not survive, and what no parser's stack does.
_LEVELS = (100, 10_000)


def _malformed(scene: Scene) -> None:
    lists(scene)
    for body in NOT_JSON:
        what = "A body that is not JSON"
        call = replace(listing(scene), body=body)
        refuse(answer_to(scene, call, what, is_plainest=True), what)


def _malformed_code(scene: Scene) -> None:
    lists(scene)
    answer = refused(scene.send(replace(listing(scene), body=NOT_JSON[0])))
    code = answer.reading.code
    if code is None:
        raise NothingToJudge("the error has no code, which is errors/body's business")
    if code != "SerializationException":
        raise Broken(f"The code is {code}, not SerializationException.")


def _answers_after_malformed(scene: Scene) -> None:
    lists(scene)
    created(scene, scene.plain())
    scene.send(replace(listing(scene), body=NOT_JSON[0]))
    still_creates(scene, "a body that is not JSON")


def _answers_after_strange(scene: Scene) -> None:
    reads_json(scene)
    created(scene, scene.plain())
    for body in (_nested(_LEVELS[0]), _nested(_LEVELS[1]), _long(), b'{"NameContains":"\xff"}'):
        scene.send(replace(listing(scene), body=body))
    still_creates(scene, "deeply nested, long and undecodable bodies")


def _truncated(scene: Scene) -> None:
    reads_json(scene)
    refuse(rewritten(scene, lambda body: body[:-1]), "a truncated object")


def _trailing_comma(scene: Scene) -> None:
    reads_json(scene)
    refuse(rewritten(scene, lambda body: body[:-1] + b",}"), "an object with a comma at its end")


def _trailing_text(scene: Scene) -> None:
    reads_json(scene)
    refuse(rewritten(scene, lambda body: body + b" and more"), "an object with text behind it")


def _text_after_nul(scene: Scene) -> None:
    reads_json(scene)
    refused(rewritten(scene, lambda body: body + b" and more"))
    refuse(rewritten(scene, lambda body: body + b"\0{"), "an object with a NUL behind it")


def _constants(scene: Scene) -> None:
    reads_json(scene)
    members = {"ContainerMetricsConfig": {"MetricsEndpoints": [_METRICS]}}
    container = {"Image": scene.resources.container_image, **members}
    for constant in (b"NaN", b"Infinity"):
        answer = rewritten(
            scene,
            lambda body, constant=constant: body.replace(b":60", b":" + constant),  # type: ignore[misc]
            {"PrimaryContainer": container},
        )
        refuse(answer, f"{constant.decode()} as a number")


_METRICS = {"MetricsEndpointPath": "/metrics", "MetricPublishFrequencyInSeconds": 60}


def _invalid_utf_8(scene: Scene) -> None:
    reads_json(scene)
    container = {"Image": scene.resources.container_image, "Environment": {"KEY": "octet"}}
    answer = rewritten(
        scene, lambda body: body.replace(b"octet", b"\xff"), {"PrimaryContainer": container}
    )
    refuse(answer, "a body that is not UTF-8")


def _empty(scene: Scene) -> None:
    reads_json(scene)
    lists(scene)
    for what, body in (("An empty body", b""), ("The body null", b"null")):
        answered(answer_to(scene, replace(listing(scene), body=body), what), what)


def _byte_order_mark(scene: Scene) -> None:
    reads_json(scene)
    lists(scene)
    call = listing(scene)
    call = replace(call, body=b"\xef\xbb\xbf" + call.body)
    answered(answer_to(scene, call, "A byte order mark"), "A byte order mark")


def _duplicate_keys(scene: Scene) -> None:
    lists(scene)
    body = b'{"MaxResults":1,"MaxResults":2}'
    what = "A member that occurs twice"
    answered(answer_to(scene, replace(listing(scene), body=body), what), what)


def _lone_surrogate(scene: Scene) -> None:
    image = scene.resources.container_image
    created(scene, scene.plain(PrimaryContainer={"Image": image, "Environment": {"KEY": "a"}}))
    body = scene.plain(PrimaryContainer={"Image": image, "Environment": {"KEY": "\ud800"}})
    answered(scene.ask("CreateModel", body), "A lone surrogate")


def _nested(levels: int) -> bytes:
    return b'{"MaxResults":1,"Unknown":' + b"[" * levels + b"]" * levels + b"}"


def _long() -> bytes:
    return b'{"NameContains":"' + b"x" * _MEBIBYTE + b'"}'


def _deep_nesting(scene: Scene) -> None:
    reads_json(scene)
    lists(scene)
    for levels in _LEVELS:
        what = f"An unknown member of {levels} nested lists"
        answered(answer_to(scene, replace(listing(scene), body=_nested(levels)), what), what)


def _megabyte(scene: Scene) -> None:
    lists(scene)
    what = "A body of a megabyte"
    answered(answer_to(scene, replace(listing(scene), body=_long()), what), what)


BODIES: tuple[Scenario, ...] = (
    # First of all: of a target that has been brought down before, no rule can tell by what.
    scenario(
        "wire/answers-after-malformed-json",
        _answers_after_malformed,
        "After a body that is not JSON the next plain request is accepted as ever.",
        "API Reference, CreateModel: no request depends on the one before it",
        provenance="reference",
    ),
    scenario(
        "wire/answers-after-strange-bodies",
        _answers_after_strange,
        "After bodies that nest deeply, are long or are not UTF-8, a plain request is accepted.",
        "API Reference, CreateModel: no request depends on the one before it",
        provenance="reference",
    ),
    scenario(
        "wire/malformed-json",
        _malformed,
        "A body that is not JSON is rejected as the client's fault, not read as an empty request.",
        f"{JSON_FORMAT}; F6.8 of a sibling service",
        provenance="reference",
    ),
    scenario(
        "wire/malformed-json-code",
        _malformed_code,
        "The rejection of a body that is not JSON has the code SerializationException.",
        "F6.8 of a sibling service",
        provenance="inferred",
    ),
    scenario(
        "wire/truncated-json",
        _truncated,
        "An object whose end is missing is rejected.",
        f"{JSON_FORMAT}; F6.8 of a sibling service",
        provenance="reference",
    ),
    scenario(
        "wire/trailing-comma",
        _trailing_comma,
        "An object with a comma before its closing bracket is rejected.",
        f"{JSON_FORMAT}; F6.8 of a sibling service",
        provenance="reference",
    ),
    scenario(
        "wire/trailing-text",
        _trailing_text,
        "A body that goes on behind the object is rejected.",
        "RFC 8259; some parsers stop where the object ends",
        provenance="inferred",
    ),
    scenario(
        "wire/text-after-nul",
        _text_after_nul,
        "A NUL does not end a body: one that goes on behind it is rejected.",
        "RFC 8259, section 2: NUL is no whitespace",
        provenance="inferred",
    ),
    scenario(
        "wire/json-constants",
        _constants,
        "NaN and Infinity are rejected where a number belongs.",
        "RFC 8259, section 6",
        provenance="inferred",
        member="PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[]"
        ".MetricPublishFrequencyInSeconds",
    ),
    scenario(
        "wire/invalid-utf-8",
        _invalid_utf_8,
        "A body that is not UTF-8 is rejected.",
        "RFC 8259, section 8.1",
        provenance="inferred",
    ),
    scenario(
        "wire/empty-body",
        _empty,
        "An empty body and the body null are answered, accepted or not, without a server fault.",
        f"{COMMON_ERRORS}; F6.8 of a sibling service, which the protocol's documents contradict",
        provenance="inferred",
    ),
    scenario(
        "wire/byte-order-mark",
        _byte_order_mark,
        "A body that begins with a byte order mark is answered without a server fault.",
        f"{COMMON_ERRORS}; RFC 8259, section 8.1",
        provenance="inferred",
    ),
    scenario(
        "wire/duplicate-keys",
        _duplicate_keys,
        "An object in which a member occurs twice is answered without a server fault.",
        f"{COMMON_ERRORS}; RFC 8259, section 4",
        provenance="inferred",
    ),
    scenario(
        "wire/lone-surrogate",
        _lone_surrogate,
        "An escaped lone surrogate is answered, accepted or not, without a server fault.",
        f"{COMMON_ERRORS}; RFC 8259, section 8.2",
        provenance="inferred",
        member="PrimaryContainer.Environment{value}",
    ),
    scenario(
        "wire/deep-nesting",
        _deep_nesting,
        "Lists nested 100 and 10,000 levels deep are answered without a server fault.",
        f"{COMMON_ERRORS}; RFC 8259, section 9",
        provenance="inferred",
    ),
    scenario(
        "wire/megabyte-body",
        _megabyte,
        "A body of a megabyte is answered without a server fault.",
        f"{COMMON_ERRORS}; RequestEntityTooLargeException",
        provenance="inferred",
    ),
)

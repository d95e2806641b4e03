"""Rules of the ``wire/`` family about what surrounds the body: headers, method, encodings."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    accept,
    created,
    refuse,
    refused,
    scenario,
)
from conformance.oracle.wire_steps import (
    COMMON_ERRORS,
    PROTOCOL,
    answer_to,
    answered,
    listing,
    lists,
    reads_json,
    unaccepted,
    with_headers,
)
from conformance.wire import Call
from conformance.wire.messages import CONTENT_TYPE
from conformance.wire.reading import SERVER_FAULT


def _plain(scene: Scene, **headers: str | None) -> Answer:
    """Send a plain CreateModel with other headers."""
    return scene.send(with_headers(scene.call("CreateModel", scene.plain()), **headers))


def _content_type_parameters(scene: Scene) -> None:
    created(scene, scene.plain())
    answer = _plain(scene, Content_Type=f"{CONTENT_TYPE}; charset=utf-8")
    accept(answer, "a content type with a charset")


def _target_missing(scene: Scene) -> None:
    created(scene, scene.plain())
    unaccepted(_plain(scene, X_Amz_Target=None), "A request without X-Amz-Target")


def _no_such_operation(scene: Scene) -> Answer:
    return scene.send(scene.call("NoSuchOperation", {}))


def _unknown_operation(scene: Scene) -> None:
    created(scene, scene.plain())
    answer = refuse(_no_such_operation(scene), "an operation that does not exist")
    if answer.reply.status >= 500:
        said = f"{answer.reading.summary}, a fault of the server's"
        raise Broken(f"An operation that does not exist is answered {said}.", "server-fault")


def _unknown_operation_code(scene: Scene) -> None:
    created(scene, scene.plain())
    code = refused(_no_such_operation(scene)).reading.code
    if code is None:
        raise NothingToJudge("the error has no code, which is errors/body's business")
    if code != "UnknownOperationException":
        raise Broken(f"The code is {code}, not UnknownOperationException.")


def _target_prefix(scene: Scene) -> None:
    created(scene, scene.plain())
    unaccepted(_plain(scene, X_Amz_Target="Other.CreateModel"), "Another service's X-Amz-Target")


def _target_case(scene: Scene) -> None:
    created(scene, scene.plain())
    answer = _plain(scene, X_Amz_Target="SageMaker.createmodel")
    unaccepted(answer, "The name of an operation in lower case")


def _get(scene: Scene) -> None:
    lists(scene)
    answer = scene.send(replace(listing(scene), method="GET", body=b""))
    if answer.reading.kind == SERVER_FAULT:
        refused(_no_such_operation(scene))  # whatever is unknown may make this target fail
    refuse(answer, "a call by GET")


def _user_agent(scene: Scene) -> None:
    created(scene, scene.plain())
    accept(_plain(scene, User_Agent=None), "a request without User-Agent")


def _is_answered(edit: Callable[[Call], Call], what: str) -> Callable[[Scene], None]:
    """Return a play: the plainest ListModels is answered in whatever way when it is edited."""

    def play(scene: Scene) -> None:
        lists(scene)
        answered(answer_to(scene, edit(listing(scene)), what), what)

    return play


def _gzip(scene: Scene) -> None:
    lists(scene)
    call = listing(scene)
    packed = gzip.compress(call.body, mtime=0)  # the same bytes whenever they are made
    call = with_headers(replace(call, body=packed), Content_Encoding="gzip")
    answer = answer_to(scene, call, "A compressed body")
    if answer.reading.kind == SERVER_FAULT:
        reads_json(scene)  # whatever is not JSON may make this target fail
    answered(answer, "A compressed body")


def _answer_rule(name: str, edit: Callable[[Call], Call], what: str, source: str) -> Scenario:
    return scenario(
        f"wire/{name}",
        _is_answered(edit, what),
        f"{what} is answered, accepted or not, without a server fault.",
        f"{COMMON_ERRORS}; {source}",
        provenance="inferred",
    )


HEADERS: tuple[Scenario, ...] = (
    scenario(
        "wire/content-type-parameters",
        _content_type_parameters,
        "Parameters behind the content type, such as a charset, are ignored.",
        f"{PROTOCOL}, compliance test AwsJson11MustSupportParametersInContentType",
        provenance="model",
    ),
    scenario(
        "wire/target-missing",
        _target_missing,
        "A request without X-Amz-Target, which names no operation, is not accepted.",
        f"{PROTOCOL}, Protocol Behaviors: X-Amz-Target is required; F6.9 of a sibling service",
        provenance="model",
    ),
    scenario(
        "wire/unknown-operation",
        _unknown_operation,
        "An operation that does not exist is rejected as the client's fault.",
        "Common Errors, UnknownOperationException (formerly InvalidAction)",
        provenance="reference",
    ),
    scenario(
        "wire/unknown-operation-code",
        _unknown_operation_code,
        "The rejection of an unknown operation has the code UnknownOperationException.",
        "Common Errors, UnknownOperationException; F6.9 of a sibling service; older pages of "
        "Common Errors call it InvalidAction",
        provenance="inferred",
    ),
    scenario(
        "wire/target-prefix",
        _target_prefix,
        "An X-Amz-Target that names another service is not accepted.",
        "F6.9 of a sibling service",
        provenance="inferred",
    ),
    scenario(
        "wire/target-case",
        _target_case,
        "The name of the operation in lower case is not accepted.",
        "F6.9 of a sibling service",
        provenance="inferred",
    ),
    scenario(
        "wire/get",
        _get,
        "A call by GET is rejected.",
        "Smithy 2.0, AWS JSON 1.1 protocol, Protocol Behaviors: requests are sent by POST",
        provenance="inferred",
    ),
    scenario(
        "wire/no-user-agent",
        _user_agent,
        "A request needs no User-Agent.",
        "Smithy 2.0, AWS JSON 1.1 protocol, Protocol Behaviors: table of headers",
        provenance="inferred",
    ),
    _answer_rule(
        "content-type-missing",
        lambda call: with_headers(call, Content_Type=None),
        "A request without Content-Type",
        "F6.10 of a sibling service",
    ),
    _answer_rule(
        "content-type-json",
        lambda call: with_headers(call, Content_Type="application/json"),
        "The content type application/json",
        "F6.11 of a sibling service",
    ),
    _answer_rule(
        "content-type-json-1-0",
        lambda call: with_headers(call, Content_Type="application/x-amz-json-1.0"),
        "The content type application/x-amz-json-1.0",
        "F6.10 of a sibling service",
    ),
    _answer_rule(
        "chunked-body",
        lambda call: with_headers(call, Transfer_Encoding="chunked"),
        "A body that is sent in chunks",
        "RFC 9112, section 7.1",
    ),
    scenario(
        "wire/gzip-body",
        _gzip,
        "A body that is compressed with gzip is answered, accepted or not, without a server fault.",
        f"{COMMON_ERRORS}; MalformedHttpRequestException",
        provenance="inferred",
    ),
)

"""Headers, methods and encodings that are read too kindly, too strictly or with a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.reference.behaviour import Change
from conformance.reference.errors import Refusal, Refused, unknown_operation
from conformance.reference.faults.fault import Fault, on_refusals, with_gate
from conformance.reference.json_body import encode_body
from conformance.reference.messages import Reply, Request
from conformance.reference.other_shapes import INPUTS

FAMILY = "wire"

#: The rule that each fault breaks; the others break one that is not of this family.
_RULES = {
    "charset-refused": "content-type-parameters",
    "target-missing-accepted": "target-missing",
    "target-unknown-accepted": "target-prefix",
    "operation-in-any-case": "target-case",
    "unknown-operation-500": "unknown-operation",
    "unknown-operation-501": "unknown-operation",
    "unknown-operation-code": "unknown-operation-code",
    "get-accepted": "get",
    "get-crashes": "get",
    "user-agent-required": "no-user-agent",
    "content-type-missing-crashes": "content-type-missing",
    "content-type-json-crashes": "content-type-json",
    "content-type-json-1-0-crashes": "content-type-json-1-0",
    "chunks-crash": "chunked-body",
    "gzip-crashes": "gzip-body",
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    rules = (f"wire/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, rules, FAMILY, "holds", change)


def _gate(refuses: Callable[[Request], bool], refusal: Refusal) -> Change:
    def gate(request: Request) -> Reply | None:
        if refuses(request):
            raise Refused(refusal)
        return None

    return with_gate(gate)


_FAILURE = Refusal("InternalFailure", None, 500)
_UNSUPPORTED = Refusal("UnsupportedMediaType", "Unsupported media type", 415)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


def _known_target(request: Request) -> bool:
    return request.target.startswith("SageMaker.")


def _no_target_as_empty(request: Request) -> Reply | None:
    return Reply(200, encode_body({}), ()) if not request.target else None


def _operation_in_any_case(request: Request) -> Reply | None:
    """An operation whose name is written in another case is answered without being done."""
    name = request.target.partition(".")[2]
    known = name.lower() in {each.lower() for each in INPUTS}
    return Reply(200, encode_body({}), ()) if known and name not in INPUTS else None


def _target_ignoring_prefix(request: Request) -> Reply | None:
    if request.target and not _known_target(request):
        return Reply(200, b"{}", ())
    return None


def _unknown_refused_as(code: str, status: int) -> Change:
    def edit(refusal: Refusal) -> Refusal:
        return (
            Refusal(code, None, status) if refusal.code == "UnknownOperationException" else refusal
        )

    return on_refusals(edit)


def _any_method(request: Request) -> Reply | None:
    return Reply(200, b"{}", ()) if request.method != "POST" else None


def _crash_on_get(request: Request) -> Reply | None:
    if request.method != "POST":
        raise Refused(Refusal("InternalFailure", None, 500))
    return None


def faults() -> Iterator[Fault]:
    """All of this family that are not about bodies."""
    for name, summary, change in (
        ("charset-refused", "a content type with charset is refused",
         _gate(lambda request: "charset" in _content_type(request), _UNSUPPORTED)),
        ("json-1-1-refused", "the content type application/x-amz-json-1.1 is refused",
         _gate(lambda request: "x-amz-json-1.1" in _content_type(request), _UNSUPPORTED)),
        ("target-missing-accepted", "a request without X-Amz-Target is answered 200",
         with_gate(_no_target_as_empty)),
        ("target-unknown-accepted", "any prefix of X-Amz-Target is answered 200",
         with_gate(_target_ignoring_prefix)),
        ("operation-in-any-case", "the name of an operation is known in any case",
         with_gate(_operation_in_any_case)),
        ("unknown-operation-500", "an unknown operation is answered 500",
         _unknown_refused_as("InternalFailure", 500)),
        ("unknown-operation-501", "an unknown operation is answered 501",
         _unknown_refused_as("UnknownOperationException", 501)),
        ("unknown-operation-404", "an unknown operation is answered 404",
         _unknown_refused_as("UnknownOperationException", 404)),
        ("unknown-operation-code", "an unknown operation is a ValidationException",
         _unknown_refused_as("ValidationException", 400)),
        ("get-accepted", "GET is answered 200", with_gate(_any_method)),
        ("get-crashes", "GET is answered 500", with_gate(_crash_on_get)),
        ("user-agent-required", "a request without User-Agent is refused",
         _gate(lambda request: not request.headers.get("user-agent"), unknown_operation().refusal)),
        ("content-type-missing-crashes", "a request without content type is answered 500",
         _gate(lambda request: not _content_type(request), _FAILURE)),
        ("content-type-json-crashes", "the content type application/json is answered 500",
         _gate(lambda request: _content_type(request) == "application/json", _FAILURE)),
        ("content-type-json-1-0-crashes", "the content type of awsJson 1.0 is answered 500",
         _gate(lambda request: "x-amz-json-1.0" in _content_type(request), _FAILURE)),
        ("chunks-crash", "a body in chunks is answered 500",
         _gate(lambda request: "transfer-encoding" in request.headers, _FAILURE)),
        ("gzip-crashes", "a compressed body is answered 500",
         _gate(lambda request: "content-encoding" in request.headers, _FAILURE)),
    ):  # fmt: skip
        yield _fault(name, summary, change)

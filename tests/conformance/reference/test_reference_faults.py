"""Every fault shows: it changes at least one answer of the service."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.reference import ConnectionDropped, Request, application
from conformance.reference.faults import FAULTS, Fault
from conformance.reference.faults.pattern_faults import spoiled
from conformance.reference.faults.places import groups, steps

ROLE = "arn:aws:iam::123456789012:role/"
JSON = "application/x-amz-json-1.1"
# Legal values that strict implementations are known to refuse, whatever the place.
LEGAL_STRINGS = (
    "a", "a--b", "A-b", "1a", "ab", "abc", "name", "a.b", "a_b", "_", "_A", "a1", "-", ".a.", "a-",
    "s3://b/k", "https://bucket1/k", "s3://B_/k", "s3://bucket1", "s3://bucket1/é \U0001f600",
    "s3://bucket1/k.tar.gz", "s3://a\nb/k", "Image", "image@sha256:0", "im\u00a0age", "é", "", " ",
    "a b", " a", "a=b", "\U00010400", "/a.b", "/a/", "//a", "/A", "name/1", "name/123456", "a--b/1",
    ROLE + "a", ROLE + "path/Name", ROLE[:-1] + "Name", ROLE + "a+=,.@b", ROLE + "n" * 65,
    "arn:aws-cn:iam::123456789012:role/a", "arn:aws-cn:sagemaker:r:123456789012:model-package/a/1",
    "arn:aws:sagemaker:r:123456789012:model-package/a", "a\nb", "\x07", "٣a", "k" * 600,
    "Platform", "Vpc", "SingleModel", "MultiModel", "S3Prefix", "S3Object", "None", "Gzip",
    "Enabled", "Disabled", "Serial", "Direct",
)  # fmt: skip
TYPES = (5, 0, -1, 1.5, True, False, "true", "5", "", [], {}, ["x"], {"K": "v"}, None, [5], [[]])


def string_of(length: int, legal: str) -> Iterator[str]:
    """Strings of a length, of the sort that a legal one is."""
    if legal.startswith("arn:aws:lambda"):
        yield "f" * length
    elif legal.startswith(("s3://", "https://", "arn:aws:iam", "/", "arn:aws:sagemaker")):
        yield legal.ljust(length, "x")
    else:
        yield "a" + "-" * (length - 2) + "b" if length > 1 else "a" * length
        yield from ("A" * length, "é" * length, "\U00010400" * length)
        yield f"arn:aws:sagemaker:us-east-1:123456789012:{'a' * max(length - 46, 0)}/name"


LIMITS = (1, 32, 63, 64, 128, 176, 255, 256, 1024, 2048)
LENGTHS = sorted({limit + step for limit in LIMITS for step in (-1, 0, 1)} - {0})


# --- programs: what is limited ---


def fresh(full: dict[str, Any]) -> dict[str, Any]:
    """A copy of the full request of which no two parts are the same object."""
    request: dict[str, Any] = json.loads(json.dumps(full))
    return request


def holder_of(value: Any, path: list[str]) -> Any:
    """What is at a path; in lists the last item."""
    for each in path:
        value = value[-1] if each == "[]" else value[each]
    return value


def with_value(full: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The full request with another value at a path; in lists the last item is concerned."""
    request = fresh(full)
    *parent, last = steps(path)
    if "ModelPackageName" in path:
        del holder_of(request, parent)["Image"]
    holder = holder_of(request, parent)
    if last == "{key}":
        holder[value] = "v"
    elif last == "{value}":
        holder["A1_b"] = value
    else:
        holder[-1 if last == "[]" else last] = value
    return request


def without(full: dict[str, Any], path: str) -> dict[str, Any]:
    """The full request without the member at a path."""
    request = fresh(full)
    *parent, last = steps(path)
    holder_of(request, parent).pop(last, None)
    return request


def legal_at(full: dict[str, Any], path: str) -> Any:
    """A legal value of a place."""
    *parent, last = steps(path)
    if last == "{key}":
        return "A1_b"
    if last == "{value}":
        return "value"
    holder = holder_of(full, parent)
    return "name1" if last == "ModelPackageName" else holder[-1 if last == "[]" else last]


def values_for(path: str, legal: Any) -> Iterator[Any]:
    """Values at, inside and beyond every limit that a place may have."""
    yield legal
    if isinstance(legal, str):
        yield from spoiled(legal)
        yield from (legal.lower(), legal.swapcase(), f"{legal}\0!")
        yield from LEGAL_STRINGS
        for length in LENGTHS:
            yield from string_of(length, legal)
    elif isinstance(legal, list):
        item = legal[0]
        for count in (0, 1, 2, 4, 5, 6, 14, 15, 16, 17, 49, 50, 51):
            yield [item] * count
        yield from ([None, item], [item, None])
        bad = {"Key": "!", "Value": "!"} if "Tags" in path else "!"
        bad = {"Image": " "} if path == "Containers" else bad
        bad = {**item, "ChannelName": "!"} if "Additional" in path else bad
        bad = {**item, "MetricsEndpointPath": "!"} if "Endpoints" in path else bad
        yield from ([bad, item, item], [item, bad, item], [item, item, bad], [bad])
    elif path.endswith("Environment"):
        for count in (0, 16, 17, 99, 100, 101):
            yield {f"K{n}": "" for n in range(count)}
        yield from ({"!": "", "A": "", "B": ""}, {"A": "", "!": "", "B": ""}, {"A": "", "!": ""})
    if not path.endswith("{key}"):
        yield from TYPES


def limit_requests(full: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Creations with one value after another at a path, and without it."""
    legal = legal_at(full, path)
    requests = [with_value(full, path, each) for each in values_for(path, legal)]
    if steps(path)[-1].isalnum():
        requests.append(without(full, path))
    for n, each in enumerate(requests):
        if not path.startswith("ModelName"):
            each["ModelName"] = f"p{n}"
    return requests


# --- running them ---

#: Seconds that the service would have slept: how long it takes hangs on what else goes on here.
SLEPT: list[float] = []


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", SLEPT.append)


class Runner:
    """Runs programs against a new service; its answers are such that services can be compared."""

    def __init__(self, *faults: Fault, **options: Any) -> None:
        ticks = iter(range(10**9))
        options = {"now": lambda: 1_700_000_000 + next(ticks) // 3 / 1000, **options}
        self.service = application(faults, **options).service
        self.token = "none"

    def __call__(self, program: list[Any]) -> Iterator[Any]:
        for each in program:
            yield self.answer(each)

    def answer(self, asked: Any) -> Any:
        headers = {"x-amz-target": f"SageMaker.{asked.operation}", "content-type": JSON}
        body = asked.body.replace(b'"TOKEN"', json.dumps(self.token).encode())
        SLEPT.clear()
        try:
            reply = self.service.answer(
                Request(body, headers | (asked.headers or {}), asked.method)
            )
        except ConnectionDropped:
            return "dropped"
        slow = any(seconds > 1 for seconds in SLEPT)
        content: Any = reply.body
        if asked.operation == "ListModels":
            found = re.search(rb'"NextToken":"([^"]+)"', reply.body)
            self.token = found[1].decode() if found else "none"
            content = re.sub(rb'"NextToken":"[^"]+"', b'"NextToken":"..."', reply.body)
        shape = [(key, bool(value)) for key, value in reply.headers if key != "Content-Type"]
        return reply.status, reply.header("Content-Type"), shape, content, slow


def shows(fault: Fault, program: list[Any], expected: list[Any], **options: Any) -> bool:
    """Whether the faulty service answers any request of a program otherwise."""
    answers = Runner(fault, **options)(program)
    return any(mine != theirs for mine, theirs in zip(answers, expected, strict=False))


PATHS = tuple(path for group in groups() for path in group.paths)


@pytest.fixture(scope="module")
def programs(
    full_request: Any, make_step: Any, behaviour_programs: Any
) -> Callable[[str], tuple[list[Any], list[Any]]]:
    """Programs by name with the conformant answers, run when first asked for."""
    cache: dict[str, tuple[list[Any], list[Any]]] = {}

    def program(name: str) -> tuple[list[Any], list[Any]]:
        if name not in cache:
            made = behaviour_programs.get(name) or [
                make_step("CreateModel", **each) for each in limit_requests(full_request, name)
            ]
            cache[name] = made, list(Runner()(made))
        return cache[name]

    return program


def concerned(fault: Fault) -> list[str]:
    """The programs by which a fault may show, the likeliest first."""
    paths = [rule.removeprefix("CreateModel/").rpartition(":")[0] for rule in fault.rules[:4]]
    around = [*paths, *(each.rpartition(".")[0].removesuffix("[]") for each in paths)]
    around += [each.removesuffix("[]").removesuffix("{key}") for each in paths]
    first = [each for each in dict.fromkeys(around) if each in PATHS]
    return [
        *first,
        "behaviour",
        "lives",
        "combinations",
        *(each for each in PATHS if each not in first),
    ]


FAMILIES = sorted({each.family for each in FAULTS.values()})
# These show under conditions of their own, see below, or when the suite's own rules are judged.
ELSEWHERE = {"auth", "concurrency", "lost-members", "quota", "wire"}


@pytest.mark.proof
@pytest.mark.parametrize("family", [each for each in FAMILIES if each not in ELSEWHERE])
def test_every_fault_shows(family: str, programs: Any) -> None:
    """Each fault of a family changes at least one answer to some request of the programs."""
    unseen = [
        fault.name
        for fault in FAULTS.values()
        if fault.family == family
        and fault.name != "third-life-refused"  # shows to a program of five calls
        and not any(shows(fault, *programs(name)) for name in concerned(fault))
    ]
    assert unseen == []


CONSTRAINTS = {"limits", "patterns", "enums", "required", "types", "items", "unknown-members"}


@pytest.mark.proof
@pytest.mark.parametrize("family", sorted(CONSTRAINTS | {"one-place", "whole-service"}))
def test_faults_break_their_rules_on_their_side(family: str, programs: Any) -> None:
    """At each path that a fault names, an illegal value is accepted or a legal one refused."""
    # What is refused and stored all the same shows afterwards only.
    # Members that are demanded show in requests without them, not in other values of theirs.
    ends = ("rejected-but-stored", "-demanded")
    without = (each for name, each in FAULTS.items() if not name.endswith(ends))
    for fault in (each for each in without if each.family == family):
        before, after = (400, 200) if fault.side == "rejects" else (200, 400)
        for rule in (each for each in fault.rules if each.startswith("CreateModel/")):
            path = rule.removeprefix("CreateModel/").rpartition(":")[0]
            # An item's limits may show only where another item stands beside it.
            around = (path, path.rpartition("[]")[0], path.removesuffix("{key}"))
            assert any(
                mine[0] == after and theirs[0] == before
                for name in around
                if name in PATHS
                for mine, theirs in zip(
                    Runner(fault)(programs(name)[0]), programs(name)[1], strict=True
                )
            ), (fault.name, rule)


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.proof)])
def test_one_place_faults_show_at_their_path_only(programs: Any, step: int) -> None:
    """A fault of one path shows when that path is varied, not when its siblings are."""
    siblings = {path: group.paths for group in groups() for path in group.paths}
    faults = [each for each in FAULTS.values() if each.family == "one-place"]
    for fault in faults[::step]:
        path = concerned(fault)[0] if fault.rules else ""
        # What refuses a legal value may refuse the one that all requests hold.
        looked_at = siblings[path] if path and fault.side == "rejects" else [path] * bool(path)
        for each in looked_at:
            assert shows(fault, *programs(each)) == (each == path), (fault.name, each)


def test_faults_can_be_combined(make_step: Any) -> None:
    """Several faults show together, and a fault leaves no trace in the next service."""
    both = Runner(FAULTS["success-status-201"], FAULTS["model-name-max-length-64"])
    assert both.answer(make_step("CreateModel", ModelName="a" * 64))[0] == 201
    assert both.answer(make_step("CreateModel", ModelName="a" * 65))[0] == 400
    assert Runner().answer(make_step("CreateModel", ModelName="a" * 64))[0] == 400


def test_answers_of_faults_are_answers(programs: Any) -> None:
    """No fault crashes on the program of behaviours; 500 is for those that say so."""
    program, _ = programs("behaviour")
    for fault in FAULTS.values():
        if fault.family in ("limits", "patterns", "enums", "required", "types", "items"):
            for answer in Runner(fault)(program[:20]):
                assert answer[0] in (200, 400), fault.name

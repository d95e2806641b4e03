"""Whole runs: every rule against conformant targets and against moto, and what they leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes.conformant import Conformant

from conformance.engine.exchanges import exchanges_digest
from conformance.spec.rules import Rule
from conformance.targets.moto import moto
from conformance.wire import encode, read

#: Names that a case of ours may have, or that a careless target makes of one.
BOUNDARY_NAMES = ("m", "a", "7", "A", "Z", "0", "1", "x" * 63, "true", "false", "True")

#: Names under which a careless target stores a model without one, and illegal ones.
NAMELESS = ("None", "null", "undefined")
ILLEGAL_NAMES = ("", "a" * 64, "-", "[]", "{}")


def say(target: Any, operation: str, **body: Any) -> Any:
    """Ask a target one thing; returns the reading."""
    call = encode(operation, body)
    scope = "Credential=test/20260101/us-east-1/sagemaker/aws4_request"
    signed = {**call.headers, "Authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=00"}
    return read(target.send(type(call)(operation, call.body, signed)))


def describe(target: Any, name: str) -> Any:
    """Return what a target says of a model."""
    return say(target, "DescribeModel", ModelName=name).payload


def listed(target: Any) -> set[str]:
    """Return the names of all models of a target."""
    found: set[str] = set()
    token: dict[str, str] = {}
    while True:
        page = say(target, "ListModels", MaxResults=100, **token).payload
        found |= {each["ModelName"] for each in page["Models"]}
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def populate(target: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Make models that are not ours; returns what they are described as."""
    for name in names:
        container = {"Image": f"owner/{len(name)}", "Environment": {"OWNER": "somebody else"}}
        reading = say(
            target,
            "CreateModel",
            ModelName=name,
            ExecutionRoleArn="arn:aws:iam::123456789012:role/SomebodyElse",
            PrimaryContainer=container,
        )
        assert reading.status == 200, (name, reading)
    return {name: describe(target, name) for name in names}


@pytest.fixture(scope="module")
def reference_run(
    judged: Callable[..., Any], make_reference: Callable[..., Any], few_members: list[Rule]
) -> Any:
    """A run against the reference service, on which others have models, by most rules."""
    target = make_reference()
    before = populate(target, BOUNDARY_NAMES)
    done = judged(target, few_members)
    done.before = before
    return done


@pytest.fixture(scope="module")
def whole_reference_run(judged: Callable[..., Any], make_reference: Callable[..., Any]) -> Any:
    """The same by every rule."""
    target = make_reference()
    before = populate(target, BOUNDARY_NAMES)
    done = judged(target)
    done.before = before
    return done


@pytest.fixture(scope="module")
def conformant_run(judged: Callable[..., Any]) -> Any:
    """A whole run against the hand-written conformant target."""
    return judged(Conformant())


@pytest.fixture(scope="module")
def moto_run(judged: Callable[..., Any], few_members: list[Rule]) -> Iterator[Any]:
    """A run against moto, on which others have models, by most rules."""
    from moto.backends import get_backend

    get_backend("sagemaker").reset()
    target = moto()
    before = populate(target, BOUNDARY_NAMES + NAMELESS + ILLEGAL_NAMES)
    done = judged(target, few_members)
    done.before = before
    yield done
    get_backend("sagemaker").reset()


def told(judgements: list[Any]) -> list[tuple[str, str, str, str]]:
    """What is shown of judgements that should not be there."""
    return [
        (j.rule.id, j.side, j.verdict, j.note or (j.finding or {}).get("why", ""))
        for j in judgements
    ]


@pytest.mark.parametrize(
    ("run", "sides"),
    [
        ("conformant_run", 500),
        ("reference_run", 250),
        pytest.param("whole_reference_run", 500, marks=pytest.mark.proof),
    ],
)
def test_a_conformant_target_passes_every_side_of_every_must_rule(
    run: str, sides: int, request: pytest.FixtureRequest
) -> None:
    """Nothing fails, nothing is inconclusive: two services written apart agree with the suite."""
    done = request.getfixturevalue(run)
    # Neither of the two looks at signatures, and nobody says how many models fit.
    judged = [j for j in done.must() if not j.rule.id.startswith(("auth/", "limits/"))]
    assert told([j for j in judged if j.verdict != "pass"]) == []
    assert len(done.must()) > sides


def test_every_side_sent_something(conformant_run: Any) -> None:
    """No side passes without a request, and each has at least one passing case."""
    for judgement in conformant_run.must():
        assert judgement.cases.get("pass", 0) >= 1, judgement.rule.id
        assert any(r["operation"] == "CreateModel" for r in judgement.exchanges)


def test_every_rejection_that_passes_stands_beside_an_accepted_control(conformant_run: Any) -> None:
    """The record of a passed ``rejects`` side holds a control before and one after the cases."""
    for judgement in conformant_run.must("rejects"):
        creates = [r for r in judgement.exchanges if r["operation"] == "CreateModel"]
        assert creates[0]["purpose"] == creates[-1]["purpose"] == "control", judgement.rule.id
        assert all(r["status"] == 200 for r in creates if r["purpose"] == "control")
        assert any(r["status"] == 400 for r in creates if r["purpose"] == "case")


def test_moto_fails_where_it_is_known_to(moto_run: Any) -> None:
    """moto takes a 64-character name, a 16th container and a malformed role ARN."""
    for rule in (
        "CreateModel/ModelName:max-length",
        "CreateModel/Containers:max-items",
        "CreateModel/ExecutionRoleArn:pattern",
    ):
        judgement = moto_run.of(rule, "rejects")
        assert judgement.verdict == "fail"
        assert judgement.finding["way"] == "accepted"
        assert judgement.finding["control"]["reply"]["status"] == 200
    assert moto_run.verdicts()["error"] == 0


@pytest.mark.parametrize(
    "run",
    [
        "reference_run",
        "conformant_run",
        "moto_run",
        pytest.param("whole_reference_run", marks=pytest.mark.proof),
    ],
)
def test_nothing_is_left_behind(run: str, request: pytest.FixtureRequest) -> None:
    """After all rules the target holds the models that were there before, and no other."""
    done = request.getfixturevalue(run)
    assert listed(done.target) == set(getattr(done, "before", {}))
    assert done.bench.talk.leftovers == []
    assert done.bench.talk.sweep() == 0


@pytest.mark.parametrize("run", ["reference_run", "moto_run"])
def test_models_of_others_are_unchanged(run: str, request: pytest.FixtureRequest) -> None:
    """A model of somebody else's is described as before, also under one of our boundary names."""
    done = request.getfixturevalue(run)
    for name, before in done.before.items():
        assert describe(done.target, name) == before, name


@pytest.mark.parametrize("name", NAMELESS)
def test_a_request_without_a_name_is_not_sent_where_it_might_overwrite(
    name: str, judged: Callable[..., Any], make_reference: Callable[..., Any]
) -> None:
    """With a model named None, or the like, there, nameless requests are not run, and say why."""
    target = make_reference()
    before = populate(target, (name,))
    done = judged(target, ["CreateModel:type", "CreateModel/ModelName:required", "errors/code"])
    for rule in ("CreateModel:type", "CreateModel/ModelName:required"):
        judgement = done.of(rule, "rejects")
        assert (judgement.verdict, judgement.note) == ("not-run", f"The name {name} is in use.")
    assert done.of("errors/code", "holds").verdict == "pass"
    assert describe(target, name) == before[name]


def test_no_request_names_a_model_of_others_but_to_look(moto_run: Any) -> None:
    """CreateModel and DeleteModel were never sent with a name that was there before."""
    for judgement in moto_run.judgements:
        for record in judgement.exchanges:
            if record["operation"] in ("CreateModel", "DeleteModel"):
                body = json.loads(record["request"])
                name = body.get("ModelName") if isinstance(body, dict) else None
                assert name not in list(moto_run.before), judgement.rule.id


@pytest.mark.parametrize("run", ["reference_run", "moto_run"])
def test_every_judgement_is_an_event_of_plain_json(
    run: str, request: pytest.FixtureRequest
) -> None:
    """``as_event`` survives JSON unchanged, and a finding is there exactly when it failed."""
    for judgement in request.getfixturevalue(run).judgements:
        event = judgement.as_event()
        assert json.loads(json.dumps(event)) == event
        assert (event["finding"] is not None) == (event["verdict"] == "fail")
        assert event["verdict"] in ("pass", "fail") or event["note"]


@pytest.mark.parametrize("run", ["reference_run", "moto_run"])
def test_the_digest_of_an_event_is_that_of_its_exchanges(
    run: str, request: pytest.FixtureRequest
) -> None:
    """The digest is over the exchanges as recorded; another body or order gives another one."""
    judgements = request.getfixturevalue(run).judgements
    for judgement in judgements:
        records = json.loads(json.dumps(judgement.exchanges))
        assert judgement.as_event()["exchanges"] == exchanges_digest(records)
    records = list(judgements[0].exchanges)
    changed = [*records[:-1], {**records[-1], "status": 299}]
    assert len({exchanges_digest(r) for r in (records, changed, records[::-1], records[1:])}) == 4


def test_every_exchange_belongs_to_one_side(reference_run: Any) -> None:
    """Exchanges are numbered without gaps, and each is in exactly one judgement."""
    numbers = [r["n"] for j in reference_run.judgements for r in j.exchanges]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_finding_is_whole(moto_run: Any) -> None:
    """A finding says what was sent, what came back, what was expected and why it is wrong."""
    for judgement in moto_run.judgements:
        finding = judgement.finding
        if finding is None:
            continue
        assert finding["expected"].startswith(judgement.rule.statement)
        assert finding["why"].endswith(".")
        assert finding["way"]
        assert finding["case"]["label"]
        sent = next(r for r in judgement.exchanges if r["n"] == finding["reply"]["n"])
        if finding.get("http") is None:
            assert json.loads(sent["request"]) == finding["request"]
        assert sent["status"] == finding["reply"]["status"]

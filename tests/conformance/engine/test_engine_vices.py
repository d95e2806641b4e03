"""Fakes with one vice each: what the engine must hold against them, and what it must not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fakes import vices

from conformance.engine.conversation import TargetGone
from conformance.engine.judge import Bench, judge_side
from conformance.engine.run import introduce
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.spec.rules import MUST
from conformance.targets import TargetProblem
from conformance.wire import encode


@pytest.mark.parametrize(
    "fake", ["AcceptsEverything", pytest.param("KeepsEverything", marks=pytest.mark.proof)]
)
def test_accepting_everything_fails_every_rejects_side(
    fake: str, judged_mostly: Callable[..., Any]
) -> None:
    """Whoever takes all requests fails to reject under every must rule, and accepts everywhere."""
    done = judged_mostly(getattr(vices, fake)())
    assert set(done.verdicts("rejects")) == {"fail"}
    assert set(done.verdicts("accepts")) == {"pass"}
    assert "error" not in done.verdicts()


def test_rejecting_everything_passes_nothing(judged_mostly: Callable[..., Any]) -> None:
    """Whoever refuses all requests passes no side at all and fails to accept the plainest one."""
    done = judged_mostly(vices.RejectsEverything())
    assert "pass" not in Counter(j.verdict for j in done.judgements)
    assert "error" not in done.verdicts()
    assert done.of("CreateModel:type", "accepts").verdict == "fail"


@pytest.mark.parametrize("fake", ["FailsAlways", "DeniesAlways"])
def test_failing_and_denying_pass_nothing(fake: str, judged_mostly: Callable[..., Any]) -> None:
    """500 or AccessDenied to everything passes no side at all, and no rejection is believed."""
    done = judged_mostly(getattr(vices, fake)())
    assert "pass" not in Counter(j.verdict for j in done.judgements)
    assert set(done.verdicts("rejects")) == {"inconclusive"}
    assert "error" not in done.verdicts()


def test_denying_says_nothing_about_the_target(judged_mostly: Callable[..., Any]) -> None:
    """AccessDenied is no failure of any rule: nobody knows what the target would have done."""
    assert set(judged_mostly(vices.DeniesAlways()).verdicts()) == {"inconclusive"}


def test_throttling_everything_is_inconclusive_everywhere(
    judged_mostly: Callable[..., Any],
) -> None:
    """Not one side is judged, in either direction, and each says why."""
    done = judged_mostly(vices.ThrottlesAlways())
    assert set(Counter(j.verdict for j in done.judgements)) == {"inconclusive"}
    assert all(j.note for j in done.judgements)


def test_knowing_no_operation_is_unsupported_everywhere(judged_mostly: Callable[..., Any]) -> None:
    """501 to everything makes every side unsupported."""
    done = judged_mostly(vices.KnowsNoOperation())
    assert set(Counter(j.verdict for j in done.judgements)) == {"unsupported"}


@pytest.fixture(scope="module")
def storing_run(judged_mostly: Callable[..., Any]) -> Any:
    """A run against a target that stores what it rejects."""
    return judged_mostly(vices.RejectsButStores())


def test_rejecting_but_storing_fails(storing_run: Any) -> None:
    """A rejected request that left a model behind fails its side in the way ``stored``.

    Names that are no strings cannot be looked up, so these three sides are left out.
    """
    nameless = {"CreateModel:type", "CreateModel/ModelName:type", "CreateModel/ModelName:required"}
    rejects = [j for j in storing_run.must("rejects") if j.rule.id not in nameless]
    assert {(j.verdict, (j.finding or {}).get("way")) for j in rejects} == {("fail", "stored")}
    assert set(storing_run.verdicts("accepts")) == {"pass"}


def test_the_finding_of_a_stored_name_has_its_request(storing_run: Any) -> None:
    """Also a model found by ListModels is shown with the request that made it and its reply."""
    finding = storing_run.of("CreateModel/ModelName:pattern", "rejects").finding
    assert {"ModelName", "ExecutionRoleArn", "PrimaryContainer"} <= set(finding["request"])
    assert finding["reply"]["status"] == 400


def test_what_was_rejected_but_stored_is_swept(storing_run: Any) -> None:
    """After a sweep no model of ours is left even by a target that stores what it rejects."""
    talk = storing_run.bench.talk
    assert talk.sweep() == 0
    assert [name for name in storing_run.target.models if talk.prefix in name] == []


def test_an_error_with_status_200_is_one_finding(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """An error body with status 200 is still a rejection; only ``errors/status`` fails."""
    done = judged(vices.RejectsWithStatus200(), sample)
    assert done.ids("fail") == ["errors/status"]
    assert done.verdicts()["pass"] == len(done.must()) - 1


@pytest.mark.parametrize("fake", ["TruncatesNames", "StripsNames", "InventsNames"])
def test_changing_names_is_accepting_illegal_ones(
    fake: str, judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """Who repairs an illegal name instead of refusing it fails its rule."""
    done = judged(getattr(vices, fake)(), sample)
    ids = {"CreateModel/ModelName:max-length", "CreateModel/ModelName:pattern"}
    assert ids <= set(done.ids("fail", "rejects"))


@pytest.mark.parametrize("fake", ["TruncatesNames", "StripsNames"])
def test_models_under_changed_names_are_deleted(
    fake: str, judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """A model stored under another name than asked is found by its ARN and deleted."""
    done = judged(getattr(vices, fake)(), sample)
    assert done.bench.talk.sweep() == 0
    assert done.target.models == {}


def test_models_under_invented_names_are_reported(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """A name without our prefix may be somebody's: it is not deleted but counted as left."""
    done = judged(vices.InventsNames(), sample)
    assert done.target.models
    assert done.bench.talk.sweep() == len(done.target.models)


def test_models_that_cannot_be_deleted_are_reported(judged: Callable[..., Any]) -> None:
    """Without DeleteModel the run goes on, without an error, and says how many models stay."""
    done = judged(vices.CannotDelete(), ["CreateModel/ModelName:pattern", "errors/status"])
    assert done.of("CreateModel/ModelName:pattern", "rejects").verdict == "fail"
    assert "error" not in done.verdicts()
    assert done.bench.talk.sweep() == len(done.target.models)


def test_a_target_without_describe_is_judged_all_the_same(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """Without DescribeModel nothing fails; only sides that need a look at a name are not run."""
    done = judged(vices.CannotDescribe(), sample)
    assert set(done.verdicts()) == {"pass", "not-run"}
    assert done.ids("not-run") == ["CreateModel:type", "CreateModel/ModelName:required"]


def test_showing_models_late_changes_no_verdict(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """An eventually consistent DescribeModel is no fault of CreateModel's."""
    done = judged(vices.ShowsLate(), sample)
    assert set(done.verdicts()) == {"pass"}
    assert done.target.models == {}


def test_nothing_is_refused_as_a_duplicate(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """No request of the suite meets a model of its own name that an earlier one left."""
    done = judged(vices.KeepsEverything(), sample)
    for judgement in done.judgements:
        assert all("already existing" not in r.get("body", "") for r in judgement.exchanges)


def test_a_target_with_room_for_two_models_is_enough(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """The suite holds one model at a time, so small quotas change no verdict."""
    assert set(judged(vices.FullAfterTwo(), sample).verdicts()) == {"pass"}


@pytest.mark.parametrize(
    ("part", "value", "rules"),
    [
        (1, "aws-cn", ["response/model-arn-partition"]),
        (3, "eu-west-1", ["response/model-arn-region"]),
        (4, "210987654321", ["response/model-arn-account"]),
        (5, "model/production", ["response/model-arn-name"]),
        (5, "model-package/x", ["response/model-arn-pattern", "response/model-arn-name"]),
    ],
)
def test_each_part_of_the_arn_has_its_rule(
    part: int, value: str, rules: list[str], judged: Callable[..., Any]
) -> None:
    """A wrong part of the ARN fails the rules about it and no other."""
    done = judged(vices.AnswersArn(part, value), [r for r in all_rules() if r.family == "response"])
    assert done.ids("fail") == rules


def test_the_model_in_a_wrong_arn_is_not_touched(judged: Callable[..., Any]) -> None:
    """A target that answers another model's ARN does not make us delete that model."""
    target = vices.AnswersArn(5, "model/production")
    target.models["production"] = {"PrimaryContainer": {}}
    judged(target, ["CreateModel/ModelName:pattern", "response/model-arn"])
    assert list(target.models) == ["production"]
    assert {b.get("ModelName") for op, b in target.calls if op == "DeleteModel"}.isdisjoint(
        {"production"}
    )


@pytest.mark.parametrize("requests", [0, 1, 2, 3, 5, 8, 13, 60, 61, 62, 63, 64, 65, 200])
def test_no_rejection_is_believed_of_a_target_that_broke_on_the_way(
    requests: int, judged: Callable[..., Any]
) -> None:
    """Whenever a target begins to reject everything, no ``rejects`` side judged since passes."""
    target = vices.RejectsAfter(requests)
    bench = Bench.at(target)
    for rule in ("CreateModel/ExecutionRoleArn:pattern", "CreateModel/Tags:max-items"):
        judgement = judge_side(rule_by_id(rule), "rejects", bench)
        broke = target.left < 0
        assert judgement.verdict == ("inconclusive" if broke else "pass")


def test_a_target_that_dies_is_gone() -> None:
    """When connections are refused again and again ``TargetGone`` says so in one line."""
    bench = Bench.at(vices.DiesAfter(20))
    with pytest.raises(TargetGone, match=r"^the target no longer answers: connection refused$"):
        judge_side(rule_by_id("CreateModel/ExecutionRoleArn:pattern"), "rejects", bench)
    assert bench.talk.requests <= 23


@pytest.mark.parametrize(("kind", "tries"), [("connect", 3), ("timeout", 4), ("broken", 21)])
def test_a_target_is_gone_after_so_many_faults(kind: str, tries: int) -> None:
    """A target that never answers is given a few tries, by the kind of fault, and a last one."""
    bench = Bench.at(vices.DiesAfter(0, kind))

    def judge_for_ever() -> None:
        while True:
            judge_side(rule_by_id("CreateModel:type"), "accepts", bench)

    with pytest.raises(TargetGone):
        judge_for_ever()
    assert bench.talk.requests == tries


@pytest.mark.parametrize("side", ["accepts", "rejects"])
@pytest.mark.parametrize("lost", [1, 2, 3, -1])
def test_one_lost_answer_is_inconclusive(side: str, lost: int) -> None:
    """Whichever CreateModel loses its answer, the side is neither passed nor failed."""
    rule = rule_by_id("CreateModel/Tags:max-items")
    bench = Bench.at(vices.LosesOneAnswer(0))
    judge_side(rule, side, bench)
    creates = sum(op == "CreateModel" for op, _ in bench.talk.target.calls)  # type: ignore[attr-defined]
    number = lost if lost > 0 else creates
    judgement = judge_side(rule, side, Bench.at(vices.LosesOneAnswer(number)))
    assert judgement.verdict == "inconclusive"
    assert judgement.note.endswith("cut off.")


def test_web_pages_are_not_taken_for_rejections(
    judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """A server of web pages fails every ``rejects`` side and ``response/model-arn``."""
    done = judged(vices.AnswersHtml(), sample)
    assert set(done.verdicts("rejects")) == {"fail"}
    assert "response/model-arn" in done.ids("fail")


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 405])
def test_a_server_of_web_pages_is_no_endpoint(status: int) -> None:
    """The introduction refuses it in one sentence, whatever its status."""
    target = vices.AnswersHtml()
    target.status = status
    with pytest.raises(TargetProblem, match=rf"is not an AWS JSON endpoint: .* status {status}"):
        introduce(Bench.at(target))


@pytest.mark.parametrize("fake", ["Conformant", "RejectsEverything", "FailsAlways", "DeniesAlways"])
def test_whoever_speaks_the_protocol_is_introduced(fake: str) -> None:
    """An answer in AWS's JSON, even an error, is enough to begin; nothing is left behind."""
    bench = Bench.at(getattr(vices, fake)())
    records = introduce(bench)
    assert records[0]["operation"] == "CreateModel"
    assert records[0]["purpose"] == "introduction"
    assert bench.talk.target.models == {}  # type: ignore[attr-defined]


def test_nobody_is_there_to_be_introduced() -> None:
    """A refused connection is a ``TargetProblem`` that names the target."""
    with pytest.raises(TargetProblem, match=r"^DiesAfter does not answer: connection refused$"):
        introduce(Bench.at(vices.DiesAfter(0)))


def test_the_account_is_learnt_from_the_first_arn() -> None:
    """A target whose account nobody gave is known by the ARN of its first answer."""
    target = vices.Conformant()
    target.account = None
    bench = Bench.at(target)
    introduce(bench)
    assert bench.talk.account == "123456789012"


def test_two_accounts_in_turn_are_noticed(judged: Callable[..., Any]) -> None:
    """Also where the account is not known beforehand it must be the same in all ARNs."""
    target = vices.Conformant()
    target.account = None
    arn = target.arn
    target.arn = lambda name: arn(name).replace(  # type: ignore[method-assign]
        "123456789012", f"{len(target.calls):012}"
    )
    assert judged(target, ["response/model-arn-account"]).ids("fail") == [
        "response/model-arn-account"
    ]


def test_a_mistake_in_an_in_process_target_is_the_suites_error(judged: Callable[..., Any]) -> None:
    """What is no transport fault and no reply is an ``error``, not a verdict on the target."""
    done = judged(vices.Raises(), ["CreateModel/ExecutionRoleArn:pattern", "errors/status"])
    assert set(done.verdicts()) == {"error"}
    assert "a mistake in the target's own code" in done.judgements[0].note


def test_the_fakes_speak_the_protocol() -> None:
    """Every fake answers a call with a reply: a fake that is broken proves nothing."""
    for name, fake in vars(vices).items():
        if isinstance(fake, type) and issubclass(fake, vices.Conformant) and name[0] != "_":
            arguments: dict[str, Any] = {
                "RejectsAfter": (5,),
                "DiesAfter": (5,),
                "LosesOneAnswer": (5,),
                "AnswersArn": (4, "x"),
            }
            call = encode("DescribeModel", {"ModelName": "a"})
            reply = fake(*arguments.get(name, ())).send(call)
            assert 200 <= reply.status < 600, name


def test_must_rules_are_the_bulk() -> None:
    """The figures above are about hundreds of sides: a smaller catalogue would hollow them."""
    assert sum(rule.level == MUST for rule in all_rules()) > 250

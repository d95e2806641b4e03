"""Judges behaviour rules: sends each its own fixed sample and applies its check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.engine.controls import Controls, opinion_of_taken
from conformance.engine.conversation import Conversation
from conformance.engine.creating import NameTaken
from conformance.engine.exchanges import Exchange
from conformance.engine.judgement import Judgement, Tally, shown
from conformance.engine.names import RunNames
from conformance.engine.patience import is_busy
from conformance.oracle.behaviour import Behaviour, NothingToJudge, Seen
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import (
    FAIL,
    INCONCLUSIVE,
    NOT_RUN,
    PASS,
    UNSUPPORTED,
    Opinion,
    is_about_resources,
)
from conformance.wire.reading import ACCEPTED, DENIED, ODD, REJECTED, SERVER_FAULT, THROTTLED
from conformance.wire.reading import UNSUPPORTED as NO_SUCH_OPERATION
from strategies.bases import base, minimal
from strategies.cases import INSIDE, Case, boundary_cases

#: How often a sample is sent again before a server fault itself is looked at.
_PATIENCE = 3

#: The member that a sample request has besides what the plainest has.
_MEMBERS = {
    "pipeline": "Containers",
    "tags": "Tags",
    "vpc": "VpcConfig",
    "isolation": "EnableNetworkIsolation",
    "data": "PrimaryContainer.ModelDataSource",
    "environment": "PrimaryContainer.Environment",
}


def sample_cases(
    behaviour: Behaviour, talk: Conversation, names: RunNames
) -> Iterator[tuple[str, Case]]:
    """Yield (sample, case) for every sample of a behaviour rule."""
    for sample in behaviour.samples:
        if behaviour.rejections:
            cases = boundary_cases(
                rule_by_id(sample),
                "rejects",
                names=names,
                resources=talk.resources,
                thorough=False,
            )
            yield sample, next(iter(cases))
        else:
            yield sample, Case(INSIDE, sample, _valid(sample, talk, names))


def _valid(sample: str, talk: Conversation, names: RunNames) -> Any:
    name = names.fresh()
    if sample in _MEMBERS:
        return base(_MEMBERS[sample], name=name, resources=talk.resources)
    body = minimal(name, talk.resources)
    if sample == "long-name":
        body["ModelName"] = name.ljust(63, "x")
    elif sample == "capitals":
        body["ModelName"] = f"{name}-CamelCase"
    return body


def judge_behaviour(behaviour: Behaviour, talk: Conversation, names: RunNames) -> Judgement:
    """Return the judgement on a behaviour rule; raises ``TargetGone`` like every sending."""
    tally = Tally(behaviour.rule, "holds")
    controls = Controls(talk, names, of_name=False)
    for sample, case in sample_cases(behaviour, talk, names):
        opinion = _refused_control(case, controls)
        tally.add(opinion or _sent(behaviour, sample, case, talk, tally, controls))
    if not set(tally.counts) - {NOT_RUN}:
        what = "rejected" if behaviour.rejections else "accepted"
        tally.counts = {INCONCLUSIVE: len(behaviour.samples)}
        tally.notes = {INCONCLUSIVE: f"None of the sample requests was {what}: nothing to look at."}
    return tally.judgement(talk.drain())


def _refused_control(case: Case, controls: Controls) -> Opinion | None:
    """Return why a sample proves nothing: a target that refuses its control refuses anything."""
    for control in case.controls:
        refused = controls.refused(control)
        if refused is not None:
            return Opinion(NOT_RUN) if refused.way == "control" else refused
    return None


def _sent(
    behaviour: Behaviour,
    sample: str,
    case: Case,
    talk: Conversation,
    tally: Tally,
    controls: Controls,
) -> Opinion:
    try:
        exchange = _answered(case, talk)
    except NameTaken as taken:
        return opinion_of_taken(taken)
    talk.tidy()
    opinion = opinion_on(behaviour, sample, exchange, talk)
    if opinion.verdict == FAIL:
        control = controls.accepted(case.controls) if case.controls else None
        tally.found(_finding(behaviour, sample, exchange, opinion, control))
    return opinion


def _answered(case: Case, talk: Conversation) -> Exchange:
    """Send a case, again while the target fails: one that fails just now is not judged by that."""
    exchange = talk.create(case.request)
    for _ in range(_PATIENCE):
        if exchange.reading is None or exchange.reading.kind != SERVER_FAULT:
            break
        talk.tidy()
        exchange = talk.create(case.request)
    return exchange


def opinion_on(
    behaviour: Behaviour, sample: str, exchange: Exchange, talk: Conversation
) -> Opinion:
    """Return what the answer to a sample means; ``not-run`` where it is not of the kind that the
    rule looks at: constraint rules say what is wrong with that.
    """
    reading = exchange.reading
    if reading is None or exchange.reply is None:
        if exchange.fault is not None and exchange.fault.kind == "unsendable":
            return Opinion(NOT_RUN)
        detail = exchange.fault.detail if exchange.fault else "no reply"
        return Opinion(INCONCLUSIVE, "transport", f"No answer: {detail}.")
    if reading.kind == NO_SUCH_OPERATION:
        return Opinion(UNSUPPORTED, "unsupported", "The target does not support CreateModel.")
    if is_busy(exchange):
        why = f"The target was too busy ({reading.summary})."
        return Opinion(INCONCLUSIVE, "throttled", why)
    if reading.kind == DENIED:
        why = f"The target refused the caller ({reading.summary})."
        return Opinion(INCONCLUSIVE, "denied", why)
    if reading.kind not in _looked_at(behaviour) or is_about_resources(reading):
        return Opinion(NOT_RUN)
    seen = Seen(
        sample, exchange.request, exchange.reply, reading, talk.resources.region, talk.account
    )
    try:
        wrong = behaviour.check(seen)
    except NothingToJudge as why:
        return Opinion(INCONCLUSIVE, "nothing-to-judge", f"Not judged: {why}.")
    return Opinion(PASS) if wrong is None else Opinion(FAIL, behaviour.rule.id, wrong)


def _looked_at(behaviour: Behaviour) -> tuple[str, ...]:
    """Return the kinds of answers a behaviour rule looks at; the sample's control was accepted.

    So an answer that fails, again and again, is a rejection in wrong clothes.
    """
    if behaviour.rejections:
        kinds: tuple[str, ...] = (REJECTED, THROTTLED, SERVER_FAULT)
    else:
        kinds = (ACCEPTED, ODD)
    return kinds if behaviour.any_kind else kinds[:1]


def _finding(
    behaviour: Behaviour,
    sample: str,
    exchange: Exchange,
    opinion: Opinion,
    control: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "case": {"reason": "sample", "label": sample},
        "request": exchange.request,
        "reply": shown(exchange),
        "expected": behaviour.rule.statement,
        "why": opinion.why,
        "way": opinion.way,
        "control": control,
        "flaky": False,
    }

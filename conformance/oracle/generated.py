"""The ``schemathesis/`` family: requests that another generator invents, judged by our oracle.

Schemathesis knows our OpenAPI document and none of our strategies. What it calls a request is no
evidence: the expectation is derived from the body as sent. Where the oracle and the document's
schema differ on a body, one of the two is wrong, and that is a fault of this suite.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.exports.generated_bodies import CannotGenerate, Generator, as_found
from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.outsiders import described, unique
from conformance.oracle.scenario import (
    Answer,
    Broken,
    NoAnswer,
    Scenario,
    Scene,
    Unsupported,
    created,
    done,
    scenario,
)
from conformance.oracle.verdicts import FAIL, PASS, Opinion, judge_legal, judge_violation
from conformance.oracle.violations import ACCEPT, REJECT, UNKNOWN, expectation
from conformance.wire.reading import THROTTLED
from strategies.defended import defended

#: Coverage cases of each label for each example of the depth; beyond quick that is all of them.
_LEGAL, _ILLEGAL = 8, 30

#: Random requests for each example of the depth, and requests that shrinking may take.
_DRAWS, _SHRINKS = 2, 100

#: A server fault must come as often again: a target that fails now and then may do so just then.
_ASKED_AGAIN = 2


class Disagreement(Exception):
    """Our oracle and our JSON Schema differ on a body: this suite is wrong somewhere."""


class _Failed(Exception):
    """A drawn request was answered as it should not be; Hypothesis shrinks on it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a body: the body as it was held against the rules, the answer, its meaning."""

    body: Any
    answer: Answer
    opinion: Opinion

    @property
    def is_wrong(self) -> bool:
        """Whether the target answered otherwise than it should."""
        return self.opinion.verdict == FAIL

    @property
    def can_come_again(self) -> bool:
        """Whether the request had a name: what is stored without one cannot be deleted."""
        request = self.answer.request
        return isinstance(request, dict) and isinstance(request.get("ModelName"), str)


class Judge:
    """Sends bodies that were made elsewhere, and holds the answers against the specification."""

    def __init__(self, scene: Scene, generator: Generator) -> None:
        self.judged = 0
        self._scene = scene
        self._generator = generator
        self._known: dict[str, Outcome | None] = {}

    def outcome_of(self, body: Any) -> Outcome | None:
        """Return what came of a body; ``None`` where nothing is demanded.

        Most of what Schemathesis draws has something in it of which nobody knows what AWS says;
        without that the rest is still worth sending. A body that was judged before is not sent
        again. Raises ``Disagreement``.
        """
        if agreed(body, self._generator) == UNKNOWN:
            body = defended(body, self._scene.resources)
        key = json.dumps(body, sort_keys=True)
        if key not in self._known:
            self._known[key] = self.sent(body)
            self.judged += self._known[key] is not None
        return self._known[key]

    def sent(self, body: Any) -> Outcome | None:
        """Send a body, known or not; ``None`` where it proves nothing.

        A refusal of what names nobody knows what proves nothing: then what exists is named.
        """
        found = self._answered(body)
        if found is not None and found.opinion.way == "refused":
            return self._answered(defended(body, self._scene.resources))
        for _ in range(_ASKED_AGAIN):
            if found is not None and found.opinion.way == "server-fault":
                found = self._answered(body)
                if found is not None and found.opinion.way != "server-fault":
                    return None
        return found

    def _answered(self, body: Any) -> Outcome | None:
        if expectation(body).outcome == UNKNOWN:
            return None
        self._scene.begin_anew()
        try:
            answer = self._scene.ask("CreateModel", unique(body, self._scene.fresh()))
        except NoAnswer:
            raise
        except NothingToJudge:  # an illegal name that somebody may have: left alone
            return None
        if answer.reading.kind == THROTTLED:
            raise NothingToJudge(f"the target was busy ({answer.summary})")
        legal = expectation(body).outcome == ACCEPT
        opinion = (judge_legal if legal else judge_violation)(answer.reading)
        return Outcome(body, answer, opinion) if opinion.verdict in (PASS, FAIL) else None


def agreed(body: Any, generator: Generator) -> str:
    """Return the outcome that should be; raises ``Disagreement`` where the schema says otherwise.

    ``unknown`` is neither: a schema is as lenient there as the documents are.
    """
    outcome, holds = expectation(body).outcome, generator.holds(body)
    if (outcome == ACCEPT and not holds) or (outcome == REJECT and holds):
        said = "valid" if holds else "invalid"
        raise Disagreement(f"the oracle says {outcome} and the schema says {said}: {body!r:.300}")
    return outcome


# -- the two phases -------------------------------------------------------------------------------


def _enumerated(judge: Judge, generator: Generator, scene: Scene) -> Outcome | None:
    """Return the first of the coverage phase that is answered wrongly, if any is."""
    legal, illegal = _LEGAL * scene.examples, _ILLEGAL * scene.examples
    for body in generator.coverage(legal=legal, illegal=illegal):
        found = judge.outcome_of(body)
        if found is not None and found.is_wrong:
            return found
    return None


def _drawn(judge: Judge, generator: Generator, scene: Scene) -> Outcome | None:
    """Return the smallest answered wrongly that Hypothesis draws and shrinks to, if any is."""
    from hypothesis import given, seed
    from hypothesis.errors import HypothesisException

    from strategies.drawing import drawing, from_the_seed_alone

    failing: list[Outcome] = []
    problems: list[Exception] = []
    shrinks = 0

    def test(body: Any) -> None:
        nonlocal shrinks
        shrinks += bool(failing)
        is_over = shrinks > _SHRINKS or (failing and not failing[-1].can_come_again)
        if body is None or problems or is_over:
            return
        try:
            found = judge.outcome_of(body)
        except (Disagreement, NothingToJudge, Unsupported) as problem:
            problems.append(problem)
            return
        if found is not None and found.is_wrong:
            failing.append(found)
            raise _Failed

    chosen = drawing(scene.examples * _DRAWS)
    # Hypothesis calls it flaky when the budget for shrinking is spent; what failed is known.
    with suppress(_Failed, HypothesisException), from_the_seed_alone():
        drawn: Any = given(generator.fuzzing())
        seed(scene.seed)(chosen(drawn(test)))()
    if problems and (not failing or isinstance(problems[0], Disagreement)):
        raise problems[0]
    if not failing or not failing[-1].can_come_again:
        return failing[-1] if failing else None
    return judge.sent(min((each.body for each in failing), key=lambda body: len(json.dumps(body))))


def _play(find: Callable[[Judge, Generator, Scene], Outcome | None], scene: Scene) -> None:
    created(scene, scene.plain())  # what refuses even that is told of by other rules
    with as_found():
        try:
            generator = Generator(scene.resources, scene.seed)
            judge = Judge(scene, generator)
            found = find(judge, generator, scene)
        except CannotGenerate as problem:
            raise NothingToJudge(str(problem)) from problem
    if found is not None:
        _shown(found, scene)
    created(scene, scene.plain())  # a target that broke on the way proved nothing by refusing
    if not judge.judged:
        raise NothingToJudge("no request could be judged")


def _shown(found: Outcome, scene: Scene) -> None:
    """Say what is wrong, with the nearest legal request as the control beside it."""
    if not found.is_wrong:
        raise NothingToJudge("a request that was answered wrongly once was not again")
    control = done(scene.ask("CreateModel", nearest_legal(found.body, scene)))
    why = " ".join((found.opinion.why, *described(expectation(found.body))))
    raise Broken(why, found.opinion.way, found.answer, control)


def nearest_legal(body: Any, scene: Scene) -> dict[str, Any]:
    """Return a request without what is broken in this one; the plainest where that is not legal."""
    plain = scene.plain()
    if not isinstance(body, dict) or expectation(body).outcome == ACCEPT:
        return plain
    broken = {str(v.path[0]) for v in expectation(body).violations if v.path}
    kept = {name: value for name, value in body.items() if name not in broken}
    found = defended({**kept, "ModelName": plain["ModelName"]}, scene.resources)
    return found if expectation(found).outcome == ACCEPT else plain


# Once is enough: what was stored without a name, say, cannot be deleted and is in the way of the
# same request the second time.
GENERATED: tuple[Scenario, ...] = (
    scenario(
        "schemathesis/coverage",
        partial(_play, _enumerated),
        "A request that Schemathesis enumerates is accepted if it breaks no rule, else rejected.",
        "the rules that the request breaks, each with its own source",
        is_race=True,
    ),
    scenario(
        "schemathesis/fuzzing",
        partial(_play, _drawn),
        "A request that Schemathesis draws at random is accepted if it breaks no rule, else "
        "rejected.",
        "the rules that the request breaks, each with its own source",
        is_race=True,
    ),
)

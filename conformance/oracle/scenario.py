"""Scenarios: behaviour rules that need a short conversation instead of one request.

A scenario is one small object on one screen: its rule and its play, a function that talks to the
target through a ``Scene``. The play raises ``Broken`` when the target breaks the rule and
``NothingToJudge`` when a step on the way, which is another rule's business, did not go well. So
one fault of a target is one finding. Nothing here does I/O; the engine provides the scene.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from conformance.oracle.behaviour import NothingToJudge, behaviour_rule
from conformance.spec.rules import INFO, MUST, Rule
from conformance.wire import Call, Reading, Reply
from conformance.wire.reading import ACCEPTED, DENIED, ODD, REJECTED, SERVER_FAULT, THROTTLED
from strategies.resources import Resources


class Broken(Exception):
    """The target breaks the rule: how, in one sentence.

    ``way`` is how the target answered where that says more than the rule (``accepted``,
    ``refused``, ``server-fault``); ``at`` is the answer that shows it, or that there was none; the
    last one if not given. ``control`` is the answer to a legal request like it that was accepted.
    """

    def __init__(
        self,
        why: str,
        way: str = "",
        at: Answer | NoAnswer | None = None,
        control: Answer | None = None,
    ) -> None:
        super().__init__(why)
        self.way = way
        self.at = at
        self.control = control


class NoAnswer(NothingToJudge):
    """There was no answer to step ``number``: it was late, or the connection was closed."""

    def __init__(self, why: str, number: int) -> None:
        super().__init__(why)
        self.number = number


class Unsupported(Exception):
    """The target has no such operation, or does not look at what the rule is about."""


@dataclass(frozen=True)
class Answer:
    """One reply within a scene. ``began`` and ``ended`` are epoch seconds of this machine."""

    number: int
    operation: str
    request: Any
    reply: Reply
    reading: Reading
    began: float
    ended: float

    @property
    def accepted(self) -> bool:
        """Whether the target answered that it did what was asked."""
        return self.reading.kind == ACCEPTED

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the answer; none when it is no JSON object."""
        payload = self.reading.payload
        return payload if isinstance(payload, dict) else {}

    @property
    def summary(self) -> str:
        """Operation and reply in a few words: ``DescribeModel: 400 ValidationException``."""
        return f"{self.operation}: {self.reading.summary}"


class Scene(Protocol):
    """What a play may do. Every model and endpoint configuration that it makes bears a fresh name
    and is deleted afterwards.
    """

    resources: Resources
    #: How many programs of calls a rule may try at this depth, and where chance begins.
    examples: int
    seed: int
    #: Whether the user says that the target checks signatures (``--auth``).
    demands_auth: bool
    #: How many models the target holds, where the user says so (``--model-limit``).
    model_limit: int | None

    @property
    def account(self) -> str | None:
        """The target's account, once it is known."""

    def fresh(self) -> str:
        """Return a model name of 33 characters that was never used before."""

    def plain(self, **members: Any) -> dict[str, Any]:
        """Return the plainest valid CreateModel request with a fresh name, and these members."""

    def ask(self, operation: str, body: Any) -> Answer:
        """Send one call and return the answer, of whatever kind.

        Raises ``Unsupported`` when the target has no such operation and ``NoAnswer`` when there
        is none. A throttled call is sent again a few times.
        """

    def send(self, call: Call, *, signed: bool = True) -> Answer:
        """Send bytes as they are, signed or not, for what JSON cannot say.

        Unlike ``ask`` this returns answers that say that there is no such operation. A throttled
        call is sent again a few times.
        """

    def call(self, operation: str, body: Any) -> Call:
        """Return the unsigned call of an operation, to be changed and given to ``send``."""

    def signed_oddly(
        self,
        call: Call,
        *,
        key: str | None = None,
        secret: str | None = None,
        service: str | None = None,
        later: float = 0.0,
    ) -> Call:
        """Return the call signed as usual, but for what is given; ``later`` is in seconds."""

    def together(self, asks: Sequence[tuple[str, Any]]) -> list[Answer]:
        """Send several calls at once, each from a thread of its own; answers in the same order."""

    def observe(self, what: str, seen: str) -> None:
        """Record how the target behaves where no document says how it should."""

    def begin_anew(self) -> None:
        """Delete what the play has made and forget its steps: a finding shows what follows."""


@dataclass(frozen=True)
class Scenario:
    """A behaviour rule with the play that judges it.

    ``is_race`` tells that the play looks for what shows only now and then: once is enough.
    """

    rule: Rule
    play: Callable[[Scene], None]
    is_race: bool = False


def scenario(
    id: str,
    play: Callable[[Scene], None],
    statement: str,
    source: str,
    *,
    provenance: str = "observed",
    member: str = "",
    is_race: bool = False,
) -> Scenario:
    """Return a scenario; what is only inferred is ``info``, everything else ``must``."""
    rule = behaviour_rule(
        id,
        level=INFO if provenance == "inferred" else MUST,
        provenance=provenance,
        source=source,
        statement=statement,
        member=member,
    )
    return Scenario(rule, play, is_race)


# -- steps that many plays have -------------------------------------------------------------


def done(answer: Answer) -> Answer:
    """Return an answer that says yes, as a step on the way: any other leaves nothing to judge."""
    if not answer.accepted:
        raise NothingToJudge(f"a step on the way was not accepted ({answer.summary})")
    return answer


def created(scene: Scene, body: Mapping[str, Any]) -> str:
    """Create a model as a step on the way and return its ARN."""
    return arn_of(done(scene.ask("CreateModel", body)))


def arn_of(answer: Answer) -> str:
    """Return the ModelArn of an answer to CreateModel; without one there is nothing to judge."""
    arn = answer.members.get("ModelArn")
    if not isinstance(arn, str) or not arn:
        raise NothingToJudge("the answer has no ModelArn")
    return arn


def described(scene: Scene, name: str) -> Mapping[str, Any]:
    """Return the description of a model, as a step on the way."""
    return done(scene.ask("DescribeModel", {"ModelName": name})).members


def accept(answer: Answer, what: str) -> Answer:
    """Return an answer that says yes; a target that says no to ``what`` breaks the rule."""
    reading = answer.reading
    if answer.accepted:
        return answer
    if reading.kind in (DENIED, THROTTLED):
        raise NothingToJudge(f"the target was busy or denied access ({answer.summary})")
    ways = {SERVER_FAULT: "server-fault", ODD: "odd"}
    _break(f"{what} is not accepted", answer, ways.get(reading.kind, "refused"))


def refuse(answer: Answer, what: str) -> Answer:
    """Return an answer that says no; a target that says yes to ``what``, or fails, is wrong.

    Which code, status and message the no has is the business of other rules. One that is about
    the caller, or about how busy the target is, proves nothing.
    """
    if answer.reading.kind == DENIED or _is_busy(answer):
        raise NothingToJudge(f"the target was busy or denied access ({answer.summary})")
    if answer.accepted:
        _break(f"{what} is accepted", answer, "accepted")
    if answer.reading.kind == SERVER_FAULT:
        _break(f"{what} makes the target fail", answer, "server-fault")
    if answer.reading.kind == ODD:
        _break(f"{what} gets no AWS answer", answer, "odd")
    return answer


def refused(answer: Answer) -> Answer:
    """Return an answer that says no, as a step on the way: another rule says that it must."""
    if answer.reading.kind in (ACCEPTED, SERVER_FAULT, ODD) or _is_busy(answer):
        raise NothingToJudge(f"the target did not reject it ({answer.summary})")
    return answer


def is_absent(answer: Answer) -> bool:
    """Tell whether an answer to a look says that there is no such model.

    One that is neither yes nor no (busy, denied, failed) leaves nothing to judge.
    """
    if answer.accepted:
        return False
    if answer.reading.kind != REJECTED:
        raise NothingToJudge(f"the answer is neither yes nor no ({answer.summary})")
    return True


def _is_busy(answer: Answer) -> bool:
    """Tell whether an answer asks to come again; that a target is full is a no like any other."""
    is_full = (answer.reading.code or "").startswith(("ResourceLimitExceeded", "LimitExceeded"))
    return answer.reading.kind == THROTTLED and not is_full


def _break(what: str, answer: Answer, way: str) -> NoReturn:
    raise Broken(f"{what[0].upper()}{what[1:]} ({answer.reading.summary}).", way, answer)

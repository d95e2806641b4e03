"""The scene of one play: every step it takes is sent for real, recorded and cleaned up after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.engine.conversation import Conversation, TargetGone
from conformance.engine.creating import NameTaken
from conformance.engine.deadlines import OutOfTime
from conformance.engine.exchanges import Exchange
from conformance.engine.names import RunNames
from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Answer, NoAnswer, Unsupported
from conformance.wire import Call, encode
from conformance.wire.reading import UNSUPPORTED
from strategies.bases import minimal


@dataclass(frozen=True)
class Settings:
    """What the user's options say to scenarios; see ``conformance.oracle.scenario.Scene``."""

    examples: int = 5
    seed: int = 0
    demands_auth: bool = False
    model_limit: int | None = None


@dataclass(frozen=True)
class Step:
    """One exchange of a play with the call that it sent, before it was signed by us, if it was."""

    exchange: Exchange
    call: Call
    signed: bool = True


class StagedScene:
    """A ``Scene`` in front of one target, for one play. ``steps`` are its exchanges in order."""

    def __init__(self, talk: Conversation, names: RunNames, settings: Settings) -> None:
        self.resources = talk.resources
        self.examples = settings.examples
        self.seed = settings.seed
        self.demands_auth = settings.demands_auth
        self.model_limit = settings.model_limit
        self.steps: list[Step] = []
        self.observations: dict[str, str] = {}
        #: What ended the play: the target has gone, or the time is over.
        self.ended: Exception | None = None
        self._talk = talk
        self._names = names

    @property
    def account(self) -> str | None:
        """The target's account, once it is known."""
        return self._talk.account

    def fresh(self) -> str:
        """Return a model name that was never used before."""
        return self._names.fresh()

    def plain(self, **members: Any) -> dict[str, Any]:
        """Return the plainest valid CreateModel request with a fresh name, and these members."""
        return {**minimal(self.fresh(), self.resources), **members}

    def call(self, operation: str, body: Any) -> Call:
        """Return the unsigned call of an operation."""
        return encode(operation, body, url=self._talk.target.endpoint)

    def ask(self, operation: str, body: Any) -> Answer:
        """Send one call and return the answer; see ``Scene.ask``."""
        call = self.call(operation, body)
        with self._until_the_end():
            exchange = self._sent(operation, body)
        answer = self._answer(Step(exchange, call))
        if answer.reading.kind == UNSUPPORTED:
            raise Unsupported(f"The target does not support {operation} ({answer.summary}).")
        return answer

    @contextmanager
    def _until_the_end(self) -> Iterator[None]:
        """Send nothing more once the play was ended: Hypothesis would try the same over and over,
        taking every exception for a failure, and might make another of them all.
        """
        if self.ended is not None:
            raise self.ended
        try:
            yield
        except (TargetGone, OutOfTime) as ended:
            self.ended = ended
            raise

    def _sent(self, operation: str, body: Any) -> Exchange:
        if operation != "CreateModel":
            return self._talk.ask(operation, body, purpose="case")
        try:
            return self._talk.create(body)
        except NameTaken as taken:
            raise NothingToJudge(str(taken)) from taken

    def send(self, call: Call, *, signed: bool = True) -> Answer:
        """Send bytes as they are; see ``Scene.send``."""
        if not signed and getattr(self._talk.target, "signs_itself", False):
            raise Unsupported("The client signs every request itself.")
        text = call.body.decode("utf-8", "replace")
        with self._until_the_end():
            exchange = self._talk.send(call, text, purpose="case", signed=signed)
        return self._answer(Step(exchange, call, signed))

    def signed_oddly(
        self,
        call: Call,
        *,
        key: str | None = None,
        secret: str | None = None,
        service: str | None = None,
        later: float = 0.0,
    ) -> Call:
        """Return the call signed as usual, but for what is given; see ``Scene.signed_oddly``."""
        signer = self._talk.signer.otherwise(key=key, secret=secret, service=service)
        return signer.signed(call, later=later)

    def together(self, asks: Sequence[tuple[str, Any]]) -> list[Answer]:
        """Send several calls at once; see ``Scene.together``."""
        calls = [self.call(operation, body) for operation, body in asks]
        bodies = [body for _, body in asks]
        with self._until_the_end():
            exchanges = self._talk.together(calls, bodies, purpose="case")
        if self._talk.step.swapped(exchanges):
            raise NothingToJudge("requests that met were answered with each other's replies")
        return [self._answer(Step(*each)) for each in zip(exchanges, calls, strict=True)]

    def observe(self, what: str, seen: str) -> None:
        """Record how the target behaves where no document says how it should."""
        self.observations[what] = seen

    def begin_anew(self) -> None:
        """Delete what the play has made and forget its steps."""
        self._talk.tidy()
        self.steps.clear()

    def end(self) -> None:
        """Delete what the play made."""
        self._talk.tidy()

    def _answer(self, step: Step) -> Answer:
        self.steps.append(step)
        exchange = step.exchange
        if exchange.reply is None or exchange.reading is None:
            if exchange.fault is not None and exchange.fault.kind == "unsendable":
                raise Unsupported(f"The client cannot send this: {exchange.fault.detail}.")
            detail = exchange.fault.detail if exchange.fault else "no reply"
            raise NoAnswer(f"no answer: {detail}", exchange.number)
        if exchange.reading.unclear is not None:
            said = f"{exchange.operation}: {exchange.reading.summary}"
            raise NothingToJudge(f"{exchange.reading.unclear} ({said})")
        return Answer(
            exchange.number,
            exchange.operation,
            exchange.request,
            exchange.reply,
            exchange.reading,
            exchange.began,
            exchange.ended,
        )

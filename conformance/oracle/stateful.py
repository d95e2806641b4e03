"""The ``stateful/`` family: random programs of calls, with a pure model of the service beside.

Hypothesis draws and shrinks the programs. The shortest one that diverges is the finding, also
where another family has a rule for what it shows: what nobody thought of has none.
"""

from __future__ import annotations

from contextlib import suppress

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.listing import lasting, walk
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    Unsupported,
    created,
    scenario,
)
from conformance.oracle.service_model import ServiceModel
from conformance.oracle.tags import listed_tags
from conformance.wire.reading import ACCEPTED, REJECTED

#: Calls of one program, and programs for each example of the depth.
_CALLS, _PROGRAMS = 25, 2

#: Calls that drawing and shrinking may take together, whatever the depth.
_MOST_CALLS = 4_000

_NAMES = 2
_KEYS = ("owner", "stage")

#: One call of a program: what is done, to which of the names, with which key.
Step = tuple[str, int, int]


class Diverged(Exception):
    """The target answered otherwise than the model."""


class Session:
    """One program under way: the target in a scene, and the model beside it."""

    def __init__(self, scene: Scene) -> None:
        scene.begin_anew()
        self._scene = scene
        self._names = [scene.fresh() for _ in range(_NAMES)]
        self._arns: dict[str, str] = {}
        self._model = ServiceModel.empty()

    def take(self, step: Step) -> None:
        """Take one step; raises ``Diverged`` when target and model differ."""
        what, slot, key = step
        getattr(self, f"_{what}")(self._names[slot], _KEYS[key])

    def _expect(self, answer: Answer, expected: bool, what: str) -> bool:
        if answer.reading.kind not in (ACCEPTED, REJECTED):
            raise NothingToJudge(f"the answer is neither yes nor no ({answer.summary})")
        if answer.accepted != expected:
            said = "accepted" if answer.accepted else "rejected"
            raise Diverged(f"{what} is {said} ({answer.reading.summary}).")
        return answer.accepted

    def _create(self, name: str, key: str) -> None:
        tags = {key: "first"}
        body = self._scene.plain(ModelName=name, Tags=[{"Key": key, "Value": "first"}])
        answer = self._scene.ask("CreateModel", body)
        free = not self._model.has(name)
        what = "The name of a model that does not exist" if free else "A name that is taken"
        if self._expect(answer, free, what):
            self._arns[name] = str(answer.members.get("ModelArn"))
        self._model = self._model.with_model(name, tags)

    def _describe(self, name: str, _key: str) -> None:
        answer = self._scene.ask("DescribeModel", {"ModelName": name})
        exists = self._model.has(name)
        self._expect(answer, exists, f"A look at a model that {_is(exists)}")

    def _delete(self, name: str, _key: str) -> None:
        answer = self._scene.ask("DeleteModel", {"ModelName": name})
        exists = self._model.has(name)
        self._expect(answer, exists, f"The deletion of a model that {_is(exists)}")
        self._model = self._model.without(name)

    def _list(self, name: str, _key: str) -> None:
        exists = self._model.has(name)

        def look() -> Broken | None:
            found = walk(self._scene, MaxResults=100)
            listed = any(each["ModelName"] == name for each in found.ours(name))
            if not found.ended or listed == exists:
                return None
            return Broken(f"A model that {_is(exists)} is {'' if listed else 'not '}listed.")

        wrong = lasting(self._scene, name, look)
        if wrong is not None:
            raise Diverged(str(wrong))

    def _add_tag(self, name: str, key: str) -> None:
        if not self._model.has(name):
            return
        tags = {"ResourceArn": self._arns[name], "Tags": [{"Key": key, "Value": "added"}]}
        self._expect(self._scene.ask("AddTags", tags), True, "A tag")
        self._model = self._model.tagged(name, {key: "added"})

    def _delete_tag(self, name: str, key: str) -> None:
        if not self._model.has(name) or key not in self._model.models[name]:
            return  # whether a key may be deleted that is not there, nobody has shown
        keys = {"ResourceArn": self._arns[name], "TagKeys": [key]}
        self._expect(self._scene.ask("DeleteTags", keys), True, "The deletion of a tag")
        self._model = self._model.untagged(name, key)

    def _tags(self, name: str, _key: str) -> None:
        if not self._model.has(name):
            return
        found = dict(listed_tags(self._scene, self._arns[name]))
        if found != dict(self._model.models[name]):
            wanted = dict(self._model.models[name])
            raise Diverged(f"The tags are {found!r:.200}, not {wanted!r}.")


def _is(exists: bool) -> str:
    return "exists" if exists else "does not exist"


#: Steps that every target must know, and those that it may not.
_CORE = ("create", "describe", "delete")
_MORE = {"list": "ListModels", "add_tag": "AddTags", "delete_tag": "DeleteTags", "tags": "ListTags"}


#: Three lives of one name: tried first, since chance seldom comes upon it in a few programs.
_LIVES: tuple[Step, ...] = tuple(
    (what, 0, 0) for what in ("create", "delete", "create", "delete", "create")
)


class _Programs:
    """Draws programs with Hypothesis and keeps the shortest that diverges."""

    def __init__(self, scene: Scene) -> None:
        self.shortest: list[Step] | None = None
        self.stopped: Exception | None = None
        self._scene = scene
        self._calls = 0
        self._steps = list(_CORE)
        for step, operation in _MORE.items():
            with suppress(Unsupported):
                scene.ask(operation, {})
                self._steps.append(step)

    def run(self) -> None:
        """Draw and shrink: ``shortest`` is what was found, ``stopped`` what got in the way."""
        with suppress(Diverged):
            lives = Session(self._scene)
            for number in range(len(_LIVES)):
                if not self.is_over:
                    self.take(lives, list(_LIVES[: number + 1]))
        self._draw()

    def _draw(self) -> None:
        from hypothesis import seed
        from hypothesis import strategies as st
        from hypothesis.errors import HypothesisException
        from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

        from strategies.drawing import drawing, from_the_seed_alone

        programs = self

        class Machine(RuleBasedStateMachine):
            """One program: each rule of the machine is a step."""

            def __init__(self) -> None:
                super().__init__()
                self.session = None if programs.is_over else Session(programs._scene)
                self.taken: list[Step] = []

            @rule(
                what=st.sampled_from(programs._steps),
                slot=st.integers(0, _NAMES - 1),
                key=st.integers(0, len(_KEYS) - 1),
            )
            def step(self, what: str, slot: int, key: int) -> None:
                """Take one step, unless the budget is spent or something got in the way."""
                if self.session is not None and not programs.is_over:
                    self.taken.append((what, slot, key))
                    programs.take(self.session, self.taken)

        chosen = drawing(self._scene.examples * _PROGRAMS, stateful_step_count=_CALLS)
        with suppress(Diverged, HypothesisException), from_the_seed_alone():
            run_state_machine_as_test(seed(self._scene.seed)(Machine), settings=chosen)

    @property
    def is_over(self) -> bool:
        """Whether nothing is sent any more."""
        return self.stopped is not None or self._calls > _MOST_CALLS

    def take(self, session: Session, taken: list[Step]) -> None:
        """Take the last of these steps; a program that diverges is kept if it is the shortest."""
        self._calls += 1
        try:
            session.take(taken[-1])
        except Diverged:
            if self.shortest is None or len(taken) < len(self.shortest):
                self.shortest = list(taken)
            raise
        except (NothingToJudge, Unsupported) as problem:
            self.stopped = problem


def _agrees(scene: Scene) -> None:
    created(scene, scene.plain())  # what refuses even that is told of by other rules
    programs = _Programs(scene)
    programs.run()
    if programs.shortest is None:
        if programs.stopped is not None:
            raise programs.stopped
        return
    session = Session(scene)
    try:
        for step in programs.shortest:
            session.take(step)
    except Diverged as divergence:
        before = len(programs.shortest) - 1
        when = f"After {before} call{'s' * (before != 1)}" if before else "At once"
        raise Broken(f"{when}: {divergence}") from divergence
    raise NothingToJudge("a program that went wrong once did not again")


STATEFUL: tuple[Scenario, ...] = (
    scenario(
        "stateful/model-agrees",
        _agrees,
        "A service answers any program of calls as a plain model of it does.",
        "captures D1, D2, D3, G3, G4, G5, one after the other",
    ),
)

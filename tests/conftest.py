"""What all tests share: the fakes, whole runs over them, and ports on which nobody listens."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Tests are imported by file (there is no package ``tests``), the fakes as ``fakes.NAME``.
sys.path.append(str(Path(__file__).parent))

from fakes.conformant import Conformant
from fakes.processes import command, environment
from fakes.results import Results

from conformance.engine.judge import Bench, judge_side
from conformance.engine.judgement import Judgement
from conformance.oracle.catalogue import all_rules, rule_by_id, scenarios
from conformance.spec.rules import MUST, Rule
from conformance.targets.wsgi import WsgiTarget

pytest_plugins = ["pytester"]

# A busy machine is no failure: what must be quick says so itself, with its own clock.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@dataclass
class Run:
    """Judgements on many sides, with the bench and target that they came from."""

    target: Any
    bench: Bench
    judgements: list[Judgement] = field(default_factory=list)

    def of(self, rule_id: str, side: str) -> Judgement:
        """The judgement on one side."""
        return next(j for j in self.judgements if (j.rule.id, j.side) == (rule_id, side))

    def must(self, side: str | None = None) -> list[Judgement]:
        """The judgements on ``must`` rules, of one side or of all."""
        return [j for j in self.judgements if j.rule.level == MUST and side in (None, j.side)]

    def verdicts(self, side: str | None = None) -> Counter[str]:
        """How often each verdict was given to a side of a ``must`` rule."""
        return Counter(j.verdict for j in self.must(side))

    def ids(self, verdict: str, side: str | None = None) -> list[str]:
        """The ids of the ``must`` rules with this verdict."""
        return [j.rule.id for j in self.must(side) if j.verdict == verdict]


def run(target: Any, rules: Iterable[str | Rule] | None = None, **bench: Any) -> Run:
    """Judge all sides of the rules (of all rules by default) against a target, at depth quick."""
    done = Run(target, Bench.at(target, **bench))
    # The fakes know CreateModel and little else: scenarios are tried on other targets.
    talking = {each.rule for each in scenarios()} if isinstance(target, Conformant) else set()
    chosen = (
        [rule for rule in all_rules() if rule not in talking]
        if rules is None
        else [rule_by_id(r) if isinstance(r, str) else r for r in rules]
    )
    for rule in chosen:
        for side in rule.sides:
            done.judgements.append(judge_side(rule, side, done.bench))
    return done


#: One rule of every sort: enough to see a vice that is not about one rule.
SAMPLE = (
    "CreateModel:type",
    "CreateModel/ModelName:type",
    "CreateModel/ModelName:required",
    "CreateModel/ModelName:max-length",
    "CreateModel/ModelName:pattern",
    "CreateModel/PrimaryContainer.Environment{key}:pattern",
    "CreateModel/PrimaryContainer.Mode:enum",
    "CreateModel/ExecutionRoleArn:pattern",
    "CreateModel/ExecutionRoleArn:min-length",
    "CreateModel/Tags:max-items",
    "CreateModel/VpcConfig.Subnets:min-items",
    "request/image-or-model-package",
    "errors/status",
    "errors/code",
    "errors/message-names-member",
    "response/status",
    "response/model-arn",
)


#: Members that are many and much alike: four fifths of the time of a whole run.
MANY = ("CreateModel/PrimaryContainer.", "CreateModel/Containers[].", "schemathesis/")


def without_many() -> list[Rule]:
    """All rules but those of the members of containers, and no requests of schemathesis."""
    return [rule for rule in all_rules() if not rule.id.startswith(MANY)]


@pytest.fixture(scope="session", params=["most", pytest.param("all", marks=pytest.mark.proof)])
def judged_mostly(request: pytest.FixtureRequest) -> Callable[..., Run]:
    """The function that judges a target without talking: by most rules, by all in the proofs."""
    talking = {each.rule for each in scenarios()}
    most = [rule for rule in without_many() if rule not in talking]
    return lambda target: run(target, most if request.param == "most" else None)


@pytest.fixture(scope="session")
def few_members() -> list[Rule]:
    """The rules of a run that is whole but for members that are many and much alike."""
    return without_many()


@pytest.fixture(scope="session")
def judged() -> Callable[..., Run]:
    """The function that judges all sides of rules against a target."""
    return run


@pytest.fixture(scope="session")
def sample() -> tuple[str, ...]:
    """Ids of one rule of every sort."""
    return SAMPLE


def new_reference(*faults: str) -> WsgiTarget:
    """Return a new reference service as a target; its service is ``target.service``."""
    from conformance.reference import application

    wsgi = application(faults)
    target = WsgiTarget("reference", wsgi, fingerprint={}, account="123456789012")
    target.service = wsgi.service  # type: ignore[attr-defined]
    return target


@pytest.fixture(scope="session")
def make_reference() -> Callable[..., WsgiTarget]:
    """The function that makes a reference service with faults, as a target."""
    return new_reference


# schemathesis has a plugin of its own, which takes a second to load and is not ours to test
_QUIET = ("-p", "no:cacheprovider", "-p", "no:schemathesis")


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the pytest around the test from the pytest inside it."""
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)


@pytest.fixture
def runs(pytester: pytest.Pytester, unseen: None) -> Callable[..., pytest.RunResult]:
    """A function that runs pytest as a child process, free of the pytest around it."""

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*_QUIET, *arguments, timeout=100)

    return run


@pytest.fixture
def runs_here(pytester: pytest.Pytester, unseen: None) -> Callable[..., pytest.RunResult]:
    """The same in this process, in a third of the time: for what no other process sees."""

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*_QUIET, *arguments)

    return run


@pytest.fixture(scope="session")
def moto_run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A complete run against moto, made once for all processes of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, ended = shared / "moto-run", shared / "moto-run.json"
    with (shared / "moto-run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            done = command("run", "moto", "--seed", "7", "--out", str(folder), cwd=shared)
            ended.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), "utf-8")
    return Results(folder, *json.loads(ended.read_text("utf-8")))


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port of the loopback interface that is bound by us and on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]

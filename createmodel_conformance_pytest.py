"""The pytest plugin: options, the fixture ``createmodel_target``, and the record of a run.

One small module with a unique name, registered as an entry point. It imports nothing of the suite
until one of its options or fixtures is used: a pytest that merely has this distribution installed
pays nothing, and a repository with packages named conformance, strategies or reports keeps
working.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from conformance.engine.judge import Bench

_OPTIONS = (
    ("target", {"metavar": "TARGET", "help": "moto, moto-server, reference, a URL, wsgi:..."}),
    ("depth", {"choices": ("quick", "standard", "deep"), "default": "quick"}),
    ("seed", {"type": int, "default": 0, "help": "seed of the random part"}),
    ("region", {"default": "us-east-1"}),
    ("account", {"help": "the target's account; else read from its first ARN"}),
    ("select", {"action": "append", "default": [], "metavar": "GLOB", "help": "these rules only"}),
    ("deselect", {"action": "append", "default": [], "metavar": "GLOB", "help": "not these rules"}),
    ("timeout", {"type": float, "default": 30.0, "help": "seconds for one request"}),
    ("role-arn", {"default": "", "help": "an IAM role that the target knows"}),
    ("image", {"default": "", "help": "a container image that the target knows"}),
    ("model-data-url", {"default": "", "help": "a model artifact that the target knows"}),
    ("allow-aws", {"action": "store_true", "help": "let a URL under an AWS domain be asked"}),
    ("auth", {"action": "store_true", "help": "the target checks signatures: judge that, too"}),
    ("model-limit", {"type": int, "metavar": "N", "help": "so many models fit into the target"}),
    ("out", {"metavar": "DIR", "help": "write the record and the reports of the run here"}),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all begin with ``--createmodel-`` so that they collide with nobody's."""
    group = parser.getgroup("createmodel", "conformance of a SageMaker CreateModel target")
    for name, how in _OPTIONS:
        group.addoption(
            f"--createmodel-{name}", dest=f"createmodel_{name.replace('-', '_')}", **how
        )


def pytest_configure(config: pytest.Config) -> None:
    """Register the record writer where a record is wanted: in the one process that writes."""
    chosen = config.getoption("createmodel_select") or config.getoption("createmodel_deselect")
    if chosen or config.getoption("createmodel_target") or config.getoption("createmodel_out"):
        _ours_or_say_so()
    if chosen:
        _selected(config)
    if config.getoption("createmodel_out") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_RecordWriter(config), "createmodel-record")


def _ours_or_say_so() -> None:
    """Raise one sentence when another package named like ours hides it."""
    from importlib.util import find_spec

    for name in ("conformance", "strategies", "reports"):
        found = find_spec(name)
        mine = Path(__file__).with_name(name) / "__init__.py"
        if found is None or found.origin is None or not mine.samefile(found.origin):
            where = "nowhere"
            if found is not None:
                where = found.origin or ", ".join(found.submodule_search_locations or ())
            raise pytest.UsageError(
                f"the package {name!r} that Python finds here ({where}) is not the one of "
                "createmodel-conformance: run the suite from another folder or in an environment "
                "of its own"
            )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item for each side of each selected rule."""
    if "createmodel_side" not in metafunc.fixturenames:
        return
    _ours_or_say_so()
    rules = _selected(metafunc.config)
    sides = [(rule.id, side) for rule in rules for side in rule.sides]
    metafunc.parametrize("createmodel_side", sides, ids=[f"{r}-{s}" for r, s in sides])


def _selected(config: pytest.Config) -> Any:
    from conformance.engine.selection import UnknownGlob, selected

    try:
        rules = selected(
            config.getoption("createmodel_select"), config.getoption("createmodel_deselect")
        )
    except UnknownGlob as problem:
        raise pytest.UsageError(str(problem)) from problem
    if not rules:
        raise pytest.UsageError(
            "--createmodel-select and --createmodel-deselect leave no rule to judge"
        )
    return rules


@pytest.fixture(scope="session")
def createmodel_target(request: pytest.FixtureRequest) -> Any:
    """Return what is judged: override this in a conftest.py to judge an emulator of your own.

    Return (or yield) what ``createmodel-conformance run`` takes, such as a URL, or an object with
    ``send(call) -> Reply``. Without an override it is ``--createmodel-target``.
    """
    target = request.config.getoption("createmodel_target")
    if not target:
        _stop(
            request.config,
            "nothing to judge: give --createmodel-target or override the fixture "
            "createmodel_target",
        )
    return target


def _stop(
    config: pytest.Config, sentence: str, code: int = pytest.ExitCode.USAGE_ERROR
) -> NoReturn:
    """End the session with one sentence: the same trouble in every item would bury it.

    A worker of pytest-xdist cannot end the session, so there the sentence is that of the item.
    """
    if hasattr(config, "workerinput"):
        pytest.fail(sentence, pytrace=False)
    pytest.exit(sentence, returncode=code)


@pytest.fixture(scope="session")
def createmodel_bench(createmodel_target: Any, pytestconfig: pytest.Config) -> Iterator[Bench]:
    """Give the bench in front of the target; in the end nothing of ours is left on it."""
    _ours_or_say_so()
    from conformance.engine.judge import Bench
    from conformance.engine.run import introduce
    from conformance.targets import TargetOptions, TargetProblem, check, resolve
    from conformance.targets.resolve import foreign
    from strategies.resources import Resources

    option = pytestconfig.getoption
    wanted = TargetOptions(
        region=option("createmodel_region"),
        timeout=option("createmodel_timeout"),
        allow_aws=option("createmodel_allow_aws"),
    )
    try:
        check(wanted, option("createmodel_account"))
        if isinstance(createmodel_target, str):
            target = resolve(createmodel_target, wanted)
        else:
            target = foreign(type(createmodel_target).__name__, createmodel_target)
    except TargetProblem as problem:
        _stop(pytestconfig, str(problem))
    account = option("createmodel_account") or target.account
    worker = getattr(pytestconfig, "workerinput", {})  # of pytest-xdist
    bench = Bench.at(
        target,
        resources=Resources(
            account=account or Resources.account,
            region=option("createmodel_region"),
            role_arn=option("createmodel_role_arn"),
            image=option("createmodel_image"),
            model_data_url=option("createmodel_model_data_url"),
        ),
        depth=option("createmodel_depth"),
        seed=option("createmodel_seed"),
        account=account,
        share=int(worker.get("workerid", "gw0").removeprefix("gw")),
        shares=worker.get("workercount", 1),
        demands_auth=option("createmodel_auth"),
        model_limit=option("createmodel_model_limit"),
    )
    try:
        introduce(bench)
        yield bench
    except TargetProblem as problem:
        _stop(pytestconfig, str(problem))
    finally:
        bench.talk.sweep()
        target.close()


@pytest.fixture
def createmodel_judgement(
    createmodel_side: tuple[str, str], createmodel_bench: Bench, request: pytest.FixtureRequest
) -> Any:
    """Judge one side of one rule and return the judgement; skip what decides nothing.

    What could not be judged fails here, before the test: pytest shows that as an error.
    """
    from conformance.engine.conversation import TargetGone
    from conformance.engine.judge import judge_side
    from conformance.oracle.catalogue import rule_by_id
    from reports.safe import safe

    rule_id, side = createmodel_side
    try:
        judgement = judge_side(rule_by_id(rule_id), side, createmodel_bench)
    except TargetGone as problem:
        _stop(request.config, str(problem), code=3)
    request.node.createmodel_judged = {
        "event": judgement.as_event(),
        "exchanges": list(judgement.exchanges),
        "target": {
            "name": createmodel_bench.talk.target.name,
            "endpoint": createmodel_bench.talk.target.endpoint,
            "account": createmodel_bench.talk.account,
            "fingerprint": dict(createmodel_bench.talk.target.fingerprint()),
        },
    }
    decides = judgement.rule.level == "must"
    if judgement.verdict == "error" or (judgement.verdict == "inconclusive" and decides):
        pytest.fail(f"{judgement.verdict}: {safe(judgement.note)}", pytrace=False)
    if judgement.verdict in ("unsupported", "not-run", "inconclusive"):
        pytest.skip(f"{judgement.verdict}: {safe(judgement.note)}")
    if judgement.verdict == "fail" and not decides:
        pytest.skip(f"info: {safe(judgement.finding['why']) if judgement.finding else ''}")
    return judgement


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Hang the judgement on the report, which xdist carries to the controller."""
    outcome = yield
    judged = getattr(item, "createmodel_judged", None)
    if judged is not None:
        outcome.get_result().createmodel = json.dumps(judged)  # xdist refuses lone surrogates
        item.createmodel_judged = None  # type: ignore[attr-defined]


class _RecordWriter:
    """Writes the record of the run from the reports; lives in the controller only."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = Path(config.getoption("createmodel_out"))
        self._recorder: Any = None
        self._sides = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        carried = getattr(report, "createmodel", None)
        if carried is None:
            return
        judged = json.loads(carried)
        from conformance.engine.judgement import Judgement
        from conformance.oracle.catalogue import rule_by_id

        event = judged["event"]
        if self._recorder is None:
            self._recorder = self._opened(judged["target"])
        self._sides += 1
        self._recorder.judged(
            Judgement(
                rule_by_id(event["rule"]),
                event["side"],
                event["verdict"],
                event["cases"],
                event["finding"],
                event["note"],
                tuple(judged["exchanges"]),
                event.get("observations", {}),
            )
        )

    def _opened(self, target: Any) -> Any:
        from conformance.engine.record import Recorder, header

        option = self._config.getoption
        options = {
            "depth": option("createmodel_depth"),
            "seed": option("createmodel_seed"),
            "region": option("createmodel_region"),
            "client": "requests",
            "auth": option("createmodel_auth"),
            "model_limit": option("createmodel_model_limit"),
            "workers": int(getattr(self._config.option, "numprocesses", None) or 1),
            "select": option("createmodel_select"),
            "deselect": option("createmodel_deselect"),
        }
        try:
            return Recorder(self._folder, header(target, options, _selected(self._config)))
        except OSError as problem:
            raise pytest.UsageError(
                f"--createmodel-out {self._folder} cannot be written: {problem.strerror}"
            ) from problem

    def pytest_sessionfinish(self) -> None:
        if self._recorder is None:
            return
        from reports.files import write_reports

        wanted = sum(len(rule.sides) for rule in _selected(self._config))
        self._recorder.close(
            complete=self._sides == wanted,
            reason="" if self._sides == wanted else "not every side was judged",
            leftovers=0,
        )
        write_reports(self._folder)

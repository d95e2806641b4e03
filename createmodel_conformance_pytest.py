"""The pytest plugin: options, and the fixtures that judge one side of one rule.

One small module with a unique name, registered as an entry point. It imports nothing of the suite
until one of its options or fixtures is used: a pytest that merely has this distribution installed
pays nothing, and a repository with packages named conformance, strategies or reports keeps
working.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from conformance.engine.judge import Bench


def _retries(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 100:
        raise argparse.ArgumentTypeError("a number from 0 to 100 is wanted")
    return int(text)


_OPTIONS = (
    ("target", {"metavar": "TARGET", "help": "moto, moto-server, reference, a URL, wsgi:..."}),
    ("depth", {"choices": ("quick", "standard", "deep"), "default": "quick"}),
    ("seed", {"type": int, "default": 0, "help": "seed of the random part"}),
    ("region", {"default": "us-east-1"}),
    ("account", {"help": "the target's account; else read from its first ARN"}),
    ("select", {"action": "append", "default": [], "metavar": "GLOB", "help": "these rules only"}),
    ("deselect", {"action": "append", "default": [], "metavar": "GLOB", "help": "not these rules"}),
    ("timeout", {"type": float, "default": 30.0, "help": "seconds for one request"}),
    ("rate", {"type": float, "metavar": "N", "help": "requests a second, at most"}),
    ("role-arn", {"default": "", "help": "an IAM role that the target knows"}),
    ("image", {"default": "", "help": "a container image in ECR that the target knows"}),
    ("model-data-url", {"default": "", "help": "a model artifact that the target knows"}),
    ("allow-aws", {"action": "store_true", "help": "let a URL under an AWS domain be asked"}),
    ("auth", {"action": "store_true", "help": "the target checks signatures: judge that, too"}),
    ("model-limit", {"type": int, "metavar": "N", "help": "so many models fit into the target"}),
    ("known", {"metavar": "FILE", "help": "a list of known findings: what is in it may fail"}),
    (
        "flaky-retries",
        {"type": _retries, "default": 0, "metavar": "N", "help": "send what failed N times again"},
    ),
    ("out", {"metavar": "DIR", "help": "write the record and the reports of the run here"}),
)

#: The list of known findings of a run, as a record keeps it, or ``None``.
_KNOWN = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all begin with ``--createmodel-`` so that they collide with nobody's."""
    group = parser.getgroup("createmodel", "conformance of a SageMaker CreateModel target")
    for name, how in _OPTIONS:
        group.addoption(
            f"--createmodel-{name}", dest=f"createmodel_{name.replace('-', '_')}", **how
        )


def pytest_configure(config: pytest.Config) -> None:
    """Read the list of known findings, and register the record writer where it is wanted.

    That is in the one process that writes.
    """
    option = config.getoption
    chosen = option("createmodel_select") or option("createmodel_deselect")
    out, known = option("createmodel_out"), option("createmodel_known")
    if chosen or out or known or option("createmodel_target"):
        _ours_or_say_so()
    if chosen:
        _selected(config)
    config.stash[_KNOWN] = _known(Path(known)) if known else None
    if out and not hasattr(config, "workerinput"):
        from conformance.suite.record_writer import RecordWriter

        workers = int(getattr(config.option, "numprocesses", None) or 1)
        writer = RecordWriter(
            Path(out), option, _selected(config), config.stash[_KNOWN], workers=workers
        )
        config.pluginmanager.register(writer, "createmodel-record")


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


def _known(path: Path) -> Any:
    from reports.known.reading import UnreadableList, known_findings

    try:
        return known_findings(path)
    except UnreadableList as problem:
        raise pytest.UsageError(f"--createmodel-known: {problem}") from problem


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
    from conformance.oracle.given import wrong_resource
    from conformance.targets import TargetOptions, TargetProblem, check, resolve
    from conformance.targets.resolve import foreign
    from strategies.resources import Resources

    option = pytestconfig.getoption
    wanted = TargetOptions(
        region=option("createmodel_region"),
        timeout=option("createmodel_timeout"),
        rate=option("createmodel_rate"),
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
    resources = Resources(
        account=account or Resources.account,
        region=option("createmodel_region"),
        role_arn=option("createmodel_role_arn"),
        image=option("createmodel_image"),
        model_data_url=option("createmodel_model_data_url"),
    )
    if wrong := wrong_resource(resources):
        _stop(pytestconfig, f"a given resource {wrong}")
    worker = getattr(pytestconfig, "workerinput", {})  # of pytest-xdist
    workers = worker.get("workercount", 1)
    bench = Bench.at(
        target,
        resources=resources,
        depth=option("createmodel_depth"),
        seed=option("createmodel_seed"),
        account=account,
        share=int(worker.get("workerid", "gw0").removeprefix("gw")),
        shares=workers,
        rate=None if wanted.rate is None else wanted.rate / workers,
        demands_auth=option("createmodel_auth"),
        model_limit=option("createmodel_model_limit"),
    )
    try:
        introduce(bench)
        yield bench
    except TargetProblem as problem:
        _stop(pytestconfig, str(problem))
    finally:
        left = bench.talk.sweep()
        target.close()
        if left:
            said = f"{left} model(s) of this session may be left on {target.name}."
            warnings.warn(pytest.PytestWarning(said), stacklevel=1)


@pytest.fixture
def createmodel_judgement(
    createmodel_side: tuple[str, str], createmodel_bench: Bench, request: pytest.FixtureRequest
) -> Any:
    """Judge one side of one rule and return the judgement; skip what decides nothing.

    What could not be judged fails here, before the test: pytest shows that as an error. What the
    list of known findings knows is an expected failure.
    """
    from conformance.engine.conversation import TargetGone
    from conformance.engine.retries import judge_with_retries
    from conformance.oracle.catalogue import rule_by_id
    from reports.safe import safe

    rule_id, side = createmodel_side
    retries = request.config.getoption("createmodel_flaky_retries")
    try:
        judgement = judge_with_retries(rule_by_id(rule_id), side, createmodel_bench, retries)
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
    _hold_against_the_list(request, judgement)
    decides = judgement.rule.level == "must"
    if judgement.verdict == "error" or (judgement.verdict == "inconclusive" and decides):
        pytest.fail(f"{judgement.verdict}: {safe(judgement.note)}", pytrace=False)
    if judgement.verdict in ("unsupported", "not-run", "inconclusive"):
        pytest.skip(f"{judgement.verdict}: {safe(judgement.note)}")
    if judgement.verdict == "fail" and not decides:
        pytest.skip(f"info: {safe(judgement.finding['why']) if judgement.finding else ''}")
    return judgement


def _hold_against_the_list(request: pytest.FixtureRequest, judgement: Any) -> None:
    """End an item that the list of known findings decides; leave word for one that it does not."""
    known = request.config.stash[_KNOWN]
    if known is None:
        return
    from conformance.suite.known import KNOWN, standing
    from reports.safe import safe

    day = datetime.now(UTC).date().isoformat()
    kind, sentence = standing(known, judgement.rule, judgement.side, judgement.verdict, day)
    if kind == KNOWN and judgement.verdict in ("fail", "inconclusive"):
        pytest.xfail(safe(sentence))
    request.node.createmodel_standing = kind, safe(sentence)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail an item that passes while the list of known findings says that it does not."""
    kind, sentence = getattr(item, "createmodel_standing", ("", ""))
    if kind == "stale":
        pytest.fail(sentence, pytrace=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Hang the judgement on the report, which xdist carries to the controller."""
    outcome = yield
    report = outcome.get_result()
    judged = getattr(item, "createmodel_judged", None)
    if judged is not None:
        report.createmodel = json.dumps(judged)  # xdist refuses lone surrogates
        item.createmodel_judged = None  # type: ignore[attr-defined]
    kind, sentence = getattr(item, "createmodel_standing", ("", ""))
    if kind == "expired" and report.failed:
        report.sections.append(("known findings", sentence))

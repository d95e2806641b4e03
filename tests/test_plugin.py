"""The pytest plugin, used in pytest runs of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fakes.asking import ask
from fakes.plugin_runs import FAULTY, NAMES, SUITE, Runs
from fakes.processes import command, reference_server
from fakes.records import HOSTILE
from jsonschema import Draft202012Validator

from reports.files import REPORTS
from reports.record import RunRecord
from reports.schemas import schema


def sides(folder: Path) -> dict[tuple[str, str], tuple[str, dict[str, int]]]:
    """Verdict and cases of every recorded side."""
    return {
        (each["rule"], each["side"]): (each["verdict"], each["cases"])
        for each in RunRecord.load(folder).judged
    }


def test_every_side_of_every_rule_is_one_item(runs_here: Runs) -> None:
    """The items are named by rule and side, in the order of the catalogue."""
    from conformance.oracle.catalogue import all_rules

    result = runs_here(*SUITE, "--collect-only", "-q")
    expected = [f"{rule.id}-{side}" for rule in all_rules() for side in rule.sides]
    found = [
        m[1] for line in result.outlines if (m := re.search(r"test_createmodel\[(.*)\]$", line))
    ]
    assert found == expected


def test_moto_fails_where_it_does_and_passes_elsewhere(runs: Runs) -> None:
    """Each failed side is a failed item that shows request and answer and no traceback."""
    result = runs(*SUITE, *NAMES, "--createmodel-target", "moto")
    result.assert_outcomes(passed=4, failed=4)
    assert result.ret == 1
    text = result.stdout.str()
    assert "CreateModel/ModelName:max-length (rejects): The target accepted an illegal" in text
    assert "sent:     64 characters" in text
    assert "Traceback" not in text
    assert "def test_createmodel" not in text


def test_k_chooses_items(runs_here: Runs) -> None:
    """-k takes words of rule and side."""
    result = runs_here(*SUITE, *NAMES, "--createmodel-target", FAULTY, "-k", "pattern and accepts")
    result.assert_outcomes(passed=1, deselected=7)


def test_x_stops_at_the_first_failure_and_the_record_says_so(
    runs_here: Runs, pytester: Any
) -> None:
    """The record of a stopped run is partial and has what was judged."""
    result = runs_here(
        *SUITE, *NAMES, "--createmodel-target", FAULTY, "-x", "--createmodel-out", "out"
    )
    result.assert_outcomes(passed=1, failed=1)
    document = json.loads((pytester.path / "out" / "report.json").read_text("utf-8"))
    assert document["complete"] is False
    assert len(sides(pytester.path / "out")) == 2


@pytest.mark.parametrize(
    ("target", "workers"),
    [
        pytest.param("moto", (), marks=pytest.mark.proof),
        pytest.param("moto", ("-n", "2"), marks=pytest.mark.proof),
        ("reference:model-name-max-length-64", ("-n", "2")),
    ],
    ids=["moto in one process", "moto with xdist", "xdist"],
)
def test_the_record_is_that_of_the_command_line(
    target: str, workers: tuple[str, ...], runs: Runs, pytester: pytest.Pytester
) -> None:
    """Only the controller writes; verdicts and numbers of cases equal those of ``run``."""
    options = (*NAMES, "--createmodel-select", "errors/status", "--createmodel-select", "response")
    result = runs(
        *SUITE, *options, "--createmodel-target", target, "--createmodel-out", "out", *workers
    )
    assert result.ret == 1
    folder = pytester.path / "out"
    names = {path.name for path in folder.iterdir()}
    assert names == {"events.ndjson", "exchanges.ndjson.gz", *REPORTS}
    chosen = [part.replace("--createmodel-select", "--select") for part in options]
    command("run", target, *chosen, "--seed", "0", "--out", "cli", cwd=pytester.path)
    assert sides(folder) == sides(pytester.path / "cli")
    document = json.loads((folder / "report.json").read_text("utf-8"))
    Draft202012Validator(schema("report")).validate(document)
    assert document["complete"]
    assert document["options"]["workers"] == (2 if workers else 1)
    events = Draft202012Validator(schema("events"))
    for line in (folder / "events.ndjson").read_text("utf-8").splitlines():
        events.validate(json.loads(line))


def test_beside_timeout_and_xdist_nothing_is_left_on_the_target(
    pytester: pytest.Pytester, unseen: None
) -> None:
    """pytest-timeout's --timeout and xdist's -n mean what they always mean, with all plugins that
    there are; after a run in two processes a server has no model of ours.
    """
    with reference_server() as (url, _):
        options = ("--createmodel-target", url, "--timeout=60", "-n", "2")
        result = pytester.runpytest_subprocess(*SUITE, *NAMES, *options)
        result.assert_outcomes(passed=8)
        assert "timeout: 60.0s" in result.stdout.str()
        assert ask(url, "ListModels")["Models"] == []


EMULATOR = """
import json, re
from flask import Flask, request

app = Flask(__name__)
models = set()

def refuse(message):
    return {"__type": "ValidationException", "message": message}, 400

@app.post("/")
def answer():
    operation = request.headers["X-Amz-Target"].partition(".")[2]
    name = json.loads(request.data).get("ModelName")
    if operation == "ListModels":
        return {"Models": [{"ModelName": each} for each in models]}
    if not isinstance(name, str) or not re.fullmatch("[a-zA-Z0-9](-*[a-zA-Z0-9])*", name):
        return refuse("Value at 'modelName' failed to satisfy constraint")
    if operation == "CreateModel":
        models.add(name)
        return {"ModelArn": f"arn:aws:sagemaker:us-east-1:000000000000:model/{name.lower()}"}
    if name not in models:
        return refuse(f'Could not find model "{name}".')
    if operation == "DeleteModel":
        models.discard(name)
    return {}
"""

FLASK_CONFTEST = """
import threading
import pytest
from emulator import app
from werkzeug.serving import make_server

@pytest.fixture(scope="session")
def createmodel_target():
    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
"""

MOTO_CONFTEST = """
import pytest
from moto.server import ThreadedMotoServer

@pytest.fixture(scope="session")
def createmodel_target():
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()
"""


@pytest.mark.parametrize(
    ("conftest", "failures"),
    [
        (FLASK_CONFTEST, {"max-length"}),
        pytest.param(
            MOTO_CONFTEST,
            {"max-length", "type", "required", "pattern"},
            marks=pytest.mark.proof,
        ),
    ],
    ids=["a Flask emulator", "moto"],
)
def test_an_emulators_own_tests_override_the_target_in_ten_lines(
    conftest: str, failures: set[str], runs: Runs, pytester: pytest.Pytester
) -> None:
    """A conftest.py of ten lines and one import make our rules part of their test suite."""
    assert len(conftest.strip().splitlines()) <= 10
    pytester.makepyfile(emulator=EMULATOR)
    pytester.makeconftest(conftest)
    pytester.makepyfile(
        test_theirs="from conformance.suite.test_createmodel import test_createmodel\n"
        "def test_their_own(): pass\n"
    )
    result = runs(*NAMES, "-rf")
    failed = set(re.findall(r"FAILED .*ModelName:([a-z-]+)-rejects", result.stdout.str()))
    assert failed == failures
    result.assert_outcomes(passed=1 + 8 - len(failures), failed=len(failures))


def test_an_object_of_their_own_may_be_the_target(
    runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """Anything with send(call) will do."""
    pytester.makeconftest(
        """
        import pytest
        from conformance.reference import application
        from conformance.targets.wsgi import WsgiTarget

        class Mine:
            def __init__(self):
                self.send = WsgiTarget("x", application(), fingerprint={}).send

        @pytest.fixture(scope="session")
        def createmodel_target():
            return Mine()
        """
    )
    pytester.makepyfile(test_it="from conformance.suite.test_createmodel import test_createmodel\n")
    runs_here(*NAMES).assert_outcomes(passed=8)


MUTE = '''
import json
import os
from conformance.wire import Reply

class Mute:
    """Answers CreateModel and nothing else, or refuses everything."""
    def send(self, call):
        code = "UnknownOperationException" if {unsupported} else "AccessDeniedException"
        body = json.dumps({{"__type": code, "message": {message!r}}}).encode()
        return Reply(400, (("Content-Type", "application/x-amz-json-1.1"),), body)
'''


@pytest.mark.parametrize(
    ("unsupported", "outcome"), [(False, {"errors": 8}), (True, {"skipped": 8})]
)
def test_inconclusive_is_an_error_and_unsupported_a_skip(
    unsupported: bool, outcome: dict[str, int], runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """What could not be judged is loud; what the target does not offer is not; neither fails."""
    pytester.makepyfile(mute=MUTE.format(unsupported=unsupported, message="no"))
    pytester.syspathinsert()
    result = runs_here(*SUITE, *NAMES, "--createmodel-target", "python:mute:Mute", "-rs")
    result.assert_outcomes(**outcome)
    assert ("inconclusive: The control, a valid request, was not" in result.stdout.str()) == (
        not unsupported
    )
    assert ("unsupported: The target does not" in result.stdout.str()) == unsupported
    assert "Traceback" not in result.stdout.str()


def test_info_rules_never_fail(runs: Runs) -> None:
    """What an info rule found is a skip with the reason; the run ends with 0."""
    result = runs(
        *SUITE, "--createmodel-target", "moto", "--createmodel-select", "request/*", "-rs",
        "-k", "not image-or-model and not multi-model-container",
    )  # fmt: skip
    assert result.ret == 0
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped", "deselected"}
    assert outcomes["skipped"] > 10
    assert "info: Recorded only: the target answered with 200" in result.stdout.str()


def test_a_target_that_stops_answering_ends_the_session_with_3(
    runs: Runs, pytester: pytest.Pytester
) -> None:
    """The sentence says so once; what was judged before is in the record."""
    pytester.makepyfile(
        dies="""
        from conformance.reference import application
        from conformance.targets.wsgi import WsgiTarget
        from conformance.wire import TransportFault

        class Dies:
            def __init__(self):
                self.inner, self.left = WsgiTarget("x", application(), fingerprint={}), 150

            def send(self, call):
                self.left -= 1
                if self.left < 0:
                    raise TransportFault("connect", "gone for lunch")
                return self.inner.send(call)
        """
    )
    pytester.syspathinsert()
    result = runs(
        *SUITE, "--createmodel-target", "python:dies:Dies", "--createmodel-out", "out",
        "--createmodel-select", "CreateModel/Tags*",
    )  # fmt: skip
    assert result.ret == 3
    assert result.stdout.str().count("the target no longer answers: gone for lunch") == 1
    run = RunRecord.load(pytester.path / "out")
    assert not run.complete
    assert len(run.judged) >= 1


@pytest.mark.parametrize(
    "workers",
    [pytest.param((), marks=pytest.mark.proof), ("-n", "2")],
    ids=["one process", "xdist"],
)
def test_a_hostile_target_harms_neither_terminal_nor_record(
    workers: tuple[str, ...], runs: Runs, pytester: pytest.Pytester
) -> None:
    """Control characters and lone surrogates pass through items, xdist and the reports."""
    pytester.makepyfile(
        hostile=f"""
        import json
        from dataclasses import replace
        from conformance.reference import application
        from conformance.targets.wsgi import WsgiTarget

        HOSTILE = {HOSTILE.encode("unicode_escape").decode()!r}.encode().decode("unicode_escape")

        class Hostile:
            def __init__(self):
                self.inner = WsgiTarget("x", application(), fingerprint={{}})

            def send(self, call):
                reply = self.inner.send(call)
                if reply.status < 400:
                    return reply
                body = json.dumps({{"__type": HOSTILE, "message": HOSTILE}}).encode()
                return replace(reply, body=body, headers=(("Content-Type", HOSTILE),))
        """
    )
    pytester.syspathinsert()
    result = runs(
        *SUITE, "--createmodel-target", "python:hostile:Hostile", "--createmodel-out", "out",
        "--createmodel-select", "errors", *workers,
    )  # fmt: skip
    text = result.stdout.str() + result.stderr.str()
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] >= 3
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    document = json.loads((pytester.path / "out" / "report.json").read_text("utf-8"))
    assert document["complete"]


def test_every_option_of_ours_has_our_prefix(runs_here: Runs) -> None:
    """No bare name can collide with another plugin's."""
    import createmodel_conformance_pytest as plugin

    text = runs_here("--help").stdout.str()
    group = text[text.index("conformance of a SageMaker CreateModel target") :].split("\n\n")[0]
    options = re.findall(r"^  (-{1,2}[\w-]+)", group, re.MULTILINE)
    assert len(options) == len(plugin._OPTIONS)
    assert all(option.startswith("--createmodel-") for option in options)


def test_what_a_session_may_have_left_is_said(runs_here: Runs) -> None:
    """A target that keeps what it says to have deleted is named among the warnings."""
    target = "reference:delete-keeps-model"
    result = runs_here(
        *SUITE, "--createmodel-target", target, "--createmodel-select", "errors/status"
    )
    result.stdout.re_match_lines([r".*PytestWarning: \d+ model\(s\) .* left on reference:delete.*"])

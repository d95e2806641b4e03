"""``cleanup``: what a killed run left goes, on the word of its journal alone."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.asking import ask, make, names
from fakes.hostile.serving import Asked, HangUp, hostile
from fakes.journals import LETTERS, LIKE_OURS, OURS, intent, journal, owned
from fakes.watched import Watched, watched

from conformance.cli import cli
from conformance.engine.journal import Heading, JournalFile, path_of

COMMAND = "createmodel-conformance cleanup"


@pytest.fixture
def service() -> Iterator[Watched]:
    """A service with models of somebody else's whose names look like ours."""
    with watched() as watching:
        make(watching.url, *LIKE_OURS)
        yield watching


def run(*arguments: str) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(cli, arguments)


def test_what_is_owned_or_was_under_way_is_deleted_and_nothing_named_alike(
    service: Watched, tmp_path: Path
) -> None:
    """Exit code 0; the names are told, and a second time there is nothing to do."""
    make(service.url, *OURS[:2])
    variant = {"VariantName": "v", "ModelName": OURS[0], "InitialInstanceCount": 1}
    variant["InstanceType"] = "ml.m5.large"
    config = {"EndpointConfigName": OURS[0], "ProductionVariants": [variant]}
    ask(service.url, "CreateEndpointConfig", **config)
    made = {"operation": "CreateEndpointConfig"}
    events = [intent(OURS[0]), owned(OURS[0]), intent(OURS[0], **made), owned(OURS[0], **made)]
    journal(tmp_path, service.url, *events, intent(OURS[1]), intent(OURS[2]), intent("a"))
    done = run("cleanup", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert f"Deleted (3): {OURS[0]}, {OURS[0]}, {OURS[1]}" in done.output
    assert names(service.url) == sorted(LIKE_OURS)
    with pytest.raises(AssertionError, match="Could not find"):
        ask(service.url, "DescribeEndpointConfig", EndpointConfigName=OURS[0])
    assert not path_of(tmp_path).exists()


def test_a_target_that_has_moved_is_asked_where_it_is_now(service: Watched, tmp_path: Path) -> None:
    """--endpoint takes the place of the URL in the journal."""
    make(service.url, OURS[0])
    journal(tmp_path, "http://127.0.0.1:9", intent(OURS[0]), owned(OURS[0]))
    assert run("cleanup", str(tmp_path)).exit_code == 3
    assert path_of(tmp_path).exists()
    done = run("cleanup", str(tmp_path), "--endpoint", service.url)
    assert done.exit_code == 0, done.output
    assert names(service.url) == sorted(LIKE_OURS)


def test_what_cannot_be_deleted_is_named_and_kept_in_the_journal(tmp_path: Path) -> None:
    """Exit code 3; the journal stays for another time."""
    with watched("delete-keeps-model") as service:
        make(service.url, OURS[0])
        journal(tmp_path, service.url, intent(OURS[0]), owned(OURS[0]))
        done = run("cleanup", str(tmp_path))
    assert done.exit_code == 3, done.output
    assert f"Not deleted (1): {OURS[0]}" in done.output
    assert path_of(tmp_path).exists()


def test_what_bears_the_prefix_and_no_create_named_is_left_and_said(
    service: Watched, tmp_path: Path
) -> None:
    """It may be anybody's: it is neither deleted nor passed over in silence. Exit code 3."""
    make(service.url, OURS[0], f"{OURS[0]}-copy")
    journal(tmp_path, service.url, intent(OURS[0]), owned(OURS[0]))
    done = run("cleanup", str(tmp_path))
    assert done.exit_code == 3, done.output
    assert f"Deleted (1): {OURS[0]}\n" in done.output
    said = "Of these left alone, since no create of the run named them (1): "
    assert f"{said}{OURS[0]}-copy" in done.output
    assert f"{OURS[0]}-copy" in names(service.url)


def test_a_run_deletes_what_an_earlier_one_left_in_its_folder(
    service: Watched, tmp_path: Path
) -> None:
    """Its record is over and makes place for the new one; its journal is not, and does not."""
    chosen = ("--select", "errors/status", "-q", "--out", str(tmp_path))
    assert run("run", service.url, *chosen).exit_code == 0
    make(service.url, OURS[0])
    journal(tmp_path, service.url, intent(OURS[0]), {"event": "silent", "name": OURS[0]})
    elsewhere = run("run", "reference", *chosen)
    assert elsewhere.exit_code == 2
    assert f"left models on {service.url}: say `{COMMAND} {tmp_path}` first" in elsewhere.output
    assert OURS[0] in names(service.url)
    assert run("run", service.url, *chosen).exit_code == 0
    assert names(service.url) == sorted(LIKE_OURS)
    assert not path_of(tmp_path).exists()


def test_a_new_run_does_not_forget_what_another_left_in_its_folder(
    service: Watched, tmp_path: Path
) -> None:
    """Exit code 2 with what to do about it; nothing is judged and the journal stays."""
    journal(tmp_path, service.url, intent(OURS[0]), owned(OURS[0]))
    done = run("run", "reference", "--out", str(tmp_path), "--select", "errors/code")
    assert done.exit_code == 2
    assert COMMAND in done.output
    assert path_of(tmp_path).exists()


def test_what_a_create_comes_to_after_the_run_is_found_by_cleanup(tmp_path: Path) -> None:
    """The run says that a create had no answer and keeps its journal, though nothing is left."""
    silent: list[Asked] = []

    def keeps_one_waiting(asked: Asked) -> None:
        if asked.operation == "CreateModel" and not silent:
            silent.append(asked)
            asked.send(b"HTTP/1.1 ")
            raise HangUp
        asked.answer(asked.right())

    with hostile(keeps_one_waiting) as server:
        chosen = ("--depth", "quick", "-q", "--select", "CreateModel/ModelName:type")
        ended = run("run", server.url, "--out", str(tmp_path), *chosen)
        assert f"A create had no answer: should the target carry it out later, `{COMMAND}" in (
            ended.stderr
        )
        assert names(server.url) == []
        silent[0].right()
        late = silent[0].members["ModelName"]
        assert names(server.url) == [late]
        done = run("cleanup", str(tmp_path))
        assert done.exit_code == 0, done.output
        assert done.output == f"Deleted (1): {late}\nNothing of the run is left.\n"
        assert names(server.url) == []
        assert not path_of(tmp_path).exists()


def test_what_may_still_come_is_waited_for(service: Watched, tmp_path: Path) -> None:
    """Half a minute after the last create that had no answer there is nothing to wait for."""
    silent = {"event": "silent", "name": OURS[0], "at": 1.0}
    journal(tmp_path, service.url, intent(OURS[0]), silent)
    assert run("cleanup", str(tmp_path)).output == "Nothing of the run is left.\n"
    silent = {"event": "silent", "name": OURS[1], "at": time.time() - 26}
    journal(tmp_path, service.url, intent(OURS[1]), silent)
    late = threading.Timer(1.5, make, (service.url, OURS[1]))
    late.start()
    done = run("cleanup", str(tmp_path))
    late.join()
    assert done.exit_code == 0, done.output
    assert re.fullmatch(
        r"A create had no answer; waiting [1-4] s for what may come.+\n", done.stderr
    )
    assert names(service.url) == sorted(LIKE_OURS)
    assert not path_of(tmp_path).exists()


def test_a_target_that_tells_nothing_has_not_deleted_anything(tmp_path: Path) -> None:
    """Exit code 3, and the journal stays: the keys may be better the next time."""

    def expired(asked: Asked) -> None:
        asked.answer_with(b'{"__type":"ExpiredTokenException","message":"expired"}', 403)

    with hostile(expired, after=0) as server:
        journal(tmp_path, server.url, intent(OURS[0]), owned(OURS[0]))
        done = run("cleanup", str(tmp_path))
    assert done.exit_code == 3, done.output
    assert done.output == f"Not deleted (1): {OURS[0]}\n"
    assert path_of(tmp_path).exists()


def test_a_run_whose_keys_expire_says_what_it_has_left(tmp_path: Path) -> None:
    """Named on stderr and counted in the report; ``cleanup`` with good keys finds it."""
    made: list[str] = []

    def expires(asked: Asked) -> None:
        if made:
            asked.answer_with(b'{"__type":"ExpiredTokenException","message":"expired"}', 403)
            return
        asked.answer(asked.right())
        made.extend([asked.members["ModelName"]] if asked.operation == "CreateModel" else [])

    with hostile(expires) as server:
        chosen = ("--depth", "quick", "-q", "--select", "CreateModel/ModelName:max-length")
        ended = run("run", server.url, "--out", str(tmp_path), *chosen)
        assert ended.exit_code == 3, ended.output
        assert f"Not deleted (1): {made[0]}\n" in ended.stderr
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert report["leftovers"] == 1
        assert path_of(tmp_path).exists()
        server.vice = lambda asked: asked.answer(asked.right())
        assert names(server.url) == made
        assert f"Deleted (1): {made[0]}\n" in run("cleanup", str(tmp_path)).output
        assert names(server.url) == []


def test_a_journal_that_somebody_else_begins_to_write_is_left_to_them(
    service: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clean-ups may begin at once: exit code 2 and one sentence for the later."""
    journal(tmp_path, service.url, intent(OURS[0]), owned(OURS[0]))
    theirs = JournalFile(path_of(tmp_path))
    monkeypatch.setattr("conformance.engine.journal.held", lambda _folder: False)
    done = run("cleanup", str(tmp_path))
    theirs.close()
    assert done.exit_code == 2, done.output
    assert done.output.endswith("cannot be written: a run that is still going on writes there\n")
    assert done.output.startswith("Error: ")


REFUSED = {
    "AWS without consent": ("aws", (), "--allow-aws"),
    "a URL of AWS's without consent": (
        "https://sagemaker.eu-west-1.amazonaws.com",
        (),
        "--allow-aws",
    ),
    "another region": ("http://127.0.0.1:9", ("--region", "eu-west-1"), "in region us-east-1"),
    "no URL": ("http://127.0.0.1:9", ("--endpoint", "moto"), "is not a URL"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_a_run_would_not_be_allowed_is_refused(why: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence, as when the run was begun."""
    target, options, says = REFUSED[why]
    journal(tmp_path, target, owned(OURS[0]))
    done = run("cleanup", str(tmp_path), *options)
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert done.output.startswith("Error: ")


def test_a_run_that_is_going_on_is_left_alone(service: Watched, tmp_path: Path) -> None:
    """Its models are in use: exit code 2."""
    heading = Heading(service.url, service.url, "us-east-1", "requests", LETTERS, None)
    file = JournalFile.begun(path_of(tmp_path), heading)
    done = run("cleanup", str(tmp_path))
    file.close()
    assert done.exit_code == 2
    assert "still going on" in done.output


def test_a_target_within_the_run_is_gone_with_it(tmp_path: Path) -> None:
    """Exit code 0, and the reason in a sentence; such a run writes no journal."""
    out = tmp_path / "out"
    assert (
        run("run", "reference", "-q", "--select", "errors/code", "--out", str(out)).exit_code == 0
    )
    assert not list(out.glob("journal*"))
    done = run("cleanup", str(out))
    assert (done.exit_code, done.output.count("\n")) == (0, 1)
    assert "is gone with" in done.output


@pytest.mark.parametrize("what", ["nothing", "a file", "nonsense"])
def test_a_folder_without_a_run_is_refused(what: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence."""
    place = tmp_path / "place"
    if what == "a file":
        place.touch()
    if what == "nonsense":
        place.mkdir()
        path_of(place).write_text(json.dumps(intent("x", operation="CreateModel")) + "\n")
    done = run("cleanup", str(place))
    assert done.exit_code == 2, done.output
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1

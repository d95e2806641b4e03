"""Who is spoken to: the target, and nobody else, by whatever process of a run.

Every Python process of a run is watched: an audit hook writes down each address that is connected
to, or sent to, and each name that is looked up. Names are looked up in C, so that the hook is
asked before; programs that are not Python would be seen as they are started.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes.processes import command, environment, reference_server

WATCH = """
import json, os, sys

def _watch(event, arguments, _place=os.environ["WATCHED"]):
    if event in ("socket.connect", "socket.sendto"):
        what = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        what = arguments[0]
    elif event == "subprocess.Popen":
        what = os.path.basename(str(arguments[0]))
    else:
        return
    line = json.dumps([event, what if isinstance(what, (str, tuple)) else repr(what)])
    with open(_place, "a") as file:
        file.write(line + "\\n")

sys.addaudithook(_watch)
"""

#: One rule of each family that is quick to judge.
SELECTED = [
    "CreateModel/ModelName:max-length", "request/image-or-model-package", "errors/code",
    "response/model-arn", "wire/malformed-json", "auth/unsigned",
    "lifecycle/duplicate-name-is-rejected", "tags/add", "list/created-after",
    "downstream/endpoint-config-arn", "concurrency/one-name",
]  # fmt: skip


def watched(folder: Path) -> dict[str, str]:
    """The environment of a process that is watched; what is seen goes into a file of the folder."""
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, "utf-8")
    return {"PYTHONPATH": str(folder / "watch"), "WATCHED": str(folder / "seen.ndjson")}


def seen(folder: Path) -> set[tuple[str, str | tuple[str, int]]]:
    """What was seen: the kind of event with a host and port, a name or a program."""
    path = folder / "seen.ndjson"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    events = [json.loads(line) for line in lines]
    return {(kind, tuple(what[:2]) if isinstance(what, list) else what) for kind, what in events}


def addresses(folder: Path) -> set[str | tuple[str, int]]:
    """Every address that was connected or sent to, and every name that was looked up."""
    return {what for kind, what in seen(folder) if kind.startswith("socket.")}


@pytest.mark.parametrize("rules", [SELECTED, pytest.param(["*"], marks=pytest.mark.proof)])
def test_a_run_speaks_to_its_target_alone(rules: list[str], tmp_path: Path) -> None:
    """All families, in two processes, against a URL: its host and port and nothing else."""
    chosen = [part for each in rules for part in ("--select", each)]
    with reference_server() as (url, _):
        done = command("run", url, "-n", "2", *chosen, cwd=tmp_path, **watched(tmp_path))
    assert done.returncode in (0, 1), done.stderr
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert (host, port) in addresses(tmp_path)
    assert addresses(tmp_path) <= {(host, port), host}


@pytest.mark.parametrize(
    ("target", "rule"),
    [("moto", "CreateModel/ModelName:max-length"), ("reference", "schemathesis/fuzzing")],
)
def test_a_target_in_the_process_needs_no_connection(
    target: str, rule: str, tmp_path: Path
) -> None:
    """Neither the suite nor moto nor a generator of requests asks anybody."""
    done = command("run", target, "--select", rule, cwd=tmp_path, **watched(tmp_path))
    assert done.returncode in (0, 1), done.stderr
    assert addresses(tmp_path) == set()


@pytest.mark.proof
def test_a_server_of_moto_is_spoken_to_on_this_machine_alone(tmp_path: Path) -> None:
    """The child process is watched as well: it asks nobody for anything."""
    one = ("--select", "CreateModel/ModelName:max-length")
    done = command("run", "moto-server", *one, cwd=tmp_path, **watched(tmp_path))
    assert done.returncode == 1, done.stderr
    found = addresses(tmp_path)
    assert found
    assert {each if isinstance(each, str) else each[0] for each in found} <= {"127.0.0.1"}


def test_importing_everything_opens_no_connection(tmp_path: Path) -> None:
    """Every module of the packages, and with them every library that they use."""
    code = (
        "import conformance, strategies, reports, importlib, pkgutil\n"
        "for package in (conformance, strategies, reports):\n"
        "    for each in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not each.name.endswith('__main__'):\n"
        "            importlib.import_module(each.name)\n"
        "import boto3, moto, moto.server, schemathesis, schemathesis.cli, hypothesis, rich\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(**watched(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert addresses(tmp_path) == set()


def test_a_connection_elsewhere_would_be_seen(tmp_path: Path, free_port: int) -> None:
    """The watch is no blind one: a target that calls home is found out."""
    (tmp_path / "mine.py").write_text(
        "import socket\n"
        "from conformance.targets.reference import reference\n"
        "def make():\n"
        "    try:\n"
        f"        socket.create_connection(('localhost', {free_port}), timeout=5)\n"
        "    except OSError:\n"
        "        pass\n"
        "    return reference('reference')\n",
        "utf-8",
    )
    one = ("--select", "CreateModel/ModelName:max-length")
    done = command("run", "python:mine:make", *one, cwd=tmp_path, **watched(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "localhost" in addresses(tmp_path)
    assert any(each[1] == free_port for each in addresses(tmp_path) if isinstance(each, tuple))

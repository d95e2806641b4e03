"""AWS from the command line: asked after a yes alone, held to it, and no secret in any output.

A reference service on this machine stands for AWS, where ``AWS_ENDPOINT_URL_SAGEMAKER`` points to.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fakes.processes import COMMAND, command, environment, reference_server

from conformance.cli import cli
from conformance.engine.journal import Heading, JournalFile, path_of
from conformance.targets import TargetOptions, resolve
from conformance.wire import encode, read
from conformance.wire.signing import Credentials, Signer
from reports.leaks import leaks

KEY, SECRET = "ASIACANARYCANARY1234", "canary/Secret+canary/Secret+canary/Se123"
TOKEN = "canaryToken/canaryToken+canaryToken=="
CANARY = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_EC2_METADATA_DISABLED": "true",
}
ROLE = "arn:aws:iam::123456789012:role/conformance"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/given:1"
DATA = "s3://given-bucket/model/model.tar.gz"
GIVEN = ("--role-arn", ROLE, "--image", IMAGE, "--model-data-url", DATA, "--region", "us-east-1")
MEANT = ("--allow-aws", *GIVEN)
FAST = ("--yes", "--rate", "2000")
STRICT = (
    *("--sigv4", f"{KEY}:{SECRET}", "--known-role", ROLE, "--known-image", IMAGE),
    *("--known-data", DATA, "--known-data", "s3://given-bucket/model/"),
)


def refusal(*arguments: str, stdin: str = "", **env: str) -> str:
    """The sentence with which a command is refused, in this process."""
    done = CliRunner(env={**CANARY, **env}).invoke(cli, arguments, input=stdin)
    assert done.exit_code == 2, done.output
    return done.output.splitlines()[-1]


def secrets_in(done: subprocess.CompletedProcess[str], *folders: Path) -> list[str]:
    """Everything secret in what a run has printed and written, compressed files included."""
    texts = {"stdout": done.stdout, "stderr": done.stderr}
    for path in (each for folder in folders for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        texts[str(path)] = data.decode("utf-8", "replace")
    spelt = {each.replace("/", "\\/") for each in (SECRET, TOKEN)} | {KEY, SECRET, TOKEN}
    found = [where for where, text in texts.items() if any(each in text for each in spelt)]
    return found + [str(leak) for folder in folders for leak in leaks(folder)]


def verdicts(folder: Path) -> Counter[str]:
    """How many sides of a run's ``must`` rules have which verdict."""
    lines = (folder / "events.ndjson").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    must = {rule["id"] for rule in events[0]["rules"] if rule["level"] == "must"}
    return Counter(each["verdict"] for each in events if each.get("rule") in must)


# -- a yes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*GIVEN, *FAST), "say --allow-aws"),
        (("--allow-aws", *FAST), "say --role-arn"),
        (("--allow-aws", *FAST, "--role-arn", ROLE), "say --image"),
        (("--allow-aws", *FAST, "--role-arn", "r", "--image", IMAGE), "not the ARN of an IAM role"),
        ((*MEANT, *FAST, "--account", "210987654321"), "belongs to account 123456789012"),
        ((*MEANT, *FAST, "-n", "2"), "one process"),
        ((*MEANT, *FAST, "--aws-profile", "nowhere"), "nowhere"),
        ((*MEANT, "--rate", "0", "--yes"), "a rate is"),
        ((*MEANT, "--select", "response/status"), "after a yes alone"),
    ],
)
@pytest.mark.parametrize("target", ["aws", "https://SageMaker.us-east-1.amazonaws.com.:443"])
def test_aws_is_refused(target: str, arguments: tuple[str, ...], said: str) -> None:
    """What is missing or cannot be meant is one sentence, before anything is sent."""
    assert said in refusal("run", target, *arguments)


def test_aws_is_not_asked_with_boto3() -> None:
    """boto3 is for URLs alone; an AWS URL can be asked with it."""
    arguments = (*MEANT, "--client", "boto3", "--yes", "--select", "response/status")
    assert "needs a target" in refusal("run", "aws", *arguments)


def test_other_commands_do_not_ask_aws(tmp_path: Path) -> None:
    """Only run says what it comes to: the others refuse, with --allow-aws as well."""
    said = refusal("certify", "aws", "--allow-aws", "--out", str(tmp_path / "c"))
    assert "by the command run alone" in said


def test_what_it_comes_to_is_said_before_and_a_no_is_a_no(tmp_path: Path) -> None:
    """On a terminal it shows account, region, numbers and policy, asks, and sends nothing."""
    ours, theirs = os.openpty()
    with reference_server(options=STRICT) as (url, _):
        with subprocess.Popen(
            [*COMMAND, "run", "aws", *MEANT, "--select", "response/status", "--out", "out"],
            cwd=tmp_path,
            env=environment(**CANARY, AWS_ENDPOINT_URL_SAGEMAKER=url),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as asking:
            os.write(ours, b"n\n")
            _, said = asking.communicate(timeout=100)
        left = models(url)
    os.close(ours)
    os.close(theirs)
    assert asking.returncode == 2
    assert "account   123456789012" in said
    assert f"region    us-east-1, {url}" in said
    assert "(--max-requests); 2 a second" in said
    assert '"iam:PassedToService": "sagemaker.amazonaws.com"' in said
    assert said.splitlines()[-1].endswith("nothing was sent to AWS")
    assert left == []
    assert not (tmp_path / "out").exists()


# -- rehearsals ----------------------------------------------------------------------------


def models(url: str) -> list[str]:
    """The names of the models that a service holds."""
    target = resolve(url, TargetOptions())
    call = encode("ListModels", {"MaxResults": 100}, url=target.endpoint)
    for _ in range(5):  # some are throttled
        signed = Signer("us-east-1", Credentials(KEY, SECRET)).signed(call)
        reading = read(target.send(signed))
        if reading.kind == "accepted":
            break
    target.close()
    return [each["ModelName"] for each in reading.payload["Models"]]


REHEARSED = (
    *("--select", "CreateModel/ModelName:max-length", "--select", "errors/code"),
    *("--select", "CreateModel/PrimaryContainer.Image:max-length", "--select", "auth/unsigned"),
    *("--select", "lifecycle/describe-created", "--select", "lifecycle/deleted-is-gone"),
    *("--select", "list/created-are-listed", "--select", "tags/add-keeps-others"),
)


def rehearse(
    tmp_path: Path, *arguments: str, options: tuple[str, ...] = (), select: tuple[str, ...] = ()
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run against a strict reference service that stands for AWS; what it holds afterwards."""
    with reference_server(options=(*STRICT, *options)) as (url, _):
        assert url.startswith("http://127.0.0.1:")
        done = command(
            *("run", "aws", *MEANT, *FAST, "--out", "out", *select, *arguments),
            cwd=tmp_path,
            **CANARY,
            AWS_ENDPOINT_URL_SAGEMAKER=url,
        )
        return done, models(url)


def test_a_strict_throttling_late_service_fails_nothing(tmp_path: Path) -> None:
    """Roles, images and data are looked for, every 9th request is throttled, models show late."""
    done, left = rehearse(
        tmp_path,
        *("-v", "--auth"),
        options=("--quota", "40", "--throttle-every", "9", "--visible-after", "0.3"),
        select=REHEARSED,
    )
    found = verdicts(tmp_path / "out")
    assert done.returncode in (0, 3), done.stderr
    assert found["fail"] == found["error"] == 0
    assert found["pass"] >= 4
    assert left == []
    assert secrets_in(done, tmp_path) == []


@pytest.mark.proof
def test_a_whole_run_is_rehearsed(tmp_path: Path) -> None:
    """All that AWS is asked by default, in a service that is strict, throttles and shows late."""
    with reference_server(
        options=(*STRICT, "--quota", "200", "--throttle-every", "97", "--visible-after", "0.05")
    ) as (url, _):
        done = command(
            *("run", "aws", *MEANT, *FAST, "--out", "out", "--auth", "-v"),
            cwd=tmp_path,
            timeout=1500,
            **CANARY,
            AWS_ENDPOINT_URL_SAGEMAKER=url,
        )
        left = models(url)
    found = verdicts(tmp_path / "out")
    assert found["fail"] == found["error"] == 0
    assert found["pass"] > 300
    assert left == []
    assert secrets_in(done, tmp_path) == []


def test_no_more_models_are_made_than_were_agreed_to(tmp_path: Path) -> None:
    """The run ends when they are used up, says so, cleans up, and is no pass."""
    done, left = rehearse(tmp_path, "--max-models", "3", select=REHEARSED)
    assert done.returncode == 3, done.stderr
    assert "The 3 models that --max-models allows were made: this run is partial" in done.stdout
    assert left == []


def test_keys_of_another_account_clean_nothing_up(tmp_path: Path) -> None:
    """Exit code 2, and the journal stays: there everything would seem to be gone."""
    _, left = rehearse(tmp_path, "--select", "CreateModel/ModelName:max-length")
    assert left == []
    prefix, name = "cmcabcdefghij", "cmcabcdefghija-000001-conformance"
    path = path_of(tmp_path / "out")
    journal = JournalFile.begun(path, Heading("aws", "aws", "us-east-1", "requests", prefix, []))
    for event in ("intent", "owned"):
        told = {"operation": "CreateModel", "name": name, "at": 1.0, "role": ROLE}
        journal.note({"event": event, **told})
    journal.close()
    expected = {"210987654321": (2, True), "123456789012": (0, False)}
    (tmp_path / "out" / "events.ndjson").unlink()  # it may be killed before there is a record
    for account, came in expected.items():
        with reference_server(options=(*STRICT, "--account", account)) as (url, _):
            env = {**CANARY, "AWS_ENDPOINT_URL_SAGEMAKER": url}
            done = command("cleanup", "out", "--allow-aws", "--rate", "2000", cwd=tmp_path, **env)
        assert (done.returncode, path.exists()) == came, done.stderr
        assert ("of another account" in done.stderr) is (done.returncode == 2)


# -- no secret in any output ---------------------------------------------------------------


@contextmanager
def echo() -> Iterator[str]:
    """A server that takes every create, fails at the rest, and sends back all that it was sent.

    As JSON, as text, in headers, by turns.
    """
    turns = iter(range(1_000_000))

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = dict(self.headers.items())
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shown = json.dumps({**sent, "secret": SECRET, "also": json.dumps(sent)})
            turn = next(turns)
            status = 200 if sent["X-Amz-Target"].endswith(".CreateModel") else 500
            text = shown.replace("/", "\\/") if turn % 2 else f"<html>{sent} {body!r}</html>"
            data = (text if turn else "{}").encode()  # first a word of AWS JSON
            self.wfile.write(
                f"HTTP/1.1 {status} x\r\nServer: echo {sent.get('Authorization')}\r\n"
                f"X-Token: {sent.get('X-Amz-Security-Token')}\r\n"
                f"Content-Length: {len(data)}\r\n\r\n".encode()
                + data
            )

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_target_that_sends_secrets_back_does_not_get_them_recorded(tmp_path: Path) -> None:
    """A failing run against an echo: nothing on the terminal, in the record or in the reports."""
    with echo() as url:
        done = command(
            *("run", "aws", *MEANT, *FAST, "--out", "out", "-v", "--auth"),
            *("--select", "response/*", "--select", "auth/*"),
            cwd=tmp_path,
            **CANARY,
            AWS_ENDPOINT_URL_SAGEMAKER=url,
        )
    assert done.returncode == 1, done.stderr
    assert "REDACTED" in (tmp_path / "out" / "events.ndjson").read_text("utf-8")
    assert secrets_in(done, tmp_path) == []


CRASHES = {
    "send": "raise RuntimeError(f'cannot send {dict(reversed(call.headers.items()))}')",
    "fingerprint": "self.seen = dict(call.headers); return Reply(200, (), b'{}')",
}


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_tells_no_secret(where: str, tmp_path: Path) -> None:
    """A user's target that raises with what it was sent: one sentence, and no keys in it.

    The keys are those of a profile, in a file that is not among the results.
    """
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.py").write_text(
        "from conformance.wire import Reply\n"
        "class Mine:\n"
        "    seen = {}\n"
        f"    def send(self, call):\n        {CRASHES[where]}\n"
        "    def fingerprint(self):\n"
        "        if self.seen: raise RuntimeError(f'no version {self.seen}')\n"
        "        return {}\n",
        "utf-8",
    )
    (tmp_path / "config").write_text(
        f"[profile canary]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
        f"aws_session_token = {TOKEN}\n",
        "utf-8",
    )
    done = command(
        *("run", "python:mine:Mine", "--aws-profile", "canary", "--out", "out"),
        *("--select", "response/status"),
        cwd=tmp_path / "work",
        AWS_CONFIG_FILE=str(tmp_path / "config"),
    )
    assert done.returncode == {"send": 2, "fingerprint": 4}[where], done.stderr
    assert "Traceback" not in done.stderr
    assert "REDACTED" in done.stderr
    assert secrets_in(done, tmp_path / "work") == []


# -- aws-policy and check-leaks ------------------------------------------------------------


def test_the_policy_is_printed_as_json() -> None:
    """What is printed can be piped into `aws iam create-policy`."""
    done = CliRunner().invoke(cli, ["aws-policy", "--role-arn", ROLE, "--region", "eu-west-1"])
    assert done.exit_code == 0
    document = json.loads(done.output)
    assert document["Version"] == "2012-10-17"
    assert document["Statement"][0]["Resource"].endswith(":123456789012:model/cmc*")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role-arn", "role"),
        ("--role-arn", "arn:aws:iam::123456789012:role/*"),
        ("--role-arn", ROLE, "--region", "nowhere"),
    ],
)
def test_a_policy_for_no_role_or_no_region_is_refused(arguments: tuple[str, ...]) -> None:
    """A policy with a wildcard role would allow every role to be passed."""
    assert "is not" in refusal("aws-policy", *arguments)


def test_leaks_are_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 with file and line; 0 where there is none; 2 where there is nothing to search."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text(f"one\nmy token is {TOKEN}\n", "utf-8")
    look = ["results", "check-leaks", str(tmp_path / "out")]
    done = CliRunner(env=CANARY).invoke(cli, look)
    assert done.exit_code == 1
    assert "notes.txt:2: credentials of this machine" in done.output
    assert TOKEN not in done.output
    (tmp_path / "out" / "notes.txt").unlink()
    done = CliRunner(env=CANARY).invoke(cli, look)
    assert (done.exit_code, "3 known ones" in done.output) == (0, True)
    assert "no such folder" in refusal("results", "check-leaks", str(tmp_path / "nowhere"))


def test_keys_of_profiles_are_looked_for(tmp_path: Path) -> None:
    """Whatever profile a run was signed with, its keys are found."""
    (tmp_path / "credentials").write_text(
        f"[other]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n", "utf-8"
    )
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "f").write_text(SECRET, "utf-8")
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    done = CliRunner(env=env).invoke(cli, ["results", "check-leaks", str(tmp_path / "out")])
    assert (done.exit_code, "f:1: credentials of this machine" in done.output) == (1, True)

"""The curl line of a finding, run for real in a shell."""

from __future__ import annotations

import base64
import json
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command, environment, reference_server
from fakes.records import json_values
from hypothesis import HealthCheck, example, given, settings

from reports.reproduce import aws_cli_lines, aws_clients_can_send, boto3_lines, curl, reproduction

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

#: Longest single argument that Linux passes to a program.
LONGEST_ARGUMENT = 131_072

NASTY = {
    "ModelName": 'it\'s a "quote" `id` $(id) $HOME ${ENDPOINT} \\ ! %s %0a @/etc/passwd',
    "Tags": [{"Key": "line\nbreak\r\ttab\x00nul\x1b[31m", "Value": "\U0001f600 \u2028 ü \ud800"}],
}


def shell(line: str, **environ: str) -> tuple[int, bytes]:
    """Run a line in bash and return the HTTP status and body that curl shows."""
    done = subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        timeout=30,
        check=False,
        env=environment(**environ),
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    if b" 100 " in head.splitlines()[0]:
        head, _, body = body.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.fixture(scope="module")
def recording_server() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A server that remembers what it was sent: its URL and (path, headers, body) of requests."""
    seen: list[tuple[str, dict[str, str], bytes]] = []

    class Recording(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, dict(self.headers.items()), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Recording) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", seen
        server.shutdown()


@given(request_body=json_values())
@example(request_body=NASTY)
@example(request_body="@/etc/passwd")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_request_arrives_as_the_json_value_that_it_was(
    recording_server: tuple[str, list[Any]], request_body: Any
) -> None:
    """Quotes, newlines, NUL, emoji and lone surrogates survive the shell; headers are the API's."""
    url, seen = recording_server
    status, _ = shell(curl({"name": url, "endpoint": url}, "eu-west-3", request_body))
    path, headers, body = seen[-1]
    assert (status, path) == (200, "/")
    assert json.loads(body) == request_body
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert headers["X-Amz-Target"] == "SageMaker.CreateModel"
    assert "/eu-west-3/sagemaker/aws4_request" in headers["Authorization"]


def test_a_finding_on_a_target_without_url_asks_for_one_in_a_variable(
    recording_server: tuple[str, list[Any]],
) -> None:
    """For moto in this process the line sends to $ENDPOINT, whatever is in that variable."""
    url, seen = recording_server
    line = curl({"name": "moto", "endpoint": "http://localhost/"}, "us-east-1", NASTY)
    before = len(seen)
    assert shell(line, ENDPOINT=url)[0] == 200
    assert len(seen) == before + 1
    assert json.loads(seen[-1][2]) == NASTY


@pytest.mark.parametrize("token", ["", "token/of+a=session"])
def test_aws_is_asked_with_the_keys_of_whoever_runs_the_line(
    recording_server: tuple[str, list[Any]], token: str
) -> None:
    """Keys are named by their variables, so that lines can be shown to anybody."""
    url, seen = recording_server
    line = curl({"name": "aws", "endpoint": url}, "us-east-1", {"ModelName": "m"})
    keys = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "s/e+c"}
    assert shell(line, **keys, **({"AWS_SESSION_TOKEN": token} if token else {}))[0] == 200
    headers = seen[-1][1]
    assert "Credential=AKIACANARY/" in headers["Authorization"]
    assert headers.get("X-Amz-Security-Token", "") == token
    assert "test" not in line


def test_the_line_for_aws_is_signed_well(tmp_path: Path) -> None:
    """A service that checks signatures takes the line, with these keys and no others."""
    body = {
        "ModelName": "m",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1"},
    }
    with reference_server(options=("--sigv4", "AKIACANARY:s/e+c")) as (url, _):
        line = curl({"name": "aws", "endpoint": url}, "us-east-1", body)
        keys = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "s/e+c"}
        good = shell(line, **keys)[0]
        body["ModelName"] = "n"
        line = curl({"name": "aws", "endpoint": url}, "us-east-1", body)
        with_token = shell(line, **keys, AWS_SESSION_TOKEN="token/of+a=session")[0]
        bad, said = shell(line, **{**keys, "AWS_SECRET_ACCESS_KEY": "other"})
    assert (good, with_token, bad) == (200, 200, 400)
    assert b"InvalidSignatureException" in said


@pytest.mark.parametrize("target", ["aws", "aws-emulator", "aws-emulator:9300"])
def test_programs_for_aws_hold_no_keys(target: str) -> None:
    """boto3 and the AWS CLI find the keys themselves; the endpoint is the target's."""
    where = {"name": target, "endpoint": "https://127.0.0.1:9297/"}
    for lines in (boto3_lines, aws_cli_lines):
        text = lines(where, "us-east-1", {"request": {"ModelName": "m"}})
        assert "test" not in text
        assert "https://127.0.0.1:9297/" in text


@pytest.mark.parametrize("path", ["/a b/'c'", "/$HOME/`id`/;x", "/{a,b}/[1-3]"])
def test_a_url_with_characters_of_the_shell_is_sent_as_it_is(
    recording_server: tuple[str, list[Any]], path: str
) -> None:
    """Nothing in a URL is expanded, neither by the shell nor by curl: one request is sent."""
    url, seen = recording_server
    before = len(seen)
    target = {"name": url, "endpoint": url.rstrip("/") + path.replace(" ", "%20")}
    assert shell(curl(target, "us-east-1", {}))[0] == 200
    assert [each[0] for each in seen[before:]] == [path.replace(" ", "%20")]


FAULTS = (
    "container-environment-value-max-length-absent",
    "container-hostname-pattern-dollar-anchored",
    "container-mode-enum-open",
    "containers-max-items-16",
    "execution-role-arn-pattern-up-to-nul",
    "execution-role-arn-type-unchecked",
    "refuses-astral",
    "tag-key-pattern-absent",
    "tag-value-max-length-257",
)
RULES = (
    "CreateModel/Containers:max-items",
    "CreateModel/ExecutionRoleArn:*",
    "CreateModel/PrimaryContainer.ContainerHostname:pattern",
    "CreateModel/PrimaryContainer.Environment{value}:*",
    "CreateModel/PrimaryContainer.Mode:*",
    "CreateModel/Tags[].*",
)


def test_every_curl_line_of_a_run_gives_the_status_of_its_finding(tmp_path: Path) -> None:
    """Against a server with faults, each line of the report reproduces what the run saw."""
    with reference_server(*FAULTS) as (url, _):
        select = [part for rule in RULES for part in ("--select", rule)]
        done = command("run", url, "--out", "out", "--seed", "1", *select, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
        found = [
            finding
            for rule in document["rules"]
            for finding in (rule["finding"], rule["other_finding"])
            if finding
        ]
        assert document["leftovers"] == 0
        assert len(found) >= 8
        for finding in found:
            assert len(finding["curl"]) < LONGEST_ARGUMENT
            assert shell(finding["curl"])[0] == finding["reply"]["status"], finding["curl"]
        sent = json.dumps([finding["request"] for finding in found])
        assert {e for e in ("\\n", "\\u0000", "\\ud8") if e not in sent} == set()


def test_the_curl_lines_of_a_scenario_take_its_steps_in_order(tmp_path: Path) -> None:
    """The program of calls that a finding shows gives the same answer at its end, once more."""
    with reference_server("duplicate-overwrites") as (url, _):
        options = ("--out", "out", "--select", "lifecycle/duplicate-name-is-rejected")
        done = command("run", url, *options, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
        (finding,) = (rule["finding"] for rule in document["rules"] if rule["finding"])
        lines = finding["curl"].splitlines()
        assert len(lines) == len(finding["before"]) + 1 > 1
        answers = [step["reply"]["status"] for step in (*finding["before"], finding)]
        assert [shell(line)[0] for line in lines] == answers


def test_raw_bytes_arrive_as_they_were_sent(recording_server: tuple[str, list[Any]]) -> None:
    """What no JSON can say is piped to curl, under another name, with the headers it had."""
    url, seen = recording_server
    sent = b'{"ModelName": "cmcabcdefghij", \xff\x00'
    finding = {
        "operation": "CreateModel",
        "request": "",
        "http": {
            "method": "POST",
            "headers": {"Content-Type": "text/plain", "X-Odd": "it's"},
            "body_base64": base64.b64encode(sent).decode(),
            "bytes": len(sent),
            "signing": "none",
        },
        "before": [],
    }
    assert shell(reproduction({"name": url, "endpoint": url}, "us-east-1", finding))[0] == 200
    _, headers, body = seen[-1]
    assert body == sent.replace(b"cmc", b"try")
    assert headers["Content-Type"] == "text/plain"
    assert headers["X-Odd"] == "it's"
    assert "Authorization" not in headers


def test_the_boto3_program_reproduces_what_it_says(tmp_path: Path) -> None:
    """Run by Python it gives the answer of the finding, also behind steps that are rejected."""
    with reference_server("model-name-max-length-64", "duplicate-overwrites") as (url, _):
        select = ("CreateModel/ModelName:max-length", "lifecycle/duplicate-name-is-rejected")
        options = [part for rule in select for part in ("--select", rule)]
        done = command("run", url, "--out", "out", *options, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
        found = [rule["finding"] for rule in document["rules"] if rule["finding"]]
        assert len(found) == 2
        for finding in found:
            assert aws_clients_can_send(finding)
            ran = subprocess.run(
                [sys.executable, "-c", boto3_lines(document["target"], "us-east-1", finding)],
                capture_output=True,
                text=True,
                env=environment(),
                timeout=60,
                check=False,
            )
            assert ran.returncode == 0, ran.stderr
            assert "'HTTPStatusCode': 200" in ran.stdout
            assert "'ModelArn': 'arn:aws:sagemaker" in ran.stdout


def test_what_the_aws_clients_cannot_send_is_known() -> None:
    """Wrong JSON types, nulls, unknown members and raw bytes are left to curl."""
    plain = {"ModelName": "a" * 64, "Tags": [{"Key": "k", "Value": "v"}]}
    assert aws_clients_can_send({"request": plain})
    for request in (
        [],
        {"ModelName": 5},
        {"ModelName": "a", "Tags": None},
        {"ModelName": "a", "Nonsense": 1},
        {"ModelName": "a", "Tags": [{"Key": "k", "Value": "v", "More": 1}]},
        {"ModelName": "a", "PrimaryContainer": {"Environment": {"A": None}}},
    ):
        assert not aws_clients_can_send({"request": request}), request
    raw = {"method": "POST", "headers": {}, "body_base64": "", "bytes": 0, "signing": "usual"}
    assert not aws_clients_can_send({"request": "{}", "operation": "CreateModel", "http": raw})
    unsendable = {"operation": "ListModels", "request": {"NextToken": None}, "http": None}
    assert not aws_clients_can_send({"request": plain, "before": [unsendable]})


def test_the_lines_of_the_aws_cli_are_a_command_for_each_step() -> None:
    """Operations in kebab case, the body quoted for a shell, the client's own checks off."""
    body = {"ModelName": "it's"}
    finding = {
        "operation": "CreateModel",
        "request": body,
        "http": None,
        "before": [{"operation": "ListTags", "request": {"ResourceArn": "x"}, "http": None}],
    }
    target = {"name": "http://127.0.0.1:1", "endpoint": "http://127.0.0.1:1/"}
    setup, first, second = aws_cli_lines(target, "us-east-1", finding).split("\n")
    assert "parameter_validation = false" in setup
    assert first.startswith("aws sagemaker list-tags --region us-east-1 --endpoint-url http://")
    assert shlex.split(second)[-2:] == ["--cli-input-json", json.dumps(body)]

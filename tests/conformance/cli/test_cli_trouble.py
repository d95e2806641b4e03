"""Wrong usage and trouble: one sentence on standard error, exit code 2, no traceback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command, command_here

from conformance.cli import Refused

ONE = ("--select", "CreateModel/ModelName:max-length")


def sentence(done: Any, code: int = 2) -> str:
    """The one sentence of a command that was refused."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    return str(line)


REFUSED = [
    (("nosuch",), "unknown target 'nosuch'"),
    (("",), "unknown target ''"),
    (("ftp://127.0.0.1",), "unknown target"),
    (("http://",), "not a URL"),
    (("http://[::1",), "not a URL"),
    (("http://127.0.0.1:0",), "not a URL"),
    (("http://127.0.0.1:99999",), "not a URL"),
    (("http://user:secret@127.0.0.1:1",), "not a URL"),
    (("https://sagemaker.us-east-1.amazonaws.com",), "say --allow-aws "),
    (("https://api.sagemaker.cn-north-1.amazonaws.com.cn/",), "say --allow-aws "),
    (("https://SAGEMAKER.EU-WEST-1.AMAZONAWS.COM.",), "say --allow-aws "),
    (("https://vpce-1.sagemaker.eu-west-1.vpce.amazonaws.com",), "say --allow-aws "),
    (("reference:nosuch",), "no fault named 'nosuch'"),
    (("reference:",), "no fault named ''"),
    (("wsgi:nosuch:app",), "cannot be imported"),
    (("wsgi:os:sep",), "not callable"),
    (("wsgi:os",), "must have the form wsgi:MODULE:NAME"),
    (("python:os:getcwd",), "has no method send"),
    (("python:os:abort_",), "cannot be imported"),
    (("python:json:loads",), "could not be made"),
    (("moto", "--select", "CreateModel/Nonsense*"), "no rule matches 'CreateModel/Nonsense*'"),
    (("moto", "--deselect", "nope"), "no rule matches 'nope'"),
    (("moto", *ONE, "--deselect", "*"), "leave no rule"),
    (("moto", "--account", "12345"), "account '12345'"),
    (("moto", "--account", "٠١٢٣٤٥٦٧٨٩٠١"), "not an account of twelve digits"),
    (("moto", "--region", "nowhere"), "region 'nowhere'"),
    (("moto", "--region", "us-east-1\n"), "is not a region"),
    (("moto", "--timeout", "0"), "a timeout is"),
    (("moto", "--timeout", "-1"), "a timeout is"),
    (("moto", "--timeout", "nan"), "a timeout is"),
    (("http://127.0.0.1:9", "--timeout", "inf"), "a timeout is"),
    (("moto", "--client", "boto3"), "--client boto3 needs a target with a URL"),
    (("https://127.0.0.1:9", "--ca-bundle", "nofile.pem"), "--ca-bundle nofile.pem: no such file"),
    (("moto", "--aws-profile", "nosuch"), "credential profile 'nosuch'"),
    (("moto", "--role-arn", "arn:aws:iam::1:role/x"), "breaks the specification at ExecutionRole"),
    (("moto", "--image", "spaced image"), "breaks the specification at PrimaryContainer.Image"),
    (("moto", "--image", "mine:1"), "An image outside Amazon ECR comes with"),
    (("moto", "--model-data-url", "s3://b/model"), "ModelDataUrl ends with .tar.gz"),
    (("moto", *ONE, "--out", "empty"), "--out empty cannot be written: File exists"),
    (("moto", *ONE, "--out", "empty/below"), "--out empty/below cannot be written: Not a direct"),
    (("moto", *ONE, "--out", "x" * 300), "cannot be written: File name too long"),
]


NAMED = [" ".join(arguments)[:60] for arguments, _ in REFUSED]


@pytest.mark.parametrize(("arguments", "says"), REFUSED, ids=NAMED)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """Exit code 2, one line on standard error that names the trouble, nothing left on disk."""
    (tmp_path / "empty").touch()
    assert says in sentence(command_here("run", *arguments, cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(*each, marks=[pytest.mark.proof] * (n % 9 != 0))
        for n, each in enumerate(REFUSED)
    ],
    ids=NAMED,
)
def test_a_process_of_its_own_refuses_in_the_same_sentence(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """As a user sees it: nothing comes from the start or the end of the process."""
    (tmp_path / "empty").touch()
    assert says in sentence(command("run", *arguments, cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("nosuch",), ("run", "moto", "-n", "0"), ("run", "moto", "-n", "x"), ("compare",)],
)
def test_wrong_usage_shows_the_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Exit code 2 with the usage and one line that begins with Error."""
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: createmodel-conformance")
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_an_exception_of_many_lines_is_told_on_one(tmp_path: Path) -> None:
    """A user's module that fails on import is named with its reason."""
    (tmp_path / "mine.py").write_text('raise RuntimeError("first\\nsecond")\n', "utf-8")
    assert "first second" in sentence(command("run", "wsgi:mine:app", cwd=tmp_path))


def test_an_address_where_nobody_listens_is_named(free_port: int, tmp_path: Path) -> None:
    """The sentence says which URL does not answer and why, without object addresses."""
    url = f"http://127.0.0.1:{free_port}"
    said = sentence(command("run", url, *ONE, cwd=tmp_path))
    assert f"{url} does not answer" in said
    assert "refused" in said
    assert " at 0x" not in said


def test_a_host_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """A name that cannot be resolved is one sentence, too."""
    said = sentence(command("run", "http://host.invalid:1", *ONE, cwd=tmp_path))
    assert "http://host.invalid:1 does not answer" in said


@contextmanager
def web_server(status: int, content_type: str, body: bytes) -> Iterator[str]:
    """A server that gives one answer to everything: its URL."""

    class OneAnswer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), OneAnswer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


PAGES = {
    "a page": (200, "text/html", b"<html><body>Welcome</body></html>"),
    "a page that is missing": (404, "text/html", b"<h1>Not Found</h1>"),
    "a method that is unknown": (501, "text/html", b"<h1>Unsupported method ('POST')</h1>"),
    "a method that is not allowed": (405, "text/html", b"<h1>Method Not Allowed</h1>"),
    "a login page elsewhere": (302, "text/html", b"<a href=/login>moved</a>"),
    "nothing": (200, "text/plain", b""),
    "a bad request": (400, "text/html", b"<h1>Bad Request</h1>"),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_url_that_serves_something_else_is_no_aws_endpoint(page: str, tmp_path: Path) -> None:
    """A web server is told apart from an emulator before anything is judged."""
    with web_server(*PAGES[page]) as url:
        said = sentence(command_here("run", url, *ONE, cwd=tmp_path))
    assert f"{url} is not an AWS JSON endpoint" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bundle", [(), ("--ca-bundle", "empty")])
def test_https_where_no_tls_is_spoken_is_one_sentence(
    bundle: tuple[str, ...], tmp_path: Path
) -> None:
    """A wrong scheme, or a CA bundle without certificates, is told as trouble with the target."""
    (tmp_path / "empty").touch()
    with web_server(200, "text/plain", b"") as url:
        secure = url.replace("http", "https")
        said = sentence(command("run", secure, *ONE, *bundle, cwd=tmp_path))
    assert f"{secure} does not answer: " in said


def test_an_endpoint_that_speaks_aws_json_but_cannot_create_models_is_judged(
    tmp_path: Path,
) -> None:
    """UnknownOperationException is an answer: the run is inconclusive, not refused."""
    body = json.dumps({"__type": "UnknownOperationException", "message": "no"}).encode()
    with web_server(400, "application/x-amz-json-1.1", body) as url:
        done = command("run", url, *ONE, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "inconclusive" in done.stdout


def test_an_aws_domain_in_an_option_does_not_matter_only_the_host_does(
    free_port: int, tmp_path: Path
) -> None:
    """A path that looks like AWS is not refused as AWS."""
    url = f"http://127.0.0.1:{free_port}/amazonaws.com"
    assert "does not answer" in sentence(command("run", url, *ONE, cwd=tmp_path))


def test_what_a_sentence_quotes_is_not_repeated_at_length() -> None:
    """A word of a stranger's file may be a million characters long."""
    said = Refused(f"the verdict is not {'9' * 1_000_000}\nbut").format_message()
    assert said.startswith("the verdict is not 999")
    assert len(said) < 1_100

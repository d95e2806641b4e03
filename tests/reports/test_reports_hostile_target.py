"""A target whose every string is markup, control characters and one megabyte long."""

from __future__ import annotations

import json
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fakes.processes import command
from jsonschema import Draft202012Validator

from reports.files import REPORTS
from reports.schemas import schema

HARM = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "]]>[b]|@x`\x1b[2J\x9b31m\u202e\x00"
)
FLOOD = HARM * (900_000 // len(HARM))


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The URL of a server that accepts everything and says harmful things at length."""

    class Hostile(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps({"ModelArn": FLOOD, "message": HARM}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "<script>alert(3)</script>")
            self.send_header("Content-Length", str(len(body)))
            for number in range(80):
                self.send_header(f"X-Harm-{number}", "<b>" * 100)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_all_reports_of_a_hostile_target_are_safe_and_bounded(hostile: str, tmp_path: Path) -> None:
    """No report grows with the target's strings, and in none does one of them do anything."""
    rules = ("CreateModel/ModelName:max-length", "response/*", "lifecycle/describe-name")
    select = [part for rule in rules for part in ("--select", rule)]
    done = command("run", hostile, "--out", "out", *select, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    said = done.stdout + done.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said)
    assert len(said) < 10_000
    folder = tmp_path / "out"
    limits = {"report.json": 600_000, "report.html": 200_000, "summary.md": 64_000}
    for name in REPORTS:
        text = (folder / name).read_text("utf-8")
        assert len(text) < limits.get(name, 100_000), (name, len(text))
        assert "\x1b" not in text, name
        assert "\x00" not in text, name
    ET.parse(folder / "junit.xml")
    html = (folder / "report.html").read_text("utf-8")
    assert html.count("<script") == 1
    assert "<img" not in html
    assert "<script" not in (folder / "summary.md").read_text("utf-8")
    Draft202012Validator(schema("report")).validate(
        json.loads((folder / "report.json").read_text("utf-8"))
    )
    events = Draft202012Validator(schema("events"))
    for line in (folder / "events.ndjson").read_text("utf-8").splitlines():
        assert len(line) < 200_000
        events.validate(json.loads(line))
    shown = command("show", "out", "response/*", cwd=tmp_path)
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert len(shown.stdout) < 100_000

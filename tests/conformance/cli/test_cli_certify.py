"""``certify`` and ``verify`` as users start them."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from fakes.processes import command, reference_server, start, until


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--region", "eu-west-1"), "the frozen requests are for us-east-1"),
        (("--client", "boto3"), "certificates need requests that boto3 cannot send"),
        (("--requirements", "1999.1"), "there is no requirement set '1999.1'; there is 2026.2"),
        (("--key", "nowhere.pem"), "nowhere.pem cannot be read"),
        (("--role-arn", "!"), "a given resource breaks the specification"),
        (("--image", "mine:1"), "the frozen requests need an image in ECR"),
    ],
)
def test_what_cannot_be_certified_is_refused_at_once(
    options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """Exit code 2 and one sentence, before anything was sent."""
    done = command("certify", "reference", "--out", "out", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_nobody_there_is_refused(tmp_path: Path) -> None:
    """Exit code 2, and no certificate."""
    done = command("certify", "http://127.0.0.1:9/", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "does not answer" in done.stderr


def test_ctrl_c_leaves_a_record_and_no_certificate(tmp_path: Path) -> None:
    """Exit code 130; what was judged until then can be read; nothing of ours is left."""
    with reference_server() as (url, _):
        process = start("certify", url, "--out", "out", cwd=tmp_path)
        events = tmp_path / "out" / "events.ndjson"
        until(lambda: events.exists() and events.read_bytes().count(b"\n") > 20, seconds=60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert not (tmp_path / "out" / "certificate.json").exists()
    last = json.loads(events.read_text("utf-8").splitlines()[-1])
    assert (last["complete"], last["leftovers"]) == (False, 0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "it is no JSON, or gives a member twice"),
        ("[" * 100_000, "it is no JSON, or gives a member twice"),
        ('{"predicate": 1, "predicate": 2}', "it is no JSON, or gives a member twice"),
        ("{}", "it is neither an in-toto statement nor an envelope around one"),
    ],
)
def test_what_is_no_certificate_is_refused(content: str, says: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence that names the file."""
    (tmp_path / "x.json").write_text(content)
    done = command("verify", "x.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: x.json is no certificate: {says}\n"


@pytest.mark.proof
def test_the_reference_is_certified_and_moto_is_not(tmp_path: Path) -> None:
    """The whole set: a certificate that stands for the reference; for moto none, with reasons."""
    done = command("certify", "reference-server", "--out", "r", cwd=tmp_path, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Certified: 2026.2 Full." in done.stdout
    done = command("verify", "r/certificate.json", "--record", "r", cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout
    assert "judged again every verdict on them stands" in done.stdout
    done = command("certify", "moto", "--out", "m", cwd=tmp_path, timeout=900)
    assert done.returncode == 1
    assert "Not certified: 2026.2 Core, for 264 reason(s):" in done.stdout
    assert "CreateModel/ModelName:max-length: The target accepted an illegal request" in done.stdout
    assert not (tmp_path / "m" / "certificate.json").exists()

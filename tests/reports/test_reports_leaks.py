"""Secrets in results are found by what they are or look like; ordinary results hold none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fakes.results import Results
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire import encode
from conformance.wire.signing import Credentials, Signer
from reports.leaks import Leak, Unreadable, leaks

KEY, SECRET = "ASIACANARYCANARY1234", "canary/Secret+canary/Secret+canary/Se123"
HEADER = (
    Signer("us-east-1", Credentials(KEY, SECRET)).signed(encode("X", {})).headers["Authorization"]
)
HEX = HEADER.rpartition("=")[2]

FORMS = {
    f"key {KEY} id": {"an access key id"},
    json.dumps({"aws_secret_access_key": SECRET}): {"a secret key"},
    json.dumps({"SecretAccessKey": SECRET}): {"a secret key"},
    json.dumps(json.dumps({"SecretAccessKey": SECRET})): {"a secret key"},
    f"AWS_SECRET_ACCESS_KEY={SECRET}": {"a secret key"},
    f"{KEY}:{SECRET}": {"an access key id", "a secret key"},
    f"Authorization: {HEADER}": {"an access key id", "an Authorization header", "a signature"},
    f"https://h/?X-Amz-Signature={HEX}": {"a signature"},
    "X-Amz-Security-Token: " + "Ab1/" * 20: {"a session token"},
    "IQoJb3JpZ2luX2VjE" + "a" * 40: {"a session token"},
}


def found(folder: Path, *secrets: str) -> list[tuple[str, int, str]]:
    """What is found in a folder: file, line and kind."""
    return [(each.path.name, each.line, each.kind) for each in leaks(folder, secrets)]


@pytest.mark.parametrize("text", FORMS, ids=lambda _: "")  # a signature is new in every process
def test_what_looks_secret_is_found(text: str, tmp_path: Path) -> None:
    """Each form is named by its kind, with the file and the line that it stands in."""
    (tmp_path / "some.txt").write_text(f"first\n{text}\nlast\n", "utf-8")
    assert set(found(tmp_path)) == {("some.txt", 2, kind) for kind in FORMS[text]}


def test_compressed_files_in_folders_are_searched(tmp_path: Path) -> None:
    """The exchanges are compressed; lines are those of the text. Order is that of the names."""
    (tmp_path / "deep").mkdir()
    with gzip.open(tmp_path / "deep" / "exchanges.ndjson.gz", "wt") as file:
        file.write(f"{{}}\n{{}}\n{KEY}\n")
    (tmp_path / "a").write_text(KEY, "utf-8")
    assert list(leaks(tmp_path)) == [
        Leak(tmp_path / "a", 1, "an access key id"),
        Leak(tmp_path / "deep" / "exchanges.ndjson.gz", 3, "an access key id"),
    ]


def test_a_cut_off_file_is_searched_as_far_as_it_goes(tmp_path: Path) -> None:
    """A run that was killed leaves a compressed file without an end."""
    whole = gzip.compress(f"{KEY}\n".encode() + bytes(range(256)) * 40)
    (tmp_path / "exchanges.ndjson.gz").write_bytes(whole[:-20])
    assert found(tmp_path) == [("exchanges.ndjson.gz", 1, "an access key id")]


@given(secret=st.from_regex(r"[A-Za-z0-9/+]{16,40}", fullmatch=True), around=st.binary(max_size=30))
def test_known_secrets_are_found_amid_anything(
    secret: str, around: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A secret that is known has no form; it is found wherever it stands."""
    folder = tmp_path_factory.mktemp("leak")
    (folder / "f").write_bytes(around + secret.encode() + around)
    assert "credentials of this machine" in {kind for _, _, kind in found(folder, secret)}


def test_what_only_speaks_of_secrets_is_not_found(tmp_path: Path) -> None:
    """Names of headers, redacted values, digests and AWS's own example are no secrets."""
    (tmp_path / "f").write_text(
        "Authorization: AWS4-HMAC-SHA256 Credential=REDACTED\n"
        f"X-Amz-Content-SHA256: {HEX}\nSignature=REDACTED\nAKIAIOSFODNN7EXAMPLE\n"
        "curl --aws-sigv4 aws:amz:us-east-1:sagemaker --user test:test\n",
        "utf-8",
    )
    assert found(tmp_path) == []


def test_the_results_of_a_whole_run_hold_no_secrets(moto_run: Results) -> None:
    """A run with dummy keys, auth/ rules included, leaves nothing that looks like a secret."""
    assert list(leaks(moto_run.folder)) == []


def test_a_file_that_is_not_what_it_says_is_told(tmp_path: Path) -> None:
    """What cannot be searched is no clean bill: it is said."""
    (tmp_path / "broken.gz").write_bytes(b"no gzip")
    with pytest.raises(Unreadable, match=r"broken\.gz cannot be searched"):
        list(leaks(tmp_path))

"""``compare`` between two releases of moto: what its maintainers changed is what it tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from fakes.moto_versions import install, moto_server
from fakes.processes import command

#: The last release that answered deletions of missing models as S3 might, and the first after it.
OLD, NEW = "5.1.22", "5.2.0"
MISSING = {"lifecycle/missing-code", "lifecycle/missing-status", "lifecycle/missing-message"}
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "SageMaker.DeleteModel",
    "Authorization": "AWS4-HMAC-SHA256 "
    "Credential=test/20260101/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00",
}


def changed(folder: Path, old: str, new: str, *options: str) -> tuple[int, dict[str, set[str]]]:
    """The exit code of a comparison, and the rules of each kind."""
    done = command("compare", old, new, "--json", *options, cwd=folder)
    kinds: dict[str, set[str]] = {}
    for each in json.loads(done.stdout)["changes"]:
        kinds.setdefault(each["kind"], set()).add(each["rule"])
    return done.returncode, kinds


@pytest.mark.proof
def test_a_real_difference_between_two_releases_of_moto_is_told(tmp_path: Path) -> None:
    """DeleteModel of a missing model: 404 NoSuchModel in XML before 5.2, ValidationException since.

    So three rules are fixed from one release to the other, and new the other way round, also when
    the findings are sent again to the server with the old release.
    """
    answers = {}
    for version in (OLD, NEW):
        folder = tmp_path / version
        with moto_server(install(version, folder), folder) as url:
            reply = requests.post(url, '{"ModelName": "nobody"}', headers=HEADERS, timeout=10)
            answers[version] = (reply.status_code, reply.headers["x-amzn-errortype"])
            options = ("--select", "lifecycle/*", "--seed", "1", "--account", "123456789012")
            done = command("run", url, *options, "--out", f"run-{version}", cwd=tmp_path)
            assert done.returncode == 1, done.stderr
    assert answers == {OLD: (404, "NoSuchModel"), NEW: (400, "ValidationException")}

    code, kinds = changed(tmp_path, f"run-{OLD}", f"run-{NEW}")
    assert (code, kinds["fixed"]) == (0, MISSING)
    assert set(kinds) == {"fixed", "still"}
    code, kinds = changed(tmp_path, f"run-{NEW}", f"run-{OLD}")
    assert (code, kinds["new"]) == (1, MISSING)
    with moto_server(tmp_path / OLD / "bin" / "python", tmp_path) as url:
        again = ("--replay", url, "--account", "123456789012")
        assert changed(tmp_path, f"run-{NEW}", f"run-{OLD}", *again)[1]["new"] == MISSING
    with moto_server(tmp_path / NEW / "bin" / "python", tmp_path) as url:
        again = ("--replay", url, "--account", "123456789012")
        code, kinds = changed(tmp_path, f"run-{NEW}", f"run-{OLD}", *again)
        assert (code, kinds["flaky"]) == (0, MISSING)

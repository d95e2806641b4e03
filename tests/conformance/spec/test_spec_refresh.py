"""Taking the snapshot of the service model again."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from conformance.spec import documents, refresh


def test_snapshot_of_the_installed_botocore_is_the_pinned_one_when_versions_agree() -> None:
    """From the pinned botocore the snapshot comes out exactly as it is pinned."""
    taken, pinned = refresh.snapshot(), documents.model()
    assert taken["botocore"] == botocore.__version__
    if taken["botocore"] == pinned["botocore"]:
        assert taken == pinned
    assert set(pinned["shapes"]) & set(taken["shapes"]) >= {"ModelName", "RoleArn", "ModelArn"}
    assert taken.keys() == pinned.keys()


def test_snapshot_has_every_shape_that_another_shape_names() -> None:
    """Following a reference inside the snapshot never leads nowhere."""
    shapes = refresh.snapshot()["shapes"]
    named = {
        name
        for shape in shapes.values()
        for name in (
            *shape.get("members", {}).values(),
            *(shape[part] for part in ("member", "key", "value") if part in shape),
        )
    }
    assert named | {"CreateModelInput", "CreateModelOutput"} == set(shapes)


def test_refresh_rewrites_the_document_and_prints_both_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes the snapshot as JSON and says how the digest changed."""
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(refresh, "files", lambda _package: tmp_path)
    refresh.main()
    written = json.loads((tmp_path / "data" / "model.json").read_text("utf-8"))
    assert written == refresh.snapshot()
    printed = capsys.readouterr().out
    assert printed.startswith("model.json: sha256:")
    assert printed.count("sha256:") == 2

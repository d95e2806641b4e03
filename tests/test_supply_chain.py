"""What is installed: every dependency is bounded, and the lock file is in step with the bounds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.lock"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
BUILD = PROJECT["build-system"]["requires"]
#: The extra ``trend`` is among the packages of ``dev``, and so is the build system.
DIRECT = [*RUNTIME, *BUILD, *(each for extra in EXTRAS.values() for each in extra)]


def locked() -> dict[str, list[tuple[str, list[str]]]]:
    """The lock file: for each package its versions (one for each marker) with their hashes."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    entries = re.split(r"\n(?=[A-Za-z])", LOCK.read_text("utf-8").strip())
    for entry in entries:
        text = entry.partition("\n    #")[0].replace("\\\n", " ")
        pinned = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text)
        assert pinned is not None, text[:80]
        hashes = re.findall(r"--hash=(\S+)", text)
        found.setdefault(canonicalize_name(pinned[1]), []).append((pinned[2], hashes))
    return found


@pytest.mark.parametrize("given", DIRECT)
def test_every_dependency_has_a_lowest_and_an_upper_bound(given: str) -> None:
    """A new major version, or a calendar year far away, is taken on purpose."""
    operators = {each.operator for each in Requirement(given).specifier}
    assert operators == {">=", "<"}


@pytest.mark.parametrize("given", DIRECT)
def test_the_lock_file_has_every_direct_dependency_within_its_bounds(given: str) -> None:
    """Whoever changes pyproject.toml runs `make lock`."""
    wanted = Requirement(given)
    versions = locked().get(canonicalize_name(wanted.name), [])
    assert versions, f"{wanted.name} is not locked: make lock"
    for version, _ in versions:
        assert wanted.specifier.contains(version), f"{wanted.name} {version}: make lock"


def test_every_locked_version_has_hashes() -> None:
    """pip --require-hashes takes nothing else."""
    for name, versions in locked().items():
        for version, hashes in versions:
            assert hashes, (name, version)
            assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes)


def test_the_lock_file_names_no_place() -> None:
    """Neither an index, a folder nor a host: whoever installs uses their own."""
    text = LOCK.read_text("utf-8")
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|(?:^|\s)/\w|@ ", text)

"""The wheel: what is in it, and that it judges moto from an empty virtual environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from fakes.processes import environment

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("conformance", "strategies", "reports")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tree, so that nothing is left in the checkout."""
    place = tmp_path_factory.mktemp("build")
    tree = place / "tree"
    tree.mkdir()
    for name in SOURCES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, tree / path.name)
    (tree / "tests").mkdir()
    (tree / "tests" / "test_nothing.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place)],
        cwd=tree,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_our_packages_and_the_plugin_and_nothing_else(wheel: Path) -> None:
    """Three packages, one module, metadata; tests and the tree's other files stay out."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {*SOURCES, "createmodel_conformance_pytest.py"}
    assert not any("test_nothing" in name or "__pycache__" in name for name in names)
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_wheel_holds_every_module_and_data_file_of_the_packages(wheel: Path) -> None:
    """Specification data, schemas and py.typed are shipped; nothing of the packages is missing."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for source in SOURCES
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert expected - names == set()
    for needed in (
        "conformance/spec/data/model.json",
        "conformance/spec/data/reference.json",
        "reports/schemas/report.schema.json",
        "conformance/suite/test_createmodel.py",
        *(f"{source}/py.typed" for source in SOURCES),
    ):
        assert needed in names


def test_the_wheel_names_its_command_its_plugin_and_its_licence(wheel: Path) -> None:
    """Entry points and metadata are those of pyproject.toml."""
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        points = archive.read(f"{info}/entry_points.txt").decode()
        metadata = archive.read(f"{info}/METADATA").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
    assert "createmodel-conformance = conformance.cli:main" in points
    assert "[pytest11]\ncreatemodel_conformance = createmodel_conformance_pytest" in points
    for line in (
        "Name: createmodel-conformance",
        "License-Expression: Apache-2.0",
        "Requires-Python: >=3.11",
    ):
        assert line in metadata.splitlines()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment with the wheel in it.

    Dependencies are those of this environment, by a path and without its editable install; so
    nothing is downloaded and nothing of the checkout can be imported.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    bin_folder = home / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps"]
    options = ["--no-index", "--disable-pip-version-check", "--no-compile", "-q"]
    done = subprocess.run(
        [*pip, *options, str(wheel)], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (packages,) = home.glob("lib/python*/site-packages") if os.name != "nt" else [home / "Lib"]
    # A plain path entry: the .pth files inside that folder (our editable install) are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return bin_folder


def test_what_is_imported_is_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    """In the new environment none of our modules comes from the checkout."""
    code = (
        "import conformance, strategies, reports, createmodel_conformance_pytest as p\n"
        "print(*(m.__file__ for m in (conformance, strategies, reports, p)), sep='\\n')"
    )
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    files = [Path(line) for line in done.stdout.splitlines()]
    assert len(files) == 4
    assert all(path.is_relative_to(installed.parent) for path in files)


def test_the_installed_command_judges_moto_from_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    """The main job runs with nothing but the wheel: exit code 1, and the report is there."""
    chosen = "CreateModel/ModelName*"
    done = subprocess.run(
        [
            installed / "createmodel-conformance",
            "run",
            "moto",
            "--select",
            chosen,
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    (report,) = tmp_path.glob("conformance-results/*/report.json")
    document = json.loads(report.read_text("utf-8"))
    assert (document["complete"], document["verdict"]) == (True, "nonconforming")


def test_the_installed_package_brings_its_schemas(installed: Path, tmp_path: Path) -> None:
    """Schemas are read from the installed package, not from a checkout."""
    code = "from reports.schemas import NAMES, schema; print(*(schema(n)['title'] for n in NAMES))"
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "report.json" in done.stdout


def test_the_installed_plugin_is_found_by_pytest(installed: Path, tmp_path: Path) -> None:
    """``pytest --pyargs conformance.suite`` works from the wheel."""
    done = subprocess.run(
        [
            installed / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider",
            "--pyargs", "conformance.suite", "--createmodel-target", "reference",
            "--createmodel-select", "response",
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout

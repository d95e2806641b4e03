"""moto in versions from the package index, each in an environment and a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.processes import environment, until

_ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


def install(version: str, folder: Path) -> Path:
    """Install a version of moto into a new environment and return its Python.

    Without a package index the test is skipped, but never in CI.
    """
    python = folder / "bin" / "python"
    if shutil.which("uv"):
        _run("uv", "venv", "--quiet", "--python", sys.executable, str(folder))
        pip = ["uv", "pip", "install", "--quiet", "--python", str(python)]
    else:
        venv.create(folder, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = _run(*pip, f"moto[server]=={version}")
    if done.returncode:
        message = f"moto {version} cannot be installed, is there a package index? {done.stderr}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message[:500])
    return python


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    # With the developer's own environment: it says where the package index is.
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=600)


@contextmanager
def moto_server(python: Path, folder: Path) -> Iterator[str]:
    """A server in a child process, on a port of the loopback interface that it chooses."""
    log = folder / "moto.log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            env=environment(),
            stdout=file,
            stderr=file,
            cwd=folder,
        ) as process,
    ):
        try:
            assert until(lambda: bool(_ADDRESS.search(log.read_text())), seconds=60), (
                log.read_text()
            )
            found = _ADDRESS.search(log.read_text())
            assert found is not None
            yield found[1]
        finally:
            process.terminate()

"""Child processes for tests: the command line as users start it, and servers to point it at."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path

from click.testing import CliRunner

from conformance.cli import cli

#: Variables of the pytest around the test, or of the developer, that a child must not see. Without
#: files of byte code, each pytest in a child would rewrite the assertions of all plugins anew.
_NOT_FOR_CHILDREN = re.compile(
    "PYTEST_.*|NO_COLOR|FORCE_COLOR|CI|AWS_.*|.*_PROXY|PYTHONPATH|PYTHONDONTWRITEBYTECODE"
)

COMMAND = [sys.executable, "-m", "conformance"]


def environment(**more: str) -> dict[str, str]:
    """The environment of a child process."""
    kept = {k: v for k, v in os.environ.items() if not _NOT_FOR_CHILDREN.fullmatch(k.upper())}
    return {**kept, "PYTHONUTF8": "1", **more}


def start(*arguments: str, cwd: Path, **more: str) -> subprocess.Popen[str]:
    """Start the command line in a session of its own, so that nothing of it can hide from us."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def command(
    *arguments: str, cwd: Path, stdin: bytes = b"", timeout: float = 120, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end; its output is decoded strictly as UTF-8."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(**more),
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def command_here(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process, for what no other process sees; it is there at once."""
    hidden = dict.fromkeys(set(os.environ) - set(environment()))
    with chdir(cwd):
        done = CliRunner(env=hidden).invoke(cli, arguments, prog_name="createmodel-conformance")
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


@contextmanager
def reference_server(
    *faults: str, options: Sequence[str] = ()
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A reference service in a child process: its URL and the process."""
    options = [*options, *(part for fault in faults for part in ("--fault", fault))]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "conformance.reference", "--port", "0", *options],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening on ").strip()
            if not url.startswith("http://127.0.0.1:"):
                process.wait(30)
                errors.seek(0)
                raise AssertionError(f"no address: {process.returncode}, {errors.read()}")
            yield url, process
        finally:
            process.kill()


def until(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    """Wait until a condition holds; tells whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def processes_of_session(leader: int) -> list[str]:
    """The command lines of living processes in a session (Linux)."""
    found = subprocess.run(
        ["ps", "-o", "stat=,args=", "-s", str(leader)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]

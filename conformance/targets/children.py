"""Child processes that the suite starts, it also ends; they end by themselves when it is killed."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, Any

#: Runs a module as ``python -m`` does, until the other end of its standard input is closed: the
#: system does that for a process that is killed.
_TETHERED = """
import os, runpy, sys, threading
def end_with_parent():
    while os.read(0, 1):
        pass
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def start(
    module: str, *arguments: str, stdout: int, stderr: int | IO[Any]
) -> subprocess.Popen[Any]:
    """Start a Python module as a child process that does not outlive this one.

    Ctrl-C does not reach it: it is ended when we have cleaned up.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _TETHERED, module, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )


def end(process: subprocess.Popen[Any]) -> None:
    """End a child process: ask, wait five seconds, then insist."""
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()

"""Keeps two runs out of one folder: who writes holds a lock, which ends with the process."""

from __future__ import annotations


class InUse(OSError):
    """Another run is writing to this folder."""


def lock(file: int) -> None:
    """Take a file for this process until it ends or closes it. Raises ``InUse``."""
    try:
        import fcntl
    except ImportError:  # Windows: nobody is kept out
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise InUse(problem.errno, "a run that is still going on writes there") from problem
    except OSError:  # a file system without locks
        return

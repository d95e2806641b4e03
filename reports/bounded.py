"""Reads the files that commands are given, and no more of one than any honest file has.

A device or a pipe may have no end: ``/dev/zero`` is not read until the memory is full.
"""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import IO

#: Bytes of a record's events, a certificate, a list of known findings or a request, at most. The
#: events of a deep run have a few megabytes.
MOST = 1 << 26


def all_of(file: IO[bytes]) -> bytes:
    """Return what is left of a file. Raises ``OSError`` with a reason when it is too long."""
    data = file.read(MOST + 1)
    if len(data) > MOST:
        raise OSError(errno.EFBIG, f"it is longer than {MOST} bytes")
    return data


def bytes_of(path: Path | str) -> bytes:
    """Return the content of a file. Raises ``OSError``."""
    with open(path, "rb") as file:
        return all_of(file)


def text_of(path: Path | str) -> str:
    """Return the text of a file in UTF-8, every end of a line a ``\\n``.

    Raises ``OSError``, and ``UnicodeDecodeError`` where it is no text.
    """
    return io.TextIOWrapper(io.BytesIO(bytes_of(path)), "utf-8").read()

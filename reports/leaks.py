"""Finds what looks like AWS keys, tokens or signatures in the files of a results folder.

What is found is named by its kind, its file and its line, and never shown.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

#: Key ids of long-term and temporary keys; those that end so are of AWS's documentation.
_KEY_ID = rb"\b(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}\b"

#: What stands between a name and its value: an equals sign, or a colon and quotes, also escaped.
_IS = rb"[\"'\\\s]{0,4}(?:[=:]|%3D|\\u003d|,)[\"'\\\s\[]{0,6}"

_FORMS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("an access key id", re.compile(_KEY_ID)),
    (
        "a secret key",
        re.compile(
            rb"secret[-_ ]?(?:access[-_ ]?)?key" + _IS + rb"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
            rb"|" + _KEY_ID + rb"[^A-Za-z0-9/+]{1,8}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
            re.IGNORECASE,
        ),
    ),
    (
        "a session token",
        re.compile(
            rb"(?:session|security)[-_]?token" + _IS + rb"[A-Za-z0-9/+=%]{60}"
            rb"|\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9/+=%]{20}",
            re.IGNORECASE,
        ),
    ),
    ("an Authorization header", re.compile(rb"AWS4-HMAC-SHA256[ +]Credential=(?!REDACTED)")),
    ("a signature", re.compile(rb"Signature" + _IS + rb"[0-9a-f]{64}", re.IGNORECASE)),
)

_LONGEST_LINE = 1 << 24  # bytes: what is longer is looked at in parts
_OVERLAP = 4096


@dataclass(frozen=True)
class Leak:
    """Something secret in a file: where, counted from line 1 (of the text in a .gz), and what."""

    path: Path
    line: int
    kind: str


class Unreadable(Exception):
    """A file cannot be searched; the message says which and why."""


def leaks(folder: Path, secrets: Iterable[str] = ()) -> Iterator[Leak]:
    """Yield what leaked into the files of a folder, each kind once a line.

    ``secrets`` are looked for besides, as they are and as URLs and JSON spell them. Raises
    ``Unreadable``.
    """
    known = [each.encode() for secret in secrets for each in _spellings(secret)]
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    for path in paths:
        if not path.is_file():
            continue
        try:
            with _opened(path) as file:
                yield from _in_file(path, file, known)
        except (OSError, EOFError, zlib.error) as problem:
            raise Unreadable(f"{path} cannot be searched: {problem}") from problem


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), secret.replace("/", "\\/")} if secret else set()


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _in_file(path: Path, file: IO[bytes], known: list[bytes]) -> Iterator[Leak]:
    number, before = 1, b""
    try:
        while part := file.readline(_LONGEST_LINE):
            text = before + part
            for kind in _kinds(text, known):
                yield Leak(path, number, kind)
            ended = part.endswith(b"\n")
            number, before = number + ended, b"" if ended else text[-_OVERLAP:]
    except EOFError:
        return  # a run was cut off: what came so far was searched


def _kinds(text: bytes, known: list[bytes]) -> Iterator[str]:
    if any(each in text for each in known):
        yield "credentials of this machine"
    for kind, form in _FORMS:
        if form.search(text):
            yield kind

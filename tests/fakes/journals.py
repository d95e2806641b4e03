"""Journals of runs that were killed, as they have written them down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.engine.journal import Heading, JournalFile, folder_of, path_of

LETTERS = "cmcabcdefghij"
OURS = tuple(f"{LETTERS}a-{number:06}-conformance" for number in range(3))
LIKE_OURS = ("a", "cmc", f"{OURS[0]}x", f"{LETTERS}a", "cmcabcdefghiza-000000-conformance")


def journal(folder: Path, target: str, *events: dict[str, Any]) -> None:
    """What a run that was killed has written down."""
    folder.mkdir(exist_ok=True)
    heading = Heading(target, target, "us-east-1", "requests", LETTERS, list(LIKE_OURS))
    file = JournalFile.begun(path_of(folder), heading)
    for event in events:
        file.note({"operation": "CreateModel", **event})
    file.close()


def intent(name: str, **more: Any) -> dict[str, Any]:
    """A create that was about to leave."""
    return {"event": "intent", "name": name, "at": 1.0, **more}


def owned(name: str, **more: Any) -> dict[str, Any]:
    """A create that was answered."""
    return {"event": "owned", "name": name, "arn": None, **more}


def journal_of_cluster(folder: Path, *replicas: str) -> None:
    """What a run on a cluster that was killed has written down: who is asked, and for how long."""
    for number, url in enumerate(replicas, 1):
        where = folder_of(folder, number)
        where.mkdir(parents=True)
        heading = Heading(url, url, "us-east-1", "requests", LETTERS, list(LIKE_OURS), True)
        JournalFile.begun(path_of(where), heading).close()

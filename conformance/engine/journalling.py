"""Begins and ends the journal of a run in its folder, so that none is there without need."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from conformance.engine.cleanup import Settled, names_that_matter, seconds_to_come, settle_twice
from conformance.engine.conversation import Conversation, TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.engine.journal import (
    Heading,
    JournalFile,
    folder_of,
    is_of_a_replica,
    join_all,
    ledger_of,
    path_of,
    paths,
    read,
)
from conformance.engine.listing import Listing, list_models
from conformance.engine.run import Plan
from conformance.targets import TargetProblem, outlives_us

#: Pages of 100 models that are looked through at the start, at most.
_PAGES = 50


class Journalling:
    """The journals of one run in one folder; ``heading`` is what they begin with."""

    def __init__(self, folder: Path, heading: Heading, talk: Conversation) -> None:
        """Open the first. Raises ``OSError`` when the folder cannot be written."""
        self.folder, self.heading = folder, heading
        self._talk = talk
        #: Whether an earlier part of this run has left a journal, which may tell of models.
        self.is_resumed = path_of(folder).exists()
        self._made = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._file = JournalFile.begun(path_of(folder), heading)
        except OSError:
            self._remove()
            raise
        talk.ledger.journal = self._file
        talk.ledger.before = None if heading.before is None else frozenset(heading.before)

    def join_others(self) -> None:
        """Let count what the workers and the earlier parts of this run have written down."""
        join_all(self._talk.ledger, *read(self.folder))

    def back_out(self) -> bool:
        """Delete what was made before anything was judged; tell whether nothing is left of it."""
        talk = self._talk
        if self.is_resumed:
            self.join_others()
        elif talk.was_strange and not talk.was_understood:  # no AWS endpoint: it keeps no models
            self._close()
            self._remove()
            return True
        settled: Settled | None = Settled((), ())
        if not talk.ledger.is_settled:
            settled = None
            with suppress(TargetGone, OutOfTime), talk.deadlines.regardless():
                settled = settle_twice(talk, again=True)
        return self.end(settled)

    def end(self, settled: Settled | None) -> bool:
        """Close the journals; where everything is settled there is no need for them.

        It is not while a create may be carried out that had no answer.
        """
        self._close()
        is_clean = settled is not None and settled.is_clean and not seconds_to_come(self._talk)
        if is_clean:
            self._remove()
        return is_clean

    def _close(self) -> None:
        self._talk.ledger.journal = None
        self._file.close()

    def _remove(self) -> None:
        remove(self.folder)
        for folder in self._made:
            with suppress(OSError):  # there is more in it
                folder.rmdir()


def remove(folder: Path) -> None:
    """Take the journals out of a folder; where that is not allowed they are settled again later.

    The folder of a replica goes with them.
    """
    for path in paths(folder):
        with suppress(OSError):
            path.unlink()
    if is_of_a_replica(folder):
        with suppress(OSError):
            folder.rmdir()


def there_at_start(talk: Conversation, prefix: str) -> tuple[Listing, frozenset[str] | None]:
    """List what is there; return the names that might be taken for ours, ``None`` if unknown.

    Raises ``TargetProblem`` where that takes more than a minute.
    """
    listing = _listed(talk)
    return listing, names_that_matter(listing, prefix) if listing.is_whole else None


def _listed(talk: Conversation) -> Listing:
    try:
        with talk.deadlines.regardless():
            return list_models(talk, pages=_PAGES)
    except OutOfTime as over:
        raise TargetProblem(f"{talk.target.name} takes too long to list its models") from over


def begun_at_replica(
    plan: Plan, talk: Conversation, folder: Path, replica: int
) -> Journalling | None:
    """Have what bears the run's prefix deleted at the end, but for what was there before.

    For runs on a cluster: who made it is on another machine, and may be lost with what it knew. A
    journal is begun where it may outlive us. Raises as ``begun`` does.
    """
    talk.ledger.is_shared = True
    listing = _listed(talk)
    talk.ledger.before = names_that_matter(listing, plan.prefix)
    _demand_an_answer(listing, talk)
    if not outlives_us(plan.target):
        return None
    heading = _heading(plan, talk, talk.target.name, sorted(talk.ledger.before))
    return Journalling(folder_of(folder, replica), replace(heading, is_shared=True), talk)


def begun(plan: Plan, talk: Conversation, folder: Path) -> Journalling | None:
    """Begin a journal where what we make may outlive us; there, list what is there already.

    Raises ``OSError`` when the folder cannot be written, and ``TargetProblem`` when nobody answers.
    """
    if not outlives_us(plan.target):
        return None
    listing, there = there_at_start(talk, plan.prefix)
    _demand_an_answer(listing, talk)
    earlier = ledger_of(folder)
    if there is not None and earlier is not None:  # what is left of ours was not there before us
        there = frozenset(name for name in there if not earlier[1].may_have_made(name))
    before = None if there is None else sorted(there)
    return Journalling(folder, _heading(plan, talk, plan.target, before), talk)


def _demand_an_answer(listing: Listing, talk: Conversation) -> None:
    fault = listing.last.fault
    if fault is not None and fault.kind in ("connect", "timeout"):
        raise TargetProblem(f"{talk.target.name} does not answer: {fault.detail}")


def _heading(plan: Plan, talk: Conversation, target: str, before: Sequence[str] | None) -> Heading:
    return Heading(
        target=target,
        endpoint=talk.target.endpoint,
        region=talk.resources.region,
        client=plan.options.client,
        prefix=plan.prefix,
        before=before,
    )

"""``cleanup``: deletes what a run that was killed has left on its target."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli import INTERRUPTED, NOT_SETTLED, USAGE, Refused
from conformance.cli.consent import is_paid
from conformance.cli.options import target_of, target_options
from conformance.cli.records import record_of
from reports.safe import safe

if TYPE_CHECKING:
    from conformance.engine.cleanup import Settled
    from conformance.engine.conversation import Conversation
    from conformance.engine.journal import Heading, JournalFile
    from conformance.engine.ownership import Ledger
    from conformance.targets import Target
    from conformance.wire.signing import Credentials

#: Names that are shown, at most.
_MOST_SHOWN = 100

#: The name that AWS gives a model which is not there: it tells whose keys have asked.
_MODEL_ARN = re.compile(r"arn:[\w-]+:sagemaker:[\w-]+:(\d{12}):model/")


@click.command("cleanup", short_help="Delete what a killed run has left on its target.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--endpoint", metavar="URL", help="Where the target is now, if it has moved.")
@target_options
@click.pass_context
def command(ctx: click.Context, /, folder: Path, **given: Any) -> None:
    """Delete the models and endpoint configurations that the run in DIR made and did not delete,
    as its journal tells. Nothing else is touched: not even what is named alike. Where a create had
    no answer this waits until half a minute after it was sent.

    Exit code 0: nothing of the run is left. 2: wrong usage, or no run in DIR. 3: something is left,
    or the target does not say. 130: Ctrl-C.
    """
    broken: list[str] = []
    found = _all_journalled(folder, broken)
    if broken and not found:
        raise Refused(broken[0])
    for problem in broken:
        click.echo(f"Error: {problem}", err=True)
    if not found:
        click.echo(_without_journal(folder))
        ctx.exit(0)
    is_one_of_many = len(found) + len(broken) > 1
    if given["endpoint"] and is_one_of_many:
        inner = shlex.quote(str(found[0][0]))
        raise Refused(f"--endpoint is of one replica: `createmodel-conformance cleanup {inner}`")
    refused: list[Refused] = []
    is_clean = [_cleaned_up(each, given, refused, is_one_of_many=is_one_of_many) for each in found]
    for said in dict.fromkeys(each.format_message() for each in refused):
        click.echo(f"Error: {said}", err=True)
    if len(refused) == len(found):  # wrong usage: nothing could be tried
        ctx.exit(USAGE)
    ctx.exit(0 if all(is_clean) and not broken else NOT_SETTLED)


def _cleaned_up(
    found: tuple[Path, Heading, Ledger],
    given: Mapping[str, Any],
    refused: list[Refused],
    *,
    is_one_of_many: bool,
) -> bool:
    """Clean up after one journal and say what came of it; tell whether nothing is left.

    What cannot be done at all is added to ``refused``: others are cleaned up all the same.
    """
    folder, heading, ledger = found
    if is_one_of_many:
        click.echo(f"{safe(heading.target)}:")
    try:
        settled = _clean_up(folder, heading, ledger, given, waits=True)
    except click.exceptions.Exit as ended:
        if ended.exit_code == NOT_SETTLED:  # nobody answers there; others may
            return False
        raise
    except Refused as problem:
        refused.append(problem)
        return False
    _say(settled)
    return settled.is_clean


def clean_up_before(folder: Path, given: Mapping[str, Any]) -> None:
    """Delete what a run left that is gone on with. Raises ``Refused`` where nobody answers.

    What may still come is deleted by the run that goes on.
    """
    found = _journalled(folder)
    if found is not None:
        given = {**given, "endpoint": None}
        _say(_clean_up(folder, *found, given, waits=False), err=True)


def begin_afresh(folder: Path, goes_on_at: tuple[str, str] | None) -> None:
    """Refuse a folder whose journal is needed, and that this run does not go on with.

    A run deletes in the end what an earlier one at the same target has left in its folder:
    ``goes_on_at`` is its target and region, ``None`` where it cannot (keys may be of another
    account; a cluster has journals of its own).
    """
    from conformance.engine.cleanup import seconds_left
    from conformance.engine.journalling import remove

    if not os.path.isdir(folder):  # Path raises for long names
        return
    for where, heading, ledger in _all_journalled(folder):
        with suppress(Refused):
            is_over = record_of(folder).footer is not None
            is_settled = ledger.is_settled and not ledger.is_shared
            if is_over and is_settled and not seconds_left(ledger.silent):
                remove(where)
                continue
            is_gone_on_with = (heading.target, heading.region) == goes_on_at
            if is_over and is_gone_on_with and where == folder:
                continue
        raise Refused(
            f"{folder} is of a run that may have left models on {heading.target}: "
            f"say `createmodel-conformance cleanup {shlex.quote(str(folder))}` first"
        )


def _all_journalled(
    folder: Path, broken: list[str] | None = None
) -> list[tuple[Path, Heading, Ledger]]:
    """Return where journals stand, and what those there tell: one each for replicas.

    What is wrong with one is added to ``broken``, so that the others still count; raises
    ``Refused`` without that.
    """
    from conformance.engine.journal import folders

    found = []
    for each in folders(folder) or [folder]:  # without any the folder itself may be wrong
        try:
            told = _journalled(each)
        except Refused as problem:
            if broken is None:
                raise
            broken.append(problem.format_message())
            continue
        if told is not None:
            found.append((each, *told))
    return found


def _journalled(folder: Path) -> tuple[Heading, Ledger] | None:
    """Return what the journals in a folder tell, ``None`` without any. Raises ``Refused``."""
    from conformance.engine.journal import NotAJournal, held, ledger_of

    try:
        if held(folder):
            raise Refused(f"the run in {folder} is still going on")
        return ledger_of(folder)
    except NotAJournal as problem:
        raise Refused(str(problem)) from problem
    except OSError as problem:
        raise Refused(f"{folder} cannot be read: {problem.strerror}") from problem


def _without_journal(folder: Path) -> str:
    from conformance.targets import outlives_us

    record = record_of(folder)
    target = safe(str(record.header["target"]["name"]))
    is_unclear = record.footer is None or record.footer["leftovers"] > 0
    if outlives_us(target) and is_unclear and "replicas" in record.header["target"]:
        raise Refused(
            f"{folder} is of a run on a cluster that may have left something, and no journal tells "
            "what: look on each replica for models and configurations whose names begin with cmc"
        )
    if outlives_us(target):
        return f"Nothing is left to clean up: the run in {safe(folder)} has deleted what it made."
    return f"Nothing to clean up: {target} was a part of the run, and is gone with what it held."


def _clean_up(
    folder: Path, heading: Heading, ledger: Ledger, given: Mapping[str, Any], *, waits: bool
) -> Settled:
    """Settle what a ledger tells; ``waits`` for what may still be made by creates of late.

    Raises ``Refused`` for wrong usage; ends with 3 where nobody answers.
    """
    from conformance.engine import interruption
    from conformance.engine.cleanup import seconds_to_come, settle_twice
    from conformance.engine.conversation import Conversation, TargetGone
    from conformance.engine.deadlines import OutOfTime
    from conformance.engine.journalling import remove
    from conformance.engine.listing import list_models
    from conformance.targets import TargetProblem
    from strategies.resources import Resources

    who, credentials, rate = _reached(heading, given)
    try:
        with interruption.held_back(), _written(folder) as journal:
            region = Resources(region=heading.region)
            talk = Conversation(
                who, prefix=heading.prefix, resources=region, credentials=credentials, rate=rate
            )
            talk.ledger = ledger
            ledger.journal = journal
            fault = list_models(talk, heading.prefix, pages=1).last.fault
            if fault is not None:
                raise TargetProblem(f"{who.name} does not answer: {fault.detail}")
            if is_paid(heading.target):
                _check_account(talk, folder)
            settled = settle_twice(talk, again=not ledger.is_settled)
            if waits and (to_come := seconds_to_come(talk)):
                _wait(max(to_come), len(to_come))
                later = settle_twice(talk, again=False)
                settled = replace(later, deleted=settled.deleted + later.deleted)
            if settled.is_clean and not seconds_to_come(talk):
                remove(folder)
            return settled
    except (TargetProblem, TargetGone, OutOfTime) as problem:
        click.echo(f"Error: {safe(str(problem))}; nothing is known of what is left", err=True)
        raise click.exceptions.Exit(NOT_SETTLED) from problem
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    finally:
        who.close()


def _check_account(talk: Conversation, folder: Path) -> None:
    """Raise ``Refused`` where keys are of another account, in which all seems to be gone."""
    from conformance.engine.iam import account_of

    was = next(filter(None, map(account_of, talk.ledger.roles)), None)
    with suppress(Refused):
        was = (record_of(folder).header["options"].get("resources") or {}).get("account") or was
    body = {"ModelName": f"{talk.prefix}-never-made"}
    reading = talk.ask("DescribeModel", body, purpose="look").reading
    shown = _MODEL_ARN.search((reading.message if reading else None) or "")
    if was is not None and shown is not None and shown[1] != was:
        raise Refused("these keys are of another account than the run's: nothing was touched")


@contextmanager
def _written(folder: Path) -> Iterator[JournalFile]:
    """Yield the journal in a folder to be written on. Raises ``Refused`` where it cannot be."""
    from conformance.engine.journal import JournalFile, path_of

    try:
        journal = JournalFile(path_of(folder))
    except OSError as problem:
        raise Refused(f"{path_of(folder)} cannot be written: {problem.strerror}") from problem
    try:
        yield journal
    finally:
        journal.close()


def _wait(seconds: float, creates: int) -> None:
    """Wait for what a target may still make; Ctrl-C ends it."""
    from conformance.engine import interruption

    what, which = ("A create", "it") if creates == 1 else (f"{creates} creates", "them")
    waiting = f"waiting {seconds:.0f} s for what may come of {which}"
    click.echo(f"{what} had no answer; {waiting}.", err=True)
    with interruption.waiting():
        time.sleep(seconds)


def _reached(
    heading: Heading, given: Mapping[str, Any]
) -> tuple[Target, Credentials | None, float | None]:
    """Return the target of a journal, the keys to sign with, and the rate; consent is needed."""
    from conformance.targets import TargetProblem, resolve
    from conformance.targets.aws import NAME, NOT_ALLOWED, access, slowly
    from conformance.targets.settling import Settling
    from conformance.wire.signing import Signer

    context = click.get_current_context()
    if context.get_parameter_source("region") is ParameterSource.DEFAULT:
        given = {**given, "region": heading.region}
    elif given["region"] != heading.region:
        raise Refused(f"the run was in region {heading.region}, not in {given['region']}")
    target = given["endpoint"] or heading.target
    if heading.is_shared and (is_paid(target) or is_paid(heading.target)):
        raise Refused("no run on a cluster was at AWS: this journal is not one of ours")
    if given["endpoint"] and not given["endpoint"].startswith(("http://", "https://")):
        raise Refused(f"--endpoint {given['endpoint']} is not a URL")
    options, credentials = target_of({**given, "client": "requests"})
    try:
        if target == NAME:
            if not given["allow_aws"]:
                raise Refused(NOT_ALLOWED)
            found = access(heading.region, given["aws_profile"])
            options = replace(options, aws_endpoint=found.endpoint)
            credentials = found.credentials
        if is_paid(target):
            options = slowly(options)
        who = resolve(target, options, credentials)
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
    if is_paid(target):
        who = Settling(who, Signer(heading.region, credentials))
    return who, credentials, options.rate


def _say(settled: Settled, *, err: bool = False) -> None:
    _say_names("Deleted", settled.deleted, err=err)
    say_what_is_left(settled, err=err)
    if settled.is_clean:
        click.echo("Nothing of the run is left.", err=err)


def say_what_is_left(settled: Settled, *, err: bool = False) -> None:
    """Name what is left, and what may be the run's."""
    _say_names("Not deleted", settled.remaining, err=err)
    unasked = "Of these left alone, since no create of the run named them"
    _say_names(unasked, settled.unasked, err=err)
    _say_names("Perhaps the run's, perhaps not, and left alone", settled.unclear, err=err)
    if not settled.is_known:
        click.echo("What else is left the target does not say.", err=err)


def _say_names(what: str, names: Sequence[str], *, err: bool) -> None:
    if names:
        shown = ", ".join(safe(each) or "''" for each in names[:_MOST_SHOWN])
        more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
        click.echo(f"{what} ({len(names)}): {shown}{more}", err=err)

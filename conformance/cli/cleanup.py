"""``cleanup``: deletes what a run that was killed has left on its target."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli import INTERRUPTED, NOT_SETTLED, Refused
from conformance.cli.consent import is_paid
from conformance.cli.options import target_of, target_options
from conformance.cli.records import record_of
from reports.safe import safe

if TYPE_CHECKING:
    from conformance.engine.cleanup import Settled
    from conformance.engine.journal import Heading
    from conformance.engine.ownership import Ledger
    from conformance.targets import Target
    from conformance.wire.signing import Credentials

#: Names that are shown, at most.
_MOST_SHOWN = 100


@click.command("cleanup", short_help="Delete what a killed run has left on its target.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--endpoint", metavar="URL", help="Where the target is now, if it has moved.")
@target_options
@click.pass_context
def command(ctx: click.Context, /, folder: Path, **given: Any) -> None:
    """Delete the models and endpoint configurations that the run in DIR made and did not delete,
    as its journal tells. Nothing else is touched: not even what is named alike.

    Exit code 0: nothing of the run is left. 2: wrong usage, or no run in DIR. 3: something is left,
    or the target does not answer. 130: Ctrl-C.
    """
    found = _journalled(folder)
    if found is None:
        click.echo(_without_journal(folder))
        ctx.exit(0)
    settled, to_come = _clean_up(folder, *found, given)
    _say(settled, to_come)
    ctx.exit(NOT_SETTLED if settled.remaining or settled.unclear else 0)


def clean_up_before(folder: Path, given: Mapping[str, Any]) -> None:
    """Delete what a run left that is gone on with. Raises ``Refused`` where nobody answers."""
    found = _journalled(folder)
    if found is not None:
        settled, _ = _clean_up(folder, *found, {**given, "endpoint": None})
        _say(settled, 0, err=True)  # what may still come, the run itself deletes


def begin_afresh(folder: Path) -> None:
    """Refuse a folder whose journal is still needed; a settled one is taken away."""
    from conformance.engine.journalling import remove

    if not os.path.isdir(folder) or _journalled(folder) is None:  # Path raises for long names
        return
    with suppress(Refused):
        if record_of(folder).footer is not None:  # the user was told what is left
            remove(folder)
            return
    raise Refused(
        f"{folder} is of a run that was cut off and may have left models: "
        f"say `createmodel-conformance cleanup {folder}` first, or --resume"
    )


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
    if record.footer is None and "replicas" in record.header["target"]:
        raise Refused(
            f"{folder} is of a run on a cluster that was cut off, and no journal tells what it "
            "made: look on each replica for models whose names begin with cmc"
        )
    if outlives_us(target):
        return f"Nothing is left to clean up: the run in {safe(folder)} has deleted what it made."
    return f"Nothing to clean up: {target} was a part of the run, and is gone with what it held."


def _clean_up(
    folder: Path, heading: Heading, ledger: Ledger, given: Mapping[str, Any]
) -> tuple[Settled, int]:
    """Settle what a ledger tells; return also how many creates may be carried out even now.

    Raises ``Refused`` for wrong usage; ends with 3 where nobody answers.
    """
    from conformance.engine import interruption
    from conformance.engine.cleanup import may_be_carried_out, settle_twice
    from conformance.engine.conversation import Conversation, TargetGone
    from conformance.engine.deadlines import OutOfTime
    from conformance.engine.journal import JournalFile, path_of
    from conformance.engine.journalling import remove
    from conformance.engine.listing import list_models
    from conformance.targets import TargetProblem
    from strategies.resources import Resources

    who, credentials, rate = _reached(heading, given)
    journal = JournalFile(path_of(folder))
    try:
        with interruption.held_back():
            region = Resources(region=heading.region)
            talk = Conversation(
                who, prefix=heading.prefix, resources=region, credentials=credentials, rate=rate
            )
            talk.ledger = ledger
            ledger.journal = journal
            fault = list_models(talk, heading.prefix, pages=1).last.fault
            if fault is not None:
                raise TargetProblem(f"{who.name} does not answer: {fault.detail}")
            settled = settle_twice(talk, again=not ledger.is_settled)
            to_come = may_be_carried_out(ledger)
            if not settled.remaining and not settled.unclear and not to_come:
                remove(folder)
            return settled, to_come
    except (TargetProblem, TargetGone, OutOfTime) as problem:
        click.echo(f"Error: {safe(str(problem))}; nothing is known of what is left", err=True)
        raise click.exceptions.Exit(NOT_SETTLED) from problem
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    finally:
        journal.close()
        who.close()


def _reached(
    heading: Heading, given: Mapping[str, Any]
) -> tuple[Target, Credentials | None, float | None]:
    """Return the target of a journal, the keys to sign with, and the rate; consent is needed."""
    from dataclasses import replace

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


def _say(settled: Settled, to_come: int, *, err: bool = False) -> None:
    from conformance.engine.cleanup import CARRIED_OUT_WITHIN

    _say_names("Deleted", settled.deleted, err=err)
    say_what_is_left(settled, err=err)
    if not settled.remaining and not settled.unclear:
        click.echo("Nothing of the run is left.", err=err)
    if to_come:
        click.echo(
            f"{to_come} create(s) of the last {CARRIED_OUT_WITHIN:.0f} seconds had no answer: "
            "should the target carry them out later, say the same again.",
            err=err,
        )


def say_what_is_left(settled: Settled, *, err: bool = False) -> None:
    """Name what is still there and what may be the run's."""
    _say_names("Still there", settled.remaining, err=err)
    unasked = "Of these not deleted, since no create of the run named them"
    _say_names(unasked, settled.unasked, err=err)
    _say_names("Perhaps the run's, perhaps not, and left alone", settled.unclear, err=err)


def _say_names(what: str, names: Sequence[str], *, err: bool) -> None:
    if names:
        shown = ", ".join(safe(each) or "''" for each in names[:_MOST_SHOWN])
        more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
        click.echo(f"{what} ({len(names)}): {shown}{more}", err=err)

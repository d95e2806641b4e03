"""What commands share that send recorded requests again: a bench, and leaving nothing behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, Refused
from conformance.cli.options import target_of
from conformance.cli.records import blaming

if TYPE_CHECKING:
    from conformance.engine.judge import Bench
    from conformance.targets import Target
    from conformance.wire.signing import Credentials


@contextmanager
def bench_at(
    target: str, given: Mapping[str, Any], run: Mapping[str, Any], *records: Path
) -> Iterator[Bench]:
    """Yield a bench in front of a target that answers; in the end all that was made is deleted.

    ``given`` are the command's ``target_options``; what they do not say of how strict the target
    is and which resources it knows, ``run`` does (a header or a report). ``records`` are to blame
    for what goes wrong. Raises ``Refused`` when the target does not answer (any more); Ctrl-C ends
    the command with 130.
    """
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone
    from conformance.engine.journalling import there_at_start
    from conformance.engine.run import introduce
    from conformance.targets import TargetProblem, outlives_us, resolve

    options, credentials = target_of(given)
    try:
        who = resolve(target, options, credentials)
        try:
            with interruption.held_back(), blaming(*records):
                bench = _bench(who, given, run["options"], credentials, options.rate)
                if outlives_us(target):
                    _, bench.talk.ledger.before = there_at_start(bench.talk, bench.talk.prefix)
                introduce(bench)
                with _tidied(bench):
                    yield bench
        finally:
            who.close()
    except (TargetProblem, TargetGone) as problem:
        raise Refused(str(problem)) from problem
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def _bench(
    target: Target,
    given: Mapping[str, Any],
    options: Mapping[str, Any],
    credentials: Credentials | None,
    rate: float | None,
) -> Bench:
    from conformance.engine.judge import Bench
    from strategies.resources import Resources

    account = given["account"] or target.account
    named = {"account": Resources.account} | dict(options.get("resources") or {})
    if account is not None:
        named["account"] = account
    return Bench.at(
        target,
        resources=Resources.of({**named, "region": given["region"]}),
        account=account,
        credentials=credentials,
        demands_auth=given["auth"] or bool(options.get("auth")),
        model_limit=given["model_limit"] or options.get("model_limit"),
        rate=rate,
    )


@contextmanager
def _tidied(bench: Bench) -> Iterator[None]:
    from conformance.engine import interruption

    try:
        yield
    except KeyboardInterrupt:
        interruption.taken()
        click.echo("Interrupted; cleaning up, once more to stop at once.", err=True)
        raise
    finally:
        bench.talk.tidy()
        left = bench.talk.sweep()
        if left:
            click.echo(f"{left} model(s) that were created could not be deleted.", err=True)

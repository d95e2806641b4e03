"""``replay``: sends the recorded requests of a run's findings again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, Refused
from conformance.cli.options import target_of, target_options
from conformance.cli.records import record_of

if TYPE_CHECKING:
    from conformance.engine.judge import Bench

_NOT_SETTLED = 3


@click.command("replay", short_help="Send recorded requests again.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("rules", nargs=-1, metavar="[RULE...]")
@click.option("--target", metavar="TARGET", help="Whom to ask; else the target of the run.")
@target_options
@click.pass_context
def command(ctx: click.Context, /, run: Path, rules: tuple[str, ...], **given: Any) -> None:
    """Send the requests of RUN's findings again, exactly as recorded, and say what has become of
    each: still failing, fixed, different (it fails in another way) or unclear.

    RULE is an id or a glob. Exit code 0 when everything is fixed, 1 when anything fails, 3 when
    nothing fails and something is unclear, 2 for wrong usage.
    """
    from conformance.engine.conversation import TargetGone
    from conformance.targets import TargetProblem, resolve

    record = record_of(run)
    found = [event for event in record.judged if event["finding"] and _is_wanted(event, rules)]
    if not found:
        raise Refused(f"{run} has no finding" + (f" of {', '.join(rules)}" if rules else ""))
    options, credentials = target_of(given)
    try:
        target = resolve(
            given["target"] or str(record.header["target"]["name"]), options, credentials
        )
        try:
            outcomes = _replayed(found, _bench(target, given, record.header, credentials))
        finally:
            target.close()
    except (TargetProblem, TargetGone) as problem:
        raise Refused(str(problem)) from problem
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        ctx.exit(INTERRUPTED)
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    ctx.exit(_exit_code(outcomes))


def _is_wanted(event: Mapping[str, Any], globs: tuple[str, ...]) -> bool:
    return not globs or any(fnmatchcase(event["rule"], each) for each in globs)


def _bench(target: Any, given: Mapping[str, Any], header: Mapping[str, Any], keys: Any) -> Bench:
    from conformance.engine.judge import Bench
    from strategies.resources import Resources

    account = given["account"] or target.account
    return Bench.at(
        target,
        resources=Resources(account=account or Resources.account, region=given["region"]),
        account=account,
        seed=int(header["options"].get("seed") or 0),
        credentials=keys,
        demands_auth=given["auth"],
        model_limit=given["model_limit"],
    )


def _replayed(found: list[Mapping[str, Any]], bench: Bench) -> Counter[str]:
    from conformance.engine.replay import replay
    from reports.safe import safe

    outcomes: Counter[str] = Counter()
    try:
        for event in found:
            done = replay(event["rule"], event["side"], event["finding"], bench)
            outcomes[done.outcome] += 1
            said = f" ({safe(done.said)})" if done.said else ""
            click.echo(f"{done.outcome:13}  {safe(event['rule'])}{said}: {safe(done.why)[:300]}")
    finally:
        bench.talk.tidy()
        left = bench.talk.sweep()
        if left:
            click.echo(f"{left} model(s) that were created could not be deleted.", err=True)
    return outcomes


def _exit_code(outcomes: Counter[str]) -> int:
    from conformance.engine.replay import DIFFERENT, STILL_FAILING, UNCLEAR

    if outcomes[STILL_FAILING] or outcomes[DIFFERENT]:
        return 1
    return _NOT_SETTLED if outcomes[UNCLEAR] else 0

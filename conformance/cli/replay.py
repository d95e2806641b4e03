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
from conformance.cli.records import blaming, record_of

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
    """Send the requests of RUN's findings again, as recorded but for the models' names, and say
    what has become of each: still failing, fixed, different (it fails in another way) or unclear.

    RULE is an id or a glob; info rules decide nothing and are only asked for by their ids. Exit
    code 0 when everything is fixed, 1 when anything fails, 3 when nothing fails and something is
    unclear, 2 for wrong usage or a target that does not answer.
    """
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone
    from conformance.targets import TargetProblem, resolve

    record = record_of(run)
    levels = {rule["id"]: rule["level"] for rule in record.header["rules"]}
    found = [
        event
        for event in record.judged
        if event["finding"] and _is_wanted(event["rule"], levels.get(event["rule"]), rules)
    ]
    if not found:
        asked = f" of {', '.join(rules)}" if rules else " of a must rule"
        raise Refused(f"{run} has no finding{asked}")
    options, credentials = target_of(given)
    try:
        target = resolve(
            given["target"] or str(record.header["target"]["name"]), options, credentials
        )
        try:
            with interruption.held_back(), blaming(run):
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


def _is_wanted(rule: str, level: str | None, globs: tuple[str, ...]) -> bool:
    """Tell whether a rule's findings are sent again: those of info rules only when asked for."""
    if not globs:
        return level == "must"
    return any(fnmatchcase(rule, each) and (level == "must" or each == rule) for each in globs)


def _bench(target: Any, given: Mapping[str, Any], header: Mapping[str, Any], keys: Any) -> Bench:
    from conformance.engine.judge import Bench
    from strategies.resources import Resources

    account = given["account"] or target.account
    return Bench.at(
        target,
        resources=Resources(account=account or Resources.account, region=given["region"]),
        account=account,
        credentials=keys,
        demands_auth=given["auth"] or bool(header["options"].get("auth")),
        model_limit=given["model_limit"] or header["options"].get("model_limit"),
    )


def _replayed(found: list[Mapping[str, Any]], bench: Bench) -> Counter[str]:
    from conformance.engine import interruption
    from conformance.engine.replay import replay
    from conformance.engine.run import introduce
    from reports.safe import safe

    outcomes: Counter[str] = Counter()
    introduce(bench)
    try:
        for event in found:
            done = replay(event["rule"], event["side"], event["finding"], bench)
            outcomes[done.outcome] += 1
            said = f" ({safe(done.said)})" if done.said else ""
            click.echo(f"{done.outcome:13}  {safe(event['rule'])}{said}: {safe(done.why)[:300]}")
    except KeyboardInterrupt:
        interruption.taken()
        click.echo("Interrupted; cleaning up, once more to stop at once.", err=True)
        raise
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

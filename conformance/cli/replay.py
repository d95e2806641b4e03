"""``replay``: sends the recorded requests of a run's findings again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import NOT_SETTLED, Refused
from conformance.cli.options import target_options
from conformance.cli.records import record_of
from conformance.cli.sending import bench_at

if TYPE_CHECKING:
    from conformance.engine.judge import Bench


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
    target = given["target"] or str(record.header["target"]["name"])
    with bench_at(target, given, record.header, run) as bench:
        outcomes = _replayed(found, bench)
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    ctx.exit(_exit_code(outcomes))


def _is_wanted(rule: str, level: str | None, globs: tuple[str, ...]) -> bool:
    """Tell whether a rule's findings are sent again: those of info rules only when asked for."""
    from conformance.engine.selection import pattern

    if not globs or rule in globs:
        return level == "must" or rule in globs
    return level == "must" and any(pattern(each).fullmatch(rule) for each in globs)


def _replayed(found: list[Mapping[str, Any]], bench: Bench) -> Counter[str]:
    from conformance.engine.replay import replay
    from reports.safe import safe

    outcomes: Counter[str] = Counter()
    for event in found:
        done = replay(event["rule"], event["side"], event["finding"], bench)
        outcomes[done.outcome] += 1
        said = f" ({safe(done.said)})" if done.said else ""
        click.echo(f"{done.outcome:13}  {safe(event['rule'])}{said}: {safe(done.why)[:300]}")
    return outcomes


def _exit_code(outcomes: Counter[str]) -> int:
    from conformance.engine.replay import DIFFERENT, STILL_FAILING, UNCLEAR

    if outcomes[STILL_FAILING] or outcomes[DIFFERENT]:
        return 1
    return NOT_SETTLED if outcomes[UNCLEAR] else 0

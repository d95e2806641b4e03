"""``selftest``: the suite proven against a conformant service and hundreds of faults."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, Refused

if TYPE_CHECKING:
    from conformance.selftest import Baseline, Trial


def _chosen(globs: tuple[str, ...]) -> list[str]:
    from fnmatch import fnmatchcase

    from conformance.reference.faults import FAULTS
    from conformance.selftest import is_judged

    names = [name for name, fault in FAULTS.items() if is_judged(fault)]
    if not globs:
        return names
    chosen = [name for name in names if any(fnmatchcase(name, glob) for glob in globs)]
    if not chosen:
        raise click.UsageError(f"no fault matches {', '.join(map(repr, globs))}")
    return chosen


@click.command("selftest", short_help="Prove the suite against faults.")
@click.option("--full", is_flag=True, help="Try every fault on every rule; takes many minutes.")
@click.option(
    "--engines", is_flag=True, help="Also try each phase of Schemathesis alone on every fault."
)
@click.option("-n", "workers", default=1, show_default=True, type=click.IntRange(1, 36))
@click.option("--select", multiple=True, metavar="GLOB", help="Only these faults; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Seed of the random part.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of lines.")
@click.option(
    "--write",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the score and the table of faults as Markdown.",
)
@click.pass_context
def command(
    ctx: click.Context,
    full: bool,
    engines: bool,
    workers: int,
    select: tuple[str, ...],
    seed: int,
    as_json: bool,
    write: Path | None,
) -> None:
    """Judge the conformant reference service as it is, then with every fault of its catalogue.

    Exit code 1 when the reference fails anything, when a fault survives or is caught only by
    rules that do not concern it, or when a tolerated oddity is called a failure; else 0.
    """
    from conformance.engine import interruption
    from conformance.selftest import GOOD, baseline, redundant, trials
    from reports.mutation import score_lines, score_page

    names = _chosen(select)
    if write is not None and not write.parent.is_dir():
        raise Refused(f"--write {write}: there is no folder {write.parent}")
    started = time.monotonic()
    found: list[Trial] = []
    try:
        with interruption.held_back():
            found_baseline = baseline(seed=seed)
            if not as_json:
                _say_baseline(found_baseline)
            for each in trials(names, workers=workers, full=full, engines=engines, seed=seed):
                found.append(each)
                if not as_json:
                    _say(each)
    except KeyboardInterrupt:
        click.echo(f"Interrupted: {len(found)} of {len(names)} faults were tried.", err=True)
        ctx.exit(INTERRUPTED)
    rows = [asdict(each) for each in found]
    extra = redundant(found) if full else None
    if as_json:
        document = {"baseline": asdict(found_baseline), "trials": rows, "redundant": extra}
        click.echo(json.dumps(document, indent=1))
    else:
        for line in score_lines(asdict(found_baseline), rows):
            click.echo(line)
        if extra is not None:
            click.echo(f"{len(extra)} must rules catch nothing that another does not catch too")
            for rule_id in extra:
                click.echo(f"  redundant: {rule_id}")
        click.echo(f"{time.monotonic() - started:.0f} s")
    if write is not None:
        _write(write, score_page(asdict(found_baseline), rows, _table_facts()))
    outcomes = Counter(each.outcome for each in found)
    ctx.exit(0 if found_baseline.clean and set(outcomes) <= GOOD else 1)


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, "utf-8")
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}") from problem


def _table_facts() -> dict[str, Any]:
    """Return what the page says beside the trials: summaries of faults, sides without one."""
    from conformance.oracle.catalogue import all_rules
    from conformance.reference.faults import FAULTS
    from conformance.selftest import is_judged
    from conformance.spec.rules import MUST
    from strategies.cases import separable_side

    return {
        "summaries": {name: fault.summary for name, fault in FAULTS.items()},
        "reasons": {name: fault.reason for name, fault in FAULTS.items() if fault.reason},
        "not_judged": sum(not is_judged(fault) for fault in FAULTS.values()),
        "not_separable": [
            f"{rule.id} ({side})"
            for rule in all_rules()
            if rule.level == MUST
            for side in rule.sides
            if not separable_side(rule, side)
        ],
    }


def _say_baseline(found: Baseline) -> None:
    click.echo(
        f"reference: {found.rules} rules, {found.requests} requests, {found.seconds:.1f} s: "
        f"{len(found.failed)} failed, {len(found.unsettled)} open, {len(found.errors)} errors"
    )
    for which in ("failed", "unsettled", "errors"):
        for side in getattr(found, which):
            click.echo(f"  {which}: {side}")


def _say(each: Trial) -> None:
    expected = each.expected[0] if each.expected else f"({each.expect})"
    more = f" +{len(each.expected) - 1}" if len(each.expected) > 1 else ""
    click.echo(
        f"{each.outcome:12} {each.fault}: {expected}{more}"
        f"  [{each.requests} requests, {each.seconds:.2f} s]  failed: "
        f"{', '.join(each.failed) or 'nothing'}"
    )

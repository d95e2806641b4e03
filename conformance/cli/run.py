"""``run``: judges a target and leaves the record and the reports of the run."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, SUITE_FAULT, Refused
from conformance.cli.cleanup import clean_up_before
from conformance.cli.consent import (
    agreed,
    held_to,
    is_paid,
    with_access,
    with_named_resources,
)
from conformance.cli.judging import judge_plan
from conformance.cli.known_lists import known_findings
from conformance.cli.options import (
    SECONDS,
    depth_option,
    resource_options,
    resources_of,
    target_of,
    target_options,
)
from conformance.cli.resuming import options_of, resumed_run
from conformance.cli.scale_out import check_given, scaled_out

if TYPE_CHECKING:
    from conformance.engine.run import Plan


@click.command("run", short_help="Judge a target rule by rule.")
@click.argument("targets", metavar="TARGET...", nargs=-1)
@depth_option("How many requests for each rule.")
@click.option("--seed", type=int, help="Seed of the random part; else a new one, shown and kept.")
@click.option(
    "--seeds",
    default=1,
    show_default=True,
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="Judge each side with so many seeds, derived from the first.",
)
@click.option(
    "--cluster",
    metavar="dask://HOST:PORT",
    help="Judge on a Dask cluster; several TARGETs are replicas, used side by side.",
)
@click.option("--select", multiple=True, metavar="GLOB", help="Judge these rules; repeatable.")
@click.option("--deselect", multiple=True, metavar="GLOB", help="Leave these out; repeatable.")
@click.option("--exit-zero", is_flag=True, help="End with 0 when the run went to its end.")
@click.option(
    "-n",
    "workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Processes, 36 at most; with --cluster shards at a time on each replica.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show each request and what came back.")
@click.option("-q", "--quiet", is_flag=True, help="Show the verdict alone.")
@click.option(
    "--max-time",
    type=SECONDS,
    metavar="SECONDS",
    help="Time for the whole run; what is not judged by then is not.",
)
@click.option(
    "--rule-time",
    type=SECONDS,
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Time for one side of a rule, else it is inconclusive.",
)
@click.option(
    "--flaky-retries",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100),
    metavar="N",
    help="Send what failed again so often: an answer that changes is marked flaky.",
)
@click.option(
    "--known",
    "known_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A list of known findings: only what is not in it fails.",
)
@click.option("--yes", is_flag=True, help="At AWS: do not ask whether it is meant.")
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    metavar="N",
    help="At AWS: stop after so many; else twice what the built-in service needs, and 700.",
)
@click.option(
    "--max-models",
    type=click.IntRange(min=1),
    metavar="N",
    help="At AWS: make no more, one after the other; else twice what the built-in service makes.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Go on with the run in this folder, which was cut off.",
)
@target_options
@resource_options
@click.pass_context
def command(ctx: click.Context, /, targets: tuple[str, ...], **given: Any) -> None:
    """Judge TARGET: moto, moto-server, reference[:FAULT], reference-server[:FAULT], an http(s)
    URL, aws-emulator[:PORT], aws, wsgi:MODULE:APP or python:MODULE:NAME.

    Exit code 0: conforming. 1: nonconforming. 2: wrong usage or no such target. 3: inconclusive,
    nothing judged, or the target stopped answering. 4: a fault of this suite, or results that
    cannot be written to their end. 130: Ctrl-C. With --known, 1 means that a rule fails that is
    not listed, or that an entry is stale or expired, and 0 that nothing is new.

    A run that was cut off is gone on with by --resume DIR: options that it was begun with need
    not be said again, but for how the target is reached (keys, CA, time-outs, rate).
    """
    from conformance.engine import interruption
    from conformance.targets import TargetProblem, resolve
    from conformance.wire.redaction import Redaction

    if given["verbose"] and given["quiet"]:
        raise Refused("--verbose and --quiet cannot both be meant")
    resumed = None
    if given["resume"]:
        if len(targets) > 1 or given["cluster"] is not None:
            raise Refused("a run on a cluster cannot be resumed: begin it again")
        resumed = resumed_run(given["resume"], targets[0] if targets else None, given)
        targets, given = (resumed.target,), options_of(resumed, given)
    elif not targets:
        raise click.UsageError("Missing argument 'TARGET...'.")
    check_given(targets, given)
    target = targets[0]
    known = resumed.known if resumed else known_findings(given["known_file"])
    plan = _plan(target, given)
    allowance = agreed(plan, given) if is_paid(target) else None
    folder = given["out"] or _default_folder(target)
    if resumed is not None:
        plan = replace(plan, done=resumed.kept.judged)
        clean_up_before(folder, given)
    shown = "each" if given["verbose"] else "nothing" if given["quiet"] else "figures"
    try:
        with interruption.held_back(), scaled_out(plan, targets, given) as (plan, scale_out):
            who = resolve(plan.target, plan.options, plan.credentials)
            judged = who if allowance is None else held_to(who, plan, allowance)
            try:
                code, document = judge_plan(
                    plan,
                    judged,
                    folder,
                    shown=shown,
                    known=known,
                    resumed=resumed,
                    scale_out=scale_out,
                )
            finally:
                who.close()
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
    except KeyboardInterrupt:
        code = INTERRUPTED
        document = None
    except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
        raise
    except Exception as fault:  # noqa: BLE001 - a traceback would show what was signed with
        said = Redaction(plan.credentials).text(f"{type(fault).__name__}: {fault}")
        click.echo(f"Error: a fault of this suite: {' '.join(said.split())}", err=True)
        ctx.exit(SUITE_FAULT)
    went_to_its_end = document is not None and document["complete"]
    ctx.exit(0 if given["exit_zero"] and went_to_its_end else code)


def _plan(target: str, given: Mapping[str, Any]) -> Plan:
    from conformance.engine.run import Plan
    from conformance.engine.selection import UnknownGlob, selected
    from conformance.targets.aws import slowly

    if is_paid(target):
        given = with_named_resources(given)
    try:
        rules = selected(given["select"], given["deselect"])
    except UnknownGlob as problem:
        raise Refused(str(problem)) from problem
    if not rules:
        raise Refused("--select and --deselect leave no rule to judge")
    options, credentials = target_of(given)
    if target == "aws":
        options, credentials = with_access(options, given["aws_profile"])
        given = {**given, "region": options.region}
    if is_paid(target):
        options = slowly(options)
    return Plan(
        target=target,
        options=options,
        resources=resources_of(given),
        rules=rules,
        depth=given["depth"],
        seed=secrets.randbelow(2**32) if given["seed"] is None else given["seed"],
        seeds=given["seeds"],
        workers=given["workers"],
        select=given["select"],
        deselect=given["deselect"],
        account=given["account"],
        credentials=credentials,
        demands_auth=given["auth"],
        model_limit=given["model_limit"],
        flaky_retries=given["flaky_retries"],
        max_time=given["max_time"],
        rule_time=given["rule_time"],
    )


def _default_folder(target: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9.]+", "-", target).strip("-") or "target"
    return Path("conformance-results") / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"

"""``run``: judges a target and leaves the record and the reports of the run."""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, Refused
from conformance.cli.known_lists import known_findings
from conformance.cli.options import resource_options, target_of, target_options

if TYPE_CHECKING:
    from conformance.engine.record import Recorder
    from conformance.engine.run import Plan
    from conformance.targets import Target

_TARGET_GONE = 3
_SUITE_FAULT = 4
_SETTLES_WITHIN = 1.0  # seconds


@click.command("run", short_help="Judge a target rule by rule.")
@click.argument("target")
@click.option(
    "--depth",
    type=click.Choice(["quick", "standard", "deep"]),
    default="quick",
    show_default=True,
    help="How many requests for each rule.",
)
@click.option("--seed", type=int, help="Seed of the random part; else a new one, shown and kept.")
@click.option("--select", multiple=True, metavar="GLOB", help="Judge these rules; repeatable.")
@click.option("--deselect", multiple=True, metavar="GLOB", help="Leave these out; repeatable.")
@click.option("--exit-zero", is_flag=True, help="End with 0 when the run went to its end.")
@click.option("-n", "workers", default=1, show_default=True, type=click.IntRange(1, 36))
@click.option("-v", "--verbose", is_flag=True, help="Show each request and what came back.")
@click.option("-q", "--quiet", is_flag=True, help="Show the verdict alone.")
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
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results.")
@target_options
@resource_options
@click.pass_context
def command(ctx: click.Context, /, target: str, **given: Any) -> None:
    """Judge TARGET: moto, moto-server, reference[:FAULT], reference-server[:FAULT], an http(s)
    URL, wsgi:MODULE:APP or python:MODULE:NAME.

    Exit code 0: conforming. 1: nonconforming. 2: wrong usage or no such target. 3: inconclusive,
    nothing judged, or the target stopped answering. 4: a fault of this suite. 130: Ctrl-C. With
    --known, 1 means that a rule fails that is not listed, or that an entry is stale or expired,
    and 0 that nothing is new.
    """
    from conformance.engine import interruption
    from conformance.targets import TargetProblem, resolve

    if given["verbose"] and given["quiet"]:
        raise Refused("--verbose and --quiet cannot both be meant")
    known = known_findings(given["known_file"])
    plan = _plan(target, given)
    folder = given["out"] or _default_folder(target)
    try:
        with interruption.held_back():
            who = resolve(plan.target, plan.options, plan.credentials)
            try:
                code = _judge(plan, who, folder, given, known)
            finally:
                who.close()
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
    except KeyboardInterrupt:
        code = INTERRUPTED
    ctx.exit(code)


def _plan(target: str, given: Mapping[str, Any]) -> Plan:
    from conformance.engine.run import Plan
    from conformance.engine.selection import UnknownGlob, selected
    from strategies.resources import Resources

    try:
        rules = selected(given["select"], given["deselect"])
    except UnknownGlob as problem:
        raise Refused(str(problem)) from problem
    if not rules:
        raise Refused("--select and --deselect leave no rule to judge")
    account = given["account"]
    options, credentials = target_of(given)
    resources = Resources(
        account=account or Resources.account,
        region=given["region"],
        role_arn=given["role_arn"],
        image=given["image"],
        model_data_url=given["model_data_url"],
        subnets=tuple(given["subnet"]),
        security_groups=tuple(given["security_group"]),
    )
    _check_resources(resources)
    return Plan(
        target=target,
        options=options,
        resources=resources,
        rules=rules,
        depth=given["depth"],
        seed=secrets.randbelow(2**32) if given["seed"] is None else given["seed"],
        workers=given["workers"],
        select=given["select"],
        deselect=given["deselect"],
        account=account,
        credentials=credentials,
        demands_auth=given["auth"],
        model_limit=given["model_limit"],
        flaky_retries=given["flaky_retries"],
    )


def _check_resources(resources: Any) -> None:
    """Refuse resources of the user's that would make every base request illegal."""
    from conformance.oracle.violations import expectation
    from strategies.bases import base

    paths = ("PrimaryContainer.ModelDataUrl", "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds")
    broken = expectation(base(*paths, name="example", resources=resources)).violations
    if broken:
        first = broken[0]
        raise Refused(
            f"a given resource breaks the specification at {first.place}: {first.rule.statement}"
        )


def _default_folder(target: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9.]+", "-", target).strip("-") or "target"
    return Path("conformance-results") / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _judge(
    plan: Plan,
    who: Target,
    folder: Path,
    given: Mapping[str, Any],
    known: Mapping[str, Any] | None,
) -> int:
    from conformance.cli.progress import Progress
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone
    from conformance.engine.record import Recorder, header
    from conformance.engine.run import bench_of, introduce, judgements

    bench = bench_of(plan, who)
    try:
        introduction = introduce(bench)
    except KeyboardInterrupt:
        click.echo("Interrupted before anything was judged.", err=True)
        return INTERRUPTED
    target = {
        "name": who.name,
        "endpoint": who.endpoint,
        "account": bench.talk.account,
        "fingerprint": dict(who.fingerprint()),
    }
    try:
        recorder = Recorder(folder, header(target, _options(plan), plan.rules, known))
    except OSError as problem:
        raise Refused(f"--out {folder} cannot be written: {problem.strerror}") from problem
    reason, code = "", 0
    is_child = plan.target.partition(":")[0] in ("moto-server", "reference-server")
    spec = who.endpoint if is_child else plan.target
    try:
        recorder.exchanges("", "introduction", introduction)
        shown = "each" if given["verbose"] else "nothing" if given["quiet"] else "figures"
        with Progress(len(plan.sides), shown) as progress:
            for judgement in judgements(plan, bench, target_spec=spec):
                recorder.judged(judgement)
                progress.step(judgement)
    except KeyboardInterrupt:
        reason, code = "interrupted", INTERRUPTED
        interruption.taken()
    except TargetGone as problem:
        reason, code = str(problem), _TARGET_GONE
    except OSError as problem:
        click.echo(f"Error: {folder} cannot be written: {problem.strerror}", err=True)
        bench.talk.sweep()
        return _SUITE_FAULT
    leftovers = _leave(bench.talk, plan.prefix, recorder, interrupted=code == INTERRUPTED)
    _finish_undisturbed()
    recorder.close(
        complete=not reason,
        reason=reason,
        leftovers=leftovers,
    )
    verdict_code = _report(folder, reason, given["quiet"], interrupted=code == INTERRUPTED)
    return code or (0 if given["exit_zero"] else verdict_code)


def _finish_undisturbed() -> None:
    """From here on only files are written, in a moment: a further Ctrl-C must not cut them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _options(plan: Plan) -> dict[str, Any]:
    return {
        "depth": plan.depth,
        "seed": plan.seed,
        "region": plan.options.region,
        "client": plan.options.client,
        "auth": plan.demands_auth,
        "model_limit": plan.model_limit,
        "workers": plan.workers,
        "flaky_retries": plan.flaky_retries,
        "select": list(plan.select),
        "deselect": list(plan.deselect),
    }


def _leave(talk: Any, run_prefix: str, recorder: Recorder, *, interrupted: bool) -> int:
    """Delete what is ours; a second Ctrl-C stops even that. Returns how many models remain.

    A request whose answer was not waited for may still be carried out: after an interruption we
    look twice.
    """
    try:
        talk.tidy()
        talk.prefix = run_prefix  # that of all processes of this run
        remaining: int = talk.sweep()
        if interrupted or remaining:
            time.sleep(_SETTLES_WITHIN)
            remaining = talk.sweep()
    except KeyboardInterrupt:
        remaining = len(talk.leftovers)
    except Exception as problem:  # noqa: BLE001 - whatever happens here, the record is closed
        click.echo(f"Cleaning up failed: {problem}", err=True)
        remaining = len(talk.leftovers)
    recorder.exchanges("", "clean-up", talk.drain())
    return remaining


def _report(folder: Path, reason: str, quiet: bool, *, interrupted: bool) -> int:
    """Write the reports, print the summary and return the exit code of the verdict."""
    from rich.console import Console

    from reports.files import write_reports
    from reports.summary import exit_code
    from reports.terminal import print_summary

    document = write_reports(folder)
    console = Console(
        highlight=False,
        width=None if sys.stdout.isatty() else 120,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )
    print_summary(document, console, brief=quiet)
    if reason:
        what = "Interrupted" if interrupted else reason[0].upper() + reason[1:]
        click.echo(f"{what}: this run is partial.")
    if not quiet:
        click.echo(f"Results: {folder}{os.sep}  (report.html and others)")
    return exit_code(document)

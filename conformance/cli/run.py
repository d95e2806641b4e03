"""``run``: judges a target and leaves the record and the reports of the run."""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, Refused

if TYPE_CHECKING:
    from conformance.engine.record import Recorder
    from conformance.engine.run import Plan
    from conformance.targets import Target

_TARGET_GONE = 3
_SUITE_FAULT = 4
_SETTLES_WITHIN = 1.0  # seconds


def _target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a target and the resources it knows."""
    options = (
        click.option("--region", default="us-east-1", show_default=True, help="Region to ask."),
        click.option("--account", help="The target's account; else read from its first ARN."),
        click.option("--ca-bundle", type=click.Path(), help="CA certificates for https targets."),
        click.option("--timeout", default=30.0, show_default=True, help="Seconds for a request."),
        click.option("--role-arn", default="", help="An IAM role that the target knows."),
        click.option("--image", default="", help="A container image that the target knows."),
        click.option("--model-data-url", default="", help="s3://BUCKET/KEY of a model artifact."),
        click.option("--subnet", multiple=True, help="A subnet; may be repeated."),
        click.option("--security-group", multiple=True, help="A security group; may be repeated."),
        click.option(
            "--client",
            type=click.Choice(["requests", "boto3"]),
            default="requests",
            show_default=True,
            help="Who sends; boto3 sends only what boto3 can.",
        ),
        click.option("--aws-profile", help="Credential profile to sign with, instead of dummies."),
        click.option("--allow-aws", is_flag=True, help="Let a URL under an AWS domain be asked."),
        click.option("--auth", is_flag=True, help="The target checks signatures: judge that, too."),
        click.option(
            "--model-limit",
            type=click.IntRange(min=1),
            metavar="N",
            help="So many models fit into the target: judge what it says when it is full.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


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
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results.")
@_target_options
@click.pass_context
def command(ctx: click.Context, /, target: str, **given: Any) -> None:
    """Judge TARGET: moto, moto-server, reference[:FAULT], reference-server[:FAULT], an http(s)
    URL, wsgi:MODULE:APP or python:MODULE:NAME.

    Exit code 0: conforming. 1: nonconforming. 2: wrong usage or no such target. 3: inconclusive,
    nothing judged, or the target stopped answering. 4: a fault of this suite. 130: Ctrl-C.
    """
    from conformance.targets import TargetProblem, resolve

    plan = _plan(target, given)
    folder = given["out"] or _default_folder(target)
    try:
        with _sigterm_as_interrupt():
            who = resolve(plan.target, plan.options, plan.credentials)
            try:
                code = _judge(plan, who, folder, exit_zero=given["exit_zero"])
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
    from conformance.targets import TargetOptions, TargetProblem, check
    from conformance.wire.signing import profile_credentials
    from strategies.resources import Resources

    try:
        rules = selected(given["select"], given["deselect"])
    except UnknownGlob as problem:
        raise Refused(str(problem)) from problem
    if not rules:
        raise Refused("--select and --deselect leave no rule to judge")
    account = given["account"]
    options = TargetOptions(
        region=given["region"],
        ca_bundle=given["ca_bundle"],
        timeout=given["timeout"],
        allow_aws=given["allow_aws"],
        client=given["client"],
    )
    try:
        check(options, account)
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
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
    try:
        profile = given["aws_profile"]
        credentials = profile_credentials(profile) if profile else None
    except LookupError as problem:
        raise Refused(str(problem)) from problem
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


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM (a cancelled CI job) end a run as Ctrl-C does: tidily."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _judge(plan: Plan, who: Target, folder: Path, *, exit_zero: bool) -> int:
    from conformance.cli.progress import Progress
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
        recorder = Recorder(folder, header(target, _options(plan), plan.rules))
    except OSError as problem:
        raise Refused(f"--out {folder} cannot be written: {problem.strerror}") from problem
    reason, code = "", 0
    is_child = plan.target.partition(":")[0] in ("moto-server", "reference-server")
    spec = who.endpoint if is_child else plan.target
    try:
        recorder.exchanges("", "introduction", introduction)
        with Progress(len(plan.sides)) as progress:
            for judgement in judgements(plan, bench, target_spec=spec):
                recorder.judged(judgement)
                progress.step(judgement)
    except KeyboardInterrupt:
        reason, code = "interrupted", INTERRUPTED
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
    verdict_code = _report(folder, reason, interrupted=code == INTERRUPTED)
    return code or (0 if exit_zero else verdict_code)


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


def _report(folder: Path, reason: str, *, interrupted: bool) -> int:
    """Write the reports, print the summary and return the exit code of the verdict."""
    from rich.console import Console

    from reports.files import write_reports
    from reports.summary import EXIT_CODES
    from reports.terminal import print_summary

    document = write_reports(folder)
    console = Console(
        highlight=False,
        width=None if sys.stdout.isatty() else 120,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )
    print_summary(document, console)
    if reason:
        what = "Interrupted" if interrupted else reason[0].upper() + reason[1:]
        click.echo(f"{what}: this run is partial.")
    click.echo(f"Results: {folder}{os.sep}  (report.json, junit.xml, events.ndjson)")
    return EXIT_CODES[document["verdict"]]

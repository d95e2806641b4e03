"""Judges a plan from the command line: the record, the progress, the clean-up, the reports."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, NOT_SETTLED, SUITE_FAULT, Refused

if TYPE_CHECKING:
    from conformance.cli.scale_out import ScaleOut
    from conformance.engine.judge import Bench
    from conformance.engine.record import Recorder
    from conformance.engine.run import Plan
    from conformance.targets import Target

_SETTLES_WITHIN = 1.0  # seconds


def judge_plan(
    plan: Plan,
    who: Target,
    folder: Path,
    *,
    shown: str = "figures",
    known: Mapping[str, Any] | None = None,
    named: Mapping[str, str] | None = None,
    scale_out: ScaleOut | None = None,
) -> tuple[int, dict[str, Any] | None]:
    """Judge a plan against a target and return the exit code and the report.

    ``shown`` is ``each``, ``figures`` or ``nothing``; ``known`` a list of known findings;
    ``named`` what the user says of the target beside its fingerprint; ``scale_out`` the cluster
    that judges, if any. There is no report where nothing was judged. Raises ``Refused`` when the
    folder cannot be written and ``TargetProblem`` when nothing answers.
    """
    from conformance.cli.progress import Progress
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone
    from conformance.engine.deadlines import OutOfTime
    from conformance.engine.record import Recorder, header
    from conformance.engine.run import bench_of, introduce, judgements
    from reports.summary import exit_code

    bench = bench_of(plan, who)
    benches = [bench, *(bench_of(plan, each) for each in (scale_out.replicas if scale_out else ()))]
    try:
        introduction = [record for each in benches for record in introduce(each)]
    except KeyboardInterrupt:
        click.echo("Interrupted before anything was judged.", err=True)
        return INTERRUPTED, None
    redacted = bench.talk.redaction.text
    target = {
        "name": who.name,
        "endpoint": who.endpoint,
        "account": bench.talk.account,
        "fingerprint": {
            **{key: redacted(each) for key, each in who.fingerprint().items()},
            **(named or {}),
        },
        **({"replicas": [each.talk.target.name for each in benches]} if scale_out else {}),
    }
    try:
        recorder = Recorder(folder, header(target, _options(plan, bench), plan.rules, known))
    except OSError as problem:
        raise Refused(f"--out {folder} cannot be written: {problem.strerror}") from problem
    reason, code = "", 0
    is_child = plan.target.partition(":")[0] in ("moto-server", "reference-server")
    spec = who.endpoint if is_child else plan.target
    judged = (
        judgements(plan, bench, target_spec=spec)
        if scale_out is None
        else scale_out.cluster.judgements(plan, benches)
    )
    try:
        recorder.exchanges("", "introduction", introduction)
        with closing(judged) as stream, Progress(len(plan.sides), shown) as progress:
            for judgement in stream:
                recorder.judged(judgement)
                progress.step(judgement)
    except KeyboardInterrupt:
        reason, code = "interrupted", INTERRUPTED
        interruption.taken()
    except TargetGone as problem:
        reason, code = str(problem), NOT_SETTLED
    except OutOfTime as problem:  # what fails until then fails
        reason = str(problem)
    except OSError as problem:
        click.echo(f"Error: {folder} cannot be written: {problem.strerror}", err=True)
        for each in benches:
            each.talk.sweep()
        return SUITE_FAULT, None
    leftovers = sum(
        _leave(each.talk, plan.prefix, recorder, interrupted=code == INTERRUPTED)
        for each in benches
    )
    _finish_undisturbed()
    recorder.close(
        complete=not reason,
        reason=reason,
        leftovers=leftovers,
    )
    document = _report(folder, reason, shown == "nothing", interrupted=code == INTERRUPTED)
    return code or exit_code(document) or (NOT_SETTLED if reason else 0), document


def _finish_undisturbed() -> None:
    """From here on only files are written, in a moment: a further Ctrl-C must not cut them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _options(plan: Plan, bench: Bench) -> dict[str, Any]:
    return {
        "depth": plan.depth,
        "seed": plan.seed,
        **({"seeds": plan.seeds} if plan.seeds > 1 else {}),
        "region": plan.options.region,
        "client": plan.options.client,
        "auth": plan.demands_auth,
        "model_limit": plan.model_limit,
        "workers": plan.workers,
        "flaky_retries": plan.flaky_retries,
        "select": list(plan.select),
        "deselect": list(plan.deselect),
        "requirements": plan.requirements,
        "resources": asdict(bench.talk.resources),
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


def _report(folder: Path, reason: str, quiet: bool, *, interrupted: bool) -> dict[str, Any]:
    """Write the reports, print the summary and return the report."""
    from rich.console import Console

    from reports.files import write_reports
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
    return document

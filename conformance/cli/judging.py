"""Judges a plan from the command line: the record, the progress, the clean-up, the reports."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, NOT_SETTLED, SUITE_FAULT, Refused
from conformance.cli.consent import is_paid
from reports.safe import safe

if TYPE_CHECKING:
    from conformance.cli.resuming import Resumed
    from conformance.cli.scale_out import ScaleOut
    from conformance.engine.cleanup import Settled
    from conformance.engine.journalling import Journalling
    from conformance.engine.judge import Bench
    from conformance.engine.record import Recorder
    from conformance.engine.run import Plan
    from conformance.targets import Target


def judge_plan(
    plan: Plan,
    who: Target,
    folder: Path,
    *,
    shown: str = "figures",
    known: Mapping[str, Any] | None = None,
    named: Mapping[str, str] | None = None,
    resumed: Resumed | None = None,
    scale_out: ScaleOut | None = None,
) -> tuple[int, dict[str, Any] | None]:
    """Judge a plan against a target and return the exit code and the report.

    ``shown`` is ``each``, ``figures`` or ``nothing``; ``known`` a list of known findings;
    ``named`` what the user says of the target beside its fingerprint; ``resumed`` the record in
    the folder that is gone on with; ``scale_out`` the cluster that judges, if any. There is no
    report where nothing was judged, or where it cannot be written. Raises ``Refused`` when the
    folder cannot be written and ``TargetProblem`` when nothing answers.
    """
    from conformance.cli.cleanup import begin_afresh
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone
    from conformance.engine.deadlines import OutOfTime
    from conformance.engine.journalling import begun, begun_at_replica
    from conformance.engine.record import Recorder, header
    from conformance.engine.replicas import told_apart
    from conformance.engine.run import bench_of, introduce
    from conformance.targets import TargetProblem

    bench = bench_of(plan, who)
    benches = [bench, *(bench_of(plan, each) for each in (scale_out.replicas if scale_out else ()))]
    if resumed is None:
        goes_on = scale_out is None and not is_paid(plan.target)
        begin_afresh(folder, (plan.target, bench.talk.resources.region) if goes_on else None)
    else:
        bench.talk.requests = resumed.kept.requests
    journals: list[Journalling | None] = []
    try:
        try:
            if scale_out is None:
                journals.append(begun(plan, bench.talk, folder))
            else:
                for number, each in enumerate(benches, 1):
                    journals.append(begun_at_replica(plan, each.talk, folder, number))
            introduction = [record for each in benches for record in introduce(each)]
            introduction += told_apart(benches) if len(benches) > 1 else []
            target = _target(benches, named or {}, is_on_cluster=scale_out is not None)
            if resumed is not None:
                resumed.check_same(target)
            head = header(target, _options(plan, bench), plan.rules, known)
            recorder = Recorder(folder, head, resumed.kept if resumed else None)
        except BaseException:  # whatever stops us, Ctrl-C included, no model stays behind
            interruption.taken()
            backed_out = [each.back_out() for each in reversed(journals) if each is not None]
            if not all(backed_out):
                click.echo(f"A model may be left: say `{_cleanup(folder)}` later.", err=True)
            raise
    except KeyboardInterrupt:
        click.echo("Interrupted before anything was judged.", err=True)
        return INTERRUPTED, None
    except (TargetGone, OutOfTime) as gone:
        raise TargetProblem(f"{bench.talk.target.name} cannot be judged: {gone}") from gone
    except OSError as problem:
        raise Refused(f"--out {folder} cannot be written: {problem.strerror}") from problem
    return _judged(plan, benches, recorder, journals, introduction, shown, scale_out)


def _judged(
    plan: Plan,
    benches: Sequence[Bench],
    recorder: Recorder,
    journals: Sequence[Journalling | None],
    introduction: list[Any],
    shown: str,
    scale_out: ScaleOut | None,
) -> tuple[int, dict[str, Any] | None]:
    """Judge everything into a record that was begun, clean up, and make the reports."""
    from conformance.cli.progress import Progress
    from conformance.engine import interruption
    from conformance.engine.conversation import TargetGone, Unjournalled
    from conformance.engine.deadlines import OutOfTime
    from conformance.engine.run import judgements
    from reports.files import write_reports
    from reports.summary import exit_code

    bench, reason, code = benches[0], "", 0
    unwritten: OSError | None = None
    is_child = plan.target.partition(":")[0] in ("moto-server", "reference-server")
    spec = bench.talk.target.endpoint if is_child else plan.target
    first = journals[0]
    to = (first.folder, first.heading) if first is not None else None
    judged = (
        judgements(plan, bench, target_spec=spec, journals=to)
        if scale_out is None
        else scale_out.cluster.judgements(plan, benches, _telling(shown))
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
    except Unjournalled as problem:
        reason, code = str(problem), SUITE_FAULT
    except TargetGone as problem:
        reason, code = str(problem), NOT_SETTLED
    except OutOfTime as problem:  # what fails until then fails
        reason = str(problem)
    except OSError as problem:
        unwritten = problem
    leftovers = sum(
        _leave(each.talk, plan, journal, recorder.folder, interrupted=code == INTERRUPTED)
        for each, journal in zip(benches, journals, strict=True)
    )
    _finish_undisturbed()
    there_is = "there are no reports of this run"
    try:
        if unwritten is not None:
            raise unwritten
        for each in benches:
            recorder.exchanges("", "clean-up", each.talk.drain())
        recorder.close(complete=not reason, reason=reason, leftovers=leftovers)
        if not reason:
            there_is = f"the record is whole, the reports are not: see `report {recorder.folder}`"
        document = write_reports(recorder.folder)
    except OSError as problem:
        recorder.abandon()
        what = f"{recorder.folder} cannot be written: {problem.strerror}"
        click.echo(f"Error: {what}; {there_is}", err=True)
        return SUITE_FAULT, None
    _print(recorder.folder, document, reason, shown == "nothing", interrupted=code == INTERRUPTED)
    return code or exit_code(document) or (NOT_SETTLED if reason else 0), document


def _telling(shown: str) -> Callable[[str], None]:
    """Return what says a sentence on standard error, unless nothing is to be shown."""

    def tell(sentence: str) -> None:
        if shown != "nothing":
            click.echo(safe(sentence), err=True)

    return tell


def _target(
    benches: Sequence[Bench], named: Mapping[str, str], *, is_on_cluster: bool
) -> dict[str, Any]:
    """Return what a record says of the target; of several replicas, of the first."""
    bench = benches[0]
    who, redacted = bench.talk.target, bench.talk.redaction.text
    return {
        "name": who.name,
        "endpoint": who.endpoint,
        "account": bench.talk.account,
        "fingerprint": {
            **{key: redacted(each) for key, each in who.fingerprint().items()},
            **named,
        },
        **({"replicas": [each.talk.target.name for each in benches]} if is_on_cluster else {}),
    }


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


def _leave(
    talk: Any, plan: Plan, journals: Journalling | None, folder: Path, *, interrupted: bool
) -> int:
    """Delete what is ours; a second Ctrl-C stops even that. Returns how many models remain.

    Of a replica that does not tell what workers have left on it, at least one.
    """
    from conformance.cli.cleanup import say_what_is_left
    from conformance.engine.cleanup import seconds_to_come, settle_twice
    from conformance.engine.listing import list_models

    settled: Settled | None = None
    ledger = talk.ledger
    who = f" {talk.target.name}" if ledger.is_shared else ""
    try:
        if not ledger.is_shared:  # what workers tell of is looked at before it is deleted
            talk.tidy()
        ledger.prefixes.add(plan.prefix)  # that of all processes of this run
        if journals is not None and not who and (plan.workers > 1 or journals.is_resumed):
            journals.join_others()
        again = interrupted or ledger.is_shared or not ledger.is_settled
        with talk.deadlines.regardless():
            if journals is None and plan.workers > 1:
                # A server of our own: whatever is there a worker made, whose ledger ended with it.
                ledger.intended.update(list_models(talk, plan.prefix).names)
            settled = settle_twice(talk, again=again)
    except KeyboardInterrupt:
        pass
    except Exception as problem:  # noqa: BLE001 - whatever happens here, the record is closed
        click.echo(f"Cleaning up{who} failed: {problem}", err=True)
    is_known = not who or journals is None or (settled is not None and settled.is_known)
    if settled is not None:
        say_what_is_left(settled, err=True)
    if journals is not None:
        _say_what_may_come(len(seconds_to_come(talk)), folder)
        is_clean = journals.end(settled)
        if who and not is_clean:
            click.echo(f"Models may be left on{who}: `{_cleanup(folder)}` deletes them.", err=True)
    known = [*talk.leftovers, *ledger.owned] if settled is None else settled.remaining
    return len(known) if is_known else max(1, len(known))


def _say_what_may_come(number: int, folder: Path) -> None:
    if number:
        what, which = ("A create", "it") if number == 1 else (f"{number} creates", "them")
        click.echo(
            f"{what} had no answer: should the target carry {which} out later, "
            f"`{_cleanup(folder)}` deletes what comes of {which}.",
            err=True,
        )


def _cleanup(folder: Path) -> str:
    return f"createmodel-conformance cleanup {shlex.quote(str(folder))}"


def _print(
    folder: Path, document: dict[str, Any], reason: str, quiet: bool, *, interrupted: bool
) -> None:
    """Print the summary. Raises ``OSError`` where it cannot be: all is in the reports by then."""
    from rich.console import Console

    from reports.terminal import print_summary

    class Plain(Console):
        def on_broken_pipe(self) -> None:  # rich would end the process with 1: "nonconforming"
            raise BrokenPipeError

    console = Plain(
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

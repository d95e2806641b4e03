"""``certify``: judges a target by frozen requirements and writes the certificate it earned."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import INTERRUPTED, NOT_SETTLED, SUITE_FAULT, Refused
from conformance.cli.judging import judge_plan
from conformance.cli.options import (
    depth_option,
    resource_options,
    resources_of,
    target_of,
    target_options,
)
from reports.safe import safe

if TYPE_CHECKING:
    from conformance.certification.decision import Decision
    from conformance.engine.run import Plan
    from conformance.spec.requirements import Requirements

_MOST_REASONS = 10
_REGION = "us-east-1"


@click.command("certify", short_help="Judge a target for a certificate.")
@click.argument("target")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for it all.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Ed25519 private key (PEM) to sign with.",
)
@click.option(
    "--requirements", "required", metavar="NAME", help="Requirement set; else the latest."
)
@click.option(
    "--class",
    "wanted",
    type=click.Choice(["Core", "Full"], case_sensitive=False),
    default="Core",
    show_default=True,
    help="The class that must be earned.",
)
@click.option("--target-name", help="What the target is called in the certificate.")
@click.option("--target-version", help="Its version in the certificate.")
@depth_option("How far to explore besides.")
@click.option("--seed", type=int, help="Seed of the exploration; else a new one.")
@click.option("-q", "--quiet", is_flag=True, help="Show the outcome alone.")
@target_options
@resource_options
@click.pass_context
def command(ctx: click.Context, /, target: str, **given: Any) -> None:
    """Judge TARGET by the frozen requests of a requirement set, explore besides, and write
    certificate.json and certificate.html into the folder when a class is earned.

    Classes: Core (constraints, errors, responses) and Full (also wire, lifecycle, tags, lists,
    concurrency). Every rule of the class must pass; exploration can only take a certificate away.

    Exit code 0: certified. 1: a rule fails. 2: wrong usage or no such target. 3: nothing fails,
    but something could not be judged. 4: a fault of this suite. 130: Ctrl-C.
    """
    from conformance.certification.decision import decision
    from conformance.certification.envelope import BadKey, signer
    from conformance.spec.container_fields import needs_vpc_mode
    from conformance.spec.requirements import LATEST, UnknownRequirements, requirements
    from strategies.frozen import ChangedCorpus, check_corpus
    from strategies.resources import Resources

    if given["region"] != _REGION:
        raise Refused(f"the frozen requests are for {_REGION}: leave --region out")
    if given["client"] != "requests":
        raise Refused("certificates need requests that boto3 cannot send: leave --client out")
    if needs_vpc_mode({"Image": given["image"] or Resources().container_image}):
        raise Refused("the frozen requests need an image in ECR: --image names another")
    try:
        required = requirements(given["required"] or LATEST)
        check_corpus(required.name)
        # Read once, before anything is judged for nothing: it may come from a pipe.
        by = signer(given["key"]) if given["key"] is not None else None
    except (UnknownRequirements, ChangedCorpus, BadKey) as problem:
        raise Refused(str(problem)) from problem
    folder: Path = given["out"]
    _clear(folder)
    scored, explored, code = _judged(target, given, required, folder)
    if scored is None or code == INTERRUPTED:
        ctx.exit(code)
    found = decision(required, scored, explored)
    wanted = str(given["wanted"]).capitalize()
    if found.earned is not None:
        _hand_out(folder, scored, required, found, by)
    is_certified = found.earned is not None and wanted not in found.missing
    _say(found, required, folder, wanted, explored is not None)
    ctx.exit(0 if is_certified else _code(found, wanted, scored, explored))


def _clear(folder: Path) -> None:
    """Take away what an earlier certification left: it must not stand beside this one's record."""
    try:
        for name in ("certificate.json", "certificate.html"):
            (folder / name).unlink(missing_ok=True)
        (folder / "exploration").mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Refused(f"--out {folder} cannot be written: {problem.strerror}") from problem


def _judged(
    target: str, given: Mapping[str, Any], required: Requirements, folder: Path
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, int]:
    """Judge the frozen requests, then explore; return both reports and the worse exit code."""
    from conformance.engine import interruption
    from conformance.oracle.catalogue import all_rules
    from conformance.targets import TargetProblem, resolve

    named = {"name": given["target_name"], "version": given["target_version"]}
    said = {key: value for key, value in named.items() if value}
    shown = "nothing" if given["quiet"] else "figures"
    frozen, free = _plans(target, given, required, tuple(all_rules()))
    try:
        who = resolve(frozen.target, frozen.options, frozen.credentials)
        try:
            with interruption.held_back():
                code, scored = judge_plan(frozen, who, folder, shown=shown, named=said)
            if scored is None or not scored["complete"]:
                return scored, None, code
            with interruption.held_back():
                further, explored = judge_plan(
                    free, who, folder / "exploration", shown=shown, named=said
                )
            return scored, explored, INTERRUPTED if further == INTERRUPTED else code
        finally:
            who.close()
    except TargetProblem as problem:
        raise Refused(str(problem)) from problem
    except KeyboardInterrupt:
        return None, None, INTERRUPTED


def _plans(
    target: str, given: Mapping[str, Any], required: Requirements, rules: tuple[Any, ...]
) -> tuple[Plan, Plan]:
    """Return the plan of the frozen run and that of the exploration."""
    from conformance.engine.names import run_prefix
    from conformance.engine.run import Plan
    from conformance.spec.requirements import FAMILIES

    options, credentials = target_of(given)
    everything = set(required.rules(list(FAMILIES)[-1]))
    free = Plan(
        target=target,
        options=options,
        resources=resources_of(given),
        rules=rules,
        depth=given["depth"],
        seed=secrets.randbelow(2**32) if given["seed"] is None else given["seed"],
        account=given["account"],
        credentials=credentials,
        demands_auth=given["auth"],
        model_limit=given["model_limit"],
    )
    frozen = replace(
        free,
        rules=tuple(rule for rule in rules if rule.id in everything),
        depth="frozen",
        seed=0,
        requirements=required.name,
        prefix=run_prefix(),
    )
    return frozen, free


def _hand_out(
    folder: Path, scored: Mapping[str, Any], required: Requirements, found: Decision, by: Any
) -> None:
    """Write the certificate that was earned, signed ``by`` somebody or not, once it verifies."""
    from conformance.certification.envelope import sealed
    from conformance.certification.statement import statement
    from conformance.certification.verification import verify
    from reports.files import write
    from reports.pages.certificate_page import certificate_page

    assert found.earned is not None
    made = statement(scored, scored["ended"], required, found.earned, folder)
    payload = json.dumps(made, sort_keys=True, separators=(",", ":")).encode()
    document = sealed(payload, by) if by is not None else made
    wrong = verify(document, record=folder).wrong
    if wrong:  # a stranger could not verify it: that is the suite's fault
        click.echo("Error: the certificate would not verify, and is not handed out:", err=True)
        for sentence in wrong[:_MOST_REASONS]:
            click.echo(f"  {safe(sentence)[:300]}", err=True)
        raise click.exceptions.Exit(SUITE_FAULT)
    try:
        write(folder / "certificate.html", certificate_page(made, document, found.unscored))
        write(folder / "certificate.json", json.dumps(document, indent=1) + "\n")
    except OSError as problem:
        raise Refused(f"{folder} cannot be written: {problem.strerror}") from problem


def _say(
    found: Decision, required: Requirements, folder: Path, wanted: str, explored: bool
) -> None:
    if found.earned is not None:
        click.echo(f"Certified: {required.name} {found.earned}. {folder / 'certificate.json'}")
    told: set[tuple[str, str]] = set()
    for certified, faults in found.missing.items():
        word = "Not certified" if certified == wanted or found.earned is None else "Not earned"
        further = [each for each in faults if each not in told]
        told |= set(faults)
        more = " more" if len(further) < len(faults) else ""
        click.echo(f"{word}: {required.name} {certified}, for {len(further)}{more} reason(s):")
        for rule, why in further[:_MOST_REASONS]:
            click.echo(f"  {safe(rule)}: {safe(why)[:300]}" if rule else f"  {why}")
        if len(further) > _MOST_REASONS:
            left = len(further) - _MOST_REASONS
            click.echo(f"  ... and {left} more, see {folder / 'report.html'}")
    others = len(found.unscored)
    if explored:
        click.echo(f"Not scored by {required.name}: {others} rule(s), info rules included.")


def _code(
    found: Decision,
    wanted: str,
    scored: Mapping[str, Any],
    explored: Mapping[str, Any] | None,
) -> int:
    """Return the exit code where the wanted class was not earned: fail 1, else error 4, else 3."""
    reports = [each for each in (scored, explored) if each is not None]
    stand = {rule for rule, _ in found.missing[wanted]}
    verdicts = {r["verdict"] for each in reports for r in each["rules"] if r["id"] in stand}
    return 1 if "fail" in verdicts else SUITE_FAULT if "error" in verdicts else NOT_SETTLED

"""``cases``: labelled requests, a line of JSON each, for tests in other languages."""

from __future__ import annotations

import json

import click

from conformance.cli import Refused


@click.command("cases", short_help="Write labelled requests for other tools.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl"]),
    default="jsonl",
    show_default=True,
    help="A JSON object a line.",
)
@click.option("--side", type=click.Choice(["valid", "violating"]), help="Else both, and unknown.")
@click.option("--select", multiple=True, metavar="GLOB", help="Of these rules; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Decides the models' names.")
@click.option("--account", default="123456789012", show_default=True, help="In the ARNs.")
def command(form: str, side: str | None, select: tuple[str, ...], seed: int, account: str) -> None:
    """Print labelled requests: the rule that each is about, what should happen (accept, reject, or
    unknown: nobody has shown it), the request as JSON and as the bytes and headers to send,
    unsigned. Malformed requests of wire/ are among them. The same seed gives the same lines.

    Exit code 0, or 2 for a glob that matches nothing.
    """
    from conformance.corpus import SIDES, lines
    from conformance.engine.selection import UnknownGlob, selected
    from conformance.targets import TargetOptions, TargetProblem, check
    from strategies.resources import Resources

    del form  # there is one
    try:
        check(TargetOptions(), account)
        rules = {rule.id: rule for rule in selected(select)}
    except (UnknownGlob, TargetProblem) as problem:
        raise Refused(str(problem)) from problem
    for line in lines(rules, seed, Resources(account=account)):
        if side is None or line["expectation"] in SIDES[side]:
            click.echo(json.dumps(line, ensure_ascii=True, separators=(",", ":")))

"""``compare``: what changed between two recorded runs."""

from __future__ import annotations

import click

from conformance.cli.records import reports_of

_NOT_SETTLED = 3


@click.command("compare", short_help="Compare two runs.")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.pass_context
def command(ctx: click.Context, old: str, new: str) -> None:
    """Compare the runs recorded in OLD and NEW (folders or events files), rule by rule.

    Exit code 1 when a rule fails in NEW that did not fail in OLD; 3 when none does, but one that
    passed could not be judged any more; else 0. 2 when a path is no record of a run.
    """
    from reports.compare import compare
    from reports.safe import safe

    runs = reports_of((old, new))
    found = compare(*runs)
    if found.not_comparable:
        click.echo(f"Careful: {found.not_comparable}.", err=True)
    for which, run in zip(("OLD", "NEW"), runs, strict=True):
        if not run["complete"]:
            click.echo(f"Careful: {which} is partial, the run did not go to its end.", err=True)
    for title, rules in (
        ("New", found.new),
        ("Fixed", found.fixed),
        ("Still", found.still),
        ("First judged", found.first_judged),
        ("Unclear", found.unclear),
        ("No longer judged", found.no_longer_judged),
    ):
        click.echo(f"{title}: {len(rules)}")
        for rule in rules:
            click.echo(f"  {safe(rule)}")
    ctx.exit(1 if found.new else _NOT_SETTLED if found.no_longer_judged else 0)

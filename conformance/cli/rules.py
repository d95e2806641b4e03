"""``rules``: lists every rule, as a table or as JSON."""

from __future__ import annotations

import json

import click

from conformance.cli import Refused


@click.command("rules", short_help="List the rules.")
@click.argument("glob", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a rule.")
def command(glob: str | None, as_json: bool) -> None:
    """List every rule, or those whose id matches GLOB (* and ? are special, brackets are not)."""
    from conformance.engine.record import described
    from conformance.engine.selection import UnknownGlob, matching
    from conformance.oracle.catalogue import all_rules

    try:
        rules = matching(glob) if glob else all_rules()
    except UnknownGlob as problem:
        raise Refused(str(problem)) from problem
    if as_json:
        click.echo(json.dumps([described(rule) for rule in rules], indent=1, ensure_ascii=False))
        return
    for rule in rules:
        row = described(rule)
        alone = "" if row["separable"] else "  (not separable: cannot be broken alone)"
        click.echo(f"{rule.id}\n    {rule.level}, {'+'.join(rule.provenance)}{alone}")
        click.echo(f"    {rule.statement}\n    {'; '.join(row['source'])}")
    separable = sum(described(rule)["separable"] for rule in rules)
    click.echo(f"{len(rules)} rules, {separable} of them separable", err=True)

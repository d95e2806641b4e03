"""``explain``: what the specification says of one request, without any target."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from conformance.cli import Refused

_EXIT = {"accept": 0, "reject": 1, "unknown": 3}

_WORDS = {
    "accept": "should be accepted: it breaks no rule",
    "reject": "should be rejected",
    "unknown": "unknown: nobody has shown what AWS answers",
}


class _NoConstant(ValueError):
    """NaN and Infinity are Python's JSON, not JSON."""


def _refuse(constant: str) -> Any:
    raise _NoConstant(f"{constant} is not JSON")


def _body(source: str) -> Any:
    from reports.bounded import all_of, bytes_of

    name = "standard input" if source == "-" else source
    try:
        data = all_of(sys.stdin.buffer) if source == "-" else bytes_of(source)
    except OSError as problem:
        raise Refused(f"{name} cannot be read: {problem.strerror}") from problem
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        why = "it is nested too deeply" if isinstance(problem, RecursionError) else problem
        raise Refused(f"{name} is not JSON: {why}") from problem


@click.command("explain", short_help="Say what the specification says of one request.")
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as a JSON object.")
@click.pass_context
def command(ctx: click.Context, file: str, as_json: bool) -> None:
    """Explain the CreateModel request in FILE (- or nothing: standard input).

    Exit code 0: it should be accepted. 1: rejected. 3: only info rules are broken, nobody knows.
    2: no such file, or not JSON.
    """
    from conformance.oracle.violations import expectation
    from conformance.spec.captures import evidence
    from reports.safe import safe

    expected = expectation(_body(file))
    if as_json:
        document = {
            "outcome": expected.outcome,
            "violations": [
                {
                    "rule": violation.rule.id,
                    "level": violation.rule.level,
                    "place": violation.place,
                    "path": list(violation.path),
                    "statement": violation.rule.statement,
                    "provenance": list(violation.rule.provenance),
                    "source": list(evidence(violation.rule.sources)),
                }
                for violation in expected.violations
            ],
        }
        click.echo(json.dumps(document, indent=1, ensure_ascii=True))
    else:
        click.echo(_WORDS[expected.outcome])
        for violation in expected.violations:
            click.echo(f"\n{violation.rule.id}  ({violation.rule.level})")
            click.echo(f"    at {safe(violation.place)}")
            click.echo(f"    {violation.rule.statement}")
            click.echo(f"    source: {'; '.join(evidence(violation.rule.sources))}")
    ctx.exit(_EXIT[expected.outcome])

"""``json-schema``: a JSON Schema of the CreateModel request, for editors and gateways."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.cli.records import write_to


@click.command("json-schema", short_help="Write a JSON Schema of the request.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it here."
)
def command(output: Path | None) -> None:
    """Print a JSON Schema (2020-12) of the CreateModel request. What it finds invalid breaks a must
    rule; what breaks no rule is valid. Its patterns are ECMA-262's with the u flag.
    """
    from conformance.exports.json_schema import request_schema

    text = json.dumps(request_schema(), indent=1, ensure_ascii=True)
    if output is None:
        click.echo(text)
    else:
        write_to(output, f"{text}\n")

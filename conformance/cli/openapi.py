"""``openapi``: an OpenAPI document of CreateModel and of the operations beside it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.cli.records import write_to


@click.command("openapi", short_help="Write an OpenAPI 3.1 document.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it here."
)
def command(output: Path | None) -> None:
    """Print an OpenAPI 3.1 document of CreateModel and of the operations that a run uses beside
    it, made from the pinned specification: for tools that know OpenAPI and not this suite.
    """
    from conformance.exports.openapi import openapi

    text = json.dumps(openapi(), indent=1, ensure_ascii=True)
    if output is None:
        click.echo(text)
    else:
        write_to(output, f"{text}\n")

"""``verify``: says what of a certificate does not hold; needs no target and no network."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli import Refused

_MOST = 20
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("verify", short_help="Verify a certificate.")
@click.argument("certificate", type=_FILE)
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder that it was made in: judge it again.",
)
@click.option("--public-key", type=_FILE, metavar="FILE", help="Whose it must be: Ed25519, PEM.")
@click.pass_context
def command(
    ctx: click.Context, certificate: Path, record: Path | None, public_key: Path | None
) -> None:
    """Verify CERTIFICATE: its form and claims; with --public-key its signature; with --record
    that these are the files it vouches for, and that every recorded reply, judged again by this
    suite, supports its verdict.

    Exit code 0: everything that was looked at holds. 1: something does not. 2: wrong usage, or no
    certificate or key to look at.
    """
    from conformance.certification.envelope import BadKey
    from conformance.certification.verification import NotACertificate, read, verify
    from reports.bounded import text_of
    from reports.safe import safe

    try:
        document = read(text_of(certificate))
        found = verify(
            document,
            record=record,
            public_key=public_key,
            judging=lambda what: click.echo(what, err=True),
        )
    except OSError as problem:
        raise Refused(f"{certificate} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        why = "it is no JSON, or gives a member twice"
        raise Refused(f"{certificate} is no certificate: {why}") from problem
    except (NotACertificate, BadKey) as problem:
        where = "" if isinstance(problem, BadKey) else f"{certificate} is no certificate: "
        raise Refused(f"{where}{problem}") from problem
    if found.statement.get("subject") and not found.wrong:
        click.echo(_title(found.statement))
    for title, sentences in (
        ("does not hold", found.wrong),
        ("holds", found.checked),
        ("not checked", found.unchecked),
    ):
        for sentence in sentences[:_MOST]:
            click.echo(f"{title}: {safe(sentence)[:500]}")
        if len(sentences) > _MOST:
            click.echo(f"{title}: ... and {len(sentences) - _MOST} more")
    ctx.exit(1 if found.wrong else 0)


def _title(statement: object) -> str:
    from conformance.certification.statement import REQUIREMENTS
    from conformance.certification.verification import described
    from reports.safe import safe

    assert isinstance(statement, dict)
    annotations = described(statement, REQUIREMENTS)["annotations"]
    name = safe(statement["subject"][0]["name"])
    return f"{name}: {annotations['set']} {annotations['class']}"

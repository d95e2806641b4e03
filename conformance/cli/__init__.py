"""The command line: thin. Every command lives in a module of its own, loaded when it is called."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from conformance import __version__

_COMMANDS = {
    "run": "Judge a target rule by rule.",
    "cleanup": "Delete what a killed run has left on its target.",
    "rules": "List the rules with level, provenance, source and statement.",
    "report": "Make the reports of a recorded run again.",
    "show": "Print one rule's findings whole.",
    "replay": "Send the recorded requests of findings again.",
    "matrix": "Compare runs of several implementations on one page.",
    "trend": "Draw both figures of runs over time.",
    "explain": "Say what the specification says of one request.",
    "selftest": "Prove the suite against a conformant service and its faults.",
    "known": "Write, prune or explain a list of known findings.",
    "openapi": "Write an OpenAPI document of the operations.",
    "json-schema": "Write a JSON Schema of the request.",
    "cases": "Write labelled requests for other tools.",
    "certify": "Judge a target for a certificate.",
    "verify": "Verify a certificate, with or without its record.",
    "spec": "Say what the installed botocore changed against the pinned specification.",
    "aws-policy": "Print the IAM policy that a run against AWS needs.",
    "results": "Look after results: find secrets that leaked into them.",
    "compare": "Compare two runs: what is new, fixed, changed or lost.",
}

#: Exit codes that several commands share; 1 is a command's own no.
USAGE = 2
NOT_SETTLED = 3
SUITE_FAULT = 4
INTERRUPTED = 130
_READER_GONE = 141

#: Characters of a sentence on standard error, at most.
_LONGEST = 1_000


class Refused(click.ClickException):
    """What was asked for cannot be done: one sentence on standard error, exit code 2."""

    exit_code = USAGE

    def format_message(self) -> str:
        """Return the sentence on one line of bearable length, whatever it quotes."""
        line = " ".join(self.message.split())
        return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


def _module(command: str) -> str:
    return command.replace("-", "_")


class _Lazy(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"conformance.cli.{_module(cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="createmodel-conformance")
def cli() -> None:
    """Judge implementations of the SageMaker CreateModel API against its specification."""


def _open_what_is_closed() -> None:
    """Have what is said to a closed stream (``>&-``) go nowhere, instead of into the next file.

    That file would have the stream's number, in our child processes, too.
    """
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(file, True)
    os.close(file)
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def main() -> None:
    """Run the command line. A terminal that cannot show every character gets escapes instead.

    A reader that goes away (``... | head``) ends it quietly with 141, as a shell says of others:
    whoever looks at the exit code must not take that for an answer.
    """
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    stdout = sys.stdout
    try:
        code = cli(prog_name="createmodel-conformance", standalone_mode=False)
        stdout.flush()  # what fails at the very end of the process would be told by code 120
    except click.ClickException as problem:
        problem.show()
        code = problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        # What is still held back for the pipe would fail again at the end, which means code 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        code = _READER_GONE
    except SystemExit as ended:  # click met a broken pipe first if it has replaced the stream
        code = ended.code if sys.stdout is stdout else _READER_GONE
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        click.echo(f"Error: the output cannot be written: {problem.strerror}", err=True)
        code = SUITE_FAULT
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what is left must not be tried again
    sys.exit(code)

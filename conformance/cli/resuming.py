"""``run --resume``: from the record of a run that was cut off to the plan of what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli import Refused
from conformance.cli.records import blaming, record_of

if TYPE_CHECKING:
    from conformance.engine.resumption import Kept

#: Options of ``run`` that a record keeps, by their names there; those of them that name resources
#: are in a part of their own.
_KEPT = {
    "depth": "depth",
    "seed": "seed",
    "seeds": "seeds",
    "region": "region",
    "client": "client",
    "auth": "auth",
    "model_limit": "model_limit",
    "workers": "workers",
    "flaky_retries": "flaky_retries",
    "select": "select",
    "deselect": "deselect",
}
_RESOURCES = {
    "role_arn": "role_arn",
    "image": "image",
    "model_data_url": "model_data_url",
    "subnet": "subnets",
    "security_group": "security_groups",
}


@dataclass(frozen=True)
class Resumed:
    """A record that is gone on with: what of it is kept, and whom it is about."""

    folder: Path
    header: Mapping[str, Any]
    kept: Kept

    @property
    def target(self) -> str:
        """How the user called the target."""
        return str(self.header["target"]["name"])

    @property
    def known(self) -> Mapping[str, Any] | None:
        """The list of known findings that the run is held against."""
        return self.header.get("known")

    def check_same(self, target: Mapping[str, Any]) -> None:
        """Raise ``Refused`` when another implementation answers than the one that was judged."""
        was, now = self.header["target"]["fingerprint"], target["fingerprint"]
        if was != now:
            told = " and ".join(
                ", ".join(f"{key} {value}" for key, value in each.items()) for each in (was, now)
            )
            raise Refused(f"the target is not the one that {self.folder} is about: {told}")


def resumed_run(folder: Path, target: str | None, given: Mapping[str, Any]) -> Resumed:
    """Return what can be gone on with. Raises ``Refused`` with one sentence where nothing can.

    ``target`` and ``given`` are the command line's: what it says must be what the run was.
    """
    from conformance import __version__
    from conformance.engine.resumption import kept
    from conformance.spec import documents
    from reports.files import REPORTS

    if given["out"] is not None:
        raise Refused("--resume goes on in the folder of the run: leave out --out")
    if not folder.is_dir():
        raise Refused(f"{folder} is not the folder of a run")
    record = record_of(folder)
    header = record.header
    if record.complete and all((folder / name).exists() for name in REPORTS):
        raise Refused(f"{folder} holds a run that went to its end: there is nothing to resume")
    with blaming(folder):
        version, digest = header["suite"]["version"], header["spec"]["digest"]
        if (version, digest) != (__version__, documents.digest()):
            raise Refused(f"{folder} was begun by another version of this suite, or of its rules")
        if header["options"].get("requirements"):
            raise Refused(f"{folder} is of a certification, which cannot be resumed: certify again")
        if "replicas" in header["target"]:
            raise Refused(f"{folder} is of a run on a cluster, which cannot be resumed")
        found = Resumed(folder, header, _readable(folder, kept))
        if target is not None and target != found.target:
            raise Refused(f"{folder} is about {found.target}, not about {target}")
        _check_options(found, given)
    return found


def _readable(folder: Path, kept: Any) -> Kept:
    try:
        found: Kept = kept(folder)
    except OSError as problem:
        raise Refused(f"{folder} cannot be read: {problem.strerror}") from problem
    return found


def _recorded(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``run`` that a header tells."""
    options = header["options"]
    resources = options.get("resources") or {}
    told = {name: options[key] for name, key in _KEPT.items() if key in options}
    told |= {name: resources[key] for name, key in _RESOURCES.items() if key in resources}
    return {name: tuple(each) if isinstance(each, list) else each for name, each in told.items()}


def _check_options(found: Resumed, given: Mapping[str, Any]) -> None:
    source = click.get_current_context().get_parameter_source
    for name, was in _recorded(found.header).items():
        is_said = source(name) not in (ParameterSource.DEFAULT, None)
        if is_said and given[name] != was:
            option = "-n" if name == "workers" else f"--{name.replace('_', '-')}"
            raise Refused(f"{option} {given[name]} differs from the run's, which was {was}")
    account = (found.header["options"].get("resources") or {}).get("account")
    if given["account"] is not None and account is not None and given["account"] != account:
        raise Refused(f"--account {given['account']} differs from the run's, which was {account}")
    if given["known_file"] is not None:
        raise Refused("--known is what the run began with: leave it out")


def options_of(found: Resumed, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the command line with those of the run in their places."""
    from strategies.resources import Resources

    account = (found.header["options"].get("resources") or {}).get("account")
    named = account if account not in (None, Resources.account) else given["account"]
    return {**given, **_recorded(found.header), "account": named, "out": found.folder}

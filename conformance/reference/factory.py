"""Services and applications with faults and strict modes, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from conformance.reference.places import DEFAULT_ACCOUNT
from conformance.reference.service import Service
from conformance.reference.strict import Strict
from conformance.reference.wsgi import Application

if TYPE_CHECKING:
    from conformance.reference.faults.fault import Fault


class UnknownFault(ValueError):
    """A name that is not in the catalogue of faults."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no fault is named {name!r}")
        self.name = name


def application(
    faults: Iterable[str | Fault] = (),
    account: str = DEFAULT_ACCOUNT,
    *,
    now: Callable[[], float] = time.time,
    **strict: Any,
) -> Application:
    """A WSGI application around a new, empty service.

    Strict modes are switched on by keyword, see `Strict`; faults are made after them, in their
    order. Raises UnknownFault for a name that is not in `FAULTS` and TypeError for an unknown
    strict mode.
    """
    changes = list(Strict(**strict).changes(now))
    changes += [fault_named(each).change for each in faults]
    return Application(Service(changes, account=account, now=now))


def fault_named(fault: str | Fault) -> Fault:
    """The fault itself, from the catalogue where only its name is given. Raises UnknownFault."""
    if not isinstance(fault, str):
        return fault
    from conformance.reference.faults import FAULTS

    if fault not in FAULTS:
        raise UnknownFault(fault)
    return FAULTS[fault]

"""The command line of ``python -m conformance.reference``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from conformance.reference.factory import UnknownFault, application
from conformance.reference.places import DEFAULT_ACCOUNT
from conformance.reference.server import Server


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog="python -m conformance.reference",
        description="A conformant SageMaker control plane for models, in memory.",
    )
    options.add_argument("--port", type=int, default=0, help="0 (the default) takes a free port")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--account", default=DEFAULT_ACCOUNT, help="the account in ARNs")
    options.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="may be given several times"
    )
    options.add_argument("--list-faults", action="store_true", help="print the faults and end")
    strict = options.add_argument_group("strict modes")
    strict.add_argument(
        "--sigv4", action="append", metavar="KEY:SECRET", help="demand signatures by one of these"
    )
    strict.add_argument("--known-role", action="append", metavar="ARN")
    strict.add_argument("--known-image", action="append", metavar="IMAGE")
    strict.add_argument("--known-data", action="append", metavar="URL")
    strict.add_argument("--quota", type=int, metavar="N", help="so many models in a region")
    strict.add_argument("--throttle-every", type=int, metavar="N", help="refuse each N-th request")
    strict.add_argument(
        "--visible-after", type=float, default=0.0, metavar="SECONDS", help="show new models late"
    )
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code is 0 then, and 2 for a wrong option."""
    options = parser()
    given = options.parse_args(arguments)
    if given.list_faults:
        from conformance.reference.faults import FAULTS

        for fault in FAULTS.values():
            print(f"{fault.name}\t{fault.family}\t{fault.summary}")
        return 0
    try:
        wsgi = application(
            given.fault,
            given.account,
            sigv4=dict(pair.split(":", 1) for pair in given.sigv4) if given.sigv4 else None,
            known_roles=given.known_role,
            known_images=given.known_image,
            known_data=given.known_data,
            quota=given.quota,
            throttle_every=given.throttle_every,
            visible_after=given.visible_after,
        )
    except UnknownFault as unknown:
        options.error(str(unknown))
    except ValueError:
        options.error("--sigv4 takes KEY:SECRET")
    with Server(wsgi, given.port, given.host) as server:
        _serve_until_told(server)
    return 0


def _serve_until_told(server: Server) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    server.start()
    print(f"listening on {server.url}")
    sys.stdout.flush()
    told.wait()
    server.shutdown()

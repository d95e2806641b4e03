"""From what the user typed to a target, or one sentence that says why not."""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import Any
from urllib.parse import urlsplit

from conformance.targets.protocol import Target, TargetOptions, TargetProblem
from conformance.wire import Call, Reply, TransportFault
from conformance.wire.signing import Credentials

KNOWN = (
    "moto, moto-server, reference[:FAULT], reference-server[:FAULT], http(s)://HOST:PORT, "
    "aws-emulator[:PORT], aws, wsgi:MODULE:APP, python:MODULE:NAME"
)

#: Domains under which AWS (and its partitions) answer. Requests there can cost money.
_AWS_DOMAINS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "aws.dev",
    "on.aws",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
)

#: Hosts that all parsers of URLs read alike: others may be asked than were looked at.
_PLAIN_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")


def is_aws(url: str) -> bool:
    """Tell whether a URL's host lies under a domain of AWS's; what is no URL does not."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return any(host == domain or host.endswith("." + domain) for domain in _AWS_DOMAINS)


#: Targets that are in this process or its child, and are gone with it.
_OURS = ("moto", "moto-server", "reference", "reference-server", "wsgi")


def outlives_us(spec: str) -> bool:
    """Tell whether what we make on a target may still be there when this process is gone.

    Nobody knows whom an object of the user's asks.
    """
    return spec.partition(":")[0] not in _OURS


def is_elsewhere(spec: str) -> bool:
    """Tell whether a target is one service, whoever asks it: each process makes others anew."""
    return spec.partition(":")[0] in ("http", "https")


def resolve(spec: str, options: TargetOptions, credentials: Credentials | None = None) -> Target:
    """Return the target that ``spec`` names (see ``KNOWN``), started if it needs starting.

    Raises ``TargetProblem`` with one sentence: unknown, refused, or not importable.
    """
    if options.ca_bundle is not None and not os.path.exists(options.ca_bundle):
        raise TargetProblem(f"--ca-bundle {options.ca_bundle}: no such file")
    kind, colon, rest = spec.partition(":")
    if kind in ("http", "https") and colon:
        return _url(spec, options, credentials or Credentials())
    if options.client != "requests" and kind not in ("moto-server", "reference-server"):
        raise TargetProblem(f"--client {options.client} needs a target with a URL, not {spec!r}")
    if spec == "aws":
        from conformance.targets.aws import AwsTarget

        return AwsTarget(options)
    if kind == "aws-emulator":
        from conformance.targets.aws_emulator import AwsEmulator

        return AwsEmulator(spec, options)
    if spec == "moto":
        from conformance.targets.moto import moto

        return moto()
    if spec == "moto-server":
        from conformance.targets.moto import MotoServer

        keys = credentials or Credentials()
        return MotoServer(lambda url: _url(url, options, keys))
    if kind == "reference":
        from conformance.targets.reference import reference, secrets_of

        return reference(spec, sigv4=secrets_of(credentials))
    if kind == "reference-server":
        from conformance.targets.reference import ReferenceServer

        keys = credentials or Credentials()
        return ReferenceServer(
            spec, lambda url: _url(url, options, keys), checks_signatures=credentials is None
        )
    if kind == "wsgi" and colon:
        return _wsgi(spec, rest)
    if kind == "python" and colon:
        return _python(spec, rest)
    raise TargetProblem(f"unknown target {spec!r}; known are {KNOWN}")


def _url(spec: str, options: TargetOptions, credentials: Credentials) -> Target:
    try:
        parts = urlsplit(spec)
        usable = bool(_PLAIN_HOST.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or set(spec) & set("@?# "):
        raise TargetProblem(f"{spec!r} is not a URL of the form http(s)://HOST[:PORT][/PATH]")
    if is_aws(spec) and not options.allow_aws:
        raise TargetProblem(
            f"{parts.hostname} belongs to AWS, where requests can cost money: "
            "say --allow-aws (in pytest --createmodel-allow-aws) if that is meant"
        )
    if is_aws(spec):
        from conformance.targets.aws import slowly

        options = slowly(options)
    if options.client == "boto3":
        from conformance.targets.boto import BotoTarget

        return BotoTarget(spec, options, credentials)
    from conformance.targets.http import HttpTarget

    return HttpTarget(spec, options)


def _imported(spec: str, rest: str) -> Any:
    """Return the object MODULE:NAME; the current folder can be imported from, as with python -m."""
    module_name, _, name = rest.partition(":")
    if not module_name or not name:
        raise TargetProblem(f"{spec!r} must have the form {spec.partition(':')[0]}:MODULE:NAME")
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        found: Any = importlib.import_module(module_name)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as problem:
        raise TargetProblem(f"{spec!r} cannot be imported: {_told(problem)}") from problem
    return found


def _told(problem: Exception) -> str:
    """Return what was raised, on one line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())


def _wsgi(spec: str, rest: str) -> Target:
    from conformance.targets.wsgi import WsgiTarget

    application = _imported(spec, rest)
    if not callable(application):
        raise TargetProblem(f"{spec!r} is not callable, so it is no WSGI application")
    return WsgiTarget(spec, application, fingerprint={"kind": "wsgi", "application": rest})


class _Foreign:
    """Whatever a user's factory returned, with what the protocol asks for filled in."""

    def __init__(self, name: str, inner: Any) -> None:
        self.name = name
        self.endpoint: str = getattr(inner, "endpoint", "http://localhost/")
        self.account: str | None = getattr(inner, "account", None)
        self._inner = inner

    def send(self, call: Call) -> Reply:
        """Return the object's reply; whatever it raises instead is a fault of this target."""
        try:
            reply = self._inner.send(call)
        except TransportFault:
            raise
        except Exception as problem:
            raise TransportFault("broken", f"send raised {_told(problem)}"[:200]) from problem
        if not isinstance(reply, Reply):
            raise TransportFault("broken", f"send returned no Reply but {type(reply).__name__}")
        return reply

    def fingerprint(self) -> dict[str, str]:
        own = getattr(self._inner, "fingerprint", None)
        return {"kind": "python", **(dict(own()) if callable(own) else {})}

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if callable(close):
            close()


def foreign(name: str, inner: Any) -> Target:
    """Return a user's object with ``send(call) -> Reply`` as a target."""
    if not callable(getattr(inner, "send", None)):
        raise TargetProblem(f"{name!r} has no method send(call) -> Reply")
    return _Foreign(name, inner)


def _python(spec: str, rest: str) -> Target:
    factory = _imported(spec, rest)
    try:
        inner = factory()
    except Exception as problem:
        raise TargetProblem(f"{spec!r} could not be made: {_told(problem)}") from problem
    return foreign(spec, inner)

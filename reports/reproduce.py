"""The line that reproduces a finding in a shell."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from conformance.engine.names import PREFIX

#: Where moto_server listens by default, for findings against targets that have no URL.
_DEFAULT_ENDPOINT = "${ENDPOINT:-http://127.0.0.1:5000/}"


#: How our names begin: the prefix and some of a run's letters.
_OURS = re.compile(f"{PREFIX}(?=[a-z]{{4}})")


def _renamed(text: str) -> str:
    """Return a body under another name of the same length: the sent one may still be there."""
    return _OURS.sub("try", text)


def reproduction(target: Mapping[str, Any], region: str, finding: Mapping[str, Any]) -> str:
    """Return what reproduces a finding in a shell: a curl line for each of its steps, in order."""
    steps = (*finding.get("before", ()), finding)
    return "\n".join(_curl(target, region, step) for step in steps)


def curl(target: Mapping[str, Any], region: str, request: Any) -> str:
    """Return a curl line that sends a CreateModel request, signed with dummy keys.

    Characters beyond ASCII are JSON escapes, so that the line survives every terminal; a target
    in this process has no URL, so the line asks for one in ``$ENDPOINT``.
    """
    return _curl(target, region, {"request": request})


def _curl(target: Mapping[str, Any], region: str, step: Mapping[str, Any]) -> str:
    endpoint = str(target.get("endpoint") or "")
    has_url = str(target.get("name", "")).startswith(("http://", "https://"))
    url = shlex.quote(endpoint) if has_url else f'"{_DEFAULT_ENDPOINT}"'
    http = step.get("http") or {
        "method": "POST",
        "headers": {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{step.get('operation', 'CreateModel')}",
        },
        "signing": "usual",
    }
    signature = ["--aws-sigv4", shlex.quote(f"aws:amz:{region}:sagemaker"), "--user test:test"]
    return " ".join(
        [
            f"{_piped(http)}curl -gsS -i -X {shlex.quote(http['method'])}",
            url,
            *(signature if http["signing"] == "usual" else []),
            *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in http["headers"].items()),
            *_body(step, http),
            *(["# was signed, but oddly"] if http["signing"] == "odd" else []),
        ]
    )


def _piped(http: Mapping[str, Any]) -> str:
    """Return what makes a body of raw bytes, in front of curl."""
    encoded = http.get("body_base64")
    if encoded is None:
        return ""
    body = _renamed(base64.b64decode(encoded).decode("latin-1")).encode("latin-1")
    return f"printf %s {base64.b64encode(body).decode()} | base64 -d | "


def _body(step: Mapping[str, Any], http: Mapping[str, Any]) -> list[str]:
    if "bytes" not in http:
        body = json.dumps(step["request"], ensure_ascii=True)
        return ["--data-binary", shlex.quote(_renamed(body))]
    if http["body_base64"] is None:
        return [f"--data-binary @BODY  # {http['bytes']} bytes, to be found in the record"]
    return ["--data-binary @-"] if http["bytes"] else []

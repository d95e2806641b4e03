"""The line that reproduces a finding in a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from conformance.engine.names import PREFIX

#: Where moto_server listens by default, for findings against targets that have no URL.
_DEFAULT_ENDPOINT = "${ENDPOINT:-http://127.0.0.1:5000/}"


def _renamed(request: Any) -> Any:
    """Return the request under another name of the same length: the sent one may still be there."""
    name = request.get("ModelName") if isinstance(request, dict) else None
    if not isinstance(name, str) or PREFIX not in name:
        return request
    return {**request, "ModelName": name.replace(PREFIX, "try", 1)}


def curl(target: Mapping[str, Any], region: str, request: Any) -> str:
    """Return a curl line that sends a CreateModel request, signed with dummy keys.

    Characters beyond ASCII are JSON escapes, so that the line survives every terminal; a target
    in this process has no URL, so the line asks for one in ``$ENDPOINT``.
    """
    endpoint = str(target.get("endpoint") or "")
    has_url = str(target.get("name", "")).startswith(("http://", "https://"))
    url = shlex.quote(endpoint) if has_url else f'"{_DEFAULT_ENDPOINT}"'
    body = json.dumps(_renamed(request), ensure_ascii=True)
    return " ".join(
        [
            "curl -gsS -i -X POST",
            url,
            "--aws-sigv4",
            shlex.quote(f"aws:amz:{region}:sagemaker"),
            "--user test:test",
            "-H 'Content-Type: application/x-amz-json-1.1'",
            "-H 'X-Amz-Target: SageMaker.CreateModel'",
            "--data-binary",
            shlex.quote(body),
        ]
    )

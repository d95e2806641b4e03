"""The lines that reproduce a finding: with curl, with boto3 and with the AWS CLI.

Names are changed, so that a model that the run may have left is not in the way; keys are dummies,
or taken from the environment of who runs the lines: never written down.
Characters beyond ASCII are JSON escapes, so that the lines survive every terminal. A target in
this process has no URL, so the lines ask for one in ``$ENDPOINT``.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.engine.names import PREFIX
from conformance.oracle.violations import violations
from conformance.spec.shapes import Shape
from conformance.spec.shapes import request as request_shape

#: Where moto_server listens by default, for findings against targets that have no URL.
_DEFAULT = "http://127.0.0.1:5000/"
_DEFAULT_ENDPOINT = f"${{ENDPOINT:-{_DEFAULT}}}"

#: How our names begin: the prefix and some of a run's letters.
_OURS = re.compile(f"{PREFIX}(?=[a-z]{{4}})")

#: For curl: the usual variables, and nothing in place of those that are not set.
_KEYS_OF_THE_USER = (
    '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
    '${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"} '
    '${AWS_CA_BUNDLE:+--cacert "$AWS_CA_BUNDLE"}'
)

Step = Mapping[str, Any]


def _renamed(text: str, client: str = "try") -> str:
    """Return a body under another name of the same length: the sent one may still be there.

    Each client has names of its own, so that all lines can be tried one after the other.
    """
    return _OURS.sub(client, text)


def _steps(finding: Mapping[str, Any]) -> Sequence[Step]:
    return (*finding.get("before", ()), finding)


def _operation(step: Step) -> str:
    return str(step.get("operation", "CreateModel"))


def _body_text(step: Step, client: str = "try") -> str:
    return _renamed(json.dumps(step["request"], ensure_ascii=True), client)


def _url(target: Mapping[str, Any]) -> str | None:
    """Return the target's own URL, ``None`` for one that has none."""
    has_url = str(target.get("name", "")).startswith(("http://", "https://")) or _wants_keys(target)
    return str(target.get("endpoint") or "") if has_url else None


def _wants_keys(target: Mapping[str, Any]) -> bool:
    """Tell whether a target takes real keys alone: AWS, or its emulator."""
    return str(target.get("name", "")).partition(":")[0] in ("aws", "aws-emulator")


# -- curl ----------------------------------------------------------------------------------


def reproduction(target: Mapping[str, Any], region: str, finding: Mapping[str, Any]) -> str:
    """Return what reproduces a finding in a shell: a curl line for each of its steps, in order."""
    return "\n".join(_curl(target, region, step) for step in _steps(finding))


def curl(target: Mapping[str, Any], region: str, request: Any) -> str:
    """Return a curl line that sends a CreateModel request, signed with dummy keys."""
    return _curl(target, region, {"request": request})


def _curl(target: Mapping[str, Any], region: str, step: Step) -> str:
    url = _url(target)
    http = step.get("http") or {
        "method": "POST",
        "headers": {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{_operation(step)}",
        },
        "signing": "usual",
    }
    keys = _KEYS_OF_THE_USER if _wants_keys(target) else "--user test:test"
    signature = ["--aws-sigv4", shlex.quote(f"aws:amz:{region}:sagemaker"), keys]
    return " ".join(
        [
            f"{_piped(http)}curl -gsS -i -X {shlex.quote(http['method'])}",
            f'"{_DEFAULT_ENDPOINT}"' if url is None else shlex.quote(url),
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


def _body(step: Step, http: Mapping[str, Any]) -> list[str]:
    if "bytes" not in http:
        return ["--data-binary", shlex.quote(_body_text(step))]
    if http["body_base64"] is None:
        return [f"--data-binary @BODY  # {http['bytes']} bytes, to be found in the record"]
    return ["--data-binary @-"] if http["bytes"] else []


# -- boto3 and the AWS CLI -----------------------------------------------------------------


def aws_clients_can_send(finding: Mapping[str, Any]) -> bool:
    """Tell whether boto3 and the AWS CLI can send all of a finding's steps.

    They cannot write other bytes or headers than their own, wrong JSON types, null members and
    members that they do not know.
    """
    return all(_can_send(step) for step in _steps(finding))


def _can_send(step: Step) -> bool:
    request = step["request"]
    if step.get("http") or not isinstance(request, dict):
        return False
    if _operation(step) != "CreateModel":
        return None not in request.values()
    has_wrong_types = any(each.rule.constraint == "type" for each in violations(request))
    return not has_wrong_types and _is_known(request_shape(), request)


def _is_known(shape: Shape, value: Any) -> bool:
    """Tell whether a value has only members of its shape, none of them null."""
    if value is None:
        return False
    if shape.kind == "structure":
        return isinstance(value, dict) and all(
            name in shape.members and _is_known(shape.members[name], each)
            for name, each in value.items()
        )
    if shape.item is not None:
        return isinstance(value, list) and all(_is_known(shape.item, each) for each in value)
    if shape.value is not None:
        return isinstance(value, dict) and None not in value.values()
    return not isinstance(value, dict | list)


def boto3_lines(target: Mapping[str, Any], region: str, finding: Mapping[str, Any]) -> str:
    """Return a Python program that sends a finding's steps with boto3, one after the other.

    boto3 raises for a rejection, which must not keep the steps behind it from being sent.
    """
    url = _url(target)
    endpoint = repr(url) if url is not None else f"os.environ.get('ENDPOINT', {_DEFAULT!r})"
    dummies = "    aws_access_key_id='test', aws_secret_access_key='test',"
    *before, last = (
        f"client.{_snake(_operation(step))}(**json.loads({_body_text(step, 'trb')!r}))"
        for step in _steps(finding)
    )
    return "\n".join(
        (
            f"import boto3, botocore, {'contextlib, ' if before else ''}json, os",
            f"client = boto3.client('sagemaker', {region!r}, endpoint_url={endpoint},",
            *([] if _wants_keys(target) else [dummies]),
            "    config=botocore.config.Config(parameter_validation=False))",
            *(
                f"with contextlib.suppress(client.exceptions.ClientError): {each}"
                for each in before
            ),
            f"print({last})",
        )
    )


def aws_cli_lines(target: Mapping[str, Any], region: str, finding: Mapping[str, Any]) -> str:
    """Return lines for bash that send a finding's steps with the AWS CLI.

    Its own checks are switched off, which takes a configuration file of one line.
    """
    url = _url(target)
    endpoint = f'"{_DEFAULT_ENDPOINT}"' if url is None else shlex.quote(url)
    dummies = "" if _wants_keys(target) else "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test "
    settings = f"export {dummies}AWS_MAX_ATTEMPTS=1"
    config = "printf '[default]\\nparameter_validation = false\\n' >\"$AWS_CONFIG_FILE\""
    return "\n".join(
        (
            f"{settings} AWS_CONFIG_FILE=$(mktemp); {config}",
            *(
                f"aws sagemaker {_snake(_operation(step)).replace('_', '-')} --region "
                f"{shlex.quote(region)} --endpoint-url {endpoint} "
                f"--cli-input-json {shlex.quote(_body_text(step, 'trc'))}"
                for step in _steps(finding)
            ),
        )
    )


def _snake(operation: str) -> str:
    """Return an operation as Python clients write it: ``CreateModel`` is ``create_model``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()

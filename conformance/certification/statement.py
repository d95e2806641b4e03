"""The statement of a certificate: in-toto's test-result predicate over a run's record.

https://in-toto.io/attestation/test-result/v0.1: the subject is the target, the configuration is
what it was judged by and what was recorded, each with its digest.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.engine.record import EVENTS, EXCHANGES
from conformance.spec.requirements import Requirements, digest_of

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"

#: Files of a record that a certificate vouches for, within the folder it was made in.
EXPLORATION = f"exploration/{EVENTS}"
FILES = (EVENTS, EXCHANGES, EXPLORATION, f"exploration/{EXCHANGES}")

SUITE, SPECIFICATION, REQUIREMENTS = "createmodel-conformance", "specification", "requirements"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises ``OSError``, also for a device."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def subject(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return the subject of a certificate from a header's ``target``: name, version, digest."""
    fingerprint = target["fingerprint"]
    name = fingerprint.get("name", target["name"])
    return {
        "name": f"{name} {fingerprint.get('version', '')}".strip(),
        "digest": {"sha256": _hex(digest_of({"name": target["name"], **fingerprint}))},
        "annotations": {"fingerprint": dict(fingerprint)},
    }


def statement(
    header: Mapping[str, Any],
    ended: str,
    required: Requirements,
    certified: str,
    folder: Path,
) -> dict[str, Any]:
    """Return the statement that a recorded run earned a class (``Core`` or ``Full``)."""
    version = header["suite"]["version"]
    return {
        "_type": TYPE,
        "subject": [subject(header["target"])],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "PASSED",
            "configuration": [
                {"name": SUITE, "uri": f"pkg:pypi/{SUITE}@{version}"},
                {
                    "name": REQUIREMENTS,
                    "digest": {"sha256": _hex(required.digest)},
                    "annotations": {"set": required.name, "class": certified},
                },
                {"name": SPECIFICATION, "digest": {"sha256": _hex(header["spec"]["digest"])}},
                {
                    "name": EVENTS,
                    "digest": {"sha256": file_digest(folder / EVENTS)},
                    "annotations": {"started": header["started"], "ended": ended},
                },
                *(
                    {"name": name, "digest": {"sha256": file_digest(folder / name)}}
                    for name in FILES[1:]
                ),
            ],
            "passedTests": list(required.rules(certified)),
            "warnedTests": [],
            "failedTests": [],
        },
    }


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")

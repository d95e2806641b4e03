"""Forged records of certifications, and targets that earn none."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.engine.exchanges import exchanges_digest
from conformance.targets.reference import reference
from conformance.wire import Call, Reply

FAULT = "model-name-max-length-64"


def statement(name: str) -> dict[str, Any]:
    """The statement of a certificate about a target of this name."""
    digest = {"sha256": "0" * 64}
    times = {"started": "2026-01-01T00:00:00.000Z", "ended": "2026-01-01T00:01:00.000Z"}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": name, "digest": digest, "annotations": {"fingerprint": {"kind": name}}}
        ],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [
                {
                    "name": "createmodel-conformance",
                    "uri": "pkg:pypi/createmodel-conformance@0.1.0",
                },
                {
                    "name": "requirements",
                    "digest": digest,
                    "annotations": {"set": "2026.2", "class": "Core"},
                },
                {"name": "specification", "digest": digest},
                {"name": "events.ndjson", "digest": digest, "annotations": times},
                {"name": "exchanges.ndjson.gz", "digest": digest},
                {"name": "exploration/events.ndjson", "digest": digest},
                {"name": "exploration/exchanges.ndjson.gz", "digest": digest},
            ],
            "passedTests": ["CreateModel:type", "errors/status"],
            "warnedTests": [],
            "failedTests": [],
        },
    }


def rewritten(statement: dict[str, Any]) -> str:
    """A statement as the payload of an envelope."""
    text = json.dumps(statement, sort_keys=True, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def forged(
    folder: Path,
    statement: dict[str, Any],
    place: int | None,
    edit: Callable[[Any], None],
) -> tuple[Path, dict[str, Any]]:
    """A copy of a record with one exchange (or all) edited, and every digest right again."""
    copied = Path(tempfile.mkdtemp(dir=folder.parent)) / "record"
    shutil.copytree(folder, copied)
    with gzip.open(copied / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
        said = [json.loads(line) for line in lines]
    edit(said if place is None else said[place])
    with gzip.open(copied / "exchanges.ndjson.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(each) + "\n" for each in said)
    sides: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for each in said:
        bare = {key: value for key, value in each.items() if key not in ("rule", "side")}
        sides[each["rule"], each["side"]].append(bare)
    events = [json.loads(line) for line in (copied / "events.ndjson").read_text().splitlines()]
    for event in events:
        if event["event"] == "judged":
            event["exchanges"] = exchanges_digest(sides[event["rule"], event["side"]])
    text = "".join(json.dumps(event) + "\n" for event in events)
    (copied / "events.ndjson").write_text(text, "utf-8")
    document = copy.deepcopy(statement)
    for each in document["predicate"]["configuration"]:
        if each["name"].endswith(("ndjson", "gz")):
            data = (copied / each["name"]).read_bytes()
            each["digest"]["sha256"] = hashlib.sha256(data).hexdigest()
    return copied, document


class GetsWorse:
    """The reference, until names of a second run are seen: then it takes one character too many."""

    def __init__(self) -> None:
        self._good, self._bad = reference("reference"), reference(f"reference:{FAULT}")
        self.name, self.endpoint = "worsening", self._good.endpoint
        self.account = self._good.account
        self._prefixes: set[bytes] = set()

    def send(self, call: Call) -> Reply:
        self._prefixes |= set(re.findall(rb"(cmc[a-z]{10}a)-\d", call.body))
        return (self._good if len(self._prefixes) < 2 else self._bad).send(call)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


class KnowsNoLists:
    """The reference without ListModels."""

    def __init__(self) -> None:
        self._inner = reference("reference")
        self.name, self.endpoint = "listless", self._inner.endpoint
        self.account = self._inner.account

    def send(self, call: Call) -> Reply:
        if call.operation == "ListModels":
            return Reply(400, (), b'{"__type":"UnknownOperationException"}')
        return self._inner.send(call)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


class LosesA:
    """The reference with a model of somebody's called ``a``, who deletes it as a run begins."""

    def __init__(self) -> None:
        self._inner = reference("reference")
        self.name, self.endpoint = "losing", self._inner.endpoint
        self.account = self._inner.account
        self._has_listed = False

    def send(self, call: Call) -> Reply:
        reply = self._inner.send(call)
        if call.operation == "ListModels" and not self._has_listed:
            self._has_listed = True
            theirs = {"ModelName": "a", "ModelArn": "arn:of:a", "CreationTime": 1.7e9}
            return replace(reply, body=json.dumps({"Models": [theirs]}).encode())
        return reply

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...

"""Every reader of what others wrote, with valid inputs of its own and the exceptions it may raise.

``read`` gives one input to a reader: it returns, or raises what nobody documented.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from click.testing import CliRunner
from fakes.certificates import statement
from fakes.conformant import ACCOUNT, REGION, Conformant
from fakes.records import footer, judged, row, run_of

from conformance.certification.envelope import BadKey, NotSigned, check_signature, sealed, signer
from conformance.certification.verification import NotACertificate, verify
from conformance.certification.verification import read as read_certificate
from conformance.cli import Refused, cli
from conformance.cli.pairs import recorded_sides
from conformance.engine.cleanup import seconds_to_come, settle
from conformance.engine.conversation import Conversation, TargetGone
from conformance.engine.exchanges import Exchange, recorded
from conformance.engine.journal import Heading, NotAJournal, ledger_of, path_of
from conformance.engine.judge import Bench, judge_side
from conformance.engine.judgement import shown
from conformance.engine.record import header
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.spec.rules import Rule
from conformance.targets.reference import reference
from conformance.wire import Call, Reply, encode, read
from conformance.wire.reading import KINDS, bare_code
from reports.known.entries import NotAKnownList, entries
from reports.known.writing import CannotPrune, pruned
from reports.record import NotARecord, RunRecord, exchanges
from strategies.resources import Resources

#: Rules of each sort of finding: a plain request, one with calls before it, one in odd bytes.
RULES = (
    "CreateModel/ModelName:max-length",
    "lifecycle/duplicate-name-is-rejected",
    "wire/trailing-comma",
)
FAULTS = "model-name-max-length-64+duplicate-overwrites+trailing-commas-accepted"

CALL = encode("CreateModel", {})
STATUSES = (200, 400, 500, 404, 501, 429, 403, 302, 204, 0, 999)


@dataclass(frozen=True)
class Reader:
    """A reader under test: its name, valid inputs, and how it is given one in a scratch folder."""

    name: str
    inputs: Callable[[], tuple[bytes, ...]]
    read: Callable[[bytes, Path], None]


@cache
def judged_run() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The events and the exchanges of a small run that found something of each sort."""
    target = reference(f"reference:{FAULTS}")
    bench = Bench.at(target, account=target.account)
    rules = [rule_by_id(each) for each in RULES]
    sides = [judge_side(rule, side, bench) for rule in rules for side in rule.sides]
    assert [each.verdict for each in sides].count("fail") == len(RULES)
    about = {"name": "reference", "endpoint": target.endpoint, "account": target.account}
    options = {"depth": "quick", "seed": 0, "region": "us-east-1", "client": "requests"}
    more = {"workers": 1, "select": [], "deselect": [], "auth": False, "model_limit": None}
    fingerprint = dict(target.fingerprint())
    head = header({**about, "fingerprint": fingerprint}, {**options, **more}, rules)
    events = [head, *(each.as_event() for each in sides), footer()]
    said = [
        {"rule": each.rule.id, "side": each.side, **record}
        for each in sides
        for record in each.exchanges
    ]
    return events, said


def _lines(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


# -- replies -------------------------------------------------------------------------------


def _replies() -> tuple[bytes, ...]:
    return (
        b'{"ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/a"}',
        b'{"__type": "com.amazon#ValidationException:http://x/", "message": "1 error: no"}',
        b'{"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}',
        b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>",
        b"<UnknownOperationException/>",
        b'{"Models": [{"ModelName": "a", "CreationTime": 1.7e9}], "NextToken": "x"}',
    )


def _read_reply(data: bytes, _: Path) -> None:
    status = STATUSES[len(data) % len(STATUSES)]
    named = ("X-Amzn-ErrorType", data[:60].decode("latin-1")) if len(data) % 3 else ("", "")
    reply = Reply(status, (named,), data)
    reading = read(reply)
    assert reading.kind in KINDS
    assert reading.code is None or bare_code(reading.code) == reading.code
    assert reading.message is None or isinstance(reading.message, str)
    exchange = Exchange(1, "CreateModel", None, reply, reading)
    json.dumps([shown(exchange), recorded(CALL, exchange, "case")])


class Garbled:
    """The reference, but every so many calls it gives an answer of its own."""

    name, waits = "garbled", False

    def __init__(self, answer: bytes, every: int) -> None:
        self._good, self._answer, self._every = reference("reference"), answer, every
        self.endpoint, self.account = self._good.endpoint, self._good.account
        self._calls = 0

    def send(self, call: Call) -> Reply:
        reply = self._good.send(call)
        self._calls += 1
        return reply if self._calls % self._every else replace(reply, body=self._answer)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


#: Families that take long to judge are left out; limits of requests look at no body.
LOOKED_AT = ("request/", "errors/", "response/", "wire/", "lifecycle/", "tags/", "list/", "downst")


@cache
def looked_at() -> tuple[Rule, ...]:
    """The rules that look into replies."""
    return tuple(rule for rule in all_rules() if rule.id.startswith(LOOKED_AT))


def _judge(data: bytes, _: Path) -> None:
    """Judge one rule, of a target that answers so now and then: never a fault of the suite."""
    choice = crc32(data)
    target = Garbled(data, 2 + choice % 5)
    bench = Bench.at(target, account=target.account)
    rule = looked_at()[choice // 5 % len(looked_at())]
    with suppress(TargetGone):
        for side in rule.sides:
            judgement = judge_side(rule, side, bench)
            assert judgement.verdict != "error", (rule.id, judgement.note)


# -- records -------------------------------------------------------------------------------


def _events() -> tuple[bytes, ...]:
    with_list = run_of({RULES[0]: {"accepts": "pass", "rejects": "fail"}, RULES[1]: "inconclusive"})
    entry = {"line": 2, "rule": RULES[0], "side": None, "reason": "x", "issue": None}
    entry |= {"expires": "2026-12-31", "verdict": "fail", "flaky": False, "covers": [RULES[0]]}
    with_list[0]["known"] = {"file": "known.yaml", "entries": [entry]}
    observed = judged(RULES[1], "holds", "pass", observations={"a": "b"})
    few = [*run_of({RULES[0]: "pass"})[:-1], observed]
    few[0]["rules"].append(row(RULES[1]))
    return _lines(judged_run()[0]), _lines(with_list), _lines(few)


def _read_events(data: bytes, _: Path) -> None:
    with suppress(NotARecord):
        record = RunRecord.from_lines(data.decode(errors="surrogateescape").split("\n"))
        assert record.header["event"] == "start"
        assert record.complete in (True, False)


#: Commands that read a record, and nothing else; RUN stands for it, OTHER for a sound one.
COMMANDS = (
    ("report", "RUN"),
    ("show", "RUN", "*"),
    ("known", "RUN"),
    ("known", "--explain", "RUN"),
    ("compare", "RUN", "OTHER"),
    ("compare", "OTHER", "RUN", "--json"),
    ("compare", "RUN", "RUN", "--markdown"),
    ("matrix", "RUN", "OTHER", "-o", "OUT"),
    ("report", "RUN", "--github", "OUT"),
    ("replay", "RUN", "--target", "reference"),
)


def _read_by_command(data: bytes, folder: Path) -> None:
    (folder / "events.ndjson").write_bytes(data)
    other = folder / "other.ndjson"
    other.write_bytes(_sound_events())
    places = {"RUN": str(folder), "OTHER": str(other), "OUT": str(folder / "out.html")}
    arguments = COMMANDS[len(data) % len(COMMANDS)]
    _command([places.get(each, each) for each in arguments])


def _command(arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, arguments)
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    assert done.exit_code in (0, 1, 2, 3), done.output
    if done.exit_code == 2:
        assert len(done.stderr) < 3_000


def _exchanges() -> tuple[bytes, ...]:
    said = judged_run()[1]
    faulty = {**said[0], "fault": {"kind": "timeout", "detail": "late"}}
    return _lines(said[:3]), _lines([*said[-2:], faulty]), gzip.compress(_lines(said[:6]), 1)


def _read_exchanges(data: bytes, folder: Path) -> None:
    packed = data if data[:2] == b"\x1f\x8b" else gzip.compress(data, 1)
    (folder / "exchanges.ndjson.gz").write_bytes(packed)
    list(exchanges(folder))
    with suppress(NotARecord):
        list(exchanges(folder, whole=True))
    events = judged_run()[0]
    with suppress(Refused):
        recorded_sides(folder, RunRecord(events[0], tuple(events[1:-1]), events[-1]))


# -- lists of known findings ---------------------------------------------------------------


def _lists() -> tuple[bytes, ...]:
    return (
        b"# why\nknown:\n  - rule: CreateModel/ModelName:max-length  # now\n    side: rejects\n"
        b"    reason: not yet\n    issue: https://example.com/1\n    expires: 2027-06-30\n"
        b"  - rule: 'lifecycle/dup*'\n    reason: \"x\\n\"\n    flaky: true\n",
        b'known: [{rule: "tags/*", reason: &a x, verdict: inconclusive}]\n',
        b"known: []\n",
        b"known:\r\n- reason: >-\r\n    folded\r\n    text\r\n  rule: errors/code\r\n",
    )


def _read_list(data: bytes, _: Path) -> None:
    text = data.decode(errors="replace")
    with suppress(NotAKnownList, CannotPrune):
        found = entries(text)
        json.dumps([each.as_data() for each in found])
        stale = [{"line": each.lines[0], "whole": True, "rules": each.covers} for each in found]
        pruned(text, found, stale)


# -- certificates --------------------------------------------------------------------------


@cache
def key_pair() -> tuple[bytes, bytes]:
    """An Ed25519 key pair in PEM: private, public. The same in every process."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    return (
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()),
        key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo),
    )


@cache
def signed(folder: Path) -> dict[str, Any]:
    """A small statement in an envelope; the key pair is left in the folder."""
    private, public = key_pair()
    (folder / "key.pem").write_bytes(private)
    (folder / "public.pem").write_bytes(public)
    return sealed(json.dumps(statement("target")).encode(), signer(folder / "key.pem"))


def _certificates() -> tuple[bytes, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        envelope = signed(Path(folder))
    return json.dumps(statement("target")).encode(), json.dumps(envelope).encode()


def _read_certificate(data: bytes, folder: Path) -> None:
    """Verify what is in the file and, where that is an envelope, what is within as well."""
    if not (folder / "public.pem").exists():
        (folder / "public.pem").write_bytes(key_pair()[1])
    documents = [data]
    with suppress(ValueError, RecursionError, TypeError, KeyError):
        documents.append(base64.b64decode(json.loads(data)["payload"]))
    if len(data) % 2:
        payload = base64.b64encode(data).decode()
        envelope = json.loads(_certificates_once()[1]) | {"payload": payload}
        documents.append(json.dumps(envelope).encode())
    for text in documents:
        try:
            document = read_certificate(text.decode())
        except ValueError:
            continue
        with suppress(NotACertificate):
            found = verify(document, public_key=folder / "public.pem")
            assert found.wrong or found.checked
            assert all(isinstance(each, str) for each in (*found.wrong, *found.unchecked))


def _known_by_command(data: bytes, folder: Path) -> None:
    (folder / "known.yaml").write_bytes(data)
    (folder / "events.ndjson").write_bytes(_sound_events())
    _command(["known", "--prune", str(folder), str(folder / "known.yaml")])


_certificates_once = cache(_certificates)
_sound_events = cache(lambda: _events()[0])


def _read_key(data: bytes, folder: Path) -> None:
    (folder / "any.pem").write_bytes(data)
    with suppress(BadKey):
        signer(folder / "any.pem")
    with suppress(BadKey, NotSigned):
        check_signature(json.loads(_certificates_once()[1]), folder / "any.pem")


def _verify_by_command(data: bytes, folder: Path) -> None:
    (folder / "certificate.json").write_bytes(data)
    _command(["verify", str(folder / "certificate.json"), "--record", str(folder)])


# -- requests ------------------------------------------------------------------------------


def _requests() -> tuple[bytes, ...]:
    return (
        b'{"ModelName": "a", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",'
        b' "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1",'
        b' "Environment": {"a": "b"}, "Mode": "SingleModel"}, "Tags": [{"Key": "k", "Value": ""}]}',
        b'{"Containers": [{"ModelDataUrl": "s3://b/k"}, null], "VpcConfig": {"Subnets": ["s-1"],'
        b' "SecurityGroupIds": []}, "EnableNetworkIsolation": true}',
    )


def _explain(data: bytes, folder: Path) -> None:
    (folder / "request.json").write_bytes(data)
    _command(["explain", str(folder / "request.json"), *(["--json"] if len(data) % 2 else [])])


# -- journals ------------------------------------------------------------------------------

_PREFIX = "cmcabcdefghij"


@cache
def _journals() -> tuple[bytes, ...]:
    names = (f"{_PREFIX}a-000001-conformance", "a", None, 7, [f"{_PREFIX}b"])
    heading = Heading("http://localhost/", "http://localhost/", REGION, "requests", _PREFIX, ("b",))
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/{names[0]}"
    events: list[dict[str, Any]] = [heading.as_event()]
    for name in names:
        for came in ("owned", "refused", "over", "silent", "doubt", "gone"):
            about = {"operation": "CreateModel", "name": name}
            events.append({"event": "intent", **about, "at": 1.7e9, "role": Resources().role})
            events.append({"event": came, **about, **({"arn": arn} if came == "owned" else {})})
    again = [replace(heading, prefix="cmcklmnopqrst", before=None).as_event(), *events[1:9]]
    return _lines(events), _lines([*events, *again])


def _clean_up(data: bytes, folder: Path) -> None:
    """Do what ``cleanup`` does, on the word of this journal."""
    path_of(folder).write_bytes(data)
    try:
        found = ledger_of(folder)
    except NotAJournal:
        return
    finally:
        path_of(folder).unlink()
    if found is None:
        return
    talk = Conversation(Conformant(), prefix=found[0].prefix, resources=Resources())
    talk.ledger = found[1]
    settle(talk)
    seconds_to_come(talk)


READERS = (
    Reader("replies", _replies, _read_reply),
    Reader("judging", _replies, _judge),
    Reader("events", cache(_events), _read_events),
    Reader("commands on events", cache(_events), _read_by_command),
    Reader("exchanges", _exchanges, _read_exchanges),
    Reader("known findings", _lists, _read_list),
    Reader("known --prune", _lists, _known_by_command),
    Reader("certificates", _certificates_once, _read_certificate),
    Reader("verify", _certificates_once, _verify_by_command),
    Reader("keys", key_pair, _read_key),
    Reader("requests", _requests, _explain),
    Reader("journals", _journals, _clean_up),
)

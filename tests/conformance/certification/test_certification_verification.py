"""Certificates: what earns one, what verify finds, and that no change goes unseen."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.certificates import forged, rewritten

from conformance.certification.envelope import BadKey
from conformance.certification.statement import FILES
from conformance.certification.verification import NotACertificate, verify
from conformance.spec.requirements import LATEST

#: How many random changes are made; what is claimed of a thousand is shown in the proofs.
MANY = pytest.mark.parametrize("changes", [60, pytest.param(1_000, marks=pytest.mark.proof)])

STANDS = "judged again every verdict on them stands"


def wrong(document: Any, folder: Path | None = None, key: Path | None = None) -> tuple[str, ...]:
    """What does not hold of a certificate, or that it is none."""
    try:
        return verify(document, record=folder, public_key=key).wrong
    except NotACertificate as problem:
        return (str(problem),)


def test_the_reference_earns_the_highest_class_and_its_certificate_holds(certificate: Any) -> None:
    """Every rule passes; the record, judged again without the target, says the same."""
    made = certificate("reference")
    assert made.result.exit_code == 0, made.result.output
    found = verify(made.document, record=made.folder)
    assert found.wrong == ()
    assert STANDS in found.checked[-1]
    assert (made.folder / "certificate.html").exists()


def test_what_was_there_at_the_start_is_known_to_whoever_judges_again(certified: Any) -> None:
    """A name that was listed then is not taken later, live or from the record."""
    made = certified("python:fakes.certificates:LosesA")
    assert made.result.exit_code == 0, made.result.output
    assert verify(made.document, record=made.folder).wrong == ()


@pytest.mark.parametrize(
    ("target", "options", "code", "says"),
    [
        ("reference:model-name-max-length-64", (), 1, "Not certified: 2026.2 Core, for 1 reason"),
        ("reference:duplicate-overwrites", (), 0, "Certified: 2026.2 Core."),
        ("reference:duplicate-overwrites", ("--class", "full"), 1, "Not certified: 2026.2 Full"),
        (
            "python:fakes.certificates:KnowsNoLists",
            ("--class", "full"),
            3,
            "Not certified: 2026.2 Full",
        ),
        ("moto", (), 1, "CreateModel/ModelName:max-length: The target accepted"),
    ],
)
def test_a_class_is_earned_only_when_each_of_its_rules_passes(
    certified: Any, target: str, options: tuple[str, ...], code: int, says: str
) -> None:
    """A fault outside a class leaves it; unsupported and unclear rules are no pass."""
    made = certified(target, *options)
    assert made.result.exit_code == code, made.result.output
    assert says in made.result.output
    assert (made.folder / "certificate.json").exists() == ("Certified: " in made.result.output)


def test_what_exploration_finds_takes_the_certificate_away(certified: Any) -> None:
    """The frozen requests passed, then it went wrong: no certificate for what is known wrong."""
    made = certified("python:fakes.certificates:GetsWorse")
    assert made.result.exit_code == 1, made.result.output
    assert "Found by exploration" in made.result.output
    assert not (made.folder / "certificate.json").exists()


def test_an_earlier_certificate_does_not_stay_beside_a_run_that_earned_none(certified: Any) -> None:
    """Two certifications into one folder: the second decides."""
    certified("reference")
    made = certified("reference:model-name-max-length-64")
    assert not (made.folder / "certificate.json").exists()
    assert not (made.folder / "certificate.html").exists()


def test_a_certificate_that_does_not_verify_is_not_handed_out(
    certified: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4: nobody is given what a stranger could not verify."""
    from conformance.certification import verification

    found = verification.Verification({}, ("Something does not hold.",), (), ())
    monkeypatch.setattr(verification, "verify", lambda *_, **__: found)
    made = certified("reference")
    assert made.result.exit_code == 4
    assert "Something does not hold." in made.result.output
    assert not (made.folder / "certificate.json").exists()


def test_a_corpus_that_was_changed_certifies_nothing(
    certified: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate names the published corpus: an installation that has another is refused."""
    from strategies import frozen

    shorter = b"".join(frozen.corpus_bytes(LATEST).splitlines(keepends=True)[::8])
    monkeypatch.setattr(frozen, "corpus_bytes", lambda _: shorter)
    frozen._lines.cache_clear()
    try:
        made = certified("reference")
    finally:
        frozen._lines.cache_clear()
    assert made.result.exit_code == 2
    assert "the frozen requests of 2026.2 were changed" in made.result.output


def test_the_key_is_read_once(certified: Any, keys: tuple[Path, Path], tmp_path: Path) -> None:
    """It may come from a pipe, which can be read only once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(keys[0].read_bytes()))
    writer.start()
    made = certified("reference", "--key", str(pipe))
    writer.join(timeout=10)
    assert made.result.exit_code == 0, made.result.output
    assert wrong(made.document, made.folder, keys[1]) == ()


def _of_nothing(events: list[dict[str, Any]]) -> None:
    events[1:-1] = []


def _of_another_target(events: list[dict[str, Any]]) -> None:
    events[0]["target"]["fingerprint"]["version"] = "9"


def _of_another_suite(events: list[dict[str, Any]]) -> None:
    events[0]["suite"]["version"] = "9.9"


def _of_before(events: list[dict[str, Any]]) -> None:
    events[0]["started"] = "1999-01-01T00:00:00.000Z"


@pytest.mark.parametrize("edit", [_of_nothing, _of_another_target, _of_another_suite, _of_before])
def test_the_exploration_must_be_the_one_that_belongs_to_it(
    certificate: Any, edit: Callable[[list[dict[str, Any]]], None]
) -> None:
    """Another run, or one that looked at nothing, is no exploration, digests right or not."""
    made = certificate("reference")
    path = made.folder / "exploration" / "events.ndjson"
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    edit(events)
    path.write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")
    document = made.document
    for each in document["predicate"]["configuration"]:
        if each["name"] == "exploration/events.ndjson":
            each["digest"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    found = wrong(document, made.folder)
    assert found
    assert all("xploration" in each for each in found)


def test_an_envelope_without_signatures_is_not_signed(certificate: Any) -> None:
    """It is said as it is, whatever the form."""
    statement = certificate("reference").document
    document = {
        "payload": rewritten(statement),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [],
    }
    assert verify(document).unchecked[0] == "It is not signed: who made it is not known."


def test_one_missing_exchange_is_one_thing_that_does_not_hold(certificate: Any) -> None:
    """What follows is judged as ever: nobody has to read through hundreds of lines."""
    made = certificate("reference")
    folder, document = forged(made.folder, made.document, None, _without_a_case)
    assert 1 <= len(wrong(document, folder)) <= 3


def test_a_signature_holds_for_its_key_alone(certificate: Any, keys: tuple[Path, Path]) -> None:
    """With the right key all holds; with another, or with no envelope, it says so."""
    private, public = keys
    made = certificate("reference", "--key", str(private))
    assert verify(made.document, public_key=public).checked[0] == "It is signed by this key."
    assert wrong(made.document, made.folder, public) == ()
    (said,) = verify(made.document).unchecked[:1]
    assert said.startswith("It says to be signed by key ")
    plain = certificate("reference", out="plain").document
    assert wrong(plain, None, public) == ("It is not signed.",)
    with pytest.raises(BadKey):
        verify(made.document, public_key=private)


@MANY
def test_any_byte_of_the_record_that_changes_is_found(certificate: Any, changes: int) -> None:
    """Of random changes of one byte in the files of the record each is found."""
    made, draw = certificate("reference"), random.Random(1)
    for _ in range(changes):
        file = made.folder / draw.choice(FILES)
        whole = file.read_bytes()
        at = draw.randrange(len(whole))
        file.write_bytes(whole[:at] + bytes([whole[at] ^ draw.randrange(1, 256)]) + whole[at + 1 :])
        assert wrong(made.document, made.folder), (file.name, at)
        file.write_bytes(whole)
    assert wrong(made.document, made.folder) == ()


@MANY
def test_any_byte_of_the_signed_payload_that_changes_is_found(
    certificate: Any, keys: tuple[Path, Path], changes: int
) -> None:
    """Of random changes each is found by the signature, also one in base64 alone."""
    private, public = keys
    document, draw = certificate("reference", "--key", str(private)).document, random.Random(2)
    payload = base64.b64decode(document["payload"])
    for number in range(changes):
        if number % 2:
            at = draw.randrange(len(payload))
            changed = bytearray(payload)
            changed[at] ^= draw.randrange(1, 256)
            text = base64.b64encode(bytes(changed)).decode()
        else:
            at = draw.randrange(len(document["payload"]))
            other = draw.choice([c for c in "ABCabc019+/=\n" if c != document["payload"][at]])
            text = document["payload"][:at] + other + document["payload"][at + 1 :]
        assert wrong({**document, "payload": text}, None, public), (number, at)


@MANY
def test_any_change_of_an_unsigned_statement_that_means_something_is_found_by_its_record(
    certificate: Any, changes: int
) -> None:
    """Of random changes of a character each is found, or leaves the statement as it was."""
    made, draw = certificate("reference"), random.Random(3)
    text = json.dumps(made.document)
    for _ in range(min(changes, 300)):
        at = draw.randrange(len(text))
        changed = text[:at] + draw.choice('aZ09":{}[], .-') + text[at + 1 :]
        try:
            document = json.loads(changed)
        except ValueError:
            continue
        if document == made.document:
            continue
        assert wrong(document, made.folder), changed[max(0, at - 30) : at + 30]


def _as_rejection(exchange: dict[str, Any]) -> None:
    exchange["status"] = 400
    exchange["body"] = '{"__type":"ValidationException","message":"no"}'


def _as_acceptance(exchange: dict[str, Any]) -> None:
    exchange["status"] = 200
    exchange["body"] = '{"ModelArn":"arn:aws:sagemaker:us-east-1:123456789012:model/x"}'


@pytest.mark.parametrize(
    ("side", "purpose", "edit"),
    [
        ("rejects", "case", _as_acceptance),
        ("accepts", "case", _as_rejection),
        ("rejects", "control", _as_rejection),
    ],
)
def test_a_forged_reply_is_found_even_where_all_digests_are_right_again(
    certificate: Any,
    keys: tuple[Path, Path],
    side: str,
    purpose: str,
    edit: Callable[[dict[str, Any]], None],
) -> None:
    """Without a signature, because the reply does not support its verdict; with one, always."""
    private, public = keys
    made = certificate("reference", "--key", str(private))
    payload = json.loads(base64.b64decode(made.document["payload"]))
    with gzip.open(made.folder / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
        said = [json.loads(line) for line in lines]
    places = [
        n
        for n, each in enumerate(said)
        if (each["side"], each["purpose"], each["operation"]) == (side, purpose, "CreateModel")
    ]
    for place in random.Random(4).sample(places, min(4, len(places))):
        folder, document = forged(made.folder, payload, place, edit)
        found = wrong(document, folder)
        assert found, said[place]
        assert all("not the file" not in each for each in found)
        assert wrong({**made.document, "payload": rewritten(document)}, folder, public)


def test_a_reply_that_is_edited_and_still_supports_its_verdict_is_found_with_a_signature(
    certificate: Any, keys: tuple[Path, Path]
) -> None:
    """Another message in a rejection changes no verdict: only a signature tells."""
    private, public = keys
    made = certificate("reference", "--key", str(private))
    payload = json.loads(base64.b64decode(made.document["payload"]))

    def edit(exchange: dict[str, Any]) -> None:
        exchange["body"] = exchange["body"].replace("less than", "smaller than")

    with gzip.open(made.folder / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
        said = [json.loads(line) for line in lines]
    place = next(
        n
        for n, each in enumerate(said)
        if "less than" in each.get("body", "") and each["rule"].endswith("ModelName:max-length")
    )
    folder, document = forged(made.folder, payload, place, edit)
    assert wrong(document, folder) == ()
    assert wrong(made.document, folder, public)


def _without_a_case(said: list[dict[str, Any]]) -> None:
    place = next(n for n, each in enumerate(said) if each["purpose"] == "case")
    del said[place]


def _another_request(said: list[dict[str, Any]]) -> None:
    each = next(e for e in said if e["purpose"] == "case" and e["side"] == "rejects")
    each["request"] = each["request"].replace("arn:aws:iam", "arn:aws:sts")


def _one_more(said: list[dict[str, Any]]) -> None:
    place = next(n for n, each in enumerate(said) if each["purpose"] == "case")
    said.insert(place, said[place])


def _other_method(said: list[dict[str, Any]]) -> None:
    each = next(e for e in said if e["rule"] == "wire/target-missing" and "http" in e)
    each["http"] = {**each["http"], "headers": {"X-Amz-Target": "SageMaker.CreateModel"}}


def _no_introduction(said: list[dict[str, Any]]) -> None:
    said[:] = [each for each in said if each["side"] != "introduction"]


@pytest.mark.parametrize(
    "change", [_without_a_case, _another_request, _one_more, _other_method, _no_introduction]
)
def test_the_whole_corpus_must_be_in_the_record(
    certificate: Any, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    """A request less, more or another than the suite sends is found, digests right or not."""
    made = certificate("reference")
    folder, document = forged(made.folder, made.document, None, change)
    assert wrong(document, folder)


@pytest.mark.parametrize("document", [[], {}, {"predicate": 1}, 5, None, "x", {"payload": 1}])
def test_what_is_no_certificate_is_said_to_be_none(document: Any) -> None:
    """Never a traceback: an exception with a sentence, or a sentence of what is wrong."""
    assert wrong(document)


def test_a_missing_record_is_what_does_not_hold(certificate: Any, tmp_path: Path) -> None:
    """A folder without the files cannot support a certificate."""
    found = wrong(certificate("reference").document, tmp_path / "nowhere")
    assert any("events.ndjson cannot be read" in each for each in found)

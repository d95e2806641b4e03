"""Verifies a certificate: signature, form, the record it vouches for and every verdict in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.certification.envelope import NotSigned, check_signature, key_ids, payload_of
from conformance.certification.rejudging import CannotRejudge, judged_again
from conformance.certification.statement import (
    EXPLORATION,
    FILES,
    REQUIREMENTS,
    SPECIFICATION,
    SUITE,
    file_digest,
    subject,
)
from conformance.engine.record import EVENTS, EXCHANGES
from conformance.oracle.catalogue import all_rules
from conformance.oracle.verdicts import ERROR, FAIL, PASS
from conformance.spec import documents
from conformance.spec.requirements import (
    FAMILIES,
    Requirements,
    UnknownRequirements,
    requirements,
)
from reports.record import NotARecord, RunRecord, exchanges
from reports.schemas import schema


class NotACertificate(Exception):
    """A file holds no certificate that can be looked at; the message says why."""


@dataclass(frozen=True)
class Verification:
    """What a look at a certificate found, in sentences.

    ``wrong`` is what does not hold: nothing, where the certificate can be believed. ``checked``
    is what was looked at and holds, ``unchecked`` what could not be looked at, and why.
    """

    statement: Mapping[str, Any]
    wrong: tuple[str, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]


def read(text: str) -> Any:
    """Return JSON in which no member is given twice: readers would not agree on what it says.

    Raises ``ValueError``, also where it is nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as problem:
        raise ValueError("it is nested too deeply") from problem


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member is given twice")
    return found


def statement_of(document: Any) -> dict[str, Any]:
    """Return the statement in a certificate's document, signed or not.

    Raises ``NotACertificate`` where it is neither, ``NotSigned`` for an odd envelope.
    """
    payload = document
    if isinstance(document, dict) and "payload" in document:
        try:
            payload = read(payload_of(document).decode())
        except ValueError as problem:
            raise NotSigned("what is signed is no JSON, or gives a member twice") from problem
    if not isinstance(payload, dict) or "predicate" not in payload:
        raise NotACertificate("it is neither an in-toto statement nor an envelope around one")
    return payload


def verify(
    document: Any,
    *,
    record: Path | None = None,
    public_key: Path | None = None,
    judging: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Look at a certificate (its parsed JSON), its signature and the folder of its record.

    Raises ``NotACertificate``, and ``BadKey`` for a file that holds no key. ``judging`` is told
    what takes a while before it begins.
    """
    wrong: list[str] = []
    checked: list[str] = []
    unchecked: list[str] = []
    try:
        statement = statement_of(document)
    except NotSigned as problem:
        return Verification({}, (f"The envelope: {problem}.",), (), ())
    keys = key_ids(document) if "payload" in document else []
    is_signed = bool(keys)
    if public_key is None:
        by = f" by key {', '.join(keys)[:80]}"
        what = f"It says to be signed{by}" if is_signed else "It is not signed"
        unchecked.append(f"{what}: who made it is not known.")
    elif not is_signed:
        wrong.append("It is not signed.")
    else:
        try:
            check_signature(document, public_key)
            checked.append("It is signed by this key.")
        except NotSigned as problem:
            wrong.append(f"The signature: {problem}.")
    form = next(_validator().iter_errors(statement), None)
    if form is not None:
        where = "/".join(map(str, form.absolute_path)) or "the statement"
        wrong.append(f"The statement has not the form of a certificate: {where} is wrong.")
        return Verification(statement, tuple(wrong), tuple(checked), tuple(unchecked))
    found = list(_claims(statement))
    wrong += found
    if not found:
        checked.append("Its requirement set and specification are those of this suite.")
    if record is None:
        unchecked.append("The record was not looked at: what it says to have passed is a claim.")
    elif not found:
        broken = list(_record(statement, record, judging))
        wrong += broken
        if not broken:
            checked.append(
                "The record is the one it vouches for; its frozen requests were all sent, and "
                "judged again every verdict on them stands."
            )
    return Verification(statement, tuple(wrong), tuple(checked), tuple(unchecked))


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema("certificate"))


def described(statement: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what a statement's configuration has under a name; raises ``StopIteration``."""
    configuration = statement["predicate"]["configuration"]
    found: Mapping[str, Any] = next(each for each in configuration if each["name"] == name)
    return found


def _required(statement: Mapping[str, Any]) -> tuple[Requirements, str]:
    """Return the requirement set and the class; raises ``UnknownRequirements``."""
    annotations = described(statement, REQUIREMENTS)["annotations"]
    return requirements(annotations["set"]), annotations["class"]


def _claims(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not hold of a statement by itself."""
    predicate = statement["predicate"]
    try:
        required, certified = _required(statement)
    except UnknownRequirements as problem:
        yield f"This suite cannot tell: {problem}."
        return
    if f"sha256:{described(statement, REQUIREMENTS)['digest']['sha256']}" != required.digest:
        yield f"Its requirement set is not {required.name} as it was published."
    if f"sha256:{described(statement, SPECIFICATION)['digest']['sha256']}" != documents.digest():
        yield "It was judged by another specification than this suite's."
    times = described(statement, EVENTS)["annotations"]
    if times["ended"] < times["started"]:
        yield "It says to have ended before it began."
    if predicate["passedTests"] != list(required.rules(certified)):
        yield f"The rules it says to have passed are not those of class {certified}."


def _record(
    statement: Mapping[str, Any], folder: Path, judging: Callable[[str], None]
) -> Iterator[str]:
    """Yield what does not hold of the record that a statement vouches for."""
    other = False
    for name in FILES:
        try:
            is_same = file_digest(folder / name) == described(statement, name)["digest"]["sha256"]
        except OSError as problem:
            yield f"{name} cannot be read: {problem.strerror}."
            other = True
            continue
        if not is_same:
            yield f"{name} is not the file that it vouches for."
            other = True
    if other:
        return
    try:
        run, beside = RunRecord.load(folder), RunRecord.load(folder / EXPLORATION)
    except NotARecord as problem:
        yield f"{problem}."
        return
    yield from _looked_at(_run(statement, run), EVENTS)
    yield from _looked_at(_exploration(statement, run, beside), EXPLORATION)
    judging(f"Judging {len(run.judged)} sides again ...")
    broken = list(_looked_at(_rejudged(run, folder), EXCHANGES))
    yield from broken
    version = run.header["suite"].get("version")
    if broken and version != __version__:
        yield f"It was made by version {version} of the suite, and this is {__version__}."


def _looked_at(found: Iterator[str], name: str) -> Iterator[str]:
    """Yield what was found; a file that is wrong inside is what does not hold, whatever it does.

    A record that a run wrote raises nothing here: the same code judges live targets with it.
    """
    try:
        yield from found
    except (CannotRejudge, NotARecord) as problem:
        yield f"{name}: {problem}."
    except Exception as problem:  # noqa: BLE001 - a forger chooses what it is
        yield f"{name} cannot be looked at to its end: {problem!r}."


def _rejudged(run: RunRecord, folder: Path) -> Iterator[str]:
    for wrong in judged_again(run.header, run.judged, exchanges(folder, whole=True)):
        yield f"{wrong[0].upper()}{wrong[1:]}."


def _run(statement: Mapping[str, Any], run: RunRecord) -> Iterator[str]:
    """Yield what the events of the frozen run do not say."""
    required, certified = _required(statement)
    header, footer = run.header, run.footer
    if subject(header["target"]) != statement["subject"][0]:
        yield "The record is of another target."
    if described(statement, SUITE)["uri"] != f"pkg:pypi/{SUITE}@{header['suite']['version']}":
        yield "The record is of another version of the suite."
    if header["spec"]["digest"] != documents.digest():
        yield "The record is of another specification."
    if header["options"].get("requirements") != required.name:
        yield f"The record is not of a run over {required.name}."
    annotations = described(statement, EVENTS)["annotations"]
    if footer is None or not footer["complete"]:
        yield "The recorded run did not go to its end."
    elif (header["started"], footer["ended"]) != (annotations["started"], annotations["ended"]):
        yield "The record is of another time."
    sides = {rule.id: rule.sides for rule in all_rules()}
    everything = [
        (rule, side) for rule in required.rules(list(FAMILIES)[-1]) for side in sides[rule]
    ]
    if sorted((event["rule"], event["side"]) for event in run.judged) != sorted(everything):
        yield "The record does not judge every rule of the set once."
    wanted = set(required.rules(certified))
    for event in run.judged:
        if event["rule"] in wanted and event["verdict"] != PASS:
            yield f"{event['rule']} ({event['side']}) is {event['verdict']} in the record."


def _exploration(statement: Mapping[str, Any], frozen: RunRecord, run: RunRecord) -> Iterator[str]:
    """Yield what exploration did not look at, or found against rules that are said to pass.

    Its exchanges are not judged again: random requests are not the same in every version.
    """
    wanted = set(statement["predicate"]["passedTests"])
    for what, key in (("target", "target"), ("version of the suite", "suite")):
        if run.header[key] != frozen.header[key]:
            yield f"The exploration is of another {what}."
    if run.header["spec"]["digest"] != frozen.header["spec"]["digest"]:
        yield "The exploration is of another specification."
    if frozen.footer is not None and run.header["started"] < frozen.footer["ended"]:
        yield "The exploration did not begin after the run over frozen requests."
    if not run.complete:
        yield "The recorded exploration did not go to its end."
    explored = {(event["rule"], event["side"]) for event in run.judged}
    sides = {rule.id: rule.sides for rule in all_rules()}
    left = [rule for rule in wanted for side in sides[rule] if (rule, side) not in explored]
    if left:
        yield f"The exploration did not look at {len(left)} side(s), {min(left)} among them."
    for event in run.judged:
        if event["rule"] in wanted and event["verdict"] in (FAIL, ERROR):
            yield f"{event['rule']} ({event['side']}) is {event['verdict']} in exploration."

"""The ``lifecycle/`` family: names that are taken, and models that are missing.

What a description shows is in ``conformance.oracle.descriptions``, what becomes of a model that
is deleted in ``conformance.oracle.deletions``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.deletions import DELETIONS, first_life, second_life, there
from conformance.oracle.descriptions import DESCRIPTIONS
from conformance.oracle.echoes import shown
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    Unsupported,
    accept,
    created,
    described,
    done,
    refuse,
    refused,
    scenario,
)
from conformance.oracle.tags import listed_tags

_TAKEN = "already existing model"
_MISSING = "could not find model"
_CODE = "ValidationException"

#: What is compared of descriptions: a service may show more, and that may change.
_MEMBERS = (
    "PrimaryContainer",
    "Containers",
    "InferenceExecutionConfig",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
    "CreationTime",
    "ModelArn",
)


# -- a name that is taken ------------------------------------------------------------------


def _duplicate(scene: Scene) -> Answer:
    body = scene.plain()
    created(scene, body)
    described(scene, body["ModelName"])
    return scene.ask("CreateModel", body)


def _duplicate_is_rejected(scene: Scene) -> None:
    refuse(_duplicate(scene), "a second model of the same name")


def _duplicate_code(scene: Scene) -> None:
    code = refused(_duplicate(scene)).reading.code
    if code != _CODE:
        raise Broken(f"The code is {code}, not {_CODE}.")


def _duplicate_status(scene: Scene) -> None:
    status = refused(_duplicate(scene)).reply.status
    if status != 400:
        raise Broken(f"The status is {status}, not 400.")


def _duplicate_message(scene: Scene) -> None:
    message = refused(_duplicate(scene)).reading.message or ""
    if _TAKEN not in message.lower():
        raise Broken(f"The message {message!r:.200} does not say that the model exists.")


def _duplicate_leaves_the_first(scene: Scene) -> None:
    body = first_life(scene)
    arn = created(scene, body)
    before, tags = _content(scene, body["ModelName"]), _tags(scene, arn)
    if before is None or _content(scene, body["ModelName"]) != before:
        raise NothingToJudge("the model is not described, or otherwise at every look")
    refused(scene.ask("CreateModel", second_life(scene, body)))
    after = _content(scene, body["ModelName"])
    if after is None:
        raise Broken("After the refused duplicate the first model is gone.")
    changed = [name for name in _MEMBERS if after.get(name) != before.get(name)]
    if changed:
        raise Broken(f"The refused duplicate has changed {changed[0]} of the first model.")
    if tags is not None and sorted(listed_tags(scene, arn)) != tags:
        raise Broken("The refused duplicate has changed the tags of the first model.")


def _content(scene: Scene, name: str) -> dict[str, Any] | None:
    """Return what is described of a model, lists of its VpcConfig as sets; ``None`` if gone."""
    members = there(scene, name)
    if members is None:
        return None
    content = {each: members.get(each) for each in _MEMBERS}
    if isinstance(content["VpcConfig"], dict):
        content["VpcConfig"] = {
            each: Counter(map(repr, ids)) if isinstance(ids, list) else ids
            for each, ids in content["VpcConfig"].items()
        }
    return content


def _tags(scene: Scene, arn: str) -> list[tuple[str, str]] | None:
    """Return the tags of a model; ``None`` where the target does not list them."""
    with suppress(Unsupported, NothingToJudge):
        return sorted(listed_tags(scene, arn))
    return None


def _names_are_told_apart(scene: Scene) -> None:
    stem = scene.fresh()
    for first, second in (("-a" * 10 + "-1", "-a" * 10 + "-2"), ("-b-c", "-bc")):
        _two_models(scene, stem + first, stem + second)


def _case_is_told_apart(scene: Scene) -> None:
    stem = scene.fresh().removesuffix("-conformance")
    _two_models(scene, f"{stem}-abc", f"{stem}-ABC")


def _two_models(scene: Scene, first: str, second: str) -> None:
    created(scene, scene.plain(ModelName=first))
    answer = scene.ask("CreateModel", scene.plain(ModelName=second))
    accept(answer, f"a model named {second} beside {first}")
    found = shown(scene, first)["ModelName"]
    if str(found).lower() == second.lower() != first.lower():
        raise Broken(f"The model {first} has become {second}.")


# -- a model that is missing ----------------------------------------------------------------


def _looked_for(scene: Scene) -> str:
    """Make, describe and delete a model; return its name: a target may do what it is asked.

    One that rejects everything rejects missing models, too, and proves nothing by that.
    """
    body = scene.plain()
    created(scene, body)
    described(scene, body["ModelName"])
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    return str(body["ModelName"])


def _describe_missing(scene: Scene) -> None:
    body = scene.plain()
    created(scene, body)
    described(scene, body["ModelName"])
    answer = scene.ask("DescribeModel", {"ModelName": scene.fresh()})
    refuse(answer, "DescribeModel of a model that does not exist")


def _delete_missing(scene: Scene) -> None:
    deleted = _looked_for(scene)
    answer = scene.ask("DeleteModel", {"ModelName": scene.fresh()})
    refuse(answer, "DeleteModel of a model that does not exist")
    for _ in range(2):
        refused(scene.ask("DescribeModel", {"ModelName": deleted}))
    refuse(scene.ask("DeleteModel", {"ModelName": deleted}), "a second DeleteModel of a model")


def _missing(scene: Scene) -> Iterator[Answer]:
    """Yield the answers to looks at a model that never was and at one that was deleted."""
    for name in (_looked_for(scene), scene.fresh()):
        for operation in ("DescribeModel", "DeleteModel"):
            yield refused(scene.ask(operation, {"ModelName": name}))


def _missing_code(scene: Scene) -> None:
    for answer in _missing(scene):
        if answer.reading.code != _CODE:
            raise Broken(f"{answer.operation} answers {answer.reading.code}, not {_CODE}.")


def _missing_status(scene: Scene) -> None:
    for answer in _missing(scene):
        if answer.reply.status != 400:
            raise Broken(f"{answer.operation} answers with {answer.reply.status}, not with 400.")


def _says_missing(answer: Answer) -> bool:
    """Tell whether an answer says that there is no such model, with whatever words around."""
    return _MISSING in (answer.reading.message or "").lower()


def _missing_message(scene: Scene) -> None:
    for answer in _missing(scene):
        if not _says_missing(answer):
            message = answer.reading.message or ""
            raise Broken(f"{answer.operation} says {message!r:.200}, not 'Could not find model'.")


def _missing_message_has_arn(scene: Scene) -> None:
    for answer in _missing(scene):
        message, name = answer.reading.message or "", answer.request["ModelName"]
        if not _says_missing(answer):
            raise NothingToJudge("the message does not say that the model is missing")
        if f"model/{name}" not in message:
            raise Broken(f"{answer.operation} does not say the ARN: {message!r:.200}.")


def _name_is_looked_at(operation: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        _looked_for(scene)
        for name in (scene.fresh().ljust(64, "x"), f"{scene.fresh()}_under_score"):
            if _says_missing(refused(scene.ask(operation, {"ModelName": name}))):
                raise Broken(f"{operation} looks for a model named {name}, which none can be.")

    return play


LIFECYCLE: tuple[Scenario, ...] = (
    scenario(
        "lifecycle/duplicate-name-is-rejected",
        _duplicate_is_rejected,
        "A second CreateModel with the name of a model that exists is rejected.",
        "capture D1",
    ),
    scenario(
        "lifecycle/duplicate-code",
        _duplicate_code,
        "The rejection of a name that is taken has the code ValidationException.",
        "capture D1",
    ),
    scenario(
        "lifecycle/duplicate-status",
        _duplicate_status,
        "The rejection of a name that is taken has the status 400.",
        "capture D1: a ValidationException; D2 and Common Errors: it has the status 400",
    ),
    scenario(
        "lifecycle/duplicate-message",
        _duplicate_message,
        "The rejection of a name that is taken says that the model already exists.",
        "capture D1; AWS's Python SDK tells a duplicate by these words",
    ),
    scenario(
        "lifecycle/duplicate-leaves-the-first",
        _duplicate_leaves_the_first,
        "A rejected duplicate leaves the model that exists as it was.",
        "capture D1: the second model is not created",
    ),
    scenario(
        "lifecycle/names-are-told-apart",
        _names_are_told_apart,
        "Models whose names differ late, or by a hyphen, are different models.",
        "Amazon SageMaker API Reference, CreateModel, ModelName",
        provenance="reference",
    ),
    scenario(
        "lifecycle/names-differ-in-case",
        _case_is_told_apart,
        "Models whose names differ in case alone are different models.",
        "nobody has shown it",
        provenance="inferred",
    ),
    scenario(
        "lifecycle/describe-missing",
        _describe_missing,
        "DescribeModel of a model that does not exist is rejected.",
        "capture D2",
    ),
    scenario(
        "lifecycle/delete-missing",
        _delete_missing,
        "DeleteModel of a model that does not exist is rejected.",
        "capture D3",
    ),
    scenario(
        "lifecycle/missing-code",
        _missing_code,
        "That a model does not exist is told with the code ValidationException.",
        "captures D2, D3",
    ),
    scenario(
        "lifecycle/missing-status",
        _missing_status,
        "That a model does not exist is told with the status 400.",
        "capture D2",
    ),
    scenario(
        "lifecycle/missing-message",
        _missing_message,
        "That a model does not exist is told in words that clients look for.",
        "captures D2, D3; AWS's own clients tell a missing model by these words",
    ),
    scenario(
        "lifecycle/missing-message-arn",
        _missing_message_has_arn,
        "That a model does not exist is told with its ARN.",
        "capture D2; AWS may change its prose",
        provenance="inferred",
    ),
    scenario(
        "lifecycle/describe-checks-name",
        _name_is_looked_at("DescribeModel"),
        "DescribeModel tells a name that no model can have from one that no model has.",
        "AWS service model of SageMaker, DescribeModelInput; how it is told is not known",
        provenance="inferred",
    ),
    scenario(
        "lifecycle/delete-checks-name",
        _name_is_looked_at("DeleteModel"),
        "DeleteModel tells a name that no model can have from one that no model has.",
        "AWS service model of SageMaker, DeleteModelInput; how it is told is not known",
        provenance="inferred",
    ),
    *DELETIONS,
    *DESCRIPTIONS,
)

"""The ``lifecycle/`` family: names that are taken, models that are missing, models deleted.

What a description shows is in ``conformance.oracle.descriptions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.descriptions import DESCRIPTIONS, shown
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    accept,
    created,
    described,
    done,
    refuse,
    refused,
    scenario,
)

_TAKEN = "already existing model"
_MISSING = "could not find model"
_CODE = "ValidationException"


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
    body = scene.plain()
    created(scene, body)
    before = described(scene, body["ModelName"])
    refused(scene.ask("CreateModel", {**body, "EnableNetworkIsolation": True}))
    after = scene.ask("DescribeModel", {"ModelName": body["ModelName"]})
    if not after.accepted:
        raise Broken("After the refused duplicate the first model is gone.")
    if after.members.get("EnableNetworkIsolation") != before.get("EnableNetworkIsolation"):
        raise Broken("The refused duplicate has changed the first model.")


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

_LOOKING = ("DescribeModel", "DeleteModel")


def _missing_is_refused(operation: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = scene.ask(operation, {"ModelName": scene.fresh()})
        refuse(answer, f"{operation} of a model that does not exist")

    return play


def _missing(scene: Scene) -> Iterator[Answer]:
    for operation in _LOOKING:
        yield refused(scene.ask(operation, {"ModelName": scene.fresh()}))


def _missing_code(scene: Scene) -> None:
    for answer in _missing(scene):
        if answer.reading.code != _CODE:
            raise Broken(f"{answer.operation} answers {answer.reading.code}, not {_CODE}.")


def _missing_status(scene: Scene) -> None:
    for answer in _missing(scene):
        if answer.reply.status != 400:
            raise Broken(f"{answer.operation} answers with {answer.reply.status}, not with 400.")


def _missing_message(scene: Scene) -> None:
    for answer in _missing(scene):
        message = answer.reading.message or ""
        if not message.lower().startswith(_MISSING):
            raise Broken(f"{answer.operation} says {message!r:.200}, not 'Could not find model'.")


def _missing_message_has_arn(scene: Scene) -> None:
    for answer in _missing(scene):
        message, name = answer.reading.message or "", answer.request["ModelName"]
        if not message.lower().startswith(_MISSING):
            raise NothingToJudge("the message does not say that the model is missing")
        if f"model/{name}" not in message:
            raise Broken(f"{answer.operation} does not say the ARN: {message!r:.200}.")


def _name_is_looked_at(operation: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        for name in (scene.fresh().ljust(64, "x"), f"{scene.fresh()}_under_score"):
            answer = refused(scene.ask(operation, {"ModelName": name}))
            if (answer.reading.message or "").lower().startswith(_MISSING):
                raise Broken(f"{operation} looks for a model named {name}, which none can be.")

    return play


# -- a model that is deleted ----------------------------------------------------------------


def _deleted(scene: Scene, name: str) -> Answer:
    created(scene, scene.plain(ModelName=name))
    done(_look(scene, name))
    return scene.ask("DeleteModel", {"ModelName": name})


def _delete_is_accepted(scene: Scene) -> None:
    accept(_deleted(scene, f"{scene.fresh()}-ABC"), "the deletion of a model that exists")


def _delete_status(scene: Scene) -> None:
    status = done(_deleted(scene, scene.fresh())).reply.status
    if status != 200:
        raise Broken(f"The status is {status}, not 200.")


def _delete_body(scene: Scene) -> None:
    body = done(_deleted(scene, scene.fresh())).reply.body
    if body.strip() not in (b"", b"{}"):
        raise Broken(f"The body is not empty: {body[:80]!r}.")


def _look(scene: Scene, name: str) -> Answer:
    return scene.ask("DescribeModel", {"ModelName": name})


def _deleted_is_gone(scene: Scene) -> None:
    name = scene.fresh()
    refused(_look(scene, name))
    done(_deleted(scene, name))
    if _look(scene, name).accepted:
        raise Broken("The deleted model is still described.")


def _deleted_stays_gone(scene: Scene) -> None:
    name = scene.fresh()
    done(_deleted(scene, name))
    refused(_look(scene, name))
    if _look(scene, name).accepted:
        raise Broken("The deleted model is described again at a second look.")


def _delete_spares_others(scene: Scene) -> None:
    name, neighbour = scene.fresh(), scene.fresh()
    others = (neighbour, f"{name}-2")
    for each in others:
        created(scene, scene.plain(ModelName=each))
    done(_deleted(scene, name))
    for each in others:
        if not _look(scene, each).accepted:
            raise Broken(f"With {name} the model {each} has gone, too.")


def _name_is_free_again(scene: Scene) -> None:
    body = scene.plain()
    done(_deleted(scene, body["ModelName"]))
    for _ in range(2):
        refused(_look(scene, body["ModelName"]))
    accept(scene.ask("CreateModel", body), "the name of a deleted model")


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
        _missing_is_refused("DescribeModel"),
        "DescribeModel of a model that does not exist is rejected.",
        "capture D2",
    ),
    scenario(
        "lifecycle/delete-missing",
        _missing_is_refused("DeleteModel"),
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
    scenario(
        "lifecycle/delete-existing",
        _delete_is_accepted,
        "DeleteModel of a model that exists is accepted.",
        "capture G3",
    ),
    scenario(
        "lifecycle/delete-status",
        _delete_status,
        "DeleteModel is answered with the status 200.",
        "capture G3",
    ),
    scenario(
        "lifecycle/delete-body",
        _delete_body,
        "The answer to DeleteModel has no content.",
        "capture G3",
    ),
    scenario(
        "lifecycle/deleted-is-gone",
        _deleted_is_gone,
        "A deleted model is not described any more.",
        "captures G3, D2",
    ),
    scenario(
        "lifecycle/deleted-stays-gone",
        _deleted_stays_gone,
        "A deleted model does not come back.",
        "captures G3, D2",
    ),
    scenario(
        "lifecycle/delete-spares-others",
        _delete_spares_others,
        "DeleteModel deletes no other model, however alike its name is.",
        "Amazon SageMaker API Reference, DeleteModel",
        provenance="reference",
    ),
    scenario(
        "lifecycle/deleted-name-is-free",
        _name_is_free_again,
        "The name of a deleted model can be used again.",
        "captures G3, D2: there is no such model any more",
    ),
    *DESCRIPTIONS,
)

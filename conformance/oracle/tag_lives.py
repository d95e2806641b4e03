"""The part of ``tags/`` about models that are missing or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    arn_of,
    created,
    done,
    refuse,
    refused,
    scenario,
)
from conformance.oracle.tag_steps import (
    REFERENCE,
    SOME,
    as_list,
    differs,
    kept,
    page,
    shown_tags,
    tagged,
)
from conformance.wire.reading import REJECTED

# -- resources that do not exist ------------------------------------------------------------


def _missing(scene: Scene, operation: str = "ListTags") -> str:
    """Return the ARN of a model of the right account that does not exist.

    The operation is accepted for a model that does: a target that rejects it always rejects it
    here, too, and proves nothing by that.
    """
    known, name = scene.plain(), scene.fresh()
    arn = created(scene, known)
    done(scene.ask(operation, _calls(arn)[operation]))
    return f"{arn.removesuffix(known['ModelName'])}{name}"


def _calls(arn: str) -> dict[str, dict[str, Any]]:
    return {
        "ListTags": {"ResourceArn": arn},
        "AddTags": {"ResourceArn": arn, "Tags": as_list(SOME)},
        "DeleteTags": {"ResourceArn": arn, "TagKeys": ["owner"]},
    }


def _missing_is_refused(operation: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = scene.ask(operation, _calls(_missing(scene, operation))[operation])
        refuse(answer, f"{operation} for a model that does not exist")

    return play


def _missing_code(scene: Scene) -> None:
    code = refused(page(scene, _missing(scene))).reading.code
    if code != "ValidationException":
        raise Broken(f"The code is {code}, not ValidationException.")


def _missing_status(scene: Scene) -> None:
    status = refused(page(scene, _missing(scene))).reply.status
    if status != 400:
        raise Broken(f"The status is {status}, not 400.")


def _missing_message(scene: Scene) -> None:
    message = refused(page(scene, _missing(scene))).reading.message or ""
    if "does not exist" not in message.lower():
        raise Broken(f"The message {message!r:.200} does not say that it does not exist.")


def _arn_is_looked_at(scene: Scene) -> None:
    done(page(scene, tagged(scene, SOME)))
    answer = refused(page(scene, "not-an-arn"))
    if "does not exist" in (answer.reading.message or "").lower():
        raise Broken("ListTags looks for a resource whose ARN is none.")


# -- a model that is deleted ----------------------------------------------------------------


def _gone_with_model(scene: Scene) -> None:
    body = scene.plain(Tags=as_list(SOME))
    arn = created(scene, body)
    kept(scene, arn, SOME)
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    answer = page(scene, arn)
    if answer.accepted and answer.members.get("Tags"):
        raise Broken("The tags of the deleted model are still shown.")


def _kept_when_others_go(scene: Scene) -> None:
    gone, name = scene.plain(Tags=as_list(SOME)), scene.fresh()
    others = [created(scene, scene.plain(Tags=as_list(SOME)))]
    others.append(created(scene, scene.plain(ModelName=f"{name}-2", Tags=as_list(SOME))))
    created(scene, gone | {"ModelName": name})
    for each in others:
        kept(scene, each, SOME)
    done(scene.ask("DeleteModel", {"ModelName": name}))
    for each in others:
        answer = page(scene, each)
        if answer.reading.kind == REJECTED:
            raise Broken("With a model the tags of another have gone.", at=answer)
        wrong = differs(shown_tags(scene, each), SOME)
        if wrong is not None:
            raise Broken(f"With a model tags of another have gone. {wrong}")


def _not_inherited(scene: Scene) -> None:
    body = scene.plain(Tags=as_list(SOME))
    kept(scene, created(scene, body), SOME)
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    del body["Tags"]
    again = shown_tags(scene, arn_of(done(scene.ask("CreateModel", body))))
    if set(again) & set(SOME):
        raise Broken("A new model has the tags of the deleted one of its name.")


LIVES: tuple[Scenario, ...] = (
    scenario(
        "tags/list-missing",
        _missing_is_refused("ListTags"),
        "ListTags for a model that does not exist is rejected.",
        "capture H2",
    ),
    scenario(
        "tags/add-missing",
        _missing_is_refused("AddTags"),
        "AddTags for a model that does not exist is rejected.",
        "capture H2 shows it for ListTags",
        provenance="inferred",
    ),
    scenario(
        "tags/delete-missing",
        _missing_is_refused("DeleteTags"),
        "DeleteTags for a model that does not exist is rejected.",
        "capture H2 shows it for ListTags",
        provenance="inferred",
    ),
    scenario(
        "tags/missing-code",
        _missing_code,
        "ListTags tells that a resource does not exist with the code ValidationException.",
        "capture H2",
    ),
    scenario(
        "tags/missing-status",
        _missing_status,
        "ListTags tells that a resource does not exist with the status 400.",
        "capture H2: a ValidationException; D2 and Common Errors: it has the status 400",
    ),
    scenario(
        "tags/missing-message",
        _missing_message,
        "ListTags says of a resource that does not exist that it does not exist.",
        "capture H2; AWS may change its prose",
        provenance="inferred",
    ),
    scenario(
        "tags/list-checks-arn",
        _arn_is_looked_at,
        "ListTags tells an ARN that is none from one of a resource that does not exist.",
        "capture B6; how it is told may change",
        provenance="inferred",
    ),
    scenario(
        "tags/gone-with-model",
        _gone_with_model,
        "The tags of a deleted model are not shown any more.",
        "captures G3, D2: the model is gone",
    ),
    scenario(
        "tags/kept-when-others-go",
        _kept_when_others_go,
        "The deletion of a model leaves the tags of other models.",
        f"{REFERENCE}, DeleteModel",
        provenance="reference",
    ),
    scenario(
        "tags/not-inherited",
        _not_inherited,
        "A new model does not have the tags of a deleted one of its name.",
        f"{REFERENCE}, CreateModel, Tags",
        provenance="reference",
    ),
)

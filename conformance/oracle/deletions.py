"""The part of ``lifecycle/`` about models that are deleted, and about names used again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.descriptions import creation_time, image_like
from conformance.oracle.echoes import shown_after, values_at
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    accept,
    created,
    done,
    refuse,
    refused,
    scenario,
)
from conformance.wire.reading import REJECTED

_MARK = "PrimaryContainer.Environment.MARK"


def look(scene: Scene, name: str) -> Answer:
    """Look at a model, whether it is there or not."""
    return scene.ask("DescribeModel", {"ModelName": name})


def there(scene: Scene, name: str) -> Mapping[str, Any] | None:
    """Return the description of a model, or ``None`` where the target says that there is none.

    A target that fails or is busy has not said so: then there is nothing to judge.
    """
    answer = look(scene, name)
    if answer.accepted:
        return answer.members
    if answer.reading.kind != REJECTED:
        raise NothingToJudge(f"the answer is neither yes nor no ({answer.summary})")
    return None


def first_life(scene: Scene) -> dict[str, Any]:
    """Return a request whose content differs from that of ``second_life`` in everything."""
    body = scene.plain(Tags=[{"Key": "life", "Value": "first"}])
    body["PrimaryContainer"] = _marked(scene, "first")
    return body


def second_life(scene: Scene, first: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request of the same name with other content in every place."""
    return {
        **first,
        "PrimaryContainer": _marked(scene, "second"),
        "VpcConfig": _vpc(scene),
        "EnableNetworkIsolation": True,
        "Tags": [{"Key": "life", "Value": "second"}, {"Key": "second", "Value": "only"}],
    }


def _marked(scene: Scene, mark: str) -> dict[str, Any]:
    return {"Image": image_like(scene, mark), "Environment": {"MARK": mark, mark: mark}}


def _vpc(scene: Scene) -> dict[str, Any]:
    resources = scene.resources
    return {"SecurityGroupIds": resources.security_group_ids(1), "Subnets": resources.subnet_ids(1)}


def _kinds(scene: Scene) -> tuple[dict[str, Any], ...]:
    """Return requests of models that a service may keep in different ways."""
    plain = scene.plain()
    plain["ModelName"] += "-ABC"
    containers = [{"Image": scene.resources.container_image, "ContainerHostname": n} for n in "ab"]
    tags = [{"Key": "owner", "Value": "data-science"}]
    pipeline = scene.plain(Containers=containers, Tags=tags, VpcConfig=_vpc(scene))
    del pipeline["PrimaryContainer"]
    return plain, pipeline


def _deleted(scene: Scene, body: Mapping[str, Any]) -> Answer:
    created(scene, body)
    done(look(scene, body["ModelName"]))
    return scene.ask("DeleteModel", {"ModelName": body["ModelName"]})


def _delete_is_accepted(scene: Scene) -> None:
    for body, what in zip(_kinds(scene), ("model", "pipeline"), strict=True):
        accept(_deleted(scene, body), f"the deletion of a {what} that exists")


def _delete_status(scene: Scene) -> None:
    status = done(_deleted(scene, scene.plain())).reply.status
    if status != 200:
        raise Broken(f"The status is {status}, not 200.")


def _delete_body(scene: Scene) -> None:
    body = done(_deleted(scene, scene.plain())).reply.body
    if body.strip() not in (b"", b"{}"):
        raise Broken(f"The body is not empty: {body[:80]!r}.")


def _deleted_is_gone(scene: Scene) -> None:
    refused(look(scene, scene.fresh()))
    for body in _kinds(scene):
        done(_deleted(scene, body))
        refuse(look(scene, body["ModelName"]), "a look at a model that is deleted")


def _deleted_stays_gone(scene: Scene) -> None:
    body = scene.plain()
    done(_deleted(scene, body))
    refused(look(scene, body["ModelName"]))
    if look(scene, body["ModelName"]).accepted:
        raise Broken("The deleted model is described again at a second look.")


def _delete_spares_others(scene: Scene) -> None:
    name, neighbour = scene.fresh(), scene.fresh()
    others = (neighbour, f"{name}-2")
    for each in others:
        created(scene, scene.plain(ModelName=each))
        done(look(scene, each))
    done(_deleted(scene, scene.plain(ModelName=name)))
    for each in others:
        if there(scene, each) is None:
            raise Broken(f"With {name} the model {each} has gone, too.")


def _name_is_free_again(scene: Scene) -> None:
    body = scene.plain()
    done(_deleted(scene, body))
    for _ in range(2):
        refused(look(scene, body["ModelName"]))
    accept(scene.ask("CreateModel", body), "the name of a deleted model")


def _recreated_is_new(scene: Scene) -> None:
    again = first_life(scene)
    before = second_life(scene, again)
    old = shown_after(scene, before)
    if values_at(_MARK, old) != ["second"]:
        raise NothingToJudge("PrimaryContainer.Environment is not shown")
    done(scene.ask("DeleteModel", {"ModelName": again["ModelName"]}))
    new = shown_after(scene, again)
    environment = values_at("PrimaryContainer.Environment", new)
    if values_at(_MARK, new) != ["first"] or "second" in environment[0]:
        raise Broken(f"The new model has the Environment {environment!r:.120}.")
    left = set(map(str, values_at("VpcConfig.Subnets[]", new))) & set(_vpc(scene)["Subnets"])
    if left:
        raise Broken(f"The new model has the subnet {min(left)!r} of the deleted one.")
    if creation_time(new) < creation_time(old):
        raise Broken("The new model was made before the one that was deleted.")


DELETIONS: tuple[Scenario, ...] = (
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
    scenario(
        "lifecycle/recreated-is-new",
        _recreated_is_new,
        "A model under the name of a deleted one has its own content, and is not the older one.",
        "captures G3, D2: the model is gone",
    ),
)

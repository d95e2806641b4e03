"""The part of ``list/`` about orders and filters: SortBy, SortOrder, NameContains, times."""

from __future__ import annotations

import time
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.descriptions import is_possible_time
from conformance.oracle.listing import (
    PAGES,
    ask_list,
    listing,
    models_of,
    shown,
    some_models,
    walk,
)
from conformance.oracle.scenario import Broken, Scenario, Scene, created, done, refuse

_MODEL = "AWS service model of SageMaker, ListModels"
_REFERENCE = "Amazon SageMaker API Reference, ListModels"

#: Seconds between two models that must differ in time: first hopefully, then for whole seconds.
_APART = (0.02, 1.1)

#: Made in this order: neither the names' nor its reverse.
_ENDINGS = ("-b", "-c", "-a")


def _endings(scene: Scene, stem: str, **members: Any) -> list[str]:
    """Return the endings of our models' names in the order in which they are listed."""
    found = shown(scene, stem, len(_ENDINGS), **members)
    return [each["ModelName"][len(stem) :].lower() for each in found]


def _sorts_by_name(scene: Scene) -> None:
    found = _endings(scene, some_models(scene, *_ENDINGS), SortBy="Name")
    if found not in (sorted(found), sorted(found, reverse=True)):
        raise Broken(f"With SortBy Name the order is {', '.join(found)}.")


def _follows_sort_order(scene: Scene) -> None:
    stem = some_models(scene, *_ENDINGS)
    for order, is_reversed in (("Ascending", False), ("Descending", True)):
        found = _endings(scene, stem, SortBy="Name", SortOrder=order)
        if found not in (sorted(found), sorted(found, reverse=True)):
            raise NothingToJudge("the models are not sorted by name")
        if found != sorted(found, reverse=is_reversed):
            raise Broken(f"With SortOrder {order} the order is {', '.join(found)}.")


def _apart(scene: Scene, *endings: str) -> tuple[str, list[dict[str, Any]]]:
    """Create models at different times; return their stem and how each is listed, oldest first."""
    for seconds in _APART:
        stem = scene.fresh()
        for ending in endings:
            created(scene, scene.plain(ModelName=stem + ending))
            time.sleep(seconds)
        listed = {
            each["ModelName"].lower(): dict(each) for each in shown(scene, stem, len(endings))
        }
        models = [listed[(stem + ending).lower()] for ending in endings]
        times = [each.get("CreationTime") for each in models]
        if not all(map(is_possible_time, times)):
            raise NothingToJudge("the models are not listed with their times")
        if len(set(times)) == len(times):
            return stem, models
    raise NothingToJudge("models made a second apart have the same time")


def _newest_first(scene: Scene) -> None:
    stem, _ = _apart(scene, *_ENDINGS)
    found = _endings(scene, stem)
    if found != list(reversed(_ENDINGS)):
        raise Broken(f"Of models made in the order b, c, a the list is {', '.join(found)}.")


def _contains(scene: Scene) -> None:
    stem = some_models(scene, "-wanted-1", "-other")
    shown(scene, stem, 2)
    part = f"{stem[3:]}-wanted"
    names = [each["ModelName"].lower() for each in walk(scene, NameContains=part).ours(stem)]
    if f"{stem}-other".lower() in names:
        raise Broken("A model is listed whose name does not contain NameContains.")
    if f"{stem}-wanted-1".lower() not in names:
        raise Broken("A model is not listed though its name contains NameContains.")


def _contains_case(scene: Scene) -> None:
    stem = some_models(scene, "-wanted")
    part = f"{stem[3:]}-wanted"
    if not walk(scene, NameContains=part).ours(stem):
        raise NothingToJudge("NameContains does not find the model")
    if walk(scene, NameContains=part.upper()).ours(stem):
        raise Broken("NameContains finds a name that differs in case.")


def _made(scene: Scene, stem: str, **members: Any) -> set[str]:
    found = walk(scene, MaxResults=100, **members).ours(stem)
    return {each["ModelName"][len(stem) :].lower() for each in found}


def _after(scene: Scene) -> None:
    stem, (old, new) = _apart(scene, "-old", "-new")
    between = (old["CreationTime"] + new["CreationTime"]) / 2
    found = _made(scene, stem, CreationTimeAfter=between)
    if "-old" in found:
        raise Broken("CreationTimeAfter lists a model that was made before.")
    if "-new" not in found:
        raise Broken("CreationTimeAfter does not list a model that was made after.")


def _before(scene: Scene) -> None:
    stem, (old, new) = _apart(scene, "-old", "-new")
    between = (old["CreationTime"] + new["CreationTime"]) / 2
    found = _made(scene, stem, CreationTimeBefore=between)
    if "-new" in found:
        raise Broken("CreationTimeBefore lists a model that was made after.")
    if "-old" not in found:
        raise Broken("CreationTimeBefore does not list a model that was made before.")


def _after_is_inclusive(scene: Scene) -> None:
    stem, (_, new) = _apart(scene, "-old", "-new")
    moment = new["CreationTime"]
    if "-new" not in _made(scene, stem, CreationTimeAfter=moment - 1):
        raise NothingToJudge("CreationTimeAfter does not find the model at all")
    if "-new" not in _made(scene, stem, CreationTimeAfter=moment):
        raise Broken("CreationTimeAfter leaves out the model of that very moment.")


def _before_is_exclusive(scene: Scene) -> None:
    stem, (_, new) = _apart(scene, "-old", "-new")
    moment = new["CreationTime"]
    if "-new" in _made(scene, stem, CreationTimeBefore=moment - 1):
        raise NothingToJudge("CreationTimeBefore does not leave the model out at all")
    if "-new" in _made(scene, stem, CreationTimeBefore=moment):
        raise Broken("CreationTimeBefore lists the model of that very moment.")


def _rejects_other_orders(scene: Scene) -> None:
    models_of(done(ask_list(scene, SortBy="Name", SortOrder="Ascending")))
    for member in ("SortBy", "SortOrder"):
        refuse(ask_list(scene, **{member: "Sideways"}), f"a {member} that is none")


LISTING: tuple[Scenario, ...] = (
    *PAGES,
    listing(
        "sort-by-name",
        _sorts_by_name,
        "With SortBy Name the models are in the order of their names.",
        f"{_MODEL}, SortBy",
        "model",
    ),
    listing(
        "sort-order",
        _follows_sort_order,
        "SortOrder Ascending and Descending are what they say.",
        f"{_MODEL}, SortOrder",
        "model",
    ),
    listing(
        "newest-first",
        _newest_first,
        "Without SortBy and SortOrder the newest model comes first.",
        f"{_REFERENCE}, SortBy and SortOrder: their defaults",
        "reference",
    ),
    listing(
        "name-contains",
        _contains,
        "NameContains lists the models whose names contain it, anywhere, and no others.",
        f"{_REFERENCE}, NameContains",
        "reference",
    ),
    listing(
        "name-contains-case",
        _contains_case,
        "NameContains tells capitals from small letters.",
        "nobody has shown it",
        "inferred",
    ),
    listing(
        "created-after",
        _after,
        "CreationTimeAfter lists the models that were made after it, and no others.",
        f"{_REFERENCE}, CreationTimeAfter",
        "reference",
    ),
    listing(
        "created-before",
        _before,
        "CreationTimeBefore lists the models that were made before it, and no others.",
        f"{_REFERENCE}, CreationTimeBefore",
        "reference",
    ),
    listing(
        "created-after-inclusive",
        _after_is_inclusive,
        "CreationTimeAfter lists a model of that very moment.",
        f"{_REFERENCE}, CreationTimeAfter; how exactly times are kept is not known",
        "inferred",
    ),
    listing(
        "created-before-exclusive",
        _before_is_exclusive,
        "CreationTimeBefore does not list a model of that very moment.",
        f"{_REFERENCE}, CreationTimeBefore; how exactly times are kept is not known",
        "inferred",
    ),
    listing(
        "rejects-other-orders",
        _rejects_other_orders,
        "SortBy and SortOrder are rejected when they are not of their sets of values.",
        f"{_MODEL}, ModelSortKey, OrderKey",
        "model",
    ),
)

"""The part of ``list/`` about orders and filters by name: SortBy, SortOrder, NameContains."""

from __future__ import annotations

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.listing import (
    SHOWN,
    ask_list,
    endings,
    listing,
    models_of,
    must_list,
    shown,
    some_models,
    walk,
)
from conformance.oracle.listing_pages import PAGES
from conformance.oracle.listing_times import TIMES
from conformance.oracle.scenario import Broken, Scenario, Scene, done, refuse

_MODEL = "AWS service model of SageMaker, ListModels"
_REFERENCE = "Amazon SageMaker API Reference, ListModels"

#: Made in this order: neither the names' nor its reverse.
_ENDINGS = ("-b", "-c", "-a")


def _sorts_by_name(scene: Scene) -> None:
    found = endings(scene, some_models(scene, *_ENDINGS), len(_ENDINGS), SortBy="Name")
    if found not in (sorted(found), sorted(found, reverse=True)):
        raise Broken(f"With SortBy Name the order is {', '.join(found)}.")


def _follows_sort_order(scene: Scene) -> None:
    stem = some_models(scene, *_ENDINGS)
    for order, is_reversed in (("Ascending", False), ("Descending", True)):
        found = endings(scene, stem, len(_ENDINGS), SortBy="Name", SortOrder=order)
        if found not in (sorted(found), sorted(found, reverse=True)):
            raise NothingToJudge("the models are not sorted by name")
        if found != sorted(found, reverse=is_reversed):
            raise Broken(f"With SortOrder {order} the order is {', '.join(found)}.")


def _contains(scene: Scene) -> None:
    stem = some_models(scene, "-wanted-1", "-other")
    shown(scene, stem, 2)
    must_list(scene, stem, {"-wanted-1"}, NameContains=f"{stem[3:]}-wanted")


def _contains_case(scene: Scene) -> None:
    stem = some_models(scene, "-wanted")
    part = f"{stem[3:]}-wanted"
    if not walk(scene, NameContains=part).ours(stem):
        raise NothingToJudge("NameContains does not find the model")
    if walk(scene, NameContains=part.upper()).ours(stem):
        raise Broken("NameContains finds a name that differs in case.")


def _rejects_other_orders(scene: Scene) -> None:
    models_of(done(ask_list(scene, SortBy="Name", SortOrder="Ascending")))
    for member in ("SortBy", "SortOrder"):
        refuse(ask_list(scene, **{member: "Sideways"}), f"a {member} that is none")


LISTING: tuple[Scenario, ...] = (
    *SHOWN,
    *PAGES,
    *TIMES,
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
        "rejects-other-orders",
        _rejects_other_orders,
        "SortBy and SortOrder are rejected when they are not of their sets of values.",
        f"{_MODEL}, ModelSortKey, OrderKey",
        "model",
    ),
)

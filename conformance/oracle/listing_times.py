"""The part of ``list/`` about times: CreationTimeAfter and -Before, and orders by CreationTime.

Times may be shown in other steps than they are kept and compared in, whole seconds for example.
So models are made far enough apart for neither truncation nor rounding to matter.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.descriptions import is_possible_time
from conformance.oracle.listing import endings, listing, must_list, shown, walk
from conformance.oracle.scenario import Broken, Scenario, Scene, created

_REFERENCE = "Amazon SageMaker API Reference, ListModels"

#: Seconds between two models that must differ in time: first hopefully, then for whole seconds.
_APART = (0.02, 2.1)

#: Two models are told apart by times that differ by so many of the steps in which they are shown.
_STEPS = 2

#: Made in this order: neither the names' nor its reverse.
_ENDINGS = ("-b", "-c", "-a")


def _apart(scene: Scene, *which: str) -> tuple[str, list[float]]:
    """Create models at different times; return their stem and when they were made, oldest first."""
    for seconds in _APART:
        stem = scene.fresh()
        for number, ending in enumerate(which):
            time.sleep(seconds if number else 0)
            created(scene, scene.plain(ModelName=stem + ending))
        listed = {each["ModelName"].lower(): each for each in shown(scene, stem, len(which))}
        ours = [listed.get((stem + ending).lower(), {}) for ending in which]
        times = [each.get("CreationTime") for each in ours]
        if not all(map(is_possible_time, times)):
            raise NothingToJudge("the models are not listed with their times")
        found = [float(each or 0) for each in times]
        least = (_STEPS - 0.01) * _step_of(found)  # less what differences of floats are off
        if all(new - old > least for old, new in pairwise(found)):
            return stem, found
    raise NothingToJudge("models made two seconds apart are not listed with times as far apart")


def _step_of(times: list[float]) -> float:
    """Return the step, in seconds, in which times seem to be shown: 1, 0.1, 0.01 or 0.001."""
    digits = max(len(f"{each:.3f}".rstrip("0").partition(".")[2]) for each in times)
    return float(10**-digits)


def _newest_first(scene: Scene) -> None:
    stem, _ = _apart(scene, *_ENDINGS)
    found = endings(scene, stem, len(_ENDINGS))
    if found != list(reversed(_ENDINGS)):
        raise Broken(f"Of models made in the order b, c, a the list is {', '.join(found)}.")


#: What is asked for, and whether the newest then comes first.
_ORDERS: tuple[tuple[dict[str, str], bool], ...] = (
    ({"SortBy": "CreationTime", "SortOrder": "Ascending"}, False),
    ({"SortBy": "CreationTime", "SortOrder": "Descending"}, True),
    ({"SortOrder": "Ascending"}, False),
    ({"SortOrder": "Descending"}, True),
)


def _sorts_by_time(scene: Scene) -> None:
    stem, _ = _apart(scene, *_ENDINGS)
    for asked, is_reversed in _ORDERS:
        found = endings(scene, stem, len(_ENDINGS), **asked)
        if found != list(reversed(_ENDINGS) if is_reversed else _ENDINGS):
            words = " and ".join(f"{name} {value}" for name, value in asked.items())
            raise Broken(f"With {words}, models made as b, c, a are listed {', '.join(found)}.")


def _after(scene: Scene) -> None:
    stem, (old, new) = _apart(scene, "-old", "-new")
    must_list(scene, stem, {"-new"}, CreationTimeAfter=(old + new) / 2, MaxResults=100)


def _before(scene: Scene) -> None:
    stem, (old, new) = _apart(scene, "-old", "-new")
    must_list(scene, stem, {"-old"}, CreationTimeBefore=(old + new) / 2, MaxResults=100)


def _between(scene: Scene) -> None:
    stem, (old, middle, new) = _apart(scene, "-old", "-middle", "-new")
    after, before = (old + middle) / 2, (middle + new) / 2
    alone = (
        _made(scene, stem, CreationTimeAfter=after),
        _made(scene, stem, CreationTimeBefore=before),
    )
    if alone != ({"-middle", "-new"}, {"-old", "-middle"}):
        raise NothingToJudge("CreationTimeAfter or CreationTimeBefore alone does not sift them")
    asked = {"CreationTimeAfter": after, "CreationTimeBefore": before, "MaxResults": 100}
    must_list(scene, stem, {"-middle"}, **asked)


def _made(scene: Scene, stem: str, **members: Any) -> set[str]:
    return set(walk(scene, MaxResults=100, **members).endings(stem))


def _after_is_inclusive(scene: Scene) -> None:
    stem, (moment,) = _apart(scene, "-new")
    if "-new" not in _made(scene, stem, CreationTimeAfter=moment - 1):
        raise NothingToJudge("CreationTimeAfter does not find the model at all")
    if "-new" not in _made(scene, stem, CreationTimeAfter=moment):
        raise Broken("CreationTimeAfter leaves out the model of that very moment.")


def _before_is_exclusive(scene: Scene) -> None:
    stem, (moment,) = _apart(scene, "-new")
    if "-new" in _made(scene, stem, CreationTimeBefore=moment - 1):
        raise NothingToJudge("CreationTimeBefore does not leave the model out at all")
    if "-new" in _made(scene, stem, CreationTimeBefore=moment):
        raise Broken("CreationTimeBefore lists the model of that very moment.")


TIMES: tuple[Scenario, ...] = (
    listing(
        "newest-first",
        _newest_first,
        "Without SortBy and SortOrder the newest model comes first.",
        f"{_REFERENCE}, SortBy and SortOrder: their defaults",
        "reference",
    ),
    listing(
        "sort-by-creation-time",
        _sorts_by_time,
        "SortBy CreationTime, also by default, follows SortOrder.",
        f"{_REFERENCE}, SortBy and SortOrder",
        "reference",
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
        "created-between",
        _between,
        "CreationTimeAfter and CreationTimeBefore together list what was made between them.",
        f"{_REFERENCE}, CreationTimeAfter and CreationTimeBefore",
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
)

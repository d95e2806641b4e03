"""The part of ``list/`` about pages: MaxResults, and where NextToken leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.listing import (
    FIVE,
    MOST_PAGES,
    Walk,
    ask_list,
    endings,
    listing,
    models_of,
    must_hold,
    shown,
    some_models,
    walk,
)
from conformance.oracle.scenario import Broken, Scenario, Scene, accept, created, done, refuse

_MODEL = "AWS service model of SageMaker, ListModels"


def _page_is_no_longer(scene: Scene) -> None:
    stem = some_models(scene, *FIVE)
    shown(scene, stem, len(FIVE))
    for most in (1, 2, 4):
        page = models_of(ask_list(scene, MaxResults=most))
        found = len({name for each in page if (name := each["ModelName"]).startswith(stem)})
        if found > most:
            raise Broken(f"A page has {found} models with MaxResults {most}.")


def _takes_max_results(most: int) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        done(ask_list(scene))
        accept(ask_list(scene, MaxResults=most), f"MaxResults {most}")

    return play


def _rejects_max_results(scene: Scene) -> None:
    done(ask_list(scene, MaxResults=10))
    for most in (0, 101):
        refuse(ask_list(scene, MaxResults=most), f"MaxResults {most}")


def _pages_are_complete(scene: Scene) -> None:
    stem = some_models(scene, *FIVE)
    shown(scene, stem, len(FIVE))

    def look() -> Broken | None:
        for most in (2, 1):  # pages of one model end between any two made at the same time
            found = walk(scene, MaxResults=most)
            if any(len(page) > most for page in found.pages):
                raise NothingToJudge("a page has more models than MaxResults")
            wrong = _incomplete(found, stem, most)
            if wrong is not None:
                return Broken(wrong, at=found.last)
        return None

    must_hold(scene, stem, look)


def _incomplete(found: Walk, stem: str, most: int) -> str | None:
    counted = Counter(each["ModelName"] for each in found.ours(stem))
    for name, count in counted.items():
        if count > 1:
            return f"{name} is on {count} pages."
    missing = len(FIVE) - len(counted)
    if found.ended and missing:
        return f"On pages with MaxResults {most}, {missing} of {len(FIVE)} are missing."
    return None


#: Made in this order, which is neither that of the names nor its reverse.
_SIFTED = ("-wanted-b", "-other", "-wanted-c", "-wanted-a")


def _pages_keep_filters(scene: Scene) -> None:
    stem = some_models(scene, *_SIFTED)
    plain = walk(scene, MaxResults=1).endings(stem)
    if sorted(plain) != sorted(_SIFTED):
        raise NothingToJudge("pages of one model do not show each model once")
    by_name = {"SortBy": "Name", "SortOrder": "Ascending"}
    if endings(scene, stem, len(_SIFTED), **by_name) != sorted(_SIFTED):
        raise NothingToJudge("the models are not sorted by name")
    _must_keep(scene, stem, sorted(_SIFTED), **by_name)
    part = f"{stem[3:]}-wanted"
    wanted = [each for each in plain if "wanted" in each]
    if sorted(endings(scene, stem, len(wanted), NameContains=part)) != sorted(wanted):
        raise NothingToJudge("NameContains does not sift the models")
    _must_keep(scene, stem, wanted, NameContains=part)


def _must_keep(scene: Scene, stem: str, wanted: list[str], **members: Any) -> None:
    """Demand that pages of one model show these of our models, in this order.

    NameContains sifts a page after it was taken: pages may be empty, and the walk goes on.
    """
    asked = " and ".join(members)

    def look() -> Broken | None:
        found = walk(scene, MaxResults=1, **members)
        names = found.endings(stem)
        beside = [each for each in names if each not in wanted]
        if beside:
            return Broken(f"A page after the first forgets {asked}.", at=found.last)
        if found.ended and set(names) < set(wanted):
            lacking = len(set(wanted) - set(names))
            return Broken(f"On pages with {asked}, {lacking} models are missing.", at=found.last)
        if names != [each for each in wanted if each in names]:
            return Broken(f"On pages with {asked} the order is {', '.join(names)}.", at=found.last)
        return None

    must_hold(scene, stem, look)


def _walk_ends(scene: Scene) -> None:
    stem = some_models(scene, "-1")
    found = walk(scene, MaxResults=100)
    empty = [not page for page in found.pages]
    if not found.ended and found.ours(stem) and all(empty[-10:]):
        raise Broken(
            f"After {MOST_PAGES} pages, the last of them empty, there is still a NextToken."
        )


def _last_page_has_no_token(scene: Scene) -> None:
    some_models(scene, "-1")
    token: Any = None
    for _ in range(MOST_PAGES):
        answer = ask_list(scene, MaxResults=100, NextToken=token)
        token = models_of(answer) and answer.members.get("NextToken")
        if not token:
            break
    if "NextToken" in answer.members and not answer.members["NextToken"]:
        raise Broken(f"The last page has a NextToken of {answer.members['NextToken']!r}.")


def _foreign_token(scene: Scene) -> None:
    done(ask_list(scene, MaxResults=1))
    refuse(ask_list(scene, MaxResults=1, NextToken="bm9ib2R5J3M="), "somebody else's NextToken")


def _pages_stand_changes(scene: Scene) -> None:
    stem = some_models(scene, *FIVE)
    first = ask_list(scene, MaxResults=2)
    before = {each["ModelName"] for each in models_of(first)}
    if not first.members.get("NextToken"):
        raise NothingToJudge("the first page has no NextToken")
    created(scene, scene.plain(ModelName=f"{stem}-6"))
    after = models_of(ask_list(scene, MaxResults=2, NextToken=first.members["NextToken"]))
    twice = [each["ModelName"] for each in after if each["ModelName"] in before]
    if twice:
        raise Broken(f"After another model was made, {twice[0]} is on the next page again.")


PAGES: tuple[Scenario, ...] = (
    listing(
        "max-results",
        _page_is_no_longer,
        "A page has no more models than MaxResults says.",
        f"{_MODEL}, MaxResults",
        "model",
    ),
    listing(
        "max-results-1",
        _takes_max_results(1),
        "MaxResults may be 1.",
        f"{_MODEL}, MaxResults: 1 to 100",
        "model",
    ),
    listing(
        "max-results-100",
        _takes_max_results(100),
        "MaxResults may be 100.",
        f"{_MODEL}, MaxResults: 1 to 100",
        "model",
    ),
    listing(
        "max-results-out-of-range",
        _rejects_max_results,
        "MaxResults of 0 and of 101 are rejected.",
        f"{_MODEL}, MaxResults: 1 to 100; nobody has shown the answer",
        "inferred",
    ),
    listing(
        "pages-are-complete",
        _pages_are_complete,
        "Following NextToken shows every model on exactly one page.",
        f"{_MODEL}, NextToken",
        "model",
    ),
    listing(
        "pages-keep-filters",
        _pages_keep_filters,
        "Every page follows NameContains, SortBy and SortOrder, not the first alone.",
        f"{_MODEL}, NextToken, NameContains, SortBy, SortOrder",
        "model",
    ),
    listing(
        "walk-ends",
        _walk_ends,
        "Following NextToken comes to an end.",
        f"{_MODEL}, NextToken",
        "model",
    ),
    listing(
        "last-page-token",
        _last_page_has_no_token,
        "The last page has no NextToken at all, not one that is null or empty.",
        "clients read a null as an absent member",
        "inferred",
    ),
    listing(
        "foreign-token",
        _foreign_token,
        "A NextToken that the service never gave is rejected.",
        "capture G6, not verified",
        "inferred",
    ),
    listing(
        "pages-stand-changes",
        _pages_stand_changes,
        "A model made between two pages makes no other appear twice.",
        "nobody has shown it",
        "inferred",
    ),
)

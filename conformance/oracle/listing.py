"""The ``list/`` family: how ListModels shows models, page by page.

Only models of the play itself are looked at: other people's may be there, and come and go. What
ListModels does with filters and orders is in ``conformance.oracle.listing_filters``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.descriptions import is_possible_time
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    accept,
    created,
    done,
    refuse,
    scenario,
)

#: A walk goes no further: new models are on the first pages, unless somebody is very busy.
_PAGES = 50

_MODEL = "AWS service model of SageMaker, ListModels"


def ask_list(scene: Scene, **members: Any) -> Answer:
    """Send ListModels with these members; those of ``None`` are left out."""
    body = {name: value for name, value in members.items() if value is not None}
    return scene.ask("ListModels", body)


def models_of(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the models on a page, as a step on the way: objects with a name."""
    models = done(answer).members.get("Models")
    if not isinstance(models, list) or not all(_has_name(each) for each in models):
        raise NothingToJudge("ListModels does not show a list of models with names")
    return models


def _has_name(model: Any) -> bool:
    return isinstance(model, dict) and isinstance(model.get("ModelName"), str)


@dataclass(frozen=True)
class Walk:
    """Pages of one listing, each a list of models; ``ended`` tells that the last had no token."""

    pages: tuple[list[Mapping[str, Any]], ...]
    ended: bool

    def ours(self, stem: str) -> list[Mapping[str, Any]]:
        """Return the models whose names begin with a stem, in any case, as they are shown."""
        return [
            each
            for page in self.pages
            for each in page
            if each["ModelName"].lower().startswith(stem.lower())
        ]


def walk(scene: Scene, **members: Any) -> Walk:
    """Ask for page after page until one has no token, or there are too many."""
    pages: list[list[Mapping[str, Any]]] = []
    token: Any = None
    while len(pages) < _PAGES:
        answer = ask_list(scene, **members, NextToken=token)
        pages.append(models_of(answer))
        token = answer.members.get("NextToken")
        if not token:
            return Walk(tuple(pages), True)
    return Walk(tuple(pages), False)


def some_models(scene: Scene, *endings: str) -> str:
    """Create models of one stem, with these endings, and return the stem."""
    stem = scene.fresh()
    for ending in endings:
        created(scene, scene.plain(ModelName=stem + ending))
    return stem


def shown(scene: Scene, stem: str, count: int, **members: Any) -> list[Mapping[str, Any]]:
    """Return our models as listed, as a step on the way: so many, each once."""
    found = walk(scene, MaxResults=100, **members).ours(stem)
    if not len({each["ModelName"].lower() for each in found}) == len(found) == count:
        raise NothingToJudge(f"ListModels shows {len(found)} of {count} models")
    return found


_FIVE = ("-1", "-2", "-3", "-4", "-5")


def _has_form(scene: Scene) -> None:
    some_models(scene, "-1")
    models = done(ask_list(scene, MaxResults=100)).members.get("Models")
    if not isinstance(models, list):
        raise Broken(f"The answer has no list of Models: {models!r:.120}.")
    wrong = next((each for each in models if not _has_name(each)), None)
    if wrong is not None:
        raise Broken(f"A model is shown without a ModelName: {wrong!r:.200}.")


def _created_are_listed(scene: Scene) -> None:
    stem = some_models(scene, *_FIVE)
    found = walk(scene, MaxResults=100)
    names = {each["ModelName"].lower() for each in found.ours(stem)}
    missing = [ending for ending in _FIVE if (stem + ending).lower() not in names]
    if missing and not found.ended:
        raise NothingToJudge(f"there are more than {_PAGES} pages of models")
    if missing:
        raise Broken(f"{stem}{missing[0]} was created and is on no page.")


def _each_once(scene: Scene) -> None:
    stem = some_models(scene, *_FIVE)
    counted = Counter(each["ModelName"] for each in walk(scene, MaxResults=100).ours(stem))
    for name, count in counted.items():
        if count > 1:
            raise Broken(f"{name} is shown {count} times.")


def _name(scene: Scene) -> None:
    stem = some_models(scene, "-CamelCase")
    (found, *_) = shown(scene, stem, 1)
    if found["ModelName"] != f"{stem}-CamelCase":
        raise Broken(f"ModelName is {found['ModelName']!r}, not '{stem}-CamelCase'.")


def _arn(scene: Scene) -> None:
    body = scene.plain()
    arn = created(scene, body)
    (found, *_) = shown(scene, body["ModelName"], 1)
    if found.get("ModelArn") != arn:
        raise Broken(f"ModelArn is {found.get('ModelArn')!r}, not {arn!r} as CreateModel answered.")


def _creation_time(scene: Scene) -> None:
    (found, *_) = shown(scene, some_models(scene, "-1"), 1)
    value = found.get("CreationTime")
    if not is_possible_time(value):
        raise Broken(f"CreationTime is {value!r}, not a number of seconds since 1970.")


def _deleted_are_not(scene: Scene) -> None:
    stem = some_models(scene, "-1", "-2")
    shown(scene, stem, 2)
    done(scene.ask("DeleteModel", {"ModelName": f"{stem}-1"}))
    names = [each["ModelName"] for each in walk(scene, MaxResults=100).ours(stem)]
    if f"{stem}-1" in names:
        raise Broken("The deleted model is still listed.")


def _page_is_no_longer(scene: Scene) -> None:
    stem = some_models(scene, *_FIVE)
    shown(scene, stem, len(_FIVE))
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
    stem = some_models(scene, *_FIVE)
    shown(scene, stem, len(_FIVE))
    for most in (2, 1):  # pages of one model end between any two that were made at the same time
        found = walk(scene, MaxResults=most)
        if any(len(page) > most for page in found.pages):
            raise NothingToJudge("a page has more models than MaxResults")
        counted = Counter(each["ModelName"] for each in found.ours(stem))
        for name, count in counted.items():
            if count > 1:
                raise Broken(f"{name} is on {count} pages.")
        if found.ended and len(counted) < len(_FIVE):
            missing = len(_FIVE) - len(counted)
            raise Broken(f"On pages with MaxResults {most}, {missing} of {len(_FIVE)} are missing.")


def _walk_ends(scene: Scene) -> None:
    stem = some_models(scene, "-1")
    found = walk(scene, MaxResults=100)
    empty = [not page for page in found.pages]
    if not found.ended and found.ours(stem) and all(empty[-10:]):
        raise Broken(f"After {_PAGES} pages, the last of them empty, there is still a NextToken.")


def _last_page_has_no_token(scene: Scene) -> None:
    some_models(scene, "-1")
    token: Any = None
    for _ in range(_PAGES):
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
    stem = some_models(scene, *_FIVE)
    first = ask_list(scene, MaxResults=2)
    before = {each["ModelName"] for each in models_of(first)}
    if not first.members.get("NextToken"):
        raise NothingToJudge("the first page has no NextToken")
    created(scene, scene.plain(ModelName=f"{stem}-6"))
    after = models_of(ask_list(scene, MaxResults=2, NextToken=first.members["NextToken"]))
    twice = [each["ModelName"] for each in after if each["ModelName"] in before]
    if twice:
        raise Broken(f"After another model was made, {twice[0]} is on the next page again.")


def listing(
    name: str, play: Callable[[Scene], None], statement: str, source: str, provenance: str
) -> Scenario:
    """Return a scenario of this family."""
    return scenario(f"list/{name}", play, statement, source, provenance=provenance)


PAGES: tuple[Scenario, ...] = (
    listing(
        "form", _has_form, "ListModels shows a list of models with their names.", _MODEL, "model"
    ),
    listing(
        "created-are-listed",
        _created_are_listed,
        "Every model that was created is on a page.",
        _MODEL,
        "model",
    ),
    listing("each-once", _each_once, "No model is shown more than once.", _MODEL, "model"),
    listing(
        "name", _name, "A model is listed by the name under which it was created.", _MODEL, "model"
    ),
    listing(
        "arn", _arn, "A model is listed with the ARN that CreateModel answered.", _MODEL, "model"
    ),
    listing(
        "creation-time",
        _creation_time,
        "CreationTime is a JSON number of seconds since 1970.",
        f"{_MODEL} (timestamp) in the protocol awsJson 1.1",
        "model",
    ),
    listing(
        "deleted-are-not",
        _deleted_are_not,
        "A deleted model is not listed.",
        "captures G3, D2",
        "observed",
    ),
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

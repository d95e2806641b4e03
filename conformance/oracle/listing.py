"""The ``list/`` family: walks through ListModels, and how it shows a model.

Only models of the play itself are looked at: other people's may be there, and come and go. Where
pages end is in ``conformance.oracle.listing_pages``, what becomes of filters and orders in
``conformance.oracle.listing_filters`` and ``conformance.oracle.listing_times``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.clocks import is_by_own_clock
from conformance.oracle.descriptions import is_possible_time
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    created,
    done,
    scenario,
)

#: A walk goes no further: new models are on the first pages, unless somebody is very busy.
MOST_PAGES = 50

#: A step of a play looks so often for its models: others may disturb a walk or two.
_TRIES = 3

#: What is wrong with a walk must be wrong so often again before it is believed.
_LOOKS_AGAIN = 2

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
    last: Answer

    @property
    def models(self) -> list[Mapping[str, Any]]:
        """The models on all pages."""
        return [each for page in self.pages for each in page]

    def ours(self, stem: str) -> list[Mapping[str, Any]]:
        """Return the models whose names begin with a stem, in any case, as they are shown."""
        return [each for each in self.models if each["ModelName"].lower().startswith(stem.lower())]

    def endings(self, stem: str) -> list[str]:
        """Return how the names of these models end, in small letters, as they are listed."""
        return [each["ModelName"][len(stem) :].lower() for each in self.ours(stem)]


def walk(scene: Scene, **members: Any) -> Walk:
    """Ask for page after page until one has no token, or there are too many."""
    pages: list[list[Mapping[str, Any]]] = []
    token: Any = None
    while len(pages) < MOST_PAGES:
        answer = ask_list(scene, **members, NextToken=token)
        pages.append(models_of(answer))
        token = answer.members.get("NextToken")
        if not token:
            break
    return Walk(tuple(pages), not token, answer)


def some_models(scene: Scene, *endings: str) -> str:
    """Create models of one stem, with these endings, and return the stem."""
    stem = scene.fresh()
    for ending in endings:
        created(scene, scene.plain(ModelName=stem + ending))
    return stem


def shown(scene: Scene, stem: str, count: int, **members: Any) -> list[Mapping[str, Any]]:
    """Return our models as listed, as a step on the way: so many, each once."""
    for _ in range(_TRIES):
        found = walk(scene, MaxResults=100, **members).ours(stem)
        if len({each["ModelName"].lower() for each in found}) == len(found) == count:
            return found
    raise NothingToJudge(f"ListModels shows {len(found)} of {count} models")


def endings(scene: Scene, stem: str, count: int, **members: Any) -> list[str]:
    """Return how the names of our models end in the order in which they are listed, as a step."""
    return [each["ModelName"][len(stem) :].lower() for each in shown(scene, stem, count, **members)]


def lasting(scene: Scene, stem: str, look: Callable[[], Broken | None]) -> Broken | None:
    """Return what a look finds wrong with a walk, if it does so again and again.

    A service whose tokens are offsets is faithful, yet a walk misses models of ours or sees them
    twice when models of others come or go meanwhile. So what looks wrong is looked at again
    between walks that show whose models there are: raises ``NothingToJudge`` where those differ.
    A look that finds nothing wrong is the only one.
    """
    wrong = look()
    if wrong is None:
        return None
    others = _others(scene, stem)
    for _ in range(_LOOKS_AGAIN):
        steady = _others(scene, stem) == others
        wrong = look()
        if wrong is None or not steady or _others(scene, stem) != others:
            raise NothingToJudge("models of others come and go, or the same walk differs")
    return wrong


def _others(scene: Scene, stem: str) -> set[tuple[str, str]]:
    """Return the models that are not ours; one made anew under its name is another one."""
    found = walk(scene, MaxResults=100)
    ours = {each["ModelName"] for each in found.ours(stem)}
    return {
        (each["ModelName"], repr(each.get("CreationTime")))
        for each in found.models
        if each["ModelName"] not in ours
    }


def must_hold(scene: Scene, stem: str, look: Callable[[], Broken | None]) -> None:
    """Raise what a look finds wrong with a walk, if it lasts; see ``lasting``."""
    wrong = lasting(scene, stem, look)
    if wrong is not None:
        raise wrong


def must_list(scene: Scene, stem: str, wanted: set[str], **members: Any) -> None:
    """Demand that, asked with these members, ListModels shows of ours those that end like this."""

    def look() -> Broken | None:
        found = walk(scene, **members)
        names = set(found.endings(stem))
        asked = " and ".join(name for name in members if name != "MaxResults")
        if names - wanted:
            return Broken(f"With {asked} {stem}{min(names - wanted)} is listed.", at=found.last)
        if wanted - names and not found.ended:
            raise NothingToJudge(f"there are more than {MOST_PAGES} pages of models")
        if wanted - names:
            return Broken(f"With {asked} {stem}{min(wanted - names)} is missing.", at=found.last)
        return None

    must_hold(scene, stem, look)


#: Endings of five names; pages of two and of one model cut between them.
FIVE = ("-1", "-2", "-3", "-4", "-5")


def _has_form(scene: Scene) -> None:
    some_models(scene, "-1")
    models = done(ask_list(scene, MaxResults=100)).members.get("Models")
    if not isinstance(models, list):
        raise Broken(f"The answer has no list of Models: {models!r:.120}.")
    wrong = next((each for each in models if not _has_name(each)), None)
    if wrong is not None:
        raise Broken(f"A model is shown without a ModelName: {wrong!r:.200}.")


def _created_are_listed(scene: Scene) -> None:
    stem = some_models(scene, *FIVE)

    def look() -> Broken | None:
        found = walk(scene, MaxResults=100)
        missing = set(FIVE) - set(found.endings(stem))
        if missing and not found.ended:
            raise NothingToJudge(f"there are more than {MOST_PAGES} pages of models")
        if missing:
            return Broken(f"{stem}{min(missing)} was created and is on no page.", at=found.last)
        return None

    must_hold(scene, stem, look)


def _each_once(scene: Scene) -> None:
    stem = some_models(scene, *FIVE)

    def look() -> Broken | None:
        found = walk(scene, MaxResults=100)
        counted = Counter(each["ModelName"] for each in found.ours(stem))
        for name, count in counted.items():
            if count > 1:
                return Broken(f"{name} is shown {count} times.", at=found.last)
        return None

    must_hold(scene, stem, look)


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
    body = scene.plain()
    answer = done(scene.ask("CreateModel", body))
    (found, *_) = shown(scene, body["ModelName"], 1)
    value = found.get("CreationTime")
    if not is_possible_time(value) and not is_by_own_clock(value, answer):
        raise Broken(f"CreationTime is {value!r}, not a number of seconds since 1970.")


def _deleted_are_not(scene: Scene) -> None:
    stem = some_models(scene, "-1", "-2")
    shown(scene, stem, 2)
    done(scene.ask("DeleteModel", {"ModelName": f"{stem}-1"}))
    names = [each["ModelName"] for each in walk(scene, MaxResults=100).ours(stem)]
    if f"{stem}-1" in names:
        raise Broken("The deleted model is still listed.")


def listing(
    name: str, play: Callable[[Scene], None], statement: str, source: str, provenance: str
) -> Scenario:
    """Return a scenario of this family."""
    return scenario(f"list/{name}", play, statement, source, provenance=provenance)


SHOWN: tuple[Scenario, ...] = (
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
)

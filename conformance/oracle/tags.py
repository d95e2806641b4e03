"""The ``tags/`` family: the tags of a model from CreateModel to DeleteModel.

What AddTags and DeleteTags do is in ``conformance.oracle.tag_changes``, what becomes of the tags
of a model that goes in ``conformance.oracle.tag_lives``.
"""

from __future__ import annotations

from collections import Counter

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    created,
    done,
    scenario,
)
from conformance.oracle.tag_changes import CHANGES
from conformance.oracle.tag_lives import LIVES
from conformance.oracle.tag_steps import (
    MODEL,
    REFERENCE,
    SOME,
    differs,
    is_tag_list,
    kept,
    listed_tags,
    must_show,
    page,
    shown_tags,
    tagged,
)

__all__ = ["TAGS", "is_tag_list", "listed_tags"]


# -- what ListTags shows --------------------------------------------------------------------


def _list_has_form(scene: Scene) -> None:
    tags = done(page(scene, tagged(scene, SOME))).members.get("Tags")
    if not is_tag_list(tags):
        raise Broken(f"Tags is no list of objects with Key and Value: {tags!r:.120}.")


def _created_are_listed(scene: Scene) -> None:
    must_show(scene, tagged(scene, SOME), SOME)


def _each_once(scene: Scene) -> None:
    pairs = listed_tags(scene, tagged(scene, SOME))
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise Broken(f"The tag {twice[0]!r} is shown more than once.")


def _none_invented(scene: Scene) -> None:
    pairs = listed_tags(scene, created(scene, scene.plain()))
    if pairs:
        raise Broken(f"The model has no tags, yet {pairs[0]} is shown.")


#: Keys and values that a service on the way to a store and back is known to harm.
_DELICATE = {
    "Cost Center": "R+D / 42",
    "empty": "",
    "größe": "Ü:1=2-@",
    "boolean": "true",
    "number": "007",
    "null": "null",
    "exponent": "1e3",
}


def _values_unharmed(scene: Scene) -> None:
    arn = tagged(scene, SOME | _DELICATE)
    kept(scene, arn, SOME)
    shown = shown_tags(scene, arn)
    if {key.lower() for key in _DELICATE} - {key.lower() for key in shown}:
        raise NothingToJudge("not all tags of CreateModel are shown")
    wrong = differs(shown, _DELICATE)
    if wrong is not None:
        raise Broken(wrong)


def _spaces_kept(scene: Scene) -> None:
    note = {"note": " spaces around "}
    shown = shown_tags(scene, tagged(scene, note | SOME))
    if differs(shown, SOME) or "note" not in shown:
        raise NothingToJudge("not all tags of CreateModel are shown")
    if shown["note"] != note["note"]:
        raise Broken(f"The value is {shown['note']!r:.80}, not {note['note']!r}.")


def _fifty_are_listed(scene: Scene) -> None:
    tags = {f"key-{number}": str(number) for number in range(50)}
    shown = shown_tags(scene, tagged(scene, tags))
    if not set(shown) & set(tags):
        raise NothingToJudge("the tags of CreateModel are not shown")
    if len(shown) == 1:
        raise NothingToJudge("only one tag is kept")
    missing = len(set(tags) - set(shown))
    if missing > 1:
        raise Broken(f"Of 50 tags ListTags shows {50 - missing} on all its pages.")


TAGS: tuple[Scenario, ...] = (
    scenario(
        "tags/list-form",
        _list_has_form,
        "ListTags shows a list of objects with Key and Value.",
        "capture G5",
    ),
    scenario(
        "tags/created-are-listed",
        _created_are_listed,
        "The tags of CreateModel are shown by ListTags, in any order.",
        f"{REFERENCE}, CreateModel, Tags; capture G5",
        provenance="reference",
    ),
    scenario(
        "tags/each-once",
        _each_once,
        "ListTags shows each key once.",
        "capture G5",
    ),
    scenario(
        "tags/none-invented",
        _none_invented,
        "A model that was created without tags has none, but for those that begin with aws:.",
        f"{REFERENCE}, CreateModel, Tags",
        provenance="reference",
    ),
    scenario(
        "tags/values-unharmed",
        _values_unharmed,
        "Keys and values of tags keep their case, their spaces inside and their letters.",
        f"{REFERENCE}, Tag",
        provenance="reference",
    ),
    scenario(
        "tags/spaces-kept",
        _spaces_kept,
        "White space around a tag's value is kept.",
        "nobody has shown it",
        provenance="inferred",
    ),
    scenario(
        "tags/fifty-are-listed",
        _fifty_are_listed,
        "ListTags shows 50 tags on its pages together.",
        f"{MODEL}, CreateModelInput: 50 tags; ListTagsOutput: NextToken",
        provenance="model",
    ),
    *CHANGES,
    *LIVES,
)

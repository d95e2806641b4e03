"""The part of ``tags/`` about AddTags and DeleteTags."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    accept,
    done,
    refuse,
    scenario,
)
from conformance.oracle.tag_steps import (
    MODEL,
    REFERENCE,
    SOME,
    add_tags,
    delete_tags,
    differs,
    is_tag_list,
    kept,
    listed_tags,
    must_show,
    shown_tags,
    tagged,
)

_GUIDE = "Tagging AWS Resources and Tag Editor User Guide: tag keys are case sensitive"

# -- AddTags --------------------------------------------------------------------------------

_MORE = {"team": "forecasting", "tier": "gold"}


def _adds(scene: Scene) -> None:
    arn = tagged(scene, SOME)
    kept(scene, arn, SOME)
    done(add_tags(scene, arn, _MORE))
    must_show(scene, arn, _MORE)


def _add_accepts_fifty(scene: Scene) -> None:
    arn = tagged(scene, {f"key-{number}": "" for number in range(49)})
    if len(listed_tags(scene, arn)) != 49:
        raise NothingToJudge("ListTags does not show the 49 tags of CreateModel alone")
    accept(add_tags(scene, arn, {"key-49": ""}), "a 50th tag")


def _add_refuses_more(scene: Scene) -> None:
    arn = tagged(scene, {f"key-{number}": "" for number in range(50)})
    refuse(add_tags(scene, arn, {"key-50": ""}), "a 51st tag")


def _add_keeps_others(scene: Scene) -> None:
    arn = tagged(scene, SOME)
    kept(scene, arn, SOME)
    alike = {**_MORE, "Owner": "somebody"}
    done(add_tags(scene, arn, alike))
    shown = shown_tags(scene, arn)
    if differs(shown, _MORE) is not None:
        raise NothingToJudge("AddTags has not added its tags")
    wrong = differs(shown, {**SOME, **alike})
    if wrong is not None:
        raise Broken(wrong)


def _add_leaves_other_models(scene: Scene) -> None:
    other, arn = tagged(scene, SOME), tagged(scene, SOME)
    before = shown_tags(scene, other)
    kept(scene, arn, SOME)
    done(add_tags(scene, arn, {**_MORE, "stage": "production"}))
    _must_be_unchanged(scene, other, before)


def _must_be_unchanged(scene: Scene, arn: str, before: Mapping[str, str]) -> None:
    after = shown_tags(scene, arn)
    if after != before:
        raise Broken(f"The tags of another model were {before!r:.200} and are {after!r:.200}.")


def _add_overwrites(scene: Scene) -> None:
    arn = tagged(scene, SOME)
    kept(scene, arn, SOME)
    done(add_tags(scene, arn, {"stage": "production"}))
    shown = shown_tags(scene, arn)
    if "stage" not in shown:
        raise NothingToJudge("the tag is not shown")
    if shown["stage"] != "production":
        raise Broken(f"The tag 'stage' is still {shown['stage']!r}, not 'production'.")


def _add_answers_submitted(scene: Scene) -> None:
    answered = done(add_tags(scene, tagged(scene, SOME), _MORE)).members.get("Tags")
    if not is_tag_list(answered):
        raise Broken(f"The answer has no list of tags: {answered!r:.120}.")
    found = {each["Key"]: each["Value"] for each in answered or ()}
    if found != _MORE:
        raise Broken(f"The answer has the tags {sorted(found)}, not {sorted(_MORE)}.")


def _add_looks_at_limits(scene: Scene) -> None:
    arn = tagged(scene, SOME)
    done(add_tags(scene, arn, _MORE))
    refuse(add_tags(scene, arn, {"k" * 129: ""}), "a key of 129 characters")


def _add_refuses_reserved(scene: Scene) -> None:
    refuse(add_tags(scene, tagged(scene, SOME), {"aws:owner": "me"}), "a key that begins with aws:")


# -- DeleteTags -----------------------------------------------------------------------------


def _deletes(scene: Scene) -> None:
    arn = tagged(scene, SOME | _MORE)
    kept(scene, arn, _MORE)
    done(delete_tags(scene, arn, *_MORE))
    left = set(shown_tags(scene, arn)) & set(_MORE)
    if left:
        raise Broken(f"The deleted tag {min(left)!r} is still shown.")


def _delete_spares_others(scene: Scene) -> None:
    others = {"Team": "a", "teams": "b", "owner": "c"}
    model, arn = tagged(scene, {"team": "d"}), tagged(scene, others | {"team": "d"})
    before = shown_tags(scene, model)
    kept(scene, arn, others)
    done(delete_tags(scene, arn, "team"))
    wrong = differs(shown_tags(scene, arn), others)
    if wrong is not None:
        raise Broken(f"With the tag 'team' another has gone. {wrong}")
    _must_be_unchanged(scene, model, before)


def _delete_refuses_reserved(scene: Scene) -> None:
    answer = delete_tags(scene, tagged(scene, SOME), "aws:cloudformation:stack-name")
    refuse(answer, "the deletion of a key that begins with aws:")


def _delete_looks_at_limits(scene: Scene) -> None:
    arn = tagged(scene, SOME)
    done(delete_tags(scene, arn, "stage"))
    refuse(delete_tags(scene, arn, *(f"key-{number}" for number in range(51))), "51 keys to delete")


CHANGES: tuple[Scenario, ...] = (
    scenario(
        "tags/add",
        _adds,
        "AddTags adds every tag that it is given.",
        f"{REFERENCE}, AddTags; capture G4",
    ),
    scenario(
        "tags/add-keeps-others",
        _add_keeps_others,
        "AddTags keeps the tags that it is not given; keys that differ in case are two keys.",
        f"captures G4, G5; {_GUIDE}",
    ),
    scenario(
        "tags/add-leaves-other-models",
        _add_leaves_other_models,
        "AddTags to one model changes no tags of another.",
        f"{REFERENCE}, AddTags: the resource is named by its ARN",
        provenance="reference",
    ),
    scenario(
        "tags/add-overwrites",
        _add_overwrites,
        "AddTags overwrites the value of a key that is there.",
        f"{REFERENCE}, AddTags",
        provenance="reference",
    ),
    scenario(
        "tags/add-answers-submitted",
        _add_answers_submitted,
        "AddTags answers the tags that it was given, and no others.",
        "capture G4",
    ),
    scenario(
        "tags/add-accepts-50",
        _add_accepts_fifty,
        "A model may have 50 tags.",
        f"{MODEL}, TagList: 50 at most",
        provenance="model",
    ),
    scenario(
        "tags/add-refuses-51",
        _add_refuses_more,
        "A model cannot have 51 tags.",
        "nobody has shown how AddTags answers",
        provenance="inferred",
    ),
    scenario(
        "tags/add-checks-limits",
        _add_looks_at_limits,
        "AddTags rejects a key that is too long.",
        f"{MODEL}, TagKey",
        provenance="model",
    ),
    scenario(
        "tags/add-refuses-reserved",
        _add_refuses_reserved,
        "AddTags rejects a key that begins with aws:.",
        "capture H1 shows it for DeleteTags",
        provenance="inferred",
    ),
    scenario(
        "tags/delete",
        _deletes,
        "DeleteTags deletes every key that it is given.",
        f"{REFERENCE}, DeleteTags",
        provenance="reference",
    ),
    scenario(
        "tags/delete-spares-others",
        _delete_spares_others,
        "DeleteTags deletes no other key, however alike, and none of another model.",
        f"{REFERENCE}, DeleteTags; {_GUIDE}",
        provenance="reference",
    ),
    scenario(
        "tags/delete-refuses-reserved",
        _delete_refuses_reserved,
        "DeleteTags rejects a key that begins with aws:.",
        "capture H1",
    ),
    scenario(
        "tags/delete-checks-limits",
        _delete_looks_at_limits,
        "DeleteTags rejects more than 50 keys.",
        f"{MODEL}, TagKeyList",
        provenance="model",
    ),
)

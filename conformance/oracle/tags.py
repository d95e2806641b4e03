"""The ``tags/`` family: the tags of a model from CreateModel to DeleteModel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    accept,
    arn_of,
    created,
    done,
    refuse,
    refused,
    scenario,
)

_PAGES = 10
_SOME = {"owner": "data-science", "stage": "test"}
_MODEL = "AWS service model of SageMaker"
_REFERENCE = "Amazon SageMaker API Reference"

#: What a service may add to the tags of a model on its own account.
_RESERVED = "aws:"


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tagged(scene: Scene, tags: Mapping[str, str]) -> str:
    """Create a model with these tags as a step on the way, and return its ARN."""
    return created(scene, scene.plain(Tags=_as_list(tags)))


def _page(scene: Scene, arn: str, token: Any = None) -> Answer:
    body = {"ResourceArn": arn} if token is None else {"ResourceArn": arn, "NextToken": token}
    return scene.ask("ListTags", body)


def is_tag_list(tags: Any) -> bool:
    """Tell whether a value has the form of tags: objects with a string Key and a string Value."""
    return isinstance(tags, list) and all(
        isinstance(each, dict)
        and isinstance(each.get("Key"), str)
        and isinstance(each.get("Value"), str)
        for each in tags
    )


def listed_tags(scene: Scene, arn: str) -> list[tuple[str, str]]:
    """Return what ListTags shows on all its pages, without what the service reserves to itself."""
    found: list[tuple[str, str]] = []
    token: Any = None
    for _ in range(_PAGES):
        members = done(_page(scene, arn, token)).members
        tags = members.get("Tags")
        if not is_tag_list(tags):
            raise NothingToJudge("ListTags does not show a list of keys and values")
        found += [(each["Key"], each["Value"]) for each in tags or ()]
        token = members.get("NextToken")
        if not token:
            return [pair for pair in found if not pair[0].startswith(_RESERVED)]
    raise NothingToJudge(f"ListTags has more than {_PAGES} pages")


def _shown(scene: Scene, arn: str) -> dict[str, str]:
    return dict(listed_tags(scene, arn))


def _kept(scene: Scene, arn: str, tags: Mapping[str, str]) -> None:
    """Make sure that these tags are there, as a step on the way."""
    shown = _shown(scene, arn)
    if any(shown.get(key) != value for key, value in tags.items()):
        raise NothingToJudge("the tags of CreateModel are not shown")


def _add(scene: Scene, arn: str, tags: Mapping[str, str]) -> Answer:
    return scene.ask("AddTags", {"ResourceArn": arn, "Tags": _as_list(tags)})


def _delete(scene: Scene, arn: str, *keys: str) -> Answer:
    return scene.ask("DeleteTags", {"ResourceArn": arn, "TagKeys": list(keys)})


def _differs(shown: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
    """Return what of the wanted tags is shown otherwise, in one sentence, or ``None``."""
    for key, value in wanted.items():
        if key not in shown:
            return f"The tag {key!r} is not shown."
        if shown[key] != value:
            return f"The value of the tag {key!r} is {shown[key]!r:.80}, not {value!r:.80}."
    return None


def _must_show(scene: Scene, arn: str, wanted: Mapping[str, str]) -> None:
    wrong = _differs(_shown(scene, arn), wanted)
    if wrong is not None:
        raise Broken(wrong)


# -- what ListTags shows --------------------------------------------------------------------


def _list_has_form(scene: Scene) -> None:
    tags = done(_page(scene, _tagged(scene, _SOME))).members.get("Tags")
    if not is_tag_list(tags):
        raise Broken(f"Tags is no list of objects with Key and Value: {tags!r:.120}.")


def _created_are_listed(scene: Scene) -> None:
    _must_show(scene, _tagged(scene, _SOME), _SOME)


def _each_once(scene: Scene) -> None:
    pairs = listed_tags(scene, _tagged(scene, _SOME))
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise Broken(f"The tag {twice[0]!r} is shown more than once.")


def _none_invented(scene: Scene) -> None:
    pairs = listed_tags(scene, created(scene, scene.plain()))
    if pairs:
        raise Broken(f"The model has no tags, yet {pairs[0]} is shown.")


_DELICATE = {"Cost Center": "R+D / 42", "empty": "", "größe": "Ü:1=2-@"}


def _values_unharmed(scene: Scene) -> None:
    arn = _tagged(scene, _SOME | _DELICATE)
    _kept(scene, arn, _SOME)
    shown = _shown(scene, arn)
    if {key.lower() for key in _DELICATE} - {key.lower() for key in shown}:
        raise NothingToJudge("not all tags of CreateModel are shown")
    wrong = _differs(shown, _DELICATE)
    if wrong is not None:
        raise Broken(wrong)


def _spaces_kept(scene: Scene) -> None:
    note = {"note": " spaces around "}
    shown = _shown(scene, _tagged(scene, note | _SOME))
    if _differs(shown, _SOME) or "note" not in shown:
        raise NothingToJudge("not all tags of CreateModel are shown")
    if shown["note"] != note["note"]:
        raise Broken(f"The value is {shown['note']!r:.80}, not {note['note']!r}.")


def _fifty_are_listed(scene: Scene) -> None:
    tags = {f"key-{number}": str(number) for number in range(50)}
    shown = _shown(scene, _tagged(scene, tags))
    if not set(shown) & set(tags):
        raise NothingToJudge("the tags of CreateModel are not shown")
    if len(shown) == 1:
        raise NothingToJudge("only one tag is kept")
    missing = len(set(tags) - set(shown))
    if missing > 1:
        raise Broken(f"Of 50 tags ListTags shows {50 - missing} on all its pages.")


# -- AddTags --------------------------------------------------------------------------------

_MORE = {"team": "forecasting", "tier": "gold"}


def _adds(scene: Scene) -> None:
    arn = _tagged(scene, _SOME)
    _kept(scene, arn, _SOME)
    done(_add(scene, arn, _MORE))
    _must_show(scene, arn, _MORE)


def _add_accepts_fifty(scene: Scene) -> None:
    arn = _tagged(scene, {f"key-{number}": "" for number in range(49)})
    if len(listed_tags(scene, arn)) != 49:
        raise NothingToJudge("ListTags does not show the 49 tags of CreateModel alone")
    accept(_add(scene, arn, {"key-49": ""}), "a 50th tag")


def _add_refuses_more(scene: Scene) -> None:
    arn = _tagged(scene, {f"key-{number}": "" for number in range(50)})
    refuse(_add(scene, arn, {"key-50": ""}), "a 51st tag")


def _add_keeps_others(scene: Scene) -> None:
    arn = _tagged(scene, _SOME)
    _kept(scene, arn, _SOME)
    done(_add(scene, arn, _MORE))
    shown = _shown(scene, arn)
    if _differs(shown, _MORE) is not None:
        raise NothingToJudge("AddTags has not added its tags")
    wrong = _differs(shown, _SOME)
    if wrong is not None:
        raise Broken(wrong)


def _add_overwrites(scene: Scene) -> None:
    arn = _tagged(scene, _SOME)
    _kept(scene, arn, _SOME)
    done(_add(scene, arn, {"stage": "production"}))
    shown = _shown(scene, arn)
    if "stage" not in shown:
        raise NothingToJudge("the tag is not shown")
    if shown["stage"] != "production":
        raise Broken(f"The tag 'stage' is still {shown['stage']!r}, not 'production'.")


def _add_answers_submitted(scene: Scene) -> None:
    answered = done(_add(scene, _tagged(scene, _SOME), _MORE)).members.get("Tags")
    if not is_tag_list(answered):
        raise Broken(f"The answer has no list of tags: {answered!r:.120}.")
    found = {each["Key"]: each["Value"] for each in answered or ()}
    if found != _MORE:
        raise Broken(f"The answer has the tags {sorted(found)}, not {sorted(_MORE)}.")


def _add_looks_at_limits(scene: Scene) -> None:
    arn = _tagged(scene, _SOME)
    done(_add(scene, arn, _MORE))
    refuse(_add(scene, arn, {"k" * 129: ""}), "a key of 129 characters")


def _add_refuses_reserved(scene: Scene) -> None:
    refuse(_add(scene, _tagged(scene, _SOME), {"aws:owner": "me"}), "a key that begins with aws:")


# -- DeleteTags -----------------------------------------------------------------------------


def _deletes(scene: Scene) -> None:
    arn = _tagged(scene, _SOME | _MORE)
    _kept(scene, arn, _MORE)
    done(_delete(scene, arn, *_MORE))
    left = set(_shown(scene, arn)) & set(_MORE)
    if left:
        raise Broken(f"The deleted tag {min(left)!r} is still shown.")


def _delete_spares_others(scene: Scene) -> None:
    others = {"Team": "a", "teams": "b", "owner": "c"}
    arn = _tagged(scene, others | {"team": "d"})
    _kept(scene, arn, others)
    done(_delete(scene, arn, "team"))
    wrong = _differs(_shown(scene, arn), others)
    if wrong is not None:
        raise Broken(f"With the tag 'team' another has gone. {wrong}")


def _delete_refuses_reserved(scene: Scene) -> None:
    answer = _delete(scene, _tagged(scene, _SOME), "aws:cloudformation:stack-name")
    refuse(answer, "the deletion of a key that begins with aws:")


def _delete_looks_at_limits(scene: Scene) -> None:
    arn = _tagged(scene, _SOME)
    done(_delete(scene, arn, "stage"))
    refuse(_delete(scene, arn, *(f"key-{number}" for number in range(51))), "51 keys to delete")


# -- resources that do not exist ------------------------------------------------------------


def _missing(scene: Scene) -> str:
    """Return the ARN of a model of the right account that does not exist."""
    known, name = scene.plain(), scene.fresh()
    arn = created(scene, known)
    return f"{arn.removesuffix(known['ModelName'])}{name}"


def _calls(arn: str) -> dict[str, dict[str, Any]]:
    return {
        "ListTags": {"ResourceArn": arn},
        "AddTags": {"ResourceArn": arn, "Tags": _as_list(_SOME)},
        "DeleteTags": {"ResourceArn": arn, "TagKeys": ["owner"]},
    }


def _missing_is_refused(operation: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = scene.ask(operation, _calls(_missing(scene))[operation])
        refuse(answer, f"{operation} for a model that does not exist")

    return play


def _missing_code(scene: Scene) -> None:
    code = refused(_page(scene, _missing(scene))).reading.code
    if code != "ValidationException":
        raise Broken(f"The code is {code}, not ValidationException.")


def _missing_status(scene: Scene) -> None:
    status = refused(_page(scene, _missing(scene))).reply.status
    if status != 400:
        raise Broken(f"The status is {status}, not 400.")


def _missing_message(scene: Scene) -> None:
    message = refused(_page(scene, _missing(scene))).reading.message or ""
    if "does not exist" not in message.lower():
        raise Broken(f"The message {message!r:.200} does not say that it does not exist.")


def _arn_is_looked_at(scene: Scene) -> None:
    done(_page(scene, _tagged(scene, _SOME)))
    answer = refused(_page(scene, "not-an-arn"))
    if "does not exist" in (answer.reading.message or "").lower():
        raise Broken("ListTags looks for a resource whose ARN is none.")


# -- a model that is deleted ----------------------------------------------------------------


def _gone_with_model(scene: Scene) -> None:
    body = scene.plain(Tags=_as_list(_SOME))
    arn = created(scene, body)
    _kept(scene, arn, _SOME)
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    answer = _page(scene, arn)
    if answer.accepted and answer.members.get("Tags"):
        raise Broken("The tags of the deleted model are still shown.")


def _not_inherited(scene: Scene) -> None:
    body = scene.plain(Tags=_as_list(_SOME))
    _kept(scene, created(scene, body), _SOME)
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    del body["Tags"]
    again = _shown(scene, arn_of(done(scene.ask("CreateModel", body))))
    if set(again) & set(_SOME):
        raise Broken("A new model has the tags of the deleted one of its name.")


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
        f"{_REFERENCE}, CreateModel, Tags; capture G5",
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
        f"{_REFERENCE}, CreateModel, Tags",
        provenance="reference",
    ),
    scenario(
        "tags/values-unharmed",
        _values_unharmed,
        "Keys and values of tags keep their case, their spaces inside and their letters.",
        f"{_REFERENCE}, Tag",
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
        f"{_MODEL}, CreateModelInput: 50 tags; ListTagsOutput: NextToken",
        provenance="model",
    ),
    scenario(
        "tags/add",
        _adds,
        "AddTags adds every tag that it is given.",
        f"{_REFERENCE}, AddTags; capture G4",
    ),
    scenario(
        "tags/add-keeps-others",
        _add_keeps_others,
        "AddTags keeps the tags that it is not given.",
        "captures G4, G5",
    ),
    scenario(
        "tags/add-overwrites",
        _add_overwrites,
        "AddTags overwrites the value of a key that is there.",
        f"{_REFERENCE}, AddTags",
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
        f"{_MODEL}, TagList: 50 at most",
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
        f"{_MODEL}, TagKey",
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
        f"{_REFERENCE}, DeleteTags",
        provenance="reference",
    ),
    scenario(
        "tags/delete-spares-others",
        _delete_spares_others,
        "DeleteTags deletes no other key, however alike.",
        f"{_REFERENCE}, DeleteTags",
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
        f"{_MODEL}, TagKeyList",
        provenance="model",
    ),
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
        "tags/not-inherited",
        _not_inherited,
        "A new model does not have the tags of a deleted one of its name.",
        f"{_REFERENCE}, CreateModel, Tags",
        provenance="reference",
    ),
)

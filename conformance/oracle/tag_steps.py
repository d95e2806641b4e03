"""Steps of the ``tags/`` family: tags of a model sent, and shown on all pages of ListTags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Answer, Broken, Scene, created, done

_PAGES = 10
#: Tags that most plays begin with.
SOME = {"owner": "data-science", "stage": "test"}
MODEL = "AWS service model of SageMaker"
REFERENCE = "Amazon SageMaker API Reference"

#: What a service may add to the tags of a model on its own account.
_RESERVED = "aws:"


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the wire has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tagged(scene: Scene, tags: Mapping[str, str]) -> str:
    """Create a model with these tags as a step on the way, and return its ARN."""
    return created(scene, scene.plain(Tags=as_list(tags)))


def page(scene: Scene, arn: str, token: Any = None) -> Answer:
    """Ask for one page of a resource's tags."""
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
        members = done(page(scene, arn, token)).members
        tags = members.get("Tags")
        if not is_tag_list(tags):
            raise NothingToJudge("ListTags does not show a list of keys and values")
        found += [(each["Key"], each["Value"]) for each in tags or ()]
        token = members.get("NextToken")
        if not token:
            return [pair for pair in found if not pair[0].startswith(_RESERVED)]
    raise NothingToJudge(f"ListTags has more than {_PAGES} pages")


def shown_tags(scene: Scene, arn: str) -> dict[str, str]:
    """Return the tags that are shown, by key, as a step on the way."""
    return dict(listed_tags(scene, arn))


def kept(scene: Scene, arn: str, tags: Mapping[str, str]) -> None:
    """Make sure that these tags are there, as a step on the way."""
    shown = shown_tags(scene, arn)
    if any(shown.get(key) != value for key, value in tags.items()):
        raise NothingToJudge("the tags of CreateModel are not shown")


def add_tags(scene: Scene, arn: str, tags: Mapping[str, str]) -> Answer:
    """Send AddTags."""
    return scene.ask("AddTags", {"ResourceArn": arn, "Tags": as_list(tags)})


def delete_tags(scene: Scene, arn: str, *keys: str) -> Answer:
    """Send DeleteTags."""
    return scene.ask("DeleteTags", {"ResourceArn": arn, "TagKeys": list(keys)})


def differs(shown: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
    """Return what of the wanted tags is shown otherwise, in one sentence, or ``None``."""
    for key, value in wanted.items():
        if key not in shown:
            return f"The tag {key!r} is not shown."
        if shown[key] != value:
            return f"The value of the tag {key!r} is {shown[key]!r:.80}, not {value!r:.80}."
    return None


def must_show(scene: Scene, arn: str, wanted: Mapping[str, str]) -> None:
    """Demand that these tags are shown, with others or without."""
    wrong = differs(shown_tags(scene, arn), wanted)
    if wrong is not None:
        raise Broken(wrong)

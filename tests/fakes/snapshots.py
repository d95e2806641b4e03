"""Snapshots of service models: the pinned one with one fact changed, and generated ones.

``snapshots()`` is a Hypothesis strategy. ``install`` puts a snapshot where botocore finds it.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from conformance.spec import documents

Snapshot = dict[str, Any]

#: Botocore takes the latest version of an API that it finds, so this one wins over its own.
LATEST = "9999-01-01"

_PATTERNS = st.sampled_from(["a+", "^a+$", "[a-z]+", r"[\S\s]*", r"^[\s\S]*$"])
_WORDS = st.lists(st.sampled_from("XYZ"), unique=True, max_size=3)
_LIMITS = st.integers(0, 3)
_MEMBERS = ("m", "n")


def edited(shape: str, fact: str, value: Any) -> Snapshot:
    """The pinned snapshot with one fact of one shape stated anew, or left out (``None``)."""
    snapshot = copy.deepcopy(documents.model())
    facts = snapshot["shapes"].setdefault(shape, {})
    if value is None:
        facts.pop(fact)
    else:
        facts[fact] = value
    return snapshot


def with_member(shape: str, member: str, facts: dict[str, Any]) -> Snapshot:
    """The pinned snapshot with one more member in a structure."""
    snapshot = copy.deepcopy(documents.model())
    snapshot["shapes"][shape]["members"][member] = "NewShape"
    snapshot["shapes"]["NewShape"] = facts
    return snapshot


def without_member(shape: str, member: str) -> Snapshot:
    """The pinned snapshot with one member of a structure gone."""
    snapshot = copy.deepcopy(documents.model())
    del snapshot["shapes"][shape]["members"][member]
    return snapshot


def _facts(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    texts = st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={"min": _LIMITS, "max": _LIMITS, "pattern": _PATTERNS, "enum": _WORDS},
    )
    numbers = st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "long"])},
        optional={"min": _LIMITS, "max": _LIMITS, "box": st.booleans()},
    )
    if not names:
        return texts | numbers
    name = st.sampled_from(names)
    lists = st.fixed_dictionaries(
        {"type": st.just("list"), "member": name}, optional={"min": _LIMITS, "max": _LIMITS}
    )
    maps = st.fixed_dictionaries(
        {"type": st.just("map"), "key": name, "value": name}, optional={"max": _LIMITS}
    )
    return texts | numbers | lists | maps | _structures(name)


def _structures(name: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    members = st.dictionaries(st.sampled_from(_MEMBERS), name, max_size=len(_MEMBERS))
    return members.flatmap(
        lambda chosen: st.fixed_dictionaries(
            {"type": st.just("structure"), "members": st.just(chosen)},
            optional={
                "required": st.lists(st.sampled_from(sorted(chosen)), unique=True)
                if chosen
                else st.just([])
            },
        )
    )


@st.composite
def snapshots(draw: st.DrawFn, *, recursive: bool = True) -> Snapshot:
    """Snapshots of small models; by default of shapes that may be inside themselves."""
    names = ["A", "B", "C"]
    shapes = {
        name: draw(_facts(names if recursive else names[position + 1 :]))
        for position, name in enumerate(names)
    }
    for root in ("In", "Out"):
        shapes[root] = draw(_structures(st.sampled_from(names)))
    return {
        "source": "generated",
        "botocore": draw(st.sampled_from(["1.0.0", "1.0.1"])),
        "api_version": draw(st.sampled_from(["2017-07-24", "2027-07-24"])),
        "operation": "CreateModel",
        "input": "In",
        "output": "Out",
        "errors": draw(st.lists(st.sampled_from(["Full", "InUse"]), unique=True)),
        "shapes": shapes,
    }


def service_model(snapshot: Snapshot) -> dict[str, Any]:
    """A service model, as botocore writes them, from which this snapshot is taken."""
    shapes = copy.deepcopy(snapshot["shapes"])
    for facts in shapes.values():
        if "members" in facts:
            facts["members"] = {name: {"shape": each} for name, each in facts["members"].items()}
        for part in ("member", "key", "value"):
            if part in facts:
                facts[part] = {"shape": facts[part]}
    operation = {
        "name": snapshot["operation"],
        "input": {"shape": snapshot["input"]},
        "output": {"shape": snapshot["output"]},
        "errors": [{"shape": each} for each in snapshot["errors"]],
    }
    return {
        "metadata": {"apiVersion": snapshot["api_version"]},
        "operations": {snapshot["operation"]: operation},
        "shapes": shapes,
    }


def install(home: Path, model: dict[str, Any] | str) -> Path:
    """Put a service model into a home folder, where botocore looks first; return its folder."""
    folder = home / ".aws" / "models" / "sagemaker" / LATEST
    folder.mkdir(parents=True)
    content = model if isinstance(model, str) else json.dumps(model)
    (folder / "service-2.json").write_text(content, "utf-8")
    return folder

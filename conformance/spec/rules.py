"""Rules: every checkable promise about a CreateModel request, derived from shapes and documents.

A rule's provenance is computed: ``reference`` where the API reference page states the constraint,
``model`` where the service model does. The limits themselves stay in the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from conformance.spec import documents, shapes
from conformance.spec.constraints import kinds_of
from conformance.spec.patterns import unanchored
from conformance.spec.shapes import Shape

MUST = "must"
INFO = "info"

JSON_TYPE_NAMES = {
    "structure": "object",
    "map": "object",
    "list": "array",
    "string": "string",
    "boolean": "boolean",
    "integer": "integer number",
}


@dataclass(frozen=True)
class Rule:
    """One checkable promise with a stable id.

    ``member`` is the path of the shape concerned, ``constraint`` the kind of constraint (or, for
    behaviour rules, the last part of the id). ``sides`` are what is judged: ``accepts`` and
    ``rejects`` for constraints, ``rejects`` for cross-field rules, ``holds`` for behaviour.
    """

    id: str
    member: str
    constraint: str
    level: str
    provenance: tuple[str, ...]
    sources: tuple[str, ...]
    statement: str
    sides: tuple[str, ...] = ("accepts", "rejects")
    operation: str = "CreateModel"

    @property
    def family(self) -> str:
        """The part of the id before the slash; constraint rules are the ``CreateModel`` family."""
        return self.id.partition("/")[0].partition(":")[0]


def _reference_states(shape: Shape, kind: str) -> bool:
    if shape.path == "":
        return kind == "type"  # the page: the request is data in JSON format
    facts = documents.reference()["request"].get(shape.path)
    if facts is None:
        return False
    stated = {
        "type": facts["type"] == shape.kind,
        "required": bool(facts["required"]),
        "min": facts.get("min") == shape.minimum,
        "max": facts.get("max") == shape.maximum,
        "pattern": "pattern" in facts
        and shape.pattern is not None
        and unanchored(facts["pattern"]) == unanchored(shape.pattern),
        "enum": False,  # enumerations belong to nested members
    }
    return bool(stated[kind.partition("-")[0]])


def _statement(shape: Shape, kind: str) -> str:
    name = shape.label
    many = "entries" if shape.kind == "map" else "items"
    kinds = {
        "type": f"{name} is a JSON {JSON_TYPE_NAMES[shape.kind]}.",
        "required": f"{name} is required wherever the structure around it is given.",
        "min-length": f"{name} has at least {shape.minimum} character(s).",
        "max-length": f"{name} has at most {shape.maximum} characters.",
        "min-items": f"{name} has at least {shape.minimum} item(s).",
        "max-items": f"{name} has at most {shape.maximum} {many}.",
        "pattern": f"The whole of {name} matches {shape.pattern}",
        "enum": f"{name} is one of {', '.join(shape.enum)}.",
    }
    return kinds[kind]


def _rule(shape: Shape, kind: str, stated_in: str) -> Rule:
    page, model = documents.reference(), documents.model()
    provenance = ["model"]
    sources = [f"botocore {model['botocore']}, service model sagemaker, shape {stated_in}"]
    if _reference_states(shape, kind):
        provenance.insert(0, "reference")
        section = f"{page['section']}, Request Parameters"
        sources.insert(0, ", ".join(filter(None, (page["document"], section, shape.path))))
    return Rule(
        id=f"CreateModel/{shape.path}:{kind}" if shape.path else f"CreateModel:{kind}",
        member=shape.path,
        constraint=kind,
        level=MUST,
        provenance=tuple(provenance),
        sources=tuple(sources),
        statement=_statement(shape, kind),
    )


def _derived(shape: Shape, parent: Shape | None) -> Iterator[Rule]:
    kinds = list(kinds_of(shape))
    name = shape.path.rpartition(".")[2]
    for kind in kinds[:1] if kinds[:1] == ["type"] else []:
        yield _rule(shape, kind, shape.name)
    if parent is not None and name in parent.required:
        yield _rule(shape, "required", parent.name)
    for kind in kinds:
        if kind != "type":
            yield _rule(shape, kind, shape.name)
    for child in shape.children:
        yield from _derived(child, shape)


@cache
def constraint_rules() -> tuple[Rule, ...]:
    """Return every constraint rule of the CreateModel request, in the specification's order."""
    return tuple(_derived(shapes.request(), None))

"""Takes the pinned snapshot of the service model again from the botocore that is installed.

Run as ``python -m conformance.spec.refresh``: it rewrites ``data/model.json``, on which the rules
rest, and prints the digest before and after; and ``data/siblings.json``, on which none does. Facts
only: documentation texts of the model are left behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

OPERATION = "CreateModel"
SIBLINGS = (
    "DescribeModel",
    "DeleteModel",
    "ListModels",
    "AddTags",
    "ListTags",
    "DeleteTags",
    "CreateEndpointConfig",
    "DescribeEndpointConfig",
    "DeleteEndpointConfig",
    "CreateTransformJob",
)
SOURCE = "AWS service model as shipped in botocore"
FACTS = ("type", "required", "min", "max", "pattern", "enum", "box")


class NoCreateModel(Exception):
    """The botocore that is installed has no service model of SageMaker, or no CreateModel in it."""


def snapshot() -> dict[str, Any]:
    """Return the shapes that CreateModel's request and response use, as botocore states them.

    The result has the keys ``source``, ``botocore``, ``api_version``, ``operation``, ``input``,
    ``output``, ``errors`` and ``shapes`` (shape name -> facts of the shape). Raises
    ``NoCreateModel`` with a sentence when there is nothing to take.
    """
    version, model = _installed()
    if OPERATION not in model["operations"]:
        raise NoCreateModel(f"botocore {version}: its SageMaker has no {OPERATION}")
    operation = model["operations"][OPERATION]
    roots = operation["input"]["shape"], operation["output"]["shape"]
    return {
        "source": SOURCE,
        "botocore": version,
        "api_version": model["metadata"]["apiVersion"],
        "operation": OPERATION,
        "input": roots[0],
        "output": roots[1],
        "errors": [error["shape"] for error in operation.get("errors", [])],
        "shapes": _shapes(model, roots),
    }


def siblings() -> dict[str, Any]:
    """Return the operations that this suite uses beside CreateModel, as botocore states them.

    The result has ``source``, ``botocore``, ``operations`` (name -> ``input`` and, where there is
    one, ``output``) and ``shapes``. Raises ``NoCreateModel`` like ``snapshot``.
    """
    version, model = _installed()
    operations = {
        name: {
            part: model["operations"][name][part]["shape"]
            for part in ("input", "output")
            if part in model["operations"][name]
        }
        for name in SIBLINGS
    }
    roots = [root for parts in operations.values() for root in parts.values()]
    return {
        "source": SOURCE,
        "botocore": version,
        "operations": operations,
        "shapes": _shapes(model, roots),
    }


def _installed() -> tuple[str, Any]:
    """Return the version of the botocore that is installed, and its model of SageMaker."""
    import botocore
    import botocore.exceptions
    import botocore.loaders

    version: str = botocore.__version__
    try:
        return version, botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    except (botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError) as none:
        raise NoCreateModel(f"botocore {version} has no SageMaker model") from none


def _shapes(model: Any, roots: Iterable[str]) -> dict[str, Any]:
    """Return the facts of every shape that these use, by name."""
    shapes: dict[str, Any] = {}

    def take(name: str) -> None:
        if name in shapes:
            return
        stated = model["shapes"][name]
        facts: dict[str, Any] = {fact: stated[fact] for fact in FACTS if fact in stated}
        shapes[name] = facts
        if "members" in stated:
            facts["members"] = {each: m["shape"] for each, m in stated["members"].items()}
            for member in facts["members"].values():
                take(member)
        for part in ("member", "key", "value"):
            if part in stated:
                facts[part] = stated[part]["shape"]
                take(facts[part])

    for root in roots:
        take(root)
    return shapes


def main() -> None:
    """Rewrite the pinned snapshots in the source tree."""
    from conformance.spec.documents import digest

    before = digest()
    data = Path(str(files("conformance.spec") / "data"))
    for name, taken in (("model", snapshot()), ("siblings", siblings())):
        text = json.dumps(taken, indent=1, ensure_ascii=False)
        (data / f"{name}.json").write_text(f"{text}\n", "utf-8")
    digest.cache_clear()
    print(f"model.json: {before} -> {digest()}")


if __name__ == "__main__":
    main()

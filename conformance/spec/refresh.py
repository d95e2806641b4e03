"""Takes the pinned snapshot of the service model again from the botocore that is installed.

Run as ``python -m conformance.spec.refresh``: it rewrites ``data/model.json`` and prints the
digest before and after. Facts only: documentation texts of the model are left behind.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

OPERATION = "CreateModel"
FACTS = ("type", "required", "min", "max", "pattern", "enum", "box")


class NoCreateModel(Exception):
    """The botocore that is installed has no service model of SageMaker, or no CreateModel in it."""


def snapshot() -> dict[str, Any]:
    """Return the shapes that CreateModel's request and response use, as botocore states them.

    The result has the keys ``source``, ``botocore``, ``api_version``, ``operation``, ``input``,
    ``output``, ``errors`` and ``shapes`` (shape name -> facts of the shape). Raises
    ``NoCreateModel`` with a sentence when there is nothing to take.
    """
    import botocore
    import botocore.exceptions
    import botocore.loaders

    try:
        model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    except (botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError) as none:
        raise NoCreateModel(f"botocore {botocore.__version__} has no SageMaker model") from none
    if OPERATION not in model["operations"]:
        raise NoCreateModel(f"botocore {botocore.__version__}: its SageMaker has no {OPERATION}")
    operation = model["operations"][OPERATION]
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

    take(operation["input"]["shape"])
    take(operation["output"]["shape"])
    return {
        "source": "AWS service model as shipped in botocore",
        "botocore": botocore.__version__,
        "api_version": model["metadata"]["apiVersion"],
        "operation": OPERATION,
        "input": operation["input"]["shape"],
        "output": operation["output"]["shape"],
        "errors": [error["shape"] for error in operation.get("errors", [])],
        "shapes": shapes,
    }


def main() -> None:
    """Rewrite the pinned snapshot in the source tree."""
    from conformance.spec.documents import digest

    before = digest()
    target = Path(str(files("conformance.spec") / "data" / "model.json"))
    target.write_text(json.dumps(snapshot(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    digest.cache_clear()
    print(f"{target.name}: {before} -> {digest()}")


if __name__ == "__main__":
    main()

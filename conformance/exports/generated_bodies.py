"""CreateModel bodies as Schemathesis makes them from our document, by phase: for a run of ours.

Schemathesis is imported when it is asked for something. What it changes in Hypothesis for all who
use it (its printer, how much a draw may take) is changed back, so that neither another rule's
random requests nor a user's own tests depend on whether this one was judged before.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any

from conformance.exports.json_schema import request_schema
from conformance.exports.openapi import OPERATION, openapi, path
from conformance.wire.messages import CONTENT_TYPE, encode
from strategies.resources import Resources

#: What Schemathesis sets in Hypothesis, by module.
_CHANGED = {
    "hypothesis.core": ("RepresentationPrinter", "BUFFER_SIZE"),
    "hypothesis.internal.conjecture.engine": ("BUFFER_SIZE",),
    "hypothesis.internal.entropy": ("register_random",),
    "hypothesis.strategies._internal.collections": ("BUFFER_SIZE",),
    "hypothesis.strategies._internal.core": ("is_first_param_referenced_in_function",),
}


class CannotGenerate(Exception):
    """The installed Schemathesis does not do what is asked of it; the message says what."""


class _NoBody(Exception):
    """A case is not a plain call with a body: its headers or its method are what it is about."""


@contextmanager
def as_found() -> Iterator[None]:
    """Change Hypothesis back to what it was on entry, whatever Schemathesis does within."""
    before = [
        (module, name, getattr(module, name))
        for module, name in _changed_names()
        if hasattr(module, name)
    ]
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _changed_names() -> Iterator[tuple[Any, str]]:
    for module, names in _CHANGED.items():
        with suppress(ImportError):  # another Hypothesis: then there is nothing to change back
            found = import_module(module)
            yield from ((found, name) for name in names)


def _document(resources: Resources, seed: int) -> dict[str, Any]:
    """Return our document with CreateModel alone, its members in an order of chance.

    Which members come first decides which are asked about where not everything is.
    """
    document = openapi(resources)
    operation = document["paths"][path(OPERATION)]["post"]
    body = {"requestBody": operation["requestBody"], "responses": {"200": {"description": "Done."}}}
    shape = document["components"]["schemas"]["CreateModelInput"]
    others = [name for name in shape["properties"] if name != "ModelName"]
    random.Random(seed).shuffle(others)
    shape["properties"] = {name: shape["properties"][name] for name in ("ModelName", *others)}
    return document | {"paths": {path(OPERATION): {"post": body}}}


class Generator:
    """Schemathesis in front of our document; ``seed`` is the run's.

    To be made and used within ``as_found``. Raises ``CannotGenerate`` where the installed version
    lacks what is used of it here.
    """

    def __init__(self, resources: Resources, seed: int) -> None:
        self._document = _document(resources, seed)
        self._schema, self._operation = self._asked(self._load)
        self._validator: Any = None

    def _load(self) -> Any:
        import schemathesis
        from schemathesis.generation.hypothesis import setup

        setup._is_patched = False  # what it had changed was changed back
        schemathesis.serializer.alias(CONTENT_TYPE, "application/json")
        schema = schemathesis.openapi.from_dict(self._document)
        return schema, schema[path(OPERATION)]["POST"]

    def coverage(self, *, legal: int, illegal: int) -> Iterator[Any]:
        """Yield the bodies of the coverage phase, at most so many of each label, in its order."""
        for mode, most in (("positive", legal), ("negative", illegal)):
            cases = self._asked(partial(self._covering, mode))
            while most and (case := self._asked(partial(next, cases, None))) is not None:
                with suppress(_NoBody):
                    yield _body_of(case)
                    most -= 1

    def _covering(self, mode: str) -> Iterator[Any]:
        from schemathesis import GenerationMode

        cases: Iterator[Any] = self._schema.iter_coverage_cases(
            self._operation,
            generation_modes=[GenerationMode(mode)],
            generation_config=self._schema.config.generation,
        )
        return iter(cases)

    def fuzzing(self) -> Any:
        """Return a strategy for the bodies of the fuzzing phase, ``None`` for what has none."""
        return self._asked(self._fuzzing)

    def _fuzzing(self) -> Any:
        from hypothesis import strategies as st
        from schemathesis import GenerationMode

        def body(case: Any) -> Any:
            try:
                return _body_of(case)
            except _NoBody:
                return None

        return st.one_of(
            [self._operation.as_strategy(generation_mode=mode).map(body) for mode in GenerationMode]
        )

    def holds(self, body: Any) -> bool:
        """Tell whether Schemathesis's validator finds that a body keeps to our JSON Schema."""
        if self._validator is None:
            self._validator = self._asked(self._new_validator)
        return bool(self._validator.is_valid(body))

    def _new_validator(self) -> Any:
        from jsonschema_rs import Draft202012Validator

        return Draft202012Validator(request_schema())

    def _asked(self, what: Callable[[], Any]) -> Any:
        """Ask Schemathesis; that a name or an argument is not there is a matter of versions."""
        try:
            return what()
        except (ImportError, AttributeError, TypeError, KeyError) as problem:
            raise CannotGenerate(
                f"the installed Schemathesis cannot be used ({type(problem).__name__}: {problem})"
            ) from problem


def _body_of(case: Any) -> Any:
    """Return a case's body as a server reads it; raises ``_NoBody`` where that is not the point."""
    data = getattr(getattr(case.meta, "phase", None), "data", None)
    location = getattr(data, "parameter_location", None)
    about_body = location is None or getattr(location, "value", location) == "body"
    if case.method.upper() != "POST" or case.media_type != CONTENT_TYPE or not about_body:
        raise _NoBody
    try:
        sent = encode(OPERATION, case.body).body
        return json.loads(sent, parse_constant=_refuse)
    except (TypeError, ValueError) as problem:  # no body at all, or a number that JSON cannot say
        raise _NoBody from problem


def _refuse(constant: str) -> Any:
    raise ValueError(constant)

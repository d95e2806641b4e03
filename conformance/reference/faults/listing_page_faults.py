"""ListModels cuts its pages wrongly: models missed or repeated, tokens that lie, names sifted
oddly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_handler,
)
from conformance.reference.operations.models import page_size, selection_of, summary
from conformance.reference.paging import Selection
from conformance.reference.state import Model, RegionState

FAMILY = "listing"


#: The rule that each fault breaks.
_RULES = {
    "pages-skip-one": "pages-are-complete",
    "pages-repeat-one": "pages-are-complete",
    "token-forever": "walk-ends",
    "token-never-given": "pages-are-complete",
    "token-of-the-first-model": "pages-are-complete",
    "tokens-are-offsets": "pages-stand-changes",
    "tied-times-lost": "pages-are-complete",
    "name-contains-as-prefix": "name-contains",
    "name-contains-as-whole": "name-contains",
    "name-contains-without-case": "name-contains-case",
    "foreign-tokens-accepted": "foreign-token",
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    rules = (f"list/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, rules, FAMILY, side, change)


Sift = Callable[[str, str], bool]


def _sifting(matches: Sift) -> Change:
    def wrap(inner: Handler) -> Handler:
        def list_models(state: RegionState, call: Call) -> Output:
            part = call.text("NameContains")
            output = dict(inner(state, call.having(NameContains=None)) or {})
            models = output["Models"]
            assert isinstance(models, list)
            output["Models"] = [each for each in models if matches(part, each["ModelName"])]
            return output

        return list_models

    return on_handler("ListModels", wrap)


Take = Callable[[list[Model], bool], tuple[list[Model], Model | None]]


def _paging(take: Take, extra: int = 0) -> Change:
    """Pages made of `extra` models more than asked; `take` says which are shown and whose token is
    given.
    """

    def list_models(state: RegionState, call: Call) -> Output:
        models, more = state.page(selection_of(state, call), page_size(call) + extra)
        shown, last = take(models, more)
        part = call.text("NameContains")
        output: dict[str, object] = {
            "Models": [summary(each) for each in shown if part in each.name]
        }
        if last is not None:
            output["NextToken"] = state.tokens.token(last.position)
        return output

    return on_handler("ListModels", lambda inner: list_models)


def _skipping(models: list[Model], more: bool) -> tuple[list[Model], Model | None]:
    if not more:
        return models, None
    return models[:-1], models[-1]


def _repeating(models: list[Model], more: bool) -> tuple[list[Model], Model | None]:
    return models, models[-2] if more and len(models) > 1 else models[-1] if more else None


def _always_token(models: list[Model], _more: bool) -> tuple[list[Model], Model | None]:
    return models, models[-1] if models else None


def _never_token(models: list[Model], _more: bool) -> tuple[list[Model], Model | None]:
    return models, None


def _token_of_first(models: list[Model], more: bool) -> tuple[list[Model], Model | None]:
    return models, models[0] if more else None


def _token_on_full_pages(_inner: Handler) -> Handler:
    """A token whenever the page is full, so that a full last page has one, too."""

    def list_models(state: RegionState, call: Call) -> Output:
        models, _ = state.page(selection_of(state, call), page_size(call))
        part = call.text("NameContains")
        output: dict[str, object] = {
            "Models": [summary(each) for each in models if part in each.name]
        }
        if len(models) == page_size(call):
            output["NextToken"] = state.tokens.token(models[-1].position)
        return output

    return list_models


def _token_forever(inner: Handler) -> Handler:
    """Every page has a token; behind the last model it is the one that was sent."""

    def list_models(state: RegionState, call: Call) -> Output:
        output = dict(inner(state, call) or {})
        models, _ = state.page(selection_of(state, call), page_size(call))
        if models:
            output["NextToken"] = state.tokens.token(models[-1].position)
        elif call.text("NextToken"):
            output["NextToken"] = call.text("NextToken")
        return output

    return list_models


def _offsets(behaviour: Behaviour) -> Behaviour:
    """Tokens count models from the start of the list, so pages shift while models come and go."""

    def wrap(_inner: Handler) -> Handler:
        def list_models(state: RegionState, call: Call) -> Output:
            token = call.text("NextToken")
            if token and not (token.isascii() and token.isdecimal()):
                raise Refused(Refusal("ValidationException", "Invalid pagination token."))
            start, size = int(token or 0), page_size(call)
            selection = selection_of(state, call.having(NextToken=None))
            models, more = state.page(selection, start + size)
            part = call.text("NameContains")
            output: dict[str, object] = {
                "Models": [summary(each) for each in models[start:] if part in each.name]
            }
            if more:
                output["NextToken"] = str(start + size)
            return output

        return list_models

    return on_handler("ListModels", wrap)(behaviour)


def _ties_lost(_inner: Handler) -> Handler:
    """The next page begins after the second in which the last model was made, and loses others."""

    def list_models(state: RegionState, call: Call) -> Output:
        selection = selection_of(state, call)
        if selection.after is not None and not selection.by_name:
            second = selection.after.created // 1000 * 1000
            selection = (
                replace(selection, before=min(selection.before, second), after=None)
                if selection.descending
                else replace(selection, since=max(selection.since, second + 1000), after=None)
            )
        return _listed(state, call, selection)

    return list_models


def _case_blind(_inner: Handler) -> Handler:
    def list_models(state: RegionState, call: Call) -> Output:
        selection = selection_of(state, call)
        output = _listed(state, call, selection)
        if selection.by_name:
            models = output["Models"]
            assert isinstance(models, list)
            models.sort(key=lambda each: each["ModelName"].lower(), reverse=selection.descending)
        return output

    return list_models


def _listed(state: RegionState, call: Call, selection: Selection) -> dict[str, object]:
    models, more = state.page(selection, page_size(call))
    part = call.text("NameContains")
    output: dict[str, object] = {"Models": [summary(each) for each in models if part in each.name]}
    if more:
        output["NextToken"] = state.tokens.token(models[-1].position)
    return output


def _any_token(inner: Handler) -> Handler:
    def list_models(state: RegionState, call: Call) -> Output:
        if state.tokens.position(call.text("NextToken")) is None:
            call = call.having(NextToken=None)
        return inner(state, call)

    return list_models


def faults() -> Iterator[Fault]:
    """All pages that go wrong."""
    for name, summary_, change in (
        ("pages-skip-one", "the last model of a page is left out between two pages",
         _paging(_skipping)),
        ("pages-repeat-one", "the last model of a page is the first of the next",
         _paging(_repeating)),
        ("token-on-last-page", "the last page has a token, too", _paging(_always_token)),
        ("token-forever", "every page has a token, so that no walk ends",
         on_handler("ListModels", _token_forever)),
        ("token-never-given", "no page has a token", _paging(_never_token)),
        ("token-of-the-first-model", "the next page begins after this page's first model",
         _paging(_token_of_first)),
        ("token-on-full-last-page", "a full page has a token though it is the last",
         on_handler("ListModels", _token_on_full_pages)),
        ("tokens-are-offsets", "tokens count models from the start", _offsets),
        ("tied-times-lost", "of models created within one second the next page shows none",
         on_handler("ListModels", _ties_lost)),
        ("names-sorted-without-case", "within a page names are sorted without regard to case",
         on_handler("ListModels", _case_blind)),
        ("name-contains-as-prefix", "NameContains is looked for at the start",
         _sifting(lambda part, name: name.startswith(part))),
        ("name-contains-as-whole", "NameContains is compared with the whole name",
         _sifting(lambda part, name: part in ("", name))),
        ("name-contains-without-case", "NameContains ignores case",
         _sifting(lambda part, name: part.lower() in name.lower())),
    ):  # fmt: skip
        yield _fault(name, summary_, change)
    yield _fault(
        "foreign-tokens-accepted", "a token of another service starts from the beginning",
        on_handler("ListModels", _any_token), "rejects",
    )  # fmt: skip

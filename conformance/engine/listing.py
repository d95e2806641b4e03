"""Walks ListModels for the engine's own use: what is there, as far as the target says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.engine.conversation import Conversation
    from conformance.engine.exchanges import Exchange

#: Pages of 100 models that are walked, at most.
PAGES = 200


@dataclass(frozen=True)
class Listing:
    """Names of models; ``is_whole`` tells whether there are no others. ``last`` is what was said
    last.
    """

    names: frozenset[str]
    is_whole: bool
    last: Exchange


def list_models(talk: Conversation, contains: str = "", *, pages: int = PAGES) -> Listing:
    """Return the models whose names contain something, whatever else the target shows."""
    found: set[str] = set()
    body: dict[str, Any] = {"MaxResults": 100}
    if contains:
        body["NameContains"] = contains
    for _ in range(pages):
        exchange = talk.ask("ListModels", body, purpose="list")
        payload = exchange.reading.payload if exchange.reading else None
        models = payload.get("Models") if isinstance(payload, dict) else None
        if not exchange.accepted or not isinstance(payload, dict):
            return Listing(frozenset(found), False, exchange)
        for model in models if isinstance(models, list) else ():
            name = model.get("ModelName") if isinstance(model, dict) else None
            if isinstance(name, str) and contains in name:
                found.add(name)
        token = payload.get("NextToken")
        if not isinstance(token, str) or not token:
            return Listing(frozenset(found), isinstance(models, list), exchange)
        body = {**body, "NextToken": token}
    return Listing(frozenset(found), False, exchange)

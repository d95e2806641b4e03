"""Walks lists for the engine's own use: what is there, as far as the target says so."""

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
    """Names of what is listed; ``is_whole`` tells whether there are no others. ``last`` is what was
    said last.
    """

    names: frozenset[str]
    is_whole: bool
    last: Exchange


def list_models(talk: Conversation, contains: str = "", *, pages: int = PAGES) -> Listing:
    """Return the models whose names contain something, whatever else the target shows."""
    return _walked(talk, "ListModels", ("Models", "ModelName"), contains, pages)


def list_configs(talk: Conversation, contains: str) -> Listing:
    """Return the endpoint configurations whose names contain something."""
    members = ("EndpointConfigs", "EndpointConfigName")
    return _walked(talk, "ListEndpointConfigs", members, contains, PAGES)


def _walked(
    talk: Conversation, operation: str, members: tuple[str, str], contains: str, pages: int
) -> Listing:
    """Walk the pages of a list; ``members`` are those that hold what is listed, and its name."""
    found: set[str] = set()
    body: dict[str, Any] = {"MaxResults": 100}
    if contains:
        body["NameContains"] = contains
    for _ in range(pages):
        exchange = talk.ask(operation, body, purpose="list")
        payload = exchange.reading.payload if exchange.reading else None
        listed = payload.get(members[0]) if isinstance(payload, dict) else None
        if not exchange.accepted or not isinstance(payload, dict):
            return Listing(frozenset(found), False, exchange)
        for each in listed if isinstance(listed, list) else ():
            name = each.get(members[1]) if isinstance(each, dict) else None
            if isinstance(name, str) and contains in name:
                found.add(name)
        token = payload.get("NextToken")
        if not isinstance(token, str) or not token:
            return Listing(frozenset(found), isinstance(listed, list), exchange)
        body = {**body, "NextToken": token}
    return Listing(frozenset(found), False, exchange)

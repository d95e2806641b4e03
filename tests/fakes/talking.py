"""Conversations with fakes, with letters that tests know; creates that nobody waited for."""

from __future__ import annotations

from typing import Any

from fakes.conformant import Conformant

from conformance.engine.conversation import Conversation
from strategies.bases import minimal
from strategies.resources import Resources

PREFIX = "cmcabcdefghija"


def conversation(target: Any) -> Conversation:
    """A conversation whose names bear our letters."""
    return Conversation(target, prefix=PREFIX, resources=Resources())


def interrupted(talk: Conversation, *names: Any) -> None:
    """Have creates been sent whose answers nobody waited for."""
    for name in names:
        talk.ledger.intends("CreateModel", minimal(name, Resources()))


class MadeNow(Conformant):
    """Says that every model was made at this moment, in one of many forms."""

    def __init__(self, told: Any) -> None:
        super().__init__()
        self.told = told

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        return {**super().describe(members), "CreationTime": self.told}

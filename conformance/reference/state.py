"""What one region of the account holds, in memory. Whoever reads or changes more than one thing
holds the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from conformance.reference.errors import Refusal, Refused
from conformance.reference.paging import ModelOrder, Position, Selection, TokenMint
from conformance.reference.places import Place

Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it was created; `definition` holds the request's members but for name and tags."""

    name: str
    arn: str
    position: Position
    definition: dict[str, object]

    @property
    def creation_time(self) -> float:
        """Epoch seconds with milliseconds."""
        return self.position.created / 1000


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """An endpoint configuration as it was created."""

    name: str
    arn: str
    creation_time: float
    definition: dict[str, object]


@dataclass(frozen=True, slots=True)
class Custom:
    """How a state keeps its models: by which key, how many, and how long a new one stays unseen
    (seconds).
    """

    key: Callable[[str], str] = str
    quota: int | None = None
    visible_after: float = 0.0


class RegionState:
    """Models, endpoint configurations, transform jobs and tags of a region."""

    def __init__(self, place: Place, now: Callable[[], float], custom: Custom) -> None:
        self.place = place
        self.lock = threading.RLock()
        self.tokens = TokenMint()
        self.endpoint_configs: dict[str, EndpointConfig] = {}
        self.transform_jobs: dict[str, str] = {}
        self.tags: dict[str, Tags] = {}  # by ARN; every resource has an entry, empty or not
        self._now = now
        self._custom = custom
        self._models: dict[str, Model] = {}
        self._order = ModelOrder()
        self._last = (0, 0)

    def time(self) -> float:
        """Epoch seconds, in milliseconds' steps."""
        return int(self._now() * 1000) / 1000

    def has_model(self, name: str) -> bool:
        """Whether the name is taken, seen already or not."""
        return self._custom.key(name) in self._models

    def model(self, name: str) -> Model | None:
        """The model of that name, once it can be seen."""
        found = self._models.get(self._custom.key(name))
        if found is None or found.position.created >= self._horizon():
            return None
        return found

    def taken_model(self, name: str) -> Model | None:
        """The model of that name, seen already or not."""
        return self._models.get(self._custom.key(name))

    def names(self) -> list[str]:
        """The names of all models."""
        with self.lock:
            return [each.name for each in self._models.values()]

    def add_model(self, name: str, definition: dict[str, object], tags: Tags) -> Model:
        """Keep a model, in place of one of the same name. Raises Refused where no more fit."""
        with self.lock:
            self.remove_model(name)
            quota = self._custom.quota
            if quota is not None and len(self._models) >= quota:
                raise _quota_reached(quota)
            position = self._next_position(name)
            model = Model(name, self.place.arn("model", name), position, definition)
            self._models[self._custom.key(name)] = model
            self._order.add(position)
            self.tags[model.arn] = dict(tags)
            return model

    def remove_model(self, name: str) -> Model | None:
        """Forget a model and its tags; None where there was none."""
        with self.lock:
            model = self._models.pop(self._custom.key(name), None)
            if model is not None:
                self._order.remove(model.position)
                self.tags.pop(model.arn, None)
            return model

    def page(self, selection: Selection, size: int) -> tuple[list[Model], bool]:
        """The next models of a selection, and whether there are more."""
        with self.lock:
            seen = Selection(
                selection.by_name,
                selection.descending,
                selection.since,
                min(selection.before, self._horizon()),
                selection.after,
            )
            positions, more = self._order.page(seen, size)
            return [self._models[self._custom.key(each.name)] for each in positions], more

    def _horizon(self) -> float:
        """Epoch ms; models created from then on cannot be seen yet."""
        if self._custom.visible_after <= 0:
            return float("inf")
        return (self._now() - self._custom.visible_after) * 1000

    def _next_position(self, name: str) -> Position:
        created, serial = self._last
        self._last = (max(created, int(self._now() * 1000)), serial + 1)
        return Position(*self._last, name)


def _quota_reached(quota: int) -> Refused:
    # The sentence follows E19, which is another operation's.
    return Refused(
        Refusal(
            "ResourceLimitExceeded",
            f"The account-level service limit 'Number of models' is {quota} Models, "
            f"with current utilization of {quota} Models and a request delta of 1 Models. "
            "Please contact AWS support to request an increase for this limit.",
        )
    )

"""A pure model of the service: what models there are, and which tags they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ServiceModel:
    """Models by name, each with its tags. Every method returns another model, or says what is."""

    models: Mapping[str, Mapping[str, str]]

    @classmethod
    def empty(cls) -> ServiceModel:
        """Return the service with no models."""
        return cls({})

    def has(self, name: str) -> bool:
        """Tell whether there is a model of this name."""
        return name in self.models

    def with_model(self, name: str, tags: Mapping[str, str]) -> ServiceModel:
        """Return the service after a create; one of a name that is taken changes nothing."""
        return self if self.has(name) else self._with(name, tags)

    def without(self, name: str) -> ServiceModel:
        """Return the service after a deletion; one of a missing model changes nothing."""
        left = {each: tags for each, tags in self.models.items() if each != name}
        return replace(self, models=left)

    def tagged(self, name: str, tags: Mapping[str, str]) -> ServiceModel:
        """Return the service after tags were added to a model that exists."""
        return self._with(name, {**self.models[name], **tags})

    def untagged(self, name: str, key: str) -> ServiceModel:
        """Return the service after a tag was deleted from a model that exists."""
        left = {each: value for each, value in self.models[name].items() if each != key}
        return self._with(name, left)

    def _with(self, name: str, tags: Mapping[str, str]) -> ServiceModel:
        return replace(self, models={**self.models, name: dict(tags)})

"""The pure model of the service that programs of calls are compared with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.service_model import ServiceModel

NAMES = st.sampled_from(["a", "b", "A"])
TAGS = st.dictionaries(st.sampled_from(["k", "K"]), st.text(max_size=2))
SERVICES = st.dictionaries(NAMES, TAGS).map(ServiceModel)


@given(service=SERVICES, name=NAMES, tags=TAGS)
def test_a_create_makes_a_model_unless_there_is_one(
    service: ServiceModel, name: str, tags: dict[str, str]
) -> None:
    """A second create of a name changes nothing; no other model is touched."""
    after = service.with_model(name, tags)
    assert after.has(name)
    assert after.models[name] == (service.models[name] if service.has(name) else tags)
    assert all(after.models[each] == service.models[each] for each in service.models)
    assert after.with_model(name, {}) == after


@given(service=SERVICES, name=NAMES)
def test_a_deletion_takes_one_model_away(service: ServiceModel, name: str) -> None:
    """And no other; a second deletion changes nothing."""
    after = service.without(name)
    assert set(after.models) == set(service.models) - {name}
    assert after.without(name) == after


@given(service=SERVICES, name=NAMES, tags=TAGS)
def test_tags_are_added_overwritten_and_taken_away(
    service: ServiceModel, name: str, tags: dict[str, str]
) -> None:
    """What is added is there, what is taken away is not, everything else stays."""
    before = service.with_model(name, {})
    added = before.tagged(name, tags)
    assert added.models[name] == {**before.models[name], **tags}
    bare = added.untagged(name, "k")
    assert "k" not in bare.models[name]
    assert bare.models[name].get("K") == added.models[name].get("K")

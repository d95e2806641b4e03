"""The catalogue of faults: every small, named way in which the service can be made to misbehave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from conformance.reference.faults import (
    auth_faults,
    concurrency_faults,
    deletion_faults,
    description_faults,
    downstream_faults,
    enum_faults,
    error_answers,
    error_messages,
    legal_requests,
    lifecycle_faults,
    limits,
    listing_answer_faults,
    listing_page_faults,
    listing_request_faults,
    one_place,
    pattern_faults,
    quota_faults,
    responses,
    second_life_faults,
    stored_faults,
    tag_faults,
    tag_reach_faults,
    type_faults,
    whole_service,
    wire_faults,
)
from conformance.reference.faults.expectations import settled
from conformance.reference.faults.fault import Fault

_SOURCES = (
    limits,
    pattern_faults,
    quota_faults,
    enum_faults,
    type_faults,
    one_place,
    error_answers,
    error_messages,
    responses,
    whole_service,
    legal_requests,
    deletion_faults,
    second_life_faults,
    lifecycle_faults,
    stored_faults,
    description_faults,
    tag_faults,
    tag_reach_faults,
    listing_answer_faults,
    listing_page_faults,
    listing_request_faults,
    downstream_faults,
    wire_faults,
    concurrency_faults,
    auth_faults,
)


def _catalogue(faults: Iterable[Fault]) -> Mapping[str, Fault]:
    catalogue: dict[str, Fault] = {}
    for each in faults:
        if each.name in catalogue:
            raise ValueError(f"two faults are named {each.name}")
        catalogue[each.name] = each
    return MappingProxyType(catalogue)


FAULTS = _catalogue(settled(fault) for source in _SOURCES for fault in source.faults())

__all__ = ["FAULTS", "Fault"]

"""What a ListModels request asks for is ignored, misunderstood or not checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Call, Change
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_call,
    on_input,
    together,
)
from conformance.reference.faults.tables import no_limits
from conformance.reference.operations.models import page_size
from conformance.reference.shapes import Integer, Structure

FAMILY = "listing"


#: The rule that each fault breaks.
_RULES = {
    "max-results-ignored": "max-results",
    "max-results-always-100": "max-results",
    "pages-one-too-long": "max-results",
    "sort-by-ignored": "sort-by-name",
    "sort-order-ignored": "sort-order",
    "sort-order-turned-round": "sort-order",
    "sort-order-by-name-ignored": "sort-order",
    "sort-by-creation-time-taken-for-name": "sort-by-creation-time",
    "sort-order-without-sort-by-ignored": "sort-by-creation-time",
    "sort-order-by-creation-time-ignored": "sort-by-creation-time",
    "creation-time-before-ignored-beside-after": "created-between",
    "creation-time-after-ignored-beside-before": "created-between",
    "next-page-forgets-name-contains": "pages-keep-filters",
    "next-page-forgets-sort-by": "pages-keep-filters",
    "next-page-forgets-sort-order": "pages-keep-filters",
    "default-order-ascending": "newest-first",
    "default-order-by-name": "newest-first",
    "name-contains-ignored": "name-contains",
    "creation-time-after-ignored": "created-after",
    "creation-time-before-ignored": "created-before",
    "creation-times-exchanged": "created-after",
    "creation-time-after-exclusive": "created-after-inclusive",
    "creation-time-before-inclusive": "created-before-exclusive",
    "next-token-ignored": "pages-are-complete",
    "max-results-0-accepted": "max-results-out-of-range",
    "max-results-101-accepted": "max-results-out-of-range",
    "max-results-1-refused": "max-results-1",
    "max-results-100-refused": "max-results-100",
    "list-models-unchecked": "rejects-other-orders",
}


#: What a fault breaks beside that rule.
_ALSO = {
    "sort-order-ignored": ("list/sort-by-creation-time",),
    "sort-order-turned-round": ("list/sort-by-creation-time",),
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    rules = (f"list/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, (*rules, *_ALSO.get(name, ())), FAMILY, side, change)


# --- what is asked for is ignored ---


def _asking(**changes: object) -> Change:
    return on_call("ListModels", lambda call: call.having(**changes))


def _page_of(size: Callable[[int], int]) -> Change:
    return on_call("ListModels", lambda call: call.having(MaxResults=size(page_size(call))))


def _in_order(by: str, order: str) -> Change:
    """Defaults for a request that does not say."""
    return on_call(
        "ListModels",
        lambda call: call.having(
            SortBy=call.text("SortBy", by), SortOrder=call.text("SortOrder", order)
        ),
    )


def _turned_round(call: Call) -> Call:
    ascending = call.text("SortOrder", "Descending") == "Ascending"
    return call.having(SortOrder="Descending" if ascending else "Ascending")


def _exchanged(call: Call) -> Call:
    return call.having(
        CreationTimeAfter=call.parameters.get("CreationTimeBefore"),
        CreationTimeBefore=call.parameters.get("CreationTimeAfter"),
    )


def _where(applies: Callable[[Call], bool], **changes: object) -> Change:
    """Members are taken for others in some requests only."""
    return on_call("ListModels", lambda call: call.having(**changes) if applies(call) else call)


def _is_sorted_by(by: str) -> Callable[[Call], bool]:
    return lambda call: call.text("SortBy") == by


def _is_next_page(call: Call) -> bool:
    return call.text("NextToken") != ""


def _has_both_times(call: Call) -> bool:
    return {"CreationTimeAfter", "CreationTimeBefore"} <= set(call.parameters)


def _shifted(name: str, seconds: float) -> Change:
    """A point in time is moved; one millisecond turns >= into > and < into <=."""

    def edit(call: Call) -> Call:
        if name not in call.parameters:
            return call
        return call.having(**{name: call.number(name, 0.0) + seconds})

    return on_call("ListModels", edit)


def _request_faults() -> Iterator[Fault]:
    for name, summary_, change in (
        ("max-results-ignored", "a page holds ten models whatever MaxResults says",
         _asking(MaxResults=None)),
        ("max-results-always-100", "a page holds a hundred models whatever MaxResults says",
         _asking(MaxResults=100)),
        ("pages-one-too-long", "a page holds one model more than MaxResults",
         _page_of(lambda size: size + 1)),
        ("pages-one-too-short", "a page holds one model less than MaxResults, but one at least",
         _page_of(lambda size: max(1, size - 1))),
        ("sort-by-ignored", "SortBy is ignored", _asking(SortBy=None)),
        ("sort-order-ignored", "SortOrder is ignored", _asking(SortOrder=None)),
        ("sort-order-turned-round", "SortOrder means its opposite",
         on_call("ListModels", _turned_round)),
        ("default-order-ascending", "without SortOrder the order is ascending",
         _in_order("CreationTime", "Ascending")),
        ("default-order-by-name", "without SortBy the order is by name",
         _in_order("Name", "Descending")),
        ("name-contains-ignored", "NameContains is ignored", _asking(NameContains=None)),
        ("creation-time-after-ignored", "CreationTimeAfter is ignored",
         _asking(CreationTimeAfter=None)),
        ("creation-time-before-ignored", "CreationTimeBefore is ignored",
         _asking(CreationTimeBefore=None)),
        ("creation-times-exchanged", "CreationTimeAfter and CreationTimeBefore are exchanged",
         on_call("ListModels", _exchanged)),
        ("creation-time-after-exclusive", "CreationTimeAfter leaves out the very moment",
         _shifted("CreationTimeAfter", 0.001)),
        ("creation-time-before-inclusive", "CreationTimeBefore lets in the very moment",
         _shifted("CreationTimeBefore", 0.001)),
        ("next-token-ignored", "every page is the first one", _asking(NextToken=None)),
    ):  # fmt: skip
        yield _fault(name, summary_, change)


def _conditional_faults() -> Iterator[Fault]:
    """What shows only where requests have other members beside."""
    for name, summary_, change in (
        ("sort-order-by-name-ignored", "SortOrder is ignored where SortBy is Name",
         _where(_is_sorted_by("Name"), SortOrder=None)),
        ("sort-order-by-creation-time-ignored", "SortOrder is ignored unless SortBy is Name",
         _where(lambda call: call.text("SortBy") != "Name", SortOrder=None)),
        ("sort-order-without-sort-by-ignored", "SortOrder is ignored where there is no SortBy",
         _where(_is_sorted_by(""), SortOrder=None)),
        ("sort-by-creation-time-taken-for-name", "SortBy CreationTime sorts by name",
         _where(_is_sorted_by("CreationTime"), SortBy="Name")),
        ("creation-time-before-ignored-beside-after", "of two limits in time the first counts",
         _where(_has_both_times, CreationTimeBefore=None)),
        ("creation-time-after-ignored-beside-before", "of two limits in time the last counts",
         _where(_has_both_times, CreationTimeAfter=None)),
        ("next-page-forgets-name-contains", "NameContains sifts the first page only",
         _where(_is_next_page, NameContains=None)),
        ("next-page-forgets-sort-by", "SortBy sorts the first page only",
         _where(_is_next_page, SortBy=None)),
        ("next-page-forgets-sort-order", "SortOrder is followed on the first page only",
         _where(_is_next_page, SortOrder=None)),
    ):  # fmt: skip
        yield _fault(name, summary_, change)


# --- limits of the request ---


def _max_results(minimum: int, maximum: int) -> Change:
    def edit(table: Structure) -> Structure:
        return replace(
            table,
            members=tuple(
                replace(each, shape=Integer("MaxResults", minimum, maximum))
                if each.name == "MaxResults"
                else each
                for each in table.members
            ),
        )

    return on_input("ListModels", edit)


def _limit_faults() -> Iterator[Fault]:
    yield _fault("max-results-0-accepted", "MaxResults may be 0", _max_results(0, 100), "rejects")
    yield _fault(
        "max-results-101-accepted", "MaxResults may be 101", _max_results(1, 101), "rejects"
    )
    yield _fault(
        "max-results-1-refused", "MaxResults is 2 at least", _max_results(2, 100), "accepts"
    )
    yield _fault(
        "max-results-100-refused", "MaxResults is 99 at most", _max_results(1, 99), "accepts"
    )
    yield _fault(
        "list-models-unchecked", "ListModels does not look at lengths, patterns and sets of values",
        together(on_input("ListModels", no_limits), _max_results(1, 100)), "rejects",
    )  # fmt: skip


def faults() -> Iterator[Fault]:
    """All of these."""
    yield from _request_faults()
    yield from _conditional_faults()
    yield from _limit_faults()

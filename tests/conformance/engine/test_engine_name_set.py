"""A set of names that takes a bit for most of them is a set of names like any other."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.name_set import NameSet

NAMES = st.one_of(
    st.text(alphabet="a-0\n9", max_size=12),
    st.from_regex(r"(cmc)?-0*[0-9]{1,7}-(conf)?(\n)?", fullmatch=True),
    st.integers(0, 2000).map(lambda number: f"cmcours-{number:06}-conformance"),
)


@given(st.lists(NAMES, max_size=20), st.lists(NAMES, max_size=20), st.sets(NAMES, max_size=20))
def test_it_holds_what_a_set_of_strings_holds(
    first: list[str], then: list[str], other: set[str]
) -> None:
    """Whatever names are added, in whatever steps; what is cut by it is cut as by such a set."""
    names, plain = NameSet(first), {*first, *then}
    names.update(then)
    assert set(names) == plain
    assert len(names) == len(plain)
    assert all((each in names) == (each in plain) for each in other)
    assert other & names == other & plain
    assert other - names == other - plain
    assert None not in names


def test_a_hundred_thousand_names_take_little() -> None:
    """Less than two bytes for each, where a string takes ninety."""
    tracemalloc.start()
    names = NameSet(f"cmcours-{number:06}-conformance" for number in range(100_000))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(names) == 100_000
    assert held < 200_000

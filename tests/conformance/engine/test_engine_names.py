"""Names of a run: ours to recognise, nobody else's to lose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.judge import Bench, judge_side
from conformance.engine.names import process_prefix, run_prefix
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.violations import expectation
from strategies.edits import EDITS

LEGAL = re.compile("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?")


def bench(target: Any = None, **options: Any) -> Bench:
    """Return a bench in front of a target, a conformant one by default."""
    return Bench.at(target or Conformant(), **options)


def test_fresh_names_are_legal_and_short_enough() -> None:
    """Every name is legal, has the prefix of its process and at most 40 characters."""
    given_bench = bench(share=61, shares=62)
    for _ in range(1000):
        name = given_bench.names.fresh()
        assert LEGAL.fullmatch(name)
        assert len(name) <= 40
        assert name.startswith(given_bench.talk.prefix)


def test_no_name_is_given_twice() -> None:
    """Names of one process, of two processes and of two runs never meet."""
    prefix = run_prefix()
    benches = [bench(prefix=prefix, share=n, shares=3) for n in range(3)] + [bench(), bench()]
    names = [each.names.fresh() for each in benches for _ in range(500)]
    assert len(set(names)) == len(names)
    numbers = [each.names.number() for each in benches for _ in range(500)]
    assert len(set(numbers)) == len(numbers)
    assert {len(str(number)) for number in numbers} == {16}  # no request's length is luck


def test_prefixes_of_runs_do_not_contain_each_other() -> None:
    """A sweep of one run never finds another's: prefixes have one length and never repeat."""
    prefixes = {run_prefix() for _ in range(2000)}
    assert len(prefixes) == 2000
    assert len({len(each) for each in prefixes}) == 1
    assert all(re.fullmatch("[a-z]+", each) for each in prefixes)


def test_prefixes_of_processes_begin_with_that_of_their_run() -> None:
    """62 processes have 62 prefixes, none the beginning of another, all one character longer."""
    prefix = run_prefix()
    shares = {process_prefix(prefix, share) for share in range(62)}
    assert len(shares) == 62
    assert {len(each) for each in shares} == {len(prefix) + 1}
    assert all(each.startswith(prefix) for each in shares)


def test_names_are_of_one_length() -> None:
    """How long a name is does not depend on how many were given before."""
    names = bench().names
    assert len({len(names.fresh()) for _ in range(2000)}) == 1


@pytest.mark.parametrize(("label", "edit"), EDITS, ids=[label for label, _ in EDITS])
def test_near_misses_of_names_keep_the_prefix(label: str, edit: Any) -> None:
    """An illegal name that a target stores all the same is still known as ours.

    The empty name cannot be: it is taken only after a look.
    """
    given_bench = bench(share=1)
    name = given_bench.names.fresh()
    edited = edit(name)
    assert given_bench.talk.prefix in edited or edited == "", label


@given(st.integers(1, 40), st.data())
def test_short_names_are_shared_out(shares: int, data: st.DataObject) -> None:
    """Two processes of a run never try the same name of one character."""
    first, second = data.draw(
        st.lists(st.integers(0, shares - 1), min_size=min(2, shares), max_size=2, unique=True).map(
            lambda drawn: (drawn * 2)[:2]
        )
    )
    tried = []
    for share in (first, second):
        given_bench = bench(share=share, shares=shares)
        tried.append({given_bench.names.short() for _ in range(62)})
    assert first == second or tried[0].isdisjoint(tried[1])


def test_all_processes_together_have_every_short_name() -> None:
    """The 62 names of one character are shared out without a rest."""
    found = set()
    for share in range(5):
        names = bench(share=share, shares=5).names
        found |= {names.short() for _ in range(62)}
    assert len(found) == 62
    assert all(LEGAL.fullmatch(str(each)) for each in found)


def test_a_short_name_is_looked_up_each_time() -> None:
    """No name of one character is given without a DescribeModel of just that name before."""
    target = Conformant()
    names = bench(target).names
    for _ in range(100):
        name = names.short()
        assert target.calls[-1] == ("DescribeModel", {"ModelName": name})


def test_a_taken_short_name_is_passed_over() -> None:
    """Names that are there are left alone; with all of them there, none is given."""
    target = Conformant()
    target.models = {name: {} for name in "abcdefg"}
    names = bench(target).names
    assert {names.short() for _ in range(62)}.isdisjoint("abcdefg")
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    target.models = {name: {} for name in alphabet}
    assert names.short() is None
    assert len(target.models) == 62


@pytest.mark.parametrize("fake", [vices.FailsAlways, vices.KnowsNoOperation, vices.ThrottlesAlways])
def test_no_short_name_without_a_clear_answer(fake: Any) -> None:
    """A target that does not say what is free gets no request with a short name."""
    assert bench(fake()).names.short() is None


def test_a_taken_short_name_is_not_overwritten_by_a_run() -> None:
    """With all names of one character taken the rule is judged without one."""
    target = vices.OverwritesEverything()
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    target.models = {name: {"Owner": name} for name in alphabet}
    judgement = judge_side(rule_by_id("CreateModel/ModelName:pattern"), "accepts", bench(target))
    assert judgement.verdict == "pass"
    assert target.models == {name: {"Owner": name} for name in alphabet}


def test_numbers_break_the_type_alone() -> None:
    """A number for a name is an exact integer in JSON and breaks nothing but the type."""
    number = bench().names.number()
    assert 0 < number < 2**53
    body = {
        "ModelName": number,
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b"},
    }
    assert expectation(body).ids() == {"CreateModel/ModelName:type"}

"""Ledgers: what stands in them, and that a journal read back knows what its writer knew."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.exchanges import Exchange
from conformance.engine.made import Made, names_of
from conformance.engine.ownership import Event, Ledger
from conformance.wire import Reply, TransportFault, read

PREFIX = "cmcabcdefghija"


class Kept:
    """A journal in memory; ``full`` refuses what is not an intent yet to come."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.full = False

    def note(self, event: Event) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.events.append(json.loads(json.dumps(event)))


def answer(operation: str, request: Any, status: int = 200, **members: Any) -> Exchange:
    """An exchange that was answered with a status and these members."""
    body = json.dumps(members).encode()
    reply = Reply(status, (("Content-Type", "application/x-amz-json-1.1"),), body)
    return Exchange(1, operation, request, reply, read(reply))


def silence(request: Any, kind: str) -> Exchange:
    """A create that came to nothing."""
    return Exchange(1, "CreateModel", request, None, None, TransportFault(kind, "no answer"))


def sent(ledger: Ledger, exchange: Exchange) -> None:
    """Have a ledger know of a call before and after."""
    ledger.intends(exchange.operation, exchange.request)
    ledger.answered(exchange)


REFUSED = {"__type": "ValidationException", "message": "no"}


def test_what_a_create_was_answered_2xx_for_is_owned_until_it_is_deleted() -> None:
    """A model is ours from the answer on, and is not after the answer to its deletion."""
    ledger = Ledger(PREFIX)
    sent(ledger, answer("CreateModel", {"ModelName": "a"}, ModelArn="arn:x:model/a"))
    assert ledger.is_ours("a")
    assert not ledger.is_settled
    ledger.answered(answer("DeleteModel", {"ModelName": "a"}, 400, **REFUSED))
    assert ledger.is_ours("a")
    ledger.answered(answer("DeleteModel", {"ModelName": "a"}))
    assert not ledger.is_ours("a")
    assert ledger.is_settled


def test_a_model_and_a_configuration_of_one_name_are_two_things() -> None:
    """Deleting the one leaves the other."""
    ledger = Ledger(PREFIX)
    name = f"{PREFIX}-1"
    sent(ledger, answer("CreateModel", {"ModelName": name}))
    sent(ledger, answer("CreateEndpointConfig", {"EndpointConfigName": name}))
    ledger.answered(answer("DeleteEndpointConfig", {"EndpointConfigName": name}))
    assert [made.operation for made in ledger.owned] == ["CreateModel"]


@pytest.mark.parametrize("kind", ["timeout", "broken", "too-long"])
def test_a_create_without_an_answer_is_neither_ours_nor_not(kind: str) -> None:
    """It stands among what has to be looked for."""
    ledger = Ledger(PREFIX)
    sent(ledger, silence({"ModelName": "a"}, kind))
    assert not ledger.is_ours("a")
    assert [each.name for each in ledger.unanswered("CreateModel")] == ["a"]


@pytest.mark.parametrize("kind", ["connect", "unsendable", "spent"])
def test_a_create_that_was_never_sent_need_not_be_looked_for(kind: str) -> None:
    """Whoever did not listen has made nothing."""
    ledger = Ledger(PREFIX)
    sent(ledger, silence({"ModelName": "a"}, kind))
    assert ledger.is_settled


@pytest.mark.parametrize(
    ("status", "is_settled"), [(400, True), (403, True), (408, False), (500, False), (503, False)]
)
def test_only_a_clients_fault_says_that_nothing_was_made(status: int, is_settled: bool) -> None:
    """A server that fails or gives up waiting may have done the work before."""
    ledger = Ledger(PREFIX)
    sent(ledger, answer("CreateModel", {"ModelName": "a"}, status, **REFUSED))
    assert ledger.is_settled is is_settled


@pytest.mark.parametrize(
    ("exchange", "is_silent"),
    [
        (silence({"ModelName": "a"}, "timeout"), True),
        (silence({"ModelName": "a"}, "broken"), True),
        (silence({"ModelName": "a"}, "connect"), False),
        (silence({"ModelName": "a"}, "stale"), False),
        (silence({"ModelName": "a"}, "too-long"), False),
        (answer("CreateModel", {"ModelName": "a"}, 400, **REFUSED), False),
        (answer("CreateModel", {"ModelName": "a"}, 408), True),
        (answer("CreateModel", {"ModelName": "a"}, 500), False),
        (answer("CreateModel", {"ModelName": "a"}, 502), True),
        (answer("CreateModel", {"ModelName": "a"}, 503), False),
        (answer("CreateModel", {"ModelName": "a"}, 504), True),
    ],
)
def test_what_has_no_answer_may_be_carried_out_later(exchange: Exchange, is_silent: bool) -> None:
    """A server that says that it failed does nothing more; a gateway's word says nothing.

    That the same name is sent again, and refused or deleted then, does not take that back.
    """
    ledger = Ledger(PREFIX)
    ledger.intends("CreateModel", {"ModelName": "a"})
    assert (len(ledger.silent), len(ledger.left_waiting)) == (0, 1)
    ledger.answered(exchange)
    assert bool(ledger.silent) is is_silent
    assert ledger.left_waiting == []
    sent(ledger, answer("CreateModel", {"ModelName": "a"}))
    ledger.answered(answer("DeleteModel", {"ModelName": "a"}))
    assert bool(ledger.silent) is is_silent


def test_of_creates_of_one_name_that_meet_each_is_waited_for() -> None:
    """Found: the answer to one hid that another had none, whatever came first."""
    silent, made = (
        silence({"ModelName": "a"}, "timeout"),
        answer("CreateModel", {"ModelName": "a"}),
    )
    for answers in ([silent, made], [made, silent]):
        ledger = Ledger(PREFIX)
        for exchange in answers:
            ledger.intends(exchange.operation, exchange.request)
        for exchange in answers:
            ledger.answered(exchange)
        ledger.answered(answer("DeleteModel", {"ModelName": "a"}))
        assert [each.name for each in ledger.silent] == ["a"]


def test_what_a_create_without_an_answer_has_made_is_not_waited_for_once_it_is_deleted() -> None:
    """It has been carried out."""
    ledger = Ledger(PREFIX)
    sent(ledger, silence({"ModelName": "a"}, "timeout"))
    ledger.answered(answer("DeleteModel", {"ModelName": "a"}))
    assert ledger.silent == []


def test_a_web_page_is_no_word_that_a_model_was_deleted() -> None:
    """A portal answers 200 to everything; AWS answers DeleteModel with an empty body."""
    ledger = Ledger(PREFIX)
    sent(ledger, answer("CreateModel", {"ModelName": "a"}))
    page = Reply(200, (("Content-Type", "text/html"),), b"<html>Sign in</html>")
    ledger.answered(Exchange(1, "DeleteModel", {"ModelName": "a"}, page, read(page)))
    assert ledger.is_ours("a")
    empty = Reply(200, (), b"")
    ledger.answered(Exchange(1, "DeleteModel", {"ModelName": "a"}, empty, read(empty)))
    assert not ledger.is_ours("a")


def test_a_name_of_ours_that_was_refused_is_remembered_as_meant() -> None:
    """A target may store what it refuses; only such names are looked for in its list."""
    ledger = Ledger(PREFIX)
    sent(ledger, answer("CreateModel", {"ModelName": f"{PREFIX}-1"}, 400, **REFUSED))
    sent(ledger, answer("CreateModel", {"ModelName": "a"}, 400, **REFUSED))
    assert ledger.intended == {f"{PREFIX}-1"}


@pytest.mark.parametrize(
    "request_",
    [
        '{"ModelName":"%s","ModelName":"cmcabcdefghija-2"}',
        '[{"ModelName":"%s"}]',
        '{"ModelName":"%s"',
        '{"Tags":[],"ModelName":"%s"} trailing',
    ],
)
def test_bytes_that_may_be_read_in_more_ways_name_every_word_of_ours(request_: str) -> None:
    """Whatever a lenient target takes for the name was written down before."""
    ledger, journal = Ledger(PREFIX), Kept()
    ledger.journal = journal
    ledger.intends("CreateModel", request_.replace("%s", f"{PREFIX}-1"))
    assert f"{PREFIX}-1" in [event["name"] for event in journal.events]
    assert f"{PREFIX}-1" in ledger.intended


def test_a_model_that_bytes_made_is_the_one_in_the_answer() -> None:
    """Of two names in one body the ARN tells which was taken."""
    ledger = Ledger(PREFIX)
    body = f'{{"ModelName":"{PREFIX}-1","ModelName":"{PREFIX}-2"}}'
    sent(ledger, answer("CreateModel", body, ModelArn=f"arn:x:model/{PREFIX}-2"))
    assert [made.name for made in ledger.owned] == [f"{PREFIX}-2"]


def test_nothing_is_meant_before_it_is_written_down() -> None:
    """Where the journal cannot be written the intent is an error, not a memory."""
    ledger, journal = Ledger(PREFIX), Kept()
    ledger.journal, journal.full = journal, True
    with pytest.raises(OSError, match="No space"):
        ledger.intends("CreateModel", {"ModelName": "a"})
    assert ledger.is_settled


def test_what_was_made_is_known_also_where_the_journal_has_become_full() -> None:
    """The intent stands in the journal; in this process the model is ours to delete."""
    ledger, journal = Ledger(PREFIX), Kept()
    ledger.journal = journal
    ledger.intends("CreateModel", {"ModelName": "a"})
    journal.full = True
    ledger.answered(answer("CreateModel", {"ModelName": "a"}))
    assert ledger.is_ours("a")


NAMES = st.sampled_from([None, True, 7, "a", "None", f"{PREFIX}-1", f"{PREFIX}-2", ["x"], {}])
CALLS = st.lists(
    st.one_of(
        st.builds(
            lambda operation, name, status: answer(
                operation, {"ModelName": name, "EndpointConfigName": name}, status
            ),
            st.sampled_from(
                ["CreateModel", "DeleteModel", "CreateEndpointConfig", "DeleteEndpointConfig"]
            ),
            NAMES,
            st.sampled_from([200, 400, 500]),
        ),
        st.builds(lambda name: silence({"ModelName": name}, "timeout"), NAMES),
    ),
    max_size=12,
)


@given(calls=CALLS, cut=st.integers(0, 12))
def test_a_journal_read_back_knows_what_its_writer_knew(calls: list[Exchange], cut: int) -> None:
    """Whatever happened, and wherever it stopped: the same is owned, meant and unanswered."""
    ledger, journal = Ledger(PREFIX), Kept()
    ledger.journal = journal
    for exchange in calls[:cut]:
        sent(ledger, exchange)
    if cut < len(calls):
        ledger.intends(calls[cut].operation, calls[cut].request)  # and then it is killed
    again = Ledger("cmcother")
    again.join(PREFIX, journal.events)
    assert again.owned == ledger.owned
    assert again.intended == ledger.intended
    for operation in ("CreateModel", "CreateEndpointConfig"):
        assert again.unanswered(operation) == ledger.unanswered(operation)
    assert (again.silent, again.left_waiting) == (ledger.silent, ledger.left_waiting)
    assert again.of_anybody == ledger.of_anybody


def in_any_order(found: Iterable[Any]) -> list[Any]:
    """What was found, so that it can be compared."""
    return sorted(found, key=repr)


@given(calls=CALLS, cut=st.integers(0, 12))
def test_what_a_ledger_tells_of_itself_is_all_that_is_not_settled(
    calls: list[Exchange], cut: int
) -> None:
    """Whoever hears it owns, waits for and doubts the same, and has written it down."""
    ledger, heard, journal = Ledger(PREFIX), Ledger("cmcother"), Kept()
    for exchange in calls[:cut]:
        sent(ledger, exchange)
    if cut < len(calls):
        ledger.intends(calls[cut].operation, calls[cut].request)
    ledger.doubt("b")
    leftover = Made("CreateModel", "c", None)
    heard.journal = journal
    heard.learn(PREFIX, ledger.as_events([leftover]))
    read_back = Ledger("cmcother")
    read_back.join(PREFIX, journal.events)
    for again in (heard, read_back):
        assert again.owned == [*ledger.owned, leftover]
        for operation in ("CreateModel", "CreateEndpointConfig"):
            assert in_any_order(again.unanswered(operation)) == in_any_order(
                ledger.unanswered(operation)
            )
        assert in_any_order(again.left_waiting) == in_any_order(ledger.left_waiting)
        told = [[(each.name, each.at) for each in one.silent] for one in (again, ledger)]
        assert in_any_order(told[0]) == in_any_order(told[1])
        assert (again.doubtful, again.of_anybody.keys()) == (
            ledger.doubtful,
            ledger.of_anybody.keys(),
        )


def test_of_a_name_that_two_parts_of_a_run_sent_the_last_create_counts() -> None:
    """Whichever of their journals is read first: by its time a model is known."""
    parts = [
        [{"event": "intent", "operation": "CreateModel", "name": "a", "at": at, "role": "r"}]
        for at in (1.0, 2.0)
    ]
    for order in (parts, parts[::-1]):
        ledger = Ledger(PREFIX)
        for events in order:
            ledger.join(PREFIX, events)
        assert [each.at for each in ledger.left_waiting] == [2.0]


@given(st.text() | st.integers() | st.booleans() | st.none() | st.lists(st.text(), max_size=2))
def test_a_name_that_is_a_string_is_stored_as_it_is(value: Any) -> None:
    """Anything else may be stored as JSON or as Python writes it; never as nothing at all."""
    assert names_of(value)
    if isinstance(value, str):
        assert names_of(value) == (value,)


@given(st.text(f'{PREFIX[:3]}-_ x"', max_size=30).map(lambda text: text.replace("cmc", PREFIX)))
def test_words_with_our_prefix_are_found_in_any_text(text: str) -> None:
    """Whole words, hyphens included, each once: as a regular expression would find them."""
    ledger = Ledger(PREFIX)
    ledger.intends("CreateModel", text)
    words = set(re.findall(rf"[\w-]*{PREFIX}[\w-]*", text))
    assert {each.name for each in ledger.unanswered("CreateModel")} - {None} == words


def test_a_megabyte_without_a_word_of_ours_is_looked_through_at_once() -> None:
    """The strange bodies of wire/ are long: what is sent must not wait for what is written down."""
    began = time.perf_counter()
    Ledger(PREFIX).intends("CreateModel", "x" * 1_000_000)
    assert time.perf_counter() - began < 5  # a search that begins anew at each letter takes hours

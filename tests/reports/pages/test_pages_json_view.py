"""JSON as HTML: nothing of it is markup, the violated place is marked, long values are folded."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from fakes.records import HOSTILE, few, json_values
from hypothesis import given

from reports.pages.json_view import json_view

OURS = {"mark", "details", "summary", "i"}


class Parsed(HTMLParser):
    """The elements and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked[-1] += data


@few
@given(json_values())
def test_a_short_value_reads_back_and_holds_no_markup_of_its_own(value: Any) -> None:
    """What a browser shows of a value that is not folded is that value as JSON."""
    parsed = Parsed(json_view(value))
    assert set(parsed.tags) <= OURS
    if "details" not in parsed.tags:
        assert json.loads(parsed.text) == value


def test_markup_in_names_and_values_stays_text() -> None:
    """A hostile string is shown, not done."""
    parsed = Parsed(json_view({HOSTILE: [HOSTILE, "<script>x</script>"]}, [(HOSTILE, 1)]))
    assert set(parsed.tags) == {"mark"}
    assert parsed.marked == ['"<script>x</script>"']


def test_the_violated_value_is_marked_where_it_is() -> None:
    """Only the value at the path is marked, in a list or object of any depth."""
    request = {"Containers": [{"Image": "a"}, {"Image": "b" * 90, "Mode": "x"}]}
    assert Parsed(json_view(request, [("Containers", 1, "Mode")])).marked == ['"x"']


def test_a_missing_member_is_shown_as_missing() -> None:
    """What should be there and is not has a mark, too, also in an empty object."""
    assert Parsed(json_view({}, [("ModelName",)])).marked == ["ModelName is missing"]
    nested = {"VpcConfig": {"Subnets": ["subnet-1"]}}
    marked = Parsed(json_view(nested, [("VpcConfig", "SecurityGroupIds")])).marked
    assert marked == ["SecurityGroupIds is missing"]


def test_long_strings_are_folded_with_their_length() -> None:
    """A string of 5,000 characters takes a line, and says how long it is."""
    html = json_view({"Image": "x" * 5000})
    assert "5,000 characters" in html
    assert len(html) < 1_500


def test_long_lists_show_their_ends_and_what_is_marked() -> None:
    """Of 60 items five are shown, and how many are not."""
    text = Parsed(json_view([f"item {n}" for n in range(60)], [(30,)])).text
    assert [f"item {n}" for n in range(60) if f'"item {n}"' in text] == [
        "item 0", "item 1", "item 30", "item 58", "item 59",
    ]  # fmt: skip
    assert "28 more" in text
    assert "27 more" in text

"""compare --html as text: whole for any two runs, safe for any target, bounded."""

from __future__ import annotations

from html.parser import HTMLParser

from fakes import comparisons as fake
from fakes.records import few, finding, rows
from hypothesis import given

from conformance.engine.paired import Paired, Recorded
from conformance.wire import Reply
from reports.certainty import with_pairs
from reports.comparison import COUNTED, Comparison
from reports.pages.compare_page import compare_page
from reports.pages.environment import anchor

VOID = {"meta", "input", "br", "img"}


class Checked(HTMLParser):
    """Elements of a page; raises when one is closed that is not open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.unfolded: list[str] = []
        self.forbidden: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        self.hrefs += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag == "details" and "open" in given:
            self.unfolded.append(given["id"] or "")
        if tag in ("script", "img") or any(n.startswith("on") or n == "style" for n in given):
            self.forbidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@few
@given(fake.comparisons())
def test_any_comparison_makes_a_sound_page_with_every_change(found: Comparison) -> None:
    """Elements are closed, ids are unique, links lead into the page, there is no script at all."""
    page = Checked(compare_page(found))
    assert page.open == page.forbidden == []
    assert len(page.ids) == len(set(page.ids))
    listed = {anchor(each.rule) for each in found.changes if each.kind not in COUNTED}
    assert listed <= set(page.ids)
    assert all(href[0] == "#" and href[1:] in page.ids for href in page.hrefs)
    assert page.unfolded == [anchor(each.rule) for each in found.of("new")]


def test_what_came_off_the_wire_is_never_markup() -> None:
    """A target that answers with script elements and escape codes changes nothing of the page."""
    html = compare_page(fake.hostile())
    page = Checked(html)
    assert page.forbidden == []
    assert "\x1b" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_endless_strings_are_cut() -> None:
    """A megabyte in every string a target can fill gives a page of some hundred kilobytes."""
    assert len(compare_page(fake.one_of_each("<b>\x1b" * 250_000))) < 400_000


def test_a_target_that_fails_everything_gives_a_page_that_can_be_opened() -> None:
    """Every must rule is new, each whole, in less than 3 MB."""
    must = [rule["id"] for rule in rows() if rule["level"] == "must"]
    assert len(compare_page(fake.all_failing(must))) < 3_000_000


def test_both_answers_to_a_request_that_got_worse_are_shown() -> None:
    """Side by side: what the old run recorded, and what came back now."""
    reply = Reply(400, (), b'{"__type": "ValidationException", "message": "then"}')
    was = Recorded(7, {"ModelName": "a" * 64}, reply)
    pair = Paired(fake.NEW, "rejects", finding=finding(), was=was)
    html = compare_page(with_pairs(fake.one_of_each(), [pair], ({"name": "x"}, "us-east-1")))
    old, new = html.index("Old answer"), html.index("New answer")
    assert "ValidationException" in html[old:new]
    assert "<b>200</b>" in html[new:]
    assert "request 7 of the old run was sent again" in html
    assert "were sent again to be certain" in html

"""A comparison for a step summary: short, new first, and nothing of a target's is markup."""

from __future__ import annotations

import re

from fakes import comparisons as fake
from fakes.records import few, rows
from hypothesis import given

from reports.compare_markdown import markdown
from reports.compare_text import outcome
from reports.comparison import Comparison

MUST = [rule["id"] for rule in rows() if rule["level"] == "must"]


@few
@given(fake.comparisons())
def test_any_comparison_is_short_and_says_the_outcome(found: Comparison) -> None:
    """Less than 64 kB, whole tables, and every fold that is opened is closed."""
    text = markdown(found)
    assert len(text.encode("utf-8", "replace")) < 64_000
    assert outcome(found) in text.split("\n")[0]
    assert text.count("<details>") == text.count("\n</details>")
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in block.strip().split("\n")}) == 1, block


def test_every_rule_being_new_still_fits() -> None:
    """The worst comparison there is stays under 64 kB and says that it was cut."""
    text = markdown(fake.all_failing(MUST))
    assert len(text.encode()) < 64_000
    assert "(cut:" in text
    assert text.count("<details>") == text.count("\n</details>")


def test_what_is_new_stands_first_with_all_that_is_needed() -> None:
    """Expected, sent, answered and the curl line, in a fold of its own."""
    text = markdown(fake.one_of_each())
    first = text.split("</details>")[0]
    assert f"New: <code>{fake.NEW.replace(':', '&#58;')}</code>" in first
    for needle in ("Expected: ", "Sent: 64 characters", "```json", "Answered:", "```sh\ncurl -gsS"):
        assert needle in first
    for kind in ("Fixed", "Changed", "Flaky", "Unsettled", "Not comparable", "Still"):
        assert f"<summary>{kind}: 1</summary>" in text


def test_a_hostile_target_makes_no_link_mention_or_element() -> None:
    """Outside of blocks of code its markup is text, and no block is ended by what is in it."""
    text = markdown(fake.hostile())
    outside = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "```" not in outside
    for harm in ("](", "@team", "<script", "<img", "\x1b", "|cell"):
        assert harm not in outside
    assert "\x1b" not in text

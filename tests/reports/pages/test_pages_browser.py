"""The pages in a real browser: opened from a file, used with mouse and keyboard, scanned by axe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import comparisons
from fakes.browser import Opened, opened, serious
from fakes.certificates import statement
from fakes.comparisons import hostile
from fakes.records import HOSTILE, finding, footer, header, judged, lines, row, rows

from reports.pages.certificate_page import certificate_page
from reports.pages.compare_page import compare_page
from reports.pages.environment import anchor
from reports.pages.matrix_page import matrix_page
from reports.pages.run_page import run_page
from reports.record import RunRecord
from reports.summary import report
from reports.trend import trend_page

RULE = "CreateModel/ModelName:max-length"
OTHER = "CreateModel/Tags[].Key:pattern"
INFO = next(rule["id"] for rule in rows() if rule["level"] == "info")

pytestmark = pytest.mark.xdist_group("browser")


def small(**target: Any) -> dict[str, Any]:
    """A report with two findings, one of them hostile, a pass and an info rule."""
    harm = f"{HOSTILE}</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    reply = {"n": 1, "status": 200, "headers": [["Server", harm]], "body": harm}
    ids = [RULE, OTHER, "CreateModel/ModelName:pattern", INFO]
    events = [
        header([row(each) for each in ids], **target),
        judged(RULE, "accepts", "pass"),
        judged(RULE, "rejects", "fail"),
        judged(OTHER, "accepts", "pass"),
        judged(OTHER, "rejects", "fail", finding=finding(why=harm, reply=reply)),
        judged(ids[2], "accepts", "pass"),
        judged(ids[2], "rejects", "pass"),
        judged(INFO, row(INFO)["sides"][0], "pass"),
        footer(),
    ]
    return report(RunRecord.from_lines(lines(events)))


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small report.html."""
    path = tmp_path_factory.mktemp("pages") / "report.html"
    path.write_text(run_page(small()), "utf-8", errors="replace")
    return path


@pytest.fixture
def browser(page_path: Path) -> Iterator[Opened]:
    """The small report, opened; a test that ends without complaint has seen none."""
    with opened() as seen:
        seen.goto(page_path)
        yield seen
        assert seen.complaints == []
        assert {url for url in seen.requests if not url.startswith("file:")} == set()


def visible(seen: Opened) -> list[str]:
    """The ids of the rules that are shown."""
    found = seen.page.locator("details.rule:visible summary code")
    return list(found.all_inner_texts())


def test_filters_leave_what_fits_and_count_it(browser: Opened) -> None:
    """Text, verdict and level narrow the list; the count says so; nothing left is said, too."""
    page = browser.page
    assert len(visible(browser)) == 4
    page.fill("#text", "modelname")
    assert visible(browser) == [RULE, "CreateModel/ModelName:pattern"]
    page.select_option("#verdict", "fail")
    assert visible(browser) == [RULE]
    assert page.inner_text("#count") == "1 of 4 rules"
    page.select_option("#level", "info")
    assert visible(browser) == []
    assert page.is_visible("#nothing")
    for selector in ("#verdict", "#level"):
        page.select_option(selector, "")
    page.fill("#text", "")
    page.select_option("#level", "info")
    assert visible(browser) == [INFO]


def test_the_keyboard_alone_finds_and_opens_findings(browser: Opened) -> None:
    """/ goes to the filter, Escape leaves it, n and p walk the findings, Enter folds one."""
    page = browser.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("n")
    page.keyboard.press("Escape")
    assert page.input_value("#text") == "n"
    assert page.evaluate("document.activeElement.id") != "text"
    page.fill("#text", "")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    first = f"#{anchor(RULE)}"
    assert page.locator(first).get_attribute("open") is not None
    assert page.evaluate("document.activeElement.parentElement.id") == anchor(RULE)
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.parentElement.id") == anchor(OTHER)
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.parentElement.id") == anchor(RULE)
    page.keyboard.press("Enter")
    assert page.locator(first).get_attribute("open") is None


def test_a_cell_of_the_grid_opens_its_rule_also_when_filtered_away(browser: Opened) -> None:
    """A click leads to the rule, unfolded."""
    page = browser.page
    page.select_option("#level", "info")
    page.click(f'.grid a[href="#{anchor(RULE)}"]')
    # The browser tells the page of a new place in its own time.
    page.locator(f"#{anchor(RULE)} .finding").wait_for(state="visible", timeout=5_000)
    assert "64 characters" in page.inner_text(f"#{anchor(RULE)}")


def test_the_copy_button_copies_the_line(page_path: Path) -> None:
    """What is on the clipboard afterwards is the curl line, character by character."""
    with opened(permissions=["clipboard-read", "clipboard-write"]) as seen:
        seen.goto(page_path, f"#{anchor(RULE)}")
        page = seen.page
        page.click(f"#{anchor(RULE)} [data-copy] >> nth=0")
        page.wait_for_selector("text=Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        document = small()
        curl = next(rule["finding"]["curl"] for rule in document["rules"] if rule["id"] == RULE)
        assert copied == curl
        assert seen.complaints == []


def test_a_hostile_target_does_nothing_and_is_shown(browser: Opened) -> None:
    """Its script does not run, its element is not there, its text is."""
    page = browser.page
    page.keyboard.press("n")
    page.keyboard.press("n")
    text = page.inner_text(f"#{anchor(OTHER)}")
    assert "<script>alert(1)</script>" in text
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("dark", 360),
        pytest.param("light", 360, marks=pytest.mark.proof),
        pytest.param("dark", 1280, marks=pytest.mark.proof),
        ("light", 1280),
    ],
)
def test_pages_are_accessible_light_and_dark_wide_and_narrow(
    scheme: str, width: int, tmp_path: Path
) -> None:
    """axe finds nothing serious, and the page itself is no wider than the screen."""
    one, two = small(), small(name="http://127.0.0.1:4566", fingerprint={"version": "3"})
    deep = {**two, "options": {**two["options"], "depth": "deep"}}
    pages = {
        "report.html": run_page(one),
        "matrix.html": matrix_page([one, two, deep]),
        "trend.html": trend_page([one, two]),
        "certificate.html": certificate_page(statement(f"acme {HOSTILE}"), {"signatures": []}),
        "compare.html": compare_page(hostile()),
    }
    with opened(color_scheme=scheme, viewport={"width": width, "height": 800}) as seen:
        backgrounds = set()
        for name, html in pages.items():
            (tmp_path / name).write_text(html, "utf-8", errors="replace")
            seen.goto(tmp_path / name, f"#{anchor(RULE)}")
            assert serious(seen) == [], name
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, name
            backgrounds.add(seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        (background,) = backgrounds
        assert (background == "rgb(255, 255, 255)") == (scheme == "light")
        assert seen.complaints == []


def test_on_paper_stands_what_was_opened(browser: Opened) -> None:
    """Printing leaves out what cannot be used on paper, filters and programs, and opens nothing."""
    page = browser.page
    page.keyboard.press("n")
    page.emulate_media(media="print")
    assert page.locator(f"#{anchor(RULE)} .finding").is_visible()
    assert not page.locator(f"#{anchor(OTHER)} .finding").is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.locator(".lines:visible").count() == 0


def test_the_matrix_shows_differences_and_opens_exchanges(tmp_path: Path) -> None:
    """Only differences can be shown; a cell opens what was sent and answered, Escape closes it."""
    one, two = small(), small(name="other")
    same = json.loads(json.dumps(two).replace('"verdict": "fail"', '"verdict": "pass"'))
    for rule in same["rules"]:
        rule["finding"] = None
    path = tmp_path / "matrix.html"
    path.write_text(matrix_page([one, same]), "utf-8", errors="replace")
    with opened() as seen:
        page = seen.page
        seen.goto(path)
        assert page.inner_text("#count") == "4 of 4 rules"
        page.check("#differences")
        assert page.inner_text("#count") == "2 of 4 rules"
        page.click(f'[data-key="0:0:{OTHER}"]')
        text = page.inner_text("#opened")
        assert "<script>alert(1)</script>" in text
        assert "curl -gsS" in text
        assert serious(seen) == []
        page.keyboard.press("Escape")
        assert not page.is_visible("#opened")
        assert seen.complaints == []


def test_a_comparison_opens_what_is_new_and_needs_no_script(tmp_path: Path) -> None:
    """New rules are open, others unfold at a click, a link leads to its kind, paper shows it."""
    path = tmp_path / "compare.html"
    path.write_text(compare_page(comparisons.one_of_each()), "utf-8")
    with opened(java_script_enabled=False) as seen:
        page = seen.page
        seen.goto(path)
        new, changed = (f"#{anchor(each)}" for each in (comparisons.NEW, comparisons.CHANGED))
        assert page.locator(f"{new} >> text=New answer").is_visible()
        assert page.locator(f"{new} >> text=curl -gsS").is_visible()
        assert not page.locator(f"{changed} >> text=New answer").is_visible()
        page.click(f"{changed} summary")
        assert page.locator(f"{changed} >> text=New answer").is_visible()
        page.click('nav a[href="#still"]')
        assert page.url.endswith("#still")
        page.emulate_media(media="print")
        assert page.locator(f"{new} >> text=New answer").is_visible()
        assert page.locator("nav:visible").count() == 0
        assert seen.complaints == []
        assert {url for url in seen.requests if not url.startswith("file:")} == set()


def test_the_report_of_a_whole_run_on_moto_is_light_and_quick(moto_run: Any) -> None:
    """Under 2 MB, opened in under a second, without complaint or request, and accessible."""
    path = moto_run.folder / "report.html"
    assert path.stat().st_size < 2_000_000
    with opened(viewport={"width": 1280, "height": 900}) as seen:
        seconds = []
        for _ in range(3):  # the machine may be busy with other tests
            seen.goto(path)
            timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
            seconds.append(seen.page.evaluate(timing) / 1000)
        assert min(seconds) < 1
        seen.page.keyboard.press("n")
        assert seen.page.locator("details.rule[open]").count() == 1
        assert serious(seen) == []
        assert seen.complaints == []
        assert {url for url in seen.requests if not url.startswith("file:")} == set()

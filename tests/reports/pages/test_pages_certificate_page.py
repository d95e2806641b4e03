"""certificate.html: what it says is in the statement, and a name cannot say more."""

from __future__ import annotations

from fakes.certificates import statement
from fakes.records import HOSTILE
from jsonschema import Draft202012Validator

from reports.pages.certificate_page import certificate_page
from reports.schemas import schema


def test_the_page_says_who_by_what_and_how_to_check_it() -> None:
    """Name, set and class, date, every rule, and the command that verifies it."""
    made = statement("acme 1.2")
    Draft202012Validator(schema("certificate")).validate(made)
    page = certificate_page(made, {"signatures": [{"keyid": "k" * 64}]}, ("auth/unsigned",))
    for text in (
        "acme 1.2",
        "2026.2 Core",
        "2026-01-01 00:00 UTC",
        "errors/status",
        "verify certificate.json --record . --public-key KEY.pem",
        "k" * 64,
        "1 of auth/",
    ):
        assert text in page
    assert "Not signed" not in page


def test_a_certificate_without_a_signature_says_so() -> None:
    """Nobody takes it for more than it is."""
    page = certificate_page(statement("acme"), {})
    assert "Not signed: nobody vouches" in page
    assert "--public-key" not in page


def test_a_hostile_name_is_shown_and_does_nothing() -> None:
    """Markup and control characters of a target's name stay text."""
    page = certificate_page(statement(f"<script>alert(1)</script>{HOSTILE}"), {})
    assert "<script>alert" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page

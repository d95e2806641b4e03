"""``certificate.html``: a certificate for people, and what a stranger does to check it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from reports.pages.environment import page


def certificate_page(
    statement: Mapping[str, Any], document: Mapping[str, Any], unscored: tuple[str, ...] = ()
) -> str:
    """Return the page of a certificate: its statement, and its document as it is written.

    ``unscored`` are the ids of rules that were judged and that the requirement set does not know.
    """
    predicate = statement["predicate"]
    configuration = {each["name"]: each for each in predicate["configuration"]}
    families = Counter(_family(rule) for rule in predicate["passedTests"])
    return page(
        "certificate.html",
        subject=statement["subject"][0],
        requirements=configuration["requirements"]["annotations"],
        configuration=predicate["configuration"],
        times=configuration["events.ndjson"]["annotations"],
        families=families,
        passed=predicate["passedTests"],
        unscored=Counter(_family(rule) for rule in unscored),
        keys=[each["keyid"] for each in document.get("signatures", ())],
    )


def _family(rule: str) -> str:
    return re.split("[/:]", rule)[0]

"""What real implementations demand beyond the API's patterns, as rows of a table: the value must
also satisfy this.

Each predicate is only asked about strings that the API's own pattern allows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.reference.characters import DIGITS, LOWER

Demand = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Stricter:
    """A demand that the API does not make of the values of one place (a group's name)."""

    group: str
    name: str
    demand: Demand


def no_double_hyphen(text: str) -> bool:
    """No two hyphens in a row, as in DNS labels made by a careless pattern."""
    return "--" not in text


def is_lower_case(text: str) -> bool:
    """No capitals."""
    return text == text.lower()


def is_ascii(text: str) -> bool:
    """No characters beyond ASCII."""
    return text.isascii()


def starts_with_letter(text: str) -> bool:
    """No digit first."""
    return text[:1] not in DIGITS


def has_two_characters(text: str) -> bool:
    """At least two, as with a pattern that names first and last character."""
    return len(text) >= 2


def only_partition_aws(text: str) -> bool:
    """No China, no GovCloud."""
    return not text.startswith("arn:") or text.startswith("arn:aws:")


def _not_empty(text: str) -> bool:
    return text != ""


def _no_unicode_space(text: str) -> bool:
    return not any(map(str.isspace, text))


def _bucket(url: str) -> str:
    return url.split("://", 1)[1].split("/", 1)[0]


def _path(url: str) -> str:
    return url.split("://", 1)[1].partition("/")[2]


def _plain_bucket(url: str) -> bool:
    bucket = _bucket(url)
    return 3 <= len(bucket) <= 63 and (LOWER | DIGITS | {".", "-"}).issuperset(bucket)


_URL_DEMANDS: dict[str, Demand] = {
    "s3-only": lambda url: url.startswith("s3://"),
    "archives-only": lambda url: url.endswith(".tar.gz"),
    "bucket-names-checked": _plain_bucket,
    "path-required": lambda url: _path(url) != "",
    "ascii-only": is_ascii,
    "no-spaces": lambda url: " " not in url,
    "one-line-bucket": lambda url: _bucket(url).isprintable(),
}

_NAME_DEMANDS: dict[str, Demand] = {
    "no-double-hyphen": no_double_hyphen,
    "lower-case-only": is_lower_case,
    "starts-with-letter": starts_with_letter,
    "two-characters": has_two_characters,
}

_DEMANDS: dict[str, dict[str, Demand]] = {
    "model-name": _NAME_DEMANDS,
    "container-hostname": _NAME_DEMANDS,
    "container-inference-specification-name": _NAME_DEMANDS,
    "container-image": {
        "tag-required": lambda text: ":" in text,
        "ecr-only": lambda text: ".dkr.ecr." in text,
        "no-digest": lambda text: "@" not in text,
        "lower-case-only": is_lower_case,
        "ascii-only": is_ascii,
        "unicode-space-refused": _no_unicode_space,
    },
    "container-model-data-url": _URL_DEMANDS,
    "s3-model-data-source-s3-uri": _URL_DEMANDS,
    "s3-model-data-source-manifest-s3-uri": _URL_DEMANDS,
    "repository-auth-config-repository-credentials-provider-arn": {
        "lambda-only": lambda text: text.startswith("arn:aws:lambda:"),
        "no-alias": lambda text: text.count(":") <= 6,
        "arn-only": lambda text: text.startswith("arn:"),
        "ascii-only": is_ascii,
    },
    "hub-access-config-hub-content-arn": {
        "public-hub-only": lambda text: ":aws:hub-content/" in text,
        "arn-only": lambda text: text.startswith("arn:"),
        "empty-refused": _not_empty,
        "ascii-only": is_ascii,
    },
    "additional-model-data-source-channel-name": {
        "no-full-stop": lambda text: "." not in text,
        "no-underscore": lambda text: "_" not in text,
        "lower-case-only": is_lower_case,
        "alphanumeric-ends": lambda text: text[0].isalnum() and text[-1].isalnum(),
    },
    "container-environment-key": {
        "upper-case-only": lambda text: text == text.upper(),
        "no-leading-underscore": lambda text: not text.startswith("_"),
        "no-digits": lambda text: DIGITS.isdisjoint(text),
    },
    "container-environment-value": {
        "empty-refused": _not_empty,
        "ascii-only": is_ascii,
        "one-line": lambda text: "\n" not in text,
        "printable-only": str.isprintable,
        "trimmed-only": lambda text: text == text.strip(),
    },
    "container-model-package-name": {
        "arn-only": lambda text: text.startswith("arn:"),
        "name-only": lambda text: not text.startswith("arn:"),
        "version-required": lambda text: text.rpartition("/")[2].isdecimal(),
        "version-refused": lambda text: not text.rpartition("/")[2].isdecimal(),
        "version-of-five-digits": lambda text: (
            len(text.rpartition("/")[2]) <= 5
            or not text.rpartition("/")[2].isdecimal()
            or "/" not in text
        ),
        "partition-aws-only": only_partition_aws,
        "no-double-hyphen": no_double_hyphen,
    },
    "metrics-endpoint-path": {
        "no-full-stop": lambda text: "." not in text,
        "no-trailing-slash": lambda text: not text.endswith("/"),
        "no-double-slash": lambda text: "//" not in text,
        "lower-case-only": is_lower_case,
    },
    "execution-role-arn": {
        "partition-aws-only": only_partition_aws,
        "no-path": lambda text: text.count("/") <= 1,
        "slash-required": lambda text: ":role/" in text,
        "plain-names-only": lambda text: not frozenset("+=,.@").intersection(text),
        "name-of-64": lambda text: len(text.rpartition("/")[2]) <= 64,
    },
    "tag-key": {
        "ascii-only": is_ascii,
        "no-spaces": lambda text: " " not in text,
        "word-characters-only": lambda text: text.replace("-", "").replace("_", "").isalnum(),
        "no-leading-space": lambda text: text == text.strip(),
        "letters-first": lambda text: text[:1].isalpha(),
    },
    "tag-value": {
        "empty-refused": _not_empty,
        "ascii-only": is_ascii,
        "no-spaces": lambda text: " " not in text,
        "word-characters-only": lambda text: (
            text == "" or text.replace("-", "").replace("_", "").isalnum()
        ),
    },
    "vpc-config-security-group-ids-item": {
        "prefix-required": lambda text: text.startswith("sg-"),
        "long-ids-only": lambda text: len(text) >= 17,
        "lower-case-only": is_lower_case,
    },
    "vpc-config-subnets-item": {
        "prefix-required": lambda text: text.startswith("subnet-"),
        "long-ids-only": lambda text: len(text) >= 17,
        "lower-case-only": is_lower_case,
    },
}

STRICTER: tuple[Stricter, ...] = tuple(
    Stricter(group, name, demand)
    for group, demands in _DEMANDS.items()
    for name, demand in demands.items()
)

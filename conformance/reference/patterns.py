"""The patterns of the API, matched by hand.

Each pattern is a pair: its text, as AWS prints it in messages, and a predicate that was written
from it. No regular expression runs here. Matching is Java's `matches`: the whole string counts.

Sources: the pattern of `ModelName` and `ExecutionRoleArn` on the API reference page of CreateModel
(botocore's service model leaves out the circumflex); the others from botocore 1.44.5's sagemaker
model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.reference.characters import (
    ALPHANUMERIC,
    ALPHANUMERIC_OR_HYPHEN,
    DIGITS,
    LOWER_DIGIT_OR_HYPHEN,
    LOWER_OR_HYPHEN,
    WHITESPACE,
    WORD,
    WORD_START,
    is_tag_character,
    on_one_line,
    only,
)

Matches = Callable[[str], bool]

_ROLE_NAME = ALPHANUMERIC | frozenset("_+=,.@-/")
_CHANNEL = ALPHANUMERIC | frozenset(".-_")
_METRICS_PATH = ALPHANUMERIC | frozenset("/_.-")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: the text that messages quote, and what decides."""

    text: str
    matches: Matches


def is_name(text: str) -> bool:
    """Letters, digits and hyphens, with a letter or digit at both ends."""
    return (
        text != ""
        and text[0] in ALPHANUMERIC
        and text[-1] in ALPHANUMERIC
        and only(ALPHANUMERIC_OR_HYPHEN, text)
    )


def is_short_name(text: str) -> bool:
    """A name with no more than 63 letters and digits; hyphens between them are not counted."""
    return is_name(text) and len(text) - text.count("-") <= 63


def is_image(text: str) -> bool:
    """One character or more, none of them white space as Java's ASCII class has it."""
    return text != "" and WHITESPACE.isdisjoint(text)


def is_url(text: str) -> bool:
    """An https or s3 URL: anything but a slash up to the first slash, one line after it.

    The authority is a negated class, which does match line terminators; the dot behind it does not.
    """
    if text.startswith("s3://"):
        rest = text[5:]
    elif text.startswith("https://"):
        rest = text[8:]
    else:
        return False
    authority, _, path = rest.partition("/")
    return authority != "" and on_one_line(path)


def is_environment_key(text: str) -> bool:
    """A letter or underscore, then letters, digits and underscores."""
    return text != "" and text[0] in WORD_START and only(WORD, text)


def is_channel(text: str) -> bool:
    """One or more letters, digits, full stops, hyphens and underscores."""
    return text != "" and only(_CHANNEL, text)


def is_account(text: str) -> bool:
    """Twelve ASCII digits."""
    return len(text) == 12 and only(DIGITS, text)


def is_partition(text: str) -> bool:
    """``aws``, and whatever lower-case letters and hyphens follow."""
    return text.startswith("aws") and only(LOWER_OR_HYPHEN, text)


def is_role_arn(text: str) -> bool:
    """An IAM role's ARN; the slash after ``role`` is optional, so ``:roleX`` and ``:role/`` match
    as well.
    """
    parts = text.split(":", 5)
    if len(parts) != 6:
        return False
    arn, partition, service, region, account, role = parts
    return (
        arn == "arn"
        and is_partition(partition)
        and service == "iam"
        and region == ""
        and is_account(account)
        and role.startswith("role")
        and len(role) > 4
        and only(_ROLE_NAME, role[4:])
    )


def is_sagemaker_arn(text: str) -> bool:
    """Any SageMaker resource's ARN, with one line of whatever after the account."""
    parts = text.split(":", 5)
    return (
        len(parts) == 6 and _is_sagemaker_prefix(parts) and parts[5] != "" and on_one_line(parts[5])
    )


def _is_sagemaker_prefix(parts: list[str]) -> bool:
    arn, partition, service, region, account = parts[:5]
    return (
        arn == "arn"
        and is_partition(partition)
        and service == "sagemaker"
        and only(LOWER_DIGIT_OR_HYPHEN, region)
        and is_account(account)
    )


def is_model_package(text: str) -> bool:
    """A model package's name or ARN, with up to nine digits of version behind another slash."""
    if ":" in text:
        parts = text.split(":", 5)
        if len(parts) != 6 or not _is_sagemaker_prefix(parts):
            return False
        kind, slash, text = parts[5].partition("/")
        if not slash or not only(LOWER_OR_HYPHEN, kind):
            return False
    name, slash, version = text.partition("/")
    if slash and not (1 <= len(version) <= 9 and only(DIGITS, version)):
        return False
    return len(name) <= 63 and is_name(name)


def is_metrics_path(text: str) -> bool:
    """A slash and at least one more character of a path without two full stops in a row."""
    return len(text) >= 2 and text[0] == "/" and only(_METRICS_PATH, text) and ".." not in text


def is_tag_text(text: str) -> bool:
    """Letters, separators and numbers of any script, and the signs ``_ . : / = + - @``."""
    return all(map(is_tag_character, text))


def is_network_id(text: str) -> bool:
    """A subnet's or security group's id: ASCII letters, digits and hyphens in any order."""
    return text != "" and only(ALPHANUMERIC_OR_HYPHEN, text)


def is_anything(_text: str) -> bool:
    """``[\\S\\s]*`` holds of every string."""
    return True


MODEL_NAME = Pattern(r"^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?", is_name)
SHORT_NAME = Pattern(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", is_short_name)
IMAGE = Pattern(r"[\S]+", is_image)
URL = Pattern(r"(https|s3)://([^/]+)/?(.*)", is_url)
ONE_LINE = Pattern(".*", on_one_line)
ENVIRONMENT_KEY = Pattern("[a-zA-Z_][a-zA-Z0-9_]*", is_environment_key)
ENVIRONMENT_VALUE = Pattern(r"[\S\s]*", is_anything)
CHANNEL = Pattern(r"[A-Za-z0-9\.\-_]+", is_channel)
ROLE_ARN = Pattern(r"^arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$", is_role_arn)
SAGEMAKER_ARN = Pattern("arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+", is_sagemaker_arn)
MODEL_PACKAGE = Pattern(
    r"(arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]*\/)?"
    r"([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)(\/[0-9]{1,9})?",
    is_model_package,
)
METRICS_PATH = Pattern(r"/(?!.*\.\.)[a-zA-Z0-9/_.\-]+", is_metrics_path)
TAG_TEXT = Pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", is_tag_text)
NETWORK_ID = Pattern("[-0-9a-zA-Z]+", is_network_id)
NAME_PART = Pattern(
    "[a-zA-Z0-9-]+", is_network_id
)  # NameContains of ListModels; the same characters

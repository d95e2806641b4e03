"""Java's patterns on Python's engine: known differences, and a second matcher written by hand."""

from __future__ import annotations

import string
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.spec.patterns import UNIVERSAL, matches, translated, unanchored
from conformance.spec.shapes import by_path, request, response
from strategies.edits import EDITS
from strategies.examples import legal_values
from strategies.resources import Resources

PROPERTY = settings(deadline=None, database=None, max_examples=300)

TERMINATORS = "\n\r\u0085\u2028\u2029"
DIGITS = frozenset(string.digits)
ALNUM = frozenset(string.ascii_letters + string.digits)
LOWER = frozenset(string.ascii_lowercase + "-")


def pattern_of(path: str) -> str:
    """Return the pattern of the shape at a path."""
    pattern = by_path()[path].pattern
    assert pattern is not None
    return pattern


NAME = pattern_of("ModelName")
HOSTNAME = pattern_of("PrimaryContainer.ContainerHostname")
ROLE = pattern_of("ExecutionRoleArn")
IMAGE = pattern_of("PrimaryContainer.Image")
URL = pattern_of("PrimaryContainer.ModelDataUrl")
PROVIDER = pattern_of(
    "PrimaryContainer.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn"
)
CHANNEL = pattern_of("PrimaryContainer.AdditionalModelDataSources[].ChannelName")
ENVIRONMENT_KEY = pattern_of("PrimaryContainer.Environment{key}")
ENVIRONMENT_VALUE = pattern_of("PrimaryContainer.Environment{value}")
PACKAGE = pattern_of("PrimaryContainer.ModelPackageName")
METRICS = pattern_of(
    "PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[].MetricsEndpointPath"
)
TAG = pattern_of("Tags[].Key")
SUBNET = pattern_of("VpcConfig.Subnets[]")
MODEL_ARN = response().members["ModelArn"].pattern or ""


def _all(value: str, allowed: frozenset[str] | str) -> bool:
    return all(char in allowed for char in value)


def _one_line(value: str) -> bool:
    return not any(char in TERMINATORS for char in value)


def _is_name(value: str) -> bool:
    ends = value[:1] in ALNUM and value[-1:] in ALNUM
    return ends and _all(value, ALNUM | {"-"})


def _is_hostname(value: str) -> bool:
    return _is_name(value) and sum(char in ALNUM for char in value) <= 63


def _is_role(value: str) -> bool:
    parts = value.split(":")
    if len(parts) != 6:
        return False
    arn, partition, service, region, account, resource = parts
    name = resource.removeprefix("role")
    return (
        (arn, service, region) == ("arn", "iam", "")
        and partition.startswith("aws")
        and _all(partition[3:], LOWER)
        and len(account) == 12
        and _all(account, DIGITS)
        and resource.startswith("role")
        and name != ""
        and _all(name, ALNUM | frozenset("_+=,.@-/"))
    )


def _is_image(value: str) -> bool:
    return value != "" and not any(char in " \t\n\x0b\f\r" for char in value)


def _is_url(value: str) -> bool:
    scheme, slashes, rest = value.partition("://")
    bucket, _, key = rest.partition("/")
    return scheme in ("https", "s3") and slashes != "" and bucket != "" and _one_line(key)


def _is_environment_key(value: str) -> bool:
    return value[:1] in ALNUM - DIGITS | {"_"} and _all(value, ALNUM | {"_"})


def _is_package(value: str) -> bool:
    if ":" in value:
        parts = value.split(":")
        if len(parts) != 6:
            return False
        arn, partition, service, region, account, resource = parts
        kind, slash, value = resource.partition("/")
        if not (
            (arn, service) == ("arn", "sagemaker")
            and partition.startswith("aws")
            and _all(partition[3:], LOWER)
            and _all(region, LOWER | DIGITS)
            and len(account) == 12
            and _all(account, DIGITS)
            and _all(kind, LOWER)
            and slash
        ):
            return False
    name, slash, version = value.partition("/")
    return (
        _is_name(name)
        and len(name) <= 63
        and (not slash or (1 <= len(version) <= 9 and _all(version, DIGITS)))
    )


def _is_metrics_path(value: str) -> bool:
    rest = value[1:]
    return (
        value[:1] == "/"
        and rest != ""
        and ".." not in value
        and _all(rest, ALNUM | frozenset("/_.-"))
    )


def _is_tag(value: str) -> bool:
    return all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in value)


def _is_model_arn(value: str) -> bool:
    parts = value.split(":", 5)
    return (
        len(parts) == 6
        and (parts[0], parts[2]) == ("arn", "sagemaker")
        and parts[1].startswith("aws")
        and _all(parts[1][3:], LOWER)
        and _all(parts[3], LOWER | DIGITS)
        and len(parts[4]) == 12
        and _all(parts[4], DIGITS)
        and parts[5].startswith("model/")
        and _one_line(parts[5])
    )


#: For every pattern of the specification a matcher that uses no regular expression.
BY_HAND: dict[str, Callable[[str], bool]] = {
    NAME: _is_name,
    HOSTNAME: _is_hostname,
    ROLE: _is_role,
    IMAGE: _is_image,
    URL: _is_url,
    PROVIDER: _one_line,
    CHANNEL: lambda value: value != "" and _all(value, ALNUM | frozenset(".-_")),
    ENVIRONMENT_KEY: _is_environment_key,
    ENVIRONMENT_VALUE: lambda value: True,
    PACKAGE: _is_package,
    METRICS: _is_metrics_path,
    TAG: _is_tag,
    SUBNET: lambda value: value != "" and _all(value, ALNUM | {"-"}),
    MODEL_ARN: _is_model_arn,
}

HOSTILE = TERMINATORS + (
    "\t\x0b\x0c\x00\x7f\u00a0\u3000\u200b -_/.:=+@,!#$*\\\"'&~azAZ09éſKａ１٣५名अ\u0301\U0001f600"
)


def _examples(pattern: str) -> list[str]:
    """Return legal strings of the shapes that have the pattern."""
    if pattern == MODEL_ARN:
        return [
            "arn:aws:sagemaker:us-east-1:123456789012:model/name",
            "arn:aws-cn:sagemaker::000000000000:model/",
        ]
    return [
        value
        for shape in request().walk()
        if shape.pattern == pattern
        for value in legal_values(shape, Resources())
    ]


def _near(pattern: str) -> st.SearchStrategy[str]:
    """Draw strings a few edits away from a legal one, and any text.

    Unassigned characters stay out: Python's and the engine's versions of Unicode differ.
    """
    chars = st.sampled_from(HOSTILE) | st.characters(exclude_categories=["Cn"])
    edit = st.tuples(st.integers(0, 300), st.sampled_from((0, 1)), st.just("") | chars)

    def apply(start: str, edits: list[tuple[int, int, str]]) -> str:
        for at, dropped, added in edits:
            place = at % (len(start) + 1)
            start = start[:place] + added + start[place + dropped :]
        return start

    legal = st.sampled_from(_examples(pattern))
    parts = st.text(st.sampled_from("".join(_examples(pattern)) + HOSTILE), max_size=12)
    return st.builds(apply, legal, st.lists(edit, max_size=3)) | parts | st.text(chars, max_size=5)


def test_every_pattern_of_the_specification_has_a_matcher_by_hand() -> None:
    """The differential test below leaves out no pattern of the request nor of the response."""
    stated = {s.pattern for tree in (request(), response()) for s in tree.walk()} - {None}
    assert set(BY_HAND) == stated
    assert len(BY_HAND) == 14


@pytest.mark.parametrize("pattern", BY_HAND)
def test_patterns_agree_with_a_matcher_by_hand_on_strings_near_legal_ones(pattern: str) -> None:
    """On legal strings, edited ones and any text the pattern and the hand-written matcher agree."""

    @PROPERTY
    @given(_near(pattern))
    @example("")
    def agrees(value: str) -> None:
        assert matches(pattern, value) == BY_HAND[pattern](value), ascii(value)

    agrees()


@pytest.mark.parametrize("pattern", BY_HAND)
def test_patterns_agree_with_a_matcher_by_hand_on_every_near_miss(pattern: str) -> None:
    """Every named edit of every legal string is judged alike, and both answers occur."""
    judged = {value: matches(pattern, value) for value in _examples(pattern)}
    assert all(judged.values())
    for value in list(judged):
        near = [edit(value) for _, edit in EDITS]
        judged |= {changed: matches(pattern, changed) for changed in near}
    assert judged == {value: BY_HAND[pattern](value) for value in judged}
    assert (False in judged.values()) == (pattern not in UNIVERSAL)


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        # The whole string is matched: Python's $ would let one newline pass.
        (NAME, "model", True),
        (NAME, "model\n", False),
        (NAME, "\nmodel", False),
        (f"^{NAME}$", "model\n", False),
        (ROLE, "arn:aws:iam::123456789012:role/name\n", False),
        (SUBNET, "subnet-1\n", False),
        (NAME, "model\nmodel", False),
        (NAME, "model-", False),
        (NAME, "", False),
        # \d is ASCII in Java.
        (ROLE, "arn:aws:iam::123456789012:role/name", True),
        (ROLE, "arn:aws:iam::12345678901٢:role/name", False),
        (ROLE, "arn:aws:iam::12345678901２:role/name", False),
        (r"\d+", "٣", False),
        (r"\D+", "٣", True),
        (r"[\d-]+", "1-2", True),
        (r"[\d-]+", "٣", False),
        (r"[^\d]+", "٣", True),
        (r"[^\d]+", "3", False),
        # The slash after role is optional.
        (ROLE, "arn:aws:iam::123456789012:rolename", True),
        (ROLE, "arn:aws:iam::123456789012:role/", True),  # the slash may be the name
        (ROLE, "arn:aws:iam::123456789012:role", False),
        (ROLE, "arn:aws:iam::123456789012:user/name", False),
        (ROLE, "arn:AWS:iam::123456789012:role/name", False),
        (ROLE, "arn:aws-us-gov:iam::123456789012:role/name", True),
        # \w is ASCII in Java.
        (r"\w+", "a_1", True),
        (r"\w+", "é", False),
        (r"\W", "é", True),
        (r"[\w.]+", "é", False),
        (r"[\W]", "é", True),
        # \s is ASCII in Java: NBSP, U+3000, U+0085 and U+2028 are \S.
        (IMAGE, "image\u00a0tag", True),
        (IMAGE, "image\u3000tag", True),
        (IMAGE, "image\u0085", True),
        (IMAGE, "image\u2028tag", True),
        (IMAGE, "image\x1ctag", True),
        (IMAGE, "image tag", False),
        (IMAGE, "image\x0btag", False),
        (IMAGE, "image\ttag", False),
        (IMAGE, "image\n", False),
        (r"\s", "\u00a0", False),
        (r"[\s]", "\u2003", False),
        (r"[\s]", "\x0b", True),
        # A dot matches no line terminator of Java's.
        (PROVIDER, "any text", True),
        (PROVIDER, "", True),
        (PROVIDER, "\x0b\x0c\x1c\u00a0", True),
        (PROVIDER, "a\nb", False),
        (PROVIDER, "a\r", False),
        (PROVIDER, "a\u0085b", False),
        (PROVIDER, "a\u2028b", False),
        (PROVIDER, "a\u2029", False),
        (PROVIDER, "\U0001f600", True),
        (r"[.]", "a", False),
        (r"\.", "a", False),
        (r"[^.]", "\u2028", True),
        # [^/]+ matches line terminators, the dots behind it do not.
        (URL, "s3://bucket\nname/key", True),
        (URL, "s3://bucket\u2028name", True),
        (URL, "s3://\n", True),
        (URL, "s3://bucket/key\n", False),
        (URL, "s3://bucket/\u0085", False),
        (URL, "s3:///key", False),
        (URL, "s3://", False),
        (URL, "S3://bucket/key", False),
        # The look-ahead of the metrics path and the look-behind of the package name.
        (METRICS, "/a..b", False),
        (METRICS, "/a.b.c", True),
        (METRICS, "/", False),
        (METRICS, "/..", False),
        (PACKAGE, "name-", False),
        (PACKAGE, "name/1234567890", False),
        (PACKAGE, "name-/1", False),
        (PACKAGE, "P" * 63, True),
        (PACKAGE, "P" * 64, False),
        # Letters and digits of many scripts, spaces of all widths, no controls.
        (TAG, "Équipe Größe отдел 部署 فريق שלום क", True),
        (TAG, "हिन्दी", False),  # its vowel signs are marks, not letters
        (TAG, "٣ ५ Ⅷ ½ ²", True),
        (TAG, "a\u00a0b\u2003c\u3000d", True),
        (TAG, "a\u2028b\u2029", True),
        (TAG, "", True),
        (TAG, "\U00010400\U00020000", True),
        (TAG, "a\tb", False),
        (TAG, "a\n", False),
        (TAG, "a\u0085", False),
        (TAG, "e\u0301", False),
        (TAG, "\u200b", False),
        (TAG, "\U0001f600", False),
        (TAG, "a*b", False),
        (TAG, "\ud800", False),
        # Everything is a value of an environment.
        (ENVIRONMENT_VALUE, "\x00\n\u2028\U0001f600\ud800", True),
        # Java's [a-z] knows no case folding.
        (NAME, "\u212a", False),
        (NAME, "\u017f", False),
        (ENVIRONMENT_KEY, "１", False),
        (ENVIRONMENT_KEY, "9a", False),
    ],
)
def test_a_string_matches_as_in_java(pattern: str, value: str, expected: bool) -> None:
    """The answer is the one that Java's String.matches gives, where Python's would differ too."""
    assert matches(pattern, value) is expected


@pytest.mark.parametrize(
    ("pattern", "bare"),
    [
        ("^a$", "a"),
        ("^a", "a"),
        ("a$", "a"),
        ("a", "a"),
        (r"a\$", r"a\$"),
        (r"^\$", r"\$"),
        ("[^a]", "[^a]"),
        ("", ""),
    ],
)
def test_only_redundant_anchors_at_the_ends_are_dropped(pattern: str, bare: str) -> None:
    """A literal dollar sign and a negated class are no anchors."""
    assert unanchored(pattern) == bare


def test_a_pattern_is_translated_to_classes_that_are_spelled_out() -> None:
    """No class of Python's that means more than Java's is left over."""
    assert translated(r"^a\d[\w.]\S.$") == (
        r"a[0-9][a-zA-Z_0-9.][^ \t\n\x0b\f\r][^\n\r\x85\u2028\u2029]"
    )
    for pattern in BY_HAND:
        assert not any(rf"\{letter}" in translated(pattern) for letter in "dDwWsS")


@pytest.mark.parametrize("pattern", BY_HAND)
@pytest.mark.parametrize(
    "value",
    [
        "s3://" + "a" * 100_000 + "/\n",
        "s3://" + "\n" * 100_000 + "/\n",
        "a" * 100_000 + "!",
        "a" + "-" * 100_000,
        "a-" * 50_000,
        "/" + ".a" * 50_000 + "\n",
        "arn:aws" + "-" * 100_000 + ":iam",
        "arn:aws:iam::123456789012:role" + "a" * 100_000 + "!",
        "arn:aws:sagemaker:" + "0-" * 50_000 + ":123456789012:x/" + "a" * 100_000,
    ],
    ids=["url", "bucket", "word", "hyphens", "pairs", "path", "partition", "role", "package"],
)
def test_a_hostile_string_is_judged_quickly(pattern: str, value: str) -> None:
    """A string of 100,000 characters takes no time that grows with its square."""
    start = time.perf_counter()
    assert matches(pattern, value) == BY_HAND[pattern](value)
    assert time.perf_counter() - start < 2

"""Hypothesis strategies for the strings of a CreateModel request: legal ones, drawn in one piece.

Every function takes keyword-only options, validates them with ``InvalidArgument`` and draws
without filtering by a pattern: a naive ``from_regex`` with a filter was measured to draw five to
ten times slower.
"""

from __future__ import annotations

import string

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from conformance.spec.regions import suffix_of
from strategies.resources import Resources

_ALNUM = string.ascii_letters + string.digits
_DEFAULTS = Resources()

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b")

#: Letters and digits of scripts whose categories have not changed since Unicode 7, because
#: neither AWS's nor a target's Unicode version is known; beyond U+052F a few from each script.
_LETTERS = (
    "אבגשת"
    + "ابتمي"
    + "٠١٢٣٩"
    + "अकखग"
    + "กขค"
    + "ひらがな"
    + "カタカナ"
    + "日本語漢字部署"
    + "한국어"
)
_TAG_PUNCTUATION = "_.:/=+-@"

_LONG = 64


def _sizes(min_size: int, max_size: int, *, most: int, least: int = 0) -> tuple[int, int]:
    if not least <= min_size <= max_size <= most:
        raise InvalidArgument(
            f"sizes must satisfy {least} <= min_size <= max_size <= {most}, "
            f"got min_size={min_size}, max_size={max_size}"
        )
    return min_size, max_size


def _text(alphabet: str | SearchStrategy[str], low: int, high: int) -> SearchStrategy[str]:
    """Draw a string; one in four has the maximum size, which random sizes hardly ever hit.

    Long strings repeat a short one: drawn character by character they would use up a draw.
    """
    parts = st.text(alphabet, min_size=1, max_size=8)
    longest = parts.map(lambda part: (part * high)[:high])
    if low > _LONG:
        sizes = st.integers(low, high)
        return st.one_of(st.builds(lambda part, size: (part * size)[:size], parts, sizes), longest)
    drawn = st.text(alphabet, min_size=low, max_size=high)
    return st.one_of(drawn, drawn, drawn, longest)


def _no_hyphen_at_the_ends(name: str) -> str:
    start = "x" + name[1:] if name.startswith("-") else name
    return start[:-1] + "x" if start.endswith("-") else start


def _hyphenated(min_size: int, max_size: int) -> SearchStrategy[str]:
    low, high = _sizes(min_size, max_size, most=63, least=1)
    drawn = _text(_ALNUM + "-", low, high)
    return drawn.map(_no_hyphen_at_the_ends)


def model_names(*, min_size: int = 1, max_size: int = 63) -> SearchStrategy[str]:
    """Draw model names: letters, digits and inner hyphens, also several in a row."""
    return _hyphenated(min_size, max_size)


def container_hostnames(*, min_size: int = 1, max_size: int = 63) -> SearchStrategy[str]:
    """Draw hostnames of containers; they have the alphabet of model names."""
    return _hyphenated(min_size, max_size)


def inference_specification_names(*, min_size: int = 1, max_size: int = 63) -> SearchStrategy[str]:
    """Draw names of inference specifications; they have the alphabet of model names."""
    return _hyphenated(min_size, max_size)


def account_ids() -> SearchStrategy[str]:
    """Draw account ids: twelve ASCII digits."""
    return st.text(string.digits, min_size=12, max_size=12)


def role_arns(
    *, partitions: tuple[str, ...] = PARTITIONS, account: str | None = None
) -> SearchStrategy[str]:
    """Draw ARNs of IAM roles: with paths, without the slash after ``role``, in any partition.

    ``account`` keeps them in one account; else each is drawn with one of its own.
    """
    if not partitions or not all(p.startswith("aws") for p in partitions):
        raise InvalidArgument(f"partitions must be names beginning with aws, got {partitions!r}")
    names = st.text(_ALNUM + "_+=,.@-/", min_size=1, max_size=200)
    return st.builds(
        lambda partition, account, slash, name: f"arn:{partition}:iam::{account}:role{slash}{name}",
        st.sampled_from(partitions),
        account_ids() if account is None else st.just(account),
        st.sampled_from(("/", "/", "/", "")),
        names,
    )


def container_images(*, resources: Resources = _DEFAULTS) -> SearchStrategy[str]:
    """Draw tagged images in the account's ECR registry."""
    return st.builds(
        lambda repository, tag: f"{resources.registry}/r{repository}:{tag}",
        st.text(string.ascii_lowercase + string.digits, max_size=70),
        st.text(_ALNUM, min_size=1, max_size=100),
    )


def _keys(max_size: int) -> SearchStrategy[str]:
    printable = st.characters(categories=("L", "N", "P", "S", "Zs"), max_codepoint=0x52F)
    return _text(printable, 0, max_size)


def model_data_urls(
    *, max_size: int = 1024, ending: str = ".tar.gz", resources: Resources = _DEFAULTS
) -> SearchStrategy[str]:
    """Draw S3 or HTTPS locations of one model artifact; ModelDataUrl is of a ``.tar.gz``.

    S3 keys have 1,024 bytes at most.
    """
    _sizes(64, max_size, most=1024, least=64)
    host = f"s3.{resources.region}.{suffix_of(resources.region)}"
    return st.builds(
        lambda start, key: (
            (start + _cut(key, 1022 - len(ending)))[: max_size - len(ending)] + ending
        ),
        st.sampled_from(
            (
                "s3://amzn-s3-demo-bucket/",
                "s3://amzn.s3.demo.bucket/a/",
                f"https://amzn-s3-demo-bucket.{host}/",
            )
        ),
        _keys(max_size - 1),
    )


def _cut(text: str, size: int) -> str:
    """Return a text without what is beyond so many bytes."""
    return text.encode()[:size].decode(errors="ignore")


def hub_content_arns(*, resources: Resources = _DEFAULTS) -> SearchStrategy[str]:
    """Draw ARNs of models in a hub."""
    sagemaker = f"arn:{resources.partition}:sagemaker:{resources.region}"
    start = f"{sagemaker}:aws:hub-content/SageMakerPublicHub/Model/"
    return st.text(_ALNUM + "-", min_size=1, max_size=60).map(lambda name: f"{start}{name}/1.0.0")


def repository_credentials_provider_arns(
    *, resources: Resources = _DEFAULTS
) -> SearchStrategy[str]:
    """Draw ARNs of Lambda functions that give registry credentials."""
    place = f"{resources.region}:{resources.account}"
    start = f"arn:{resources.partition}:lambda:{place}:function:"
    return st.text(_ALNUM + "-_", min_size=1, max_size=64).map(lambda name: start + name)


def entity_tags() -> SearchStrategy[str]:
    """Draw S3 entity tags: hexadecimal digits."""
    return st.text("0123456789abcdef", min_size=32, max_size=32)


def channel_names(*, min_size: int = 1, max_size: int = 64) -> SearchStrategy[str]:
    """Draw channel names of additional model data sources."""
    low, high = _sizes(min_size, max_size, most=64, least=1)
    return _text(_ALNUM + ".-_", low, high)


def environment_keys(*, max_size: int = 1024) -> SearchStrategy[str]:
    """Draw names of environment variables."""
    _sizes(1, max_size, most=1024, least=1)
    return st.builds(
        lambda first, rest: first + rest,
        st.sampled_from(string.ascii_letters + "_"),
        _text(_ALNUM + "_", 0, max_size - 1),
    )


def environment_values(*, min_size: int = 0, max_size: int = 1024) -> SearchStrategy[str]:
    """Draw values of environment variables: any characters, newlines and astral ones included.

    However its length is counted, it is at most 1,024: in characters, UTF-16 units or bytes. No
    process has a NUL in its environment.
    """
    low, high = _sizes(min_size, max_size, most=1024)
    any_script = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    plain = st.characters(codec="ascii", exclude_characters="\0")
    drawn = st.one_of(_text(plain, low, high), _text(any_script, low, high))
    return drawn.map(lambda value: _within_bytes(value, low))


def _within_bytes(value: str, low: int) -> str:
    """Return a value of no more than 1,024 bytes, and of no fewer characters than asked for."""
    cut = _cut(value, 1024)
    return cut if len(cut) >= low else "".join(c if c.isascii() else "x" for c in value)


def model_package_names(*, resources: Resources = _DEFAULTS) -> SearchStrategy[str]:
    """Draw names and ARNs of model packages, with and without a version."""
    place = f"{resources.region}:{resources.account}"
    prefix = f"arn:{resources.partition}:sagemaker:{place}:model-package/"
    return st.builds(
        lambda start, name, version: start + name + version,
        st.sampled_from(("", prefix)),
        _hyphenated(1, 63),
        st.sampled_from(("", "/1", "/42", "/999999999")),
    )


def metrics_endpoint_paths(*, max_size: int = 256) -> SearchStrategy[str]:
    """Draw paths of metrics endpoints: no two dots in a row."""
    low, high = _sizes(2, max_size, most=256, least=2)
    drawn = _text(_ALNUM + "/_.-", low - 1, high - 1)
    return drawn.map(lambda path: "/" + path.replace("..", ".x").replace("..", "x."))


def _tag_characters() -> SearchStrategy[str]:
    return st.characters(
        categories=("L", "N"),
        max_codepoint=0x52F,
        include_characters=_LETTERS + _TAG_PUNCTUATION + " ",
    )


def tag_keys(*, min_size: int = 1, max_size: int = 128) -> SearchStrategy[str]:
    """Draw tag keys in letters of many scripts; never with the prefix ``aws:``."""
    low, high = _sizes(min_size, max_size, most=128, least=1)
    return _text(_tag_characters(), low, high).map(_plain_key)


def _plain_key(key: str) -> str:
    """Return a key that is not reserved; nobody has shown one with a space at its ends accepted."""
    key = "x" + key[1:] if key[:4].lower() == "aws:" or key[:1] == " " else key
    return key[:-1] + "x" if key[-1:] == " " else key


def tag_values(*, min_size: int = 0, max_size: int = 256) -> SearchStrategy[str]:
    """Draw tag values in letters of many scripts, the empty one included."""
    low, high = _sizes(min_size, max_size, most=256)
    return _text(_tag_characters(), low, high)


def security_group_ids() -> SearchStrategy[str]:
    """Draw ids of security groups."""
    return st.text("0123456789abcdef", min_size=8, max_size=17).map(lambda tail: f"sg-{tail}")


def subnet_ids() -> SearchStrategy[str]:
    """Draw ids of subnets."""
    return st.text("0123456789abcdef", min_size=8, max_size=17).map(lambda tail: f"subnet-{tail}")

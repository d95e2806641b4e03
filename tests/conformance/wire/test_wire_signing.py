"""Signatures verify when they are computed again from the call by other means."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire import Call, encode
from conformance.wire.signing import Credentials, Signer, profile_credentials

PROPERTY = settings(deadline=None, database=None, max_examples=50)

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(call: Call, secret: str) -> tuple[str, str]:
    """Return (the signature in the call, the one that its other parts ask for) by SigV4."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    url = urlsplit(call.url)
    headers.setdefault("host", url.netloc)
    found = AUTHORIZATION.fullmatch(headers["authorization"])
    assert found is not None
    _key, day, region, service, names, given_signature = found.groups()
    canonical = "\n".join(
        [
            call.method,
            url.path or "/",
            url.query,
            *(f"{name}:{' '.join(headers[name].split())}" for name in names.split(";")),
            "",
            names,
            hashlib.sha256(call.body).hexdigest(),
        ]
    )
    stamp = headers["x-amz-date"]
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = _mac(key, part)
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest])
    assert stamp.startswith(day)
    return given_signature, _mac(key, to_sign).hex()


def authorization(call: Call) -> re.Match[str]:
    """Return the parts of the Authorization header."""
    found = AUTHORIZATION.fullmatch(call.headers["Authorization"])
    assert found is not None
    return found


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "http://localhost:5000/",
        "https://127.0.0.1:9297/",
        "https://api.sagemaker.eu-west-1.amazonaws.com/",
    ],
)
def test_a_signature_verifies(url: str) -> None:
    """Any verifier that follows SigV4 comes to the signature that the call has."""
    call = Signer("us-east-1").signed(encode("CreateModel", {"ModelName": "m"}, url=url))
    made, wanted = signature(call, "test")
    assert made == wanted


@PROPERTY
@given(st.dictionaries(st.text(max_size=5), st.text(st.characters(), max_size=20), max_size=3))
def test_a_signature_verifies_for_any_body(body: dict[str, str]) -> None:
    """Also bodies with lone surrogates, controls and astral characters are signed as sent."""
    call = Signer("us-east-1").signed(encode("CreateModel", body))
    made, wanted = signature(call, "test")
    assert made == wanted


HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


@PROPERTY
@given(
    body=st.binary(max_size=50),
    content_type=HEADERS,
    target=HEADERS,
    keys=st.builds(
        Credentials,
        st.text("ABC123", min_size=1),
        st.text(min_size=1, max_size=10).filter(lambda text: text.isprintable()),
        st.none() | st.text("abc/+=", min_size=1),
    ),
    later=st.sampled_from([0.0, -86_400.0, 3600.0]),
    host=st.sampled_from(["localhost", "localhost:5000", "[::1]:5000", "localhost:80"]),
    scheme=st.sampled_from(["http", "https"]),
    path=st.sampled_from(["", "/"]),
)
def test_a_plain_call_is_signed_as_botocore_signs_it(
    body: bytes,
    content_type: str,
    target: str,
    keys: Credentials,
    later: float,
    host: str,
    scheme: str,
    path: str,
) -> None:
    """What is signed without botocore's detours has the very headers that botocore makes."""
    headers = {"Content-Type": content_type, "X-Amz-Target": target, "User-Agent": "us"}
    call = Call("CreateModel", body, headers, url=f"{scheme}://{host}{path}")
    signer = Signer("eu-west-1", keys)
    ours = signer.signed(call, later=later)
    theirs = signer._signed_by_botocore(call, ours.headers["X-Amz-Date"])
    assert dict(ours.headers) == dict(theirs.headers)


@pytest.mark.parametrize("url", ["http://localhost/a%20b", "http://localhost/?b=1&a=2"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_call_that_is_not_plain_is_signed_too(url: str, method: str) -> None:
    """Paths, queries, methods and headers of their own are left to botocore."""
    call = Call("X", b"{}", {"X-Amz-Target": "SageMaker.X", "X-Own": "1"}, method, url)
    signed = Signer("us-east-1").signed(call)
    assert "x-own" in authorization(signed)[5].split(";")


def test_a_changed_body_no_longer_verifies() -> None:
    """The signature covers the body: the verifier above is able to say no."""
    call = Signer("us-east-1").signed(encode("CreateModel", {"ModelName": "m"}))
    forged = Call(call.operation, call.body + b" ", call.headers, call.method, call.url)
    made, wanted = signature(forged, "test")
    assert made != wanted
    made, wanted = signature(call, "other secret")
    assert made != wanted


def test_a_changed_target_header_no_longer_verifies() -> None:
    """The operation and the content type are among the signed headers."""
    call = Signer("us-east-1").signed(encode("CreateModel", {}))
    signed_headers = authorization(call)[5].split(";")
    assert {"content-type", "host", "x-amz-date", "x-amz-target"} <= set(signed_headers)
    headers = {**call.headers, "X-Amz-Target": "SageMaker.DeleteModel"}
    made, wanted = signature(Call("X", call.body, headers, call.method, call.url), "test")
    assert made != wanted


def test_the_scope_names_key_region_and_service() -> None:
    """The credential's scope has the given access key and region and the service sagemaker."""
    signer = Signer("cn-north-1", Credentials("AKIDEXAMPLE", "secret"))
    call = signer.signed(encode("CreateModel", {}))
    assert authorization(call).group(1, 3, 4) == ("AKIDEXAMPLE", "cn-north-1", "sagemaker")
    made, wanted = signature(call, "secret")
    assert made == wanted
    assert signer.region == "cn-north-1"


def test_the_default_keys_are_dummies() -> None:
    """Without keys the dummies test and test are used, and no session token is sent."""
    call = Signer("us-east-1").signed(encode("CreateModel", {}))
    assert authorization(call)[1] == "test"
    assert "X-Amz-Security-Token" not in call.headers


def test_keys_of_the_environment_are_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's own keys and session token in the environment do not leak into a call."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDUSER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "users-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "users-token")
    call = Signer("us-east-1").signed(encode("CreateModel", {}))
    assert not any(
        word in value for value in call.headers.values() for word in ("AKIDUSER", "users-token")
    )


def test_a_session_token_is_sent_and_signed() -> None:
    """Temporary keys bring their token as a signed header."""
    call = Signer("us-east-1", Credentials("A", "S", "TOKEN")).signed(encode("CreateModel", {}))
    assert call.headers["X-Amz-Security-Token"] == "TOKEN"
    assert "x-amz-security-token" in authorization(call)[5].split(";")
    made, wanted = signature(call, "S")
    assert made == wanted


def test_signing_changes_nothing_but_headers() -> None:
    """Body, method, URL and operation stay; the given call is left alone; headers are added."""
    call = encode("CreateModel", {"a": "\ud800"}, url="http://localhost:1/")
    before = dict(call.headers)
    signed = Signer("us-east-1").signed(call)
    assert dict(call.headers) == before
    assert (signed.body, signed.method, signed.url, signed.operation) == (
        call.body,
        call.method,
        call.url,
        call.operation,
    )
    assert before.items() <= dict(signed.headers).items()


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a credentials file with one complete profile, and nothing else."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    keys = "[full]\naws_access_key_id = A\naws_secret_access_key = S\naws_session_token = T\n"
    (tmp_path / "credentials").write_text(keys, "utf-8")
    (tmp_path / "config").write_text("[profile empty]\nregion = us-east-1\n", "utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("profiles")
def test_keys_of_a_profile_are_read() -> None:
    """A named profile gives its key, secret and token."""
    assert profile_credentials("full") == Credentials("A", "S", "T")


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("profile", ["missing", "empty"])
def test_a_profile_without_keys_is_a_lookup_error(profile: str) -> None:
    """A profile that is not there or has no keys is told in one sentence with its name."""
    with pytest.raises(LookupError, match=profile):
        profile_credentials(profile)

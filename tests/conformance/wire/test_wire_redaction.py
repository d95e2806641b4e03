"""What signs a request does not come back: not in a body, a header or a fault, however spelled."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire import Call, Reply, TransportFault, encode
from conformance.wire.redaction import REDACTED, Redaction
from conformance.wire.signing import Credentials, Signer

KEYS = Credentials(
    "ASIACANARYCANARY1234", "canary/Secret+canary/Secret+canary/Se123", "canaryToken/+canaryToken=="
)
SIGNED = Signer("us-east-1", KEYS).signed(encode("CreateModel", {"ModelName": "m"}))
SIGNATURE = SIGNED.headers["Authorization"].rpartition("Signature=")[2]
SECRETS = (KEYS.access_key, KEYS.secret_key, str(KEYS.token), SIGNATURE)

SPELLINGS = {
    "plain": lambda text: text,
    "as part of a URL": lambda text: quote(text, safe=""),
    "in JSON with escaped slashes": lambda text: text.replace("/", "\\/"),
    "in JSON made safe for HTML": lambda text: text.replace("=", "\\u003d"),
}


def redacted(body: bytes, *headers: tuple[str, str], call: Call = SIGNED) -> Reply:
    """A reply to a call as it is judged and recorded."""
    return Redaction(KEYS).reply(Reply(400, headers, body), call)


@pytest.mark.parametrize("spelling", SPELLINGS)
# ids without secrets: a signature is another one in every process
@pytest.mark.parametrize("secret", [*SECRETS, SIGNED.headers["Authorization"]], ids=lambda _: "")
def test_no_spelling_of_a_secret_comes_through(secret: str, spelling: str) -> None:
    """Keys, token, signature and the whole header are replaced in a body and in a header."""
    spelt = SPELLINGS[spelling](secret)
    reply = redacted(f'{{"message": "you sent {spelt}!"}}'.encode(), ("X-Echo", spelt))
    assert spelt.encode() not in reply.body
    assert spelt not in reply.headers[0][1]
    assert SIGNATURE.encode() not in reply.body
    assert REDACTED.encode() in reply.body


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), which=st.sampled_from(SECRETS))
def test_a_secret_amid_any_bytes_is_taken_out(before: bytes, after: bytes, which: str) -> None:
    """Whatever stands around it, also what is not UTF-8, the secret is gone."""
    assert which.encode() not in redacted(before + which.encode() + after).body


@given(st.text(st.characters(codec="ascii"), min_size=8), st.sampled_from(sorted(SPELLINGS)))
def test_any_secret_is_found_in_any_spelling(secret: str, spelling: str) -> None:
    """Also one of other signs than AWS uses, without a single letter: no short cut misses it."""
    spelt = SPELLINGS[spelling](secret)
    keys = Credentials(KEYS.access_key, secret, None)
    said = Redaction(keys).reply(Reply(400, (), f"<{spelt}>".encode()), SIGNED).body
    assert spelt.encode() not in said or spelt in REDACTED


@given(st.binary(max_size=200))
def test_what_holds_no_secret_is_judged_as_it_came(body: bytes) -> None:
    """A reply without secrets is not changed in a single byte."""
    reply = Reply(200, (("Server", "x"),), body)
    assert Redaction(KEYS).reply(reply, SIGNED) is reply


def test_all_headers_sent_back_as_json_hold_no_secret() -> None:
    """A target that shows what it was sent shows nothing of what signed it."""
    text = redacted(json.dumps(dict(SIGNED.headers)).encode()).body.decode()
    assert not [secret for secret in SECRETS if secret in text]
    assert "X-Amz-Target" in text


def test_the_signature_of_somebody_else_is_taken_out_by_its_form() -> None:
    """A header or presigned URL of keys that are not ours is recognised."""
    other = Signer("eu-west-1", Credentials("AKIAOTHEROTHEROTHER1", "x" * 40)).signed(
        encode("ListModels", {})
    )
    header = other.headers["Authorization"]
    signature = header.rpartition("=")[2]
    body = f'{{"a": "{header}", "b": "https://h/?X-Amz-Signature={signature}&c=d"}}'.encode()
    reply = Redaction().reply(Reply(200, (), body), encode("ListModels", {}))
    assert signature.encode() not in reply.body
    assert b"AKIAOTHER" not in reply.body
    assert b"&c=d" in reply.body


def test_dummy_keys_are_words_and_stay() -> None:
    """``test`` signs requests to emulators: taking the word out would change what is judged."""
    call = Signer("us-east-1").signed(encode("CreateModel", {}))
    reply = Reply(400, (), b'{"message": "this is a test of test/test"}')
    assert Redaction().reply(reply, call) is reply


def test_a_fault_tells_no_secret() -> None:
    """What a transport fault says is shown to the user, so it is cleaned as well."""
    fault = TransportFault("broken", f"send raised KeyError: {dict(SIGNED.headers)}")
    told = Redaction(KEYS).fault(fault, SIGNED)
    assert told.kind == "broken"
    assert not [secret for secret in SECRETS if secret in told.detail]


@given(st.sampled_from([*SECRETS, SIGNED.headers["Authorization"]]), st.integers(8, 200))
def test_a_fault_that_was_cut_tells_no_part_of_a_secret(secret: str, length: int) -> None:
    """What a fault says is cut to a length, at times in the middle of a secret."""
    fault = TransportFault("broken", f"send raised KeyError: {secret[:length]}")
    detail = Redaction(KEYS).fault(fault, SIGNED).detail
    assert not [part for part in SECRETS if part[:8] in detail]


def test_credentials_do_not_show_themselves() -> None:
    """The repr of keys, which ends up in tracebacks and logs, names none of them."""
    assert not [secret for secret in SECRETS if secret in repr(KEYS)]

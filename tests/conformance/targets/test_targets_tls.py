"""URLs asked over TLS: only an authority that the user names is trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.authority import certify
from fakes.raw_server import OK, Server, ask, fault

from conformance.targets import TargetOptions, TargetProblem, resolve


def test_https_with_the_authority_that_the_user_names(
    tmp_path: Path, serve: Callable[..., Server]
) -> None:
    """A server certified by the CA of --ca-bundle is asked over TLS."""
    bundle, context = certify(tmp_path, "127.0.0.1")
    reply = ask(serve(OK, context).port, scheme="https", ca_bundle=str(bundle))
    assert reply.body == b"{}"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_https_without_trust_is_refused(
    host: str, tmp_path: Path, serve: Callable[..., Server]
) -> None:
    """An unknown CA, or a certificate of another host, is the fault ``connect`` about TLS."""
    bundle, context = certify(tmp_path, host)
    server = serve(OK, context)
    told = fault(
        server.port, scheme="https", ca_bundle=str(bundle) if host == "127.0.0.2" else None
    )
    assert told.kind == "connect"
    assert told.detail.startswith("TLS: ")
    assert "certificate" in told.detail
    assert server.requests == []


def test_https_trust_is_not_taken_from_the_environment(
    tmp_path: Path, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REQUESTS_CA_BUNDLE changes nothing: what is trusted is what the user names."""
    bundle, context = certify(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(bundle))
    assert fault(serve(OK, context).port, scheme="https").kind == "connect"


def test_plain_http_asked_with_tls_is_a_fault(serve: Callable[..., Server]) -> None:
    """https to a server without TLS ends in a fault, in one line."""
    assert fault(serve(OK).port, scheme="https", timeout=1).kind in ("connect", "broken", "timeout")


def test_a_missing_ca_bundle_is_told(tmp_path: Path) -> None:
    """A --ca-bundle that is not there is one sentence before anything is sent."""
    with pytest.raises(TargetProblem, match=r"no such file$"):
        resolve("https://localhost", TargetOptions(ca_bundle=str(tmp_path / "none.pem")))

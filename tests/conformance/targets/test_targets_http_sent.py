"""What leaves for a URL, byte for byte."""

from __future__ import annotations

import requests
from fakes.raw_server import OK, serving
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.util import SKIP_HEADER

from conformance.targets import TargetOptions, resolve
from conformance.wire import Call

HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "X-Amz-Target", "user-agent", "ACCEPT", "Accept-Encoding", "Connection"]
    ),
    st.sampled_from(["application/x-amz-json-1.1", "SageMaker.CreateModel", "close", "*/*"]),
)


def by_a_session(call: Call) -> None:
    """Send a call with the library's own session, which keeps to itself as ours does."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept-Encoding"] = "gzip, deflate"
        has_name = any(key.lower() == "user-agent" for key in call.headers)
        session.request(
            call.method,
            call.url,
            data=call.body,
            headers=dict(call.headers) | ({} if has_name else {"User-Agent": SKIP_HEADER}),
            allow_redirects=False,
            timeout=5,
        )


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "get", "BREW"]),
    st.sampled_from(["", "/", "/a b?c=d", "//x/../y", "/%7e?q=ü"]),
    HEADERS,
    st.binary(max_size=300),
)
def test_a_call_goes_out_as_a_session_would_send_it(
    method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    """The shorter way to the wire changes no byte: method, path, headers in their order, body."""
    with serving() as start:
        server = start(OK)
        url = f"http://127.0.0.1:{server.port}{path}"
        call = Call("CreateModel", body, headers, method, url)
        target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))
        target.send(call)
        target.close()
        by_a_session(call)
        ours, theirs = server.requests
    assert ours == theirs

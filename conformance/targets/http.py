"""Anything that listens at an ``http://`` or ``https://`` URL, asked with ``requests``."""

from __future__ import annotations

import http.client
import re
import time
import zlib
from collections.abc import Mapping
from functools import lru_cache

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import SKIP_HEADER, Timeout

from conformance.targets.connections import BoundedAdapter, Stale
from conformance.targets.pace import Pace
from conformance.targets.protocol import TargetOptions
from conformance.wire import Call, Reply, TransportFault

#: No answer that is judged is longer, unpacked; a target that sends more is cut off there. As JSON
#: two megabytes of it can take fifty of memory.
MAX_BODY = 2 * 1024 * 1024

#: Codings of a body that are undone one after the other, at most.
_MOST_CODINGS = 3


#: Headers that every request has, unless a call has its own; none makes up a User-Agent.
_OURS = {
    "User-Agent": SKIP_HEADER,
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
}

#: How urllib3 begins a sentence: with the object that it happened to.
_OF_OBJECT = re.compile(r"\A(<[^<>]* object at 0x\w+>|_?\w*Connection\([^()]*\)): ")


class HttpTarget:
    """Sends signed bytes to one URL, without a session of ``requests``: redirects are not followed,
    proxies of the user's environment, netrc credentials and cookies not used. What was signed for
    the target stays with it, and what it is asked does not hang on what it answered before.
    """

    account: str | None = None

    def __init__(self, url: str, options: TargetOptions) -> None:
        self.name = url
        self.endpoint = url if url.endswith("/") else url + "/"
        self._seconds = options.timeout
        self._timeout = Timeout(total=options.timeout)
        self._pace = Pace(options.rate)  # whoever sends, and requests that a wrapper adds
        self._server: str | None = None
        self._adapter = BoundedAdapter()
        self._verify = options.ca_bundle or True

    def send(self, call: Call) -> Reply:
        """Return the reply; ``TransportFault`` when it is refused, late, cut off or endless."""
        if wait := self._pace.wait():
            time.sleep(wait)
        started = time.perf_counter()
        try:
            with self._adapter.send(
                _prepared(call),
                stream=True,
                timeout=self._timeout,  # type: ignore[arg-type]  # requests takes it, its stubs do not
                verify=self._verify,
            ) as response:
                if response.status_code < 200:
                    raise TransportFault("broken", f"no answer after {response.status_code}")
                body = _unpacked(_bounded(response), response.headers.get("Content-Encoding", ""))
                if _is_half(body, response.headers):
                    raise TransportFault("broken", "the connection was closed within the body")
        except (requests.exceptions.Timeout, ReadTimeoutError) as problem:
            raise TransportFault("timeout", f"no answer within {self._seconds:g} s") from problem
        except requests.exceptions.SSLError as problem:
            raise TransportFault("connect", f"TLS: {_short(problem)}") from problem
        except requests.exceptions.ConnectionError as problem:
            if isinstance(_reason(problem), Stale):
                self._keep_no_more()
                raise TransportFault("stale", _short(problem)) from problem
            refused = "refused" in str(problem) or "resolve" in str(problem)
            kind = "connect" if refused else "broken"
            raise TransportFault(kind, _short(problem)) from problem
        except (
            requests.exceptions.RequestException,
            HTTPError,
            OSError,
            ValueError,
            zlib.error,
        ) as problem:
            raise TransportFault("broken", _short(problem)) from problem
        headers = tuple(response.headers.items())
        reply = Reply(response.status_code, headers, body, time.perf_counter() - started)
        self._server = self._server or reply.header("server")
        return reply

    def _keep_no_more(self) -> None:
        """Use a connection for each request from now on: this target closes them when it likes."""
        if self._adapter.keeps:  # calls that met may all have found this out
            self._adapter.close()
            self._adapter = BoundedAdapter(keeps=False)

    def fingerprint(self) -> Mapping[str, str]:
        """Return the URL's kind and the Server header that was seen, if any."""
        return {"kind": "url", **({"server": self._server} if self._server else {})}

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def _too_long() -> TransportFault:
    return TransportFault("too-long", f"answer longer than {MAX_BODY} bytes")


def _bounded(response: requests.Response) -> bytes:
    """Return the body as it was sent; what has come so far is looked at after each arrival."""
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read1(65536, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            raise _too_long()
    return b"".join(parts)


def _is_half(body: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether a body of unnamed length, ended by closing the connection, lacks its end.

    Nothing in HTTP tells (RFC 9112, section 8), but a JSON object ends in a brace.
    """
    if "Content-Length" in headers or "Transfer-Encoding" in headers:
        return False
    text = body.strip()
    return text.startswith(b"{") and not text.endswith(b"}")


def _unpacked(body: bytes, codings: str) -> bytes:
    """Return a body without its codings (of which others than gzip and deflate are left alone).

    No more than ``MAX_BODY`` bytes are made of it, however much it would unpack to.
    """
    applied = [each.strip().lower() for each in codings.split(",") if each.strip()]
    if len(applied) > _MOST_CODINGS:
        raise TransportFault("broken", f"a body that was packed {len(applied)} times")
    for coding in reversed(applied):
        if coding not in ("gzip", "x-gzip", "deflate") or not body:
            break
        try:
            body = _inflated(body, zlib.MAX_WBITS | 32)  # gzip or zlib
        except zlib.error:
            if coding != "deflate":
                raise TransportFault("broken", f"a body that is not {coding}") from None
            body = _inflated(body, -zlib.MAX_WBITS)  # raw, as some send it
    return body


def _inflated(body: bytes, window: int) -> bytes:
    packed = zlib.decompressobj(window)
    plain = packed.decompress(body, MAX_BODY + 1)
    if len(plain) > MAX_BODY:
        raise _too_long()
    if not packed.eof:
        raise TransportFault("broken", "a packed body that is cut off")
    return plain


def _prepared(call: Call) -> requests.PreparedRequest:
    """Return a call as ``requests`` sends it; a session would make a third more of the work."""
    chunked = any(
        key.lower() == "transfer-encoding" and value.lower() == "chunked"
        for key, value in call.headers.items()
    )
    request = requests.PreparedRequest()
    request.prepare_method(call.method)
    request.url = _prepared_url(call.url)
    headers = requests.structures.CaseInsensitiveDict(_OURS)
    headers.update({k: v for k, v in call.headers.items() if k.lower() != "transfer-encoding"})
    request.prepare_headers(headers)
    if chunked:  # what is given piece by piece is sent in chunks
        half = len(call.body) // 2
        request.headers["Transfer-Encoding"] = "chunked"
        request.body = (part for part in (call.body[:half], call.body[half:]) if part)  # type: ignore[assignment]
    else:
        request.body = call.body or None
        request.prepare_content_length(request.body)
    return request


@lru_cache(maxsize=256)
def _prepared_url(url: str) -> str | None:
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return request.url


def _reason(problem: BaseException) -> BaseException:
    """Return the innermost reason of a connection problem."""
    inner = getattr(problem, "reason", None) or next(
        (arg for arg in problem.args if isinstance(arg, BaseException)), None
    )
    return _reason(inner) if isinstance(inner, BaseException) else problem


def _short(problem: BaseException) -> str:
    """Return the innermost reason of a connection problem: one line, no object addresses."""
    reason = _reason(problem)
    if isinstance(reason, http.client.IncompleteRead):
        counted = str(reason).partition("(")[2].rstrip(")")
        return f"the body is cut off, or not in chunks as it says ({counted})"
    text = _OF_OBJECT.sub("", str(reason))
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    return shown[:200] or type(reason).__name__

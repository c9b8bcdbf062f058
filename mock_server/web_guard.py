"""What every request meets before the application, and every answer after it: the protections of design.md §3.

Host allow-list (DNS rebinding), foreign Origin refused (CSRF), JSON-only mutations, a limit on the body, headers that
keep a browser from doing anything with an answer. Whatever goes wrong inside leaves as the one error shape, and no
value of a request reaches a log. Plain ASGI, so that it also holds for routes added later.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from mock_server.errors import QualificationError, Refusal
from mock_server.words import LANGUAGES, error_words

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024
"""A card check has some 3 kB."""
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)

_log = logging.getLogger(__name__)


def error_body(error: QualificationError, lang: str) -> dict[str, Any]:
    """The one error shape: `{"error": {"code", "message", "remedy"}}`."""
    message, remedy = error_words(lang, error.code, dict(error.params))
    return {"error": {"code": error.code, "message": message, "remedy": remedy}}


def language_of(accept_language: str) -> str:
    """The language of error sentences: the first of ours that the header names, else Japanese."""
    for part in accept_language.lower().split(","):
        lang = part.strip()[:2]
        if lang in LANGUAGES:
            return lang
    return LANGUAGES[0]


class WebGuard:
    """An ASGI application around another one."""

    def __init__(self, app: AsgiApp, allowed_hosts: Iterable[str], max_body: int = MAX_BODY_BYTES) -> None:
        """Let requests to `allowed_hosts` (names or addresses without port, IPv6 without brackets) through to `app`."""
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no other surfaces; an unanswered handshake is closed by the server
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        lang = language_of(headers.get(b"accept-language", ""))
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = {name for name, _ in SECURITY_HEADERS}
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in own]
                message = {**message, "headers": [*kept, *SECURITY_HEADERS]}
            await send(message)

        try:
            self._check(scope, headers)
            body = await self._body(headers, receive)
            await self._app(scope, _replay(body, receive), guarded_send)
        except QualificationError as error:
            await _send_error(error, lang, guarded_send)
        except Exception as error:
            # Where it broke, never with what: an exception's text may quote the request.
            places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            _log.error("internal error %s at %s", type(error).__name__, " < ".join(reversed(places[-5:])))
            if not started:
                await _send_error(QualificationError(Refusal.INTERNAL), lang, guarded_send)

    def _check(self, scope: Scope, headers: dict[bytes, str]) -> None:
        host = headers.get(b"host", "")
        if _host_name(f"//{host}") not in self._allowed:
            raise QualificationError(Refusal.REQUEST_HOST)
        # Exactly the page's own address: same host and same port.
        origin = headers.get(b"origin")
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            raise QualificationError(Refusal.REQUEST_ORIGIN)
        if scope["method"] not in READ_METHODS:
            kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise QualificationError(Refusal.REQUEST_NOT_JSON)

    async def _body(self, headers: dict[bytes, str], receive: Receive) -> bytes:
        """The whole body, before anything looks at it; no more than the limit is ever held."""
        too_large = QualificationError(Refusal.REQUEST_TOO_LARGE, limit=str(self._max_body))
        announced = headers.get(b"content-length", "0")
        if not announced.isdigit() or int(announced) > self._max_body:
            raise too_large
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > self._max_body:
                raise too_large
            if not message.get("more_body", False):
                return bytes(body)


def _host_name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _replay(body: bytes, receive: Receive) -> Receive:
    """`receive` for the application: the body once, then whatever the server says next."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _send_error(error: QualificationError, lang: str, send: Send) -> None:
    body = json.dumps(error_body(error, lang), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", lang.encode()),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

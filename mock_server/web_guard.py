"""What every request meets before the application, and every answer after it: the protections of design.md §3.

Host allow-list (DNS rebinding), foreign Origin refused (CSRF), JSON-only mutations, limits on the body and its time,
headers that keep a browser from doing anything with an answer. WebSockets only where a surface has them. Whatever goes
wrong inside leaves as the one error shape, and no value of a request reaches a log. Plain ASGI, so that it also holds
for routes added later.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from mock_server.asgi import AsgiApp, Message, Receive, Scope, Send
from mock_server.bodies import MAX_BODY_BYTES as MAX_BODY_BYTES
from mock_server.bodies import Bodies, Vouch
from mock_server.error_answers import error_body, error_headers, language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.json_names import refuse_double_names
from mock_server.rate_limits import RateLimit, peer_key

BODY_PATIENCE_S: Final = 30
"""How long a body may take from its first byte to its last."""
MUTATIONS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CLOSED_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""The content security policy of everything that is no page."""
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""That of a page: nothing but what this server itself sends."""
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_POLICY: Final = b"content-security-policy"
_CLOSED: Final = CLOSED_POLICY.encode()
_SCHEMES: Final = {"http": b"http://", "https": b"https://", "ws": b"http://", "wss": b"https://"}
_HOST: Final = re.compile(rb"(?:(?P<name>[a-z0-9._-]+)|\[(?P<literal>[0-9a-f:.]+)\])(?::[0-9]{1,5})?")
_OURS: Final = frozenset({_POLICY, *(name for name, _ in SECURITY_HEADERS)})
_ONCE: Final = frozenset({b"host", b"origin", b"authorization", b"content-type", b"content-length"})
"""Headers of which a second one could mean something else to somebody else."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SurfaceRules:
    """In what a surface differs: exact paths, but for `pages`, whose keys are the beginnings of paths."""

    body_limits: Mapping[str, int] = field(default_factory=dict)
    """Bytes of a body where it may be larger than MAX_BODY_BYTES."""
    body_types: Mapping[str, str] = field(default_factory=dict)
    """The content type of a mutation where it is not `application/json`."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """The content security policy of pages."""
    websockets: frozenset[str] = frozenset()
    """Where a WebSocket may be opened."""
    body_patience_s: float = BODY_PATIENCE_S
    bearer: bool = False
    """Whether nothing is read of a request that brings no institution's token; which one, the application checks."""


ORDINARY: Final = SurfaceRules()


class WebGuard:
    """An ASGI application around another one."""

    def __init__(
        self,
        app: AsgiApp,
        allowed_hosts: Iterable[str],
        rules: SurfaceRules = ORDINARY,
        peers: RateLimit | None = None,
        vouch: Vouch | None = None,
    ) -> None:
        """Let requests to `allowed_hosts` (names or addresses without port, IPv6 without brackets) through to `app`.

        `peers` limits how many come from one address; `vouch` refuses whoever may not send a large body.
        """
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._rules = rules
        self._peers = peers
        self._bodies = Bodies(rules.body_limits, rules.body_patience_s, vouch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        policy = (_POLICY, self._policy(scope["path"]))
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in _OURS]
                message = {**message, "headers": [*kept, policy, *SECURITY_HEADERS]}
            await send(message)

        try:
            headers = self._checked(scope)
            self._check_body_type(scope, headers)
            body = await self._bodies.read(scope, headers, receive)
            try:
                if scope["method"] in MUTATIONS:
                    refuse_double_names(body.content)
                await self._app(scope, _replay(body.content, receive), guarded_send)
            finally:
                body.let_go()
        except QualificationError as error:
            await send_error(error, _language(scope), guarded_send)
        except Exception as error:
            # Where it broke, never with what: an exception's text may quote the request.
            places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            _log.error("internal error %s at %s", type(error).__name__, " < ".join(reversed(places[-5:])))
            if not started:
                await send_error(QualificationError(Refusal.INTERNAL), _language(scope), guarded_send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open what a surface offers to its own pages; anything else is closed before it was accepted (403)."""
        try:
            self._checked(scope)
            if scope["path"] in self._rules.websockets:
                await self._app(scope, receive, send)
                return
        except QualificationError as error:
            _log.info("websocket refused: %s", error.code)
        await send({"type": "websocket.close", "code": 1008})

    def _policy(self, path: str) -> bytes:
        for start, policy in self._rules.pages.items():
            if path.startswith(start):
                return policy.encode()
        return _CLOSED

    def _checked(self, scope: Scope) -> dict[bytes, bytes]:
        """The headers by name, when whoever sends them may ask here at all."""
        headers: dict[bytes, bytes] = {}
        for written, value in scope["headers"]:
            name = written.lower()
            if name in headers and name in _ONCE:
                raise QualificationError(Refusal.REQUEST_MALFORMED)
            headers[name] = value
        host = headers.get(b"host", b"").lower()
        if _host_name(host) not in self._allowed:
            raise QualificationError(Refusal.REQUEST_HOST)
        # Exactly the page's own address: same scheme, same host and same port.
        origin = headers.get(b"origin")
        if origin is not None and origin.lower() != _SCHEMES.get(scope["scheme"], b"") + host:
            raise QualificationError(Refusal.REQUEST_ORIGIN)
        if self._peers is not None:
            self._peers.take(peer_key((scope.get("client") or (None,))[0]))
        if self._rules.bearer and not headers.get(b"authorization", b"").lower().startswith(b"bearer "):
            raise QualificationError(Refusal.INSTITUTION_TOKEN_MISSING)
        return headers

    def _check_body_type(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        if scope["method"] not in MUTATIONS:
            return
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind != self._rules.body_types.get(scope["path"], "application/json").encode():
            raise QualificationError(Refusal.REQUEST_NOT_JSON)


def _language(scope: Scope) -> str:
    sent = next((value for name, value in scope["headers"] if name.lower() == b"accept-language"), b"")
    return language_of(sent.decode("latin-1"))


@lru_cache(maxsize=256)
def _host_name(host: bytes) -> str:
    """The name in a Host header, "" where it is none: a name or an address, and a port where there is one."""
    found = _HOST.fullmatch(host)
    return "" if found is None else (found["name"] or found["literal"]).decode("ascii")


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


async def send_error(error: QualificationError, lang: str, send: Send) -> None:
    """Send a refusal in the one error shape, as plain ASGI."""
    body = json.dumps(error_body(error, lang), ensure_ascii=False).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **error_headers(error, lang)}
    if error.refusal is Refusal.REQUEST_TOO_SLOW:
        headers["connection"] = "close"  # the rest of the body is not waited for
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})

"""uvicorn's HTTP protocol, telling the application about the connection: who the peer proved to be, and its transport.

uvicorn keeps the client certificate of a TLS connection to itself. Here its SHA-256 goes into
`scope["extensions"]["madoguchi"]`, with the transport for whoever has to break it (scenario reset_connection). A
request that never gets whole is cut off. What breaks if wrong: a certificate counts for another connection, or for
none.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_server.asgi import AsgiApp, Receive, Scope, Send
from mock_server.error_answers import error_body
from mock_server.errors import QualificationError, Refusal
from mock_server.words import LANGUAGES

EXTENSION: Final = "madoguchi"
REQUEST_PATIENCE_S: Final = 60
"""How long a whole request may take, from the connection or the last answer to its last byte; the web guard, which can
say so, loses patience with a body before."""


class PeerProtocol(H11Protocol):
    """One connection. httptools, which uvicorn prefers where it is installed, is never used."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._unfinished: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember what is known of the peer; TLS has verified it by now."""
        super().connection_made(transport)
        known = {"transport": transport, "client_certificate": _fingerprint(transport)}
        self.app = _telling(self.app, known)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """As uvicorn; and note whether the request is whole."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn."""
        self._forget()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP at all is refused in the one error shape too."""
        del msg
        error = QualificationError(Refusal.REQUEST_MALFORMED)
        body = json.dumps(error_body(error, LANGUAGES[0]), ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"content-language", LANGUAGES[0].encode()),
            (b"connection", b"close"),
        ]
        # After the answer of a request whose rest is no HTTP there is nothing more to say.
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """Give an unfinished request its time, once; a finished one needs no more."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._forget()
        elif self._unfinished is None and not self.transport.is_closing():
            self._unfinished = self.loop.call_later(REQUEST_PATIENCE_S, self.transport.abort)

    def _forget(self) -> None:
        if self._unfinished is not None:
            self._unfinished.cancel()
            self._unfinished = None


def _fingerprint(transport: asyncio.Transport) -> str:
    """SHA-256 (hexadecimal) of the client certificate, "" where none came."""
    connection = transport.get_extra_info("ssl_object")
    der = connection.getpeercert(binary_form=True) if connection is not None else None
    return hashlib.sha256(der).hexdigest() if der else ""


def _telling(app: AsgiApp, known: dict[str, Any]) -> AsgiApp:
    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": {**scope.get("extensions", {}), EXTENSION: known}}, receive, send)

    return told

"""Troubles of the transport, played over HTTP: late, cut, doubled, in another encoding, or never.

Only an answer that is decided and durable comes here. A connection can be broken where there is one: in this process
(the counter over ASGI) there is none, and 503 MOCK-SERVICE-SILENT stands for it. What breaks if wrong: a client that is
tested against a dead connection meets a polite one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Final

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from mock_server.error_answers import error_body, error_headers, language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.scenarios.delivery import Delivery, Trouble

PROXY_PAGE: Final = """<!DOCTYPE html>
<html><head><title>{status}</title></head><body><h1>{status} MADOGUCHI TEST proxy</h1></body></html>
"""
CLOSING_S: Final = 5
"""How long a connection that was aborted may take to be gone: it takes one turn of the event loop."""
_LINGER_0: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 seconds: closing sends RST in place of FIN."""


def troubled(answer: Response, delivery: Delivery) -> Response:
    """The answer as it is to travel; the same where no trouble of `delivery` is for it."""
    own = delivery.answer
    if not own.troubles:
        return answer
    body, status, headers = bytes(answer.body), answer.status_code, _headers(answer)
    for trouble in own.troubles:
        spoil = _SPOILERS.get(trouble.name)
        if spoil is not None:
            body, status, headers = spoil(trouble, body, status, headers)
    return TroubledResponse(own, body, status, headers)


class TroubledResponse(Response):
    """An answer that waits, stops or breaks on its way."""

    def __init__(self, delivery: Delivery, body: bytes, status: int, headers: dict[str, str]) -> None:
        super().__init__(body, status, headers)
        self._delivery = delivery

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play the troubles: first those that keep the client waiting, then those of the body."""
        latency = self._delivery.trouble("latency")
        if latency is not None and await _gone_within(receive, latency.params["delay_ms"] / 1000):
            return
        connection = _Connection(scope, receive, send)
        timeout, reset = self._delivery.trouble("timeout"), self._delivery.trouble("reset_connection")
        if timeout is not None:
            if not await _gone_within(receive, timeout.params["hold_s"]):
                await connection.close()
        elif reset is not None:
            await self._reset(connection, send, reset.params["at"])
        else:
            await self._send_body(connection, send)

    async def _reset(self, connection: _Connection, send: Send, at: str) -> None:
        if connection.is_real and at != "start":
            await self._start(send)
            if at == "middle":
                await _send_some(send, bytes(self.body)[: len(self.body) // 2])
            await connection.flush()
        await connection.reset()

    async def _send_body(self, connection: _Connection, send: Send) -> None:
        half, slow = self._delivery.trouble("half_written"), self._delivery.trouble("slow_body")
        sent = bytes(self.body)
        if half is not None:
            if not connection.is_real:
                await connection.close()
                return
            sent = sent[: len(sent) * half.params["percent"] // 100]
        await self._start(send)
        pieces = _pieces(sent, slow.params["pieces"] if slow else 1)
        for number, piece in enumerate(pieces):
            if slow is not None and number:
                await asyncio.sleep(slow.params["pause_ms"] / 1000)
            await _send_some(send, piece)
        if half is not None:
            await connection.flush()
            await asyncio.sleep(half.params["pause_ms"] / 1000)
            await connection.close()
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})


class _Connection:
    """The connection under an answer, where there is one to break."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = (scope.get("extensions") or {}).get("madoguchi") or {}
        self._transport: asyncio.Transport | None = extensions.get("transport")
        self._scope, self._receive, self._send = scope, receive, send

    @property
    def is_real(self) -> bool:
        """Whether there is a connection."""
        return self._transport is not None

    async def flush(self) -> None:
        """Wait until what was sent has left the program."""
        while self._transport is not None and not self._transport.is_closing():
            if not self._transport.get_write_buffer_size():
                return
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """End without (the rest of) an answer."""
        if self._transport is None:
            await self._silent()
        else:
            await self._abort(self._transport)

    async def reset(self) -> None:
        """End with RST: what the other side has not read yet is lost to it."""
        if self._transport is None:
            await self._silent()
            return
        sock: socket.socket | None = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        await self._abort(self._transport)

    async def _abort(self, transport: asyncio.Transport) -> None:
        transport.abort()
        # The server must know that the client is gone before this answer ends, or it misses the rest of it.
        await _gone_within(self._receive, CLOSING_S)

    async def _silent(self) -> None:
        # The application's own error handling cannot be reached from inside a response.
        error, lang = QualificationError(Refusal.SERVICE_SILENT), language_of(_accepted(self._scope))
        answer = JSONResponse(error_body(error, lang), error.status, error_headers(error, lang))
        await answer(self._scope, self._receive, self._send)


def _accepted(scope: Scope) -> str:
    return next((v.decode("latin-1") for name, v in scope["headers"] if name.lower() == b"accept-language"), "")


async def _gone_within(receive: Receive, seconds: float) -> bool:
    """Wait; whether the client went away meanwhile, so that nobody waits for nobody."""

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    try:
        await asyncio.wait_for(until_gone(), seconds)
    except TimeoutError:
        return False
    return True


async def _send_some(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})


def _pieces(body: bytes, count: int) -> Sequence[bytes]:
    size = max(1, -(-len(body) // count))
    return [body[start : start + size] for start in range(0, len(body), size)]


def _headers(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "content-length"}


Spoiled = tuple[bytes, int, dict[str, str]]


def _truncated(trouble: Trouble, body: bytes, status: int, headers: dict[str, str]) -> Spoiled:
    return body[: len(body) * trouble.params["percent"] // 100], status, headers


def _doubled(trouble: Trouble, body: bytes, status: int, headers: dict[str, str]) -> Spoiled:
    return body * trouble.params["copies"], status, headers


def _in_another_encoding(trouble: Trouble, body: bytes, status: int, headers: dict[str, str]) -> Spoiled:
    """Other bytes than UTF-8 under the same header; where they are asked for as UTF-8, the header says CP932."""
    encoding = trouble.params["encoding"]
    if encoding == "utf-8":
        return body, status, {**headers, "content-type": "application/json; charset=Shift_JIS"}
    return body.decode("utf-8").encode(encoding, "replace"), status, headers


def _from_a_proxy(trouble: Trouble, _body: bytes, _status: int, headers: dict[str, str]) -> Spoiled:
    status = trouble.params["status"]
    return PROXY_PAGE.format(status=status).encode(), status, {**headers, "content-type": "text/html; charset=utf-8"}


_SPOILERS: Final[dict[str, Callable[[Trouble, bytes, int, dict[str, str]], Spoiled]]] = {
    "truncated": _truncated,
    "doubled": _doubled,
    "wrong_encoding": _in_another_encoding,
    "proxy_error": _from_a_proxy,
}

"""Reading a request's body before anything looks at it: how large, how long, how many large ones at once.

A large body is read only for somebody the surface vouches for, and only few at a time, so that nobody fills the memory.
What breaks if wrong: a stranger keeps the server busy, or a genuine bulk request is cut off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from mock_server.asgi import Receive, Scope
from mock_server.errors import QualificationError, Refusal

MAX_BODY_BYTES: Final = 64 * 1024
"""A card check has some 3 kB."""
LARGE_AT_ONCE: Final = 4
"""Bodies beyond MAX_BODY_BYTES in one process; each may be some hundred MB while it is read as JSON."""
MOST_BRACKETS: Final = 300_000
"""Objects and arrays in one body. Ten thousand people have some fifty thousand; millions keep a process busy."""
BUSY_S: Final = 5
"""When to come again if there are too many large bodies, in seconds."""
_LONGEST_NUMBER: Final = 12

Vouch = Callable[[Scope], Awaitable[None]]
"""Refuses whoever may not send a large body."""


class Bodies:
    """For one surface. `limits` are by path, in bytes, where more than MAX_BODY_BYTES is allowed."""

    def __init__(self, limits: Mapping[str, int], patience_s: float, vouch: Vouch | None = None) -> None:
        self._limits = limits
        self._patience_s = patience_s
        self._vouch = vouch
        self._large = 0

    async def read(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Body:
        """The whole body; let go of it when it is no longer needed.

        Raises:
            QualificationError: REQUEST_TOO_LARGE, REQUEST_TOO_SLOW, RATE_LIMIT, or as `vouch`.
        """
        announced = headers.get(b"content-length")
        if announced is None and b"transfer-encoding" not in headers and scope["method"] == "GET":
            return Body(b"", None)
        limit = self._limits.get(scope["path"], MAX_BODY_BYTES)
        if announced is not None and not _fits(announced, limit):
            raise _too_large(limit)
        body = Body(b"", self)
        try:
            async with asyncio.timeout(self._patience_s):
                await self._fill(body, scope, receive, limit)
        except TimeoutError:
            body.let_go()
            raise QualificationError(Refusal.REQUEST_TOO_SLOW, limit=f"{self._patience_s:g}") from None
        except BaseException:
            body.let_go()
            raise
        return body

    async def _fill(self, body: Body, scope: Scope, receive: Receive, limit: int) -> None:
        message = await receive()
        content: bytes | bytearray = message.get("body", b"")
        while message["type"] == "http.request" and message.get("more_body", False) and len(content) <= limit:
            if len(content) > MAX_BODY_BYTES and not body.is_large:
                await self._admit(body, scope)
            message = await receive()
            content = bytearray(content) if isinstance(content, bytes) else content
            content += message.get("body", b"")
        if len(content) > limit:
            raise _too_large(limit)
        if len(content) > MAX_BODY_BYTES:
            if not body.is_large:
                await self._admit(body, scope)
            if content.count(b"{") + content.count(b"[") > MOST_BRACKETS:
                raise _too_large(limit)
        body.content = bytes(content)

    async def _admit(self, body: Body, scope: Scope) -> None:
        if self._vouch is not None:
            await self._vouch(scope)
        if self._large >= LARGE_AT_ONCE:
            refusal = QualificationError(Refusal.RATE_LIMIT, seconds=str(BUSY_S))
            refusal.retry_after_s = BUSY_S
            raise refusal
        self._large += 1
        body.is_large = True

    def end(self, body: Body) -> None:
        """A body is no longer held."""
        if body.is_large:
            body.is_large = False
            self._large -= 1


class Body:
    """A body while it is held."""

    __slots__ = ("_among", "content", "is_large")

    def __init__(self, content: bytes, among: Bodies | None) -> None:
        self.content = content
        self.is_large = False
        self._among = among

    def let_go(self) -> None:
        """Nobody needs it any more. Safe to call twice."""
        if self._among is not None:
            self._among.end(self)


def _fits(announced: bytes, limit: int) -> bool:
    return announced.isdigit() and len(announced) <= _LONGEST_NUMBER and int(announced) <= limit


def _too_large(limit: int) -> QualificationError:
    return QualificationError(Refusal.REQUEST_TOO_LARGE, limit=str(limit))

"""One browser's WebSocket and the counter behind it, from the first frame to the sentence for why it ended.

The frames are those of textual-serve's page script. They carry keys, and so a PIN: none is kept, logged or repeated,
and what is no such frame closes the connection. What breaks if it is wrong: keys in a log, or a page that does not
know that its counter is gone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import IntEnum
from typing import Any, Final

from aiohttp import WSMsgType, web

from kiosk.web.news import CLIPBOARD
from kiosk.web.process import CounterProcess

HEARTBEAT_S: Final = 15.0
"""How often a browser is asked whether it is still there."""
LARGEST_FRAME: Final = 4_000_000
"""Bytes: the page pastes no text that is longer, and says so."""
SIZES: Final = range(1, 1001)
"""Columns or rows a page may have."""


class End(IntEnum):
    """Why the page's connection was closed; the page has a sentence for each. 4000 and up are free for such use
    (RFC 6455, 7.4.2)."""

    SERVER = 1001
    CLOSED = 4000
    FAULT = 4001
    KILLED = 4002
    TAKEN_OVER = 4003
    BUSY = 4004
    FOREIGN = 4005


class ForeignFrameError(Exception):
    """The browser sent what this page's script never sends. Carries nothing of it."""


class PageConnection:
    """A page at the seat."""

    def __init__(
        self, socket: web.WebSocketResponse, tab: str, command: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        """`socket` is open already; `tab` tells apart who opened it."""
        self.tab = tab
        self._socket = socket
        self._why: End | None = None
        self._gone = asyncio.Event()
        self.counter = CounterProcess(command, environ, socket.send_bytes)

    async def is_leaving(self, patience_s: float) -> bool:
        """Whether its browser has gone, or was told to go."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), patience_s)
        return self._gone.is_set()

    async def leave(self) -> None:
        """Another page takes over."""
        await self.close(End.TAKEN_OVER)

    async def close(self, why: End) -> None:
        """Close the connection, for the first reason that comes up."""
        if self._why is None:
            self._why = why
            self._gone.set()
            await self._socket.close(code=why)

    async def run(self, columns: int, rows: int) -> None:
        """Run the counter until it ends or the browser goes; returns when its process has ended."""
        try:
            await self.counter.start(columns, rows)
            reading = asyncio.create_task(self._read())
            ending = asyncio.create_task(self.counter.end())
            try:
                await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
                self._gone.set()
                if ending.done():
                    await self._tell_end(ending.result())
                elif not self._socket.closed and reading.exception() is not None:
                    await self.close(End.FOREIGN)
            finally:
                reading.cancel()
                await self.counter.stop()
                await asyncio.gather(reading, ending, return_exceptions=True)
        finally:
            await self.counter.stop()

    async def _tell_end(self, code: int) -> None:
        if code != 0 and self.counter.said:
            await self._socket.send_json(["said", self.counter.said])
        await self.close(End.CLOSED if code == 0 else End.KILLED if code < 0 else End.FAULT)

    async def _read(self) -> None:
        """Carry keys, sizes and focus to the counter until the browser goes."""
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                raise ForeignFrameError
            await self._carry(*parsed(message.data))

    async def _carry(self, kind: str, value: Any) -> None:
        match kind, value:
            case "stdin", str():
                await self.counter.send_bytes(value.encode("utf-8", "ignore"))
            case "resize", {"width": int(width), "height": int(height)} if width in SIZES and height in SIZES:
                await self.counter.set_terminal_size(width, height)
            case "ping", str():
                await self._socket.send_json(["pong", value])
            case "clipboard", str(said) if said in CLIPBOARD:
                await self.counter.send_meta({"type": "clipboard", "said": said})
            case "focus", None:
                await self.counter.focus()
            case "blur", None:
                await self.counter.blur()
            case _:
                raise ForeignFrameError


def parsed(text: str) -> tuple[str, Any]:
    """A frame's kind and value (None where it has none).

    Raises:
        ForeignFrameError: It is no JSON list of a word and at most one value.
    """
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise ForeignFrameError from None
    match frame:
        case [str(kind)]:
            return kind, None
        case [str(kind), value]:
            return kind, value
    raise ForeignFrameError


def size_of(text: str, otherwise: int) -> int:
    """Columns or rows from the address, or `otherwise` where they are none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and int(text) in SIZES else otherwise

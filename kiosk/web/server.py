"""The page's server: every surface of it, each behind the same door.

Sub-class of textual-serve's server. What is ours: own page, own files and no folder of them, one page at a time, no
downloads, no log at all. A fault is reported by kind and place only (`kiosk.crash`). What breaks if it is wrong:
a surface without the door, or keys in a log.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web
from textual_serve.server import Server

from kiosk import crash
from kiosk.web.answers import Page, PageText, dress, static_files
from kiosk.web.connection import HEARTBEAT_S, LARGEST_FRAME, End, PageConnection, size_of
from kiosk.web.door import Asked, Door, Refusal
from kiosk.web.seat import Seat

LOOPBACK: Final = "127.0.0.1"
_POLICY: Final = "Content-Security-Policy"
_TAB: Final = "{tab:[0-9a-f-]{36}}"
"""A tab calls itself by a random number (RFC 9562); with `over` it takes the counter from another one."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What is to be served: the counter's command and environment, the page's words, where fault reports go.

    `refused` is the sentence for whoever has no right to ask.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    text: PageText
    refused: str
    data_dir: Path


class CounterServer(Server):
    """Serves one counter to one browser of this computer."""

    def __init__(self, plan: PagePlan, door: Door) -> None:
        """Read everything the page is made of.

        Raises:
            UnknownPageScriptError: This textual-serve's page script cannot be used.
        """
        super().__init__(shlex.join(plan.command), host=LOOPBACK, port=door.port)
        self.door = door
        self._plan = plan
        self._files = static_files()
        self._page = Page(plan.text)
        self._seat = Seat()
        self._connections: set[PageConnection] = set()

    @property
    def address(self) -> str:
        """What a person opens: it carries the token."""
        return f"{self.public_url}/?token={self.door.token}"

    def initialize_logging(self) -> None:
        """Nothing is logged: a traceback of the library shows local variables, and those are keys."""
        for name in ("aiohttp", "textual-serve"):
            logger = logging.getLogger(name)
            logger.handlers[:] = [logging.NullHandler()]
            logger.propagate = False

    def application(self) -> web.Application:
        """The routes, all of them behind the door."""
        app = web.Application(middlewares=[self._guarded])
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.get("/static/{name}", self.handle_file),
                web.get(f"/ws/{{token}}/{_TAB}", self.handle_websocket),
                web.get(f"/ws/{{token}}/{_TAB}/over", self.handle_websocket),
            ]
        )
        app.on_response_prepare.append(self._dressed)
        app.on_shutdown.append(self.on_shutdown)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """The door before every surface; a fault leaves with no value."""
        refusal = self.door.refusal(_asked(request))
        answer: web.StreamResponse
        if refusal is not None:
            answer = web.Response(status=_STATUS[refusal], text=self._plan.refused)
        else:
            try:
                answer = await handler(request)
            except web.HTTPException as error:
                answer = web.Response(status=error.status, text=error.reason)
            except Exception as error:
                crash.write_report(self._plan.data_dir, error, where="page")
                answer = web.Response(status=500)
        return answer

    async def _dressed(self, _request: web.Request, answer: web.StreamResponse) -> None:
        """Our headers on every answer, also on those that the library gives before it asks the middleware."""
        dress(answer)

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page. The token leaves the address bar at once; from then on the cookie opens the door."""
        shown, policy = self._page.render(request.headers["Host"].lower())  # the door looked at this, and nothing else
        headers = {_POLICY: policy, "Set-Cookie": self.door.cookie}
        return web.Response(text=shown, content_type="text/html", headers=headers)

    async def handle_file(self, request: web.Request) -> web.Response:
        """One of the page's files."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(text=found.text, content_type=found.kind)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The counter itself, for as long as the page is there."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, compress=False, max_msg_size=LARGEST_FRAME)
        await socket.prepare(request)
        page = PageConnection(socket, request.match_info["tab"], self._plan.command, self._plan.environ)
        self._connections.add(page)
        try:
            if not await self._seat.take(page, over=request.path.endswith("/over")):
                await page.close(End.BUSY)
            elif not socket.closed:
                columns, rows = (request.query.get(name, "") for name in ("width", "height"))
                await page.run(size_of(columns, 80), size_of(rows, 24))
        except Exception as error:
            crash.write_report(self._plan.data_dir, error, where="page")
            await page.close(End.FAULT)
        finally:
            self._seat.free(page)
            self._connections.discard(page)
        return socket

    async def on_shutdown(self, app: web.Application) -> None:
        """Tell every page that the server ends, and wait until no counter runs."""
        for page in tuple(self._connections):
            await page.close(End.SERVER)
        await self._seat.clear()


_STATUS: Final = {Refusal.HOST: 421, Refusal.ORIGIN: 403, Refusal.TOKEN: 403}


def _asked(request: web.Request) -> Asked:
    headers = request.headers
    return Asked(
        headers.getall("Host", ()),
        headers.getall("Origin", ()),
        headers.getall("Cookie", ()),
        request.match_info.get("token") or request.query.get("token", ""),
        is_websocket=request.path.startswith("/ws/") or "upgrade" in headers,
        target=request.raw_path,
    )

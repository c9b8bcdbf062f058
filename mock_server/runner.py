"""Serving applications on bound sockets, until SIGTERM or SIGINT, which end it with success.

Knows no options and no data folder. What breaks if wrong: a server that says it is ready and is not, or that cannot be
ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from mock_server.asgi import AsgiApp
from mock_server.listeners import BACKLOG, address_of, listen
from mock_server.peer_protocol import PeerProtocol

GRACE_S: Final = 2
"""How long requests may go on after the signal: one whose body never ends must not keep the server alive."""
ACCEPTED_AT_ONCE: Final = 8
"""Connections a process takes in one go, so that workers with one socket get their share."""


@dataclass(frozen=True, slots=True)
class Surface:
    """An application, and where it is served."""

    app: AsgiApp
    listener: socket.socket
    tls: ssl.SSLContext | None = None


def serve(
    surfaces: Sequence[Surface],
    on_ready: Callable[[Callable[[], None]], None],
    beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve all surfaces until told to end; returns then, with their sockets closed.

    `on_ready` is called once when connections are answered, with a function that ends the server from any thread.
    `beside` runs along and is cancelled in the end; when it returns or raises, the server ends too.
    """
    asyncio.run(_serve(surfaces, on_ready, beside))


async def _serve(
    surfaces: Sequence[Surface],
    on_ready: Callable[[Callable[[], None]], None],
    beside: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    servers = [_Server(_config(surface), surface.listener) for surface in surfaces]
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end(*_: object) -> None:
        loop.call_soon_threadsafe(told.set)

    with _signals(end):
        serving = [asyncio.create_task(server.serve(sockets=[server.listener])) for server in servers]
        companions = [] if beside is None else [asyncio.create_task(beside())]
        ready, waiting = asyncio.create_task(_all_ready(servers)), asyncio.create_task(told.wait())
        try:
            await asyncio.wait([ready, *serving], return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                on_ready(end)
            await asyncio.wait([waiting, *serving, *companions], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for server in servers:
                server.should_exit = True
            for task in (ready, waiting, *companions):
                task.cancel()
            results = await asyncio.gather(ready, waiting, *serving, *companions, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result


async def _all_ready(servers: Sequence[_Server]) -> None:
    for server in servers:
        await server.is_ready.wait()


def run_server(app: AsgiApp, host: str, port: int, on_ready: Callable[[str, int], None]) -> None:
    """Serve one application without TLS until told to end. `port` 0 takes a free one.

    Raises:
        SetupError: `setup.host.unknown`, `setup.port.in_use`, `setup.port.denied`, `setup.listener.unusable`.
    """
    with contextlib.closing(listen(address_of(host), port)) as listener:
        bound = listener.getsockname()
        serve([Surface(app, listener)], lambda _: on_ready(bound[0], bound[1]))


def _config(surface: Surface) -> uvicorn.Config:
    tls = surface.tls
    return uvicorn.Config(
        surface.app,
        http=PeerProtocol,
        ws="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        backlog=ACCEPTED_AT_ONCE,
        timeout_graceful_shutdown=GRACE_S,
        ssl_context_factory=None if tls is None else lambda *_: tls,
    )


class _Server(uvicorn.Server):
    """uvicorn, telling when it is ready; signals are met for all servers together."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self.listener = listener
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listener.listen(BACKLOG)  # asyncio made the kernel's queue as short as its own
        self.is_ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _signals(end: Callable[..., None]) -> Iterator[None]:
    # Only the main thread gets signals; elsewhere whoever started the thread ends it.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous: dict[int, Any] = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)

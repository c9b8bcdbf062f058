"""Serving the application on a listener of its own, until SIGTERM or SIGINT, which end it with success.

Loopback only: `/v1` knows neither TLS nor institution tokens, and without them it must not be reachable from elsewhere
(design.md §3). The socket is bound here first, so that a port in use is a sentence and not a log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from mock_server.errors import SetupError

BACKLOG = 128
GRACE_S = 2
"""How long requests may go on after the signal: one whose body never ends must not keep the server alive."""


def run_server(app: FastAPI, host: str, port: int, on_ready: Callable[[str, int], None]) -> None:
    """Serve until told to end; returns then. `port` 0 takes a free one.

    `on_ready` is called once with the address and port when connections are answered.

    Raises:
        SetupError: `setup.host.not_loopback`, `setup.port.in_use`, `setup.port.denied`, `setup.listener.unusable`.
    """
    address = loopback_address(host)
    with contextlib.closing(_listen(address, port)) as listener:
        bound = listener.getsockname()
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        server = _Server(config, lambda: on_ready(bound[0], bound[1]))
        asyncio.run(server.serve(sockets=[listener]))


def loopback_address(host: str) -> str:
    """The literal loopback address `host` means.

    Raises:
        SetupError: `setup.host.not_loopback`.
    """
    literal = "127.0.0.1" if host.lower() == "localhost" else host
    try:
        if ipaddress.ip_address(literal).is_loopback:
            return literal
    except ValueError:
        pass
    raise SetupError("setup.host.not_loopback", host=host)


class _Server(uvicorn.Server):
    """uvicorn, telling when it is ready, and ending quietly on a signal instead of raising it again."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Only the main thread gets signals; elsewhere whoever started the thread sets `should_exit`.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous: dict[int, Any] = {}
        for number in (signal.SIGTERM, signal.SIGINT):
            previous[number] = signal.signal(number, self.handle_exit)
        try:
            yield
        finally:
            for caught, handler in previous.items():
                signal.signal(caught, handler)


def _listen(address: str, port: int) -> socket.socket:
    params = {"host": address, "port": str(port)}
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _listener_error(error, params) from error
    return listener


def _listener_error(error: Exception, params: dict[str, str]) -> SetupError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return SetupError("setup.port.in_use", **params)
    if number in (errno.EACCES, errno.EPERM):
        return SetupError("setup.port.denied", **params)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return SetupError("setup.listener.unusable", **params, reason=reason)

"""Serving the page until somebody ends it: the event loop, the signals, the order in which things end.

SIGTERM, SIGINT and SIGHUP end it in order: the page is told, the counter ends its visit and lets the reader go, and
only then the server goes. What breaks if it is wrong: a counter without a server, or a port that stays taken.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from kiosk import crash
from kiosk.web.connections import PageProtocol
from kiosk.web.server import CounterServer


def serve(server: CounterServer, listener: socket.socket, data_dir: Path, ready: Callable[[], None]) -> None:
    """Answer on `listener` until a signal comes; `ready` is called when a browser can be opened.

    `data_dir` is where a fault is reported, by kind and place only.
    """
    server.initialize_logging()
    crash.install(data_dir)
    asyncio.run(_serve(server, listener, data_dir, ready))


async def _serve(server: CounterServer, listener: socket.socket, data_dir: Path, ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    crash.install_in_loop(data_dir, loop)
    told_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, told_to_end.set)
    runner = web.AppRunner(server.application(), access_log=None, handle_signals=False)
    await runner.setup()
    manager = runner.server
    assert manager is not None
    no_log: dict[str, Any] = {"access_log": None}
    listening = await loop.create_server(lambda: PageProtocol(manager, loop=loop, **no_log), sock=listener)
    try:
        ready()
        await told_to_end.wait()
    finally:
        listening.close()
        await runner.cleanup()

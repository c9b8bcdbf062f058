"""One worker process: the public application over a backend of its own, on a socket it inherited.

What breaks if wrong: a worker that goes on after its parent is gone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from eligibility.calendar import JST
from mock_server.composition import Exposure, build_app, open_backend
from mock_server.errors import SetupError
from mock_server.runner import Surface, serve
from mock_server.serving_memory import settle
from mock_server.tls import TlsFiles, server_tls
from mock_server.workers import READY, WorkerOrder


def main() -> None:
    """Serve what the line on standard input says, until SIGTERM or the end of that input; a set-up error is exit 1."""
    order = WorkerOrder.from_line(sys.stdin.buffer.readline())
    listener = socket.socket(fileno=order.listener)
    try:
        _serve(order, listener)
    except SetupError as error:
        print(f"worker: {error.code}", file=sys.stderr)  # noqa: T201 - it has no other voice; the code holds no value
        sys.exit(1)


def _serve(order: WorkerOrder, listener: socket.socket) -> None:
    shift = timedelta(days=order.days_moved)
    backend = open_backend(
        Path(order.data_dir),
        now=lambda: datetime.now(JST) + shift,
        random_bytes=os.urandom,
        database_url=order.database_url,
        trust_files=[Path(name) for name in order.trust_files],
        faces=order.faces,
    )
    with contextlib.closing(backend):
        tls = None
        if order.tls is not None:
            certificate, key, client_ca = order.tls
            tls = server_tls(TlsFiles(Path(certificate), Path(key), Path(client_ca) if client_ca else None))
        app = build_app(backend, Exposure(order.names, tokens_required=order.tokens_required, rate=order.rate))
        serve([Surface(app, listener, tls)], _ready)


def _ready(end: Callable[[], None]) -> None:
    descriptor = sys.stdin.fileno()

    def outlive_nobody() -> None:
        # Not through sys.stdin: its lock would be held by this thread when the interpreter ends.
        while os.read(descriptor, 1):
            pass
        end()

    settle()
    threading.Thread(target=outlive_nobody, name="parent", daemon=True).start()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()

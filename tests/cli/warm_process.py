"""The program of `WarmStart`: loads what the command's runs load, and forks one for each order.

Usage: warm_process.py SOCKET COMMAND     Ends when the other end of the socket is closed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
from typing import Final

LOADED: Final = (
    *(f"kiosk.cli.{name}" for name in ("main", "batch", "bundle", "card", "check", "composition", "config_command")),
    *(f"kiosk.cli.{name}" for name in ("decide", "doctor", "doctor_server", "doctor_software", "held_card", "journal")),
    *(f"kiosk.cli.{name}" for name in ("rehearse", "rules", "server")),
    *(f"kiosk.services.{name}" for name in ("card_desk", "decider", "http_asker", "qualification_client")),
    *(f"mock_server.{name}" for name in ("admin", "composition", "population", "received", "revocation", "running")),
    *("kiosk.journal", "reader.card.applet", "reader.doctor"),
    *("alembic.command", "alembic.ddl.sqlite", "anyio._backends._asyncio", "cryptography.x509", "filelock", "httpx2"),
    *("importlib.resources.readers", "sqlalchemy.dialects.sqlite"),
)
"""Load the rest. What looks at the arguments, the environment or the machine as it is loaded is not among them."""


def wait_for_order(orders: socket.socket) -> tuple[str | None, list[str]]:
    """Fork for each order; returns in the forked process only, with a program in place of the command and arguments."""
    while True:
        order, ends, _, _ = socket.recv_fds(orders, 1 << 20, 3)
        if not order:
            sys.exit(0)
        while not order.endswith(b"\n"):
            order += orders.recv(1 << 20)
        child = os.fork()
        if child == 0:
            orders.close()
            wanted = json.loads(order)
            for number, end in enumerate(ends):
                os.dup2(end, number)
                os.close(end)
            os.environ.clear()
            os.environ.update(wanted["environment"])
            os.chdir(wanted["cwd"])
            return wanted["program"], wanted["arguments"]
        for end in ends:
            os.close(end)
        orders.sendall(b"%d\n" % child)
        _, status = os.waitpid(child, 0)
        orders.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    ORDERS = socket.socket(fileno=int(sys.argv[1]))
    sys.argv = [sys.argv[2]]
    sys.path[0] = os.path.dirname(sys.argv[0])  # noqa: PTH120 - as the interpreter does for the command
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    program, sys.argv[1:] = wait_for_order(ORDERS)
    if program is not None:
        sys.argv[0] = "-c"
        exec(program, {"__name__": "__main__"})
        sys.exit()
    from kiosk.cli import run

    sys.exit(run())

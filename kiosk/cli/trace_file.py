"""`--trace FILE`: what is said to a card, masked, into a new file that only its owner can read.

The masks are `reader.masking`'s: no PIN, no certificate and no signature stands in it. What breaks if it is wrong: a
trace that somebody hands on has a person in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.errors import CommandError

if TYPE_CHECKING:  # annotations only
    from reader.connection import SmartCardConnection
    from reader.trace import Exchange

Wrap = Callable[["SmartCardConnection"], "SmartCardConnection"]
"""Puts something around a connection."""


@contextmanager
def traced_into(name: str | None) -> Iterator[Wrap]:
    """What to put around each connection so that it is traced into the new file `name`; nothing where that is None.

    The file is written when the block ends, however that is: a visit that failed is what a trace is for. Where no card
    was reached there is no file. An error of the block is told before one of the file.

    Raises:
        CommandError: `file_exists`, `trace_file`.
    """
    if name is None:
        yield lambda connection: connection
        return
    from reader.trace import TracedConnection

    path = Path(name)
    _make(path)
    exchanges: list[Exchange] = []
    atr = b""

    def wrap(connection: SmartCardConnection) -> SmartCardConnection:
        nonlocal atr
        atr = connection.atr
        return TracedConnection(connection, exchanges.append)

    try:
        yield wrap
    except BaseException:
        with suppress(CommandError):
            _fill(path, exchanges, atr)
        raise
    _fill(path, exchanges, atr)


def _fill(path: Path, exchanges: list[Exchange], atr: bytes) -> None:
    from reader.recording import Recording

    try:
        if exchanges:
            Recording(tuple(exchanges), atr).save(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError("trace_file", path=path, reason=error) from error


def _make(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise CommandError("file_exists", path=path) from None
    except OSError as error:
        raise CommandError("trace_file", path=path, reason=error) from error

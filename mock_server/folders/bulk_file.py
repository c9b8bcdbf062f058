"""The result of a bulk request as a file: XML in pieces, or a ZIP that holds it, in constant memory.

A real `02res` is met in both forms (online-qualification.md §1.2). What breaks if wrong: ten thousand people at once in
the memory of the server.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime


class _Drain(io.RawIOBase):
    """Collects what is written until somebody takes it; cannot go back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # zipfile writes bytes only
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Everything since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def zipped(name: str, pieces: Iterable[bytes], at: str) -> Iterator[bytes]:
    """A ZIP with one file in it, in pieces; `at` is the file's moment as a message has it, YYYYMMDDHHmmss."""
    drain = _Drain()
    moment = datetime.strptime(at, "%Y%m%d%H%M%S")  # noqa: DTZ007 - a ZIP has local times only
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(info, "w") as inner:
            for piece in pieces:
                inner.write(piece)
                yield drain.take()
        yield drain.take()
    yield drain.take()

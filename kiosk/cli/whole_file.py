"""A file for people, written whole or not at all: what was there before stays until the new one is complete.

If it is wrong, somebody opens a list that ends in the middle and takes it for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kiosk.cli.errors import CommandError


@contextmanager
def whole_file(path: Path, code: str, *, encoding: str = "utf-8", errors: str = "strict") -> Iterator[TextIO]:
    """A file beside `path` to write into, put in its place at the end; line ends stay as they are written.

    Raises:
        CommandError: `code`: with the path and the system's reason.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with beside.open("w", encoding=encoding, errors=errors, newline="") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(code, path=path, reason=error) from error

"""How other programs of this user find a running `card emulate`: a socket, or a link to one, below the data folder.

`<data>/emulators/<process>.sock`. Where that name would be too long for a socket, the program is not found and
works all the same. What breaks if it is wrong: the server's page offers a card reader that is not there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER: Final = "emulators"
LONGEST_NAME: Final = 100
"""Bytes; a socket's name has 108 with its end (unix(7))."""


def own_door(data_dir: Path) -> Path | None:
    """Where this process's control socket can lie when nobody named one; None where the name would be too long."""
    path = data_dir / FOLDER / f"{os.getpid()}.sock"
    if len(os.fsencode(path)) > LONGEST_NAME:
        return None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return path


@contextmanager
def announced(data_dir: Path, control: Path) -> Iterator[None]:
    """While the block lasts a control socket that lies elsewhere can be found below the data folder."""
    link = own_door(data_dir)
    if link is None or link == control:
        yield
        return
    with contextlib.suppress(OSError):
        link.unlink(missing_ok=True)
        link.symlink_to(control.absolute())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            link.unlink(missing_ok=True)

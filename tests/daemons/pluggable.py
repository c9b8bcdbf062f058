"""A reader that can be unplugged, on a real pcscd: the private one, with a driver around the driver for virtual cards.

Owns: compiling that driver (pluggable_driver.c). While it is unplugged pcscd answers for the reader with "unavailable";
unlike a USB reader's its name stays on the list. What breaks if this is wrong: nobody notices that the counter stays
dead after somebody tripped over the reader's cable.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemons.private_pcscd import PROJECT, PrivatePcscd

_SOURCE = PROJECT / "tests" / "daemons" / "pluggable_driver.c"


class PluggableReader:
    """The reader of a private pcscd that runs with the pluggable driver."""

    def __init__(self, daemon: PrivatePcscd) -> None:
        self.daemon = daemon
        self._mark = Path(f"{daemon.driver}.unplugged")

    def unplug(self) -> None:
        """Pull the cable; pcscd notices at its next look, or with the next command."""
        self._mark.touch()

    def plug_in(self) -> None:
        """Put it back; pcscd notices at its next look."""
        self._mark.unlink(missing_ok=True)


def _compiled(daemon: PrivatePcscd) -> Path:
    library = daemon.driver.with_name("pluggable_driver.so")
    if not library.exists():
        command = [
            "cc",
            "-shared",
            "-fPIC",
            "-O1",
            f'-DDRIVER="{daemon.driver}"',
            "-o",
            str(library),
            str(_SOURCE),
            "-ldl",
        ]
        subprocess.run(command, check=True)
        library.chmod(0o755)
    return library


def why_not() -> str | None:
    """Why there is no such reader on this machine; None where there is."""
    if shutil.which("cc") is None:
        return "a driver whose reader can be unplugged needs a compiler (apt install gcc libc6-dev)"
    return None


@contextmanager
def pluggable_reader(daemon: PrivatePcscd) -> Iterator[PluggableReader]:
    """`daemon`, restarted with a reader that can be unplugged; an ordinary one again afterwards."""
    if reason := why_not():
        pytest.skip(reason)
    reader = PluggableReader(daemon)
    daemon.kill()
    daemon.start(driver=_compiled(daemon))
    try:
        yield reader
    finally:
        reader._mark.unlink(missing_ok=True)
        daemon.restart()

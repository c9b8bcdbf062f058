"""The machine as the doctor sees it: files below a root, the environment, other programs' answers. All replaceable.

Rule: looks, never changes anything, and never waits longer than a few seconds for another program.
What breaks if this is wrong: a finding that no test can stage, or a doctor that hangs on a sick machine.
"""

from __future__ import annotations

import ctypes
import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 5.0
"""How long another program may take to answer."""
VPCD_PORTS: Final = (35963, 35964)
"""Where vpcd listens for its two slots (jpki-card.md §3.1)."""
SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
"""Names the socket of another PC/SC service than the system's (libpcsclite)."""
_SBIN: Final = ("/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin", "/usr/local/bin")
"""Where daemons lie; an ordinary user's PATH may not name them."""


def ask_program(command: Sequence[str]) -> str | None:
    """Standard output of a program in English; None where it is not there, fails, or does not answer in time."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed list of programs, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            env={**os.environ, "LC_ALL": "C", "PATH": os.pathsep.join((os.environ.get("PATH", os.defpath), *_SBIN))},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def library_loads(name: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def user_name() -> str:
    """Who runs this, as polkit would be asked; the number of the user where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "?"


@dataclass(frozen=True)
class System:
    """One machine. The default is this one."""

    root: Path = Path("/")
    """Where /proc, /sys, /run and /etc are looked for."""
    platform: str = sys.platform
    """As `sys.platform` names it."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ask: Callable[[Sequence[str]], str | None] = ask_program
    loads: Callable[[str], bool] = library_loads
    user: str = field(default_factory=user_name)
    vpcd_ports: tuple[int, ...] = VPCD_PORTS

    @property
    def is_linux(self) -> bool:
        """Whether there are /proc, /sys and pcscd to be looked at."""
        return self.platform.startswith("linux")

    @property
    def has_systemd(self) -> bool:
        """Whether systemd runs this machine (sd_booted(3))."""
        return self.is_linux and self.path("/run/systemd/system").is_dir()

    @property
    def own_service(self) -> str | None:
        """The socket of another PC/SC service that somebody named, or None: then the system's is meant."""
        return self.environ.get(SOCKET_VARIABLE) or None

    def path(self, absolute: str) -> Path:
        """A path of that machine."""
        return self.root / absolute.lstrip("/")

    def has(self, absolute: str) -> bool:
        """Whether something is there, as far as this user may look; False for a name that cannot be one."""
        return os.path.exists(self.path(absolute))  # noqa: PTH110 - Path.exists raises where a folder is closed to us

    def read(self, absolute: str) -> str | None:
        """The text of a file; None where it cannot be read."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def listed(self, absolute: str) -> tuple[Path, ...]:
        """What lies in a folder, by name; empty where there is no such folder."""
        try:
            return tuple(sorted(self.path(absolute).iterdir()))
        except OSError:
            return ()

    def has_daemon(self, name: str) -> bool:
        """Whether a daemon's program is installed."""
        return any(self.has(f"{folder}/{name}") for folder in _SBIN)

    def runs(self, name: str) -> bool:
        """Whether a process of that name runs, as far as this user may see processes."""
        return any(
            folder.name.isdigit() and (self.read(f"/proc/{folder.name}/comm") or "").strip() == name
            for folder in self.listed("/proc")
        )

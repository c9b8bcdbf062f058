"""Where a running server says how it is reached, for the commands on the same machine.

`<data>/server/run.json`, readable by its owner only, because it holds the token of the admin listener and the address
of the store; a second server of the same folder has a file beside it. Light: commands read it before they load
anything. What breaks if wrong: `scenario arm` reaches nobody, or a server that is long gone.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Running:
    """One server: its process, its two addresses, and the token for the second."""

    pid: int
    url: str
    """Where `/v1` is."""
    admin_url: str
    """Where admin and console are; always on loopback."""
    admin_token: str = field(repr=False)
    started_at: str
    """ISO 8601, by the machine's clock."""
    database_url: str = field(default="", repr=False)
    """Its store, with a password where there is one; "" where nobody said."""


_TEXTS: Final = ("url", "admin_url", "admin_token", "started_at")


def running_file(data_dir: Path) -> Path:
    """Where it is written down."""
    return data_dir / "server" / "run.json"


def publish(data_dir: Path, running: Running) -> None:
    """Write it down, whole or not at all; where another server is there already, beside it. Raises OSError."""
    path = running_file(data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = _read(path)
    if first is not None and first.pid != running.pid and _is_alive(first.pid):
        path = _beside(path, running.pid)
    new = path.with_name(f".run-{running.pid}.new")
    new.unlink(missing_ok=True)
    number = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(asdict(running), file)
    new.replace(path)


def find_all(data_dir: Path) -> list[Running]:
    """The servers of a data folder, the first one first; neither what nobody can read nor a process that is gone."""
    path = running_file(data_dir)
    read = [_read(one) for one in (path, *sorted(path.parent.glob(_beside(path, "*").name)))]
    return [running for running in read if running is not None and _is_alive(running.pid)]


def find(data_dir: Path) -> Running | None:
    """The first server of a data folder; None where none runs."""
    return next(iter(find_all(data_dir)), None)


def withdraw(data_dir: Path, pid: int) -> None:
    """Take away in the end what the server of that process wrote down, and nobody else's. Raises OSError."""
    path = running_file(data_dir)
    for one in (path, _beside(path, pid)):
        running = _read(one)
        if running is not None and running.pid == pid:
            one.unlink(missing_ok=True)


def _beside(path: Path, pid: int | str) -> Path:
    """Where a further server of the same folder says so."""
    return path.with_name(f"run-{pid}.json")


def _read(path: Path) -> Running | None:
    try:
        told = json.loads(path.read_bytes())
        texts = {name: str(told[name]) for name in _TEXTS}
        return Running(pid=int(told["pid"]), database_url=str(told.get("database_url", "")), **texts)
    except (OSError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _is_alive(pid: int) -> bool:
    """Whether there is such a process; one of another user counts. A number used again cannot be told from it."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # not ours, but there
        return True
    return True

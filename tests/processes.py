"""Other processes as the system sees them: each may end between two looks at it, and that is no error."""

from __future__ import annotations

from contextlib import suppress

import psutil


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended, whether or not its parent has heard of that."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def living_children(pid: int) -> list[psutil.Process]:
    """The children of a process that have not ended."""
    return [child for child in psutil.Process(pid).children() if not is_gone(child)]


def kill_hard(*processes: psutil.Process) -> None:
    """`kill -9` of each, in this order, that is still there."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()

"""Worker processes that share one listening socket and one database: start them, keep their number, end them.

Each is a program of its own, told by one line on its standard input what to serve; when that input ends, because the
parent is gone, it ends too. What breaks if wrong: a worker that nobody ends, or a dead one that nobody replaces.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import mock_server
from mock_server.errors import SetupError
from mock_server.runner import GRACE_S

READY: Final = b"ready\n"
_PROGRAM: Final = "from mock_server.worker_process import main; main()"
_SHORTEST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
"""Between the death of a worker and the start of the next, doubled while they die before they are ready."""
_END_S: Final = GRACE_S + 8
"""How long a worker may take to end before it is killed."""


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What a worker is to serve: plain values, so that they can travel."""

    data_dir: str
    database_url: str | None
    trust_files: tuple[str, ...]
    days_moved: int
    """By how many days its clock differs from the machine's."""
    faces: tuple[str, ...]
    """Institutions whose card answers become face files."""
    names: tuple[str, ...]
    """What the server may be asked under."""
    tokens_required: bool
    rate: float | None
    tls: tuple[str, str, str | None] | None
    """Files: certificate, key, CA of client certificates."""
    listener: int
    """The listening socket's descriptor, which the worker inherits."""

    def to_line(self) -> bytes:
        """As one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> WorkerOrder:
        """From `to_line`'s."""
        found: dict[str, Any] = json.loads(line)
        lists = ("trust_files", "faces", "names")
        tls = found["tls"]
        return cls(**{**found, **{name: tuple(found[name]) for name in lists}, "tls": tls and tuple(tls)})


class WorkerPool:
    """`count` workers, all alike. `run` keeps them until it is cancelled."""

    def __init__(self, order: WorkerOrder, count: int, on_ready: Callable[[], None]) -> None:
        """`on_ready` is called once, when all of them answer."""
        self._order = order
        self._on_ready = on_ready
        self._starting = count
        self.processes: dict[int, asyncio.subprocess.Process] = {}
        """The living, by place."""

    async def run(self) -> None:
        """Start the workers and replace those that die.

        Raises:
            SetupError: `setup.worker.failed`: one died before it was ever ready.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for place in range(self._starting):
                    group.create_task(self._keep(place))
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _keep(self, place: int) -> None:
        pause, first = _SHORTEST_PAUSE_S, True
        while True:
            process = await self._start()
            self.processes[place] = process
            try:
                was_ready = await _says_ready(process)
                if first and not was_ready:
                    raise SetupError("setup.worker.failed")
                if first:
                    self._is_ready()
                first = False
                await process.wait()
            finally:
                await _end(process)
                del self.processes[place]
            pause = _SHORTEST_PAUSE_S if was_ready else min(2 * pause, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    def _is_ready(self) -> None:
        self._starting -= 1
        if self._starting == 0:
            self._on_ready()

    async def _start(self) -> asyncio.subprocess.Process:
        root = str(Path(mock_server.__file__).parent.parent)
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-c",
            _PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            pass_fds=[self._order.listener],
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to handle
        )
        assert process.stdin is not None
        process.stdin.write(self._order.to_line())
        return process


async def _says_ready(process: asyncio.subprocess.Process) -> bool:
    assert process.stdout is not None
    return await process.stdout.readline() == READY


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it in order; kill it where it does not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    waiting = asyncio.ensure_future(process.wait())
    done, _ = await asyncio.wait([waiting], timeout=_END_S)
    if not done:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await waiting
    if process.stdin is not None:
        process.stdin.close()

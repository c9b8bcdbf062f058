"""One run of the counter behind the page: started with the browser, ended with it, never left alone.

Sub-class of textual-serve's service, which knows how packets look. What is ours: the command is started without a
shell, what it says on its error output is kept short and never written where others read, and its end is waited for,
asked for twice and then forced. What breaks if it is wrong: two counters on one reader, or an end nobody is told of.
"""

from __future__ import annotations

import asyncio
import shlex
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from kiosk.web import DRIVER

ORDERLY_S: Final = 12.0
"""How long the counter may take to let go of card, reader and journal."""
FORCED_S: Final = 18.0
"""How long it may take after it was told by signal: longer than it gives itself (kiosk.cli.last_resort)."""
_READY: Final = b"__GANGLION__\n"
_PRELUDE_LINES: Final = 10
_LARGEST_PACKET: Final = 8_000_000
_KEPT_BYTES: Final = 4_000
_DATA: Final = b"D"


class CounterProcess(AppService):
    """One run. `environ` is what the counter's environment is made of; `draw` takes what it draws."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        draw: Callable[[bytes], Awaitable[None]],
    ) -> None:
        async def nothing(*_: object) -> None:
            """No file, no address and no closing through the library: the page is ours."""

        super().__init__(
            shlex.join(command),
            write_bytes=draw,
            write_str=nothing,
            close=nothing,
            download_manager=DownloadManager(),
        )
        self._argv = tuple(command)
        self._environ = dict(environ)
        self._said = b""

    @property
    def said(self) -> str:
        """The end of what it wrote to its error output: the sentence for why it ended."""
        return self._said.decode("utf-8", "replace").strip()

    async def end(self) -> int:
        """Wait until the run has ended by itself; its exit code, negative where a signal ended it."""
        assert self._task is not None
        assert self._process is not None
        await asyncio.shield(self._task)
        return await self._process.wait()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """Our own environment without Textual's variables, some of which would write keys somewhere; sizes in cells."""
        kept = {name: value for name, value in self._environ.items() if not name.startswith("TEXTUAL")}
        return {
            **kept,
            "COLUMNS": str(width),
            "ROWS": str(height),
            "PYTHONUTF8": "1",
            "TERM_PROGRAM": "textual",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TEXTUAL_DISABLE_KITTY_KEY": "1",
            "TEXTUAL_DRIVER": DRIVER,
        }

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        process = await asyncio.create_subprocess_exec(
            *self._argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True
        )
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Carry what the counter draws until its output ends."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        complaints = asyncio.create_task(self._keep_complaints(process.stderr))
        try:
            await self._carry(process.stdout)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            await self._see_off(process)
            await complaints

    async def _carry(self, output: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, ValueError):  # its output has ended, or was none of a counter
            for _ in range(_PRELUDE_LINES):
                if await output.readline() == _READY:
                    break
            else:
                return
            while True:
                kind = await output.readexactly(1)
                size = int.from_bytes(await output.readexactly(4), "big")
                if size > _LARGEST_PACKET:
                    return
                payload = await output.readexactly(size)
                if kind == _DATA:
                    with suppress(ConnectionError):  # the browser has gone; the counter is told elsewhere
                        await self.remote_write_bytes(payload)

    async def _keep_complaints(self, errors: asyncio.StreamReader) -> None:
        while data := await errors.read(_KEPT_BYTES):
            self._said = (self._said + data)[-_KEPT_BYTES:]

    async def _see_off(self, process: Process) -> None:
        """Wait for the end; tell it by signal, and force it, where it does not come."""
        for patience, insist in ((ORDERLY_S, process.terminate), (FORCED_S, process.kill)):
            try:
                await asyncio.wait_for(process.wait(), patience)
                return
            except TimeoutError:
                with suppress(ProcessLookupError):
                    insist()
        await process.wait()

    async def stop(self) -> None:
        """End the run in order and wait for it; once it has ended this does nothing."""
        task, process = self._task, self._process
        if task is None or process is None or task.done():
            return
        await self.send_meta({"type": "quit"})
        with suppress(OSError, RuntimeError):
            self.stdin.close()  # nothing more is typed; a counter that did not hear it ends all the same
        seeing_off = asyncio.create_task(self._see_off(process))
        await asyncio.wait({task, seeing_off}, return_when=asyncio.ALL_COMPLETED)

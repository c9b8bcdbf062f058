"""Crash reports that can be handed to anybody: types, function names, files and lines, and nothing else.

Rule: no local variables, no exception arguments, no source text, no environment. An exception's words may carry what a
person typed or what a card said, so only its class is written. What breaks if this is wrong: a PIN or a patient in a
file (design.md §2).
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Any, Final

FOLDER: Final = "crash"
NOTES: Final = "notes.log"
_JST: Final = timezone(timedelta(hours=9))
_ROOT: Final = Path(__file__).resolve().parent.parent
_KEPT_REPORTS: Final = 20


def describe(error: BaseException) -> str:
    """The exception and what led to it, as text: class names and places in the code only."""
    return "\n".join(_lines(error))


def _lines(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{type(current).__module__}.{type(current).__qualname__}"
        frame: TracebackType | None = current.__traceback__
        while frame is not None:
            code = frame.tb_frame.f_code
            yield f"  {_place(code.co_filename)}:{frame.tb_lineno} {code.co_qualname}"
            frame = frame.tb_next
        if isinstance(current, BaseExceptionGroup):
            for inner in current.exceptions:
                yield from (f"  | {line}" for line in _lines(inner))
        cause = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if cause is not None and id(cause) not in seen:
            yield "which came from"
        current = cause


def _place(file: str) -> str:
    """The file below our own folder or below its package folder: no home directory, no user name."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(_ROOT))
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return "/".join(path.parts[-2:])


def write_report(data_dir: Path, error: BaseException, *, where: str, now: datetime | None = None) -> Path | None:
    """Write one report below `data_dir/crash/` (folder 0700, file 0600) and return its path.

    `where` names the part that failed, in our own words. Returns None where the disk refuses: a crash report must not
    be the next crash.
    """
    moment = now or datetime.now(_JST)
    folder = data_dir / FOLDER
    head = (f"madoguchi {where}", moment.isoformat(timespec="seconds"), f"python {sys.version.split()[0]}", "")
    body = "\n".join((*head, describe(error), ""))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stem = f"crash-{moment:%Y%m%d-%H%M%S}"
        earlier = [int(path.stem[-3:]) for path in folder.glob(f"{stem}-[0-9][0-9][0-9].txt")]
        for number in range(max(earlier, default=-1) + 1, 1000):
            path = folder / f"{stem}-{number:03d}.txt"
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(body)
            except OSError:
                path.unlink(missing_ok=True)  # a full disk: an empty report tells nobody anything
                raise
            _keep_the_newest(folder)
            return path
    except OSError:
        return None
    return None


def _keep_the_newest(folder: Path) -> None:
    """A fault that comes back every minute must not fill the disk."""
    for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT_REPORTS]:
        old.unlink(missing_ok=True)


def note(data_dir: Path, line: str, *, now: datetime | None = None) -> None:
    """Append one line of our own words (never a person's) to the notes beside the reports."""
    moment = now or datetime.now(_JST)
    folder = data_dir / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(f"{moment.isoformat(timespec='seconds')} {line}\n")
    except OSError:
        return


def install(data_dir: Path) -> None:
    """Turn what Python would print with values into reports: faults in threads, and faults nobody can catch.

    The main thread's own exceptions stay its caller's. Call it once, before the screens.
    """

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            write_report(data_dir, args.exc_value, where="thread")

    def nowhere(args: sys.UnraisableHookArgs) -> None:
        note(data_dir, f"not raised: {args.exc_type.__name__}")

    threading.excepthook = in_thread
    sys.unraisablehook = nowhere


def install_in_loop(data_dir: Path, loop: asyncio.AbstractEventLoop) -> None:
    """The same for tasks and callbacks of an event loop, whose own handler would log values."""

    def in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            write_report(data_dir, error, where="loop")
        else:
            note(data_dir, "a fault in the event loop without an exception")

    loop.set_exception_handler(in_loop)

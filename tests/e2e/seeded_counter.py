"""The real counter as a program of its own, with a frozen clock and seeded randomness, for the differential PIN test.

Usage: python -m tests.e2e.seeded_counter DATA_DIR [--find PIN OUT] [--raise-in PIN FILE:FUNCTION MARK] [--imports OUT]
(the PINs in hexadecimal)

`--find` writes the names of all project functions that ever hold the PIN in a local variable: its digits in bytes or
text, the opaque handle, or a widget with digits in its buffer. `--raise-in` raises an exception inside the named
function, once, at the moment it returns while it holds the PIN, when all its variables are there, and makes the file
MARK: a widget that is not painted with the PIN in it was not struck. `--imports` writes which thread imported what
after everything was loaded.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import sys
import threading
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tuple(str(ROOT / name) + "/" for name in ("kiosk", "reader", "eligibility", "mock_server"))
MOMENT = "2026-11-20T09:14:00+09:00"


class InjectedError(Exception):
    """The exception a run was asked to suffer. Carries nothing."""


def seed_randomness() -> None:
    """`os.urandom` gives each calling module its own repeatable stream, whatever thread comes first."""
    counters: dict[str, itertools.count[int]] = defaultdict(itertools.count)
    lock = threading.Lock()

    def urandom(size: int) -> bytes:
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        with lock:
            block = next(counters[caller])
        return hashlib.shake_256(f"{caller}:{block}".encode()).digest(size)

    os.urandom = urandom


def place_of(frame: FrameType) -> str | None:
    """`file:function` for a function of this project, else None."""
    file = frame.f_code.co_filename
    if not file.startswith(PACKAGES):
        return None
    return f"{file[len(str(ROOT)) + 1 :]}:{frame.f_code.co_qualname}"


def holds_pin(value: object, pin: bytes, depth: int = 2) -> bool:
    """Whether a local variable is, or shallowly contains, the PIN's digits or the handle of a PIN."""
    from reader.pin import PinHandle

    match value:
        case PinHandle():
            return True
        case bytes() | bytearray():
            return pin in value
        case str():
            return pin.decode() in value
        case list() | tuple() | set() | frozenset() if depth:
            return any(holds_pin(item, pin, depth - 1) for item in list(value)[:50])
        case dict() if depth:
            return any(holds_pin(item, pin, depth - 1) for item in list(value.values())[:50])
    buffer = getattr(value, "_buffer", None)
    if isinstance(buffer, bytearray) and any(buffer):
        return True
    fields = getattr(type(value), "__dataclass_fields__", None)
    if fields and depth:
        return any(holds_pin(getattr(value, name, None), pin, depth - 1) for name in fields)
    return False


def frame_holds_pin(frame: FrameType, pin: bytes) -> bool:
    """Whether any local variable of the function does."""
    return any(holds_pin(value, pin) for value in list(frame.f_locals.values()))


def trace_with(at_return: Any) -> None:
    """Call `at_return(place, frame)` whenever a project function returns or suspends, in every thread.

    Only from the first key on the PIN pad: what a software card keeps in its image before that is not on its way.
    """
    typing = threading.Event()

    def on_call(frame: FrameType, event: str, _: object) -> Any:
        place = place_of(frame)
        if event != "call" or place is None:
            return None
        if place.endswith(":PinPad.on_key"):
            typing.set()
        if not typing.is_set():
            return None
        frame.f_trace_lines = False

        def within(frame: FrameType, event: str, _: object) -> Any:
            if event == "return":
                at_return(place, frame)
            return within

        return within

    threading.settrace(on_call)
    sys.settrace(on_call)


def find_pin_path(pin: bytes, out: Path) -> None:
    """Write every place once, as soon as it is found."""
    known: set[str] = set()

    def look(place: str, frame: FrameType) -> None:
        if place not in known and frame_holds_pin(frame, pin):
            known.add(place)
            with out.open("a") as file:
                file.write(place + "\n")

    trace_with(look)


def raise_in(pin: bytes, wanted: str, mark: Path) -> None:
    """Raise once, the first time the function returns while the PIN is in its hands."""
    done = threading.Event()

    def strike(place: str, frame: FrameType) -> None:
        if place == wanted and not done.is_set() and frame_holds_pin(frame, pin):
            done.set()
            mark.touch()
            raise InjectedError

    trace_with(strike)


def watch_imports(out: Path) -> None:
    """Write `thread module` for every module that is looked for from now on."""

    class Watcher:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            with out.open("a") as file:
                file.write(f"{threading.current_thread().name.replace(' ', '-')} {name}\n")

    sys.meta_path.insert(0, Watcher())


def main() -> int:
    """Run the counter until it is closed; its return code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--find", nargs=2)
    parser.add_argument("--raise-in", nargs=3)
    parser.add_argument("--imports", type=Path)
    options = parser.parse_args()
    moment = datetime.fromisoformat(MOMENT)
    seed_randomness()
    time.time_ns = lambda: int(moment.timestamp()) * 1_000_000_000  # the keys of exchanges begin with it

    from kiosk.cli.kiosk import prepare_textual, show

    prepare_textual(os.environ)
    from kiosk import crash
    from kiosk.app import KioskApp
    from kiosk.cli.composition import CounterPlan, load_services
    from kiosk.loading import Loaded

    class FrozenDatetime(datetime):
        """The crash report's clock."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment.astimezone(tz)

    vars(crash)["datetime"] = FrozenDatetime

    class WatchedApp(KioskApp):
        """Begins to watch when everything is loaded and before any card thread exists: loading stays quick."""

        CSS_PATH = str(ROOT / "kiosk" / "kiosk.tcss")

        def _loaded(self, loaded: Loaded) -> None:
            if options.find:
                find_pin_path(bytes.fromhex(options.find[0]), Path(options.find[1]))
            if options.raise_in:
                raise_in(bytes.fromhex(options.raise_in[0]), options.raise_in[1], Path(options.raise_in[2]))
            if options.imports:
                watch_imports(options.imports)
            super()._loaded(loaded)

    plan = CounterPlan(options.data_dir, lambda: moment, "ja")
    app = WatchedApp(lambda: load_services(plan), lang="ja", place="taro", data_dir=options.data_dir, clock=lambda: 0.0)
    return show(app, options.data_dir)


if __name__ == "__main__":
    sys.exit(main())

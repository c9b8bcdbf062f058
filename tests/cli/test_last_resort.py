"""An end that does not come by itself is forced, with the code it was to have; one that does is left alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import cast

import pytest

from kiosk.app import KioskApp
from kiosk.cli import last_resort
from kiosk.cli.kiosk import show
from kiosk.cli.last_resort import LastResort
from kiosk.crash import FOLDER, NOTES

LONG_ENOUGH_S = 60.0


def test_of_several_wishes_the_nearest_counts_and_the_end_is_noted(tmp_path: Path) -> None:
    left: SimpleQueue[int] = SimpleQueue()
    resort = LastResort(tmp_path, left.put)
    resort.within(3600.0, 1)
    resort.within(0.0, 2)
    resort.within(3600.0, 3)
    assert left.get(timeout=LONG_ENOUGH_S) == 2
    assert (tmp_path / FOLDER / NOTES).read_text().endswith("ended by force\n")


def test_it_is_called_off_for_good_and_its_thread_ends(tmp_path: Path) -> None:
    left: list[int] = []
    before = set(threading.enumerate())
    resort = LastResort(tmp_path, left.append)
    [waiting] = set(threading.enumerate()) - before
    resort.within(3600.0, 1)
    resort.call_off()
    waiting.join(LONG_ENOUGH_S)
    assert not waiting.is_alive()
    resort.within(0.0, 2)
    assert left == []


def test_a_disk_that_refuses_the_note_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    left: SimpleQueue[int] = SimpleQueue()
    LastResort(tmp_path / "file", left.put).within(0.0, 4)
    assert left.get(timeout=LONG_ENOUGH_S) == 4


class Hanging:
    """In the place of the application: told to end by key, and its end never comes before somebody forces it."""

    def __init__(self) -> None:
        self.when_told_to_end: Callable[[], None] = lambda: None
        self.return_code: int | None = None
        self.forced = asyncio.Event()

    async def run_async(self) -> None:
        self.return_code = 0
        self.loop = asyncio.get_running_loop()
        self.when_told_to_end()
        await asyncio.wait_for(self.forced.wait(), LONG_ENOUGH_S)


def test_an_end_asked_for_by_key_comes_though_something_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Hanging()
    codes: list[int] = []

    def leave(resort: LastResort, code: int) -> None:
        codes.append(code)
        app.loop.call_soon_threadsafe(app.forced.set)

    monkeypatch.setattr(LastResort, "_force", leave)
    monkeypatch.setattr(last_resort, "AFTER_SIGNAL_S", 0.0)
    assert show(cast("KioskApp", app), tmp_path) == 0
    assert codes == [0]

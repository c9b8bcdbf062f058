"""An end that does not come by itself is forced, with the code it was to have; one that does is left alone."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

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

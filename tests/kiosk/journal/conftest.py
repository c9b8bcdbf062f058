"""A journal in a folder of its own, with a clock and nonces that a test decides."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.flow.effects import RecordVisit
from kiosk.journal import JournalFile
from kiosk.journal.files import DISK, Disk

JST = timezone(timedelta(hours=9))
MORNING = datetime(2026, 11, 20, 9, 14, 30, 123456, JST)


class Desk:
    """One counter's journal folder and key file, and a clock to be moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "journal"
        self.key_file = folder / "keys" / "journal.key"
        self.clock = MORNING
        self.random_bytes = random.Random(1).randbytes

    def journal(
        self, kiosk: str = "counter-1", *, head_file: Path | None = None, disk: Disk = DISK, run: str = ""
    ) -> JournalFile:
        return JournalFile(
            self.folder,
            self.key_file,
            now=lambda: self.clock,
            random_bytes=self.random_bytes,
            kiosk=kiosk,
            head_file=head_file,
            disk=disk,
            run=run,
        )

    def segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.journal"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def a_visit(number: int) -> RecordVisit:
    return RecordVisit(
        number, "OK_ONLINE", "pin", "", ("pin_unknown",), 1, "ratio:30", "01139997", ("answer_ratio", f"visit{number}")
    )


@pytest.fixture
def written(desk: Desk) -> Callable[[int], list[Path]]:
    """Write that many visits, one a day from the third on; the segments they lie in."""

    def write(visits: int) -> list[Path]:
        journal = desk.journal()
        for number in range(1, visits + 1):
            if number > 2:
                desk.clock += timedelta(days=1)
            journal.record(a_visit(number))
        return desk.segments()

    return write

"""Taking old days away for good: each segment's wrapped key is destroyed, and a tombstone stands in its place.

In this order, so that a crash at any moment leaves a chain that verifies: the tombstone, durable; then zeros over the
wrapped key; then over the rest; then the name. What a crash left behind the next start or purge finishes.
What breaks if it is wrong: a patient's day comes back, or a theft is taken for a purge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kiosk.journal.chain import NOTHING_YET
from kiosk.journal.files import DISK, Disk, locked
from kiosk.journal.key_file import KeyFile, as_key_file
from kiosk.journal.reading import Walk
from kiosk.journal.segments import Part, parts, read_segment, unfinished_purges
from kiosk.journal.tombstone import Tombstone


@dataclass(frozen=True, slots=True)
class Purged:
    """What was destroyed."""

    tombstones: tuple[Tombstone, ...] = ()

    @property
    def days(self) -> tuple[str, ...]:
        """The days, once each, oldest first."""
        return tuple(sorted({tombstone.day.isoformat() for tombstone in self.tombstones}))

    @property
    def entries(self) -> int:
        """How many entries they held."""
        return sum(tombstone.entries for tombstone in self.tombstones)


def candidates(folder: Path, before: date) -> list[Part]:
    """The segments of days before that one."""
    return [part for part in parts(folder) if not part.purged and part.day < before]


def newest_day(folder: Path) -> date:
    """The newest day of a journal: with a counter's own date (`--date`) it may lie ahead. `date.min` without any."""
    return max((part.day for part in parts(folder)), default=date.min)


def purge(
    folder: Path,
    key_file: Path | KeyFile,
    before: date,
    now: datetime,
    *,
    disk: Disk = DISK,
    progress: Callable[[int, int], None] | None = None,
) -> Purged:
    """Destroy every segment of a day before `before`. The newest day, which is in use, is never among them.

    A damaged segment goes too; its tombstone says that not all of it could be authenticated, and what follows it in the
    chain verifies as far as it did before.

    Raises:
        ValueError: `before` is after today, or after the newest day where the counter's clock is ahead.
        JournalKeyError: There is a journal and no usable key.
        OSError: The disk refuses; what was not destroyed is as it was.
    """
    if before > max(now.date(), newest_day(folder)):
        raise ValueError("only days before today can be purged")
    if not folder.is_dir():
        return Purged()
    keys = as_key_file(key_file)
    with locked(folder):
        for segment in unfinished_purges(folder):
            disk.destroy(segment)
        wanted = candidates(folder, before)
        buried = []
        for number, part in enumerate(wanted, start=1):
            buried.append(_bury(part, keys.master(), now, disk))
            if progress is not None:
                progress(number, len(wanted))
        return Purged(tuple(buried))


def _bury(part: Part, master: bytes, now: datetime, disk: Disk) -> Tombstone:
    text = read_segment(part.path)
    walk = Walk(master, ())
    walk.segment(part, text)
    opening = walk.opening
    found = Tombstone(
        opening.kiosk if opening else "",
        part.day,
        opening.sequence if opening else part.first,
        opening.previous if opening else NOTHING_YET.tag,
        walk.head,
        max(len(text.lines) - 1, 0),
        walk.only_out_of_place,
        now.replace(microsecond=0),
    )
    disk.replace(part.tombstone, found.line(master).encode())
    _destroy_wrapped_key(part.path, disk)
    disk.destroy(part.path)
    return found


def _destroy_wrapped_key(path: Path, disk: Disk) -> None:
    """Zeros over the first line, which holds the key the other lines are sealed with."""
    first_line = path.read_bytes().partition(b"\n")[0]
    disk.overwrite(path, b"0" * len(first_line))

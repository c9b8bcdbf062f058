"""Old days are destroyed for good, and the chain over all still verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.journal import Head, Verification, read, verify
from kiosk.journal.chain import OpeningLink, unseal
from kiosk.journal.files import Disk
from kiosk.journal.head_file import usual_head_file
from kiosk.journal.key_file import load_key
from kiosk.journal.purge import Purged, purge
from tests.kiosk.journal.conftest import Desk, a_visit

Write = Callable[[int], list[Path]]
SECOND_DAY = date(2026, 11, 21)


def check(desk: Desk) -> Verification:
    return verify(desk.folder, desk.key_file, head_file=usual_head_file(desk.folder))


def do_purge(desk: Desk, before: date, disk: Disk | None = None) -> Purged:
    return purge(desk.folder, desk.key_file, before, desk.clock, disk=disk or Disk())


def tombstones(desk: Desk) -> list[Path]:
    return sorted(desk.folder.glob("*.purged"))


def test_purged_days_are_gone_and_the_chain_still_verifies(desk: Desk, written: Write) -> None:
    written(5)  # two on the first day, then one a day
    done = do_purge(desk, date(2026, 11, 22))
    assert (done.days, done.entries) == (("2026-11-20", "2026-11-21"), 3)
    found = check(desk)
    assert found.whole
    assert [entry.visit for entry in found.entries] == [4, 5]
    assert [(stone.day, stone.entries, stone.whole) for stone in found.purged] == [
        (date(2026, 11, 20), 2, True),
        (SECOND_DAY, 1, True),
    ]
    assert [(stone.first, stone.last.sequence) for stone in found.purged] == [(1, 3), (4, 5)]
    assert found.purged[0].purged_at == desk.clock.replace(microsecond=0)
    assert len(desk.segments()) == len(tombstones(desk)) == 2


def test_the_day_itself_and_later_ones_stay(desk: Desk, written: Write) -> None:
    written(5)
    assert do_purge(desk, date(2026, 11, 20)).days == ()
    with pytest.raises(ValueError, match="before today"):
        do_purge(desk, desk.clock.date() + timedelta(days=1))
    assert len(desk.segments()) == 4


def test_all_days_but_today_can_go_and_the_counter_goes_on(desk: Desk, written: Write) -> None:
    written(4)
    desk.clock += timedelta(days=1)
    do_purge(desk, desk.clock.date())
    assert desk.segments() == []
    assert check(desk).whole
    journal = desk.journal()
    journal.prepare()
    assert journal.tail_lost is None
    journal.record(a_visit(9))
    assert [entry.visit for entry in read(desk.folder, desk.key_file)] == [9]
    assert check(desk).kept_head == check(desk).head


def test_a_journal_that_is_written_meanwhile_goes_on(desk: Desk, written: Write) -> None:
    written(3)
    journal = desk.journal()
    journal.record(a_visit(4))
    do_purge(desk, desk.clock.date())
    journal.record(a_visit(5))
    assert [entry.visit for entry in read(desk.folder, desk.key_file)] == [3, 4, 5]


def test_the_wrapped_key_is_overwritten_before_its_file_is_taken_away(desk: Desk, written: Write) -> None:
    class Watched(Disk):
        at_unlink: bytes = b""

        def __init__(self) -> None:
            self.overwritten: list[tuple[int, int]] = []

        def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
            self.overwritten.append((offset, len(content)))
            return super().write_at(descriptor, content, offset)

        def unlink(self, path: Path) -> None:
            if path.suffix == ".journal":
                self.at_unlink = path.read_bytes()
            super().unlink(path)

    first, *_ = written(4)
    content = first.read_bytes()
    opening = OpeningLink.parse(content.splitlines()[0].decode())
    assert unseal(load_key(desk.key_file), opening.nonce, opening.place, opening.sealed_key)
    disk = Watched()
    do_purge(desk, SECOND_DAY, disk)
    assert disk.overwritten[0] == (0, content.index(b"\n")), "the key goes first, before the many bytes of the rest"
    assert disk.at_unlink == bytes(len(content))
    stone = tombstones(desk)[0].read_bytes()
    assert opening.sealed_key[:32].hex().encode() not in stone


class PowerLost(Exception):  # noqa: N818 - not an error of the program
    """Nothing after this step happened."""


class FailingDisk(Disk):
    """Loses power before the given step of a purge."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def _step(self) -> None:
        if not self.steps:
            raise PowerLost
        self.steps -= 1

    def write(self, descriptor: int, content: bytes) -> int:
        self._step()
        return super().write(descriptor, content)

    def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
        self._step()
        return super().write_at(descriptor, content, offset)

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        super().rename(old, new)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)


@pytest.mark.parametrize("steps", range(12))
def test_a_purge_that_was_cut_short_is_finished_at_the_next_start_and_never_breaks_the_chain(
    desk: Desk, written: Write, steps: int
) -> None:
    written(4)
    try:
        do_purge(desk, date(2026, 11, 22), FailingDisk(steps))
        interrupted = False
    except PowerLost:
        interrupted = True
    found = check(desk)
    assert found.whole
    assert {entry.visit for entry in found.entries} >= {4}
    journal = desk.journal()
    journal.prepare()
    stems = {path.stem for path in tombstones(desk)}
    assert not {path.stem for path in desk.segments()} & stems, "what has a tombstone is gone"
    if interrupted:
        do_purge(desk, date(2026, 11, 22))
    assert [stone.entries for stone in check(desk).purged] == [2, 1]
    assert check(desk).whole


def test_a_purge_that_was_cut_short_is_finished_by_the_next_purge(desk: Desk, written: Write) -> None:
    written(4)
    with pytest.raises(PowerLost):
        do_purge(desk, SECOND_DAY, FailingDisk(2))  # the tombstone has its name, nothing is destroyed yet
    assert {path.stem for path in tombstones(desk)} <= {path.stem for path in desk.segments()}
    do_purge(desk, SECOND_DAY)
    assert not {path.stem for path in tombstones(desk)} & {path.stem for path in desk.segments()}


def test_a_tombstone_that_somebody_else_put_or_changed_is_found(desk: Desk, written: Write) -> None:
    first, second, *_ = written(4)
    do_purge(desk, SECOND_DAY)
    [stone] = tombstones(desk)
    content = stone.read_bytes()
    stone.write_bytes(content.replace(b" 2 whole", b" 1 whole"))
    assert check(desk).faults[0].code == "journal.fault.seal"
    stone.write_bytes(content)
    second.with_suffix(".purged").write_bytes(content)
    second.unlink()
    assert not check(desk).whole
    assert not first.exists()


def test_a_tombstone_that_is_taken_away_is_found(desk: Desk, written: Write) -> None:
    written(4)
    do_purge(desk, date(2026, 11, 22))
    tombstones(desk)[0].unlink()
    assert [fault.code for fault in check(desk).faults] == ["journal.fault.order"]


def test_a_head_on_paper_from_a_purged_day_can_be_checked_at_its_end_and_is_unknowable_inside(
    desk: Desk, written: Write
) -> None:
    desk.journal().record(a_visit(1))
    inside = desk.journal().head
    desk.journal().record(a_visit(2))
    at_end = desk.journal().head
    desk.clock += timedelta(days=1)
    desk.journal().record(a_visit(3))
    do_purge(desk, desk.clock.date())
    elsewhere = verify(desk.folder, desk.key_file, expect=Head(5, bytes(16)))
    assert (elsewhere.whole, elsewhere.unknowable) == (False, ())
    met = verify(desk.folder, desk.key_file, expect=at_end)
    assert (met.whole, met.unknowable) == (True, ())
    unknown = verify(desk.folder, desk.key_file, expect=inside)
    assert (unknown.whole, unknown.unknowable) == (True, (inside,))


def test_a_damaged_day_goes_too_and_its_tombstone_says_so(desk: Desk, written: Write) -> None:
    first, *_ = written(4)
    lines = first.read_text().splitlines()
    lines[1] = lines[1][:60] + ("1" if lines[1][60] == "0" else "0") + lines[1][61:]
    first.write_text("\n".join(lines) + "\n")
    assert not check(desk).whole
    do_purge(desk, SECOND_DAY)
    found = check(desk)
    assert [stone.whole for stone in found.purged] == [False]
    assert found.whole, "the links themselves were in order"


def test_without_the_key_nothing_can_be_purged(desk: Desk, written: Write) -> None:
    written(4)
    desk.key_file.unlink()
    with pytest.raises(OSError, match=r"journal\.key\.missing"):
        do_purge(desk, SECOND_DAY)
    assert len(desk.segments()) == 3
    assert tombstones(desk) == []

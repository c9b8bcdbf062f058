"""The head kept apart from the chain: a tail that was cut off is found at the next start and by `verify`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.journal import Head, Verification, read, verify
from kiosk.journal.head_file import usual_head_file
from tests.kiosk.journal.conftest import Desk, a_visit


def check(desk: Desk, expect: Head | None = None) -> Verification:
    return verify(desk.folder, desk.key_file, expect=expect, head_file=usual_head_file(desk.folder))


def codes(found: Verification) -> list[str]:
    return [fault.code.removeprefix("journal.fault.") for fault in found.faults]


def head_of(desk: Desk) -> Path:
    return usual_head_file(desk.folder)


def write(desk: Desk, visits: int) -> None:
    journal = desk.journal()
    for number in range(1, visits + 1):
        journal.record(a_visit(number))


def cut(desk: Desk, lines: int) -> None:
    segment = desk.segments()[-1]
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-lines]))


def test_the_kept_head_is_where_the_chain_ends(desk: Desk) -> None:
    write(desk, 3)
    found = check(desk)
    assert found.whole
    assert found.kept_head == found.head == desk.journal().head


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_cut_tail_is_found_by_verify(desk: Desk, lines: int) -> None:
    write(desk, 3)
    cut(desk, lines)
    assert codes(check(desk)) == ["kept_head"]


def test_a_cut_tail_is_noted_in_the_chain_at_the_next_start_once(desk: Desk) -> None:
    write(desk, 3)
    expected = desk.journal().head
    cut(desk, 1)
    found = desk.journal().head
    first = desk.journal()
    first.prepare()
    assert first.tail_lost is not None
    first.close()
    second = desk.journal()
    second.prepare()
    assert second.tail_lost is None
    [note] = [entry for entry in read(desk.folder, desk.key_file) if entry.kind == "tail_lost"]
    assert dict(note.details) == {"expected": expected.short, "found": found.short}
    assert check(desk).whole, "the chain goes on from what was left, and says so"
    assert codes(check(desk, expected)) == ["head_mark"], "a head on paper still tells"


def test_entries_put_in_the_place_of_others_are_found(desk: Desk, tmp_path: Path) -> None:
    write(desk, 2)
    shutil.copytree(desk.folder, tmp_path / "old")
    desk.journal().record(a_visit(3))
    kept = head_of(desk).read_bytes()
    shutil.rmtree(desk.folder)
    shutil.copytree(tmp_path / "old", desk.folder)
    desk.journal().record(a_visit(4))
    head_of(desk).write_bytes(kept)
    assert codes(check(desk)) == ["kept_head"]
    again = desk.journal()
    again.prepare()
    assert again.tail_lost is not None


@pytest.mark.parametrize("slot", [0, 1])
def test_a_spoiled_half_of_the_head_does_not_hide_a_cut_tail(desk: Desk, slot: int) -> None:
    write(desk, 3)
    raw = bytearray(head_of(desk).read_bytes())
    raw[slot * 4096 : slot * 4096 + 512] = b" " * 512
    head_of(desk).write_bytes(raw)
    cut(desk, 1)
    assert codes(check(desk)) == ["kept_head"]


@pytest.mark.parametrize("slot", [0, 1])
def test_a_head_that_was_half_written_at_a_power_loss_is_no_alarm(desk: Desk, slot: int) -> None:
    write(desk, 3 + slot)
    raw = bytearray(head_of(desk).read_bytes())
    newest = (desk.journal().head.sequence - 1) % 2  # the first link opens the segment and has no head of its own
    raw[newest * 4096 + 100 : newest * 4096 + 512] = bytes(412)
    head_of(desk).write_bytes(raw)
    found = check(desk)
    assert found.kept_head is not None
    assert found.kept_head.sequence == found.head.sequence - 1
    assert found.whole
    journal = desk.journal()
    journal.prepare()
    assert journal.tail_lost is None
    journal.record(a_visit(9))
    assert check(desk).kept_head == check(desk).head


def test_a_head_nobody_can_read_is_told(desk: Desk) -> None:
    write(desk, 3)
    head_of(desk).write_bytes(b"x" * 4608)
    assert codes(check(desk)) == ["kept_head"]
    journal = desk.journal()
    journal.prepare()
    assert journal.tail_lost is not None
    assert dict(journal.tail_lost.details)["expected"] == "unreadable"
    assert check(desk).whole


def test_a_journal_without_a_kept_head_is_told_apart_from_one_that_reaches_it(desk: Desk) -> None:
    write(desk, 2)
    head_of(desk).unlink()
    assert (check(desk).whole, check(desk).kept_head) == (True, None)
    desk.journal().record(a_visit(3))
    assert check(desk).kept_head == check(desk).head


def test_the_head_can_be_kept_at_a_given_place(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "usb" / "head"
    journal = desk.journal(head_file=place)
    journal.record(a_visit(1))
    assert not head_of(desk).exists()
    assert verify(desk.folder, desk.key_file, head_file=place).kept_head == journal.head


def test_the_head_of_another_purpose_or_key_is_not_taken_for_it(desk: Desk) -> None:
    write(desk, 2)
    journal = desk.journal()
    journal.prepare()
    journal.begin_visit(3)
    journal.close()
    head_of(desk).write_bytes((desk.folder / "open-visit").read_bytes())
    assert codes(check(desk)) == ["kept_head"]


def test_a_full_disk_does_not_stop_the_head(desk: Desk) -> None:
    write(desk, 1)
    size = head_of(desk).stat().st_size
    write(desk, 5)
    assert head_of(desk).stat().st_size == size

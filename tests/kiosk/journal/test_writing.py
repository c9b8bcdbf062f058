"""The writing side: on disk before it returns, nothing half-written, one chain whoever writes."""

from __future__ import annotations

import errno
import os
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.flow.effects import RecordVisit
from kiosk.journal import Head, JournalKeyError, read, verify
from kiosk.journal.chain import NOTHING_YET
from kiosk.journal.files import Disk
from tests.kiosk.journal.conftest import Desk, a_visit


def visits(desk: Desk) -> list[int]:
    return [entry.visit for entry in read(desk.folder, desk.key_file)]


def test_a_visit_is_on_disk_when_record_returns(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    [entry] = read(desk.folder, desk.key_file)
    assert entry.visit == 1
    assert entry.outcome == "OK_ONLINE"
    assert entry.troubles == ("pin_unknown",)
    assert entry.insurer == "01******"
    assert entry.at.isoformat() == "2026-11-20T09:14:30+09:00"


def test_nothing_of_a_visit_can_be_read_without_the_key(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    on_disk = b"".join(path.read_bytes() for path in desk.folder.iterdir())
    for word in (b"OK_ONLINE", b"pin", b"ratio", b"visit1", b"0113", desk.key_file.read_bytes().split()[1]):
        assert word not in on_disk


def test_the_next_start_goes_on_where_the_last_one_ended(desk: Desk) -> None:
    for number in range(1, 6):
        desk.journal().record(a_visit(number))
    assert visits(desk) == [1, 2, 3, 4, 5]
    assert len(desk.segments()) == 1


def test_every_day_has_a_segment_of_its_own_and_the_chain_runs_through(desk: Desk) -> None:
    journal = desk.journal()
    for number in range(1, 5):
        journal.record(a_visit(number))
        desk.clock += timedelta(hours=12)
    assert [path.name for path in desk.segments()] == [
        "0000000001-2026-11-20.journal",
        "0000000004-2026-11-21.journal",
    ]
    assert visits(desk) == [1, 2, 3, 4]
    assert verify(desk.folder, desk.key_file).head == journal.head == Head(6, journal.head.tag)


def test_a_clock_that_goes_back_breaks_nothing(desk: Desk) -> None:
    journal = desk.journal()
    for number, days in enumerate((0, 1, -3, 0), start=1):
        desk.clock += timedelta(days=days)
        journal.record(a_visit(number))
    assert visits(desk) == [1, 2, 3, 4]


def test_two_that_write_at_once_write_one_chain(desk: Desk) -> None:
    journals = [desk.journal(), desk.journal()]
    workers = [
        threading.Thread(
            target=lambda journal=journal, start=start: [journal.record(a_visit(start + n)) for n in range(20)]
        )
        for journal, start in zip(journals, (100, 200), strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(visits(desk)) == [*range(100, 120), *range(200, 220)]


def test_no_two_links_share_a_nonce(desk: Desk) -> None:
    journal = desk.journal()
    for number in range(30):
        journal.record(a_visit(number))
    nonces = [line.split()[-2] for line in desk.segments()[0].read_text().splitlines()]
    assert len(set(nonces)) == 31


def test_an_empty_journal_reads_as_empty(desk: Desk) -> None:
    assert read(desk.folder, desk.key_file) == []
    assert desk.journal().head == NOTHING_YET


# --- the key file and permissions -------------------------------------------------------------------------------


def test_key_and_segments_are_for_their_owner_only(desk: Desk) -> None:
    old_mask = os.umask(0)
    try:
        desk.journal().record(a_visit(1))
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(desk.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700
    kept = [*desk.folder.iterdir(), desk.folder.with_name("journal-head") / "head"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert [path.name for path in desk.key_file.parent.iterdir()] == ["journal.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_touch_is_refused(desk: Desk, mode: int) -> None:
    desk.journal().record(a_visit(1))
    desk.key_file.chmod(mode)
    for number in (2, None):
        with pytest.raises(JournalKeyError) as refusal:
            desk.journal().record(a_visit(number)) if number else desk.journal().prepare()
        assert refusal.value.code == "journal.key.permissions"
        assert refusal.value.path == desk.key_file


@pytest.mark.parametrize("content", [b"", b"0" * 64, b"madoguchi-journal-key-1 00\n", b"\xff\xfe"])
def test_a_broken_key_file_is_refused_and_left_as_it_is(desk: Desk, content: bytes) -> None:
    desk.key_file.parent.mkdir()
    desk.key_file.write_bytes(content)
    desk.key_file.chmod(0o600)
    with pytest.raises(JournalKeyError) as refusal:
        desk.journal().record(a_visit(1))
    assert refusal.value.code == "journal.key.broken"
    assert desk.key_file.read_bytes() == content
    assert desk.segments() == []


def test_reading_never_makes_a_key(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    desk.key_file.unlink()
    with pytest.raises(JournalKeyError) as refusal:
        read(desk.folder, desk.key_file)
    assert refusal.value.code == "journal.key.missing"
    assert not desk.key_file.exists()


# --- crashes and disks that refuse ------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [1, 20, -1])
def test_a_torn_last_line_is_told_cut_off_and_written_over(desk: Desk, keep: int) -> None:
    journal = desk.journal()
    journal.record(a_visit(1))
    [segment] = desk.segments()
    whole = segment.read_bytes()
    journal.record(a_visit(2))
    half = segment.read_bytes()[len(whole) :][:keep]
    segment.write_bytes(whole + half)

    torn = verify(desk.folder, desk.key_file)
    assert torn.torn
    assert torn.whole
    assert visits(desk) == [1]

    restarted = desk.journal()
    restarted.record(a_visit(3))
    assert restarted.mended_bytes == len(half)
    assert visits(desk) == [1, 3]
    assert not verify(desk.folder, desk.key_file).torn


def test_a_line_that_a_power_loss_left_as_zeros_is_torn_too(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    [segment] = desk.segments()
    segment.write_bytes(segment.read_bytes() + b"\0" * 100 + b"\n")
    assert verify(desk.folder, desk.key_file).torn
    desk.journal().record(a_visit(2))
    assert visits(desk) == [1, 2]


@pytest.mark.parametrize("content", [b"", b"madoguchi-journal-1 6b", b"\0" * 50])
def test_a_segment_that_never_got_its_first_line_is_as_if_it_never_was(desk: Desk, content: bytes) -> None:
    desk.journal().record(a_visit(1))
    (desk.folder / "0000000003-2026-11-21.journal").write_bytes(content)
    assert visits(desk) == [1]
    desk.clock += timedelta(days=1)
    desk.journal().record(a_visit(2))
    assert visits(desk) == [1, 2]
    assert len(desk.segments()) == 2


def fail_after(monkeypatch: pytest.MonkeyPatch, written: int) -> None:
    """A disk that takes `written` bytes more and is full then."""
    room = [written]
    real_write = os.write

    def write(descriptor: int, content: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = real_write(descriptor, bytes(content)[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", write)


@pytest.mark.parametrize("written", [0, 1, 100, 500])
@pytest.mark.parametrize("new_day", [False, True])
def test_a_full_disk_refuses_the_entry_whole_and_it_is_written_before_the_next_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, written: int, *, new_day: bool
) -> None:
    journal = desk.journal()
    journal.record(a_visit(1))
    before = {path: path.read_bytes() for path in desk.segments()}
    desk.clock += timedelta(days=new_day)
    with monkeypatch.context() as full:
        fail_after(full, written)
        with pytest.raises(OSError, match="space"):
            journal.record(a_visit(2))
    assert {path: path.read_bytes() for path in desk.segments()} == before
    assert journal.waiting == 1
    journal.record(a_visit(3))
    assert visits(desk) == [1, 2, 3]
    assert (journal.waiting, journal.mended_bytes) == (0, 0)


def test_a_disk_that_does_not_confirm_has_not_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = desk.journal()
    journal.record(a_visit(1))
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "I/O error")))
        with pytest.raises(OSError, match="I/O"):
            journal.record(a_visit(2))
    assert visits(desk) == [1]


def test_every_entry_is_synced_before_record_returns(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real_sync = os.fsync

    def note(descriptor: int) -> None:
        real_sync(descriptor)
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    journal = desk.journal()
    journal.prepare()
    journal.record(a_visit(1))
    desk.clock += timedelta(days=1)
    monkeypatch.setattr(os, "fsync", note)
    journal.record(a_visit(2))
    assert synced == ["0000000003-2026-11-21.journal", "journal", "head"]
    journal.record(a_visit(3))
    assert synced[3:] == ["0000000003-2026-11-21.journal", "head"]


def test_a_folder_that_cannot_be_made_is_an_os_error(desk: Desk) -> None:
    desk.folder.parent.mkdir(exist_ok=True)
    desk.folder.write_text("a file where the folder should be")
    with pytest.raises(OSError):  # noqa: PT011 - the disk's own words
        desk.journal().record(a_visit(1))


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real_write(descriptor, bytes(content)[:3]))
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    Disk().write_all(descriptor, b"0123456789")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_an_abandoned_visit_is_an_entry_too(desk: Desk) -> None:
    desk.journal().record(RecordVisit(9, "ABANDONED", "", "eligibility_notice", ("card_pulled", "called_staff")))
    [entry] = read(desk.folder, desk.key_file)
    assert (entry.outcome, entry.document, entry.validity, entry.insurer) == (
        "ABANDONED",
        "eligibility_notice",
        None,
        "",
    )

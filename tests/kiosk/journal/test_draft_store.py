"""Half-typed forms: offered again, readable for nobody else, gone at closing time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from kiosk.journal.draft_store import DraftStore
from kiosk.journal.errors import JournalKeyError
from kiosk.journal.files import DISK, Disk
from tests.kiosk.journal.conftest import MORNING, Desk
from tests.kiosk.journal.test_entry import INDIVIDUAL_NUMBER

CLOSING = MORNING.replace(hour=19, minute=0, second=0, microsecond=0)
PAIRS = (("name", "窓口　花子"), ("number", "３４"))


def drafts_of(desk: Desk, disk: Disk = DISK) -> DraftStore:
    return DraftStore(
        desk.folder.with_name("drafts"),
        desk.key_file,
        now=lambda: desk.clock,
        random_bytes=desk.random_bytes,
        disk=disk,
    )


def files_of(desk: Desk) -> list[bytes]:
    return [path.read_bytes() for path in desk.folder.with_name("drafts").iterdir()]


def test_a_draft_is_offered_again_in_the_next_run(desk: Desk) -> None:
    drafts_of(desk).keep("eligibility_certificate", PAIRS)
    assert drafts_of(desk).load("eligibility_certificate") == PAIRS
    assert drafts_of(desk).load("portal") == ()


def test_a_draft_ends_at_closing_time_and_is_taken_off_the_disk(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    desk.clock = CLOSING - timedelta(seconds=1)
    assert drafts_of(desk).load("portal") == PAIRS
    desk.clock = CLOSING
    assert drafts_of(desk).load("portal") == ()
    assert files_of(desk) == []


def test_what_is_typed_after_closing_time_ends_with_the_day(desk: Desk) -> None:
    desk.clock = CLOSING + timedelta(hours=1)
    drafts_of(desk).keep("portal", PAIRS)
    desk.clock = CLOSING.replace(hour=23, minute=59)
    assert drafts_of(desk).load("portal") == PAIRS
    desk.clock += timedelta(minutes=1)
    assert drafts_of(desk).load("portal") == ()


def test_every_draft_is_listed_the_newest_first(desk: Desk) -> None:
    assert drafts_of(desk).kept() == []
    for form in ("a", "b", "c"):
        drafts_of(desk).keep(form, PAIRS)
        desk.clock += timedelta(minutes=1)
    drafts_of(desk).keep("a", PAIRS[:1])
    kept = drafts_of(desk).kept()
    assert [one.form for one in kept] == ["a", "c", "b", "a"]
    assert kept[3].draft == PAIRS
    assert drafts_of(desk).load("a") == PAIRS[:1]
    assert kept[0].draft == PAIRS[:1]
    assert kept[0].since == desk.clock
    assert "花子" not in repr(kept)
    desk.clock = CLOSING
    assert drafts_of(desk).kept() == []
    assert files_of(desk) == []


def test_nothing_of_a_draft_can_be_read_without_the_key_and_its_length_tells_little(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    drafts_of(desk).keep("other", PAIRS[:1])
    one, two = files_of(desk)
    assert "花子".encode() not in one + two
    assert len(one) == len(two)


def test_a_finished_form_leaves_nothing(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    [kept] = drafts_of(desk).kept()
    drafts_of(desk).drop(kept.word)
    drafts_of(desk).drop(kept.word)
    assert files_of(desk) == []
    drafts_of(desk).keep("portal", [("name", "")])
    assert files_of(desk) == []


def test_of_two_people_with_the_same_form_each_keeps_what_was_typed(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    drafts_of(desk).keep("portal", PAIRS[:1])
    first = next(one for one in drafts_of(desk).kept() if one.draft == PAIRS)
    drafts_of(desk).drop(first.word)
    assert [one.draft for one in drafts_of(desk).kept()] == [PAIRS[:1]]


def test_all_drafts_can_be_dropped_at_once(desk: Desk) -> None:
    drafts_of(desk).drop_all()
    for form in ("a", "b"):
        drafts_of(desk).keep(form, PAIRS)
    drafts_of(desk).drop_all()
    assert files_of(desk) == []


def test_a_draft_of_another_form_key_or_content_is_destroyed_not_offered(desk: Desk) -> None:
    folder = desk.folder.with_name("drafts")
    for spoil in ("exchange", "change", "key"):
        for form in ("a", "b"):
            drafts_of(desk).keep(form, PAIRS)
        one, two = sorted(folder.iterdir())
        if spoil == "exchange":
            one.write_bytes(two.read_bytes())
        elif spoil == "change":
            one.write_bytes(one.read_bytes()[:-1])
        else:
            desk.key_file.write_text("madoguchi-journal-key-1 " + "ab" * 32 + "\n")
        assert sorted(len(drafts_of(desk).load(form)) for form in ("a", "b")) == [
            0,
            0 if spoil == "key" else 2,
        ]
        drafts_of(desk).drop_all()


class Looking(Disk):
    """While a draft is written under its first name, somebody else looks at the folder."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look

    def rename(self, old: Path, new: Path) -> None:
        looking = Thread(target=self._look, daemon=True)
        looking.start()
        looking.join(0.2)  # long enough to destroy what it may take for a crash's; it waits for its turn instead
        super().rename(old, new)


def test_what_one_counter_is_writing_is_not_destroyed_by_another(desk: Desk) -> None:
    other = drafts_of(desk)
    other.keep("portal", PAIRS)
    one = drafts_of(desk, Looking(other.destroy_ended))
    one.keep("eligibility_certificate", PAIRS)
    assert {kept.form for kept in other.kept()} == {"portal", "eligibility_certificate"}


def test_what_was_kept_by_a_clock_that_was_ahead_is_destroyed(desk: Desk) -> None:
    desk.clock += timedelta(days=365)
    drafts_of(desk).keep("portal", PAIRS)
    desk.clock -= timedelta(days=365)
    assert drafts_of(desk).kept() == []
    assert files_of(desk) == []


def test_one_draft_that_the_disk_refuses_keeps_no_other_from_its_end(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    broken = desk.folder.with_name("drafts") / "0.draft"
    broken.mkdir()
    desk.clock = CLOSING
    with pytest.raises(OSError, match=r"0\.draft"):
        drafts_of(desk).destroy_ended()
    broken.rmdir()
    assert files_of(desk) == []


def written_at(desk: Desk, moment: datetime) -> None:
    for path in desk.folder.with_name("drafts").iterdir():
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_without_its_key_a_draft_ends_all_the_same(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    written_at(desk, desk.clock)
    desk.key_file.unlink()
    desk.clock = CLOSING - timedelta(seconds=1)
    with pytest.raises(JournalKeyError):
        drafts_of(desk).destroy_ended()
    assert len(files_of(desk)) == 1, "its time is not over, and the key may come back"
    desk.clock = CLOSING
    drafts_of(desk).destroy_ended()
    assert files_of(desk) == []


def test_without_its_key_one_of_a_day_to_come_is_destroyed(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    written_at(desk, desk.clock + timedelta(days=1))
    desk.key_file.chmod(0o644)
    drafts_of(desk).destroy_ended()
    assert files_of(desk) == []


def test_of_an_individual_number_nothing_is_kept(desk: Desk) -> None:
    drafts_of(desk).keep("portal", [*PAIRS, ("symbol", INDIVIDUAL_NUMBER)])
    assert drafts_of(desk).load("portal") == PAIRS

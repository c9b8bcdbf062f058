"""Half-typed forms: offered again, readable for nobody else, gone at closing time."""

from __future__ import annotations

from datetime import timedelta

from kiosk.journal.draft_store import DraftStore
from tests.kiosk.journal.conftest import MORNING, Desk
from tests.kiosk.journal.test_entry import INDIVIDUAL_NUMBER

CLOSING = MORNING.replace(hour=19, minute=0, second=0, microsecond=0)
PAIRS = (("name", "窓口　花子"), ("number", "３４"))


def drafts_of(desk: Desk) -> DraftStore:
    return DraftStore(
        desk.folder.with_name("drafts"), desk.key_file, now=lambda: desk.clock, random_bytes=desk.random_bytes
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


def test_of_an_individual_number_nothing_is_kept(desk: Desk) -> None:
    drafts_of(desk).keep("portal", [*PAIRS, ("symbol", INDIVIDUAL_NUMBER)])
    assert drafts_of(desk).load("portal") == PAIRS

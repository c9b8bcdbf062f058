"""What an entry holds, and what it never holds (reception.md §10.5)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.flow.effects import RecordVisit
from kiosk.journal.entry import Entry, entry_of, from_bytes, masked_insurer_number, to_bytes

JST = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 20, 9, 14, 30, 999, JST)
RECORD = RecordVisit(3, "OK_ONLINE", "pin", "", ("card_pulled",), 1, "ratio:30", "01139997", ("answer_ratio",))


def test_an_entry_says_what_happened_and_masks_the_insurer() -> None:
    assert entry_of(RECORD, AT) == Entry(
        AT.replace(microsecond=0),
        3,
        "OK_ONLINE",
        "pin",
        "",
        ("card_pulled",),
        1,
        "ratio:30",
        "01******",
        ("answer_ratio",),
    )


@pytest.mark.parametrize(("digits", "masked"), [("01139997", "01******"), ("139998", "13****"), ("", "")])
def test_an_insurer_number_keeps_its_first_two_digits(digits: str, masked: str) -> None:
    assert masked_insurer_number(digits) == masked


def test_there_is_no_field_for_a_person() -> None:
    assert {field.name for field in fields(Entry)} == {
        "at", "visit", "outcome", "method", "document", "troubles", "validity", "charge", "insurer",
        "reasons", "sequence",
    }  # fmt: skip


words = st.text(max_size=40)


@given(st.builds(RecordVisit, st.integers(1, 10**6), words, words, words, st.lists(words).map(tuple),
                 st.none() | st.integers(1, 5), words, words, st.lists(words).map(tuple)))  # fmt: skip
def test_an_entry_comes_back_as_it_was_written(record: RecordVisit) -> None:
    entry = entry_of(record, AT)
    assert from_bytes(to_bytes(entry), 5) == replace(entry, sequence=5)


def test_the_length_does_not_tell_one_visit_from_another() -> None:
    abandoned = RecordVisit(4, "ABANDONED", "")
    assert len(to_bytes(entry_of(RECORD, AT))) == len(to_bytes(entry_of(abandoned, AT))) == 256


def test_keys_of_a_later_version_are_left_out() -> None:
    assert from_bytes(b'{"at": "2026-11-20T09:14:30+09:00", "visit": 1, "outcome": "OK_ONLINE", "new": 1}', 9) == Entry(
        AT.replace(microsecond=0), 1, "OK_ONLINE", sequence=9
    )


@pytest.mark.parametrize(
    "plaintext", [b"", b"[]", b"{}", b'"text"', b"7", b"\xff", b'{"at": 5, "visit": 1, "outcome": ""}']
)
def test_anything_else_is_no_entry(plaintext: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of the sentences does not matter
        from_bytes(plaintext, 1)

"""What an entry holds, what it hides, and what it never holds (reception.md §10.5)."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.text import holds_individual_number, looks_like_individual_number
from kiosk.flow.effects import RecordVisit
from kiosk.journal import kinds
from kiosk.journal.entry import KINDS, Entry, EntryRefusedError, as_dict, check_entry, from_bytes, to_bytes
from kiosk.journal.person import NOBODY, Person, masked_insurer_number
from kiosk.journal.record import VisitRecord, entry_of

JST = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 20, 9, 14, 30, 999, JST)
RUN = "morningr"
"""A start of the counter."""
SECOND = AT.replace(microsecond=0)
RECORD = RecordVisit(
    3,
    "OK_ONLINE",
    "pin",
    "",
    ("card_pulled",),
    1,
    "ratio:30",
    "01139997",
    ("answer_ratio",),
    row=4,
    documents=("myna_card",),
    symbol="１２３",
    number="４５６",
    branch="00",
    name="協会　太郎",
    name_kana="キョウカイ　タロウ",
    birthdate=date(1980, 5, 2),
    ratio=30,
    attested_by="face",
    spoken=True,
)
TARO = Person("協会　太郎", "キョウカイ　タロウ", "1980-05-02", "01139997", "１２３", "４５６", "00", 30)
INDIVIDUAL_NUMBER = next(digits for tail in range(10) if looks_like_individual_number(digits := f"12345678901{tail}"))


def entry(record: RecordVisit | VisitRecord = RECORD) -> Entry:
    return entry_of(record if isinstance(record, VisitRecord) else VisitRecord.from_effect(record), AT, RUN)


def test_an_entry_says_what_happened_and_masks_the_insurer_outside_of_its_person() -> None:
    assert entry() == Entry(
        SECOND,
        3,
        "OK_ONLINE",
        "pin",
        ("myna_card",),
        ("card_pulled",),
        1,
        "ratio:30",
        "01******",
        ("answer_ratio",),
        row=4,
        attested_by="face",
        spoken=True,
        person=TARO,
        run=RUN,
    )


def test_a_record_with_consent_is_the_fact_of_that_consent() -> None:
    items = (("medicine", True), ("surgery", False))
    made = entry(replace(RECORD, consent=items))
    assert (made.kind, made.consent, made.outcome) == ("consent", items, "OK_ONLINE")


def test_every_field_of_the_effect_is_read() -> None:
    words = {"document"}  # the only document of an effect that names no list of them
    assert {field.name for field in fields(RecordVisit)} - words == {field.name for field in fields(VisitRecord)} - {
        "owed",
        "pending",
    }
    alone = RecordVisit(1, "OK_CERTIFICATE", "manual", "eligibility_certificate")
    assert entry(alone).documents == ("eligibility_certificate",)
    assert entry(alone).document == "eligibility_certificate"


@pytest.mark.parametrize(("digits", "masked"), [("01139997", "01******"), ("139998", "13****"), ("", "")])
def test_an_insurer_number_keeps_its_first_two_digits(digits: str, masked: str) -> None:
    assert masked_insurer_number(digits) == masked


def test_who_it_was_stands_apart_and_in_no_repr() -> None:
    text = repr(entry()) + json.dumps(as_dict(entry()), ensure_ascii=False)
    for personal in ("太郎", "タロウ", "1980", "01139997", "１２３", "４５６"):
        assert personal not in text
        assert personal in to_bytes(entry()).decode()


def test_a_masked_person_cannot_be_found_by_what_is_left() -> None:
    assert TARO.masked().as_dict() == {
        "name": "***",
        "name_kana": "***",
        "birthdate": "1980-**-**",
        "insurer_number": "01******",
        "symbol": "***",
        "number": "***",
        "branch": "***",
        "ratio": 30,
    }
    assert NOBODY.masked() == NOBODY


def test_there_is_no_field_for_a_pin_a_certificate_a_passcode_or_medical_data() -> None:
    assert {field.name for field in fields(Person)} == {
        "name", "name_kana", "birthdate", "insurer_number", "symbol", "number", "branch", "ratio", "owed", "pending",
    }  # fmt: skip
    assert {field.name for field in fields(Entry)} == {
        "at", "visit", "outcome", "method", "documents", "troubles", "validity", "charge", "insurer", "reasons",
        "kind", "row", "queue", "consent", "spoken", "attested_by", "corrects", "why", "details", "withheld", "person",
        "sequence", "run",
    }  # fmt: skip


@pytest.mark.parametrize("shape", ["{}", "{}-{}-{}", "番号 {}", "{} の写し"])
def test_an_entry_with_an_individual_number_anywhere_is_refused_without_telling_it(shape: str) -> None:
    groups = [INDIVIDUAL_NUMBER] if shape.count("{}") == 1 else [INDIVIDUAL_NUMBER[i : i + 4] for i in (0, 4, 8)]
    text = shape.format(*groups)
    for wrong in (
        replace(entry(), person=replace(TARO, number=text)),
        replace(entry(), person=Person(owed=(text,))),
        replace(entry(), why=text),
        replace(entry(), details=(("note", text),)),
    ):
        with pytest.raises(EntryRefusedError) as refusal:
            check_entry(wrong)
        assert refusal.value.code == "journal.individual_number"
        assert INDIVIDUAL_NUMBER[:4] not in str(refusal.value)


def test_a_reception_is_not_lost_because_one_of_its_fields_looks_like_an_individual_number() -> None:
    made = entry(replace(RECORD, number=INDIVIDUAL_NUMBER, insurer_number=INDIVIDUAL_NUMBER))
    assert made.withheld == ("insurer_number", "number")
    assert made.person == replace(TARO, number="", insurer_number="")
    assert made.insurer == ""
    check_entry(made)


def test_unknown_kinds_and_entries_that_fit_no_line_are_refused() -> None:
    for wrong, code in (
        (replace(entry(), kind="gossip"), "journal.kind"),
        (replace(entry(), reasons=("x" * 70_000,)), "journal.too_long"),
    ):
        with pytest.raises(EntryRefusedError) as refusal:
            check_entry(wrong)
        assert refusal.value.code == code


words = st.text(max_size=40).filter(lambda text: not holds_individual_number(text))
records = st.builds(
    VisitRecord, st.integers(1, 10**6), words, words, st.lists(words).map(tuple), st.lists(words).map(tuple),
    st.none() | st.integers(1, 5), words, st.lists(words).map(tuple), st.integers(0, 13), words,
    st.lists(st.tuples(words, st.booleans())).map(tuple), st.booleans(), words,
    name=words, name_kana=words, symbol=words, number=words, branch=words, insurer_number=words,
    birthdate=st.none() | st.dates(), ratio=st.none() | st.integers(0, 100), owed=st.lists(words).map(tuple),
    pending=st.lists(words).map(tuple),
)  # fmt: skip


@given(records)
def test_an_entry_comes_back_as_it_was_written(record: VisitRecord) -> None:
    made = entry(record)
    assert from_bytes(to_bytes(made), 5) == replace(made, sequence=5)


def test_entries_of_every_kind_come_back_as_they_were_written() -> None:
    made = [
        entry(),
        entry(RecordVisit(4, "ABANDONED", "")),
        kinds.correction(AT, 3, 17, "wrong_person", run=RUN),
        kinds.consent(AT, 3, (("medicine", True),), run=RUN, spoken=True),
        kinds.attested(AT, 3, "visual", run=RUN),
        kinds.queued(AT, 3, "four_items", "outage", run=RUN),
        kinds.requeried(AT, 3, "OK_ONLINE", ("number", "name"), TARO, run=RUN, corrects=5),
        kinds.named(AT, 3, "髙橋　花子", run=RUN),
        kinds.lock(AT, "refused"),
        kinds.resumed(AT, 3, AT, run=RUN),
        kinds.day_closed(AT, "2026-11-19", {"OK_ONLINE": 12, "ABANDONED": 1}),
        kinds.revealed(AT, "export", "2026-11-20"),
        kinds.purged(AT, "2026-11-01", ("2026-10-30", "2026-10-31")),
        kinds.tail_lost(AT, "7:00112233", "5:44556677"),
    ]
    assert {one.kind for one in made} == set(KINDS)
    for one in made:
        check_entry(one)
        assert from_bytes(to_bytes(one), 0) == one
    assert kinds.corrected(made) == {17, 5}
    assert made[10].details == (("day", "2026-11-19"), ("ABANDONED", "1"), ("OK_ONLINE", "12"))


def test_the_length_does_not_tell_one_visit_from_another() -> None:
    abandoned = RecordVisit(4, "ABANDONED", "")
    assert len(to_bytes(entry())) == len(to_bytes(entry(abandoned))) == 1024


def test_entries_of_an_earlier_version_are_read_and_keys_of_a_later_one_left_out() -> None:
    old = (
        '{"at": "2026-11-20T09:14:30+09:00", "visit": 1, "outcome": "ABANDONED", "method": "manual",'
        ' "document": "eligibility_notice", "troubles": ["card_pulled"], "validity": null, "charge": "",'
        ' "insurer": "01******", "reasons": [], "new": 1}'
    )
    assert from_bytes(old.encode(), 9) == Entry(
        SECOND, 1, "ABANDONED", "manual", ("eligibility_notice",), ("card_pulled",), insurer="01******",
        kind="abandoned", sequence=9,
    )  # fmt: skip


@pytest.mark.parametrize(
    "plaintext",
    [
        *(b"", b"[]", b"{}", b'"text"', b"7", b"\xff", b'{"at": 5, "visit": 1, "outcome": ""}'),
        b'{"at": "2026-11-20T09:14:30+09:00", "visit": 1, "outcome": "", "person": []}',
    ],
)
def test_anything_else_is_no_entry(plaintext: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of the sentences does not matter
        from_bytes(plaintext, 1)

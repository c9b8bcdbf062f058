"""The journal's list for a person: words of the language, 80 columns, and no name that was not asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from kiosk.cli.cells import cells
from kiosk.cli.journal_lines import lines
from kiosk.cli.words import LANGUAGES, Words
from kiosk.flow.states import Trouble
from kiosk.journal import Entry, kinds
from kiosk.journal.entry import KINDS
from kiosk.journal.person import Person

AT = datetime(2026, 11, 20, 9, 14, 30, tzinfo=timezone(timedelta(hours=9)))
HANAKO = Person(name="窓口　花子", number="３４５６")
LONG = Entry(
    AT,
    3,
    "OK_ONLINE",
    "manual",
    ("myna_card", "eligibility_certificate", "elderly_recipient_certificate"),
    ("pin_locked", "card_unreadable", "face_rejected"),
    1,
    "ask:30",
    queue="recheck",
    consent=(("checkups", True), ("medicines", False)),
    spoken=True,
    attested_by="visual",
    withheld=("number",),
    person=HANAKO,
    run="abcdefgh",
)
OF_EVERY_KIND = (
    LONG,
    replace(LONG, kind="abandoned", outcome="ABANDONED", troubles=("card_pulled",)),
    kinds.correction(AT, 3, 1, "mistyped", run="abcdefgh"),
    kinds.consent(AT, 3, (("diagnosis", True),), run="abcdefgh", spoken=True),
    kinds.attested(AT, 3, "visual", run="abcdefgh"),
    kinds.queued(AT, 3, "four_items", "four_items", run="abcdefgh"),
    kinds.requeried(
        AT, 3, "OK_CERTIFICATE", ("name", "birthdate"), HANAKO, run="abcdefgh", day=AT.date(), validity=1, question="q7"
    ),
    kinds.named(AT, 3, "髙橋　花", run="abcdefgh"),
    kinds.lock(AT, "opened"),
    kinds.lock(AT, "locked"),
    kinds.lock(AT, "refused"),
    kinds.resumed(AT, 3, AT, run="abcdefgh"),
    kinds.day_closed(AT, "2026-11-19", {"OK_ONLINE": 3, "ABANDONED": 2}),
    kinds.revealed(AT, "list", ""),
    kinds.revealed(AT, "export", "2026-11-19"),
    kinds.purged(AT, "2026-11-01", ("2026-10-30", "2026-10-31")),
    kinds.tail_lost(AT, "12:abcd", "10:ef01"),
)


def listed(lang: str, *entries: Entry, revealed: bool = False) -> list[str]:
    numbered = [replace(entry, sequence=number) for number, entry in enumerate(entries or OF_EVERY_KIND, 2)]
    return lines(numbered, Words(lang), revealed=revealed)


def test_every_kind_is_tried_here() -> None:
    assert {entry.kind for entry in OF_EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("revealed", [False, True])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_80_columns_hold_every_line_and_no_word_is_cut(lang: str, *, revealed: bool) -> None:
    found = listed(lang, revealed=revealed)
    assert max(map(cells, found)) <= 80
    assert "(OK_CERTIFICATE)" in " ".join(found)
    assert "2026-10-31" in " ".join(found)


def test_japanese_says_everything_in_words_and_the_outcome_with_its_code() -> None:
    text = "".join(line.strip() for line in listed("ja"))
    for code in (
        "myna_card",
        "pin_locked",
        "visual",
        "ask:30",
        "recheck",
        "mistyped",
        "opened",
        "refused",
        "ABANDONED",
    ):
        assert code not in text
    for words in ("暗証番号がロックされています", "目視", "同意あり: 特定健診", "開いた", "1 番の訂正", "4情報で照会"):
        assert words in text
    assert "(OK_ONLINE)" in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.value)
def test_every_trouble_has_words(lang: str, trouble: Trouble) -> None:
    [told] = (line for line in listed(lang, Entry(AT, 1, "", troubles=(trouble.value,))) if " 09:14 " in line)
    assert not told.endswith(f": {trouble.value}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_stand_there_only_where_they_were_asked_for(lang: str) -> None:
    masked, revealed = "".join(listed(lang)), "".join(listed(lang, revealed=True))
    assert "花子" not in masked
    assert "--reveal" in masked
    assert "花子" in revealed
    assert "３４５６" not in masked + revealed


def test_what_nobody_foresaw_stands_as_it_is() -> None:
    strange = Entry(
        AT, 1, "OK_NEW", "telepathy", ("passport",), ("flood",), charge="half:50", consent=(("dna", True),), why="moon"
    )
    told = " ".join(line.strip() for line in listed("en", strange))
    for word in ("OK_NEW", "telepathy", "passport", "flood", "half:50", "dna", "moon"):
        assert word in told

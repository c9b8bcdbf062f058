"""The report: the same for terminal, script and page; nothing of a script gets into the page unescaped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, time

import pytest

from kiosk.rehearsal.notes import Decision, Deed, Noted, Notes
from kiosk.rehearsal.page import as_html
from kiosk.rehearsal.report import Report, as_json, as_lines, make_report
from kiosk.rehearsal.script import Script, Visit
from kiosk.words import FULL_LANGUAGES, Words
from tests.cli.command import validator

EVIL = "<script>alert(1)</script>&\"'$title ${style}"
RIGHT = Notes(Decision("OK_MANUAL_NOTICE", 10, "ask:", "recheck", ("chip_unreadable",), ("portal", "numbers_query")))
VISITS = tuple(
    Visit(time(9, minute), "taro", {"ja": EVIL, "en": EVIL}, card="taro", plays=("F08",)) for minute in range(3)
)
SCRIPT = Script("own", {"ja": EVIL}, {"ja": EVIL}, date(2026, 11, 24), VISITS)
PLAYED = [(0, RIGHT), (1, Notes(None, (Noted(Deed.ENDED_EARLY, at="09:04"),), 2.04))]


def report(script: Script = SCRIPT) -> Report:
    return make_report(script, PLAYED, [RIGHT, RIGHT], {"taro": EVIL})


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
def test_lines_tell_what_was_done_what_is_right_and_why(lang: str) -> None:
    words = Words(lang)
    text = "\n".join(as_lines(report(), words))
    assert "10/10" in text
    assert "0/10" in text
    for message in ("row.10", "reason.chip_unreadable", "ask.portal", "queue.recheck", "rehearsal.minus.abandoned"):
        assert words.text(message) in text
    assert "--from 3" in text
    assert not re.search(r"\b(rehearsal|reason|ask|row|queue|outcome)\.[a-z_]+", text)


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
def test_the_page_runs_nothing_and_fetches_nothing(lang: str) -> None:
    page = as_html(report(), Words(lang))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "$title" in page  # what a script says is not filled in a second time
    assert f'<html lang="{lang}">' in page
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|https?://", page)
    assert "@media print" in page


def test_the_page_tells_what_the_lines_tell() -> None:
    words = Words("en")
    page = as_html(report(), words)
    for message in ("row.10", "reason.chip_unreadable", "rehearsal.minus.abandoned", "rehearsal.report.all_right"):
        assert words.text(message).strip().replace("'", "&#x27;") in page
    assert "10 / 10" in page
    assert "F08 the card is not read" in page
    assert "09:04 end of the visit: The visit ended without an outcome." in page


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
def test_the_object_fits_its_schema(lang: str) -> None:
    document = {**as_json(report(replace(SCRIPT, title={"ja": "一日"})), Words(lang)), "report": None}
    validator("rehearse").validate(json.loads(json.dumps(document)))
    assert (document["points"], document["of"], document["next_visit"]) == (10, 20, 3)
    assert document["visits"][1]["minutes"] == 2.0


def test_a_day_played_to_its_end_has_nothing_to_go_on_with() -> None:
    whole = make_report(SCRIPT, [*PLAYED, (2, RIGHT)], [RIGHT] * 3, {})
    assert whole.next_visit is None
    assert make_report(SCRIPT, [], [], {}).percent == 0


def rokuro(*deeds: Noted) -> Report:
    """Two tries are gone; the rules' own trainee takes the face."""
    came = Decision("OK_ONLINE", 4, "ratio:30", "", consent=True)
    right = Notes(came, (Noted(Deed.WAY, "face"), Noted(Deed.CONSENT, "yes")))
    script = replace(SCRIPT, title={"ja": "一日"}, visits=(replace(VISITS[0], says={"ja": "はい"}),))
    return make_report(script, [(0, Notes(came, deeds))], [right], {"taro": "残　六郎"})


def test_a_deduction_names_the_moment_the_choice_the_rule_and_the_reason() -> None:
    text = "\n".join(
        as_lines(
            rokuro(
                Noted(Deed.PIN_WRONG, "", "09:07"),
                Noted(Deed.LAST_TRY, "wrong", "09:07"),
                Noted(Deed.WAY, "face", "09:08"),
                Noted(Deed.CONSENT, "yes", "09:09"),
            ),
            Words("en"),
        )
    )
    assert "What you did: PIN wrong ＞ the last try used ＞ face (顔認証) ＞ consent: yes" in text
    assert "-3  09:07 last PIN try: The PIN was wrong, and the card is locked." in text
    assert "The rules: take 顔認証, or 目視確認 by staff." in text
    assert "Why: Three misses in a row lock the card" in text
    assert "The right way: face (顔認証) ＞ consent: yes" in text
    assert text.count("Eligib") == 1  # the outcome was right: it is not said again as what should have been


def test_a_last_try_that_holds_is_a_word_beside_and_no_deduction() -> None:
    report = rokuro(Noted(Deed.WAY, "pin", "09:07"), Noted(Deed.LAST_TRY, "right", "09:07"))
    text = "\n".join(as_lines(report, Words("en")))
    assert "10/10" in text
    assert "   0  09:07 last PIN try:" in text
    assert "No points are taken" in text
    page = as_html(report, Words("en"))
    assert Words("en").text("rehearsal.page.hint") in page
    assert Words("en").text("rehearsal.page.minus") not in page

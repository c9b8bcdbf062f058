"""What is wrong, why, what next, what to charge, later, whom to call: in this order, in words, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from rich.cells import cell_len

from eligibility.rule_dates import STANDARD_RULES
from kiosk.flow import states as st
from kiosk.flow.answer import Reception, Told
from kiosk.flow.states import Trouble
from kiosk.staff.actions import Ask
from kiosk.staff.head_line import SLOW_SECONDS, Around, head_line
from kiosk.staff.info_pages import reason_id
from kiosk.staff.panel import CARE, FINE, panel_for
from kiosk.staff.standing import Standing
from kiosk.staff.trouble_words import MORE_EXACT, UNREADABLE
from kiosk.words import Words
from tests.kiosk.staff.samples import CARD_FACTS, NOW, STANDINGS, answered

JA = Words("ja")


def sentences(standing: Standing, words: Words) -> list[str]:
    panel = panel_for(standing, words, NOW)
    return [
        panel.headline,
        *panel.cautions,
        *panel.reasons,
        *panel.guidance,
        *panel.charge,
        *panel.later,
        *panel.help,
    ]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", STANDINGS)
def test_every_state_says_in_words_what_it_is(name: str, lang: str) -> None:
    for sentence in sentences(STANDINGS[name], Words(lang)):
        assert sentence
        assert "side." not in sentence
        assert not sentence.startswith(("staff.", "reason.", "tell.", "outcome.", "queue."))


@pytest.mark.parametrize("name", [name for name in STANDINGS if not name.startswith("idle")])
def test_every_visit_says_what_to_charge(name: str) -> None:
    assert panel_for(STANDINGS[name], JA, NOW).charge


def test_a_card_that_was_read_and_is_not_valid_says_that_first_and_the_way_out_second() -> None:
    panel = panel_for(STANDINGS["answer-ended"], JA, NOW)
    assert panel.sign == CARE
    assert panel.headline == "資格(無効)  喪失日 2026-10-31"
    assert panel.reasons[0] == "被保険者資格申立書で受付できます"
    assert panel.charge[0] == "3割（10割は請求しない）"


def test_a_good_answer_is_signed_as_one_and_names_whom_it_is_about() -> None:
    panel = panel_for(STANDINGS["answer-ok"], JA, NOW)
    assert panel.sign == FINE
    assert panel.record[0] == "千葉　●子  ﾁﾊﾞ ﾊﾅｺ  昭和55年6月15日"
    assert "OK_ONLINE" in panel.code


def test_the_steps_of_a_paper_are_said_by_its_numbered_action_only() -> None:
    panel = panel_for(STANDINGS["answer-ended"], JA, NOW)
    assert not any(line == JA.text("staff.ask.portal") for line in panel.guidance)


def test_what_must_be_minded_first_stands_above_everything_else() -> None:
    assert panel_for(STANDINGS["trouble-server-down"], JA, NOW).cautions == ("カードの券面の写真で本人を確認します",)


def test_an_entry_that_is_not_on_the_disk_is_told_at_once() -> None:
    assert JA.text("side.now.not_written") in panel_for(STANDINGS["answer-unwritten"], JA, NOW).cautions


def test_a_reader_that_is_gone_is_told_while_nobody_is_there() -> None:
    panel = panel_for(STANDINGS["idle-no-reader"], JA, NOW)
    assert panel.headline == "カードリーダーが 見つかりません"
    assert panel.guidance == ("直るまで、書類で 受付できます",)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_trouble_and_every_exact_word_has_a_cause_for_the_desk(lang: str) -> None:
    words = Words(lang)
    exact = {word for table in MORE_EXACT.values() for word in table.values()} | {UNREADABLE}
    for word in {trouble.value for trouble in Trouble} | exact:
        assert words.has(f"side.trouble.{word}")
        assert words.has(f"side.trouble.{word}.why")


def test_a_code_says_it_more_exactly_than_the_trouble() -> None:
    late = panel_for(STANDINGS["trouble-server-late"], JA, NOW)
    assert late.headline == "サーバーから 時間内に 答えが来ません"
    assert late.code == "timeout"


@pytest.mark.parametrize("ask", list(Ask))
def test_every_page_has_a_title_and_help_in_both_languages(ask: Ask) -> None:
    from kiosk.staff.page_catalogue import PAGES

    if ask not in PAGES:
        return
    for lang in ("ja", "en"):
        assert Words(lang).has(f"{PAGES[ask].NAME}.title")  # type: ignore[attr-defined]
        assert Words(lang).has(f"help.{PAGES[ask].NAME}")  # type: ignore[attr-defined]


def test_why_says_of_a_card_only_where_that_is_so_that_it_cannot_be_read() -> None:
    for passed in (True, False):
        assert reason_id("chip_unreadable", ("notice_with_card",), passed=passed) == "side-why.not_asked"
        assert reason_id("chip_unreadable", ("chip_unreadable",), passed=passed) == "reason.chip_unreadable"
    assert reason_id("not_asked", (), passed=True) == "passed.not_asked"
    assert reason_id("registration_was_declined", (), passed=False) == "reason.registration_was_declined"


# --- the head line ---

AROUND = Around(
    NOW, STANDARD_RULES, "Some Vendor Reader With A Long Name 00 00", asked=True, server_seconds=0.8, waiting=2
)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_the_head_line_fits_and_shortens_the_readers_name_first(lang: str, width: int) -> None:
    worst = replace(AROUND, reader_trouble=Trouble.NO_READER, server_seconds=None, outage=True, progress=(10, 12))
    for around in (AROUND, worst, replace(worst, unwritten=12)):
        assert cell_len(head_line(around, Words(lang), width)) <= width


MODES: tuple[dict[str, Any], ...] = ({}, {"outage": True}, {"disaster": True}, {"outage": True, "disaster": True})
READERS = (None, Trouble.NO_READER)
SERVERS: tuple[dict[str, Any], ...] = (
    {"asked": False},
    {"server_seconds": 0.8},
    {"server_seconds": 14.2},
    {"server_seconds": None},
    {"out_of_service": True},
)
QUEUES: tuple[dict[str, Any], ...] = ({"waiting": 0}, {"waiting": 120}, {"progress": (10, 120)})
UNWRITTEN = (0, 120)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_mark_of_the_head_line_fits_beside_every_other_one(lang: str) -> None:
    """At the smallest size of the staff side, and none of the marks is what is left out."""
    words = Words(lang)
    for mode, reader, server, queue, unwritten in product(MODES, READERS, SERVERS, QUEUES, UNWRITTEN):
        told = {**mode, **server, **queue}
        around = replace(AROUND, reader_trouble=reader, unwritten=unwritten, **told)
        line, widest = head_line(around, words, 80), head_line(around, words, 400)
        assert cell_len(line) <= 80, line
        assert line.count("! ") == widest.count("! "), (line, widest)


def test_the_head_line_says_day_regime_reader_server_and_who_waits() -> None:
    line = head_line(AROUND, JA, 200)
    for part in ("2026-11-20(金) 09:14", "2026-04-01からの規則", "Some Vendor", "サーバー 0.8秒", "保留 2件"):
        assert part in line


def test_a_slow_server_and_a_silent_one_are_marked() -> None:
    assert "! サーバー 4.2秒" in head_line(replace(AROUND, server_seconds=4.2), JA, 120)
    assert SLOW_SECONDS <= 4.2
    assert "! サーバー 答えなし" in head_line(replace(AROUND, server_seconds=None), JA, 120)


def test_a_mode_that_is_on_stands_in_the_head_line() -> None:
    assert "! 障害時モード" in head_line(replace(AROUND, outage=True), JA, 120)
    assert "! 災害時モード" in head_line(replace(AROUND, disaster=True), JA, 120)
    both = replace(AROUND, disaster=True, outage=True)
    assert "! 災害・障害 復旧F6" in head_line(both, JA, 120)
    assert "! 災害・障害モード" in head_line(replace(both, server_seconds=None), JA, 120)


def test_both_modes_are_said_where_nobody_is_here() -> None:
    assert "障害時モード" in panel_for(Standing(disaster=True, outage=True), JA, NOW).headline
    assert "障害時モード" not in panel_for(Standing(disaster=True), JA, NOW).headline


def test_the_grace_is_told_by_its_last_day() -> None:
    line = Told("staff.reason.chip_certificate_in_grace")
    grace = Reception(
        "OK_ONLINE_LIMITED", 4, "ratio:30", staff=(line,), certificate="grace", certificate_until=date(2026, 11, 19)
    )
    shown = st.ShowingAnswer(grace, card_on_reader=True)
    panel = panel_for(Standing(state=shown), JA, NOW)
    said = "\n".join((*panel.cautions, *panel.guidance, *panel.later, *panel.charge))
    assert "2027-02-28" in said
    unknown = replace(shown, reception=replace(grace, certificate_until=None))
    panel = panel_for(Standing(state=unknown), JA, NOW)
    assert "3か月後の月末" in "\n".join((*panel.cautions, *panel.guidance, *panel.later, *panel.charge))


def test_what_waits_for_a_full_disk_is_counted_in_the_head_line() -> None:
    assert "記録待ち" not in head_line(AROUND, JA, 120)
    assert "! 記録待ち 3件" in head_line(replace(AROUND, unwritten=3), JA, 120)
    everything = replace(AROUND, unwritten=3, server_seconds=None, progress=(10, 12))
    for part in ("! 記録待ち 3件", "! サーバー無応答", "照会 10/12", "09:14"):
        assert part in head_line(everything, JA, 80)


def test_the_consents_are_told_with_their_end() -> None:
    assert any("11-21 09:14" in line for line in panel_for(STANDINGS["answer-ok"], JA, NOW).later)
    refused = answered(CARD_FACTS, consents=(("medicines", False),))
    assert JA.text("side.consent.refused") in panel_for(refused, JA, NOW).later

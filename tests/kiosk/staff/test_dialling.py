"""Whom to call: the insurer about membership, its own line by its own members only, and whether they answer now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from rich.cells import cell_len

from eligibility.help_lines import HELP_LINES
from kiosk.flow.answer import Reception
from kiosk.staff.dialling import dial_lines, dial_words
from kiosk.words import Words
from tests.kiosk.staff.samples import BY_CARD, CARD_FACTS, ENDED_FACTS, JST, NOTHING, NOW, decided

JA = Words("ja")
AT_NIGHT = datetime(2026, 11, 20, 20, 0, tzinfo=JST)
AT_DAWN = datetime(2026, 11, 20, 7, 0, tzinfo=JST)
UNKNOWN = replace(CARD_FACTS, by_card=replace(BY_CARD, validity=4, name="", burden_ratio=None, valid_until=None))
KYOKAI = "0570-015-369"


def lines(reception: Reception, at: datetime = NOW) -> tuple[str, ...]:
    return dial_lines(reception, JA, at)


def test_a_line_says_its_number_whether_it_answers_about_what_and_who_calls() -> None:
    ended = decided(ENDED_FACTS)
    assert f"{KYOKAI}  受付中(17:15まで)  協会けんぽの加入(本人から)" in lines(ended)
    assert f"{KYOKAI}  時間外(11-24 08:30から)  協会けんぽの加入(本人から)" in lines(ended, AT_NIGHT)
    assert f"{KYOKAI}  時間外(08:30から)  協会けんぽの加入(本人から)" in lines(ended, AT_DAWN)


def test_who_left_an_insurer_asks_for_the_new_one_first_and_not_the_one_that_was_left() -> None:
    said = lines(decided(ENDED_FACTS))
    assert said[0] == JA.text("side.dial.new_insurer")
    assert not any("千葉県医業" in line for line in said)


def test_where_nobody_knows_the_insurer_the_associations_line_is_for_its_own_members() -> None:
    said = lines(decided(NOTHING))
    assert said[0].startswith(KYOKAI)
    assert said[1] == JA.text("side.dial.other_insurers")


def test_another_insurers_member_is_sent_to_that_insurer_and_never_to_the_association() -> None:
    said = lines(decided(UNKNOWN))
    assert said[0] == JA.text("side.dial.insurer", insurer=BY_CARD.insurer_name)
    assert not any(KYOKAI in line for line in said)


def test_a_member_of_the_association_is_not_told_about_other_insurers() -> None:
    of_kyokai = replace(BY_CARD, validity=4, insurer_number="01139997", insurer_name="協会けんぽ")
    said = lines(decided(replace(CARD_FACTS, by_card=of_kyokai)))
    assert said[0].startswith(KYOKAI)
    assert JA.text("side.dial.other_insurers") not in said


def test_who_was_accepted_calls_nobody() -> None:
    assert lines(decided(CARD_FACTS)) == ()


@pytest.mark.parametrize("line", HELP_LINES, ids=lambda line: line.word)
def test_an_open_line_is_one_line_beside_its_label(line: object) -> None:
    assert cell_len(dial_words(line, JA, NOW)) <= 80 - 2 - 13 - 1 - 2  # type: ignore[arg-type]

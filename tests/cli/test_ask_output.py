"""What `madoguchi ask` makes of a subject: the share of that day, the yen, whom to call, what is unverified."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from eligibility.calendar import JST
from eligibility.charges import FULL, SHARES, payments
from eligibility.insurers import InsurerNumber
from eligibility.rule_dates import STANDARD_RULES
from eligibility.topics import TOPICS, Share, Topic
from eligibility.words import LANGUAGES
from kiosk.cli.ask_answer import answer_as_dict
from kiosk.cli.ask_charge import fitting, on_day
from kiosk.cli.ask_lines import subject_lines, yen_lines
from kiosk.cli.ask_question import Charge
from kiosk.cli.words import Words
from tests.eligibility.fixture_insurers import ELDERLY, KOKUHO, KYOKAI, UNION

BY_WORD = {topic.word: topic for topic in TOPICS}
WITH_FULL = Charge(420, payments(420, (*SHARES, FULL)), ("unknown", "may_be_full"))
SEVENTIES = Charge(420, payments(420, (20, 30)), ("seventies",))


def answer(word: str, insurer: InsurerNumber | None = None, lang: str = "ja") -> dict[str, Any]:
    at = datetime(2026, 11, 20, 10, tzinfo=JST)
    return answer_as_dict(BY_WORD[word], number=insurer, at=at, rules=STANDARD_RULES, lang=lang)


def shown(word: str, insurer: InsurerNumber | None = None, lang: str = "ja") -> str:
    return "\n".join(subject_lines([answer(word, insurer, lang)], insurer, Words(lang)))


def percents(charge: Charge | None) -> list[int] | None:
    return None if charge is None else [payment.percent for payment in charge.payments]


@pytest.mark.parametrize(
    ("day", "share"), [(date(2025, 12, 1), Share.RATIO), (date(2025, 12, 2), BY_WORD["old_card"].share)]
)
def test_an_old_card_has_the_share_of_its_day(day: date, share: Share) -> None:
    """reception.md §5: it counted until 2025-12-01."""
    assert on_day(BY_WORD["old_card"], day).share is share


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.word != "old_card"], ids=lambda topic: topic.word)
def test_no_other_subject_changes_its_share_by_the_day(topic: Topic) -> None:
    assert on_day(topic, date(2025, 11, 20)) is topic


@pytest.mark.parametrize("word", ["checkup", "booking"])
def test_where_nothing_is_charged_there_is_no_table(word: str) -> None:
    assert fitting(WITH_FULL, BY_WORD[word], None) is None


def test_what_insurance_does_not_cover_is_only_the_full_amount_at_the_clinics_price() -> None:
    fitted = fitting(SEVENTIES, BY_WORD["self_pay"], None)
    assert fitted is not None
    assert (percents(fitted), fitted.why) == ([FULL], ("self_pay",))
    assert "保険外の料金は医院の決まりです" in yen_lines(fitted, None, Words("ja"))


@pytest.mark.parametrize(
    ("charge", "insurer", "expected"),
    [
        (SEVENTIES, ELDERLY, [10, 20, 30]),
        (Charge(420, payments(420, (30, FULL)), ("under_seventy", "may_be_full")), ELDERLY, [10, 20, 30, FULL]),
        (SEVENTIES, KYOKAI, [20, 30]),
        (SEVENTIES, None, [20, 30]),
        (Charge(420, payments(420, (30,)), ("given",)), ELDERLY, [30]),
        (Charge(420, payments(420, (10,)), ("given", "given_against_age", "under_seventy")), ELDERLY, [10]),
    ],
)
def test_an_insurer_of_the_elderly_leaves_all_shares_open_at_any_age(
    charge: Charge, insurer: InsurerNumber | None, expected: list[int]
) -> None:
    """65–74 with 障害認定 (reception.md §13b)."""
    fitted = fitting(charge, None, insurer)
    assert percents(fitted) == expected
    assert fitted is not None
    assert insurer is not ELDERLY or "given_against_age" not in fitted.why


@pytest.mark.parametrize(
    ("insurer", "law"),
    [
        (None, "健康保険法第75条など"),
        (KYOKAI, "健康保険法第75条"),
        (KOKUHO, "国民健康保険法第42条の2"),
        (ELDERLY, None),
    ],
)
def test_the_law_of_rounding_is_that_of_the_insurer(insurer: InsurerNumber | None, law: str | None) -> None:
    assert yen_lines(SEVENTIES, insurer, Words("ja"))[-1] == "10円未満は四捨五入です" + (f"({law})" if law else "")


def test_a_help_line_says_whose_it_is_what_for_when_and_how() -> None:
    [line] = answer("last_four_digits")["help_lines"]
    assert line["members"] == "協会けんぽの人"
    assert line["for"] == ["お知らせのマイナンバー下4桁が違うとき。本人がかけます"]
    assert (line["as_of"], len(line["notes"])) == ("2025-06-12", 2)
    told = shown("last_four_digits")
    for part in ("協会けんぽの人: ", "受付: 平日 8:30〜17:15", "支部ではなく", "三者通話", "2025-06-12 の案内"):
        assert part in told


def test_who_is_no_member_of_the_lines_insurer_asks_their_own() -> None:
    assert answer("last_four_digits")["other_members"] == "ほかの人は、加入している保険者に尋ねてもらいます"
    assert answer("last_four_digits", KOKUHO)["other_members"] == "加入している保険者に尋ねてもらいます"
    assert answer("last_four_digits", KYOKAI)["other_members"] is None
    assert answer("outage")["other_members"] is None
    assert "問い合わせ先" in shown("last_four_digits", KOKUHO)


def test_in_an_outage_staff_read_what_to_have_ready() -> None:
    assert "医療機関コード・医療機関名・連絡先を伝えます" in shown("outage")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_unverified_stands_in_brackets_behind_its_sentence(lang: str) -> None:
    texts = [item["text"] for section in answer("returns", KOKUHO, lang)["details"] for item in section["items"]]
    mark = {"ja": "返します(未確認。", "en": " (Unverified: "}[lang]
    assert any(mark in told for told in texts)
    assert not any("。(" in told or ". (" in told for told in texts)


def test_an_example_is_not_called_the_insurers_own_rule() -> None:
    told = shown("returns", KOKUHO)
    assert "一部の市区町村の案内を例にしています" in told
    assert "の決まりです" not in told
    assert "健康保険組合の決まりです" in shown("returns", UNION)

"""Every day that the rules turn on, written out from reception.md §1 a second time, so that a slip is seen."""

from __future__ import annotations

import re
from datetime import date

import pytest

from eligibility.rule_dates import RULE_DATES, SEEDS, RuleDate, Use

DAYS = {
    "online_qualification_from": "2021-10-20",
    # Of these two the sources name the month only.
    "online_qualification_obligatory": "2023-04-01",
    "visual_on_reader_from": "2025-04-01",
    "face_only_card_from": "2023-12-15",
    "consent_screens_changed": "2024-10-07",
    "old_card_issued_until": "2024-12-01",
    "leniency_national_from": "2025-06-27",
    "national_card_limit": "2025-07-31",
    "smartphone_from": "2025-09-19",
    "leniency_notice": "2025-11-12",
    "old_card_until": "2025-12-01",
    "leniency_all_from": "2025-12-02",
    "leniency_reminder": "2026-01-09",
    "leniency_until": "2026-03-31",
    "reader_support_until": "2026-03-31",
    "elderly_certificate_for_all_until": "2026-07-31",
    "chiba_certificate_limit": "2029-12-01",
}


def test_they_are_all_there_and_each_once() -> None:
    assert sorted(rule.word for rule in RULE_DATES) == sorted(DAYS)


@pytest.mark.parametrize("rule", RULE_DATES, ids=lambda rule: rule.word)
def test_each_is_the_day_of_the_text(rule: RuleDate) -> None:
    assert rule.day.isoformat() == DAYS[rule.word]


def test_they_stand_in_the_order_of_the_calendar() -> None:
    days: list[date] = [rule.day for rule in RULE_DATES]
    assert days == sorted(days)


def test_every_seed_that_a_source_cites_is_a_document() -> None:
    cited = {seed for rule in RULE_DATES for seed in re.findall(r"\bS[0-9]\b", rule.source)}
    assert cited == set(SEEDS) == {"S0", "S1", "S2", "S3", "S4"}


def test_what_a_day_is_for_is_one_of_three_words() -> None:
    assert [use.value for use in Use] == ["decides", "guides", "background"]

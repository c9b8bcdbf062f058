"""Which rules hold on which day (reception.md §1, §5), and which of the days can be moved."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest

from eligibility.documents import EligibilityNotice
from eligibility.errors import FieldError
from eligibility.policy import decide
from eligibility.regimes import InForce, Period, leniency, regime_on, regimes
from eligibility.rule_dates import RULE_DATES, STANDARD_RULES, Rules, Use
from tests.eligibility.cases import BY_NUMBERS, case
from tests.eligibility.fixture_insurers import KYOKAI

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "period", "in_force"),
    [
        ("2024-12-01", "P0", {"old_card_issued", "old_card_counts"}),
        ("2024-12-02", "P1", {"old_card_counts"}),
        ("2025-06-26", "P1", {"old_card_counts"}),
        ("2025-06-27", "P1", {"old_card_counts", "leniency_national"}),
        ("2025-09-18", "P1", {"old_card_counts", "leniency_national"}),
        ("2025-09-19", "P1", {"old_card_counts", "leniency_national", "smartphone_counts"}),
        ("2025-12-01", "P1", {"old_card_counts", "leniency_national", "smartphone_counts"}),
        ("2025-12-02", "P2", {"leniency_all", "smartphone_counts"}),
        ("2026-03-31", "P2", {"leniency_all", "smartphone_counts"}),
        ("2026-04-01", "P3", {"smartphone_counts"}),
    ],
)
def test_what_holds_on_both_sides_of_every_limit(day: str, period: str, in_force: set[str]) -> None:
    regime = regime_on(date.fromisoformat(day))
    assert regime.period == period
    assert set(regime.in_force) == in_force


def test_the_regimes_follow_each_other_without_gap_or_overlap() -> None:
    found = regimes()
    assert found[0].first is None
    assert found[-1].last is None
    for earlier, later in pairwise(found):
        assert earlier.last is not None
        assert earlier.last + ONE_DAY == later.first
        assert (earlier.period, earlier.in_force) != (later.period, later.in_force)
    assert [regime.period for regime in found] == ["P0", "P1", "P1", "P1", "P2", "P3"]
    assert [str(regime.first) for regime in found[1:]] == [
        "2024-12-02",
        "2025-06-27",
        "2025-09-19",
        "2025-12-02",
        "2026-04-01",
    ]


def test_every_day_is_in_the_regime_that_names_it() -> None:
    for regime in regimes():
        for day in (regime.first, regime.last):
            assert day is None or regime_on(day) == regime


def test_a_decision_does_not_turn_on_any_other_rule_date() -> None:
    deciding = {rule.word for rule in RULE_DATES if rule.use is Use.DECIDES}
    assert deciding == {
        "old_card_issued_until",
        "leniency_national_from",
        "smartphone_from",
        "old_card_until",
        "leniency_all_from",
        "leniency_until",
    }
    for rule in RULE_DATES:
        if rule.use is Use.DECIDES:
            assert getattr(STANDARD_RULES, rule.word) == rule.day


class TestMovedDays:
    def test_an_extended_leniency_is_decided_by(self) -> None:
        rules = STANDARD_RULES.moved("leniency_until", date(2026, 7, 31))
        alone = case(EligibilityNotice(insurer_number=KYOKAI), on=date(2026, 7, 31), answer=BY_NUMBERS)
        assert decide(alone).outcome == "NOT_CONFIRMED"
        assert decide(alone, rules).outcome == "OK_LENIENT"
        day_after = case(EligibilityNotice(insurer_number=KYOKAI), on=date(2026, 8, 1), answer=BY_NUMBERS)
        assert decide(day_after, rules).outcome == "NOT_CONFIRMED"
        assert regime_on(date(2026, 7, 31), rules).period is Period.P2
        assert leniency(date(2026, 4, 1), rules) is InForce.LENIENCY_ALL

    def test_the_sources_stay_as_they_are(self) -> None:
        STANDARD_RULES.moved("leniency_until", date(2026, 7, 31))
        assert Rules() == STANDARD_RULES

    KNOWN: ClassVar = {"known": "leniency_until, reader_support_until, elderly_certificate_for_all_until"}

    @pytest.mark.parametrize("word", ["old_card_until", "face_only_card_from"])
    def test_a_day_with_a_firm_source_cannot_be_moved(self, word: str) -> None:
        with pytest.raises(FieldError) as refused:
            STANDARD_RULES.moved(word, date(2026, 12, 1))
        assert (refused.value.code, refused.value.params) == ("rules.verified_date", self.KNOWN)

    def test_what_is_no_rule_date_cannot_be_moved(self) -> None:
        with pytest.raises(FieldError) as refused:
            STANDARD_RULES.moved("old_card", date(2026, 12, 1))
        assert (refused.value.code, refused.value.params) == ("rules.unknown_date", self.KNOWN)

    def test_every_day_without_a_firm_source_can_be_moved(self) -> None:
        for rule in RULE_DATES:
            if not rule.verified:
                assert getattr(STANDARD_RULES.moved(rule.word, date(2027, 1, 1)), rule.word) == date(2027, 1, 1)

    def test_the_leniency_cannot_end_before_it_holds_for_everybody(self) -> None:
        with pytest.raises(FieldError) as refused:
            STANDARD_RULES.moved("leniency_until", date(2025, 12, 1))
        assert (refused.value.code, refused.value.params) == ("rules.too_early", {"first": "2025-12-02"})
        one_day = STANDARD_RULES.moved("leniency_until", date(2025, 12, 2))
        assert leniency(date(2025, 12, 2), one_day) is InForce.LENIENCY_ALL

    def test_a_leniency_without_end_is_the_last_regime(self) -> None:
        rules = STANDARD_RULES.moved("leniency_until", date.max)
        assert (regimes(rules)[-1].period, regimes(rules)[-1].last) == (Period.P2, None)


def test_what_the_sources_leave_open_is_marked() -> None:
    assert {rule.word for rule in RULE_DATES if not rule.verified} == {
        "leniency_until",
        "reader_support_until",
        "elderly_certificate_for_all_until",
    }

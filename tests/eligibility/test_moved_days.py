"""A rule date that was moved holds everywhere: in the regimes, in the decision and on the way to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Case
from eligibility.documents import InsuranceCard
from eligibility.policy import decide, explain
from eligibility.regimes import InForce, regime_on, regimes
from eligibility.rule_dates import STANDARD_RULES
from tests.eligibility.cases import BROKEN_CARD, NOTICE, PHONE, case
from tests.eligibility.fixture_insurers import KYOKAI

LONGER_LENIENCY = STANDARD_RULES.moved("leniency_until", date(2026, 7, 31))
LONGER_OLD_CARD = replace(STANDARD_RULES, old_card_until=date(2026, 12, 31))
"""No setting moves this day; the rules are a value all the same, and every row is to go by it."""


def test_the_regimes_end_and_begin_with_it() -> None:
    assert [regime.last for regime in regimes(LONGER_LENIENCY)[-2:]] == [date(2026, 7, 31), None]
    assert regimes(LONGER_LENIENCY)[-1].first == date(2026, 8, 1)


def test_what_is_in_force_goes_by_it() -> None:
    assert InForce.LENIENCY_ALL in regime_on(date(2026, 7, 31), LONGER_LENIENCY).in_force
    assert InForce.LENIENCY_ALL not in regime_on(date(2026, 7, 31)).in_force


@pytest.mark.parametrize(
    "shown",
    [case(), case(outage=True), case(BROKEN_CARD), case(PHONE), case(NOTICE)],
    ids=["alone", "in an outage", "beside a card", "beside a phone", "beside a notice"],
)
def test_no_row_calls_an_old_card_over_before_its_day(shown: Case) -> None:
    with_card = replace(shown, presented=(*shown.presented, InsuranceCard(KYOKAI)))
    assert "old_card_over" in decide(with_card).reasons
    assert decide(with_card, LONGER_OLD_CARD).outcome == "OK_OLD_CARD"
    ended = replace(with_card, disaster=True)
    assert decide(ended, LONGER_OLD_CARD).outcome == "OK_DISASTER"
    assert "old_card_over" in [word for step in explain(with_card) for word in step.why]

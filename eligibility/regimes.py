"""Which rules are in force on a day: the periods between two days on which a decision may change.

This module alone cuts the calendar into periods. It decides nothing about a person. If it is wrong, `rules --on` tells
the desk a rule that does not hold. Periods P1–P3: facts/reception.md §5; P0 is the time before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from eligibility.rule_dates import STANDARD_RULES, Rules

_ONE_DAY = timedelta(days=1)


class Period(StrEnum):
    """The great periods of the change from 健康保険証 to マイナ保険証."""

    P0 = "P0"
    """健康保険証 is still issued."""
    P1 = "P1"
    """The issued ones still count."""
    P2 = "P2"
    """They have ended; the leniency helps."""
    P3 = "P3"
    """The leniency has ended."""


class InForce(StrEnum):
    """What may hold on a day."""

    OLD_CARD_ISSUED = "old_card_issued"
    OLD_CARD_COUNTS = "old_card_counts"
    SMARTPHONE_COUNTS = "smartphone_counts"
    LENIENCY_NATIONAL = "leniency_national"
    """For 国保 and 後期高齢者医療 only."""
    LENIENCY_ALL = "leniency_all"


@dataclass(frozen=True, slots=True)
class Regime:
    """What holds from `first` to `last`, both inclusive; None is "since ever" and "until further notice"."""

    period: Period
    first: date | None
    last: date | None
    in_force: tuple[InForce, ...]


def regime_on(day: date, rules: Rules = STANDARD_RULES) -> Regime:
    """The regime of a day. Within one, a decision changes by age and printed limits only."""
    starts = [start for start in _starts(rules) if start <= day]
    ends = [start for start in _starts(rules) if start > day]
    return Regime(
        _period(day, rules),
        max(starts, default=None),
        min(ends) - _ONE_DAY if ends else None,
        _in_force(day, rules),
    )


def regimes(rules: Rules = STANDARD_RULES) -> tuple[Regime, ...]:
    """All regimes in the order of the calendar."""
    return tuple(regime_on(day, rules) for day in (date.min, *_starts(rules)))


def leniency(day: date, rules: Rules = STANDARD_RULES) -> InForce | None:
    """The leniency of a day (reception.md §1, §5), or None."""
    if not rules.leniency_national_from <= day <= rules.leniency_until:
        return None
    return InForce.LENIENCY_NATIONAL if day < rules.leniency_all_from else InForce.LENIENCY_ALL


def _starts(rules: Rules) -> list[date]:
    last_days = {rules.old_card_issued_until, rules.old_card_until, rules.leniency_until} - {date.max}
    first_days = {rules.leniency_national_from, rules.smartphone_from, rules.leniency_all_from}
    return sorted(first_days | {last + _ONE_DAY for last in last_days})


def _period(day: date, rules: Rules) -> Period:
    if day <= rules.old_card_issued_until:
        return Period.P0
    if day <= rules.old_card_until:
        return Period.P1
    return Period.P2 if day <= rules.leniency_until else Period.P3


def _in_force(day: date, rules: Rules) -> tuple[InForce, ...]:
    holds = {
        InForce.OLD_CARD_ISSUED: day <= rules.old_card_issued_until,
        InForce.OLD_CARD_COUNTS: day <= rules.old_card_until,
        InForce.SMARTPHONE_COUNTS: day >= rules.smartphone_from,
    }
    found = [word for word, it_does in holds.items() if it_does]
    lenient = leniency(day, rules)
    return (*found, lenient) if lenient else tuple(found)

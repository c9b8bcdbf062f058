"""Public holidays, 年末年始 and business days (reception.md §2.4, §9)."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.holidays import (
    HOLIDAYS_KNOWN_FROM,
    HOLIDAYS_KNOWN_UNTIL,
    YEAR_END,
    business_days_after,
    is_business_day,
    is_holiday,
    is_year_end,
    usable_from,
)

D = date.fromisoformat
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-01-12",
        "2026-02-11",
        "2026-02-23",
        "2026-03-20",
        "2026-04-29",
        "2026-05-03",
        "2026-05-04",
        "2026-05-05",
        "2026-05-06",  # 振替休日
        "2026-07-20",
        "2026-08-11",
        "2026-09-21",
        "2026-09-22",  # 国民の休日, between two holidays
        "2026-09-23",
        "2026-10-12",
        "2026-11-03",
        "2026-11-23",
    ],
)
def test_the_eighteen_holidays_of_2026(day: str) -> None:
    assert is_holiday(D(day))


def test_2026_has_no_other_holiday() -> None:
    assert sum(is_holiday(date(2026, 1, 1) + days * ONE_DAY) for days in range(365)) == 18


@pytest.mark.parametrize("day", ["2026-09-20", "2026-11-22", "2026-11-24", "2026-12-23", "2025-09-22", "2026-12-31"])
def test_a_sunday_or_a_day_beside_a_holiday_is_none(day: str) -> None:
    assert not is_holiday(D(day))


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2026-12-28", False),
        ("2026-12-29", True),
        ("2026-12-31", True),
        ("2027-01-01", True),
        ("2027-01-03", True),
        ("2027-01-04", False),
        ("2026-06-30", False),
    ],
)
def test_the_year_end_is_12_29_to_01_03(day: str, inside: bool) -> None:
    assert is_year_end(D(day)) == inside


def test_the_days_of_the_year_end_are_marked_unverified() -> None:
    assert not YEAR_END.verified
    assert "print no days" in YEAR_END.source


@pytest.mark.parametrize(
    ("day", "business"),
    [
        ("2026-11-20", True),  # Friday
        ("2026-11-21", False),  # Saturday
        ("2026-11-22", False),
        ("2026-11-23", False),  # 勤労感謝の日, a Monday
        ("2026-11-24", True),
        ("2026-09-22", False),  # 国民の休日, a Tuesday
        ("2026-12-28", True),  # a Monday
        ("2026-12-29", False),
        ("2027-01-04", True),
    ],
)
def test_offices_work_on_weekdays_that_are_no_holiday_and_not_year_end(day: str, business: bool) -> None:
    assert is_business_day(D(day)) == business


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-11-20", 1, "2026-11-24"),  # over a weekend and a holiday
        ("2026-11-16", 2, "2026-11-18"),
        ("2026-09-18", 1, "2026-09-24"),  # 敬老の日, 国民の休日, 秋分の日
        ("2026-12-28", 1, "2027-01-04"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2025-12-26", 1, "2026-01-05"),
    ],
)
def test_business_days_are_counted_from_the_day_after(day: str, count: int, then: str) -> None:
    assert business_days_after(D(day), count) == D(then)


def test_they_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        business_days_after(D("2026-11-20"), -1)


@pytest.mark.parametrize(
    ("accepted", "earliest", "latest"),
    [
        ("2026-11-16", "2026-11-18", "2026-11-24"),  # Monday; the weekend and the 23rd do not count
        ("2026-04-01", "2026-04-03", "2026-04-08"),
        ("2026-12-25", "2027-01-04", "2027-01-07"),
    ],
)
def test_a_new_membership_works_two_to_five_business_days_after_acceptance(
    accepted: str, earliest: str, latest: str
) -> None:
    assert usable_from(D(accepted)) == (D(earliest), D(latest))


@given(st.dates(), st.integers(0, 7))
def test_every_date_has_an_answer(day: date, count: int) -> None:
    assert is_business_day(day) in {True, False}
    then = business_days_after(day, count)
    assert then >= day
    assert count == 0 or is_business_day(then) or then == date.max


@given(st.dates(date(1950, 1, 1), date(2999, 1, 1)), st.integers(1, 7))
def test_exactly_that_many_business_days_lie_between(day: date, count: int) -> None:
    then = business_days_after(day, count)
    between = [day + step * ONE_DAY for step in range(1, (then - day).days + 1)]
    assert sum(map(is_business_day, between)) == count


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date.min, False),  # a 1 January, but before the law
        (HOLIDAYS_KNOWN_FROM - ONE_DAY, False),
        (date(1948, 1, 1), False),
        (date(1948, 11, 3), True),
        (date(2999, 11, 3), True),
        (HOLIDAYS_KNOWN_UNTIL + ONE_DAY, False),
        (date.max, False),
    ],
)
def test_outside_the_years_of_the_law_no_day_is_called_a_holiday(day: date, holiday: bool) -> None:
    assert is_holiday(day) == holiday


def test_counting_ends_with_the_last_day_there_is() -> None:
    assert business_days_after(date.max, 3) == date.max


def test_a_day_somebody_registers_with_the_library_changes_nothing_here() -> None:
    class EveryDay(jpholiday.OriginalHolidayCheckerInterface):
        def is_holiday(self, date: date) -> bool:
            return True

        def holiday_name(self, date: date) -> str:
            return "毎日"

    everyday = EveryDay()
    jpholiday.register(everyday)
    try:
        assert jpholiday.is_holiday(D("2026-11-25"))
        assert not is_holiday(D("2026-11-25"))
    finally:
        jpholiday.unregister(everyday)


def test_the_library_is_loaded_by_the_first_question_only() -> None:
    program = (
        "import sys, datetime, eligibility.holidays as h; early = 'jpholiday' in sys.modules; "
        "h.is_holiday(datetime.date(2026, 11, 23)); print(early, 'jpholiday' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]

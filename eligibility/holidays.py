"""Japanese public holidays, 年末年始, and the business days between them.

This module alone knows which days offices are closed, and it alone imports the holiday library (at the first question,
so that start-up stays light). It reads no clock. If it is wrong, the desk sends somebody to a line that is closed, or
promises a new membership for a day too early. Facts: facts/reception.md §2.4, §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jpholiday import JPHoliday

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5

HOLIDAYS_KNOWN_FROM = date(1948, 7, 20)
"""The first day of 国民の祝日に関する法律. Before it no day is called a holiday here."""
HOLIDAYS_KNOWN_UNTIL = date(2999, 12, 31)
"""The last year for which the library computes the equinoxes. After it no day is called a holiday here.

Both equinoxes are announced a year ahead: later ones are computed, and later laws are of course not foreseen.
"""

USABLE_AFTER_BUSINESS_DAYS = (2, 5)
"""マイナ保険証 works this many business days after 日本年金機構 accepts the 資格取得届 (S0, S3: 2～5営業日程度)."""


@dataclass(frozen=True, slots=True)
class YearEnd:
    """年末年始 as (month, day) of its first and last day, both inclusive, with where that comes from."""

    first: tuple[int, int]
    last: tuple[int, int]
    source: str
    verified: bool


YEAR_END = YearEnd(
    (12, 29),
    (1, 3),
    "S0, S2 and S3 say 年末年始を除く and print no days; 12月29日～1月3日 stands on older public pages about the "
    "free dial (mynumber-univ.com/?p=110)",
    verified=False,
)
"""The days that the help lines mean by 年末年始: unverified."""


def is_holiday(day: date) -> bool:
    """Whether the law makes it a holiday: 祝日, 振替休日, 国民の休日 (2026-09-22). A plain Sunday is none."""
    return HOLIDAYS_KNOWN_FROM <= day <= HOLIDAYS_KNOWN_UNTIL and _library().is_holiday(day)


def is_year_end(day: date) -> bool:
    """Whether it lies in 年末年始, see `YEAR_END` (unverified)."""
    return (day.month, day.day) >= YEAR_END.first or (day.month, day.day) <= YEAR_END.last


def is_business_day(day: date) -> bool:
    """Whether offices work: no Saturday, Sunday, holiday or 年末年始."""
    return day.weekday() < _SATURDAY and not is_year_end(day) and not is_holiday(day)


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after `day`, which itself never counts; 0 is `day`.

    Where the calendar of dates ends first (the year 9999), its last day.

    Raises:
        ValueError: `count` is negative: a mistake of the program.
    """
    if count < 0:
        raise ValueError("business days are counted forwards")
    while count and day < date.max:
        day += _ONE_DAY
        count -= is_business_day(day)
    return day


def usable_from(accepted_on: date) -> tuple[date, date]:
    """The earliest and the latest day on which マイナ保険証 usually begins to work (S0, S3).

    `accepted_on` is the day 日本年金機構 accepted the 資格取得届. Without a マイナンバー on it, it takes longer.
    """
    earliest, latest = USABLE_AFTER_BUSINESS_DAYS
    return business_days_after(accepted_on, earliest), business_days_after(accepted_on, latest)


@cache
def _library() -> JPHoliday:
    """An instance of our own: days that somebody registers with the library's shared one do not reach it."""
    from jpholiday import JPHoliday

    return JPHoliday()

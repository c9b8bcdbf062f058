"""Whether somebody answers at a moment, and when next: hours per kind of day, over holidays and 年末年始.

This module alone compares a moment with hours. It reads no clock and knows no particular line. All hours are those of
Japan. If it is wrong, the desk says "open" to a telephone that rings in an empty room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from eligibility.calendar import JST
from eligibility.holidays import YEAR_END, is_holiday, is_year_end

_ONE_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
_LOOK_AHEAD_DAYS = 31
"""No stretch of closed days comes near it: the ten of 2019-04-27 to 05-06 are the longest so far."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens`, that minute included, to `closes`, that minute excluded; None is midnight."""

    opens: time
    closes: time | None


ALL_DAY = Hours(time(0), None)


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Hours per kind of day; None is a closed day. A holiday wins over the day of the week, 年末年始 over both."""

    weekday: Hours
    saturday: Hours | None
    sunday: Hours | None
    holiday: Hours | None
    closed_at_year_end: bool

    def on(self, day: date) -> Hours | None:
        """The hours of a day, or None."""
        return None if self.closed_at_year_end and is_year_end(day) else self._of_ordinary_day(day)

    def closed_by_assumption(self, day: date) -> bool:
        """Whether nothing but our idea of 年末年始 closes that day: no source prints the days."""
        only_year_end = self.on(day) is None and self._of_ordinary_day(day) is not None
        return only_year_end and not YEAR_END.verified

    def _of_ordinary_day(self, day: date) -> Hours | None:
        if is_holiday(day):
            return self.holiday
        return {_SATURDAY: self.saturday, _SUNDAY: self.sunday}.get(day.weekday(), self.weekday)


@dataclass(frozen=True, slots=True)
class OpenState:
    """Hours at one moment, times in Japan.

    `until` is when it closes, None where it is closed or does not close that day; `opens_at` when it opens next, None
    where it is open. `verified` is False where the hours, or 年末年始 between now and `opens_at`, stand in no source.
    """

    open: bool
    until: datetime | None
    opens_at: datetime | None
    verified: bool


def open_state(week: WeekHours, at: datetime, *, verified: bool = True) -> OpenState:
    """Whether it is open at the moment `at`, else when next. `verified`: whether a source prints the hours.

    Raises:
        ValueError: `at` has no time zone: a mistake of the program, which would be hours off elsewhere.
    """
    if at.utcoffset() is None:
        raise ValueError("a moment without a time zone cannot be compared with hours in Japan")
    now = at.astimezone(JST)
    assumed = False
    for day in _days_from(now.date()):
        hours = week.on(day)
        if hours is None:
            assumed |= week.closed_by_assumption(day)
            continue
        opens = datetime.combine(day, hours.opens, JST)
        if now < opens:
            return OpenState(open=False, until=None, opens_at=opens, verified=verified and not assumed)
        closes = None if hours.closes is None else datetime.combine(day, hours.closes, JST)
        if closes is None or now < closes:
            return OpenState(open=True, until=closes, opens_at=None, verified=verified)
    # The calendar of dates ends (the year 9999) before it opens again.
    return OpenState(open=False, until=None, opens_at=None, verified=verified and not assumed)


def _days_from(first: date) -> Iterator[date]:
    for step in range(min(_LOOK_AHEAD_DAYS, (date.max - first).days + 1)):
        yield first + step * _ONE_DAY

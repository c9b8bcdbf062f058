"""Eras, ages and the life of a certificate.

This module alone turns written dates into days and birthdays into rules. It reads no clock: "today" is always an
argument, a day in Japan. If it is wrong, a child pays an adult's share, or a certificate is refused that still counts.
Facts: facts/validation.md §3 and §4, facts/reception.md §4 (certificate expiry states).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from enum import StrEnum

from eligibility.errors import FieldError
from eligibility.text import narrow, refuse_individual_number

JST = timezone(timedelta(hours=9), "JST")
"""Japan's time: every day in this program is a day there."""

CERTIFICATE_NOTICE_MONTHS = 3
"""A certificate is called expiring from this many months before its last day (reception.md §4 step 5)."""
CERTIFICATE_GRACE_MONTHS = 3
"""Grace ends with the last day of this many months after the month of expiry (reception.md §4)."""
OLDEST_PLAUSIBLE_AGE = 120
"""Above this age a birthdate is to be confirmed, not refused (validation.md §3)."""


@dataclass(frozen=True, slots=True)
class Era:
    """One 元号 with its first and last day (inclusive; `last` is None for the present one)."""

    kanji: str
    letter: str
    first: date
    last: date | None


ERAS = (
    # The first day of 明治 is the solar equivalent that era libraries use; no living person was born before 1873,
    # when the calendar became solar.
    Era("明治", "M", date(1868, 1, 23), date(1912, 7, 29)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", date(2019, 5, 1), None),
)

_ERA_OF = {word: era for era in ERAS for word in (era.kanji, era.kanji[0], era.letter)}
_LIGATURES = str.maketrans({"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和", "。": ".", "．": "."})
_ERA_WORD = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])"
_GAP = r" *[年月./\- ] *"
_WITH_ERA = re.compile(
    _ERA_WORD + rf" *(?P<year>元|[0-9]{{1,2}}){_GAP}(?P<month>[0-9]{{1,2}}){_GAP}(?P<day>[0-9]{{1,2}}) *日?"
)
_WITH_ERA_COMPACT = re.compile(_ERA_WORD + r"(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_WESTERN = re.compile(rf"(?P<year>[0-9]{{4}}){_GAP}(?P<month>[0-9]{{1,2}}){_GAP}(?P<day>[0-9]{{1,2}}) *日?")
_WESTERN_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_FORMS = (_WITH_ERA, _WITH_ERA_COMPACT, _WESTERN, _WESTERN_COMPACT)


def parse_date(text: str, *, field: str) -> date:
    """The day that `text` writes, in an era or the western calendar, full-width or half-width.

    Accepts 昭55.6.15, S55/6/15, 昭和55年6月15日, 元年, S550615, 1980-06-15, 1980年6月15日, 19800615. `field` is the
    name of the form's field, handed back in the error's parameters.

    Raises:
        FieldError: `field.date.empty`, `field.date.form`, `field.date.no_such_day`, `field.date.outside_era`
            (with the era's first and last day; 昭和64年1月8日 never was), or `field.individual_number`.
    """
    refuse_individual_number(text)
    written = narrow(text.translate(_LIGATURES)).strip().upper()
    if not written:
        raise FieldError("field.date.empty", field=field)
    match = next((found for form in _FORMS if (found := form.fullmatch(written))), None)
    if match is None:
        raise FieldError("field.date.form", field=field)
    parts = match.groupdict()
    era = _ERA_OF.get(parts.get("era") or "")
    year = 1 if parts["year"] == "元" else int(parts["year"])
    if era is not None:
        year += era.first.year - 1
    try:
        day = date(year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        raise FieldError("field.date.no_such_day", field=field) from None
    if era is not None and not (year >= era.first.year and _within(day, era)):
        raise FieldError(
            "field.date.outside_era",
            field=field,
            era=era.kanji,
            first=era_text(era.first),
            last=era_text(era.last) if era.last else "",
        )
    return day


def parse_birthdate(text: str, on: date) -> date:
    """A 生年月日 as `parse_date` reads it.

    Raises:
        FieldError: As `parse_date`, and `field.birthdate.future` where it lies after `on`.
    """
    birthdate = parse_date(text, field="birthdate")
    if birthdate > on:
        raise FieldError("field.birthdate.future", field="birthdate", today=era_text(on))
    return birthdate


def birthdate_needs_confirmation(birthdate: date, on: date) -> bool:
    """Whether the age is above any living person's: staff confirm it, it is not refused (validation.md §3)."""
    return age_on(birthdate, on) > OLDEST_PLAUSIBLE_AGE


def era_text(day: date) -> str:
    """The day as papers print it: 昭和55年6月15日, 令和元年5月1日. A day before 明治 is written western."""
    era = next((era for era in ERAS if _within(day, era)), None)
    if era is None:
        return f"{day.year}年{day.month}月{day.day}日"
    year = day.year - era.first.year + 1
    return f"{era.kanji}{'元' if year == 1 else year}年{day.month}月{day.day}日"


class CertificateState(StrEnum):
    """The life of the 利用者証明用電子証明書 (reception.md §4). Values are words of design.md §5."""

    VALID = "valid"
    EXPIRING = "expiring"
    GRACE = "grace"
    EXPIRED = "expired"


def certificate_state(not_after: date, on: date, *, phone: bool = False) -> CertificateState:
    """The state on day `on` of a certificate whose last day (in Japan, inclusive) is `not_after`.

    Expiring from three months before the last day. In grace to the end of the third month after the month of expiry:
    2026-05-10 counts until 2026-08-31. (One source counts from the day of expiry; month end is followed.) A certificate
    on a `phone` has no grace.
    """
    if on > not_after:
        in_grace = not phone and on <= grace_until(not_after)
        return CertificateState.GRACE if in_grace else CertificateState.EXPIRED
    last_quiet_month_end = _month_end(not_after, -CERTIFICATE_NOTICE_MONTHS)
    notice_from = last_quiet_month_end.replace(day=min(not_after.day, last_quiet_month_end.day))
    return CertificateState.EXPIRING if on >= notice_from else CertificateState.VALID


def grace_until(not_after: date) -> date:
    """The last day (inclusive) on which a card counts whose certificate's last day was `not_after` (猶予期間)."""
    return _month_end(not_after, CERTIFICATE_GRACE_MONTHS)


def age_on(birthdate: date, on: date) -> int:
    """The age in everyday words: it grows on the birthday (29 February: on 1 March in common years).

    Rules that count an age as reached on the day before have functions of their own below.
    """
    return on.year - birthdate.year - ((on.month, on.day) < (birthdate.month, birthdate.day))


def preschool_until(birthdate: date) -> date:
    """The last day of 未就学: the first 31 March on or after the day age 6 is reached (validation.md §4)."""
    return _school_year_end(birthdate, 6)


def eighteen_until(birthdate: date) -> date:
    """The first 31 March on or after the day age 18 is reached: until then 特別療養 does not apply (design.md §5)."""
    return _school_year_end(birthdate, 18)


def seventy_rule_from(birthdate: date) -> date:
    """The first day of the 70–74 rules: the 1st of the month after age 70 is reached; born on a 1st: that month."""
    last_day_before = _month_end(_age_reached_on(birthdate, 70), 0)
    return last_day_before + timedelta(days=1) if last_day_before < date.max else date.max


def elderly_from(birthdate: date) -> date:
    """The first day of 後期高齢者医療: the 75th birthday itself, not the day before (validation.md §4)."""
    return _birthday(birthdate, 75)


def _within(day: date, era: Era) -> bool:
    return era.first <= day and (era.last is None or day <= era.last)


def _birthday(birthdate: date, age: int) -> date:
    """The birthday at `age`; 29 February becomes 1 March in common years. Beyond the calendar's end: its last day."""
    year = birthdate.year + age
    if year > date.max.year:
        return date.max
    try:
        return birthdate.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _age_reached_on(birthdate: date, age: int) -> date:
    """年齢計算ニ関スル法律: an age is reached on the day before the birthday."""
    return _birthday(birthdate, age) - timedelta(days=1)


def _school_year_end(birthdate: date, age: int) -> date:
    reached = _age_reached_on(birthdate, age)
    year = reached.year if (reached.month, reached.day) <= (3, 31) else reached.year + 1
    return date(year, 3, 31) if year <= date.max.year else date.max


def _month_end(day: date, months: int) -> date:
    """The last day of the month `months` after (or before) that of `day`, or the calendar's own end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])

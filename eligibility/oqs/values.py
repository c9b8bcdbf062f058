"""The types of the values in a message, and their way from and to Python's own types.

Everything in a message is text: leading zeros and blanks count (online-qualification.md §1.3). A type here says which
texts are possible at all; it never says whether an insurer exists or a person is insured. The error a type raises is
already the message id that the caller of the codec sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from eligibility.text import holds_individual_number as holds_individual_number  # for the mock server
from eligibility.text import looks_like_individual_number as looks_like_individual_number

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_REFUSED = re.compile(f"[{_CONTROL}{_PRIVATE_USE}]")
_REFUSED_AS_PRIVATE_USE = re.compile(f"[{_PRIVATE_USE}]")


def refused_characters(text: str) -> str | None:
    """The message id of what `text` may not contain, or None when it is fine.

    Private use (外字) means something else on every machine, and CP932 would pass it on silently as F040 and following
    (validation.md §5). Control characters are refused but line feed and tab.
    """
    if not _REFUSED.search(text):
        return None
    return "message.text.private_use" if _REFUSED_AS_PRIVATE_USE.search(text) else "message.text.characters"


def _refuse(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, code)  # the id is the whole of the error


def _clean(text: str) -> str:
    if _REFUSED.search(text) and (code := refused_characters(text)):
        raise _refuse(code)
    return text


def _shaped(pattern: str, code: str) -> Callable[[str], str]:
    matches = re.compile(pattern).fullmatch

    def check(text: str) -> str:
        if not matches(text):
            raise _refuse(code)
        return text

    return check


def _at_most(length: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > length:
            raise _refuse("message.value.too_long")
        return text

    return check


def _no_individual_number(text: str) -> str:
    if holds_individual_number(text):
        raise _refuse("message.value.individual_number")
    return text


_DAY = re.compile("[0-9]{8}")
_MOMENT = re.compile("[0-9]{8}(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    """Whether the calendar has a day of 8 digits. Days come again and again: in one answer, and in everybody's."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _day(text: str) -> str:
    if _DAY.fullmatch(text) and _is_day(text):
        return text
    raise _refuse("message.value.date")


def _moment(text: str) -> str:
    if _MOMENT.fullmatch(text) and _is_day(text[:8]):
        return text
    raise _refuse("message.value.time")


_INSURER_NUMBER = re.compile("[0-9]{6}|[0-9]{8}")


def _bare_insurer_number(text: str) -> str:
    digits = text.strip(" ")
    if len(digits) == 8 and digits.startswith("00"):  # no 法別番号 00: a 6-digit number that was padded with zeros
        digits = digits[2:]
    if not _INSURER_NUMBER.fullmatch(digits):
        raise _refuse("message.value.insurer_number")
    return digits


Text = Annotated[str, AfterValidator(_clean)]
"""Any text but control characters and private use. ● stands for what the service's character set lacks."""

AskedNumber = Annotated[
    str, AfterValidator(_clean), AfterValidator(_at_most(20)), AfterValidator(_no_individual_number)
]
"""A 記号 or 番号 in a query: 20 characters at most (the limit given for siimm01), and never a 個人番号: people type
these (design.md §2)."""

ReferenceNumberText = Annotated[
    str, AfterValidator(_clean), AfterValidator(_at_most(50)), AfterValidator(_no_individual_number)
]
"""A 照会番号 to be registered: the institution's own number of a patient, 50 characters at most, never a 個人番号."""

Count = Annotated[str, AfterValidator(_shaped("[0-9]{1,9}", "message.value.count"))]
"""A number of people in a bulk answer."""

Code = Annotated[str, AfterValidator(_shaped("[0-9A-Z]{1,4}", "message.value.code"))]
"""A code of a list that may grow: compare it with the list in `codes`."""

Date = Annotated[str, AfterValidator(_day)]
"""A day as YYYYMMDD, one that exists."""

Time = Annotated[str, AfterValidator(_moment)]
"""A moment as YYYYMMDDHHmmss, Japanese time."""

Month = Annotated[str, AfterValidator(_shaped("(?!0000)[0-9]{4}(?:0[1-9]|1[0-2])", "message.value.month"))]
"""A month as YYYYMM."""

Ratio = Annotated[str, AfterValidator(_shaped("0[0-9]{2}|100", "message.value.ratio"))]
"""A share in percent with 3 digits: 010 is 1割."""

InsurerNumber = Annotated[str, AfterValidator(_bare_insurer_number)]
"""A 保険者番号 of 8 or 6 digits, without padding. Two blanks (XML) or two zeros (web JSON) in front are taken off when
read and put back when written (validation.md §1.1). The check digit is not looked at here."""

InstitutionCode = Annotated[str, AfterValidator(_shaped("[0-9]{10}", "message.value.institution"))]
"""医療機関コード: 10 digits."""

Branch = Annotated[str, AfterValidator(_shaped("[0-9]{2}", "message.value.branch"))]
"""枝番: exactly 2 digits; absent is not 00 (validation.md §2)."""

PostNumber = Annotated[str, AfterValidator(_shaped("[0-9]{3}-?[0-9]{4}", "message.value.post_number"))]
"""A postal code; real ones carry the hyphen."""


def date_text(day: date) -> str:
    """`day` as YYYYMMDD."""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def time_text(moment: datetime) -> str:
    """`moment` as YYYYMMDDHHmmss. The caller passes Japanese time; nothing is converted."""
    return f"{date_text(moment)}{moment.hour:02}{moment.minute:02}{moment.second:02}"


def ratio_text(percent: int) -> str:
    """A share in percent (0–100) as the 3 digits of a message. Raises ValueError outside of that."""
    if not 0 <= percent <= 100:
        raise ValueError("a share is between 0 and 100 percent")
    return f"{percent:03}"


def read_date(text: str | None) -> date | None:
    """The day a `Date` names; None where it is absent."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if text else None


def read_ratio(text: str | None) -> int | None:
    """The percent a `Ratio` names; None where it is absent."""
    return int(text) if text else None

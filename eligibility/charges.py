"""Yen at the desk: what the patient pays for the points (点数) of a visit, and which shares an age leaves open.

This module alone turns points into yen. It knows no case: whoever has one asks the policy for the share. If it is
wrong, the till does not fit the claim. 1点 is 10円; the patient's part is rounded to 10円: below 5円 cut off, from 5円
raised (健康保険法第75条). Shares by age: validation.md §4.1, design.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from eligibility.errors import FieldError
from eligibility.insurers import InsurerKind, InsurerNumber
from eligibility.policy_share import AgeGroup, age_group
from eligibility.text import narrow

YEN_PER_POINT: Final = 10
MOST_POINTS: Final = 9_999_999
"""Seven digits hold any visit; more is a slip of the fingers."""
FULL: Final = 100
"""10割: everything, which is not rounded because points are whole tens of yen."""
SHARES: Final = (10, 20, 30)
"""What an insured person can pay, in percent."""

_ROUNDED_TO: Final = 10
_OLDEST: Final = 150


@dataclass(frozen=True, slots=True)
class OpenShares:
    """The shares an age leaves open, lowest first, and why: `yen.why.<word>` says it."""

    word: str
    shares: tuple[int, ...]


PRESCHOOL: Final = OpenShares("preschool", (20,))
MAY_BE_PRESCHOOL: Final = OpenShares("may_be_preschool", (20, 30))
UNDER_SEVENTY: Final = OpenShares("under_seventy", (30,))
SEVENTIES: Final = OpenShares("seventies", (20, 30))
ELDERLY: Final = OpenShares("elderly", SHARES)
UNKNOWN: Final = OpenShares("unknown", SHARES)

_BY_GROUP: Final = {
    AgeGroup.PRESCHOOL: PRESCHOOL,
    AgeGroup.UNDER_SEVENTY: UNDER_SEVENTY,
    AgeGroup.SEVENTIES: SEVENTIES,
    AgeGroup.ELDERLY: ELDERLY,
    AgeGroup.UNKNOWN: UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of the table: a share in percent and what it comes to in yen."""

    percent: int
    yen: int

    def as_dict(self) -> dict[str, int]:
        """`{"percent": 30, "yen": 1260}`."""
        return {"percent": self.percent, "yen": self.yen}


def yen(points: int, percent: int) -> int:
    """What the patient pays, in yen.

    Raises:
        FieldError: `yen.points` outside 0…9,999,999; `yen.percent` for anything but 10, 20, 30 and 100.
    """
    if not 0 <= points <= MOST_POINTS:
        raise FieldError("yen.points", most=f"{MOST_POINTS:,}")
    if percent not in (*SHARES, FULL):
        raise FieldError("yen.percent")
    # A share of whole tens of yen in whole tenths is whole yen: nothing is lost before the one rounding.
    exact = points * YEN_PER_POINT * percent // 100
    return (exact + _ROUNDED_TO // 2) // _ROUNDED_TO * _ROUNDED_TO


def payments(points: int, shares: tuple[int, ...]) -> tuple[Payment, ...]:
    """The table for several shares. Raises FieldError as `yen` does."""
    return tuple(Payment(percent, yen(points, percent)) for percent in shares)


def shares_by_birthdate(birthdate: date | None, on: date, insurer: InsurerNumber | None = None) -> OpenShares:
    """What the birthdate leaves open on day `on`: all three where it is not known.

    An insurer 39… also holds people of 65–74 with 障害認定, so there the age decides nothing (reception.md §13b).
    """
    if insurer is not None and insurer.kind is InsurerKind.ELDERLY:
        return ELDERLY
    return _BY_GROUP[age_group(birthdate, on)]


def shares_by_age(age: int, insurer: InsurerNumber | None = None) -> OpenShares:
    """What an age in years leaves open where the birthdate is not known: at 6, school may have begun or not.

    With an insurer 39… the age decides nothing, as in `shares_by_birthdate`.

    Raises:
        FieldError: `yen.age` outside 0…150.
    """
    if not 0 <= age <= _OLDEST:
        raise FieldError("yen.age", most=str(_OLDEST))
    if insurer is not None and insurer.kind is InsurerKind.ELDERLY:
        return ELDERLY
    if age < 6:
        return PRESCHOOL
    if age == 6:
        return MAY_BE_PRESCHOOL
    if age < 70:
        return UNDER_SEVENTY
    return SEVENTIES if age < 75 else ELDERLY


def rounding_id(insurer: InsurerNumber | None) -> str:
    """The sentence that says how yen are rounded, with the law of that insurer where it is known to say it.

    Not known whose: 健康保険法第75条 as an example. 後期高齢者医療 and 共済 have laws of their own, which were not
    looked up: none is named.
    """
    if insurer is None:
        return "yen.rounding.example"
    if insurer.kind in {InsurerKind.KYOKAI, InsurerKind.SOCIETY}:
        return "yen.rounding.health_insurance"
    return "yen.rounding.national" if insurer.kind is InsurerKind.NATIONAL else "yen.rounding.unnamed"


def parse_points(text: str) -> int:
    """Points as somebody types them: 420, ４２０, 1,260, 420点.

    Raises:
        FieldError: `yen.points` for anything else, and outside 0…9,999,999.
    """
    digits = narrow(text).strip().removesuffix("点").strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_POINTS))):
        raise FieldError("yen.points", most=f"{MOST_POINTS:,}")
    return int(digits)


def parse_share(text: str) -> int:
    """A share as somebody types it, in percent: 3割, 三割, 30%, ３０％, 30, 10割.

    Raises:
        FieldError: `yen.percent` for anything but one, two or three tenths, or all of it.
    """
    written = narrow(text).strip()
    tenths = written.removesuffix("割")
    if tenths != written:
        percent = {"1": 10, "一": 10, "2": 20, "二": 20, "3": 30, "三": 30, "10": FULL, "十": FULL}.get(tenths.strip())
    else:
        percent = {str(share): share for share in (*SHARES, FULL)}.get(written.removesuffix("%").strip())
    if percent is None:
        raise FieldError("yen.percent")
    return percent

"""Situations that the texts of the rules speak of, and short ways to say what became of them.

This module alone owns the days of the three periods of reception.md §5 as tests use them. They are written out here,
not taken from the program, so that a wrong date in the program is seen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Answer, AskedBy
from eligibility.documents import (
    Certificate,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Smartphone,
)
from eligibility.insurers import InsurerNumber
from eligibility.outcome import Outcome
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KOKUHO, KYOKAI, UNION

FIRST_OF_P1, LAST_OF_P1 = date(2024, 12, 2), date(2025, 12, 1)
FIRST_OF_P2, LAST_OF_P2 = date(2025, 12, 2), date(2026, 3, 31)
FIRST_OF_P3 = date(2026, 4, 1)
IN_P3 = date(2026, 11, 20)

in_p1 = pytest.mark.parametrize("on", [FIRST_OF_P1, date(2025, 9, 1), LAST_OF_P1], ids=str)
in_p2 = pytest.mark.parametrize("on", [FIRST_OF_P2, LAST_OF_P2], ids=str)
in_p3 = pytest.mark.parametrize("on", [FIRST_OF_P3, IN_P3], ids=str)

EMPLOYEES_INSURERS = (KYOKAI, UNION, COMPANY)
MUNICIPAL_INSURERS = (KOKUHO, ELDERLY)
"""国保 and 後期高齢者医療: whose papers ran out in the summer of 2025 (reception.md §1)."""

of_any_insurer = pytest.mark.parametrize("insurer", EMPLOYEES_INSURERS + MUNICIPAL_INSURERS, ids=lambda one: one.digits)
of_municipal_insurers = pytest.mark.parametrize("insurer", MUNICIPAL_INSURERS, ids=lambda one: one.digits)
of_employees_insurers = pytest.mark.parametrize("insurer", EMPLOYEES_INSURERS, ids=lambda one: one.digits)

LONG_CERTIFICATE = EligibilityCertificate(KYOKAI, issued_on=FIRST_OF_P1, expires_on=date(2029, 11, 30))
"""In date through all three periods."""
ELDERLY_CERTIFICATE = replace(LONG_CERTIFICATE, insurer_number=ELDERLY, burden_ratio=10)
UNEXPIRED_OLD_CARD = InsuranceCard(KYOKAI)
"""健康保険証 that prints no limit of its own."""
SUMMER_CARD = InsuranceCard(KOKUHO, expires_on=date(2025, 7, 31))
"""健康保険証 of a 国保, run out in the summer of 2025."""
UNDATED_RECIPIENT = ElderlyRecipientCertificate(20)
STRIP = EligibilityNotice(KYOKAI)
"""The cut-out strip of 資格情報のお知らせ: no ratio on it (reception.md §2.3)."""

FACE_CARD = MynaCard(identity=Identity.FACE)
VISUAL_CARD = MynaCard(identity=Identity.VISUAL)
LOCKED_CARD = MynaCard(identity=Identity.PIN_LOCKED)
FORGOTTEN_PIN_CARD = MynaCard(identity=Identity.PIN_FORGOTTEN)
STRANGERS_CARD = MynaCard(identity=Identity.MISMATCH)
FACE_ONLY_CARD = MynaCard(face_only=True)
REVOKED_CHIP = MynaCard(certificate=Certificate.REVOKED)
UNIDENTIFIED_PHONE = Smartphone()


def valid_by_numbers(insurer: InsurerNumber = KYOKAI, ratio: int | None = 30) -> Answer:
    """An answer 1 to a query by the numbers on a paper of that insurer."""
    return Answer(AskedBy.NUMBERS, 1, burden_ratio=ratio, insurer_number=insurer)


def valid_by_card(insurer: InsurerNumber = KYOKAI, ratio: int | None = 30, elderly: int | None = None) -> Answer:
    """An answer 1 to a query by card."""
    return Answer(AskedBy.CARD, 1, ratio, elderly, insurer)


def ended(insurer: InsurerNumber | None, by: AskedBy = AskedBy.NUMBERS) -> Answer:
    """An answer 2 that names the insurer whose membership ended, or none."""
    return Answer(by, 2, insurer_number=insurer)


def decision(outcome: Outcome) -> tuple[str, int]:
    """The outcome's word and the row of design.md §5 that gave it."""
    return outcome.outcome.value, outcome.row


def charge(outcome: Outcome) -> dict[str, object] | None:
    return outcome.charge.as_dict() if outcome.charge else None


def share(percent: int) -> dict[str, object]:
    return {"kind": "ratio", "percent": percent}


def to_be_asked(provisional: int | None) -> dict[str, object]:
    return {"kind": "ask", "provisional": provisional}


EVERYTHING: dict[str, object] = {"kind": "full"}
NOTHING: dict[str, object] = {"kind": "none"}

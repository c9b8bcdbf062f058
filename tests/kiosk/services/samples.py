"""Papers, a PIN, and a day and an hour that stand still."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from eligibility.insurers import InsurerNumber
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper
from reader.pin import PinHandle

JST = timezone(timedelta(hours=9))
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 14, tzinfo=JST)
INSTITUTION = "1312345678"

NOTICE = Paper(
    form=FORM_OF["notice_kyokai_strip"],
    insurer_number=InsurerNumber("01139997"),
    symbol="21700023",
    number="1155",
    branch="00",
    birthdate=date(1985, 6, 15),
)
CERTIFICATE = replace(
    NOTICE, form=FORM_OF["certificate_kyokai"], issued_on=date(2025, 8, 1), expires_on=date(2029, 7, 31)
)


def pin(digits: str = "1234") -> PinHandle:
    return PinHandle(bytearray(digits.encode()))

"""Papers, a PIN, and a day and an hour that stand still."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from kiosk.flow.states import Document, ManualEntry
from reader.pin import PinHandle

JST = timezone(timedelta(hours=9))
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 14, tzinfo=JST)
INSTITUTION = "1312345678"

NOTICE = ManualEntry(Document.ELIGIBILITY_NOTICE, "01139997", "21700023", "1155", "00", date(1985, 6, 15))
CERTIFICATE = ManualEntry(
    Document.ELIGIBILITY_CERTIFICATE,
    "01139997",
    "21700023",
    "1155",
    "00",
    date(1985, 6, 15),
    issued_on=date(2025, 8, 1),
    expires_on=date(2029, 7, 31),
)


def pin(digits: str = "1234") -> PinHandle:
    return PinHandle(bytearray(digits.encode()))

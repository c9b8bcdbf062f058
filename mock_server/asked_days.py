"""Which day a query may ask about. What breaks if wrong: a day beyond the calendar stops the service."""

from __future__ import annotations

from datetime import date
from typing import Final

from eligibility.oqs.values import read_date
from mock_server.errors import QualificationError, Refusal

FIRST_DAY: Final = date(1926, 1, 1)
LAST_DAY: Final = date(9990, 12, 31)
"""Room for everything that is counted in years from a day."""


def asked_day(text: str | None) -> date | None:
    """The day a message names (資格確認日); None where it names none.

    Raises:
        QualificationError: REQUEST_DAY: before 1926 or after 9990.
    """
    day = read_date(text)
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise QualificationError(Refusal.REQUEST_DAY, first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat())
    return day

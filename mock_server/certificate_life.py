"""From when to when a certificate lasts, so that it is in a wanted state on the day it is issued.

The words are those of a persona's file (`personas.CERTIFICATE_STATES`); what a state means on a day is the calendar's
business. Lives are pairs of aware date-times. If it is wrong, a persona "in grace" is turned away, or is not told.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from cryptography import x509

from eligibility.calendar import JST, CertificateState, certificate_state
from mock_server import profile
from mock_server.certificates import Life

VALID: Final = "valid"
NOT_YET_VALID: Final = "not_yet_valid"
REVOKED: Final = "revoked"
REVOKED_OCSP: Final = "revoked_ocsp"

_DAYS_LEFT: Final = {
    CertificateState.EXPIRING: 45,  # half of the three months of notice (reception.md §4 step 5)
    CertificateState.GRACE: -10,
    CertificateState.EXPIRED: -200,  # grace ends some 120 days after the last day at the latest
}
_DAYS_TO_BEGIN: Final = 30
_YEAR: Final = timedelta(days=365)


def life_in(state: str, birthdate: date, now: datetime) -> Life:
    """First and last moment of a certificate that is in `state` at `now` (aware).

    An ordinary one counts as issued `CARD_AGE` ago and ends with the fifth birthday after that (jpki-card.md §2.2). One
    that is about to end, or has ended, ends so many days before or after today; it may have begun earlier.
    """
    today = _day(now)
    # Whoever is not born yet has a card that begins later, but while the CA still lasts.
    issued = max(today - profile.CARD_AGE, min(birthdate, today + _YEAR))
    if state == NOT_YET_VALID:
        begin = today + timedelta(days=_DAYS_TO_BEGIN)
        return _life(begin, _fifth_birthday(birthdate, begin))
    if state in _DAYS_LEFT:
        last = today + timedelta(days=_DAYS_LEFT[CertificateState(state)])
        return _life(min(issued, last - _YEAR), last)
    return _life(issued, _fifth_birthday(birthdate, issued))


def is_in(state: str, certificate: x509.Certificate, now: datetime, *, phone: bool = False) -> bool:
    """Whether a certificate is in `state` at `now`; a revoked one is, for the calendar, a valid one."""
    begun = certificate.not_valid_before_utc <= now
    if state == NOT_YET_VALID:
        return not begun
    wanted = CertificateState(state) if state in _DAYS_LEFT else CertificateState.VALID
    return begun and certificate_state(_day(certificate.not_valid_after_utc), _day(now), phone=phone) is wanted


def _fifth_birthday(birthdate: date, issued: date) -> date:
    coming = 0 if (birthdate.month, birthdate.day) > (issued.month, issued.day) else 1
    return _birthday_in(birthdate, issued.year + coming + 4)


def _birthday_in(birthdate: date, year: int) -> date:
    try:
        return birthdate.replace(year=year)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1)


def _life(first: date, last: date) -> Life:
    return datetime.combine(first, time(), JST), datetime.combine(last, time(23, 59, 59), JST)


def _day(moment: datetime) -> date:
    return moment.astimezone(JST).date()

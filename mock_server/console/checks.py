"""What was looked at, in order, before a call got its answer, and where it stopped: derived from how it ended.

The order is that of the code that checks (`trust`, `certificate_path`, `service`); a test plays every refusal and holds
this list against it. What breaks if wrong: the page blames the wrong part of a card.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from mock_server.answers import NOT_REGISTERED, SELF_INFO_REFUSED
from mock_server.errors import Refusal


class Mark(StrEnum):
    """How a check went."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


class Check(NamedTuple):
    """One check: its word (`console.check.<name>`) and the codes that mean it failed."""

    name: str
    codes: frozenset[str]


def _check(name: str, *codes: str) -> Check:
    return Check(name, frozenset(codes))


_CHALLENGE: Final = _check(
    "challenge",
    *(
        Refusal.CHALLENGE_MISSING,
        Refusal.CHALLENGE_MALFORMED,
        Refusal.CHALLENGE_FORGED,
        Refusal.CHALLENGE_OTHER_INSTITUTION,
    ),
    *(
        Refusal.CHALLENGE_OTHER_PURPOSE,
        Refusal.CHALLENGE_EXPIRED,
        Refusal.CHALLENGE_FROM_THE_FUTURE,
        Refusal.CHALLENGE_REPLAYED,
    ),
)
_PATH: Final = (
    _check(
        "certificate_form",
        *(Refusal.CERTIFICATE_MISSING, Refusal.CERTIFICATE_TOO_LONG, Refusal.CERTIFICATE_MALFORMED),
    ),
    _check(
        "certificate_key", Refusal.CERTIFICATE_ALGORITHM, Refusal.CERTIFICATE_KEY_TYPE, Refusal.CERTIFICATE_KEY_SIZE
    ),
    _check("issuer", Refusal.CERTIFICATE_ISSUER_UNKNOWN, Refusal.CERTIFICATE_ISSUER_FORGED),
    _check("certificate_days", Refusal.CERTIFICATE_NOT_YET_VALID, Refusal.CERTIFICATE_EXPIRED),
    _check(
        "issuer_may_issue",
        *(
            Refusal.CERTIFICATE_ISSUER_NOT_CA,
            Refusal.CERTIFICATE_ISSUER_EXPIRED,
            Refusal.CERTIFICATE_ISSUER_NOT_YET_VALID,
        ),
    ),
    _check(
        "certificate_use",
        *(
            Refusal.CERTIFICATE_IS_CA,
            Refusal.CERTIFICATE_KEY_USAGE,
            Refusal.CERTIFICATE_EXTENDED_KEY_USAGE,
            Refusal.CERTIFICATE_POLICY,
        ),
        Refusal.CERTIFICATE_PATH,
    ),
    _check("revocation_list", Refusal.CERTIFICATE_REVOKED_CRL),
    _check("revocation_ocsp", Refusal.CERTIFICATE_REVOKED_OCSP),
)
_SIGNATURE: Final = _check(
    "signature",
    Refusal.SIGNATURE_MISSING,
    Refusal.SIGNATURE_LENGTH,
    Refusal.SIGNATURE_ALGORITHM,
    Refusal.SIGNATURE_INVALID,
)
_HOLDER: Final = _check("holder", Refusal.CERTIFICATE_UNKNOWN, Refusal.ENROLMENT_UNKNOWN, Refusal.ENROLMENT_KEY)
_OWN_CARD: Final = _check("own_card", *(own for own in Refusal if own.startswith("MOCK-ATTESTED-")))
_ADMITTED: Final = _check("admitted", *(own for own in Refusal if own.startswith("MOCK-INSTITUTION-")))
_READABLE: Final = _check("readable", *(own for own in Refusal if own.startswith("MOCK-REQUEST-")))
_OPEN: Final = _check("open", *(own for own in Refusal if own.startswith("MOCK-SERVICE-")))
_REGISTERED: Final = _check("registered", NOT_REGISTERED, SELF_INFO_REFUSED)

CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "qualification.card": (_READABLE, _ADMITTED, _CHALLENGE, _OPEN, *_PATH, _SIGNATURE, _HOLDER, _REGISTERED),
    "registration": (_READABLE, _ADMITTED, _CHALLENGE, _OPEN, *_PATH, _SIGNATURE, _HOLDER),
    "qualification.enrolled": (_READABLE, _ADMITTED, _CHALLENGE, _OPEN, _SIGNATURE, _HOLDER, _REGISTERED),
    "qualification.attested": (_READABLE, _ADMITTED, _OPEN, *_PATH, _OWN_CARD, _HOLDER, _REGISTERED),
}
"""Calls that prove something, and what is looked at for each."""

ANSWERED: Final = (
    "validity:",
    "registered",
    "segment:2",
    "segment:9",
    "MOCK-CERTIFICATE-EXPIRING",
    "MOCK-CERTIFICATE-GRACE",
)
"""How an outcome begins that means an answer was given."""

_REVOCATION: Final = "MOCK-REVOCATION-"
_OCSP: Final = "OCSP"


def checks_of(call: str, outcome: str) -> list[tuple[str, Mark]]:
    """The checks of an exchange in order, each with how it went; nothing for a call that proves nothing.

    Of a refusal that is none of these, nothing is said to have been passed.
    """
    marks: list[tuple[str, Mark]] = []
    known = outcome.startswith(ANSWERED) or any(_is_failed(check, outcome) for check in CHECKS.get(call, ()))
    mark = Mark.PASSED if known else Mark.NOT_REACHED
    for check in CHECKS.get(call, ()):
        failed = mark is Mark.PASSED and _is_failed(check, outcome)
        marks.append((check.name, Mark.FAILED if failed else mark))
        if failed:
            mark = Mark.NOT_REACHED
    return marks


def _is_failed(check: Check, outcome: str) -> bool:
    if outcome in check.codes:
        return True
    if not outcome.startswith(_REVOCATION):
        return False
    return check.name == ("revocation_ocsp" if _OCSP in outcome else "revocation_list")

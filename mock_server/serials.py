"""Which serial number the test CA gives to a persona's certificate.

A pure function of name and issue: the server knows whose certificate it sees without sharing any state with the
issuer, also when both run on different machines (jpki-card.md §2.2: the serial number is what a 利用登録 hangs on).
"""

from __future__ import annotations

import hashlib

_LABEL = b"MADOGUCHI TEST serial number\0"


def serial_number(persona_name: str, issue: int = 1) -> int:
    """The serial number of a persona's 利用者証明用 certificate; `issue` counts re-issued cards from 1.

    Positive and below 2**63, so that it fits every store.
    """
    digest = hashlib.sha256(_LABEL + persona_name.encode() + b"\0" + str(issue).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1 | 1


def phone_serial(persona_name: str, issue: int = 1) -> int:
    """The serial number of the certificate on the persona's smartphone: it has one of its own (reception.md §4)."""
    return serial_number(f"{persona_name}/phone", issue)

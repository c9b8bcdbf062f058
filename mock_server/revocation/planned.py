"""Revocations that a persona's file asks for: there whenever the persona is used, whatever the clock says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from mock_server.revocation.register import RevocationRegister

REASON: Final = "cessation_of_operation"
DAYS_AGO: Final = timedelta(days=30)
"""How long before today the certificate was revoked, unless it is younger."""


def ensure_revoked(
    register: RevocationRegister, generation: str, certificate: x509.Certificate, now: datetime, *, on_crl: bool = True
) -> None:
    """Have `certificate` of `generation` revoked at `now` (aware); nothing is written where it is already.

    Raises:
        SetupError: The key store cannot be used.
    """
    known = register.revoked().get((generation, certificate.serial_number))
    if known is not None and known.at <= now and (known.on_crl or not on_crl):
        return
    at = max(now - DAYS_AGO, certificate.not_valid_before_utc)
    register.revoke(generation, certificate.serial_number, min(at, now), reason=REASON, on_crl=on_crl)

"""What is on offer about one certificate, from whomever: bytes that a verifier has yet to believe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Evidence:
    """A CRL and an OCSPResponse in DER; None where the source has none of the kind."""

    crl: bytes | None = field(default=None, repr=False)
    ocsp: bytes | None = field(default=None, repr=False)


class StatusSource(Protocol):
    """Where revocation data comes from."""

    def evidence(self, issuer: x509.Certificate, serial: int, now: datetime) -> Evidence | None:
        """What there is about the certificate `serial` of `issuer` at `now` (aware); None: nothing of that issuer.

        Bytes that did not change since the last time are the same object: whoever verified them need not again.

        Raises:
            SetupError: The data cannot be read.
        """

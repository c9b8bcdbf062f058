"""What another installation needs to believe our cards: CA certificates with CRLs, one PEM text (`--trust FILE`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.revocation.jlis import MockJlis

LONGEST: Final = 3650
"""Days; a CA lasts ten years."""


def exported_trust(jlis: MockJlis, anchors: Sequence[bytes], now: datetime, days: int) -> bytes:
    """Each CA certificate of `anchors` (DER, all of this J-LIS) with a CRL that is good for `days` from `now` (aware).

    What is revoked after that the other side does not learn: it is as good as the last CRL it got.

    Raises:
        ValueError: `days` is not between 1 and `LONGEST`.
        SetupError: The key store cannot be used.
    """
    if not 1 <= days <= LONGEST:
        raise ValueError(f"a CRL is given out for 1 to {LONGEST} days")
    parts = []
    for der in anchors:
        ca = x509.load_der_x509_certificate(der)
        crl = jlis.exported_crl(ca, now, timedelta(days=days))
        parts += [ca.public_bytes(Encoding.PEM), crl.public_bytes(Encoding.PEM)]
    return b"".join(parts)

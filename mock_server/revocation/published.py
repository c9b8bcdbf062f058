"""CRLs that came with the trust anchors of other installations (`--trust FILE`): which of them is an issuer's.

Nothing is believed here. Of several lists of one issuer the latest counts; one that only claims to be the issuer's is
offered where there is no genuine one, so that it is refused by its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.revocation.crl_check import is_list_of, names_key_of
from mock_server.revocation.evidence import Evidence


class PublishedLists:
    """A number of CRLs; they have no OCSP responder."""

    def __init__(self, lists: Sequence[x509.CertificateRevocationList]) -> None:
        self._lists = tuple(lists)
        self._known: dict[x509.Certificate, list[tuple[datetime, Evidence]]] = {}

    def evidence(self, issuer: x509.Certificate, serial: int, now: datetime) -> Evidence | None:
        """The latest CRL of `issuer` at `now` (aware), whatever the certificate; None where there is none."""
        del serial
        if issuer not in self._known:  # as many as there are anchors
            self._known[issuer] = self._of(issuer)
        lists = self._known[issuer]
        current = [one for begin, one in lists if begin <= now] or [one for _, one in lists]
        return current[-1] if current else None

    def _of(self, issuer: x509.Certificate) -> list[tuple[datetime, Evidence]]:
        """Oldest first."""
        claiming = [crl for crl in self._lists if crl.issuer == issuer.subject and names_key_of(crl, issuer)]
        genuine = [crl for crl in claiming if is_list_of(crl, issuer)] or claiming
        ordered = sorted(genuine, key=lambda crl: crl.last_update_utc)
        return [(crl.last_update_utc, Evidence(crl=crl.public_bytes(Encoding.DER))) for crl in ordered]

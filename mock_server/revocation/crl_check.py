"""What a CRL says, once it is believed: issuer, signature, right to sign, extensions (RFC 5280 §6.3.3, full CRLs only).

Looks at bytes as somebody outside would: where they came from does not matter. Times are looked at each time a list is
used, everything else once. What breaks if wrong: anybody could take a card off the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509

from mock_server.algorithms import PublicKey, algorithm_of
from mock_server.errors import QualificationError, Refusal

_KNOWN: Final = (x509.CRLNumber, x509.AuthorityKeyIdentifier)
_KNOWN_OF_ENTRY: Final = (x509.CRLReason, x509.InvalidityDate)


@dataclass(frozen=True, slots=True)
class BelievedList:
    """A CRL that its issuer signed: good from `begin` (inclusive) until `end`."""

    begin: datetime
    end: datetime
    serials: frozenset[int] = field(repr=False)

    def check_time(self, now: datetime) -> None:
        """Refuse a list that is not for `now` (aware).

        Raises:
            QualificationError: REVOCATION_CRL_NOT_YET_VALID, REVOCATION_CRL_EXPIRED.
        """
        if now < self.begin:
            raise QualificationError(Refusal.REVOCATION_CRL_NOT_YET_VALID)
        if now >= self.end:
            raise QualificationError(Refusal.REVOCATION_CRL_EXPIRED)


def believed_list(der: bytes, issuer: x509.Certificate) -> BelievedList:
    """The CRL in `der`, which has to be that of the CA with the certificate `issuer`.

    Raises:
        QualificationError: REVOCATION_CRL_MALFORMED, `_OTHER_ISSUER`, `_UNAUTHORISED`, `_FORGED` or `_EXTENSION`.
    """
    try:
        crl = x509.load_der_x509_crl(der)
        extensions, name, end = list(crl.extensions), crl.issuer, crl.next_update_utc
        entries = [(entry.serial_number, list(entry.extensions)) for entry in crl]
    except Exception:  # the library refuses unreadable parts with exceptions of several unrelated roots
        raise QualificationError(Refusal.REVOCATION_CRL_MALFORMED) from None
    if end is None:  # RFC 5280 §5.1.2.5: it must be there; without it a list would be good for ever
        raise QualificationError(Refusal.REVOCATION_CRL_MALFORMED)
    if name != issuer.subject or not names_key_of(crl, issuer):
        raise QualificationError(Refusal.REVOCATION_CRL_OTHER_ISSUER)
    if not _may_sign_lists(issuer):
        raise QualificationError(Refusal.REVOCATION_CRL_UNAUTHORISED)
    if not is_list_of(crl, issuer):
        raise QualificationError(Refusal.REVOCATION_CRL_FORGED)
    unknown = [one for one in extensions if one.critical and not isinstance(one.value, _KNOWN)]
    unknown_of_entry = [
        one
        for _, of_entry in entries
        for one in of_entry
        if one.critical and not isinstance(one.value, _KNOWN_OF_ENTRY)
    ]
    if unknown or unknown_of_entry:
        raise QualificationError(Refusal.REVOCATION_CRL_EXTENSION)
    return BelievedList(crl.last_update_utc, end, frozenset(serial for serial, _ in entries))


def is_list_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether the key of `issuer` signed the list, with the hash that goes with its kind."""
    key = issuer.public_key()
    if not isinstance(key, PublicKey) or crl.signature_algorithm_oid != algorithm_of(key).oid:
        return False
    try:
        return crl.is_signature_valid(key)
    except (ValueError, TypeError):
        return False


def names_key_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether the list names the key of `issuer`, or none: generations of one name differ in nothing else."""
    try:
        named = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return True
    return named is None or named == own


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return False

"""What a certificate of the test CA looks like: names, policy, life. Data that issuer and verifier read; kinds of key
are in `algorithms`.

Shaped after the JPKI certificates (jpki-card.md §2.1, §2.2) and unmistakably not one of them: the organisation is
`MADOGUCHI TEST`, and the policy lies in an arc of our own (2.25, a UUID), never in that of the real service.
What breaks if wrong: a test card that could be taken for a real one, or no card at all at the counter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION: Final = "MADOGUCHI TEST"
WARNING: Final = "MADOGUCHI TEST - valid nowhere else"
"""Stands in every certificate, so that whoever dumps one can see what it is."""

ARC: Final = "2.25.197136672828962871498794677581589718805"
"""Our own arc: UUID 944f2462-e1bf-50af-83b0-0e3e46872715, made from the name madoguchi.invalid (RFC 9562 §5.5)."""
AUTH_POLICY: Final = x509.ObjectIdentifier(f"{ARC}.1.1")
SIGN_POLICY: Final = x509.ObjectIdentifier(f"{ARC}.1.2")
PHONE_POLICY: Final = x509.ObjectIdentifier(f"{ARC}.1.3")
"""Of the 利用者証明用 certificate on a smartphone (スマホ用電子証明書). That real ones have their own is unverified."""
HOLDER_FIELDS: Final = {
    "name": x509.ObjectIdentifier(f"{ARC}.2.1"),
    "sex": x509.ObjectIdentifier(f"{ARC}.2.3"),
    "birthdate": x509.ObjectIdentifier(f"{ARC}.2.4"),
    "address": x509.ObjectIdentifier(f"{ARC}.2.5"),
}
"""基本4情報 of the 署名用 certificate, numbered as the real ones are (jpki-card.md §2.2)."""
CPS: Final = "http://madoguchi.invalid/cps"

AUTH_CA_UNIT: Final = "MADOGUCHI TEST for user authentication"
NEXT_AUTH_CA_UNIT: Final = "MADOGUCHI TEST NEXTGEN for user authentication"
"""The CA of cards of the next generation."""
SIGN_CA_UNIT: Final = "MADOGUCHI TEST for digital signature"

LEAF_USAGE: Final = ExtendedKeyUsageOID.CLIENT_AUTH

CA_LIFE: Final = timedelta(days=3652)
"""Ten years, as the real ones."""
CA_BEFORE_CARD: Final = timedelta(days=365)
"""How long before the oldest card a CA begins."""
CARD_AGE: Final = timedelta(days=540)
"""How long ago a card counts as issued: nobody's is from today, and the rules of mid-2025 can be rehearsed."""
CARD_LIFE: Final = timedelta(days=5 * 365 + 2)
"""The longest a certificate lasts: to the fifth birthday."""


def ca_name(unit: str) -> x509.Name:
    """The name of a test CA. All generations share it, as the real ones do: a name never identifies an issuer."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, WARNING),
        ]
    )


def key_usage(*, sign: bool = False, commit: bool = False, issue: bool = False) -> x509.KeyUsage:
    """A KeyUsage extension: digitalSignature, nonRepudiation, and keyCertSign with cRLSign for a CA."""
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=commit,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issue,
        crl_sign=issue,
        encipher_only=False,
        decipher_only=False,
    )

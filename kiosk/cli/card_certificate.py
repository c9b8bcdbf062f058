"""`madoguchi card certificate`: the 利用者証明用電子証明書 of a card, as text, PEM or JSON.

Rule: of a real person's card nothing is shown that names or numbers the person, and the certificate itself never leaves
the process (design.md §3). Revocation is not checked, and that is said.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from kiosk.cli.card_source import CardOrigin, add_card_options, chosen_slot, shown_by
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from cryptography import x509


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_card_options(parser, words)
    parser.add_argument("--pem", action="store_true", help=words.text("option.pem"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Print the certificate. It needs no PIN but on an Android phone, where it is told to be behind it.

    Raises:
        CommandError: `real_card` without the option, `real_certificate_stays` for --pem of a real card,
            `certificate_behind_pin`, `card_unreadable` for one that is none, `not_myna_card` for a card without.
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    from kiosk.services.interfaces import BrokenCertificateError
    from reader.jpki import JpkiSession

    with told(), chosen_slot(context) as slot:
        origin = CardOrigin(context)
        connection = slot.connect()
        try:
            session = JpkiSession(connection)
            kind, label = session.kind(), session.token_label()
            shown = shown_by(session)
        finally:
            connection.close()
        real = origin.refuse_real(shown)
    if shown.gated:
        raise CommandError("certificate_behind_pin", ExitCode.CARD)
    if real and context.option("pem"):
        raise CommandError("real_certificate_stays", ExitCode.REFUSED)
    try:
        document = _document(slot.name, label, kind, shown.der, context.now()(), real=real)
    except (BrokenCertificateError, ValueError, UnsupportedAlgorithm):  # what was refused quotes the certificate
        raise CommandError("card_unreadable", ExitCode.CARD, detail="certificate") from None
    if context.option("pem"):
        context.output.result(document, document["pem"].splitlines())
    else:
        context.output.result(document, _lines(document, context.words))
    return ExitCode.DONE


def _document(reader: str, label: str, kind: str, raw: bytes, now: datetime, *, real: bool) -> dict[str, Any]:
    from cryptography.hazmat.primitives.serialization import Encoding

    from eligibility.calendar import certificate_state
    from kiosk.flow.states import PHONES
    from kiosk.services.card_origin import last_day, read_certificate

    certificate = read_certificate(raw)
    until = last_day(certificate)
    shown: dict[str, Any] = {
        "reader": reader,
        "label": label,
        "kind": kind,
        "real": real,
        "issuer": certificate.issuer.rfc4514_string(),
        "subject": None if real else certificate.subject.rfc4514_string(),
        "serial": None if real else f"{certificate.serial_number:X}",
        # It ends on a birthday (jpki-card.md §2.2).
        "not_before": None if real else certificate.not_valid_before_utc.isoformat(),
        "not_after": None if real else certificate.not_valid_after_utc.isoformat(),
        "state": certificate_state(until, now.date(), phone=kind in PHONES).value,
        "key": _key(certificate),
        "signature_algorithm": _algorithm(certificate),
        "key_usage": _key_usage(certificate),
        "policies": _policies(certificate),
        "bytes": len(raw),
        "pem": None if real else certificate.public_bytes(Encoding.PEM).decode("ascii"),
    }
    return shown


def _key(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    key = certificate.public_key()
    if isinstance(key, RSAPublicKey):
        return f"RSA {key.key_size}"
    return f"EC {key.curve.name}" if isinstance(key, EllipticCurvePublicKey) else type(key).__name__


def _algorithm(certificate: x509.Certificate) -> str:
    oid = certificate.signature_algorithm_oid
    return getattr(oid, "_name", "") or oid.dotted_string


def _key_usage(certificate: x509.Certificate) -> list[str]:
    from cryptography.x509 import ExtensionNotFound, KeyUsage

    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except (ExtensionNotFound, ValueError):
        return []
    known = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
    )
    return [name for name in known if getattr(usage, name)]


def _policies(certificate: x509.Certificate) -> list[str]:
    from cryptography.x509 import CertificatePolicies, ExtensionNotFound

    try:
        policies = certificate.extensions.get_extension_for_class(CertificatePolicies).value
    except (ExtensionNotFound, ValueError):
        return []
    return [policy.policy_identifier.dotted_string for policy in policies]


def _lines(document: dict[str, Any], words: Words) -> list[str]:
    withheld = words.text("card.certificate.withheld")
    listed = {name: ", ".join(value) if isinstance(value, list) else value for name, value in document.items()}
    rows = [
        words.text(f"card.certificate.{name}", value=withheld if listed[name] is None else listed[name] or "-")
        for name in ("label", "issuer", "subject", "serial", "not_before", "not_after", "state", "key")
    ]
    rows += [
        words.text(f"card.certificate.{name}", value=listed[name] or "-")
        for name in ("signature_algorithm", "key_usage", "policies", "bytes")
    ]
    return [*rows, words.text("card.certificate.not_revoked")]

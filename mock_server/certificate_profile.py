"""What a 利用者証明用 certificate says of itself: use, extended use, policy; and the library's own verdict on the path.

Knows no anchors and no clock. Each property is looked at by name, then the library's verification must agree. What
breaks if wrong: a certificate made for something else opens somebody's record.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from mock_server import profile
from mock_server.errors import QualificationError, Refusal

_ExtensionT = TypeVar("_ExtensionT", bound=x509.ExtensionType)
_POLICIES = frozenset({profile.AUTH_POLICY, profile.PHONE_POLICY})


def check_profile(leaf: x509.Certificate) -> None:
    """Refuse what is no certificate for user authentication, of a card or of a phone.

    Raises:
        QualificationError: CERTIFICATE_IS_CA, CERTIFICATE_KEY_USAGE, CERTIFICATE_EXTENDED_KEY_USAGE,
            CERTIFICATE_POLICY.
    """
    constraints = extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise QualificationError(Refusal.CERTIFICATE_IS_CA)
    if extension(leaf, x509.KeyUsage) != profile.key_usage(sign=True):
        raise QualificationError(Refusal.CERTIFICATE_KEY_USAGE)
    if not _allows_client_auth(extension(leaf, x509.ExtendedKeyUsage)):
        raise QualificationError(Refusal.CERTIFICATE_EXTENDED_KEY_USAGE)
    if not _has_policy(extension(leaf, x509.CertificatePolicies)):
        raise QualificationError(Refusal.CERTIFICATE_POLICY)


def is_of_phone(leaf: x509.Certificate) -> bool:
    """Whether the certificate says that it lies on a smartphone: it has no grace (reception.md §2.1)."""
    policies = extension(leaf, x509.CertificatePolicies)
    return policies is not None and any(one.policy_identifier == profile.PHONE_POLICY for one in policies)


def verify_path(leaf: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> None:
    """The library's own verification, relaxed only where a JPKI certificate needs it (libraries.md §3).

    Raises:
        QualificationError: CERTIFICATE_PATH.
    """
    subject_rules = (
        ExtensionPolicy.webpki_defaults_ee()
        .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
        .require_present(x509.CertificatePolicies, Criticality.AGNOSTIC, _demand_policy)
        .require_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _demand_client_auth)
    )
    verifier = (
        PolicyBuilder()
        .store(Store([issuer]))
        .time(moment)
        .max_chain_depth(0)
        .extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=subject_rules)
        .build_client_verifier()
    )
    try:
        verifier.verify(leaf, [])
    except VerificationError as error:
        raise QualificationError(Refusal.CERTIFICATE_PATH) from error


def extension(certificate: x509.Certificate, kind: type[_ExtensionT]) -> _ExtensionT | None:
    """The extension of a kind, or None where the certificate has none."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _allows_client_auth(usage: x509.ExtendedKeyUsage | None) -> bool:
    return usage is not None and ExtendedKeyUsageOID.CLIENT_AUTH in usage


def _has_policy(policies: x509.CertificatePolicies | None) -> bool:
    return policies is not None and any(one.policy_identifier in _POLICIES for one in policies)


def _demand_policy(_: Policy, __: x509.Certificate, policies: x509.CertificatePolicies) -> None:
    if not _has_policy(policies):
        raise ValueError("not our policy")


def _demand_client_auth(_: Policy, __: x509.Certificate, usage: x509.ExtendedKeyUsage) -> None:
    # Replacing the built-in rule replaces its check as well, so it is made here (libraries.md §3).
    if not _allows_client_auth(usage):
        raise ValueError("not for client authentication")

"""Whether a signature is this key's over this message: the one question, for every kind of key a card may have.

RSA: PKCS#1 v1.5 with SHA-256, 256 bytes. ECDSA P-384: a DER ECDSA-Sig-Value (RFC 3279, 2.2.3) with SHA-384. Anything
else is refused, and where it is this key's signature of another kind, by that name: a vendor wants to know.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mock_server.algorithms import CURVE_BITS, RSA_BITS, PublicKey
from mock_server.errors import QualificationError, Refusal

RSA_SIGNATURE_BYTES: Final = RSA_BITS // 8
NUMBER_BYTES: Final = CURVE_BITS // 8
SHORTEST_ECDSA: Final = 8
"""SEQUENCE of two INTEGERs of one byte."""
LONGEST_ECDSA: Final = 2 + 2 * (2 + NUMBER_BYTES + 1)
"""Each number may need a leading 00, so that it is no negative one."""
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""The DigestInfo of SHA-256 up to the hash (RFC 8017 §9.2)."""


def check_signature(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Refuse a signature that is not `key`'s over `message`.

    Raises:
        QualificationError: SIGNATURE_MISSING, SIGNATURE_LENGTH, SIGNATURE_ALGORITHM or SIGNATURE_INVALID.
    """
    if not signature:
        raise QualificationError(Refusal.SIGNATURE_MISSING)
    if isinstance(key, rsa.RSAPublicKey):
        _check_rsa(key, signature, message)
    else:
        _check_ecdsa(key, signature, message)


def _check_rsa(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> None:
    if len(signature) != RSA_SIGNATURE_BYTES:
        raise QualificationError(Refusal.SIGNATURE_LENGTH, wanted=str(RSA_SIGNATURE_BYTES))
    try:
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise _refused(is_of_another_kind=_is_another_rsa(key, signature, message)) from None


def _is_another_rsa(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool:
    """Made with another hash or padding."""
    try:
        signed = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except InvalidSignature:
        return _is_pss(key, signature, message)
    return len(signed) != len(_SHA256_PREFIX) + hashes.SHA256.digest_size or not signed.startswith(_SHA256_PREFIX)


def _is_pss(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _check_ecdsa(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    if not SHORTEST_ECDSA <= len(signature) <= LONGEST_ECDSA:
        raise QualificationError(Refusal.SIGNATURE_LENGTH, wanted=f"{SHORTEST_ECDSA}-{LONGEST_ECDSA}")
    if not _is_ecdsa(key, signature, message, hashes.SHA384()):
        raise _refused(is_of_another_kind=_is_another_ecdsa(key, signature, message))


def _is_another_ecdsa(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Made with another hash, or the two numbers as the card gives them, without their DER."""
    if len(signature) == 2 * NUMBER_BYTES:
        numbers = (int.from_bytes(half, "big") for half in (signature[:NUMBER_BYTES], signature[NUMBER_BYTES:]))
        if _is_ecdsa(key, encode_dss_signature(*numbers), message, hashes.SHA384()):
            return True
    return any(_is_ecdsa(key, signature, message, other) for other in (hashes.SHA256(), hashes.SHA512()))


def _is_ecdsa(
    key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    try:
        key.verify(signature, message, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _refused(*, is_of_another_kind: bool) -> QualificationError:
    return QualificationError(Refusal.SIGNATURE_ALGORITHM if is_of_another_kind else Refusal.SIGNATURE_INVALID)

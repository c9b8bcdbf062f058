"""Forged credentials, each wrong in one way, each refused by its own name; and that the genuine ones are believed."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from eligibility.calendar import JST
from mock_server import profile
from mock_server.algorithms import PublicKey
from mock_server.anchors import load_anchors
from mock_server.certificate_path import MAX_CERTIFICATE_BYTES, CertificatePath
from mock_server.challenges import LIFETIME
from mock_server.composition import open_authority, open_backend
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.registry.interface import NonceUsedError
from reader.card import layout
from reader.card.variants import Variant
from tests.mock_server.conftest import INSTITUTION, TODAY, Clock, Counter, counting_bytes
from tests.mock_server.forging import (
    Ca,
    Signer,
    auth_key,
    ca_like,
    der,
    genuine_ca,
    genuine_next_ca,
    next_auth_key,
    raw_sign,
    recipe,
    sha1_signer,
    sha256_signer,
    sha384_signer,
    with_sha1,
)

YEAR = timedelta(days=365)


@cache
def key(number: int = 0, size: int = 2048) -> rsa.RSAPrivateKey:
    """Throw-away keys, made once."""
    del number
    return rsa.generate_private_key(65537, size)


def path(*cas: Ca) -> CertificatePath:
    return CertificatePath([ca.certificate for ca in cas])


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as caught:
        ask()
    return caught.value.refusal


@pytest.fixture
def ca(authority: TestAuthority) -> Ca:
    return genuine_ca(authority)


# ── what is believed ──


def test_a_card_of_this_authority_is_believed(counter: Counter) -> None:
    answer = counter.ask("taro")
    assert (answer.registered, answer.certificate_state, answer.message.is_valid) == (True, "valid", True)


def test_the_recipe_of_this_file_is_good_before_anything_is_forged(ca: Ca) -> None:
    credential = path(ca).check(der(recipe(ca, "taro", TODAY).build(key().public_key(), ca)), TODAY)
    assert credential.serial == TestAuthority.serial_number("taro")


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (datetime(2026, 2, 9, 12, tzinfo=JST), "valid"),
        (datetime(2026, 2, 10, 0, tzinfo=JST), "expiring"),
        (datetime(2026, 5, 10, 23, 59, tzinfo=JST), "expiring"),
        (datetime(2026, 5, 11, 0, 0, 1, tzinfo=JST), "grace"),
        (datetime(2026, 8, 31, 23, 59, tzinfo=JST), "grace"),
    ],
)
def test_a_certificate_counts_to_the_end_of_grace(on: datetime, state: str) -> None:
    """reception.md §4: expiry 2026-05-10 is usable to 2026-08-31."""
    end = datetime(2026, 5, 10, 23, 59, 59, tzinfo=JST)
    ca = ca_like(key(1), end - 5 * YEAR, end + 5 * YEAR)
    leaf = recipe(ca, "taro", TODAY).but(begin=end - 4 * YEAR, end=end).build(key().public_key(), ca)
    assert path(ca).check(der(leaf), on).state == state
    after_grace = datetime(2026, 9, 1, tzinfo=JST)
    assert refusal(lambda: path(ca).check(der(leaf), after_grace)) is Refusal.CERTIFICATE_EXPIRED


def test_grace_outlives_a_ca_that_ended_with_its_last_card() -> None:
    end = datetime(2026, 11, 1, 23, 59, 59, tzinfo=JST)
    ca = ca_like(key(1), end - 9 * YEAR, end)
    leaf = recipe(ca, "taro", TODAY).but(begin=end - 4 * YEAR, end=end).build(key().public_key(), ca)
    assert path(ca).check(der(leaf), TODAY).state == "grace"


def test_the_issuer_is_found_by_signature_among_generations_of_one_name(ca: Ca) -> None:
    younger = ca_like(key(1), TODAY - YEAR, TODAY + 9 * YEAR)
    leaf = recipe(ca, "taro", TODAY).build(key().public_key(), younger)
    assert path(ca, younger).check(der(leaf), TODAY).state == "valid"
    assert refusal(lambda: path(ca).check(der(leaf), TODAY)) is Refusal.CERTIFICATE_ISSUER_FORGED


# ── what is not: certificates ──


def certificate_refusals(ca: Ca) -> dict[Refusal, tuple[bytes, CertificatePath]]:
    """One forged certificate for every way to refuse one, with the anchors it is shown to."""
    good = recipe(ca, "taro", TODAY)
    own, stranger = key().public_key(), key(2)
    other_name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SOMEBODY ELSE")])
    impostor = ca_like(stranger, TODAY - YEAR, TODAY + 9 * YEAR)
    unknown = ca_like(stranger, TODAY - YEAR, TODAY + 9 * YEAR, name=other_name)
    not_a_ca = ca_like(stranger, TODAY - YEAR, TODAY + 9 * YEAR, name=other_name, is_ca=False)
    expired = ca_like(stranger, TODAY - 9 * YEAR, TODAY - timedelta(days=1))
    future = ca_like(stranger, TODAY + timedelta(days=1), TODAY + 9 * YEAR)

    def leaf(by: Ca = ca, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey = own, **changes: object) -> bytes:
        return der(good.but(issuer_name=by.certificate.subject, **changes).build(public, by))

    here = path(ca)
    return {
        Refusal.CERTIFICATE_MISSING: (b"", here),
        Refusal.CERTIFICATE_TOO_LONG: (leaf() + bytes(MAX_CERTIFICATE_BYTES), here),
        Refusal.CERTIFICATE_MALFORMED: (leaf() + b"\xff", here),
        Refusal.CERTIFICATE_ALGORITHM: (with_sha1(good.build(own, ca), ca.key), here),
        Refusal.CERTIFICATE_KEY_TYPE: (leaf(public=ec.generate_private_key(ec.SECP256R1()).public_key()), here),
        Refusal.CERTIFICATE_KEY_SIZE: (leaf(public=key(3, 1024).public_key()), here),
        Refusal.CERTIFICATE_ISSUER_UNKNOWN: (leaf(unknown), here),
        Refusal.CERTIFICATE_ISSUER_FORGED: (leaf(impostor), here),
        Refusal.CERTIFICATE_ISSUER_NOT_CA: (leaf(not_a_ca), path(ca, not_a_ca)),
        Refusal.CERTIFICATE_ISSUER_EXPIRED: (leaf(expired), path(ca, expired)),
        Refusal.CERTIFICATE_ISSUER_NOT_YET_VALID: (leaf(future), path(ca, future)),
        Refusal.CERTIFICATE_NOT_YET_VALID: (leaf(begin=TODAY + timedelta(seconds=1)), here),
        Refusal.CERTIFICATE_EXPIRED: (leaf(begin=TODAY - 4 * YEAR, end=TODAY - YEAR), here),
        Refusal.CERTIFICATE_IS_CA: (leaf(is_ca=True), here),
        Refusal.CERTIFICATE_KEY_USAGE: (leaf(usage=profile.key_usage(sign=True, commit=True)), here),
        Refusal.CERTIFICATE_EXTENDED_KEY_USAGE: (leaf(extended=(ExtendedKeyUsageOID.SERVER_AUTH,)), here),
        Refusal.CERTIFICATE_POLICY: (leaf(policy=profile.SIGN_POLICY), here),
        Refusal.CERTIFICATE_PATH: (leaf(surprise=True), here),
    }


def test_every_forged_certificate_is_refused_by_its_own_name(ca: Ca) -> None:
    found = {
        wanted: refusal(partial(anchors.check, forged, TODAY))
        for wanted, (forged, anchors) in certificate_refusals(ca).items()
    }
    assert found == {wanted: wanted for wanted in found}


def test_the_forged_set_covers_every_refusal_of_a_certificate(ca: Ca) -> None:
    elsewhere = {Refusal.CERTIFICATE_UNKNOWN, Refusal.CERTIFICATE_REVOKED_CRL, Refusal.CERTIFICATE_REVOKED_OCSP}
    of_the_path = {one for one in Refusal if one.startswith("MOCK-CERTIFICATE-")} - elsewhere
    assert set(certificate_refusals(ca)) == of_the_path


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"usage": None}, Refusal.CERTIFICATE_KEY_USAGE),
        ({"usage": profile.key_usage(sign=True, issue=True)}, Refusal.CERTIFICATE_KEY_USAGE),
        ({"extended": None}, Refusal.CERTIFICATE_EXTENDED_KEY_USAGE),
        ({"extended": (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)}, Refusal.CERTIFICATE_EXTENDED_KEY_USAGE),
        ({"policy": None}, Refusal.CERTIFICATE_POLICY),
        (
            {"policy": x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")},
            Refusal.CERTIFICATE_POLICY,
        ),
    ],
)
def test_what_is_absent_or_too_much_is_refused_like_what_is_wrong(
    ca: Ca, changes: dict[str, object], wanted: Refusal
) -> None:
    """The last one claims the policy of the real service: here it is as good as none."""
    forged = recipe(ca, "taro", TODAY).but(**changes).build(key().public_key(), ca)
    assert refusal(lambda: path(ca).check(der(forged), TODAY)) is wanted


def test_a_certificate_issued_by_a_patients_card_is_refused(ca: Ca, authority: TestAuthority) -> None:
    image = authority.card("taro")
    card = Ca(auth_key(image), x509.load_der_x509_certificate(image.auth_certificate))
    under_own_name = recipe(card, "hanako", TODAY).build(key().public_key(), card)
    assert refusal(lambda: path(ca).check(der(under_own_name), TODAY)) is Refusal.CERTIFICATE_ISSUER_UNKNOWN
    under_the_cas = recipe(ca, "hanako", TODAY).build(key().public_key(), card)
    assert refusal(lambda: path(ca).check(der(under_the_cas), TODAY)) is Refusal.CERTIFICATE_ISSUER_FORGED
    named = path(ca, card)  # even when an operator names it as an anchor
    assert refusal(lambda: named.check(der(under_own_name), TODAY)) is Refusal.CERTIFICATE_ISSUER_NOT_CA


def test_the_cards_other_certificates_are_refused(ca: Ca, authority: TestAuthority) -> None:
    files = authority.card("taro").files
    sign, own_ca = files[layout.SIGN_CERTIFICATE].content, files[layout.AUTH_CA_CERTIFICATE].content
    assert refusal(lambda: path(ca).check(sign, TODAY)) is Refusal.CERTIFICATE_ISSUER_UNKNOWN
    assert refusal(lambda: path(ca).check(own_ca, TODAY)) is Refusal.CERTIFICATE_IS_CA


def test_every_cut_and_flipped_certificate_is_refused(ca: Ca, authority: TestAuthority) -> None:
    good = authority.card("taro").auth_certificate
    for end in range(0, len(good), 7):
        assert refusal(partial(path(ca).check, good[:end], TODAY)).startswith("MOCK-CERTIFICATE-")
    for place in range(0, len(good), 5):
        flipped = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        assert refusal(partial(path(ca).check, flipped, TODAY)).startswith("MOCK-CERTIFICATE-")


def test_nothing_can_be_verified_without_an_anchor() -> None:
    with pytest.raises(ValueError, match="anchor"):
        CertificatePath([])


# ── the next generation of the card: ECDSA P-384 (jpki-card.md §1.9) ──


@cache
def curve_key(curve: type[ec.EllipticCurve] = ec.SECP384R1, number: int = 0) -> ec.EllipticCurvePrivateKey:
    """Throw-away keys, made once."""
    del number
    return ec.generate_private_key(curve())


@pytest.fixture
def next_ca(authority: TestAuthority) -> Ca:
    return genuine_next_ca(authority)


def test_a_card_of_the_next_generation_is_believed_and_its_holder_known(
    counter: Counter, authority: TestAuthority, next_ca: Ca
) -> None:
    image = authority.card("taro", Variant.NEXT_GENERATION)
    credential = path(next_ca).check(image.auth_certificate, TODAY)
    assert credential.serial == TestAuthority.serial_number("taro")
    answer = counter.ask("taro", certificate=image.auth_certificate, sign=sha384_signer(next_auth_key(image)))
    assert (answer.registered, answer.certificate_state, answer.message.is_valid) == (True, "valid", True)


def test_an_anchor_that_was_made_later_is_asked_for_when_it_is_needed(ca: Ca, next_ca: Ca) -> None:
    asked: list[int] = []

    def later() -> list[x509.Certificate]:
        asked.append(1)
        return [ca.certificate, next_ca.certificate]

    anchors = CertificatePath([ca.certificate], later)
    today = der(recipe(ca, "taro", TODAY).build(key().public_key(), ca))
    coming = der(recipe(next_ca, "taro", TODAY).build(curve_key().public_key(), next_ca))
    assert anchors.check(today, TODAY).state == "valid"
    assert asked == []
    assert anchors.check(coming, TODAY).state == anchors.check(coming, TODAY).state == "valid"
    assert asked == [1]


def test_what_no_later_anchor_issued_either_is_refused(ca: Ca, next_ca: Ca) -> None:
    coming = der(recipe(next_ca, "taro", TODAY).build(curve_key().public_key(), next_ca))
    assert refusal(lambda: CertificatePath([ca.certificate]).check(coming, TODAY)) is Refusal.CERTIFICATE_ISSUER_UNKNOWN


def test_a_server_that_runs_already_believes_the_first_card_of_a_new_generation(tmp_path: Path) -> None:
    backend = open_backend(tmp_path, now=Clock(), random_bytes=counting_bytes())
    counter = Counter(backend.ledger, backend.service, open_authority(tmp_path, Clock()))
    image = counter.authority.card("sakura", Variant.NEXT_GENERATION)
    sign = sha384_signer(next_auth_key(image))
    answer = counter.ask("sakura", certificate=image.auth_certificate, sign=sign)
    backend.close()
    assert answer.registered


def test_kinds_of_key_are_never_mixed_in_a_path(ca: Ca, next_ca: Ca) -> None:
    """Key and signature of a certificate are of one kind, and the CA's key is what the signature says it is."""
    name = ca.certificate.subject
    weak = ca_like(curve_key(ec.SECP256R1), TODAY - YEAR, TODAY + 9 * YEAR)
    impostor = ca_like(curve_key(number=1), TODAY - YEAR, TODAY + 9 * YEAR)
    here = path(ca, next_ca)

    def leaf(by: Ca, public: PublicKey, **how: hashes.SHA256 | hashes.SHA512) -> bytes:
        good = recipe(by, "taro", TODAY)
        return der(good.build(public, by, **how))

    own, curve = key().public_key(), curve_key().public_key()
    forged = {
        "an RSA key by the ECDSA CA": (leaf(next_ca, own), here, Refusal.CERTIFICATE_KEY_TYPE),
        "a P-384 key by the RSA CA": (leaf(ca, curve), here, Refusal.CERTIFICATE_KEY_TYPE),
        "a P-256 key": (leaf(next_ca, curve_key(ec.SECP256R1).public_key()), here, Refusal.CERTIFICATE_KEY_SIZE),
        "a P-521 key": (leaf(next_ca, curve_key(ec.SECP521R1).public_key()), here, Refusal.CERTIFICATE_KEY_SIZE),
        "384 bits on another curve": (
            leaf(next_ca, curve_key(ec.BrainpoolP384R1).public_key()),
            here,
            Refusal.CERTIFICATE_KEY_TYPE,
        ),
        "SHA-256": (leaf(next_ca, curve, algorithm=hashes.SHA256()), here, Refusal.CERTIFICATE_ALGORITHM),
        "SHA-512": (leaf(next_ca, curve, algorithm=hashes.SHA512()), here, Refusal.CERTIFICATE_ALGORITHM),
        "RSA with SHA-512": (leaf(ca, own, algorithm=hashes.SHA512()), here, Refusal.CERTIFICATE_ALGORITHM),
        "a CA on P-256": (leaf(weak, curve), path(weak), Refusal.CERTIFICATE_ALGORITHM),
        "the RSA CA's name, an ECDSA signature": (leaf(impostor, curve), here, Refusal.CERTIFICATE_ISSUER_FORGED),
    }
    assert impostor.certificate.subject == weak.certificate.subject == name
    found = {what: refusal(partial(anchors.check, cert, TODAY)) for what, (cert, anchors, _) in forged.items()}
    assert found == {what: wanted for what, (_, _, wanted) in forged.items()}


def test_a_certificate_that_names_another_algorithm_than_it_was_signed_with_is_refused(ca: Ca, next_ca: Ca) -> None:
    rsa_sha256, ecdsa_sha384 = bytes.fromhex("06092a864886f70d01010b0500"), bytes.fromhex("06082a8648ce3d040303")
    by_rsa = der(recipe(ca, "taro", TODAY).build(key().public_key(), ca))
    by_ecdsa = der(recipe(next_ca, "taro", TODAY).build(curve_key().public_key(), next_ca))
    for forged in (by_rsa.replace(rsa_sha256, ecdsa_sha384), by_ecdsa.replace(ecdsa_sha384, rsa_sha256)):
        assert refusal(partial(path(ca, next_ca).check, forged, TODAY)).startswith("MOCK-CERTIFICATE-")
    # Kept well-formed: both places where the algorithm stands, and no length that changes.
    for old, new in (("2a8648ce3d040303", "2a8648ce3d040302"), ("2a8648ce3d040303", "2a8648ce3d040304")):
        forged = by_ecdsa.replace(bytes.fromhex(old), bytes.fromhex(new))
        assert refusal(partial(path(ca, next_ca).check, forged, TODAY)) is Refusal.CERTIFICATE_ALGORITHM


def test_every_cut_and_flipped_certificate_of_the_next_generation_is_refused(
    next_ca: Ca, authority: TestAuthority
) -> None:
    good = authority.card("taro", Variant.NEXT_GENERATION).auth_certificate
    for end in range(0, len(good), 7):
        assert refusal(partial(path(next_ca).check, good[:end], TODAY)).startswith("MOCK-CERTIFICATE-")
    for place in range(0, len(good), 5):
        flipped = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        assert refusal(partial(path(next_ca).check, flipped, TODAY)).startswith("MOCK-CERTIFICATE-")


def test_a_certificate_has_one_spelling(ca: Ca, next_ca: Ca) -> None:
    """A signature that ends with a zero bit could be said to be a bit shorter; it would still be the same number."""
    for by, public in ((ca, key().public_key()), (next_ca, curve_key().public_key())):
        made = (recipe(by, "taro", TODAY).but(serial=serial).build(public, by) for serial in itertools.count(1))
        good = next(one for one in made if one.signature[-1] & 1 == 0)
        spelled = der(good)
        unused = len(spelled) - len(good.signature) - 1
        assert path(by).check(spelled, TODAY).state == "valid"
        forged = spelled[:unused] + b"\x01" + spelled[unused + 1 :]
        assert refusal(partial(path(by).check, forged, TODAY)) is Refusal.CERTIFICATE_MALFORMED


def ecdsa_forgeries(own: ec.EllipticCurvePrivateKey) -> dict[str, tuple[Signer, Refusal]]:
    """Signatures that are wrong in one way each, from what the genuine key makes."""
    good = sha384_signer(own)

    def numbers(message: bytes) -> tuple[int, int]:
        return decode_dss_signature(good(message))

    def raw(message: bytes) -> bytes:
        """What the card itself gives: r and s, 48 bytes each."""
        return b"".join(number.to_bytes(48, "big") for number in numbers(message))

    def hashed_with(algorithm: hashes.HashAlgorithm) -> Signer:
        return lambda message: own.sign(message, ec.ECDSA(algorithm))

    def flipped(message: bytes) -> bytes:
        signature = good(message)
        return signature[:-1] + bytes([signature[-1] ^ 1])

    def of_nothing(message: bytes) -> bytes:
        del message
        return encode_dss_signature(0, 0)

    def long_form(message: bytes) -> bytes:
        """The same numbers, the length written in two bytes: BER, not DER. One with room for the byte more."""
        signature = next(made for made in iter(lambda: good(message), b"") if len(made) < 104)
        return signature[:1] + b"\x81" + signature[1:]

    return {
        "raw": (raw, Refusal.SIGNATURE_ALGORITHM),
        "SHA-256": (hashed_with(hashes.SHA256()), Refusal.SIGNATURE_ALGORITHM),
        "SHA-512": (hashed_with(hashes.SHA512()), Refusal.SIGNATURE_ALGORITHM),
        "flipped": (flipped, Refusal.SIGNATURE_INVALID),
        "raw of something else": (lambda message: raw(message + b"."), Refusal.SIGNATURE_INVALID),
        "something else": (lambda message: good(message + b"."), Refusal.SIGNATURE_INVALID),
        "somebody else": (sha384_signer(curve_key()), Refusal.SIGNATURE_INVALID),
        "nothing": (of_nothing, Refusal.SIGNATURE_INVALID),
        "no DER": (long_form, Refusal.SIGNATURE_INVALID),
        "followed by more": (
            lambda message: encode_dss_signature(1, 1) + good(message)[:60],
            Refusal.SIGNATURE_INVALID,
        ),
        "RSA": (sha256_signer(key()), Refusal.SIGNATURE_LENGTH),
        "empty": (lambda _: b"", Refusal.SIGNATURE_MISSING),
        "too short": (lambda _: bytes(7), Refusal.SIGNATURE_LENGTH),
        "too long": (lambda _: bytes(105), Refusal.SIGNATURE_LENGTH),
    }


def test_every_forged_ecdsa_signature_is_refused_by_its_own_name(counter: Counter, authority: TestAuthority) -> None:
    image = authority.card("taro", Variant.NEXT_GENERATION)
    ask = partial(counter.ask, certificate=image.auth_certificate)
    forgeries = ecdsa_forgeries(next_auth_key(image))
    found = {what: refusal(partial(ask, sign=sign)) for what, (sign, _) in forgeries.items()}
    assert found == {what: wanted for what, (_, wanted) in forgeries.items()}


def test_an_ecdsa_signature_is_none_of_an_rsa_card(counter: Counter) -> None:
    assert refusal(lambda: counter.ask("taro", sign=sha384_signer(curve_key()))) is Refusal.SIGNATURE_LENGTH


# ── what is not: challenges, signatures, people ──


def test_a_challenge_is_believed_once(counter: Counter) -> None:
    nonce = counter.nonce()
    assert counter.ask(nonce=nonce).registered
    for persona in ("taro", "hanako"):
        with pytest.raises(NonceUsedError):
            counter.ask(persona, nonce=nonce)


def test_a_refused_answer_uses_the_challenge_up_too(counter: Counter) -> None:
    nonce = counter.nonce()
    assert refusal(lambda: counter.ask(nonce=nonce, signature=bytes(256))) is Refusal.SIGNATURE_INVALID
    with pytest.raises(NonceUsedError):
        counter.ask(nonce=nonce)


def test_somebody_elses_challenge_is_refused(counter: Counter) -> None:
    nonce = counter.nonce()
    theirs = refusal(lambda: counter.ask(nonce=nonce, institution="1312345679"))
    assert theirs is Refusal.CHALLENGE_OTHER_INSTITUTION
    assert counter.ask(nonce=nonce).registered, "and it is still good for whom it was meant"


def test_a_late_answer_is_refused(counter: Counter, clock: Clock) -> None:
    nonce = counter.nonce()
    clock.at += LIFETIME
    assert refusal(lambda: counter.ask(nonce=nonce)) is Refusal.CHALLENGE_EXPIRED


def test_a_challenge_nobody_issued_is_refused_and_leaves_no_row(counter: Counter) -> None:
    assert refusal(lambda: counter.ask(nonce="made-up")) is Refusal.CHALLENGE_MALFORMED
    assert refusal(lambda: counter.ask(nonce="", signature=b"x")) is Refusal.CHALLENGE_MISSING
    assert counter.exchanges() == []


def test_somebody_elses_signature_is_refused(counter: Counter, authority: TestAuthority) -> None:
    hers = sha256_signer(auth_key(authority.card("hanako")))
    assert refusal(lambda: counter.ask("taro", sign=hers)) is Refusal.SIGNATURE_INVALID


def test_a_signature_over_anything_else_is_refused(counter: Counter, authority: TestAuthority) -> None:
    good = sha256_signer(auth_key(authority.card("taro")))
    assert refusal(lambda: counter.ask(sign=lambda message: good(message + b"."))) is Refusal.SIGNATURE_INVALID
    nonce = counter.nonce()
    bare_nonce = good(nonce.encode())  # a card never signs bytes that somebody else chose
    assert refusal(lambda: counter.ask(nonce=nonce, signature=bare_nonce)) is Refusal.SIGNATURE_INVALID


def test_a_tampered_signature_is_refused(counter: Counter, authority: TestAuthority) -> None:
    good = sha256_signer(auth_key(authority.card("taro")))

    def tampered(message: bytes) -> bytes:
        signature = good(message)
        return signature[:100] + bytes([signature[100] ^ 1]) + signature[101:]

    assert refusal(lambda: counter.ask(sign=tampered)) is Refusal.SIGNATURE_INVALID


def test_signatures_of_another_kind_are_refused(counter: Counter, authority: TestAuthority) -> None:
    own = auth_key(authority.card("taro"))

    def pss(message: bytes) -> bytes:
        return own.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    def sha512(message: bytes) -> bytes:
        return own.sign(message, padding.PKCS1v15(), hashes.SHA512())

    def bare_hash(message: bytes) -> bytes:
        """What the card's sign mode 01 makes (jpki-card.md §1.3)."""
        return raw_sign(own, hashlib.sha256(message).digest())

    for sign in (sha1_signer(own), pss, sha512, bare_hash):
        assert refusal(partial(counter.ask, sign=sign)) is Refusal.SIGNATURE_ALGORITHM


@pytest.mark.parametrize("length", [1, 128, 255, 257, 100_000])
def test_a_signature_of_another_length_is_refused(counter: Counter, length: int) -> None:
    assert refusal(lambda: counter.ask(signature=bytes(length))) is Refusal.SIGNATURE_LENGTH


def test_an_empty_signature_is_refused(counter: Counter) -> None:
    assert refusal(lambda: counter.ask(signature=b"")) is Refusal.SIGNATURE_MISSING


def test_a_good_certificate_of_nobody_is_refused(counter: Counter, ca: Ca) -> None:
    stranger = recipe(ca, "nobody", TODAY).build(key().public_key(), ca)
    asked = refusal(lambda: counter.ask(certificate=der(stranger), sign=sha256_signer(key())))
    assert asked is Refusal.CERTIFICATE_UNKNOWN


def test_every_refusal_leaves_its_code_in_the_record(counter: Counter, ca: Ca) -> None:
    stranger = der(recipe(ca, "nobody", TODAY).build(key().public_key(), ca))
    for ask in (
        lambda: counter.ask(signature=b""),
        lambda: counter.ask(certificate=b""),
        lambda: counter.ask(certificate=stranger, sign=sha256_signer(key())),
    ):
        refusal(ask)
    assert [(row.outcome, row.person, row.institution) for row in counter.exchanges()] == [
        ("MOCK-SIGNATURE-MISSING", "", INSTITUTION),
        ("MOCK-CERTIFICATE-MISSING", "", INSTITUTION),
        ("MOCK-CERTIFICATE-UNKNOWN", "", INSTITUTION),
    ]


def test_another_installations_card_needs_its_authority_as_an_anchor(
    authority: TestAuthority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    theirs = TestAuthority.open(tmp_path_factory.mktemp("theirs"), Clock())
    certificate = theirs.card("taro").auth_certificate
    ours_only = CertificatePath(load_anchors(authority.ca_certificates()))
    both = CertificatePath(load_anchors([*authority.ca_certificates(), *theirs.ca_certificates()]))
    assert refusal(lambda: ours_only.check(certificate, TODAY)) is Refusal.CERTIFICATE_ISSUER_FORGED
    assert both.check(certificate, TODAY).serial == TestAuthority.serial_number("taro")

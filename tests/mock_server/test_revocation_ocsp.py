"""OCSP: what the responder of the mock J-LIS answers, and that an answer wrong in one way is refused by that name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import profile
from mock_server.algorithms import PrivateKey
from mock_server.authorities import AUTH
from mock_server.certificate_path import is_signed_by
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.jlis import MAX_REQUEST_BYTES
from mock_server.revocation.responder import ANSWER_LIFE
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.variants import Variant
from tests.mock_server.conftest import TODAY, Clock
from tests.mock_server.forging import Ca, ca_like, genuine_ca, genuine_next_ca
from tests.mock_server.forging_revocation import SURPRISE, Offer, ocsp_recipe, responder_recipe

pytestmark = pytest.mark.broad

SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)
TARO = serial_number("taro")
HANAKO = serial_number("hanako")
Status = ocsp.OCSPCertStatus
Failure = ocsp.OCSPResponseStatus


@cache
def key(number: int = 0, size: int = 2048) -> rsa.RSAPrivateKey:
    """Throw-away keys, made once."""
    del number
    return rsa.generate_private_key(65537, size)


@pytest.fixture
def fresh(tmp_path: Path) -> TestAuthority:
    authority = TestAuthority.open(tmp_path / "keystore", Clock())
    authority.ca_certificates()
    return authority


@pytest.fixture
def ca(authority: TestAuthority) -> Ca:
    return genuine_ca(authority)


def question(
    authority: TestAuthority,
    persona: str = "taro",
    *,
    variant: Variant = Variant.PLASTIC,
    algorithm: hashes.HashAlgorithm | None = None,
    extension: x509.ExtensionType | None = None,
    critical: bool = False,
) -> bytes:
    """What a client asks who has the card's certificate and that of its CA."""
    image = authority.card(persona, variant)
    leaf = x509.load_der_x509_certificate(image.auth_certificate)
    issuer = x509.load_der_x509_certificate(image.files[image.layout.auth.ca_certificate].content)
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm or hashes.SHA1())
    if extension is not None:
        builder = builder.add_extension(extension, critical=critical)
    return builder.build().public_bytes(Encoding.DER)


def answer(authority: TestAuthority, asked: bytes, now: datetime = TODAY) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(authority.jlis.answer(asked, now))


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as caught:
        ask()
    return caught.value.refusal


# ── what is answered ──


def test_a_good_card_is_called_good_by_a_responder_the_ca_named(fresh: TestAuthority) -> None:
    found = answer(fresh, question(fresh))
    assert found.response_status is Failure.SUCCESSFUL
    assert (found.certificate_status, found.serial_number) == (Status.GOOD, TARO)
    assert (found.this_update_utc, found.next_update_utc) == (TODAY, TODAY + ANSWER_LIFE)
    [responder] = found.certificates
    ca = genuine_ca(fresh).certificate
    assert is_signed_by(responder, ca)
    assert responder.public_key() != ca.public_key(), "the CA's own key signs certificates and lists, no answers"
    extensions = responder.extensions
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    extensions.get_extension_for_class(x509.OCSPNoCheck)
    public = responder.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(found.signature, found.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("crl", [True, False])
def test_a_revoked_card_is_called_revoked_with_reason_and_moment(fresh: TestAuthority, *, crl: bool) -> None:
    asked = question(fresh)
    assert answer(fresh, asked).certificate_status is Status.GOOD
    fresh.revoke("taro", crl=crl, reason="superseded")
    found = answer(fresh, asked)
    assert (found.certificate_status, found.revocation_time_utc) == (Status.REVOKED, TODAY)
    assert found.revocation_reason is x509.ReasonFlags.superseded
    assert answer(fresh, question(fresh, "hanako")).certificate_status is Status.GOOD
    fresh.reinstate("taro")
    assert answer(fresh, asked).certificate_status is Status.GOOD


def test_a_revocation_of_tomorrow_counts_from_tomorrow(fresh: TestAuthority) -> None:
    asked, moment = question(fresh), TODAY + timedelta(minutes=10)
    fresh.jlis.register.revoke("auth-001", TARO, moment)
    before = answer(fresh, asked)
    assert (before.certificate_status, before.next_update_utc) == (Status.GOOD, moment)
    assert answer(fresh, asked, moment).certificate_status is Status.REVOKED


def test_an_answer_is_signed_once_and_again_when_it_is_out_of_date(fresh: TestAuthority) -> None:
    asked = question(fresh)
    first = fresh.jlis.answer(asked, TODAY)
    assert fresh.jlis.answer(asked, TODAY + ANSWER_LIFE - SECOND) is first
    later = fresh.jlis.answer(asked, TODAY + ANSWER_LIFE)
    assert ocsp.load_der_ocsp_response(later).this_update_utc == TODAY + ANSWER_LIFE
    back = fresh.jlis.answer(asked, TODAY)
    assert ocsp.load_der_ocsp_response(back).this_update_utc == TODAY, "also when the clock has gone back"


@pytest.mark.parametrize("length", [1, 16, 32, 128])
def test_a_nonce_comes_back(fresh: TestAuthority, length: int) -> None:
    nonce = x509.OCSPNonce(bytes(range(length)))
    found = answer(fresh, question(fresh, extension=nonce))
    assert found.extensions.get_extension_for_class(x509.OCSPNonce).value == nonce
    plain = answer(fresh, question(fresh))
    assert list(plain.extensions) == []


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_the_certificate_is_named_as_it_was_asked_for(fresh: TestAuthority, algorithm: hashes.HashAlgorithm) -> None:
    found = answer(fresh, question(fresh, algorithm=algorithm))
    assert found.certificate_status is Status.GOOD
    assert found.hash_algorithm.name == algorithm.name
    asked = ocsp.load_der_ocsp_request(question(fresh, algorithm=algorithm))
    assert (found.issuer_key_hash, found.issuer_name_hash) == (asked.issuer_key_hash, asked.issuer_name_hash)


def test_every_generation_answers_for_its_own_cards_only(tmp_path: Path) -> None:
    clock = Clock()
    authority = TestAuthority.open(tmp_path, clock)
    old = question(authority, "sakura")
    clock.at += 5 * YEAR
    authority.reset_card("sakura")
    new = question(authority, "sakura")
    authority.jlis.register.revoke("auth-001", serial_number("sakura"), clock.at)
    found = [answer(authority, asked, clock.at) for asked in (old, new)]
    assert [one.certificate_status for one in found] == [Status.REVOKED, Status.GOOD]
    generations = [issuer.certificate for issuer in authority.authorities.generations(AUTH)]
    assert [is_signed_by(one.certificates[0], ca) for one, ca in zip(found, generations, strict=True)] == [True, True]


def test_a_card_of_the_next_generation_is_answered_with_its_kind_of_key(authority: TestAuthority) -> None:
    found = answer(authority, question(authority, variant=Variant.NEXT_GENERATION))
    assert found.certificate_status is Status.GOOD
    public = found.certificates[0].public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(found.signature, found.tbs_response_bytes, ec.ECDSA(hashes.SHA384()))


def test_a_signing_certificate_is_answered_too(authority: TestAuthority) -> None:
    files = authority.card("takahashi").files
    leaf, issuer = (
        x509.load_der_x509_certificate(files[ef].content)
        for ef in (layout.SIGN_CERTIFICATE, layout.SIGN_CA_CERTIFICATE)
    )
    asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA256()).build()
    assert answer(authority, asked.public_bytes(Encoding.DER)).certificate_status is Status.GOOD


def test_somebody_elses_certificate_is_no_business_of_ours(authority: TestAuthority, tmp_path: Path) -> None:
    theirs = TestAuthority.open(tmp_path, Clock())
    assert answer(authority, question(theirs)).response_status is Failure.UNAUTHORIZED


def two_at_once(asked: bytes) -> bytes:
    """The same question twice in one request (RFC 5019 §2.1.1 wants one)."""
    assert asked[0] == asked[2] == asked[4] == 0x30
    assert asked[1] < 0x80
    single = asked[6:]
    requests = b"\x30\x81" + bytes([2 * len(single)]) + single * 2
    tbs = b"\x30\x81" + bytes([len(requests)]) + requests
    return b"\x30\x81" + bytes([len(tbs)]) + tbs


def malformed(authority: TestAuthority) -> dict[str, bytes]:
    good = question(authority)
    return {
        "nothing": b"",
        "junk": b"GET / HTTP/1.1",
        "cut": good[:-1],
        "followed by more": good + b"\x00",
        "a response": authority.jlis.answer(good, TODAY),
        "too long": good + bytes(MAX_REQUEST_BYTES),
        "ten megabytes": bytes(10_000_000),
        "a nonce without bytes": question(authority, extension=x509.OCSPNonce(b"")),
        "too long a nonce": question(authority, extension=x509.OCSPNonce(bytes(129))),
        "a surprise": question(authority, extension=SURPRISE, critical=True),
        "a negative serial number": good.replace(TARO.to_bytes(8, "big"), b"\x80" + bytes(7)),
        "two certificates": two_at_once(good),
    }


def test_what_is_no_question_is_said_to_be_none(authority: TestAuthority) -> None:
    found = {what: answer(authority, asked).response_status for what, asked in malformed(authority).items()}
    assert found == dict.fromkeys(found, Failure.MALFORMED_REQUEST)


def test_an_extension_nobody_has_to_know_is_let_pass(authority: TestAuthority) -> None:
    assert answer(authority, question(authority, extension=SURPRISE)).certificate_status is Status.GOOD


def test_a_key_store_that_cannot_be_read_is_an_internal_error(fresh: TestAuthority) -> None:
    asked = question(fresh)
    fresh.jlis.register.path.write_bytes(b"{")
    assert answer(fresh, asked).response_status is Failure.INTERNAL_ERROR


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(data=st.data())
def test_a_mutated_question_gets_an_answer_and_never_a_traceback(authority: TestAuthority, data: st.DataObject) -> None:
    asked = bytearray(question(authority))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(asked) - 1))
        asked[place] = data.draw(st.integers(0, 255))
    answer(authority, bytes(asked))


# ── who answers ──


def test_the_responder_is_made_once_and_renewed_with_the_same_key(fresh: TestAuthority, tmp_path: Path) -> None:
    asked = question(fresh)
    first = answer(fresh, asked).certificates[0]
    elsewhere = TestAuthority.open(tmp_path / "keystore", Clock())
    assert answer(elsewhere, asked).certificates[0] == first
    later = answer(fresh, asked, TODAY + timedelta(days=200)).certificates[0]
    assert later != first
    assert later.public_key() == first.public_key()
    assert later.not_valid_before_utc <= TODAY + timedelta(days=200) <= later.not_valid_after_utc
    back = answer(fresh, asked, TODAY - YEAR).certificates[0]
    assert back.not_valid_before_utc <= TODAY - YEAR <= back.not_valid_after_utc


@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_a_damaged_responder_is_made_again(fresh: TestAuthority, tmp_path: Path, content: bytes) -> None:
    asked = question(fresh)
    answer(fresh, asked)
    path = tmp_path / "keystore" / "revocation" / "auth-001.ocsp.pem"
    path.write_bytes(content)
    again = TestAuthority.open(tmp_path / "keystore", Clock())
    assert answer(again, asked).certificate_status is Status.GOOD
    assert b"PRIVATE KEY" in path.read_bytes()


def test_a_responder_of_a_ca_that_is_gone_is_not_believed_here_either(fresh: TestAuthority, tmp_path: Path) -> None:
    answer(fresh, question(fresh))
    for path in (tmp_path / "keystore" / "authority").iterdir():
        path.unlink()
    again = TestAuthority.open(tmp_path / "keystore", Clock())
    found = answer(again, question(again))
    assert is_signed_by(found.certificates[0], genuine_ca(again).certificate)


# ── what is believed ──


def checked(offered: bytes, ca: Ca, serial: int = TARO) -> None:
    RevocationCheck((Offer(ocsp=offered),)).check(ca.certificate, serial, TODAY)


def responder(ca: Ca, number: int = 0, **changes: object) -> tuple[PrivateKey, x509.Certificate]:
    own = key(number)
    return own, responder_recipe(TODAY).but(**changes).build(own, ca)


def test_the_recipes_of_this_file_are_good_before_anything_is_forged(ca: Ca) -> None:
    good = ocsp_recipe(ca, TARO, TODAY)
    checked(good.build(*responder(ca)), ca)
    checked(good.but(by_name=True).build(*responder(ca)), ca)
    checked(good.but(id_hash=hashes.SHA1()).build(*responder(ca)), ca)
    checked(good.build(ca.key, ca.certificate), ca)
    revoked = good.but(status=Status.REVOKED).build(*responder(ca))
    assert refusal(lambda: checked(revoked, ca)) is Refusal.CERTIFICATE_REVOKED_OCSP


def test_an_answer_about_a_card_of_the_next_generation_is_believed(authority: TestAuthority) -> None:
    ca = genuine_next_ca(authority)
    own = ec.generate_private_key(ec.SECP384R1())
    certificate = responder_recipe(TODAY).build(own, ca)
    revoked = ocsp_recipe(ca, TARO, TODAY).but(status=Status.REVOKED).build(own, certificate)
    assert refusal(lambda: checked(revoked, ca)) is Refusal.CERTIFICATE_REVOKED_OCSP


def forged_answers(ca: Ca) -> dict[str, tuple[bytes, Refusal]]:
    """One answer for every way to forge one."""
    good = ocsp_recipe(ca, TARO, TODAY)
    generation = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    genuine = good.build(*responder(ca))
    failures = {
        status.name: (
            ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER),
            Refusal.REVOCATION_OCSP_FAILED,
        )
        for status in Failure
        if status is not Failure.SUCCESSFUL
    }
    unauthorised = {
        "of a responder without that use": responder(ca, extended=ExtendedKeyUsageOID.CLIENT_AUTH),
        "of a responder for anything": responder(ca, extended=ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
        "of a responder without any use": responder(ca, extended=None),
        "of a responder nobody can check": responder(ca, no_check=False),
        "of a responder that may not sign": responder(ca, usage=profile.key_usage(issue=True)),
        "of a responder that says nothing of signing": responder(ca, usage=None),
        "of a responder of yesterday": responder(ca, end=TODAY - SECOND),
        "of a responder of tomorrow": responder(ca, begin=TODAY + SECOND),
        "of another generation's responder": responder(generation),
        "of another generation itself": (generation.key, generation.certificate),
    }

    def signed_by_a_stranger() -> bytes:
        made = ocsp.load_der_ocsp_response(genuine)
        return genuine.replace(
            made.signature, key(2).sign(made.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
        )

    return {
        "nothing": (b"", Refusal.REVOCATION_OCSP_MALFORMED),
        "junk": (b"junk", Refusal.REVOCATION_OCSP_MALFORMED),
        "cut": (genuine[:-1], Refusal.REVOCATION_OCSP_MALFORMED),
        "followed by more": (genuine + b"\x00", Refusal.REVOCATION_OCSP_MALFORMED),
        "about another certificate": (
            good.but(serial=HANAKO).build(*responder(ca)),
            Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE,
        ),
        "about another generation": (
            good.but(about=generation).build(*responder(ca)),
            Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE,
        ),
        **{what: (good.build(*by), Refusal.REVOCATION_OCSP_UNAUTHORISED) for what, by in unauthorised.items()},
        "of a responder that is not sent along": (
            good.build(*responder(ca), generation.certificate),
            Refusal.REVOCATION_OCSP_UNAUTHORISED,
        ),
        "signed by a stranger": (signed_by_a_stranger(), Refusal.REVOCATION_OCSP_FORGED),
        "tampered": (genuine.replace(b"\x80\x00", b"\x82\x00", 1), Refusal.REVOCATION_OCSP_FORGED),
        "with another hash": (good.build(*responder(ca), algorithm=hashes.SHA512()), Refusal.REVOCATION_OCSP_FORGED),
        "by a short key": (
            good.build(key(4, 1024), responder_recipe(TODAY).build(key(4, 1024), ca)),
            Refusal.REVOCATION_OCSP_FORGED,
        ),
        "surprising": (good.but(extra=SURPRISE).build(*responder(ca)), Refusal.REVOCATION_OCSP_EXTENSION),
        "that knows nothing": (
            good.but(status=Status.UNKNOWN).build(*responder(ca)),
            Refusal.REVOCATION_OCSP_UNKNOWN,
        ),
        "of tomorrow": (good.but(begin=TODAY + SECOND).build(*responder(ca)), Refusal.REVOCATION_OCSP_NOT_YET_VALID),
        "of yesterday": (good.but(end=TODAY).build(*responder(ca)), Refusal.REVOCATION_OCSP_EXPIRED),
        "without an end": (good.but(end=None).build(*responder(ca)), Refusal.REVOCATION_OCSP_EXPIRED),
        **failures,
    }


def test_every_forged_answer_is_refused_by_its_own_name(ca: Ca) -> None:
    forged = forged_answers(ca)
    found = {what: refusal(partial(checked, der, ca)) for what, (der, _) in forged.items()}
    assert found == {what: wanted for what, (_, wanted) in forged.items()}


def test_the_forged_sets_cover_every_refusal_of_an_answer(ca: Ca) -> None:
    of_ocsp = {one for one in Refusal if one.startswith("MOCK-REVOCATION-OCSP-")}
    assert {wanted for _, wanted in forged_answers(ca).values()} == of_ocsp


def test_every_flipped_answer_is_refused(ca: Ca) -> None:
    good = ocsp_recipe(ca, TARO, TODAY).build(*responder(ca))
    for place in range(0, len(good), 5):
        flipped = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        assert refusal(partial(checked, flipped, ca)).startswith("MOCK-REVOCATION-OCSP-")


def test_an_answer_is_looked_at_again_when_it_is_out_of_date(ca: Ca) -> None:
    check = RevocationCheck((Offer(ocsp=ocsp_recipe(ca, TARO, TODAY).build(*responder(ca))),))
    check.check(ca.certificate, TARO, TODAY)
    late, early = TODAY + timedelta(minutes=5), TODAY - timedelta(minutes=6)
    assert refusal(partial(check.check, ca.certificate, TARO, late)) is Refusal.REVOCATION_OCSP_EXPIRED
    assert refusal(partial(check.check, ca.certificate, TARO, early)) is Refusal.REVOCATION_OCSP_NOT_YET_VALID
    check.check(ca.certificate, TARO, TODAY)


def test_what_was_believed_of_one_certificate_is_not_of_another(ca: Ca) -> None:
    check = RevocationCheck((Offer(ocsp=ocsp_recipe(ca, TARO, TODAY).build(*responder(ca))),))
    check.check(ca.certificate, TARO, TODAY)
    assert refusal(partial(check.check, ca.certificate, HANAKO, TODAY)) is Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE


def test_our_own_answers_pass_our_own_verifier(authority: TestAuthority) -> None:
    check = RevocationCheck((authority.jlis,))
    for der in authority.ca_certificates():
        ca = x509.load_der_x509_certificate(der)
        for moment in (TODAY, TODAY + 3 * YEAR, TODAY - YEAR):
            check.check(ca, TARO, moment)

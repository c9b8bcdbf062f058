"""Forged credentials, item by item: what a forger would try at the counter, each refused for its own reason.

First as trust sees it, with a scene of several authorities of one name; then over HTTP, where the whole server stands
between the forger and an answer. Every scene is shown to believe the genuine card, before and after.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from eligibility.oqs.signed_message import signed_message
from mock_server import profile
from mock_server.anchors import load_anchors
from mock_server.certificate_path import CertificatePath
from mock_server.challenges import KEY_BYTES, LIFETIME, ChallengeBook
from mock_server.composition import Backend, build_app, open_authority, open_backend
from mock_server.errors import QualificationError, Refusal, status_of
from mock_server.issuer import TestAuthority
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.published import PublishedLists
from mock_server.serials import serial_number
from mock_server.trust import Trust
from reader.card import layout
from tests.mock_server.conftest import INSTITUTION, SERVER, TODAY, Clock, counting_bytes
from tests.mock_server.forging import (
    Ca,
    Recipe,
    Signer,
    auth_key,
    ca_like,
    der,
    genuine_ca,
    raw_sign,
    recipe,
    sha1_signer,
    sha256_signer,
    with_sha1,
)
from tests.mock_server.forging_revocation import Offer, crl_recipe, ocsp_recipe, responder_recipe

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
OTHER_INSTITUTION = "1312345679"
TEN_MEGABYTES = 10_000_000


@cache
def key(number: int = 0, size: int = 2048) -> rsa.RSAPrivateKey:
    """Throw-away keys, made once."""
    del number
    return rsa.generate_private_key(65537, size)


@dataclass
class Scene:
    """A server that trusts its own CA and three others of the same name, one of them over, one no CA at all."""

    authority: TestAuthority
    own: Ca
    younger: Ca
    over: Ca
    no_ca: Ca
    trust: Trust

    def leaf(self, by: Ca | None = None, *, public: rsa.RSAPublicKey | None = None, **changes: object) -> bytes:
        """A certificate of taro's that is good but for the changes."""
        issuer = by or self.own
        wanted: Recipe = recipe(issuer, "taro", TODAY).but(**changes)
        return der(wanted.build(public or key().public_key(), issuer))

    def visit(
        self,
        certificate: bytes | None = None,
        sign: Signer | None = None,
        *,
        nonce: str | None = None,
        asked_by: str = INSTITUTION,
        signature: bytes | None = None,
        now: datetime = TODAY,
    ) -> int:
        """What the service does with a card answer; the serial number that was believed."""
        image = self.authority.card("taro")
        nonce = self.nonce() if nonce is None else nonce
        sign = sign or (sha256_signer(auth_key(image)) if certificate is None else sha256_signer(key()))
        if signature is None:
            signature = sign(signed_message(SERVER, asked_by, "qualification", nonce or "-"))
        self.trust.check_challenge(nonce, asked_by, "qualification", now)
        return self.trust.check_credential(
            certificate=image.auth_certificate if certificate is None else certificate,
            signature=signature,
            nonce=nonce,
            institution=asked_by,
            purpose="qualification",
            now=now,
        ).serial

    def nonce(self, institution: str = INSTITUTION) -> str:
        return self.trust.challenge(institution, "qualification", TODAY, RANDOM).nonce


RANDOM = counting_bytes()


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as caught:
        ask()
    return caught.value.refusal


@pytest.fixture
def scene(authority: TestAuthority) -> Scene:
    own = genuine_ca(authority)
    younger = ca_like(key(1), TODAY - YEAR, TODAY + 9 * YEAR)
    over = ca_like(key(2), TODAY - 9 * YEAR, TODAY - DAY)
    no_ca = ca_like(key(3), TODAY - YEAR, TODAY + 9 * YEAR, is_ca=False)
    others = (younger, over, no_ca)
    anchors = [*load_anchors(authority.ca_certificates()), *(one.certificate for one in others)]
    lists = PublishedLists([crl_recipe(one, TODAY).build(one.key) for one in others])
    revocation = RevocationCheck((authority.jlis, lists))
    trust = Trust(
        ChallengeBook(SERVER, bytes(range(KEY_BYTES))), CertificatePath(anchors), revocation, authority.jlis.owns
    )
    return Scene(authority, own, younger, over, no_ca, trust)


def patients_card_as_ca(scene: Scene) -> Ca:
    """A patient who issues certificates with the key of her card."""
    image = scene.authority.card("hanako")
    return Ca(auth_key(image), x509.load_der_x509_certificate(image.auth_certificate))


def tampered(sign: Signer) -> Signer:
    def changed(message: bytes) -> bytes:
        signature = sign(message)
        return signature[:100] + bytes([signature[100] ^ 1]) + signature[101:]

    return changed


def of_card(scene: Scene) -> Signer:
    return sha256_signer(auth_key(scene.authority.card("taro")))


# ── item by item: certificates ──

Forgery = Callable[[Scene], object]


@cache
def self_made() -> Ca:
    """A CA of the forger's own, of the same name."""
    return ca_like(key(4), TODAY - YEAR, TODAY + 9 * YEAR)


@cache
def silent() -> Ca:
    """A CA that is trusted and publishes nothing."""
    return ca_like(key(8), TODAY - YEAR, TODAY + YEAR)


CERTIFICATES: Mapping[str, tuple[Forgery, Refusal]] = {
    "a self-made CA of the same name": (
        lambda s: s.visit(s.leaf(self_made())),
        Refusal.CERTIFICATE_ISSUER_FORGED,
    ),
    "an expired leaf": (
        lambda s: s.visit(s.leaf(begin=TODAY - 5 * YEAR, end=TODAY - YEAR)),
        Refusal.CERTIFICATE_EXPIRED,
    ),
    "a leaf that has not begun": (
        lambda s: s.visit(s.leaf(begin=TODAY + DAY)),
        Refusal.CERTIFICATE_NOT_YET_VALID,
    ),
    "an expired CA": (lambda s: s.visit(s.leaf(s.over)), Refusal.CERTIFICATE_ISSUER_EXPIRED),
    "the wrong EKU": (
        lambda s: s.visit(s.leaf(extended=(ExtendedKeyUsageOID.SERVER_AUTH,))),
        Refusal.CERTIFICATE_EXTENDED_KEY_USAGE,
    ),
    "no EKU": (lambda s: s.visit(s.leaf(extended=None)), Refusal.CERTIFICATE_EXTENDED_KEY_USAGE),
    "the wrong policy": (lambda s: s.visit(s.leaf(policy=profile.SIGN_POLICY)), Refusal.CERTIFICATE_POLICY),
    "no policy": (lambda s: s.visit(s.leaf(policy=None)), Refusal.CERTIFICATE_POLICY),
    "the wrong key usage": (
        lambda s: s.visit(s.leaf(usage=profile.key_usage(sign=True, commit=True))),
        Refusal.CERTIFICATE_KEY_USAGE,
    ),
    "an issuer that is no CA": (lambda s: s.visit(s.leaf(s.no_ca)), Refusal.CERTIFICATE_ISSUER_NOT_CA),
    "a patient's card as issuer": (
        lambda s: s.visit(s.leaf(patients_card_as_ca(s))),
        Refusal.CERTIFICATE_ISSUER_UNKNOWN,
    ),
    "a patient's card as issuer, under the CA's name": (
        lambda s: s.visit(s.leaf(patients_card_as_ca(s), issuer_name=s.own.certificate.subject)),
        Refusal.CERTIFICATE_ISSUER_FORGED,
    ),
    "the CA's own certificate": (lambda s: s.visit(der(s.own.certificate)), Refusal.CERTIFICATE_IS_CA),
    "the card's signing certificate": (
        lambda s: s.visit(s.authority.card("taro").files[layout.SIGN_CERTIFICATE].content),
        Refusal.CERTIFICATE_ISSUER_UNKNOWN,
    ),
    "SHA-1 in the certificate": (
        lambda s: s.visit(with_sha1(recipe(s.own, "taro", TODAY).build(key().public_key(), s.own), s.own.key)),
        Refusal.CERTIFICATE_ALGORITHM,
    ),
    "RSA-1024 in the certificate": (
        lambda s: s.visit(s.leaf(public=key(5, 1024).public_key()), sha256_signer(key(5, 1024))),
        Refusal.CERTIFICATE_KEY_SIZE,
    ),
    "a critical extension nobody knows": (lambda s: s.visit(s.leaf(surprise=True)), Refusal.CERTIFICATE_PATH),
}

# ── item by item: challenges and signatures ──

SIGNATURES: Mapping[str, tuple[Forgery, Refusal]] = {
    "someone else's challenge": (
        lambda s: s.visit(nonce=s.nonce(OTHER_INSTITUTION)),
        Refusal.CHALLENGE_OTHER_INSTITUTION,
    ),
    "a challenge of yesterday": (
        lambda s: s.visit(nonce=s.nonce(), now=TODAY + LIFETIME),
        Refusal.CHALLENGE_EXPIRED,
    ),
    "a challenge nobody gave out": (
        lambda s: s.visit(nonce=base64.urlsafe_b64encode(bytes(100)).decode().rstrip("=")),
        Refusal.CHALLENGE_MALFORMED,
    ),
    "a challenge of another server": (
        lambda s: s.visit(
            nonce=ChallengeBook(SERVER, b"x" * KEY_BYTES).issue(INSTITUTION, "qualification", TODAY, RANDOM).nonce
        ),
        Refusal.CHALLENGE_FORGED,
    ),
    "a tampered signature": (lambda s: s.visit(sign=tampered(of_card(s))), Refusal.SIGNATURE_INVALID),
    "a signature over bytes somebody else chose": (
        lambda s: s.visit(sign=lambda _: of_card(s)(b"pay 100")),
        Refusal.SIGNATURE_INVALID,
    ),
    "SHA-1 in the signature": (
        lambda s: s.visit(sign=sha1_signer(auth_key(s.authority.card("taro")))),
        Refusal.SIGNATURE_ALGORITHM,
    ),
    "a bare hash in the signature": (
        lambda s: s.visit(
            sign=lambda message: raw_sign(auth_key(s.authority.card("taro")), hashlib.sha256(message).digest())
        ),
        Refusal.SIGNATURE_ALGORITHM,
    ),
    "RSA-1024 in the signature": (
        lambda s: s.visit(sign=lambda m: key(5, 1024).sign(m, padding.PKCS1v15(), hashes.SHA256())),
        Refusal.SIGNATURE_LENGTH,
    ),
    "other persona's certificate": (
        lambda s: s.visit(s.authority.card("hanako").auth_certificate, of_card(s)),
        Refusal.SIGNATURE_INVALID,
    ),
    "other persona's signature": (
        lambda s: s.visit(sign=sha256_signer(auth_key(s.authority.card("hanako")))),
        Refusal.SIGNATURE_INVALID,
    ),
    "an empty certificate": (lambda s: s.visit(b""), Refusal.CERTIFICATE_MISSING),
    "an empty signature": (lambda s: s.visit(signature=b""), Refusal.SIGNATURE_MISSING),
    "an empty challenge": (lambda s: s.visit(nonce=""), Refusal.CHALLENGE_MISSING),
    "a certificate of 10 MB": (lambda s: s.visit(bytes(TEN_MEGABYTES)), Refusal.CERTIFICATE_TOO_LONG),
    "a genuine certificate and 10 MB": (
        lambda s: s.visit(s.authority.card("taro").auth_certificate + bytes(TEN_MEGABYTES)),
        Refusal.CERTIFICATE_TOO_LONG,
    ),
    "a signature of 10 MB": (lambda s: s.visit(signature=bytes(TEN_MEGABYTES)), Refusal.SIGNATURE_LENGTH),
    "a challenge of 10 MB": (
        lambda s: s.visit(nonce="A" * TEN_MEGABYTES, signature=b"x"),
        Refusal.CHALLENGE_MALFORMED,
    ),
}


@pytest.mark.parametrize("what", [*CERTIFICATES, *SIGNATURES])
def test_a_forged_credential_is_refused_for_its_own_reason(scene: Scene, what: str) -> None:
    taro = serial_number("taro")
    assert (scene.visit(), scene.visit(scene.leaf())) == (taro, taro), "the scene believes what is genuine"
    forge, wanted = {**CERTIFICATES, **SIGNATURES}[what]
    assert refusal(lambda: forge(scene)) is wanted
    assert (scene.visit(), scene.visit(scene.leaf())) == (taro, taro), "and still does"


# ── three generations of one name ──


def test_three_generations_share_one_name_and_each_is_told_by_its_signature(scene: Scene) -> None:
    """jpki-card.md §2.1: the CA certificates of all generations have the same name."""
    names = {ca.certificate.subject for ca in (scene.own, scene.younger, scene.over)}
    assert len(names) == 1
    assert scene.visit(scene.leaf()) == scene.visit(scene.leaf(scene.younger)) == serial_number("taro")
    assert refusal(lambda: scene.visit(scene.leaf(scene.over))) is Refusal.CERTIFICATE_ISSUER_EXPIRED


def test_a_revocation_of_one_generation_is_none_of_another(scene: Scene) -> None:
    hanako = serial_number("hanako")
    by_own, by_younger = scene.leaf(serial=hanako), scene.leaf(scene.younger, serial=hanako)
    scene.authority.revoke("hanako")
    try:
        assert refusal(lambda: scene.visit(by_own)) is Refusal.CERTIFICATE_REVOKED_CRL
        assert scene.visit(by_younger) == hanako
    finally:
        scene.authority.reinstate("hanako")


# ── revoked, and revocation data that is forged ──


@pytest.mark.parametrize(
    ("crl", "wanted"), [(True, Refusal.CERTIFICATE_REVOKED_CRL), (False, Refusal.CERTIFICATE_REVOKED_OCSP)]
)
def test_a_revoked_card_is_refused_by_list_and_by_responder(tmp_path: Path, wanted: Refusal, *, crl: bool) -> None:
    authority = TestAuthority.open(tmp_path, Clock())
    path = CertificatePath(load_anchors(authority.ca_certificates()))
    trust = Trust(
        ChallengeBook(SERVER, bytes(KEY_BYTES)), path, RevocationCheck((authority.jlis,)), authority.jlis.owns
    )
    own = genuine_ca(authority)
    scene = Scene(authority, own, own, own, own, trust)
    assert scene.visit() == serial_number("taro")
    authority.revoke("taro", crl=crl)
    assert refusal(scene.visit) is wanted
    authority.reinstate("taro")
    assert scene.visit() == serial_number("taro")


def offers(scene: Scene) -> dict[str, tuple[Offer, Refusal]]:
    """Revocation data that says "good" about taro and must not be believed."""
    own, serial = scene.own, serial_number("taro")
    crl, answer = crl_recipe(own, TODAY), ocsp_recipe(own, serial, TODAY)
    surprise = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{profile.ARC}.9"), b"\x05\x00")
    responder = responder_recipe(TODAY)
    good_responder = responder.build(key(6), own)
    wrong_use = responder.but(extended=ExtendedKeyUsageOID.CLIENT_AUTH).build(key(6), own)
    made = answer.build(key(6), good_responder)
    parsed = ocsp.load_der_ocsp_response(made)
    strangers = key(7).sign(parsed.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
    card = scene.authority.card("hanako")
    card_certificate = x509.load_der_x509_certificate(card.auth_certificate)
    return {
        "no data": (Offer(), Refusal.REVOCATION_UNKNOWN),
        "a CRL forged": (Offer(crl=crl.der(key(7))), Refusal.REVOCATION_CRL_FORGED),
        "a CRL of a patient's card": (Offer(crl=crl.der(auth_key(card))), Refusal.REVOCATION_CRL_FORGED),
        "a CRL expired": (Offer(crl=crl.but(end=TODAY).der(own.key)), Refusal.REVOCATION_CRL_EXPIRED),
        "a CRL of tomorrow": (
            Offer(crl=crl.but(begin=TODAY + DAY, end=TODAY + 2 * DAY).der(own.key)),
            Refusal.REVOCATION_CRL_NOT_YET_VALID,
        ),
        "a CRL of another issuer": (
            Offer(crl=crl_recipe(scene.younger, TODAY).der(scene.younger.key)),
            Refusal.REVOCATION_CRL_OTHER_ISSUER,
        ),
        "a CRL with an unknown critical extension": (
            Offer(crl=crl.but(extra=surprise).der(own.key)),
            Refusal.REVOCATION_CRL_EXTENSION,
        ),
        "an OCSP answer forged": (
            Offer(ocsp=made.replace(parsed.signature, strangers)),
            Refusal.REVOCATION_OCSP_FORGED,
        ),
        "an OCSP answer expired": (
            Offer(ocsp=answer.but(end=TODAY).build(key(6), good_responder)),
            Refusal.REVOCATION_OCSP_EXPIRED,
        ),
        "an OCSP answer by an unauthorised responder": (
            Offer(ocsp=answer.build(key(6), wrong_use)),
            Refusal.REVOCATION_OCSP_UNAUTHORISED,
        ),
        "an OCSP answer by a patient's card": (
            Offer(ocsp=answer.build(auth_key(card), card_certificate)),
            Refusal.REVOCATION_OCSP_UNAUTHORISED,
        ),
        "an OCSP answer for another serial": (
            Offer(ocsp=answer.but(serial=serial_number("hanako")).build(key(6), good_responder)),
            Refusal.REVOCATION_OCSP_OTHER_CERTIFICATE,
        ),
        "an OCSP answer that knows nothing": (
            Offer(ocsp=answer.but(status=ocsp.OCSPCertStatus.UNKNOWN).build(key(6), good_responder)),
            Refusal.REVOCATION_OCSP_UNKNOWN,
        ),
        "a good CRL and an OCSP answer forged": (
            Offer(crl.der(own.key), made.replace(parsed.signature, strangers)),
            Refusal.REVOCATION_OCSP_FORGED,
        ),
        "a good OCSP answer and a CRL forged": (Offer(crl.der(key(7)), made), Refusal.REVOCATION_CRL_FORGED),
    }


def test_forged_revocation_data_never_makes_a_card_valid(scene: Scene) -> None:
    def with_source(offer: Offer) -> Scene:
        check = RevocationCheck((offer,))
        trust = Trust(scene.trust.challenges, scene.trust.path, check, scene.trust.is_own)
        return Scene(scene.authority, scene.own, scene.younger, scene.over, scene.no_ca, trust)

    genuine = Offer(
        crl_recipe(scene.own, TODAY).der(scene.own.key),
        ocsp_recipe(scene.own, serial_number("taro"), TODAY).build(
            key(6), responder_recipe(TODAY).build(key(6), scene.own)
        ),
    )
    assert with_source(genuine).visit() == serial_number("taro")
    found = {what: refusal(with_source(offer).visit) for what, (offer, _) in offers(scene).items()}
    assert found == {what: wanted for what, (_, wanted) in offers(scene).items()}


# ── over HTTP: what needs the whole server ──

Json = dict[str, Any]
ASKING = {"institution": INSTITUTION, "purpose": "qualification"}


@pytest.fixture
def backend(tmp_path: Path, scene: Scene) -> Any:
    (tmp_path / "younger.pem").write_bytes(
        scene.younger.certificate.public_bytes(Encoding.PEM)
        + crl_recipe(scene.younger, TODAY).build(scene.younger.key).public_bytes(Encoding.PEM)
    )
    (tmp_path / "mute.pem").write_bytes(silent().certificate.public_bytes(Encoding.PEM))
    opened = open_backend(
        tmp_path / "data",
        now=Clock(),
        random_bytes=counting_bytes(),
        trust_files=[tmp_path / "younger.pem", tmp_path / "mute.pem"],
    )
    yield opened
    opened.close()


@dataclass
class Forger:
    """A counter that sends what it likes."""

    client: httpx2.AsyncClient
    authority: TestAuthority

    async def challenge(self, institution: str = INSTITUTION) -> Json:
        found: Json = (await self.client.post("/v1/challenge", json={**ASKING, "institution": institution})).json()
        return found

    async def query(self, persona: str = "taro", *, institution: str = INSTITUTION) -> Json:
        image, challenge = self.authority.card(persona), await self.challenge(institution)
        said = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
        return {
            **ASKING,
            "nonce": challenge["nonce"],
            "certificate": text(image.auth_certificate),
            "signature": text(sha256_signer(auth_key(image))(said)),
        }

    async def code(self, body: Json) -> str:
        """The code of the refusal, in the one error shape and with the status that goes with it."""
        answer = await self.client.post("/v1/qualification/card", json=body)
        code = str(answer.json()["error"]["code"])
        assert answer.status_code == status_of(Refusal(code))
        return code

    async def is_believed(self, body: Json) -> bool:
        answer = await self.client.post("/v1/qualification/card", json=body)
        return bool(answer.status_code == 200 and answer.json()["registered"])


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture
async def forger(backend: Backend, tmp_path: Path) -> AsyncIterator[Forger]:
    transport = httpx2.ASGITransport(app=build_app(backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
        yield Forger(client, open_authority(tmp_path / "data", Clock()))


async def test_a_replayed_challenge_is_refused_also_after_a_refusal(forger: Forger) -> None:
    body = await forger.query()
    assert await forger.is_believed(body)
    assert await forger.code(body) == "MOCK-CHALLENGE-REPLAYED"
    wrong = {**(await forger.query()), "signature": text(bytes(256))}
    assert await forger.code(wrong) == "MOCK-SIGNATURE-INVALID"
    assert await forger.code(wrong) == "MOCK-CHALLENGE-REPLAYED"
    assert await forger.is_believed(await forger.query())


async def test_someone_elses_challenge_is_refused(forger: Forger) -> None:
    theirs = await forger.query(institution=OTHER_INSTITUTION)
    assert await forger.code(theirs) == "MOCK-CHALLENGE-OTHER-INSTITUTION"
    assert await forger.is_believed({**theirs, "institution": OTHER_INSTITUTION})


async def test_other_personas_certificate_is_refused(forger: Forger) -> None:
    body = await forger.query("taro")
    hers = text(forger.authority.card("hanako").auth_certificate)
    assert await forger.code({**body, "certificate": hers}) == "MOCK-SIGNATURE-INVALID"


@pytest.mark.parametrize("crl", [True, False])
async def test_a_revoked_card_is_refused_at_the_next_visit(forger: Forger, *, crl: bool) -> None:
    assert await forger.is_believed(await forger.query())
    forger.authority.revoke("taro", crl=crl)
    wanted = "MOCK-CERTIFICATE-REVOKED-CRL" if crl else "MOCK-CERTIFICATE-REVOKED-OCSP"
    assert await forger.code(await forger.query()) == wanted
    forger.authority.reinstate("taro")
    assert await forger.is_believed(await forger.query())


@pytest.mark.parametrize(
    ("which", "code"),
    [("younger", None), ("self-made", "MOCK-CERTIFICATE-ISSUER-FORGED"), ("silent", "MOCK-REVOCATION-UNKNOWN")],
)
async def test_a_ca_of_the_same_name_is_believed_only_with_its_list(
    forger: Forger, scene: Scene, which: str, code: str | None
) -> None:
    by = {"younger": scene.younger, "self-made": self_made(), "silent": silent()}[which]
    challenge = await forger.challenge()
    said = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
    body = {
        **ASKING,
        "nonce": challenge["nonce"],
        "certificate": text(der(recipe(by, "taro", TODAY).build(key().public_key(), by))),
        "signature": text(sha256_signer(key())(said)),
    }
    if code is None:
        assert await forger.is_believed(body)
    else:
        assert await forger.code(body) == code


@pytest.mark.parametrize("field", ["nonce", "certificate", "signature", "institution", "purpose"])
async def test_empty_and_huge_fields_are_refused_by_name(forger: Forger, field: str) -> None:
    body = await forger.query()
    empty = {
        "nonce": "MOCK-CHALLENGE-MISSING",
        "certificate": "MOCK-CERTIFICATE-MISSING",
        "signature": "MOCK-SIGNATURE-MISSING",
        "institution": "MOCK-REQUEST-INSTITUTION",
        "purpose": "MOCK-REQUEST-PURPOSE",
    }
    assert await forger.code({**body, field: "A" * TEN_MEGABYTES}) == "MOCK-REQUEST-TOO-LARGE"
    assert await forger.code({**body, field: ""}) == empty[field]
    if field not in ("certificate", "signature"):  # these were looked at after the challenge, which is used up then
        assert await forger.is_believed(body)

"""What trust remembers: a certificate that was believed for a minute, and never longer than it is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

import mock_server.certificate_path as under_test
from eligibility.calendar import JST
from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION
from mock_server.anchors import load_anchors
from mock_server.certificate_path import KEPT, KEPT_FOR, CertificatePath
from mock_server.challenges import KEY_BYTES, ChallengeBook
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.revocation import ocsp_check, responder
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.published import PublishedLists
from mock_server.trust import PURPOSES, Trust
from tests.mock_server.conftest import INSTITUTION, SERVER, TODAY, Clock, counting_bytes
from tests.mock_server.forging import Ca, auth_key, ca_like, der, genuine_ca, recipe, sha256_signer
from tests.mock_server.forging_revocation import crl_recipe

pytestmark = pytest.mark.broad

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


@cache
def key(number: int = 0) -> rsa.RSAPrivateKey:
    """Throw-away keys, made once."""
    del number
    return rsa.generate_private_key(65537, 2048)


class Counted:
    """Counts the calls of a function it stands in for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        self.calls = 0
        self._inner = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    def __call__(self, *arguments: object, **named: object) -> object:
        self.calls += 1
        return self._inner(*arguments, **named)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """How often a path was verified in full."""
    return Counted(monkeypatch, under_test, "verify_path")


@pytest.fixture
def ca(authority: TestAuthority) -> Ca:
    return genuine_ca(authority)


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as caught:
        ask()
    return caught.value.refusal


# ── the path ──


def test_a_believed_certificate_is_not_looked_at_again_for_a_minute(
    authority: TestAuthority, verified: Counted
) -> None:
    path = CertificatePath(load_anchors(authority.ca_certificates()))
    taro = authority.card("taro").auth_certificate
    first = path.check(taro, TODAY)
    assert path.check(taro, TODAY + KEPT_FOR - SECOND) is first
    assert verified.calls == 1
    assert path.check(taro, TODAY + KEPT_FOR) == first
    assert verified.calls == 2


def test_a_clock_that_went_back_is_asked_anew(authority: TestAuthority, verified: Counted) -> None:
    path = CertificatePath(load_anchors(authority.ca_certificates()))
    taro = authority.card("taro").auth_certificate
    path.check(taro, TODAY)
    path.check(taro, TODAY - SECOND)
    assert verified.calls == 2
    before = x509.load_der_x509_certificate(taro).not_valid_before_utc - SECOND
    assert refusal(lambda: path.check(taro, before)) is Refusal.CERTIFICATE_NOT_YET_VALID


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2026, 2, 10, tzinfo=JST), "valid"),
        (datetime(2026, 5, 11, tzinfo=JST), "expiring"),
        (datetime(2026, 9, 1, tzinfo=JST), "grace"),
    ],
)
def test_no_state_outlives_its_day(moment: datetime, state: str) -> None:
    """Expiry 2026-05-10: expiring from 10 February, in grace from 11 May to 31 August (reception.md §4)."""
    end = datetime(2026, 5, 10, 23, 59, 59, tzinfo=JST)
    ca = ca_like(key(1), end - 5 * YEAR, end + 5 * YEAR)
    leaf = der(recipe(ca, "taro", TODAY).but(begin=end - 4 * YEAR, end=end).build(key().public_key(), ca))
    path = CertificatePath([ca.certificate])
    assert path.check(leaf, moment - SECOND).state == state
    if moment.month == 9:
        assert refusal(lambda: path.check(leaf, moment)) is Refusal.CERTIFICATE_EXPIRED
    else:
        assert path.check(leaf, moment).state != state


@pytest.mark.parametrize("hour", [0, 11, 23])
def test_nothing_outlives_the_ca(hour: int) -> None:
    end = datetime(2026, 11, 20, hour, 30, tzinfo=JST)
    ca = ca_like(key(1), end - YEAR, end)
    leaf = der(recipe(ca, "taro", TODAY).but(end=end + YEAR).build(key().public_key(), ca))
    path = CertificatePath([ca.certificate])
    for moment in (end - SECOND, end):
        assert path.check(leaf, moment).state == "valid"
    assert refusal(lambda: path.check(leaf, end + SECOND)) is Refusal.CERTIFICATE_ISSUER_EXPIRED


def test_a_refusal_is_never_remembered(ca: Ca, verified: Counted) -> None:
    younger = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    known = [ca.certificate]
    path = CertificatePath([ca.certificate], lambda: known)
    leaf = der(recipe(ca, "taro", TODAY).build(key().public_key(), younger))
    assert refusal(lambda: path.check(leaf, TODAY)) is Refusal.CERTIFICATE_ISSUER_FORGED
    known.append(younger.certificate)
    assert path.check(leaf, TODAY).issuer == younger.certificate
    assert verified.calls == 1


def test_another_certificate_is_another_question(ca: Ca, verified: Counted) -> None:
    path = CertificatePath([ca.certificate])
    good = recipe(ca, "taro", TODAY)
    for serial in (1, 2, 1):
        assert path.check(der(good.but(serial=serial).build(key().public_key(), ca)), TODAY).serial == serial
    assert verified.calls == 2
    flipped = bytearray(der(good.but(serial=1).build(key().public_key(), ca)))
    flipped[-1] ^= 1
    assert refusal(lambda: path.check(bytes(flipped), TODAY)).startswith("MOCK-CERTIFICATE-")


def test_what_is_remembered_has_a_limit(ca: Ca, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "KEPT", 3)
    path = CertificatePath([ca.certificate])
    for serial in range(1, 8):
        path.check(der(recipe(ca, "taro", TODAY).but(serial=serial).build(key().public_key(), ca)), TODAY)
    assert len(path._believed) == 3
    assert KEPT <= 10_000


# ── revocation, every time ──


@pytest.fixture
def fresh(tmp_path: Path) -> TestAuthority:
    return TestAuthority.open(tmp_path / "keystore", Clock())


def trust_of(authority: TestAuthority) -> Trust:
    path = CertificatePath(load_anchors(authority.ca_certificates()))
    revocation = RevocationCheck((authority.jlis,))
    return Trust(ChallengeBook(SERVER, bytes(KEY_BYTES)), path, revocation, authority.jlis.owns)


def visit(trust: Trust, authority: TestAuthority, persona: str = "taro", now: datetime = TODAY) -> str:
    from eligibility.oqs.signed_message import signed_message

    image = authority.card(persona)
    signature = sha256_signer(auth_key(image))(signed_message(SERVER, INSTITUTION, "qualification", "nonce"))
    return trust.check_credential(
        certificate=image.auth_certificate,
        signature=signature,
        nonce="nonce",
        institution=INSTITUTION,
        purpose="qualification",
        now=now,
    ).state.value


def test_a_revocation_counts_although_the_path_is_remembered(fresh: TestAuthority, verified: Counted) -> None:
    trust = trust_of(fresh)
    assert visit(trust, fresh) == "valid"
    fresh.revoke("taro")
    assert refusal(lambda: visit(trust, fresh)) is Refusal.CERTIFICATE_REVOKED_CRL
    fresh.reinstate("taro")
    assert visit(trust, fresh) == "valid"
    assert verified.calls == 1


def test_an_answer_is_signed_and_verified_once_for_many_visits(
    fresh: TestAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = Counted(monkeypatch, responder, "algorithm_of")  # once for each signature
    believed = Counted(monkeypatch, ocsp_check, "_is_signed_with")
    trust = trust_of(fresh)
    for _ in range(20):
        visit(trust, fresh)
    assert (signed.calls, believed.calls) == (1, 1)
    visit(trust, fresh, "hanako")
    visit(trust, fresh, now=TODAY + responder.ANSWER_LIFE)
    assert (signed.calls, believed.calls) == (3, 3)
    fresh.revoke("hanako", crl=False)
    visit(trust, fresh, now=TODAY + responder.ANSWER_LIFE)
    assert (signed.calls, believed.calls) == (3, 3), "the register says nothing else of taro"
    assert refusal(lambda: visit(trust, fresh, "hanako")) is Refusal.CERTIFICATE_REVOKED_OCSP
    assert (signed.calls, believed.calls) == (4, 4)


# ── who is believed without a signature ──


def test_whoever_is_attested_needs_a_card_of_this_installation(fresh: TestAuthority, tmp_path: Path) -> None:
    theirs = TestAuthority.open(tmp_path / "theirs", Clock())
    foreign = genuine_ca(theirs)
    trust = Trust(
        ChallengeBook(SERVER, bytes(KEY_BYTES)),
        CertificatePath([*load_anchors(fresh.ca_certificates()), foreign.certificate]),
        RevocationCheck((fresh.jlis, PublishedLists([crl_recipe(foreign, TODAY).build(foreign.key)]))),
        fresh.jlis.owns,
    )
    taro = fresh.card("taro").auth_certificate
    credential = trust.check_attested(certificate=taro, now=TODAY)
    assert credential == trust.path.check(taro, TODAY)
    elsewhere = theirs.card("taro").auth_certificate
    assert trust.path.check(elsewhere, TODAY).state == "valid"
    asked = refusal(lambda: trust.check_attested(certificate=elsewhere, now=TODAY))
    assert asked is Refusal.ATTESTED_OTHER_AUTHORITY


def test_an_attested_certificate_is_looked_at_like_any_other(fresh: TestAuthority) -> None:
    trust = trust_of(fresh)
    ca = genuine_ca(fresh)
    forged = der(recipe(ca, "taro", TODAY).but(policy=None).build(key().public_key(), ca))
    impostor = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    own = der(recipe(impostor, "taro", TODAY).build(key().public_key(), impostor))
    for certificate, wanted in (
        (b"", Refusal.CERTIFICATE_MISSING),
        (forged, Refusal.CERTIFICATE_POLICY),
        (own, Refusal.CERTIFICATE_ISSUER_FORGED),
    ):
        assert refusal(lambda der=certificate: trust.check_attested(certificate=der, now=TODAY)) is wanted  # type: ignore[misc]
    fresh.revoke("taro")
    taro = fresh.card("taro").auth_certificate
    assert refusal(lambda: trust.check_attested(certificate=taro, now=TODAY)) is Refusal.CERTIFICATE_REVOKED_CRL


def test_a_key_store_that_cannot_be_read_attests_nobody(fresh: TestAuthority) -> None:
    trust = trust_of(fresh)
    taro = fresh.card("taro").auth_certificate
    (fresh.jlis.register.path).write_bytes(b"{")
    assert refusal(lambda: trust.check_attested(certificate=taro, now=TODAY)) is Refusal.STORE_UNAVAILABLE


# ── purposes ──


def test_a_challenge_is_for_one_purpose(fresh: TestAuthority) -> None:
    trust = trust_of(fresh)
    assert {PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION} == PURPOSES
    for purpose in PURPOSES:
        nonce = trust.challenge(INSTITUTION, purpose, TODAY, counting_bytes()).nonce
        trust.check_challenge(nonce, INSTITUTION, purpose, TODAY)
        for other in PURPOSES - {purpose}:
            asked = refusal(lambda p=other, n=nonce: trust.check_challenge(n, INSTITUTION, p, TODAY))  # type: ignore[misc]
            assert asked is Refusal.CHALLENGE_OTHER_PURPOSE
    unknown = refusal(lambda: trust.challenge(INSTITUTION, "mischief", TODAY, counting_bytes()))
    assert unknown is Refusal.REQUEST_PURPOSE

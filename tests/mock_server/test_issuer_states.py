"""Cards, and phones, whose certificate is in the state that the persona's file wants, whenever they are used."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from eligibility.calendar import JST, CertificateState, certificate_state
from mock_server import profile
from mock_server.anchors import load_anchors, read_trust
from mock_server.certificate_path import CertificatePath, Credential
from mock_server.challenges import KEY_BYTES, ChallengeBook
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.issuer import TestAuthority
from mock_server.personas import CERTIFICATE_STATES, SMARTPHONE_STATES, Persona, find_persona
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.published import PublishedLists
from mock_server.serials import phone_serial, serial_number
from mock_server.trust import Trust
from reader.card import layout
from reader.card.image import save_image
from reader.card.variants import Variant
from tests.mock_server.conftest import SERVER, TODAY, Clock

pytestmark = pytest.mark.broad

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
MOMENTS = [TODAY, TODAY + 100 * DAY, TODAY - 300 * DAY, TODAY + 9 * YEAR, datetime(2028, 2, 29, 23, 59, tzinfo=JST)]
REFUSED = {
    "expired": Refusal.CERTIFICATE_EXPIRED,
    "not_yet_valid": Refusal.CERTIFICATE_NOT_YET_VALID,
    "revoked": Refusal.CERTIFICATE_REVOKED_CRL,
    "revoked_ocsp": Refusal.CERTIFICATE_REVOKED_OCSP,
}


def with_card(state: str, name: str = "taro") -> Persona:
    persona = find_persona(name)
    return replace(persona, card=replace(persona.card, certificate=state))


def with_phone(state: str, name: str = "taro") -> Persona:
    persona = find_persona(name)
    return replace(persona, card=replace(persona.card, smartphone=state))


def trust_of(authority: TestAuthority) -> Trust:
    path = CertificatePath(load_anchors(authority.ca_certificates()), lambda: load_anchors(authority.ca_certificates()))
    revocation = RevocationCheck((authority.jlis,))
    return Trust(ChallengeBook(SERVER, bytes(KEY_BYTES)), path, revocation, authority.jlis.owns)


def believed(trust: Trust, certificate: bytes, now: datetime) -> Credential | Refusal:
    try:
        return trust.check_attested(certificate=certificate, now=now)
    except QualificationError as refused:
        return refused.refusal


def state_of(trust: Trust, certificate: bytes, now: datetime) -> str:
    found = believed(trust, certificate, now)
    return found.state.value if isinstance(found, Credential) else found.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fresh(tmp_path: Path, clock: Clock) -> TestAuthority:
    return TestAuthority.open(tmp_path / "keystore", clock)


# ── cards ──


@pytest.mark.parametrize("state", CERTIFICATE_STATES)
def test_the_card_is_in_the_state_its_file_wants_under_any_clock(
    fresh: TestAuthority, clock: Clock, state: str
) -> None:
    trust, persona = trust_of(fresh), with_card(state)
    wanted = REFUSED[state].value if state in REFUSED else state
    key = fresh.card(persona).keys[layout.AUTH_KEY]
    for clock.at in MOMENTS:
        if state == "valid":  # an ordinary card is left to expire, so this one is as new each time
            fresh.reset_card(persona)
        image = fresh.card(persona)
        assert state_of(trust, image.auth_certificate, clock.at) == wanted, clock.at
        if state != "valid":
            assert image.keys[layout.AUTH_KEY] == key, "the same card with another certificate"


@pytest.mark.parametrize("state", CERTIFICATE_STATES)
def test_asking_again_changes_nothing(fresh: TestAuthority, tmp_path: Path, state: str) -> None:
    persona = with_card(state)
    image = fresh.card(persona)
    before = {path: path.read_bytes() for path in (tmp_path / "keystore").rglob("*") if path.is_file()}
    assert fresh.card(persona) == image
    assert {path: path.read_bytes() for path in (tmp_path / "keystore").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("state", ["expiring", "grace", "expired"])
def test_the_certificate_ends_near_the_day_and_its_life_is_a_life(fresh: TestAuthority, state: str) -> None:
    certificate = x509.load_der_x509_certificate(fresh.card(with_card(state, "sakura")).auth_certificate)
    last = certificate.not_valid_after_utc.astimezone(JST)
    assert certificate_state(last.date(), TODAY.date()) is CertificateState(state)
    assert (last.hour, last.minute, last.second) == (23, 59, 59)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc >= YEAR
    [ca] = load_anchors(fresh.ca_certificates())
    assert ca.not_valid_before_utc <= certificate.not_valid_before_utc
    assert certificate.not_valid_after_utc <= ca.not_valid_after_utc


def test_spent_tries_stay_spent_when_the_certificate_is_renewed(fresh: TestAuthority, clock: Clock) -> None:
    persona = with_card("grace")
    image = fresh.card(persona).with_tries_left(1)
    save_image(image, fresh.card_image_path(persona))
    clock.at += 200 * DAY
    renewed = fresh.card(persona)
    assert renewed.auth_certificate != image.auth_certificate
    assert renewed.pins == image.pins
    assert x509.load_der_x509_certificate(renewed.auth_certificate).serial_number == serial_number("taro")


@pytest.mark.parametrize("variant", Variant)
def test_every_kind_of_card_is_in_the_state(fresh: TestAuthority, clock: Clock, variant: Variant) -> None:
    persona, trust = with_card("grace"), trust_of(fresh)
    for clock.at in (TODAY, TODAY + 200 * DAY):
        image = fresh.card(persona, variant)
        assert fresh.card(persona, variant) == image
        if image.layout.auth.certificate in image.files:
            assert state_of(trust, image.auth_certificate, clock.at) == "grace"


def test_resetting_a_card_keeps_its_state(fresh: TestAuthority, clock: Clock) -> None:
    trust = trust_of(fresh)
    for state, wanted in (("grace", "grace"), ("revoked", "MOCK-CERTIFICATE-REVOKED-CRL")):
        persona = with_card(state, "hanako")
        for clock.at in (TODAY, TODAY + 200 * DAY):
            assert state_of(trust, fresh.reset_card(persona).auth_certificate, clock.at) == wanted


# ── revoking by hand ──


def test_revoking_by_hand_counts_for_every_kind_of_card_until_it_is_taken_back(fresh: TestAuthority) -> None:
    trust = trust_of(fresh)
    cards = [fresh.card("taro", variant).auth_certificate for variant in (Variant.PLASTIC, Variant.NEXT_GENERATION)]
    for crl, wanted in ((False, Refusal.CERTIFICATE_REVOKED_OCSP), (True, Refusal.CERTIFICATE_REVOKED_CRL)):
        fresh.revoke("taro", crl=crl)
        assert [believed(trust, card, TODAY) for card in cards] == [wanted] * 2
    assert state_of(trust, fresh.card("hanako").auth_certificate, TODAY) == "valid"
    fresh.reinstate("taro")
    assert [state_of(trust, card, TODAY) for card in cards] == ["valid"] * 2


def test_resetting_an_ordinary_card_takes_a_revocation_back(fresh: TestAuthority) -> None:
    trust, card = trust_of(fresh), fresh.card("taro")
    fresh.revoke("taro")
    assert believed(trust, card.auth_certificate, TODAY) is Refusal.CERTIFICATE_REVOKED_CRL
    assert state_of(trust, fresh.reset_card("taro").auth_certificate, TODAY) == "valid"


def test_a_revocation_is_nothing_before_its_moment(fresh: TestAuthority, clock: Clock) -> None:
    """A clock that is moved back shows the day before."""
    trust, card = trust_of(fresh), fresh.card("taro").auth_certificate
    fresh.revoke("taro")
    assert state_of(trust, card, TODAY - DAY) == "valid"
    assert state_of(trust, card, TODAY) == "MOCK-CERTIFICATE-REVOKED-CRL"


# ── phones ──


@pytest.mark.parametrize("state", [word for word in SMARTPHONE_STATES if word])
def test_the_phone_is_in_the_state_its_file_wants_under_any_clock(
    fresh: TestAuthority, clock: Clock, state: str
) -> None:
    trust, persona = trust_of(fresh), with_phone(state)
    for clock.at in MOMENTS if state != "valid" else MOMENTS[:2]:
        phone = fresh.phone(persona)
        assert fresh.phone(persona) == phone
        found = believed(trust, phone.certificate, clock.at)
        if state in REFUSED:
            assert found is REFUSED[state], clock.at
        else:
            assert isinstance(found, Credential)
            assert (found.phone, found.state, found.serial) == (True, CertificateState.VALID, phone_serial("taro"))


def test_a_phone_has_key_serial_and_policy_of_its_own(fresh: TestAuthority) -> None:
    phone = fresh.phone("taro")
    own, card = (
        x509.load_der_x509_certificate(der) for der in (phone.certificate, fresh.card("taro").auth_certificate)
    )
    key = load_pem_private_key(phone.key, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert own.public_key() == key.public_key() != card.public_key()
    assert own.serial_number == phone_serial("taro") != card.serial_number
    assert own.subject != card.subject
    policies = own.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier for policy in policies] == [profile.PHONE_POLICY]
    assert b"valid nowhere else" in phone.certificate


def test_a_phone_has_no_grace(fresh: TestAuthority) -> None:
    """reception.md §2.1: dead as soon as it expires."""
    trust, phone = trust_of(fresh), fresh.phone("taro")
    end = x509.load_der_x509_certificate(phone.certificate).not_valid_after_utc
    assert state_of(trust, phone.certificate, end) == "expiring"
    assert state_of(trust, phone.certificate, end + timedelta(seconds=1)) == "MOCK-CERTIFICATE-EXPIRED"
    card = fresh.card("taro").auth_certificate
    end = x509.load_der_x509_certificate(card).not_valid_after_utc
    assert state_of(trust, card, end + timedelta(seconds=1)) == "grace"


def test_card_and_phone_are_revoked_apart(fresh: TestAuthority) -> None:
    trust = trust_of(fresh)
    card, phone = fresh.card("taro").auth_certificate, fresh.phone("taro").certificate
    fresh.revoke("taro", phone=True)
    assert believed(trust, phone, TODAY) is Refusal.CERTIFICATE_REVOKED_CRL
    assert state_of(trust, card, TODAY) == "valid"
    fresh.reinstate("taro", phone=True)
    fresh.revoke("taro")
    assert state_of(trust, phone, TODAY) == "valid"
    assert believed(trust, card, TODAY) is Refusal.CERTIFICATE_REVOKED_CRL


def test_a_phone_is_for_the_owner_only_and_mended_when_it_is_damaged(fresh: TestAuthority, tmp_path: Path) -> None:
    first = fresh.phone("taro")
    path = tmp_path / "keystore" / "phones" / "taro.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert fresh.phone("taro") == first
    path.write_bytes(b"damaged")
    again = fresh.phone("taro")
    assert again != first
    assert fresh.phone("taro") == again


def test_a_phone_whose_ca_is_gone_is_issued_again(fresh: TestAuthority, tmp_path: Path) -> None:
    first = fresh.phone("taro")
    for path in (tmp_path / "keystore" / "authority").iterdir():
        path.unlink()
    assert fresh.phone("taro") != first
    assert state_of(trust_of(fresh), fresh.phone("taro").certificate, TODAY) == "valid"


def test_phone_serials_are_stable_and_nobody_elses() -> None:
    numbers = {phone_serial(name, issue) for name in ("taro", "hanako") for issue in (1, 2)}
    assert len(numbers | {serial_number("taro"), serial_number("hanako")}) == 6
    # Written down: a server elsewhere knows the phone by this number, also the one of another version.
    assert phone_serial("taro") == serial_number("taro/phone") == 8176414076233939237


# ── for another installation ──


def test_what_is_exported_is_all_another_installation_needs(fresh: TestAuthority, clock: Clock, tmp_path: Path) -> None:
    fresh.card("taro", Variant.NEXT_GENERATION)
    fresh.revoke("hanako")
    (tmp_path / "here.pem").write_bytes(fresh.export_trust(30))
    there = read_trust(tmp_path / "here.pem")
    assert len(there.anchors) == len(there.crls) == 2
    trust = Trust(
        ChallengeBook(SERVER, bytes(KEY_BYTES)),
        CertificatePath(there.anchors),
        RevocationCheck((PublishedLists(there.crls),)),
        lambda _: True,
    )
    cards = {
        "taro": fresh.card("taro"),
        "new": fresh.card("taro", Variant.NEXT_GENERATION),
        "hanako": fresh.card("hanako"),
    }

    def states(at: datetime) -> dict[str, str]:
        return {name: state_of(trust, image.auth_certificate, at) for name, image in cards.items()}

    revoked, expired = "MOCK-CERTIFICATE-REVOKED-CRL", "MOCK-REVOCATION-CRL-EXPIRED"
    assert states(TODAY) == {"taro": "valid", "new": "valid", "hanako": revoked}
    assert states(TODAY + 30 * DAY) == dict.fromkeys(cards, expired)


def test_no_private_key_is_exported(fresh: TestAuthority) -> None:
    assert b"PRIVATE" not in fresh.export_trust(1)


def test_lists_of_older_exports_have_lower_numbers(fresh: TestAuthority, tmp_path: Path) -> None:
    numbers = []
    for _ in range(2):
        (tmp_path / "here.pem").write_bytes(fresh.export_trust(1))
        [crl] = read_trust(tmp_path / "here.pem").crls
        numbers.append(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
    assert numbers[0] < numbers[1]


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_list_is_not_given_out_for_ever(fresh: TestAuthority, days: int) -> None:
    with pytest.raises(ValueError, match="1 to 3650"):
        fresh.export_trust(days)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b"-----END X509 CRL-----", b""),
        lambda text: text.replace(b"-----BEGIN X509 CRL-----\nMII", b"-----BEGIN X509 CRL-----\nAAA"),
        lambda text: b"-----BEGIN X509 CRL-----\n" + text,
    ],
)
def test_a_damaged_list_in_a_trust_file_is_told_of(
    fresh: TestAuthority, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "here.pem").write_bytes(spoil(fresh.export_trust(1)))
    with pytest.raises(SetupError) as refused:
        read_trust(tmp_path / "here.pem")
    assert refused.value.code == "setup.trust_file.not_certificates"


def test_lists_may_come_in_a_file_of_their_own(fresh: TestAuthority, tmp_path: Path) -> None:
    whole = fresh.export_trust(1)
    cut = whole.index(b"-----BEGIN X509 CRL-----")
    (tmp_path / "list.pem").write_bytes(whole[cut:])
    (tmp_path / "list.crl").write_bytes(fresh.jlis.crl_der("auth-001", TODAY) or b"")
    for name in ("list.pem", "list.crl"):
        found = read_trust(tmp_path / name)
        assert (len(found.anchors), len(found.crls)) == (0, 1)

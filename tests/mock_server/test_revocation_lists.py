"""CRLs: what the mock J-LIS publishes, and that a list which is wrong in one way is refused by that name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server import profile
from mock_server.authorities import AUTH, NEXT_AUTH
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.keystore import Keystore
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.crl_check import believed_list
from mock_server.revocation.jlis import MockJlis
from mock_server.revocation.list_publisher import LIST_LIFE
from mock_server.revocation.published import PublishedLists
from mock_server.serials import serial_number
from tests.mock_server.conftest import TODAY, Clock
from tests.mock_server.forging import Ca, ca_like, genuine_ca, genuine_next_ca
from tests.mock_server.forging_revocation import SURPRISE, Offer, crl_recipe, without_next_update

SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)
TARO = serial_number("taro")
HANAKO = serial_number("hanako")


@cache
def key(number: int = 0) -> rsa.RSAPrivateKey:
    """Throw-away keys, made once."""
    del number
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def fresh(tmp_path: Path) -> TestAuthority:
    authority = TestAuthority.open(tmp_path / "keystore", Clock())
    authority.ca_certificates()
    return authority


@pytest.fixture
def ca(authority: TestAuthority) -> Ca:
    return genuine_ca(authority)


def published(
    authority: TestAuthority, now: datetime = TODAY, generation: str = "auth-001"
) -> x509.CertificateRevocationList:
    der = authority.jlis.crl_der(generation, now)
    assert der is not None
    return x509.load_der_x509_crl(der)


def serials(crl: x509.CertificateRevocationList) -> list[int]:
    return [entry.serial_number for entry in crl]


def number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as caught:
        ask()
    return caught.value.refusal


# ── what is published ──


def test_the_list_of_a_new_ca_is_empty_signed_and_lasts_a_day(fresh: TestAuthority) -> None:
    crl, ca = published(fresh), genuine_ca(fresh).certificate
    assert crl.is_signature_valid(ca.public_key())  # type: ignore[arg-type]
    assert (crl.issuer, list(crl), number(crl)) == (ca.subject, [], 1)
    assert (crl.last_update_utc, crl.next_update_utc) == (TODAY, TODAY + LIST_LIFE)
    assert [extension.critical for extension in crl.extensions] == [False, False]


def test_a_revoked_card_is_on_it_with_reason_and_moment(fresh: TestAuthority) -> None:
    fresh.revoke("taro", reason="key_compromise")
    [entry] = published(fresh)
    assert (entry.serial_number, entry.revocation_date_utc) == (TARO, TODAY)
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise


def test_what_is_revoked_between_two_publications_is_not(fresh: TestAuthority) -> None:
    fresh.revoke("taro", crl=False)
    assert serials(published(fresh)) == []
    fresh.revoke("taro")
    assert serials(published(fresh)) == [TARO]


def test_a_reason_that_says_nothing_is_left_out(fresh: TestAuthority) -> None:
    """RFC 5280 §5.3.1: unspecified is said by saying nothing."""
    fresh.revoke("taro", reason="unspecified")
    [entry] = published(fresh)
    assert list(entry.extensions) == []


def test_the_same_list_is_handed_out_until_something_is_revoked_or_it_ends(fresh: TestAuthority) -> None:
    first = published(fresh)
    assert published(fresh, TODAY + LIST_LIFE - SECOND) == first
    fresh.revoke("taro")
    second = published(fresh, TODAY + SECOND)
    third = published(fresh, TODAY + SECOND + LIST_LIFE)
    assert (serials(second), serials(third)) == ([TARO], [TARO])
    fresh.reinstate("taro")
    fourth = published(fresh, TODAY + SECOND + LIST_LIFE)
    assert serials(fourth) == []
    assert [number(crl) for crl in (first, second, third, fourth)] == [1, 2, 3, 4]


def test_a_clock_that_went_back_gets_a_list_of_its_own_day(fresh: TestAuthority) -> None:
    published(fresh)
    before = published(fresh, TODAY - YEAR)
    assert before.last_update_utc == TODAY - YEAR
    assert number(before) == 2


def test_a_revocation_of_tomorrow_counts_from_tomorrow(fresh: TestAuthority) -> None:
    tomorrow = TODAY + timedelta(hours=12)
    fresh.jlis.register.revoke("auth-001", TARO, tomorrow)
    assert serials(published(fresh)) == []
    assert serials(published(fresh, tomorrow - SECOND)) == []
    assert serials(published(fresh, tomorrow)) == [TARO]


def test_every_program_hands_out_the_same_list(fresh: TestAuthority, tmp_path: Path) -> None:
    first = published(fresh)
    elsewhere = TestAuthority.open(tmp_path / "keystore", Clock())
    assert published(elsewhere) == first
    elsewhere.revoke("taro")
    assert published(fresh) == published(elsewhere)
    assert serials(published(fresh)) == [TARO]


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x30\x03\x02\x01\x05"])
def test_a_damaged_list_in_the_key_store_is_written_over(fresh: TestAuthority, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keystore" / "revocation" / "auth-001.crl"
    published(fresh)
    path.write_bytes(content)
    again = TestAuthority.open(tmp_path / "keystore", Clock())
    assert number(published(again)) == 2
    assert path.read_bytes() == published(again).public_bytes(Encoding.DER)


def test_a_list_somebody_put_there_is_not_handed_out(fresh: TestAuthority, tmp_path: Path) -> None:
    fresh.revoke("taro")
    empty = crl_recipe(genuine_ca(fresh), TODAY)
    other_cas = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    path = tmp_path / "keystore" / "revocation" / "auth-001.crl"
    for forged in (empty.der(genuine_ca(fresh).key), empty.but(serials=(TARO,)).der(other_cas.key)):
        path.write_bytes(forged)
        crl = published(TestAuthority.open(tmp_path / "keystore", Clock()))
        assert serials(crl) == [TARO]
        assert crl.is_signature_valid(genuine_ca(fresh).certificate.public_key())  # type: ignore[arg-type]


def test_every_generation_has_a_list_of_its_own(tmp_path: Path) -> None:
    clock = Clock()
    authority = TestAuthority.open(tmp_path, clock)
    authority.card("takahashi")  # with a 署名用 certificate, so that there is that CA too
    authority.authorities.current(NEXT_AUTH)
    clock.at += 5 * YEAR
    authority.authorities.current(AUTH)
    names = ["auth-001", "auth-002", "authnext-001", "sign-001"]
    assert authority.jlis.generations() == names
    authority.revoke("taro")
    assert [serials(published(authority, clock.at, name)) for name in names] == [[TARO], [TARO], [TARO], []]
    assert authority.jlis.crl_der("auth-003", clock.at) is None
    assert authority.jlis.crl_der("../register", clock.at) is None


# ── what is believed ──


def checked(offered: bytes, issuer: Ca, *, serial: int = TARO) -> None:
    RevocationCheck((Offer(crl=offered),)).check(issuer.certificate, serial, TODAY)


def test_the_recipe_of_this_file_is_good_before_anything_is_forged(ca: Ca) -> None:
    good = crl_recipe(ca, TODAY, HANAKO)
    checked(good.der(ca.key), ca)
    checked(good.but(key_of=None).der(ca.key), ca)
    assert refusal(lambda: checked(good.der(ca.key), ca, serial=HANAKO)) is Refusal.CERTIFICATE_REVOKED_CRL


def test_a_list_of_the_next_generation_is_believed(authority: TestAuthority) -> None:
    ca = genuine_next_ca(authority)
    assert refusal(lambda: checked(crl_recipe(ca, TODAY, TARO).der(ca.key), ca)) is Refusal.CERTIFICATE_REVOKED_CRL


def forged_lists(ca: Ca) -> dict[str, tuple[bytes, Refusal]]:
    """One list for every way to forge one."""
    good = crl_recipe(ca, TODAY)
    stranger = key(2)
    other = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "SOMEBODY ELSE")])
    generation = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    genuine = good.der(ca.key)
    tampered = crl_recipe(ca, TODAY, TARO).der(ca.key).replace(TARO.to_bytes(8, "big"), HANAKO.to_bytes(8, "big"))
    part = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    return {
        "nothing": (b"", Refusal.REVOCATION_CRL_MALFORMED),
        "junk": (b"junk", Refusal.REVOCATION_CRL_MALFORMED),
        "a certificate": (ca.certificate.public_bytes(Encoding.DER), Refusal.REVOCATION_CRL_MALFORMED),
        "cut": (genuine[:-1], Refusal.REVOCATION_CRL_MALFORMED),
        "followed by more": (genuine + b"\x00", Refusal.REVOCATION_CRL_MALFORMED),
        "of another name": (good.but(name=other).der(ca.key), Refusal.REVOCATION_CRL_OTHER_ISSUER),
        "of another generation": (
            crl_recipe(generation, TODAY).der(generation.key),
            Refusal.REVOCATION_CRL_OTHER_ISSUER,
        ),
        "signed by a stranger": (good.der(stranger), Refusal.REVOCATION_CRL_FORGED),
        "signed by a stranger, naming no key": (good.but(key_of=None).der(stranger), Refusal.REVOCATION_CRL_FORGED),
        "a name taken off": (tampered, Refusal.REVOCATION_CRL_FORGED),
        "with another hash": (good.der(ca.key, hashes.SHA512()), Refusal.REVOCATION_CRL_FORGED),
        "of tomorrow": (good.but(begin=TODAY + SECOND).der(ca.key), Refusal.REVOCATION_CRL_NOT_YET_VALID),
        "of yesterday": (good.but(end=TODAY).der(ca.key), Refusal.REVOCATION_CRL_EXPIRED),
        "surprising": (good.but(extra=SURPRISE).der(ca.key), Refusal.REVOCATION_CRL_EXTENSION),
        "a part": (good.but(extra=part).der(ca.key), Refusal.REVOCATION_CRL_EXTENSION),
        "a delta": (good.but(extra=x509.DeltaCRLIndicator(1)).der(ca.key), Refusal.REVOCATION_CRL_EXTENSION),
        "a surprising entry": (
            good.but(serials=(HANAKO,), extra_of_entry=SURPRISE).der(ca.key),
            Refusal.REVOCATION_CRL_EXTENSION,
        ),
        "an entry of another issuer": (
            good.but(serials=(HANAKO,), extra_of_entry=x509.CertificateIssuer([x509.DirectoryName(other)])).der(ca.key),
            Refusal.REVOCATION_CRL_EXTENSION,
        ),
    }


def test_every_forged_list_is_refused_by_its_own_name(ca: Ca) -> None:
    forged = forged_lists(ca)
    found = {what: refusal(partial(checked, der, ca)) for what, (der, _) in forged.items()}
    assert found == {what: wanted for what, (_, wanted) in forged.items()}


def test_a_ca_that_may_not_sign_lists_has_none() -> None:
    plain = ca_like(key(3), TODAY - YEAR, TODAY + YEAR, is_ca=False)  # its usage is digitalSignature alone
    offered = crl_recipe(plain, TODAY).der(plain.key)
    assert refusal(lambda: checked(offered, plain)) is Refusal.REVOCATION_CRL_UNAUTHORISED


def test_a_list_without_next_update_is_not_good_for_ever(ca: Ca) -> None:
    """RFC 5280 §5.1.2.5 wants it to be there."""
    assert isinstance(ca.key, rsa.RSAPrivateKey)
    endless = without_next_update(crl_recipe(ca, TODAY).build(ca.key), ca.key)
    assert x509.load_der_x509_crl(endless).is_signature_valid(ca.key.public_key())
    assert refusal(lambda: checked(endless, ca)) is Refusal.REVOCATION_CRL_MALFORMED


def test_every_flipped_list_is_refused(ca: Ca) -> None:
    good = crl_recipe(ca, TODAY, HANAKO).der(ca.key)
    for place in range(0, len(good), 3):
        flipped = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        assert refusal(partial(checked, flipped, ca)).startswith("MOCK-REVOCATION-CRL-")


def test_a_list_is_looked_at_again_when_it_is_out_of_date(ca: Ca) -> None:
    check = RevocationCheck((Offer(crl=crl_recipe(ca, TODAY).der(ca.key)),))
    check.check(ca.certificate, TARO, TODAY)
    late = TODAY + timedelta(hours=1)
    assert refusal(lambda: check.check(ca.certificate, TARO, late)) is Refusal.REVOCATION_CRL_EXPIRED
    early = TODAY - timedelta(hours=2)
    assert refusal(lambda: check.check(ca.certificate, TARO, early)) is Refusal.REVOCATION_CRL_NOT_YET_VALID
    check.check(ca.certificate, TARO, TODAY)


# ── lists that came with a trust file ──


def test_the_right_list_is_found_among_generations_of_one_name(ca: Ca) -> None:
    """jpki-card.md §2.1: all generations share one name."""
    others = [ca_like(key(number), TODAY - YEAR, TODAY + YEAR) for number in (1, 2)]
    lists = [
        crl_recipe(one, TODAY, serial).build(one.key) for one, serial in zip((*others, ca), (1, 2, 3), strict=True)
    ]
    check = RevocationCheck((PublishedLists(lists),))
    for one, revoked in zip((*others, ca), (1, 2, 3), strict=True):
        for serial in (1, 2, 3):
            if serial == revoked:
                ask = partial(check.check, one.certificate, serial, TODAY)
                assert refusal(ask) is Refusal.CERTIFICATE_REVOKED_CRL
            else:
                check.check(one.certificate, serial, TODAY)


def test_an_issuer_without_a_list_is_refused(ca: Ca) -> None:
    other = ca_like(key(1), TODAY - YEAR, TODAY + YEAR)
    for lists in ([], [crl_recipe(other, TODAY).build(other.key)]):
        check = RevocationCheck((PublishedLists(lists),))
        assert refusal(partial(check.check, ca.certificate, TARO, TODAY)) is Refusal.REVOCATION_UNKNOWN


def test_without_any_source_nothing_is_valid(ca: Ca) -> None:
    for check in (RevocationCheck(()), RevocationCheck((Offer(),))):
        assert refusal(partial(check.check, ca.certificate, TARO, TODAY)) is Refusal.REVOCATION_UNKNOWN


def test_of_several_lists_the_latest_that_has_begun_counts(ca: Ca) -> None:
    hour = timedelta(hours=1)
    old = crl_recipe(ca, TODAY)
    new = old.but(begin=TODAY, serials=(TARO,))
    coming = old.but(begin=TODAY + hour, end=TODAY + YEAR)
    check = RevocationCheck((PublishedLists([one.build(ca.key) for one in (coming, old, new)]),))
    check.check(ca.certificate, TARO, TODAY - SECOND)
    assert refusal(partial(check.check, ca.certificate, TARO, TODAY)) is Refusal.CERTIFICATE_REVOKED_CRL
    check.check(ca.certificate, TARO, TODAY + hour)


def test_a_forged_list_never_stands_in_for_a_genuine_one(ca: Ca) -> None:
    genuine = crl_recipe(ca, TODAY, TARO).build(ca.key)
    forged = crl_recipe(ca, TODAY).but(begin=TODAY).build(key(2))
    both, alone = RevocationCheck((PublishedLists([genuine, forged]),)), RevocationCheck((PublishedLists([forged]),))
    assert refusal(partial(both.check, ca.certificate, TARO, TODAY)) is Refusal.CERTIFICATE_REVOKED_CRL
    assert refusal(partial(alone.check, ca.certificate, TARO, TODAY)) is Refusal.REVOCATION_CRL_FORGED


def test_the_own_j_lis_answers_for_its_own_cards_whatever_a_trust_file_says(authority: TestAuthority, ca: Ca) -> None:
    stale = crl_recipe(ca, TODAY).but(end=TODAY).build(ca.key)
    RevocationCheck((authority.jlis, PublishedLists([stale]))).check(ca.certificate, TARO, TODAY)


def test_a_register_that_cannot_be_read_lets_nobody_through(fresh: TestAuthority) -> None:
    check = RevocationCheck((fresh.jlis,))
    own = genuine_ca(fresh).certificate
    check.check(own, TARO, TODAY)
    fresh.jlis.register.path.write_bytes(b"{")
    assert refusal(partial(check.check, own, TARO, TODAY)) is Refusal.STORE_UNAVAILABLE


def test_a_revocation_counts_at_the_next_visit_in_every_worker(fresh: TestAuthority, tmp_path: Path) -> None:
    keystore = Keystore(tmp_path / "keystore")
    workers = [RevocationCheck((MockJlis(keystore, fresh.authorities),)) for _ in range(2)]
    own = genuine_ca(fresh).certificate
    for worker in workers:
        worker.check(own, TARO, TODAY)
    fresh.revoke("taro")
    for worker in workers:
        assert refusal(partial(worker.check, own, TARO, TODAY)) is Refusal.CERTIFICATE_REVOKED_CRL
    fresh.reinstate("taro")
    for worker in workers:
        worker.check(own, TARO, TODAY)


def test_the_usage_of_our_own_cas_lets_them_sign_lists(authority: TestAuthority) -> None:
    for der in authority.ca_certificates():
        usage = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage == profile.key_usage(issue=True)
        assert usage.crl_sign


def test_what_was_read_of_a_list_is_what_stands_in_it(ca: Ca) -> None:
    found = believed_list(crl_recipe(ca, TODAY, TARO, HANAKO).der(ca.key), ca.certificate)
    assert found.serials == {TARO, HANAKO}
    assert (found.begin, found.end) == (TODAY - timedelta(hours=1), TODAY + timedelta(hours=1))

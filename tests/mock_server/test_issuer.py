"""The mock J-LIS: cards that look like JPKI cards, made once, kept secret, unmistakably of nobody."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, SignatureAlgorithmOID

from eligibility.calendar import JST
from mock_server import profile
from mock_server.certificate_path import is_signed_by
from mock_server.errors import SetupError
from mock_server.issuer import TestAuthority
from mock_server.personas import UnknownPersonaError, find_persona
from mock_server.serials import serial_number
from reader.card import layout
from reader.card.image import CardImage, save_image
from reader.card.variants import Variant
from tests.mock_server.conftest import TODAY, Clock

pytestmark = pytest.mark.broad


def leaf(image: CardImage) -> x509.Certificate:
    return x509.load_der_x509_certificate(image.auth_certificate)


def tries(image: CardImage) -> tuple[int, int]:
    """Tries left of PIN and password."""
    return image.pins[image.layout.pin.ef].tries_left, image.pins[image.layout.password.ef].tries_left


@pytest.fixture
def fresh(tmp_path: Path) -> TestAuthority:
    return TestAuthority.open(tmp_path / "keystore", Clock())


# ── certificates (jpki-card.md §2.2) ──


def test_the_certificate_has_the_shape_of_a_jpki_certificate(authority: TestAuthority) -> None:
    certificate = leaf(authority.card("taro"))
    extensions = {extension.oid: extension for extension in certificate.extensions}
    usage = extensions[x509.KeyUsage.oid]
    policies = extensions[x509.CertificatePolicies.oid]
    assert 1200 <= len(authority.card("taro").auth_certificate) <= 1300
    assert isinstance(certificate.public_key(), rsa.RSAPublicKey)
    assert (usage.critical, usage.value) == (True, profile.key_usage(sign=True))
    assert policies.critical
    assert extensions[x509.ExtendedKeyUsage.oid].value == x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    assert x509.SubjectAlternativeName.oid not in extensions
    assert certificate.serial_number == serial_number("taro")


def test_the_certificate_says_nothing_about_the_person(authority: TestAuthority) -> None:
    image = authority.card("taro")
    country, common_name = leaf(image).subject
    assert (country.oid, country.value) == (NameOID.COUNTRY_NAME, "JP")
    assert common_name.oid == NameOID.COMMON_NAME
    assert str(common_name.value).isalnum()
    assert len(common_name.value) == 24
    for told in ("協会", "太郎", "taro", "見本区"):
        assert told.encode() not in image.auth_certificate


def test_nobody_can_take_it_for_a_real_one(authority: TestAuthority) -> None:
    for der in (*authority.ca_certificates(), authority.card("taro").auth_certificate):
        assert b"MADOGUCHI TEST" in der
        assert b"valid nowhere else" in der
    issuer = leaf(authority.card("taro")).issuer
    assert [part.value for part in issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == ["MADOGUCHI TEST"]
    real_arc = x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")
    policies = leaf(authority.card("taro")).extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier.dotted_string.startswith("2.25.") for policy in policies] == [True]
    assert real_arc not in [policy.policy_identifier for policy in policies]


@pytest.mark.parametrize(
    ("born", "issued_in", "until"),
    [
        # issued 2025-05-29: the fifth birthday after that
        ("taro", date(2025, 5, 29), date(2029, 6, 15)),
        ("hanako", date(2025, 5, 29), date(2030, 2, 11)),
    ],
)
def test_it_lasts_to_the_fifth_birthday(authority: TestAuthority, born: str, issued_in: date, until: date) -> None:
    certificate = leaf(authority.card(born))
    assert certificate.not_valid_before_utc.astimezone(JST).date() == issued_in
    assert certificate.not_valid_after_utc.astimezone(JST) == datetime(
        until.year, until.month, until.day, 23, 59, 59, tzinfo=JST
    )


def test_the_sign_certificate_has_four_items_at_most_and_another_ca(authority: TestAuthority) -> None:
    files = authority.card("takahashi").files
    certificate = x509.load_der_x509_certificate(files[layout.SIGN_CERTIFICATE].content)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    told = {name.type_id: name.value[2:].decode() for name in names if isinstance(name, x509.OtherName)}
    assert len(told) == len(list(names)) == 4
    assert told[profile.HOLDER_FIELDS["name"]] == "髙橋　一郎", "the register spells it right, the insurer cannot"
    assert told[profile.HOLDER_FIELDS["birthdate"]] == "19790120"
    sign_ca = x509.load_der_x509_certificate(files[layout.SIGN_CA_CERTIFICATE].content)
    assert is_signed_by(certificate, sign_ca)
    assert files[layout.SIGN_CA_CERTIFICATE].content not in authority.ca_certificates()


def test_a_child_has_no_sign_certificate_but_the_password_file(authority: TestAuthority) -> None:
    image = authority.card("sakura")
    assert layout.SIGN_CERTIFICATE not in image.files
    assert layout.SIGN_PASSWORD in image.pins


# ── cards ──


def test_a_card_is_issued_once(authority: TestAuthority) -> None:
    assert authority.card("taro") == authority.card(find_persona("taro"))


def test_keys_belong_to_their_certificates_and_are_all_different(authority: TestAuthority) -> None:
    moduli = set()
    for name in ("taro", "hanako"):
        image = authority.card(name)
        for key_ef, file_ef in (
            (layout.AUTH_KEY, layout.AUTH_CERTIFICATE),
            (layout.SIGN_KEY, layout.SIGN_CERTIFICATE),
        ):
            key = load_pem_private_key(image.keys[key_ef].pem, password=None)
            assert isinstance(key, rsa.RSAPrivateKey)
            assert key.public_key() == x509.load_der_x509_certificate(image.files[file_ef].content).public_key()
            moduli.add(key.public_key().public_numbers().n)
    assert len(moduli) == 4


def test_pin_password_and_tries_are_those_of_the_persona(authority: TestAuthority) -> None:
    assert authority.card("taro").pins[layout.AUTH_PIN].value == find_persona("taro").pin.encode()
    assert tries(authority.card("taro")) == (3, 5)
    assert tries(authority.card("goro")) == (0, 5)
    assert tries(authority.card("rokuro")) == (1, 5)


def test_spent_tries_stay_spent_until_the_card_is_reset(fresh: TestAuthority) -> None:
    image = fresh.card("hanako")
    save_image(image.with_tries_left(1), fresh.card_image_path("hanako"))
    assert tries(fresh.card("hanako")) == (1, 5)
    assert tries(fresh.reset_card("hanako")) == (3, 5)
    assert fresh.card("hanako").auth_certificate == image.auth_certificate, "the same card, as new"


def test_reset_of_a_card_that_ran_out_issues_a_new_one(tmp_path: Path) -> None:
    clock = Clock()
    authority = TestAuthority.open(tmp_path, clock)
    old = authority.card("sakura")
    clock.at += timedelta(days=5 * 365)
    assert authority.card("sakura") == old, "an expired card is something to rehearse"
    assert leaf(authority.reset_card("sakura")).not_valid_after_utc > clock.at


def test_a_card_whose_ca_is_gone_is_issued_again(fresh: TestAuthority, tmp_path: Path) -> None:
    old = fresh.card("sakura")
    for path in (tmp_path / "keystore" / "authority").iterdir():
        path.unlink()
    new = fresh.card("sakura")
    assert new.auth_certificate != old.auth_certificate
    (anchor,) = fresh.ca_certificates()
    assert is_signed_by(leaf(new), x509.load_der_x509_certificate(anchor))


def test_an_unknown_persona_has_no_card(fresh: TestAuthority) -> None:
    with pytest.raises(UnknownPersonaError):
        fresh.card("nobody")
    with pytest.raises(UnknownPersonaError):
        fresh.card_image_path("../authority/auth-001")


# ── other kinds of card ──


def test_every_kind_of_card_lies_in_a_file_of_its_own(authority: TestAuthority) -> None:
    names = {variant: authority.card_image_path("taro", variant).name for variant in Variant}
    assert names[Variant.PLASTIC] == "taro.json"
    assert names[Variant.FACE_ONLY] == "taro.face-only.json"
    assert len(set(names.values())) == len(Variant)
    assert authority.card_image_path("taro", "mute") == authority.card_image_path("taro", Variant.MUTE)
    with pytest.raises(ValueError, match="gold"):
        authority.card_image_path("taro", "gold")


@pytest.mark.parametrize("variant", Variant)
def test_every_kind_of_card_is_issued_once(authority: TestAuthority, variant: Variant) -> None:
    image = authority.card("taro", variant)
    assert (image.variant, image.persona) == (variant.value, "taro")
    assert authority.card("taro", variant) == image
    assert authority.card_image_path("taro", variant).exists()


@pytest.mark.parametrize("variant", [v for v in Variant if v not in (Variant.JUKI, Variant.NOT_MYNA)])
def test_the_server_knows_the_holder_by_any_of_them(authority: TestAuthority, variant: Variant) -> None:
    assert leaf(authority.card("hanako", variant)).serial_number == serial_number("hanako")


def test_each_kind_of_card_has_tries_of_its_own(fresh: TestAuthority) -> None:
    android = fresh.card("hanako", Variant.ANDROID)
    save_image(android.with_tries_left(1), fresh.card_image_path("hanako", Variant.ANDROID))
    assert tries(fresh.card("hanako", Variant.ANDROID)) == (1, 5)
    assert tries(fresh.card("hanako")) == (3, 5)
    save_image(fresh.card("hanako").with_tries_left(0), fresh.card_image_path("hanako"))
    assert tries(fresh.card("hanako", Variant.IPHONE)) == (3, 5), "another card of hers, as new"
    assert tries(fresh.reset_card("hanako", Variant.ANDROID)) == (3, 5)
    assert tries(fresh.card("hanako")) == (0, 5), "and this one was not reset"
    assert fresh.card("hanako", Variant.ANDROID).auth_certificate == fresh.card("hanako").auth_certificate


@pytest.mark.parametrize("variant", Variant)
def test_resetting_a_kind_of_card_gives_that_kind_as_new(fresh: TestAuthority, variant: Variant) -> None:
    image = fresh.card("sakura", variant)
    again = fresh.reset_card("sakura", variant)
    assert again == image == fresh.card("sakura", variant)


@pytest.mark.parametrize("variant", [Variant.CHILD, Variant.JUKI, Variant.NEXT_GENERATION])
def test_a_damaged_card_of_a_kind_is_mended_by_resetting_that_kind(fresh: TestAuthority, variant: Variant) -> None:
    good = fresh.card("taro", variant)
    fresh.card_image_path("taro", variant).write_text("{")
    with pytest.raises(SetupError):
        fresh.card("taro", variant)
    assert fresh.reset_card("taro", variant).variant == good.variant
    assert fresh.card("taro", variant).variant == good.variant


def test_resetting_a_kind_of_card_that_ran_out_issues_a_new_one(tmp_path: Path) -> None:
    clock = Clock()
    authority = TestAuthority.open(tmp_path, clock)
    kinds = (Variant.FACE_ONLY, Variant.NEXT_GENERATION)
    old = [authority.card("sakura", kind) for kind in kinds]
    clock.at += timedelta(days=5 * 365)
    assert [authority.card("sakura", kind) for kind in kinds] == old, "an expired card is something to rehearse"
    for kind in kinds:
        assert leaf(authority.reset_card("sakura", kind)).not_valid_after_utc > clock.at


@pytest.mark.parametrize("variant", [Variant.CHILD, Variant.JUKI, Variant.NEXT_GENERATION])
def test_a_kind_of_card_whose_ca_is_gone_is_issued_again(
    fresh: TestAuthority, tmp_path: Path, variant: Variant
) -> None:
    old = fresh.card("taro", variant)
    for path in (tmp_path / "keystore" / "authority").iterdir():
        path.unlink()
    new = fresh.card("taro", variant)
    assert new.variant == variant.value
    assert new != old
    assert fresh.card("taro", variant) == new


def test_a_card_from_an_older_version_of_the_program_is_the_same_card(fresh: TestAuthority) -> None:
    """Format 1, as it was written by the version before: the tries that were spent stay spent."""
    image = fresh.card("sakura").with_tries_left(2)
    path = fresh.card_image_path("sakura")
    save_image(image, path)
    new = json.loads(path.read_text())
    main = new["applications"][new["aid"]]
    old = {
        "format": 1,
        **{name: new[name] for name in ("persona", "label", "aid", "atr")},
        "files": {ef: main["files"][ef] for ef in ("0006", "0008", "000A", "000B")},
        "pins": {ef: main["pins"][ef] for ef in ("0018", "001B")},
        "keys": main["keys"],
    }
    path.write_text(json.dumps(old))
    assert fresh.card("sakura") == image
    assert tries(fresh.card("sakura")) == (2, 5)
    assert tries(fresh.reset_card("sakura")) == (3, 5)
    assert fresh.card("sakura").auth_certificate == image.auth_certificate


def test_the_ca_of_the_next_generation_is_made_when_its_first_card_is(fresh: TestAuthority, tmp_path: Path) -> None:
    folder = tmp_path / "keystore" / "authority"
    before = fresh.ca_certificates()
    fresh.card("taro")
    assert not list(folder.glob("authnext-*"))
    image = fresh.card("taro", Variant.NEXT_GENERATION)
    assert [path.name for path in folder.glob("authnext-*")] == ["authnext-001.pem"]
    assert fresh.ca_certificates()[: len(before)] == before
    (anchor,) = fresh.ca_certificates()[len(before) :]
    ca = x509.load_der_x509_certificate(anchor)
    assert is_signed_by(leaf(image), ca)
    assert image.files[image.layout.auth.ca_certificate].content == anchor
    assert [part.value for part in ca.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == ["MADOGUCHI TEST"]


def test_a_certificate_of_the_next_generation_has_the_same_shape_and_another_key(authority: TestAuthority) -> None:
    image = authority.card("taro", Variant.NEXT_GENERATION)
    new, old = leaf(image), leaf(authority.card("taro"))
    key = new.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP384R1)
    assert new.signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA384
    assert (new.serial_number, new.subject) == (old.serial_number, old.subject)
    assert (new.not_valid_before_utc, new.not_valid_after_utc) == (old.not_valid_before_utc, old.not_valid_after_utc)
    assert [(one.oid, one.critical) for one in new.extensions] == [(one.oid, one.critical) for one in old.extensions]
    private = load_pem_private_key(image.keys[image.layout.auth.key].pem, password=None)
    assert private.public_key() == key


# ── the authority ──


def test_opening_makes_folders_and_no_key(tmp_path: Path) -> None:
    TestAuthority.open(tmp_path / "keystore", Clock())
    assert [path for path in (tmp_path / "keystore").rglob("*") if path.is_file()] == []


def test_a_new_generation_begins_before_the_old_one_is_too_short(tmp_path: Path) -> None:
    clock = Clock()
    authority = TestAuthority.open(tmp_path, clock)
    first = authority.ca_certificates()
    clock.at += timedelta(days=5 * 365)
    both = authority.ca_certificates()
    assert both[:1] == first
    older, newer = map(x509.load_der_x509_certificate, both)
    assert older.subject == newer.subject, "a name never identifies the issuer (jpki-card.md §2.1)"
    assert is_signed_by(leaf(authority.card("sakura")), newer)
    clock.at = TODAY
    assert authority.ca_certificates() == both, "and going back makes no third"


def test_serial_numbers_are_stable_positive_and_distinct() -> None:
    numbers = [serial_number(name, issue) for name in ("taro", "hanako", "taro/sign") for issue in (1, 2)]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < 2**63 for number in numbers)
    # Written down: a server elsewhere knows the card by this number, also the one of another version.
    assert serial_number("taro") == 7121978219132297889


def test_everything_secret_is_for_the_owner_only(fresh: TestAuthority, tmp_path: Path) -> None:
    fresh.card("taro")
    store = tmp_path / "keystore"
    for path in (store, *store.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_store_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    store = tmp_path / "keystore"
    store.mkdir(mode=0o755)
    TestAuthority.open(store, Clock())
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_ca_file_is_named(fresh: TestAuthority, tmp_path: Path, content: bytes) -> None:
    fresh.ca_certificates()
    (path,) = (tmp_path / "keystore" / "authority").iterdir()
    path.write_bytes(content)
    with pytest.raises(SetupError) as refusal:
        fresh.card("taro")
    assert (refusal.value.code, refusal.value.params["path"]) == ("setup.keystore.damaged", str(path))


def test_a_damaged_card_is_named_and_reset_mends_it(fresh: TestAuthority) -> None:
    fresh.card("sakura")
    path = fresh.card_image_path("sakura")
    path.write_text("{")
    with pytest.raises(SetupError) as refusal:
        fresh.card("sakura")
    assert (refusal.value.code, refusal.value.params["persona"]) == ("setup.card.damaged", "sakura")
    assert tries(fresh.reset_card("sakura")) == (3, 5)


def test_a_store_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError) as refusal:
        TestAuthority.open(tmp_path / "file" / "keystore", Clock())
    assert refusal.value.code == "setup.keystore.unusable"


ISSUE = """
import sys
from datetime import datetime
from pathlib import Path
from eligibility.calendar import JST
from mock_server.issuer import TestAuthority
authority = TestAuthority.open(Path(sys.argv[1]), lambda: datetime(2026, 11, 20, 9, tzinfo=JST))
sys.stdout.write(authority.card("sakura").auth_certificate.hex() + "," + authority.ca_certificates()[0].hex())
"""


@pytest.mark.daemon
def test_programs_that_start_at_once_hand_out_the_same_card(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ISSUE, str(tmp_path / "keystore")]
    programs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    outputs = {program.communicate()[0] for program in programs}
    assert [program.returncode for program in programs] == [0] * 4
    assert len(outputs) == 1

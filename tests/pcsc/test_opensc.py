"""An independent judge: OpenSC takes our software card for a My Number card, on a real pcscd, with its own tools.

The commands are those people type; nothing of OpenSC is configured (jpki-card.md §2.4).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from tests.card_factory import make_card
from tests.contract.makers import MAKERS
from tests.daemons.private_pcscd import PrivatePcscd
from tests.pcsc.opensc import NEEDS_OPENSC, kept_verified, opensc_on, verifies

pytestmark = NEEDS_OPENSC


def test_every_command_of_the_issue_works_unchanged(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    card = make_card(pin="1234")
    with opensc_on(card, private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        dump = opensc.dump()
        certificate = opensc.certificate()
        message = b"MADOGUCHI TEST: signed through OpenSC"
        signature = opensc.sign(message, "1234")
    assert dump.count("X.509 Certificate [") == 4
    assert "Tries left     : 3" in dump
    assert "Tries left     : 5" in dump
    assert "User Authentication Key" in dump
    assert certificate == x509.load_der_x509_certificate(card.image.auth_certificate)
    assert verifies(certificate, signature, message)
    assert not verifies(certificate, signature, message + b"!")


def test_a_card_that_is_verified_already_is_taken_all_the_same(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    """An empty VERIFY answered with 9000 would be refused as an unsupported card."""
    with opensc_on(make_card(), private_pcscd, tmp_path) as opensc, kept_verified(opensc.reader, "1234"):
        assert opensc.name() == "jpki"
        assert "Tries left     : 3" in opensc.dump()
        certificate = opensc.certificate()
        assert verifies(certificate, opensc.sign(b"again", "1234"), b"again")
        assert "Tries left     : 3" in opensc.dump()


def test_a_wrong_pin_through_opensc_costs_one_try_and_signs_nothing(
    private_pcscd: PrivatePcscd, tmp_path: Path
) -> None:
    with opensc_on(make_card(pin="1234"), private_pcscd, tmp_path) as opensc:
        assert opensc.sign(b"no", "9999", code=None) == b""
        assert "Tries left     : 2" in opensc.dump()
        assert opensc.sign(b"yes", "1234")
        assert "Tries left     : 3" in opensc.dump()


def test_a_locked_card_is_still_a_card(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    with opensc_on(make_card(tries_left=0), private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        assert "Tries left     : 0" in opensc.dump()
        assert opensc.certificate().subject
        assert opensc.sign(b"no", "1234", code=None) == b""


def test_the_signing_certificate_comes_after_its_password(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    card = make_card(sign_password="ABC123")
    with opensc_on(card, private_pcscd, tmp_path) as opensc:
        printed = opensc.run(
            *("pkcs15-tool", "--reader", opensc.reader, "--read-certificate", "2"),
            *("--verify-pin", "--auth-id", "2", "--pin", "ABC123"),
        )
    assert "BEGIN CERTIFICATE" in printed


@pytest.mark.parametrize(
    ("token", "pin"),
    [("JPKI (User Authentication PIN)", "1234"), ("JPKI (Digital Signature PIN)", "ABC123")],
    ids=["authentication", "signing"],
)
@pytest.mark.parametrize("maker", MAKERS)
def test_opensc_finds_no_error_in_its_own_test_of_a_token(
    private_pcscd: PrivatePcscd, tmp_path: Path, maker: str, token: str, pin: str
) -> None:
    """Random numbers, digests, every signature mechanism it offers for the key, all with the PIN."""
    with opensc_on(MAKERS[maker](), private_pcscd, tmp_path) as opensc:
        printed = opensc.run("pkcs11-tool", "--token-label", token, "--test", "--login", "--pin", pin)
    assert "No errors" in printed.splitlines()
    for mechanism in ("RSA-PKCS", "SHA256-RSA-PKCS"):
        assert f"    {mechanism}: OK" in printed.splitlines()

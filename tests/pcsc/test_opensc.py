"""An independent judge: OpenSC takes our software card for a My Number card, on a real pcscd, with its own tools.

The commands are those people type; nothing of OpenSC is configured (jpki-card.md §2.4).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.applet import SoftwareCard
from reader.transports import pcsc
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted

MISSING = [tool for tool in ("opensc-tool", "pkcs15-tool", "pkcs11-tool") if shutil.which(tool) is None]

pytestmark = [
    pytest.mark.pcsc,
    pytest.mark.daemon,
    pytest.mark.skipif(bool(MISSING), reason=f"OpenSC is not installed (apt install opensc): {', '.join(MISSING)}"),
]


class OpenSC:
    """OpenSC's tools, in a home of their own, on one reader."""

    def __init__(self, reader: str, home: Path) -> None:
        self.reader = reader
        self.home = home

    def run(self, *command: str, code: int = 0) -> str:
        """What the tool printed, both streams; its exit code must be `code`."""
        environment = {**os.environ, "HOME": str(self.home), "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, env=environment, cwd=self.home, timeout=120)
        printed = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode == code, printed
        return printed

    def name(self) -> str:
        return self.run("opensc-tool", "--reader", self.reader, "-n").strip()

    def dump(self) -> str:
        return self.run("pkcs15-tool", "--reader", self.reader, "--dump")

    def certificate(self) -> x509.Certificate:
        printed = self.run("pkcs15-tool", "--reader", self.reader, "--read-certificate", "1")
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----\n"
        pem = printed[printed.index(begin) : printed.index(end) + len(end)]
        return x509.load_pem_x509_certificate(pem.encode())

    def sign(self, message: bytes, pin: str, *, code: int = 0) -> bytes:
        """A signature by PKCS#11 with the authentication key, or b"" where the tool refused."""
        to_sign, signature = self.home / "message", self.home / "signature"
        to_sign.write_bytes(message)
        signature.unlink(missing_ok=True)
        self.run(
            *("pkcs11-tool", "--login", "--pin", pin, "--sign", "--id", "01", "-m", "SHA256-RSA-PKCS"),
            *("--input-file", str(to_sign), "--output-file", str(signature)),
            code=code,
        )
        return signature.read_bytes() if signature.exists() else b""


def verifies(certificate: x509.Certificate, signature: bytes, message: bytes) -> bool:
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@contextlib.contextmanager
def opensc_on(card: SoftwareCard, daemon: PrivatePcscd, home: Path) -> Iterator[OpenSC]:
    with inserted(card, daemon) as reader:
        yield OpenSC(reader, home)


@contextlib.contextmanager
def kept_verified(reader: str, pin: str) -> Iterator[None]:
    """The card verified by another program that shares it and stays: its power, and so its status, lasts."""
    from smartcard import scard

    context = pcsc.Context()
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    code, card, _ = scard.SCardConnect(context._handle, reader, scard.SCARD_SHARE_SHARED, protocols)
    assert code == 0

    def send(command: str) -> Any:
        return bytes(scard.SCardTransmit(card, scard.SCARD_PCI_T1, list(bytes.fromhex(command)))[1])

    def select_and(file: str, command: str) -> Any:
        assert send("00A4040C0AD392F000260100000001") == send(f"00A4020C02{file}") == b"\x90\x00"
        return send(command)

    try:
        assert select_and("0018", f"0020008004{pin.encode().hex()}") == b"\x90\x00"
        yield
        # Still verified: the key signs (51 bytes of DigestInfo) without a new VERIFY.
        assert select_and("0017", f"802A008033{'00' * 51}00")[-2:] == b"\x90\x00"
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        context.release()


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
        assert opensc.sign(b"no", "9999", code=1) == b""
        assert "Tries left     : 2" in opensc.dump()
        assert opensc.sign(b"yes", "1234")
        assert "Tries left     : 3" in opensc.dump()


def test_a_locked_card_is_still_a_card(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    with opensc_on(make_card(tries_left=0), private_pcscd, tmp_path) as opensc:
        assert opensc.name() == "jpki"
        assert "Tries left     : 0" in opensc.dump()
        assert opensc.certificate().subject
        assert opensc.sign(b"no", "1234", code=1) == b""


def test_the_signing_certificate_comes_after_its_password(private_pcscd: PrivatePcscd, tmp_path: Path) -> None:
    card = make_card(sign_password="ABC123")
    with opensc_on(card, private_pcscd, tmp_path) as opensc:
        printed = opensc.run(
            *("pkcs15-tool", "--reader", opensc.reader, "--read-certificate", "2"),
            *("--verify-pin", "--auth-id", "2", "--pin", "ABC123"),
        )
    assert "BEGIN CERTIFICATE" in printed

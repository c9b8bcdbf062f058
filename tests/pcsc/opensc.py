"""OpenSC's own tools on the private pcscd, as people type them; nothing of OpenSC is configured (jpki-card.md §2.4).

Owns: running a tool on one reader, and a card kept verified by another program. What breaks if this is wrong: the
independent judge is asked something else than people ask.
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

from reader.card.interface import EmulatedCard
from reader.transports import pcsc
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted

_MISSING = [tool for tool in ("opensc-tool", "pkcs15-tool", "pkcs11-tool") if shutil.which(tool) is None]

NEEDS_OPENSC = [
    pytest.mark.pcsc,
    pytest.mark.daemon,
    pytest.mark.skipif(bool(_MISSING), reason=f"OpenSC is not installed (apt install opensc): {', '.join(_MISSING)}"),
]
"""The marks of a test module that asks OpenSC."""


class OpenSC:
    """OpenSC's tools, in a home of their own, on one reader."""

    def __init__(self, reader: str, home: Path) -> None:
        self.reader = reader
        self.home = home

    def run(self, *command: str, code: int | None = 0) -> str:
        """What the tool printed, both streams; its exit code must be `code` (None: any but 0; versions differ)."""
        environment = {**os.environ, "HOME": str(self.home), "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, env=environment, cwd=self.home, timeout=120)
        printed = (done.stdout + done.stderr).decode(errors="replace")
        assert (done.returncode != 0) if code is None else (done.returncode == code), printed
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

    def sign(self, message: bytes, pin: str, *, code: int | None = 0) -> bytes:
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
def opensc_on(card: EmulatedCard, daemon: PrivatePcscd, home: Path) -> Iterator[OpenSC]:
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

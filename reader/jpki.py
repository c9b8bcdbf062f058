"""The JPKI application on one card: who the card is, how many tries are left, VERIFY and sign (jpki-card.md §1).

Rule: a try belongs to the patient. It is spent by `verify` alone, once per handle, and only after everything that can
be known without spending it was asked. What is learned about a card dies with its session.
What breaks if this is wrong: somebody has to go to the city hall to have a card unlocked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from reader import commands
from reader.apdu import SHORT_LE_LIMIT
from reader.connection import SmartCardConnection
from reader.errors import (
    CardProtocolError,
    NotMynaCardError,
    PinBlockedError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)
from reader.pin import PinHandle
from reader.protocol import SmartCardProtocol
from reader.status import SW, attempts_left
from reader.tlv import sequence_length

JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
"""公的個人認証AP."""
TOKEN_INFO: Final = 0x0006
LABEL_LENGTH: Final = 32
"""The label is the first 32 bytes of EF 0006, ASCII padded with blanks."""
AUTHENTICATION_CERTIFICATE: Final = 0x000A
LONGEST_CERTIFICATE: Final = 8_192
"""Far above the about 1 300 bytes of a JPKI certificate: a broken header must not keep us reading for minutes."""

CardKind = Literal["plastic", "juki", "android", "ios"]

KINDS: Final[dict[str, CardKind]] = {
    "JPKIAPICCTOKEN2": "plastic",
    "JPKIAPICCTOKEN": "juki",
    "JPKIAPGPSETOKEN": "android",
    "JPKIAPIOSTOKEN": "ios",
}
"""What lies on the reader, by its token label."""

NO_APPLICATION: Final = frozenset(
    {SW.FILE_NOT_FOUND, SW.FUNCTION_NOT_SUPPORTED, SW.INS_NOT_SUPPORTED, SW.CLA_NOT_SUPPORTED}
)
"""Ways in which other cards say that they do not have an application."""


@dataclass(frozen=True, slots=True)
class PinFile:
    """A PIN on the card: its file, its tries when none was spent, and what may be sent to it at all."""

    ef: int
    tries: int
    min_length: int
    max_length: int
    characters: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key on the card: its file, the DigestInfo prefix of its hash, and the length of its signatures."""

    ef: int
    digest_info: bytes
    signature_length: int
    digest_length: int = 32


SHA256_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER of DigestInfo up to the SHA-256 value (RFC 8017, 9.2, note 1)."""

AUTHENTICATION_PIN: Final = PinFile(0x0018, tries=3, min_length=4, max_length=4, characters=b"0123456789")
"""利用者証明用 PIN."""
SIGNING_PIN: Final = PinFile(
    0x001B, tries=5, min_length=6, max_length=16, characters=b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
"""署名用パスワード: the caller turns letters to upper case."""
AUTHENTICATION_KEY: Final = KeyFile(0x0017, SHA256_DIGEST_INFO, signature_length=256)
"""利用者証明用秘密鍵, RSA-2048."""


class JpkiSession:
    """The JPKI application on one card. Holding a session means it was selected. Not thread-safe."""

    def __init__(self, connection: SmartCardConnection) -> None:
        """Select the application.

        Raises:
            NotMynaCardError: The card has no such application.
            StatusWordError, CardProtocolError, TransportError: It did not answer as a card should.
        """
        self._protocol = SmartCardProtocol(connection)
        self._current: int | None = None
        self._label: str | None = None
        self._attempts: dict[int, int] = {}
        """Tries left as the card said last, by PIN file. Forgotten whenever the answer may have changed unseen."""
        select = commands.select_application(JPKI_AID)
        sw = self._protocol.exchange(select).sw
        if sw == SW.NO_DIAGNOSIS:
            # The first command after power-up was seen to be answered so, whatever it was (§1.4). SELECT is harmless.
            sw = self._protocol.exchange(select).sw
        if sw in NO_APPLICATION:
            raise NotMynaCardError
        if sw != SW.OK:
            raise StatusWordError(sw)

    def token_label(self) -> str:
        """The label of EF 0006, read once. A prefix SELECT may have found another application: ask `kind` too.

        Raises:
            NotMynaCardError: The application has no such file.
        """
        if self._label is None:
            try:
                self._select(TOKEN_INFO)
                raw = self._protocol.command(commands.read_binary(0, LABEL_LENGTH))
            except StatusWordError as refusal:
                if refusal.sw == SW.FILE_NOT_FOUND:
                    raise NotMynaCardError from refusal
                raise
            # The card chose these bytes and a screen may show them: nothing but printable ASCII gets through.
            text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in raw[:LABEL_LENGTH])
            self._label = text.strip()
        return self._label

    def kind(self) -> CardKind:
        """What kind of thing lies on the reader.

        Raises:
            NotMynaCardError: Its label is none that we know.
        """
        label = self.token_label()
        if label not in KINDS:
            raise NotMynaCardError(label)
        return KINDS[label]

    def authentication_certificate(self) -> bytes:
        """利用者証明用電子証明書, DER, without what may follow it in its file. No PIN on a plastic card.

        Raises:
            StatusWordError: `6982` where it is behind the PIN (Android).
            CardProtocolError: What came is no certificate, or it ends too early.
        """
        self._select(AUTHENTICATION_CERTIFICATE)
        certificate = bytearray(self._protocol.command(commands.read_binary(0)))
        length = sequence_length(bytes(certificate), LONGEST_CERTIFICATE)
        while len(certificate) < length:
            wanted = min(length - len(certificate), SHORT_LE_LIMIT)
            certificate += self._read_more(len(certificate), wanted)
        return bytes(certificate[:length])

    def attempts_left(self, pin_file: PinFile) -> int:
        """Ask for the retry counter; spends nothing, and leaves the PIN file current for `verify`.

        Raises:
            StatusWordError: The card has no such PIN, or does not tell.
            CardProtocolError: It answered an empty VERIFY with success, which tells nothing.
        """
        self._attempts.pop(pin_file.ef, None)
        # Selected anew even where it should be current: after a failed exchange nothing is certain.
        self._current = None
        self._select(pin_file.ef)
        sw = self._protocol.exchange(commands.query_tries()).sw
        left = attempts_left(sw)
        if left is not None:
            self._attempts[pin_file.ef] = left
            return left
        if sw == SW.OK:
            raise CardProtocolError("the card answered the question for its tries without a number")
        raise StatusWordError(sw)

    def verify(self, pin_file: PinFile, handle: PinHandle, *, allow_last_try: bool = False) -> None:
        """Present a PIN, once. The handle is spent in any case; the card's try only when nothing speaks against it.

        One APDU where the PIN file is current, as after `attempts_left`; a SELECT before it otherwise.

        Raises:
            UnsafePinError: Refused here, no try spent: `length`, `digits`, `last_try` (one is left and
                `allow_last_try` is not set), `order` (label or counter not asked for yet, or no longer known).
            PinBlockedError: No try was left; none was spent.
            NotMynaCardError: The label is unknown; nothing was sent.
            WrongPinError: A try was spent; 0 left means that the PIN is blocked now.
            StatusWordError, TransportError, CardProtocolError: Whether a try was spent is not known;
                ask `attempts_left` before anything else.
        """
        with handle.spend() as secret:
            self._refuse_unsafe(pin_file, secret, allow_last_try=allow_last_try)
            self._select(pin_file.ef)
            # From here on the counter may change without our hearing of it.
            del self._attempts[pin_file.ef]
            sw = self._protocol.exchange(commands.verify(secret)).sw
        if sw == SW.OK:
            return
        left = attempts_left(sw)
        if left is None:
            raise StatusWordError(sw)
        self._attempts[pin_file.ef] = left
        if sw in (SW.PIN_BLOCKED, SW.FILE_LOCKED):
            raise PinBlockedError(sw)
        raise WrongPinError(sw, left)

    def sign_digest(self, digest: bytes, key: KeyFile = AUTHENTICATION_KEY) -> bytes:
        """Sign a hash (32 bytes of SHA-256) with PKCS#1 v1.5: two APDUs, after `verify`.

        Raises:
            ValueError: `digest` has another length.
            StatusWordError: `6982` where the PIN was not verified.
            CardProtocolError: The signature has not the length of the key.
        """
        if len(digest) != key.digest_length:
            raise ValueError(f"this key signs hashes of {key.digest_length} bytes, not of {len(digest)}")
        self._select(key.ef)
        signature = self._protocol.command(commands.compute_digital_signature(key.digest_info + digest))
        if len(signature) != key.signature_length:
            raise CardProtocolError(f"a signature of {len(signature)} bytes came, not of {key.signature_length}")
        return signature

    def sign_message(self, message: bytes) -> bytes:
        """Sign the SHA-256 of `message` with 利用者証明用秘密鍵. Raises as `sign_digest`."""
        return self.sign_digest(hashlib.sha256(message).digest())

    def _refuse_unsafe(self, pin_file: PinFile, secret: bytearray, *, allow_last_try: bool) -> None:
        if self._label is None:
            raise UnsafePinError("order")
        self.kind()
        if not pin_file.min_length <= len(secret) <= pin_file.max_length:
            raise UnsafePinError("length")
        if any(byte not in pin_file.characters for byte in secret):
            raise UnsafePinError("digits")
        left = self._attempts.get(pin_file.ef)
        if left is None:
            raise UnsafePinError("order")
        if left == 0:
            raise PinBlockedError(SW.NO_TRIES_LEFT)
        if left == 1 and not allow_last_try:
            raise UnsafePinError("last_try")

    def _select(self, ef: int) -> None:
        if self._current == ef:
            return
        self._current = None
        self._protocol.command(commands.select_file(ef))
        self._current = ef

    def _read_more(self, offset: int, wanted: int) -> bytes:
        answer = self._protocol.exchange(commands.read_binary(offset, wanted))
        if answer.sw == SW.OFFSET_BEYOND_FILE or (answer.sw == SW.OK and not answer.data):
            raise CardProtocolError(f"the certificate ends after {offset} bytes, before its own length")
        if answer.sw != SW.OK:
            raise StatusWordError(answer.sw)
        return answer.data

"""The JPKI application on one card: who the card is, how many tries are left, VERIFY and sign (jpki-card.md §1).

Rule: a try belongs to the patient. It is spent by `verify` alone, once per handle, and only after everything that can
be known without spending it was asked. What is learned about a card dies with its session.
What breaks if this is wrong: somebody has to go to the city hall to have a card unlocked.
"""

from __future__ import annotations

import hashlib
from typing import Final

from reader import commands
from reader.connection import SmartCardConnection
from reader.errors import (
    CardProtocolError,
    NotMynaCardError,
    PinBlockedError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)
from reader.files import READ, CardFiles
from reader.pin import PinHandle
from reader.profiles import (
    AUTHENTICATION_KEY,
    AUTHENTICATION_PIN,
    LABEL_LENGTH,
    PROFILES,
    SIGNING_PIN,
    TOKEN_INFO,
    CardKind,
    CardProfile,
    KeyFile,
    PinFile,
)
from reader.protocol import SmartCardProtocol
from reader.status import SW, attempts_left
from reader.tlv import ecdsa_sig_value

__all__ = [
    "AUTHENTICATION_KEY",
    "AUTHENTICATION_PIN",
    "JPKI_AID",
    "LONGEST_CERTIFICATE",
    "SIGNING_PIN",
    "TOKEN_INITIALIZED",
    "USER_PIN_INITIALIZED",
    "CardKind",
    "CardProfile",
    "JpkiSession",
    "KeyFile",
    "PinFile",
]

JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
"""公的個人認証AP."""
LONGEST_CERTIFICATE: Final = 8_192
"""Far above the about 1 300 bytes of a JPKI certificate: a broken header must not keep us reading for minutes."""
FLAGS_OFFSET: Final = 96
"""CK_TOKEN_INFO.flags in EF 0006: after label, manufacturer, model and serial number (PKCS#11; §1.2)."""
FLAGS_LENGTH: Final = 4
USER_PIN_INITIALIZED: Final = 0x0008
TOKEN_INITIALIZED: Final = 0x0400
PRESENCE_LENGTH: Final = 3
CERTIFICATE_PRESENT: Final = 0x8F
"""In EF 0008, a byte per certificate: 署名用, then 利用者証明用 (§1.2, one source)."""

NO_APPLICATION: Final = frozenset(
    {SW.FILE_NOT_FOUND, SW.FUNCTION_NOT_SUPPORTED, SW.INS_NOT_SUPPORTED, SW.CLA_NOT_SUPPORTED}
)
"""Ways in which other cards say that they do not have an application."""


class JpkiSession:
    """The JPKI application on one card. Holding a session means it was selected. Not thread-safe.

    Files are read, tries asked for and signatures made by short EF identifier where the card shows that it takes them,
    else after SELECT (`reader.files` tells how that is found out without a PIN).
    """

    def __init__(self, connection: SmartCardConnection, *, extended: bool = False) -> None:
        """Select the application. `extended`: read certificates by an extended APDU if the reader carries it.

        Raises:
            NotMynaCardError: The card has no such application.
            StatusWordError, CardProtocolError, TransportError: It did not answer as a card should.
        """
        protocol = SmartCardProtocol(connection)
        self._files = CardFiles(protocol, extended=extended and connection.extended_length)
        self._label: str | None = None
        self._attempts: dict[int, int] = {}
        """Tries left as the card said last, by PIN file. Forgotten whenever the answer may have changed unseen."""
        select = commands.select_application(JPKI_AID)
        sw = protocol.exchange(select).sw
        if sw == SW.NO_DIAGNOSIS:
            # The first command after power-up was seen to be answered so, whatever it was (§1.4). SELECT is harmless.
            sw = protocol.exchange(select).sw
        if sw in NO_APPLICATION:
            raise NotMynaCardError
        if sw != SW.OK:
            raise StatusWordError(sw)

    # What lies on the reader

    def token_label(self) -> str:
        """The label of EF 0006, read once. A prefix SELECT may have found another application: ask `kind` too.

        Raises:
            NotMynaCardError: The application has no such file.
        """
        if self._label is None:
            self._label = self._label_by_short_id() or self._label_after_select()
        return self._label

    @property
    def profile(self) -> CardProfile:
        """Where things are on this card. Reads the label where that was not done yet.

        Raises:
            NotMynaCardError: Its label is none that we know.
        """
        label = self.token_label()
        if label not in PROFILES:
            raise NotMynaCardError(label)
        return PROFILES[label]

    def kind(self) -> CardKind:
        """What kind of thing lies on the reader. Raises NotMynaCardError as `profile`."""
        return self.profile.kind

    def token_flags(self) -> int:
        """CK_TOKEN_INFO.flags of EF 0006 as one number (PKCS#11 CKF_…; on this card one source and a model, §1.2)."""
        return int.from_bytes(self._few_bytes(TOKEN_INFO, FLAGS_OFFSET, FLAGS_LENGTH), "big")

    def certificates_present(self) -> tuple[bool, bool]:
        """Whether the card says that it has a 署名用 and a 利用者証明用 certificate (EF 0008).

        Raises:
            StatusWordError: It does not tell; `6A82` also where its generation has no such file.
        """
        presence = self.profile.presence
        if presence is None:
            raise StatusWordError(SW.FILE_NOT_FOUND)
        sign, auth = self._few_bytes(presence, 0, PRESENCE_LENGTH, fewest=2)[:2]
        return sign == CERTIFICATE_PRESENT, auth == CERTIFICATE_PRESENT

    def is_face_only(self) -> bool:
        """Whether this is a 顔認証 card, which has no PIN: no VERIFY may be sent to it, and nobody need type one.

        What such a card says of itself is not public (§1.9); this is a model. True only where no try is left, and EF
        0008 tells of no 署名用 certificate, and the flags of EF 0006 tell of a token that was set up and a PIN that was
        not. A card on which a try is left is never taken for one, and one that does not tell is not either.
        """
        try:
            pin = self.profile.authentication_pin
            left = self._attempts.get(pin.ef)
            if (self.attempts_left(pin) if left is None else left) != 0:
                return False
            sign, _auth = self.certificates_present()
            flags = self.token_flags()
        except (StatusWordError, CardProtocolError):
            return False
        return not sign and flags & (TOKEN_INITIALIZED | USER_PIN_INITIALIZED) == TOKEN_INITIALIZED

    # Certificates

    def authentication_certificate(self) -> bytes:
        """利用者証明用電子証明書, DER, without what may follow it in its file. No PIN on a plastic card.

        Raises:
            StatusWordError: `6982` where it is behind the PIN (`profile.certificate_needs_pin`).
            CardProtocolError: What came is no certificate, or it ends too early.
        """
        return self._certificate(self.profile.authentication_certificate)

    def authentication_ca_certificate(self) -> bytes:
        """The certificate of the CA that issued it, DER: never a trust anchor (§2.1). Raises as for the other."""
        return self._certificate(self.profile.authentication_ca)

    def signing_certificate(self) -> bytes:
        """署名用電子証明書, DER, which holds name and address of a person: after its password only.

        Raises:
            StatusWordError: `6982` before the password; `6A82` also where the generation has no such certificate.
        """
        return self._certificate(self.profile.signing_certificate)

    # PINs

    def attempts_left(self, pin_file: PinFile) -> int:
        """Ask for the retry counter; spends nothing.

        Raises:
            StatusWordError: The card has no such PIN, or does not tell.
            CardProtocolError: It answered an empty VERIFY with success, which tells nothing.
        """
        self._attempts.pop(pin_file.ef, None)
        sw = self._files.query(pin_file)
        left = attempts_left(sw)
        if left is not None:
            self._attempts[pin_file.ef] = left
            return left
        if sw == SW.OK:
            raise CardProtocolError("the card answered the question for its tries without a number")
        raise StatusWordError(sw)

    def verify(self, pin_file: PinFile, handle: PinHandle, *, allow_last_try: bool = False) -> None:
        """Present a PIN, once. The handle is spent in any case; the card's try only when nothing speaks against it.

        One APDU right after `attempts_left`; a SELECT before it where something else was read in between.

        Raises:
            UnsafePinError: Refused here, no try spent: `length`, `digits`, `last_try` (one is left and
                `allow_last_try` is not set), `face_only` (`is_face_only`), `order` (label or counter not asked for
                yet, or no longer known), `other_pin` (a card with this label has no such PIN).
            PinBlockedError: No try was left; none was spent.
            NotMynaCardError: The label is unknown; nothing was sent.
            WrongPinError: A try was spent; 0 left means that the PIN is blocked now.
            StatusWordError, TransportError, CardProtocolError: Whether a try was spent is not known;
                ask `attempts_left` before anything else.
        """
        with handle.spend() as secret:
            left = self._refuse_unsafe(pin_file, secret, allow_last_try=allow_last_try)
            self._files.prepare_verify(pin_file)
            # From here on a counter may change without our hearing of it, and on a strange card not only this PIN's.
            self._attempts.clear()
            sw = self._files.verify(secret)
        if sw == SW.OK:
            return
        now = attempts_left(sw)
        if now is None:
            raise StatusWordError(sw)
        if now in (0, left - 1):
            # Another number is no consequence of this try: it is told, and not relied on.
            self._attempts[pin_file.ef] = now
        if sw in (SW.PIN_BLOCKED, SW.FILE_LOCKED):
            raise PinBlockedError(sw)
        raise WrongPinError(sw, now)

    # Signing

    def sign_digest(self, digest: bytes, key: KeyFile | None = None) -> bytes:
        """Sign a hash, after `verify`: one APDU, or two where the card takes no short identifiers.

        `key` is the profile's 利用者証明用 key where it is not given. PKCS#1 v1.5 of RSA as the card gives it; of ECDSA
        the DER ECDSA-Sig-Value.

        Raises:
            ValueError: `digest` has another length than the hash of the key's algorithm.
            NotMynaCardError: The label is unknown.
            StatusWordError: `6982` where the PIN was not verified.
            CardProtocolError: The signature has not the length of the key.
        """
        if key is None:
            key = self.profile.authentication_key
        algorithm = key.algorithm
        if len(digest) != algorithm.digest_length:
            raise ValueError(f"this key signs hashes of {algorithm.digest_length} bytes, not of {len(digest)}")
        signature = self._files.sign(key.ef, algorithm.digest_info + digest)
        if len(signature) != algorithm.answer_length:
            raise CardProtocolError(f"a signature of {len(signature)} bytes came, not of {algorithm.answer_length}")
        return ecdsa_sig_value(signature) if algorithm.is_point_pair else signature

    def sign_message(self, message: bytes) -> bytes:
        """Sign `message` with 利用者証明用秘密鍵, hashed as its algorithm asks for. Raises as `sign_digest`."""
        key = self.profile.authentication_key
        return self.sign_digest(hashlib.new(key.algorithm.hash_name, message).digest(), key)

    # Inside

    def _label_by_short_id(self) -> str | None:
        """The label where the card gives one that is known by short identifier: it takes these, then."""
        answer = self._files.read_by_short_id(TOKEN_INFO, 0, LABEL_LENGTH)
        if answer.sw not in READ:
            return None
        label = _printable(answer.data)
        if label not in PROFILES:
            return None
        self._files.accept_short_ids(TOKEN_INFO)
        return label

    def _label_after_select(self) -> str:
        try:
            self._files.select(TOKEN_INFO)
            return _printable(self._few_bytes(TOKEN_INFO, 0, LABEL_LENGTH, fewest=0))
        except StatusWordError as refusal:
            if refusal.sw == SW.FILE_NOT_FOUND:
                raise NotMynaCardError from refusal
            raise

    def _certificate(self, ef: int | None) -> bytes:
        if ef is None:
            raise StatusWordError(SW.FILE_NOT_FOUND)
        return self._files.read_object(ef, LONGEST_CERTIFICATE)

    def _few_bytes(self, ef: int, offset: int, length: int, *, fewest: int | None = None) -> bytes:
        answer = self._files.read(ef, offset, length)
        if answer.sw not in READ:
            raise StatusWordError(answer.sw)
        if len(answer.data) < (length if fewest is None else fewest):
            raise CardProtocolError(f"{len(answer.data)} bytes of file {ef:04X} came, not {length}")
        return answer.data

    def _refuse_unsafe(self, pin_file: PinFile, secret: bytearray, *, allow_last_try: bool) -> int:
        """The tries that are left, if a VERIFY may be sent. Sends none, and nothing at all but to ask whose face it is.

        Raises:
            UnsafePinError, PinBlockedError, NotMynaCardError: As `verify`.
        """
        if self._label is None:
            raise UnsafePinError("order")
        if pin_file not in self.profile.pins:
            raise UnsafePinError("other_pin")
        if not pin_file.min_length <= len(secret) <= pin_file.max_length:
            raise UnsafePinError("length")
        if any(byte not in pin_file.characters for byte in secret):
            raise UnsafePinError("digits")
        left = self._attempts.get(pin_file.ef)
        if left is None:
            raise UnsafePinError("order")
        if self._attempts.get(self.profile.authentication_pin.ef) == 0 and self.is_face_only():
            raise UnsafePinError("face_only")
        if left == 0:
            raise PinBlockedError(SW.NO_TRIES_LEFT)
        if left == 1 and not allow_last_try:
            raise UnsafePinError("last_try")
        return left


def _printable(raw: bytes) -> str:
    """A label as text: printable ASCII alone, because the card chose these bytes and a screen may show them."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in raw[:LABEL_LENGTH]).strip()

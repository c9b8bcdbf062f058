"""The software card as a pure object: `process(command) -> answer`.

What it does is jpki-card.md §1.2–§1.7 and §2.4. It is total: whatever bytes come in, a status word goes out, as from a
card. Transports own the wire, the image owns the data, this module owns the behaviour and the volatile state.
What breaks if this is wrong: a reader that works here spends a patient's PIN tries on a real card.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import replace
from threading import RLock
from typing import Final

from reader.apdu import CommandApdu, MalformedApduError, ResponseApdu
from reader.card import layout, status
from reader.card.image import CardImage, FileRecord, KeyRecord, PinRecord
from reader.card.signing import SigningKey
from reader.card.status import RefusalError

P2_CURRENT_FILE: Final = 0x80
"""P2 of VERIFY, CHANGE and SIGN: the current EF; with a short EF identifier in the low bits, that EF (§1.3)."""
SHORT_ID_FLAG: Final = 0x80
SHORT_ID_MASK: Final = 0x1F

Handler = Callable[[CommandApdu], bytes]


class SoftwareCard:
    """One card, freshly powered. Thread-safe: one command at a time, as on a wire.

    `save` is called with the new image whenever a counter or a PIN changed, before the card answers, so that no answer
    tells anything about a try that was not counted. Where it raises, the card answers `6581` and the try stays spent.
    """

    mute: bool = False
    """A broken chip: `process` gives no bytes at all, and a transport must not report an ATR."""

    def __init__(
        self,
        image: CardImage,
        save: Callable[[CardImage], None] | None = None,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._image = image
        self._save = save
        self._random_bytes = random_bytes
        self._lock = RLock()
        self._signing_keys = {ef: SigningKey(key.pem, key.modes) for ef, key in image.keys.items()}
        self._selected = False
        self._current: int | None = None
        self._verified: set[int] = set()
        self._handlers: dict[tuple[int, int], Handler] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0xB2): self._read_record,
            (0x00, 0x20): self._verify,
            (0x00, 0x24): self._change_reference_data,
            (0x00, 0x84): self._get_challenge,
            (0x80, 0x2A): self._compute_digital_signature,
        }

    def __repr__(self) -> str:
        return f"<SoftwareCard {self._image.persona!r}>"

    @property
    def image(self) -> CardImage:
        """The card as data, with its present counters."""
        return self._image

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._image.atr

    def power_on(self) -> None:
        """Power comes: no application is selected and nothing is verified."""
        self._forget(verified=True)

    def power_off(self) -> None:
        """Power goes, and with it every verified PIN (§1.7)."""
        self._forget(verified=True)

    def reset(self) -> None:
        """A warm reset: the selection is lost, a verified PIN is **not** (§1.7)."""
        self._forget(verified=False)

    def process(self, command: bytes | bytearray) -> bytes:
        """Serve one command APDU; never raises. A mute card answers nothing: b""."""
        if self.mute:
            return b""
        with self._lock:
            try:
                return self._serve(CommandApdu.parse(command))
            except MalformedApduError:
                return ResponseApdu(b"", status.WRONG_LENGTH).to_bytes()
            except RefusalError as refusal:
                return ResponseApdu(b"", refusal.sw).to_bytes()
            except Exception:  # an image that cannot be used (a broken key): a card would say no more either
                return ResponseApdu(b"", status.NO_DIAGNOSIS).to_bytes()

    def _serve(self, command: CommandApdu) -> bytes:
        _refuse_class(command.cla)
        handler = self._handlers.get((command.cla, command.ins))
        if handler is None:
            raise RefusalError(status.INS_NOT_SUPPORTED)
        return ResponseApdu(handler(command), status.OK).to_bytes()

    def _forget(self, *, verified: bool) -> None:
        with self._lock:
            self._selected = False
            self._current = None
            if verified:
                self._verified.clear()

    # SELECT

    def _select(self, command: CommandApdu) -> bytes:
        if command.p2 not in (0x00, 0x0C):
            raise RefusalError(status.WRONG_P1_P2)
        name = bytes(command.data)
        if command.p1 == 0x04:
            self._select_application(name)
        elif command.p1 == 0x02:
            self._select_file(name)
        elif command.p1 == 0x00:
            self._select_nothing(name)
        else:
            raise RefusalError(status.WRONG_P1_P2)
        return b""

    def _select_application(self, name: bytes) -> None:
        # A prefix of the AID matches too (§1.1); every other name is a probe for some other card.
        if not name or not self._image.aid.startswith(name):
            raise RefusalError(status.FILE_NOT_FOUND)
        self._selected = True
        self._current = None

    def _select_file(self, fid: bytes) -> None:
        if len(fid) != 2:
            raise RefusalError(status.WRONG_LENGTH)
        ef = int.from_bytes(fid, "big")
        if not self._selected or not self._exists(ef):
            raise RefusalError(status.FILE_NOT_FOUND)
        self._current = ef

    def _select_nothing(self, fid: bytes) -> None:
        # `00 A4 00 00`: refused cold, accepted without any change when an application is current; no MF (§1.1).
        if fid:
            raise RefusalError(status.FILE_NOT_FOUND if len(fid) == 2 else status.WRONG_LENGTH)
        if not self._selected:
            raise RefusalError(status.WRONG_P1_P2)

    # Reading

    def _read_binary(self, command: CommandApdu) -> bytes:
        if command.data or command.le is None:
            raise RefusalError(status.WRONG_LENGTH)
        if command.p1 & SHORT_ID_FLAG:
            if command.p1 & ~(SHORT_ID_FLAG | SHORT_ID_MASK):
                raise RefusalError(status.WRONG_P1_P2)
            self._make_current(command.p1 & SHORT_ID_MASK)
            offset = command.p2
        else:
            offset = command.p1 << 8 | command.p2
        ef = self._current_file()
        file = self._image.files.get(ef)
        if file is None:
            raise RefusalError(status.WRONG_FILE_TYPE)
        if file.read_pin is not None and file.read_pin not in self._verified:
            raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
        return _part(file, offset, command.le)

    def _read_record(self, command: CommandApdu) -> bytes:
        # Known to the card, for another application's files; here every file is transparent (JICSAP wording, §1.4).
        del command
        self._current_file()
        raise RefusalError(status.WRONG_FILE_TYPE)

    def _get_challenge(self, command: CommandApdu) -> bytes:
        if command.p1 or command.p2:
            raise RefusalError(status.WRONG_P1_P2)
        if command.extended:  # §1.6
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        if command.data or command.le is None:
            raise RefusalError(status.WRONG_LENGTH)
        return self._random_bytes(command.le)

    # PINs

    def _verify(self, command: CommandApdu) -> bytes:
        if command.p1 != 0x00:
            raise RefusalError(status.WRONG_P1_P2)
        ef, pin = self._pin(command.p2)
        if not command.data:
            # Always 63Cx, also when verified or blocked: OpenSC refuses the card for anything else (§2.4).
            raise RefusalError(status.TRIES_LEFT | pin.tries_left)
        self._verified.discard(ef)
        if pin.tries_left == 0:
            raise RefusalError(status.PIN_LOCKED)
        if hmac.compare_digest(pin.value, bytes(command.data)):
            self._store(ef, replace(pin, tries_left=pin.limit))
            self._verified.add(ef)
            return b""
        # A PIN of the wrong length counts too: the fact sheet does not say, and this is the case to be safe against.
        self._store(ef, replace(pin, tries_left=pin.tries_left - 1))
        raise RefusalError(status.TRIES_LEFT | pin.tries_left - 1)

    def _change_reference_data(self, command: CommandApdu) -> bytes:
        if command.p1 != 0x01:
            raise RefusalError(status.WRONG_P1_P2)
        ef, pin = self._pin(command.p2)
        if ef not in self._verified:
            raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
        new = bytes(command.data)
        if not pin.min_length <= len(new) <= pin.max_length:
            raise RefusalError(status.WRONG_LENGTH)
        if any(byte not in pin.characters for byte in new):
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        self._store(ef, replace(pin, value=new))
        return b""

    def _store(self, ef: int, pin: PinRecord) -> None:
        if pin == self._image.pins[ef]:
            return
        self._image = self._image.with_pin(ef, pin)
        if self._save is not None:
            try:
                self._save(self._image)
            except Exception as error:
                raise RefusalError(status.MEMORY_FAILURE) from error

    # Signing

    def _compute_digital_signature(self, command: CommandApdu) -> bytes:
        ef, record = self._key(command.p2)
        key = self._signing_keys[ef]
        if not key.takes(command.p1):
            raise RefusalError(status.WRONG_P1_P2)
        if record.pin not in self._verified:
            raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
        if not command.data or command.le is None or command.le < key.signature_length:
            raise RefusalError(status.WRONG_LENGTH)
        return key.sign(command.p1, bytes(command.data))

    # Files

    def _exists(self, ef: int) -> bool:
        return ef in self._image.files or ef in self._image.pins or ef in self._image.keys

    def _make_current(self, ef: int) -> None:
        if not self._selected or not 1 <= ef <= layout.HIGHEST_SHORT_ID or not self._exists(ef):
            raise RefusalError(status.FILE_NOT_FOUND)
        self._current = ef

    def _current_file(self) -> int:
        if self._current is None:
            raise RefusalError(status.NO_CURRENT_FILE)
        return self._current

    def _referenced(self, p2: int) -> int:
        if p2 & ~SHORT_ID_MASK != P2_CURRENT_FILE:
            raise RefusalError(status.WRONG_P1_P2)
        if p2 != P2_CURRENT_FILE:
            self._make_current(p2 & SHORT_ID_MASK)
        return self._current_file()

    def _pin(self, p2: int) -> tuple[int, PinRecord]:
        ef = self._referenced(p2)
        pin = self._image.pins.get(ef)
        if pin is None:
            raise RefusalError(status.WRONG_FILE_TYPE)
        return ef, pin

    def _key(self, p2: int) -> tuple[int, KeyRecord]:
        ef = self._referenced(p2)
        key = self._image.keys.get(ef)
        if key is None:
            raise RefusalError(status.WRONG_FILE_TYPE)
        return ef, key


def _refuse_class(cla: int) -> None:
    if cla in (0x00, 0x80):
        return
    if cla & 0xC0 == 0x40 or (cla & 0xF0 == 0 and cla & 0x03):
        raise RefusalError(status.CHANNEL_NOT_SUPPORTED)
    if cla & 0xF0 == 0:
        raise RefusalError(status.SECURE_MESSAGING_NOT_SUPPORTED)
    raise RefusalError(status.CLA_NOT_SUPPORTED)


def _part(file: FileRecord, offset: int, length: int) -> bytes:
    """At most `length` bytes of an EF from `offset`; fewer at its end. Raises RefusalError `6B00` beyond it."""
    size = len(file.content) + file.filler
    if offset >= size:
        raise RefusalError(status.OFFSET_BEYOND_FILE)
    end = min(offset + length, size)
    part = file.content[offset:end]
    return part + b"\xff" * (end - offset - len(part))

"""The software card as a pure object: `process(command) -> answer`.

What it does is jpki-card.md §1.1–§1.7 and §2.4. It is total: whatever bytes come in, a status word goes out, as from a
card. This module takes commands apart and passes them on; what is current is `selection`, PINs are `pins`, reading is
`files`, signatures are `signing`, and what lasts is `memory`. Transports own the wire.
What breaks if this is wrong: a reader that works here spends a patient's PIN tries on a real card.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock
from typing import Final

from reader.apdu import CommandApdu, MalformedApduError, ResponseApdu
from reader.card import files, status
from reader.card.applications import OBJECT_TAGS
from reader.card.image import CardImage
from reader.card.memory import CardMemory
from reader.card.pins import Pins
from reader.card.selection import Selection
from reader.card.signing import SigningKey
from reader.card.status import RefusalError

P2_CURRENT_FILE: Final = 0x80
"""P2 of VERIFY, CHANGE and SIGN: the current EF; with a short EF identifier in the low bits, that EF (§1.3)."""
SHORT_ID_FLAG: Final = 0x80
SHORT_ID_MASK: Final = 0x1F
RECORD_BY_NUMBER: Final = 0x04
"""Low bits of READ RECORD's P2: the record whose number is P1 (ISO/IEC 7816-4, 7.3.3); the high ones are a short id."""

Handler = Callable[[CommandApdu], bytes]


class SoftwareCard:
    """One card, freshly powered. Thread-safe: one command at a time, as on a wire.

    `save` is called with the new image whenever a counter or a PIN changed, before the card answers, so that no answer
    tells anything about a try that was not counted. Where it raises, the card answers `6581` and the try stays spent.
    """

    mute: bool
    """A broken chip: `process` gives no bytes at all, and a transport must not report an ATR."""

    def __init__(
        self,
        image: CardImage,
        save: Callable[[CardImage], None] | None = None,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.mute = image.mute
        self._memory = CardMemory(image, save)
        self._selection = Selection(image.applications)
        self._pins = Pins(self._memory)
        self._random_bytes = random_bytes
        self._lock = RLock()
        self._signing_keys = {
            (aid, ef): SigningKey(key)
            for aid, application in image.applications.items()
            for ef, key in application.keys.items()
        }
        self._handlers: dict[tuple[int, int], Handler] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0xB2): self._read_record,
            (0x00, 0x20): self._verify,
            (0x00, 0x24): self._change_reference_data,
            (0x00, 0x84): self._get_challenge,
            (0x00, 0xCA): self._get_data,
            (0x80, 0xCA): self._get_data,
            (0x80, 0x2A): self._compute_digital_signature,
            (0x80, 0xA2): self._terminal_command,
            (0x80, 0xAE): self._terminal_command,
        }

    def __repr__(self) -> str:
        return f"<SoftwareCard {self.image.persona!r}>"

    @property
    def image(self) -> CardImage:
        """The card as data, with its present counters."""
        return self._memory.image

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._memory.image.atr

    def power_on(self) -> None:
        """Power comes: the card's own application is current and nothing is verified."""
        self.power_off()

    def power_off(self) -> None:
        """Power goes, and with it every verified PIN (§1.7)."""
        with self._lock:
            self._selection.forget()
            self._pins.forget()

    def reset(self) -> None:
        """A warm reset: the selection is lost, a verified PIN is **not** (§1.7)."""
        with self._lock:
            self._selection.forget()

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

    # Selecting and reading

    def _select(self, command: CommandApdu) -> bytes:
        if command.p2 not in (0x00, 0x0C):
            raise RefusalError(status.WRONG_P1_P2)
        name = bytes(command.data)
        if command.p1 == 0x04:
            self._selection.select_application(name)
        elif command.p1 == 0x02:
            self._selection.select_file(name)
        elif command.p1 == 0x00 and (name or command.p2 == 0x00):
            self._selection.select_nothing(name)
        else:
            raise RefusalError(status.WRONG_P1_P2)
        return b""

    def _read_binary(self, command: CommandApdu) -> bytes:
        length = _asked_for(command)
        if command.p1 & SHORT_ID_FLAG:
            if command.p1 & ~(SHORT_ID_FLAG | SHORT_ID_MASK):
                raise RefusalError(status.WRONG_P1_P2)
            aid, ef = self._selection.short(command.p1 & SHORT_ID_MASK)
            offset = command.p2
        else:
            aid, ef = self._selection.current()
            offset = command.p1 << 8 | command.p2
        application = self.image.applications[aid]
        return files.read_binary(application, ef, offset, length, lambda pin: self._pins.is_verified(aid, pin))

    def _read_record(self, command: CommandApdu) -> bytes:
        length = _asked_for(command)
        if command.p2 & 0x07 != RECORD_BY_NUMBER:
            raise RefusalError(status.WRONG_P1_P2)
        sfi = command.p2 >> 3
        aid, ef = self._selection.short(sfi) if sfi else self._selection.current()
        return files.read_record(self.image.applications[aid], ef, command.p1, length)

    def _get_data(self, command: CommandApdu) -> bytes:
        # §2.4: tags that only other cards have are probes, answered as an unknown command; a tag of this card that is
        # not there, or not in this state, is not set (§1.4).
        tag = command.p1 << 8 | command.p2
        if tag not in OBJECT_TAGS:
            raise RefusalError(status.INS_NOT_SUPPORTED)
        length = _asked_for(command)
        content = self.image.objects.get(tag) if self._selection.at_default else None
        if content is None:
            raise RefusalError(status.OBJECT_NOT_SET)
        if length < len(content):  # §1.6
            raise RefusalError(status.WRONG_LENGTH)
        return content

    def _get_challenge(self, command: CommandApdu) -> bytes:
        if command.p1 or command.p2:
            raise RefusalError(status.WRONG_P1_P2)
        if command.extended:  # §1.6
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        return self._random_bytes(_asked_for(command))

    # PINs

    def _verify(self, command: CommandApdu) -> bytes:
        if command.p1 != 0x00:
            raise RefusalError(status.WRONG_P1_P2)
        aid, ef = self._referenced(command.p2)
        if command.data:
            self._pins.verify(aid, ef, bytes(command.data))
        else:
            self._pins.query(aid, ef)
        return b""

    def _change_reference_data(self, command: CommandApdu) -> bytes:
        if command.p1 != 0x01:
            raise RefusalError(status.WRONG_P1_P2)
        aid, ef = self._referenced(command.p2)
        self._pins.change(aid, ef, bytes(command.data))
        return b""

    # Keys

    def _compute_digital_signature(self, command: CommandApdu) -> bytes:
        aid, ef = self._referenced(command.p2)
        key = self._signing_keys.get((aid, ef))
        if key is None:
            raise RefusalError(status.WRONG_FILE_TYPE)
        if not key.takes(command.p1):
            raise RefusalError(status.WRONG_P1_P2)
        if not self._pins.is_verified(aid, key.pin):
            raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
        if not command.data or command.le is None or command.le < key.signature_length:
            raise RefusalError(status.WRONG_LENGTH)
        return key.sign(command.p1, bytes(command.data))

    def _terminal_command(self, command: CommandApdu) -> bytes:
        # PINなし認証 by a terminal's certificate: the details are not public, and all that was tried of `80 A2` answers
        # 6A86 (§1.9: `00 00`, `00 AE`, `80 00`, `00 B6` [1]). That every other P1 P2 does so too, and that `80 AE`,
        # of which no more is known than its 256 bytes (§1.6), does as `80 A2`, is our choice [U].
        del command
        raise RefusalError(status.WRONG_P1_P2)

    def _referenced(self, p2: int) -> tuple[bytes, int]:
        if p2 & ~SHORT_ID_MASK != P2_CURRENT_FILE:
            raise RefusalError(status.WRONG_P1_P2)
        return self._selection.current() if p2 == P2_CURRENT_FILE else self._selection.short(p2 & SHORT_ID_MASK)


def _refuse_class(cla: int) -> None:
    if cla in (0x00, 0x80):
        return
    if cla & 0xC0 == 0x40 or (cla & 0xF0 == 0 and cla & 0x03):
        raise RefusalError(status.CHANNEL_NOT_SUPPORTED)
    if cla & 0xF0 == 0:
        raise RefusalError(status.SECURE_MESSAGING_NOT_SUPPORTED)
    raise RefusalError(status.CLA_NOT_SUPPORTED)


def _asked_for(command: CommandApdu) -> int:
    """How many answer bytes a command without data asks for. Raises RefusalError `6700` for any other."""
    if command.data or command.le is None:
        raise RefusalError(status.WRONG_LENGTH)
    return command.le

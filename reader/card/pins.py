"""PINs of the card: asking for tries, VERIFY, CHANGE REFERENCE DATA (jpki-card.md §1.4, §1.5, §1.7, §2.4).

Owns which PINs are verified since power came. What breaks if this is wrong: a reader that is careful with tries here
spends a patient's on a real card.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

from reader.card import status
from reader.card.image import PinRecord
from reader.card.memory import CardMemory
from reader.card.status import RefusalError


class Pins:
    """All PINs of one card. A PIN is named by the application it lies in and its EF."""

    def __init__(self, memory: CardMemory) -> None:
        self._memory = memory
        self._verified: set[tuple[bytes, int]] = set()

    def forget(self) -> None:
        """Power is gone, and with it whatever was verified (§1.7)."""
        self._verified.clear()

    def is_verified(self, aid: bytes, ef: int) -> bool:
        """Whether the PIN was verified since power came and no wrong one was tried after it."""
        return (aid, ef) in self._verified

    def query(self, aid: bytes, ef: int) -> None:
        """VERIFY without data: tells the tries left and spends none.

        Raises:
            RefusalError: Always: `63Cx`, also when verified or blocked, because OpenSC refuses the card for anything
                else (§2.4); `6300` on a key without a retry limit.
        """
        raise RefusalError(_tries(self._pin(aid, ef)))

    def verify(self, aid: bytes, ef: int, value: bytes) -> None:
        """VERIFY with data. The try is on disk before the answer is known.

        Raises:
            RefusalError: `63Cx` for a wrong PIN, `6984` for a locked one, `6581` where the counter cannot be kept.
        """
        pin = self._pin(aid, ef)
        self._verified.discard((aid, ef))
        if pin.limit and pin.tries_left == 0:
            raise RefusalError(status.PIN_LOCKED)
        if pin.value and hmac.compare_digest(pin.value, value):
            self._memory.store_pin(aid, ef, replace(pin, tries_left=pin.limit))
            self._verified.add((aid, ef))
            return
        # A PIN of the wrong length counts too: the fact sheet does not say, and this is the case to be safe against.
        pin = replace(pin, tries_left=max(pin.tries_left - 1, 0))
        self._memory.store_pin(aid, ef, pin)
        raise RefusalError(_tries(pin))

    def change(self, aid: bytes, ef: int, new: bytes) -> None:
        """CHANGE REFERENCE DATA: a new PIN in place of the one that was verified.

        Raises:
            RefusalError: `6982` before VERIFY, `6700` or `6985` for a new PIN of the wrong length or characters.
        """
        pin = self._pin(aid, ef)
        if not self.is_verified(aid, ef):
            raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
        if not pin.min_length <= len(new) <= pin.max_length:
            raise RefusalError(status.WRONG_LENGTH)
        if any(byte not in pin.characters for byte in new):
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        self._memory.store_pin(aid, ef, replace(pin, value=new))

    def _pin(self, aid: bytes, ef: int) -> PinRecord:
        pin = self._memory.image.applications[aid].pins.get(ef)
        if pin is None:
            raise RefusalError(status.WRONG_FILE_TYPE)
        return pin


def _tries(pin: PinRecord) -> int:
    return status.TRIES_LEFT | pin.tries_left if pin.limit else status.NO_RETRY_LIMIT

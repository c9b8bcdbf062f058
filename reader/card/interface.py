"""What every software card offers to a way of reaching it, be it the card itself, a quirk or a recording.

The transports know this and nothing of an applet. What breaks if this is wrong: a card that works on one reader only.
"""

from __future__ import annotations

from typing import Protocol


class CardTornError(Exception):
    """The card left the field while it was asked: no answer will come, and the slot is empty.

    Raised by `EmulatedCard.process` alone. A transport ends the connection with `CardRemovedError` and shows an empty
    slot; laying the card down again is the caller's business.
    """


class EmulatedCard(Protocol):
    """A card in software. One command at a time; calls may come from any thread."""

    @property
    def mute(self) -> bool:
        """A broken chip: `process` gives no bytes at all, and a transport must not report an ATR."""
        ...

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        ...

    def process(self, command: bytes | bytearray) -> bytes:
        """Answer one command APDU with a response APDU; a mute card answers b"".

        Keeps no reference to `command`.

        Raises:
            CardTornError: The card was torn off in this moment. Nothing else is ever raised.
        """
        ...

    def power_on(self) -> None:
        """The reader gives power: nothing is selected, nothing verified."""
        ...

    def power_off(self) -> None:
        """Power is gone."""
        ...

    def reset(self) -> None:
        """A warm reset: power stays, and with it a verified PIN (jpki-card.md §1.7)."""
        ...

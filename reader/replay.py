"""A recording as a card: gives the answers that were given then, so that a reader's trouble comes back without it.

It matches commands by their masked form, so any PIN gets the answer that the recorded one got, and certificates and
signatures are filler: a replay reproduces what a reader and a card did, not who a person is. It counts no tries.
What breaks if this is wrong: a trouble that was reported is not found, and comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reader.card.interface import CardTornError
from reader.masking import shown_command
from reader.recording import Recording, rebuilt_answer
from reader.trace import Exchange

NEVER_HEARD: Final = bytes.fromhex("6F00")
"""The answer to a command that does not come, or comes no more, in this session of the recording."""
USUAL_ATR: Final = bytes.fromhex("3B888001000005E0B381A1007F")
"""Where the recording has none: one that pcscd accepts (jpki-card.md §1.8)."""
AS_TORN_OFF: Final = frozenset(
    {
        "CardRemovedError",
        "CardTornError",
        "NoCardError",
        "ReaderUnavailableError",
        "ServiceUnavailableError",
        "AccessDeniedError",
    }
)
"""Recorded errors after which no card was there any more. After every other one the card is mute: what a card can do to
bring about a time-out."""


class ReplayedCard:
    """One card that says what a recording says. Made as the emulated card that every transport takes.

    Each command is looked for from the last match on, so that commands may be left out but come in order. What was
    recorded over several connections is replayed so: every power-on after something was asked begins the next one,
    and after the last the first again. With `sleep` every answer takes as long as it took then.
    """

    def __init__(self, recording: Recording, *, sleep: Callable[[float], None] | None = None) -> None:
        self._sessions = recording.sessions or ((),)
        self._atr = recording.atr or USUAL_ATR
        self._sleep = sleep
        self._session = 0
        self._next = 0
        self._asked = False
        self._silent = False

    def __repr__(self) -> str:
        return f"<ReplayedCard session {self._session + 1} of {len(self._sessions)}, exchange {self._next}>"

    @property
    def mute(self) -> bool:
        """True from a recorded time-out until power goes."""
        return self._silent

    @property
    def atr(self) -> bytes:
        """The recorded answer to reset."""
        return self._atr

    def process(self, command: bytes | bytearray) -> bytes:
        """The recorded answer to the next command of this form, withheld bytes as filler; `6F00` where none comes.

        Raises:
            CardTornError: So it was then.
        """
        if self._silent:
            return b""
        self._asked = True
        exchange = self._find(shown_command(command))
        if exchange is None:
            return NEVER_HEARD
        if self._sleep is not None and exchange.duration_ms is not None:
            self._sleep(exchange.duration_ms / 1000)
        if exchange.error is not None:
            if exchange.error in AS_TORN_OFF:
                raise CardTornError
            self._silent = True
            return b""
        return rebuilt_answer(exchange)

    def power_on(self) -> None:
        """Begin: a session of which something was asked is over."""
        self._rewind()

    def power_off(self) -> None:
        """End what was asked; a mute card has its voice back."""
        self._rewind()

    def reset(self) -> None:
        """A warm reset; a recording knows nothing of it."""

    def _find(self, shown: str) -> Exchange | None:
        session = self._sessions[self._session]
        for position in range(self._next, len(session)):
            if session[position].command == shown:
                self._next = position + 1
                return session[position]
        return None

    def _rewind(self) -> None:
        self._silent = False
        if self._asked:
            self._session = (self._session + 1) % len(self._sessions)
        self._next, self._asked = 0, False

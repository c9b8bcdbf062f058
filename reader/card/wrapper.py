"""A card around a card: what quirks, faults and the model of the field have in common.

What breaks if this is wrong: a fault laid over a card changes more than the fault says.
"""

from __future__ import annotations

from reader.card.interface import EmulatedCard


class CardWrapper:
    """Passes everything through. A kind of card overrides what it does differently, above all `_answer`.

    Rule: no wrapper keeps a command or shows it in its repr, because a command may carry a PIN. State is plain
    attributes: a transport says one command at a time, and what power may change meanwhile is never heard.
    """

    def __init__(self, inner: EmulatedCard) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self._inner!r}>"

    @property
    def inner(self) -> EmulatedCard:
        """The card inside."""
        return self._inner

    @property
    def mute(self) -> bool:
        """Whether the card inside is."""
        return self._inner.mute

    @property
    def atr(self) -> bytes:
        """The answer to reset of the card inside."""
        return self._inner.atr

    def process(self, command: bytes | bytearray) -> bytes:
        """Answer as the card inside does, but for this wrapper's quirk. A mute card stays mute under every quirk.

        Raises:
            CardTornError: The card was torn off in this moment.
        """
        if self._inner.mute:
            return self._inner.process(command)
        return self._answer(command)

    def power_on(self) -> None:
        """Power comes, here and inside."""
        self._begin()
        self._inner.power_on()

    def power_off(self) -> None:
        """Power goes, here and inside."""
        self._begin()
        self._inner.power_off()

    def reset(self) -> None:
        """A warm reset, here and inside; nothing that counts from power-on starts anew."""
        self._inner.reset()

    def _answer(self, command: bytes | bytearray) -> bytes:
        return self._inner.process(command)

    def _begin(self) -> None:
        """Forget what belongs to one time under power."""


class CountingWrapper(CardWrapper):
    """A wrapper that knows how many commands came since power-on."""

    def __init__(self, inner: EmulatedCard) -> None:
        super().__init__(inner)
        self._heard = 0

    def _begin(self) -> None:
        self._heard = 0

    def _count(self) -> int:
        """The number of this command since power-on, from 1."""
        self._heard += 1
        return self._heard

"""The card's lasting memory: its image, and that a change of it is kept before anybody hears of it.

What breaks if this is wrong: a wrong PIN is told of and the try behind it comes back with the next power-on.
"""

from __future__ import annotations

from collections.abc import Callable

from reader.card import status
from reader.card.image import CardImage, PinRecord
from reader.card.status import RefusalError

Save = Callable[[CardImage], None]


class CardMemory:
    """One card's image. `save` is called with the new one whenever a PIN or a counter changed."""

    def __init__(self, image: CardImage, save: Save | None = None) -> None:
        self._image = image
        self._save = save

    @property
    def image(self) -> CardImage:
        """The card as data, with its present counters."""
        return self._image

    def store_pin(self, aid: bytes, ef: int, pin: PinRecord) -> None:
        """Keep a PIN record; what changes nothing is not written.

        Raises:
            RefusalError: `6581` where `save` failed. The change itself stays: a try never comes back.
        """
        if pin == self._image.applications[aid].pins[ef]:
            return
        self._image = self._image.with_pin(ef, pin, aid)
        if self._save is not None:
            try:
                self._save(self._image)
            except Exception as error:
                raise RefusalError(status.MEMORY_FAILURE) from error

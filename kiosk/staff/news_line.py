"""The line that says this is practice, and for a while what staff are told.

What breaks if it is wrong: a sentence of one visit stands there in the next, or is gone before it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk.widgets.lines import Practice

NEWS_SECONDS: Final = 20.0
"""How long a sentence for staff stands."""


class NewsLine(Practice):
    """`Practice` whose news go by themselves."""

    def __init__(self, sentence: str, clock: Callable[[], float]) -> None:
        """`clock` tells seconds, monotonic."""
        super().__init__(sentence)
        self._practice = sentence
        self._clock = clock
        self._until: float | None = None

    def tell(self, sentence: str) -> None:
        """Say it; its time begins anew."""
        self.say(self._practice, sentence)
        self._until = self._clock() + NEWS_SECONDS

    def quiet(self) -> None:
        """Take back what was said last."""
        self._until = None
        self.say(self._practice)

    def second(self) -> None:
        """Its time may be over."""
        if self._until is not None and self._clock() >= self._until:
            self.quiet()

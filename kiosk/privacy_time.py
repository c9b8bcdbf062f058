"""The privacy time: how long nobody has touched the counter, and the question whether anybody is there (WCAG 2.2.1).

Knows seconds only, no screen. What breaks if it is wrong: a stranger reads what somebody left, or somebody who is slow
loses the visit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

WARNING_SECONDS: Final = 20.0
"""So long before the time is over it is asked whether anybody is there."""


class PrivacyTime:
    """`clock` counts seconds; after `seconds` without a touch the time is over."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._touched = clock()
        self._asked_at: float | None = None

    def touch(self) -> bool:
        """Begin anew. Returns whether the question stood on the screen: it is answered."""
        self._touched = self._clock()
        answered, self._asked_at = self._asked_at is not None, None
        return answered

    def is_over(self, ask: Callable[[], bool]) -> bool:
        """Whether nobody has touched the counter for the whole time.

        Shortly before, `ask` shall ask whether to go on; it returns False where there is nothing to lose. The question
        waits all of `WARNING_SECONDS`, however late it was asked.
        """
        now = self._clock()
        left = self._seconds - (now - self._touched)
        if self._asked_at is not None:
            return left <= 0 and now - self._asked_at >= WARNING_SECONDS
        if left > min(WARNING_SECONDS, self._seconds / 2):
            return False
        if ask():
            self._asked_at = now
            return False
        return left <= 0

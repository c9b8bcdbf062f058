"""How often a passcode may be typed wrong, and how long to wait after that. Pure: the time is passed in.

What breaks if it is wrong: four digits can be tried out in an afternoon, or the staff is locked out of its own counter.
The numbers are ours; no source gives any for a counter's passcodes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

FREE_TRIES: Final = 5
"""Wrong tries before the first wait where nobody chose another number."""
FIRST_WAIT_S: Final = 30
"""Seconds to wait after the last free try; each further wrong one doubles them."""
LONGEST_WAIT_S: Final = 600
"""Seconds no wait is longer than."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong tries since the last right one, and since when there is a wait (epoch seconds; None: there is none)."""

    wrong: int = 0
    waiting_since: float | None = None

    def spent(self, now: float, free: int = FREE_TRIES) -> Tries:
        """With one more wrong try at `now`; `free` wrong ones bring no wait but the last of them."""
        wrong = self.wrong + 1
        return Tries(wrong, now if wait_length(wrong, free) else None)

    def seen(self, now: float) -> Tries:
        """As they count at `now`: where the clock was set back behind the wait's beginning, the wait begins anew."""
        if self.waiting_since is not None and now < self.waiting_since:
            return replace(self, waiting_since=now)
        return self

    def wait_left(self, now: float, free: int = FREE_TRIES) -> int:
        """Whole seconds from `now` until the next try, 0 where it may be made at once."""
        seen = self.seen(now)
        if seen.waiting_since is None:
            return 0
        return max(0, math.ceil(wait_length(seen.wrong, free) - (now - seen.waiting_since)))

    def left(self, now: float, free: int = FREE_TRIES) -> int:
        """Tries that may be made from `now` on before the next wait; 0 while waiting."""
        return 0 if self.wait_left(now, free) else max(1, free - self.wrong)


def wait_length(wrong: int, free: int = FREE_TRIES) -> int:
    """Seconds to wait after so many wrong tries in a row, of which `free` come before the first wait."""
    beyond = wrong - free
    if beyond < 0:
        return 0
    return min(LONGEST_WAIT_S, FIRST_WAIT_S << min(beyond, 10))

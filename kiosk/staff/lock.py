"""When the staff side is open: a value with the time passed in, and nothing else.

It keeps no passcode and counts no tries (`kiosk.settings.passcodes` does, on the disk). What breaks if it is wrong: the
day's visits stay on a screen that a patient walks up to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Lock:
    """Open since the last key, for `seconds`; seconds are monotonic. `touched` None: closed."""

    seconds: float
    touched: float | None = None

    @property
    def open(self) -> bool:
        """Whether the desk's matters may be shown."""
        return self.touched is not None

    def opened(self, at: float) -> Lock:
        """Somebody who may opened it."""
        return replace(self, touched=at)

    def closed(self) -> Lock:
        """It was locked."""
        return replace(self, touched=None)

    def used(self, at: float) -> Lock:
        """A key or the mouse: the time begins anew. A closed lock stays closed."""
        return self if self.touched is None else replace(self, touched=max(at, self.touched))

    def left(self, at: float) -> float:
        """Seconds until it locks itself; 0 where it is closed."""
        return 0.0 if self.touched is None else self.seconds - (at - self.touched)

    def due(self, at: float) -> bool:
        """Whether nobody touched it for so long that it locks itself."""
        return self.touched is not None and at - self.touched >= self.seconds

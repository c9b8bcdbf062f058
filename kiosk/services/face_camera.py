"""顔認証 without a camera: whoever plays the patient says beforehand whether the face is the card's.

Simulated and said to be so on the screen (design.md §3). Misses are counted for each card over the visits of a run, and
set back by a match; how many there may be is a setting, because it is not proven (10, reception.md §4). Of a card
only a hash is kept. What breaks if it is wrong: somebody rehearses a reader that never locks.
"""

from __future__ import annotations

import hashlib
from threading import Lock
from typing import Final

from kiosk.services.desk_interfaces import FaceLook

FACE_TRIES: Final = 10
"""Misses until a card's face is refused; unverified (reception.md §4)."""
LOOK_SECONDS: Final = 1.5
"""At a counter: long enough to read that a camera looks and that there is none."""


class SimulatedCamera:
    """Matches, unless `matches` was set otherwise. `matches` is what the drawer and a rehearsal turn."""

    def __init__(self, tries: int = FACE_TRIES, look_seconds: float = 0.0) -> None:
        """`tries` is how often a face may miss, at least once; `look_seconds` how long whoever asks has to wait before.

        Raises:
            ValueError: `tries` is less than 1.
        """
        if tries < 1:
            raise ValueError("a face may miss at least once")
        self.look_seconds = look_seconds
        self.matches = True
        self.photo = True
        """Whether the card that lies there has a photo: one of a child under one year has none."""
        self._tries = tries
        self._misses: dict[bytes, int] = {}
        self._lock = Lock()

    def look(self, card: bytes) -> FaceLook:
        """Compare the person with the card (its certificate, DER). A card out of tries is not looked at any more."""
        key = hashlib.sha256(card).digest()
        with self._lock:
            left = self._tries - self._misses.get(key, 0)
            if not self.photo:
                return FaceLook(matched=False, tries_left=left, no_photo=True)
            if left == 0:
                return FaceLook(matched=False, tries_left=0)
            if self.matches:
                self._misses.pop(key, None)
                return FaceLook(matched=True, tries_left=self._tries)
            self._misses[key] = self._misses.get(key, 0) + 1
            return FaceLook(matched=False, tries_left=left - 1)

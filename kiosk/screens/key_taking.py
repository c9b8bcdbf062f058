"""A screen that does what a key means by itself, where the focus is on an answer.

Otherwise a key climbs through every container to it, each of which is a task of its own. What breaks if it is wrong:
keys feel slow on the staff side, or are done by the page before the one they were typed for.
"""

from __future__ import annotations

from textual import events
from textual.screen import Screen


class KeyTaking(Screen[None]):
    """Hears of a key at once, or of one that no widget had a use for; `kiosk.keys_in_order` sees to the order."""

    def take_key(self, key: str) -> bool:
        """Do what `key` does here; False where it does nothing."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """A key that came up to here from the widget that has the focus."""
        if self.take_key(event.key):
            event.stop()
            event.prevent_default()

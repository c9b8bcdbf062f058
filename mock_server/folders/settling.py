"""When a file that another program writes is finished: it has stopped changing, and it ends like a message.

Rule: no clock, no file; the caller says what it saw and when. What breaks if wrong: half a request is answered with a
refusal, or a request is never taken.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Final, Generic, TypeVar

from mock_server.folders.places import Look

SETTLE_S: Final = 0.3
"""Two looks this far apart must be equal: what integrators do with answers (online-qualification.md §1.2)."""
PATIENCE_S: Final = 10.0
"""How long a file that has stopped growing without an end is waited for. Our choice."""
_END: Final = b"</XmlMsg>"

K = TypeVar("K", bound=Hashable)


def ends_like_a_message(tail: bytes) -> bool:
    """Whether these last bytes are the end of a message, in either encoding."""
    return tail.rstrip(b" \t\r\n").endswith(_END)


class Settling(Generic[K]):
    """Since when files look as they do. Seconds are those of any clock that only goes forward."""

    def __init__(self) -> None:
        self._since: dict[K, tuple[Look, float]] = {}

    def still_for(self, key: K, look: Look, now: float) -> float:
        """How long the file has looked like this, as far as anybody looked."""
        known = self._since.get(key)
        if known is None or known[0] != look:
            self._since[key] = (look, now)
            return 0.0
        return now - known[1]

    def carry(self, key: K, new_key: K) -> None:
        """The file has another name now."""
        if key in self._since:
            self._since[new_key] = self._since.pop(key)

    def keep_only(self, keys: Collection[K]) -> None:
        """Forget every file that is not among them."""
        self._since = {key: known for key, known in self._since.items() if key in keys}

"""What stands beside card, service and journal: camera, facility passcode, outage queue, half-typed forms.

Protocols and plain values; the adapters are elsewhere. What breaks if one is wrong: a stranger is vouched for, or a
person who was to be asked about later is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.flow.effects import QueueLater
from reader.pin import PinHandle


@dataclass(frozen=True, slots=True)
class FaceLook:
    """What one look of the camera said. `tries_left` 0: no more for this card; `no_photo`: nothing to compare with."""

    matched: bool
    tries_left: int
    no_photo: bool = False


class FaceCamera(Protocol):
    """顔認証, simulated. Any thread may call."""

    @property
    def look_seconds(self) -> float:
        """How long the person stands before it until it has looked: so long the screen says that it looks."""
        ...

    def look(self, card: bytes) -> FaceLook:
        """Compare the person with the card (its certificate, DER, which tells one card from another)."""
        ...


@dataclass(frozen=True, slots=True)
class PasscodeChecked:
    """What came of one facility passcode. `wait_seconds` > 0: no further try before then."""

    accepted: bool
    tries_left: int
    wait_seconds: int = 0


class PasscodeDesk(Protocol):
    """施設のパスコード: with it staff vouch for a person by eye (目視, reception.md §4, 3b)."""

    @property
    def practice(self) -> str | None:
        """The passcode everybody may see, where none is set and the reader is the software one; else None."""
        ...

    def check(self, handle: PinHandle) -> PasscodeChecked:
        """Compare what was typed; the handle is spent. Slow: not on the event loop.

        Where there is no passcode to compare with, nothing is accepted and no try is counted.

        Raises:
            OSError: The passcodes cannot be read.
        """
        ...


class OutageQueue(Protocol):
    """People to be asked about when the service is back; on disk. Any thread may call."""

    def put(self, later: QueueLater) -> None:
        """Note one person; returns when that is on disk. Raises OSError where the disk refuses."""
        ...

    def withdraw(self, visit: int) -> None:
        """What was put for this visit was taken back; returns when that is on disk. Raises OSError."""
        ...

    def ask_now(self) -> None:
        """Ask about all of them, in order, one at a time, on a thread of its own; returns at once."""
        ...

    def hold(self) -> None:
        """Ask about nobody before `ask_now`: システム障害時モード is on. Returns at once."""
        ...

    def service_answered(self) -> None:
        """The service answered a question of a visit: whoever waits may be asked about. Returns at once."""
        ...

    def stop(self) -> None:
        """Ask no more: the counter ends. Returns at once; safe to call twice."""
        ...

    @property
    def waiting(self) -> int:
        """How many wait for an answer, as of the last look at the disk. Not slow."""
        ...


class DraftStore(Protocol):
    """Half-typed forms of the staff side, encrypted, until closing time."""

    def keep(self, form: str, draft: tuple[tuple[str, str], ...]) -> None:
        """Keep what stands in a form, beside what was kept before; nothing typed: keep nothing.

        Raises OSError where the disk refuses.
        """
        ...

    def drop(self, word: str) -> None:
        """Destroy one that was kept: the form is finished. Raises OSError where the disk refuses."""
        ...

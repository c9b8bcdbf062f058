"""What a purge leaves in a segment's place: enough for the chain to go on, and proof that nobody else put it there.

One line of text with a MAC of the master key. It tells how many receptions there were on which day and when they were
destroyed, nothing of what they were. What breaks if it is wrong: a purge looks like a theft, or a theft like a purge.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.journal.chain import Head, own_key

_MAGIC = "madoguchi-journal-purged-1"
_LINE = re.compile(
    rf"{_MAGIC} ([0-9a-f]*) (\d{{4}}-\d\d-\d\d) (\d{{1,15}}) ([0-9a-f]{{32}}) (\d{{1,15}}) ([0-9a-f]{{32}}) "
    r"(\d{1,15}) (whole|damaged) (\S{1,40}) ([0-9a-f]{64})\n"
)


class TombstoneError(ValueError):
    """It is no tombstone, or not one of this key."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A purged segment: its links were `first` to `last.sequence`, the one before had the tag `previous`."""

    kiosk: str
    day: date
    first: int
    previous: bytes
    last: Head
    entries: int
    whole: bool
    """Whether every entry could be authenticated when it was destroyed."""
    purged_at: datetime

    @property
    def before(self) -> Head:
        """Where the chain ended before the segment."""
        return Head(self.first - 1, self.previous)

    def holds(self, head: Head) -> bool:
        """Whether the head lay inside the segment, so that nobody can say any more whether the chain got there."""
        return self.first <= head.sequence < self.last.sequence

    def line(self, master: bytes) -> str:
        """The file's content."""
        said = self._said()
        return f"{said} {_mac(master, said)}\n"

    def _said(self) -> str:
        words = (
            *(_MAGIC, self.kiosk.encode().hex(), self.day.isoformat(), self.first, self.previous.hex()),
            *(self.last.sequence, self.last.tag.hex(), self.entries, "whole" if self.whole else "damaged"),
            self.purged_at.isoformat(),
        )
        return " ".join(map(str, words))

    @classmethod
    def parse(cls, content: str, master: bytes) -> Tombstone:
        """Read a tombstone. Raises TombstoneError."""
        found = _LINE.fullmatch(content)
        if found is None:
            raise TombstoneError("no tombstone")
        if not hmac.compare_digest(found[10], _mac(master, content.rpartition(" ")[0])):
            raise TombstoneError("a tombstone of another key")
        return cls(
            bytes.fromhex(found[1]).decode(),
            date.fromisoformat(found[2]),
            int(found[3]),
            bytes.fromhex(found[4]),
            Head(int(found[5]), bytes.fromhex(found[6])),
            int(found[7]),
            found[8] == "whole",
            datetime.fromisoformat(found[9]),
        )


def _mac(master: bytes, said: str) -> str:
    return hmac.digest(own_key(master, "tombstone"), said.encode(), "sha256").hex()

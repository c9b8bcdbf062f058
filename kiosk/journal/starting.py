"""What a counter finds in its journal at a start, as the entries it then writes: a cut tail, an open visit, a day over.

Looks only; writing is the journal's. What breaks if it is wrong: a visit that a crash cut short stands open for ever,
or a tail that somebody cut off is gone on from without a word.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

from kiosk.journal import kinds
from kiosk.journal.chain import Head
from kiosk.journal.entry import ENDINGS, RECEPTIONS, Entry
from kiosk.journal.head_file import read_head
from kiosk.journal.key_file import KeyFile
from kiosk.journal.open_visit import LeftOpen
from kiosk.journal.reading import read_day
from kiosk.journal.segments import parts


def cut_tail(head_file: Path, head: Head, master: bytes, now: datetime) -> Entry | None:
    """What to note where the head kept apart is further on than a chain that ends at `head`, or stands beside it.

    Raises OSError.
    """
    kept = read_head(head_file, master)
    if not kept.misses(head):
        return None
    return kinds.tail_lost(now, kept.head.short if kept.head else "unreadable", head.short)


def has_its_entry(folder: Path, keys: KeyFile, left: LeftOpen, today: date) -> bool:
    """Whether a visit that was marked as open has the entry that ends it: only the mark was not taken away.

    Raises OSError.
    """
    return any(
        entry.sequence > left.after and (entry.run, entry.visit) == (left.run, left.visit) and entry.kind in ENDINGS
        for day in {left.began.date(), today}
        for entry in read_day(folder, keys, day)
    )


def day_over(folder: Path, keys: KeyFile, now: datetime) -> Entry | None:
    """What the newest day before today came to, where nobody wrote that down yet. Raises OSError."""
    today = now.date()
    day = max((part.day for part in parts(folder) if not part.purged and part.day < today), default=None)
    if day is None:
        return None
    entries = read_day(folder, keys, day)
    since = [*entries, *read_day(folder, keys, today)]
    if any(entry.kind == "day_closed" and ("day", day.isoformat()) in entry.details for entry in since):
        return None
    gone = kinds.corrected(since)
    counts = Counter(e.outcome for e in entries if e.kind in RECEPTIONS and e.sequence not in gone)
    return kinds.day_closed(now, day.isoformat(), counts) if counts else None

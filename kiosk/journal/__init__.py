"""Receptions on disk: encrypted entry by entry, append-only, tamper-evident. One chain per kiosk.

What it shows: any changed, swapped, doubled or missing entry between two others, a segment that was exchanged, a tail
that was cut off (by the head kept apart, and by one on paper), and which days were purged by somebody who had the key.
What it cannot show: an entry that was never written, and anything done by somebody who has the key. docs/journal.md
"""

from __future__ import annotations

from kiosk.journal.chain import Head
from kiosk.journal.entry import Entry, EntryRefusedError
from kiosk.journal.errors import JournalDamagedError, JournalError, JournalKeyError
from kiosk.journal.journal_file import JournalFile
from kiosk.journal.key_file import KeyFile
from kiosk.journal.person import Person
from kiosk.journal.reading import Fault, Verification, read, read_day, verify
from kiosk.journal.record import VisitRecord

__all__ = [
    "Entry",
    "EntryRefusedError",
    "Fault",
    "Head",
    "JournalDamagedError",
    "JournalError",
    "JournalFile",
    "JournalKeyError",
    "KeyFile",
    "Person",
    "Verification",
    "VisitRecord",
    "read",
    "read_day",
    "verify",
]

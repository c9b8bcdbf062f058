"""Receptions on disk: encrypted entry by entry, append-only, tamper-evident. One chain per kiosk.

What it shows: any changed, swapped, doubled or missing entry between two others, a segment that was exchanged, and,
where somebody kept the head (`JournalFile.head`), a tail that was cut off. What it cannot show: an entry that was never
written, and anything done by somebody who has the key file.
"""

from __future__ import annotations

from kiosk.journal.chain import Head
from kiosk.journal.entry import Entry
from kiosk.journal.errors import JournalDamagedError, JournalError, JournalKeyError
from kiosk.journal.journal_file import JournalFile
from kiosk.journal.reading import Fault, Verification, read, verify

__all__ = [
    "Entry",
    "Fault",
    "Head",
    "JournalDamagedError",
    "JournalError",
    "JournalFile",
    "JournalKeyError",
    "Verification",
    "read",
    "verify",
]

"""What can go wrong with a journal besides a disk that refuses. Codes only, no sentences.

All are OSErrors, because that is what `kiosk.services.interfaces.Journal.record` promises.
"""

from __future__ import annotations

from pathlib import Path


class JournalError(OSError):
    """`code` is a message id of the kiosk catalogue, `path` the file it is about."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


class JournalKeyError(JournalError):
    """The key file cannot be used: `journal.key.missing`, `journal.key.permissions`, `journal.key.broken`,
    `journal.key.locked` (a passphrase is needed), `journal.key.passphrase` (it is another one).
    """


class JournalDamagedError(JournalError):
    """Entries were changed, moved or lost, or the key is another one: `journal.damaged`. `verify` says where."""

"""Which journal a command is about, and what opens it: data folder, key file, passphrase, and who may see names.

What breaks if it is wrong: a name on a screen without the staff's passcode, or nothing said of it in the journal.
"""

from __future__ import annotations

import errno
import os
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli import values
from kiosk.cli.context import Context, clock
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.secret_line import secret_line
from kiosk.cli.words import Words
from reader.pin import wipe

if TYPE_CHECKING:  # annotations only: loaded when it is needed
    from kiosk.journal import Entry, Head, KeyFile
    from kiosk.journal.reading import Verification


_SEALED: Final = b"madoguchi-journal-key-2"
"""How a key file with a passphrase begins. Held against `kiosk.journal.key_file` by a test."""


def add_journal_options(parser: CommandParser, words: Words) -> None:
    """Add --passphrase-stdin."""
    parser.add_argument("--passphrase-stdin", action="store_true", help=words.text("option.passphrase_stdin"))


def add_looking_options(parser: CommandParser, words: Words) -> None:
    """Add --date, --reveal and what belongs to them."""
    parser.add_argument("--date", metavar="DATE", help=words.text("option.journal_date"))
    parser.add_argument("--reveal", action="store_true", help=words.text("option.reveal"))
    parser.add_argument("--passcode-stdin", action="store_true", help=words.text("option.passcode_check_stdin"))
    add_journal_options(parser, words)


def key_file(context: Context, data_dir: Path) -> KeyFile:
    """The journal's key, with its passphrase where it has one: typed at the terminal, or from standard input.

    Raises:
        CommandError: `journal_passphrase_terminal` or `journal_passphrase_missing`, and as `troubles.of_journal`.
    """
    from kiosk.cli.composition import journal_key_path
    from kiosk.cli.troubles import of_journal
    from kiosk.journal import KeyFile
    from kiosk.journal.key_file import needs_passphrase

    path = journal_key_path(data_dir)
    try:
        if not path.exists() or not needs_passphrase(path):
            return KeyFile(path)
        typed = passphrase(context)
        try:
            keys = KeyFile(path, lambda: typed)
            keys.master()  # now, so that a wrong passphrase is told before anything else happens; asked for only once
        finally:
            wipe(typed)
    except OSError as error:
        raise of_journal(error) from error
    return keys


def sealed_key_file(context: Context, data_dir: Path) -> KeyFile | None:
    """The journal's key where it has a passphrase, opened; else None. Loads nothing where there is none: the counter's
    first frame waits for it.

    Raises:
        CommandError: As `key_file`.
    """
    from kiosk.cli.composition import journal_key_path

    try:
        with journal_key_path(data_dir).open("rb") as file:
            sealed = file.read(len(_SEALED)) == _SEALED
    except OSError:  # told when the journal is opened
        return None
    return key_file(context, data_dir) if sealed else None


def passphrase(context: Context, message_id: str = "journal.passphrase.prompt") -> bytearray:
    """A passphrase, as it was typed. Raises CommandError as `secret_line`."""
    stdin = bool(context.option("passphrase_stdin"))

    def prompt() -> None:
        context.output.over(context.words.text(message_id) + " ")

    try:
        return secret_line("journal_passphrase", prompt, stdin=stdin)
    finally:
        if not stdin:
            context.output.over("")


def _looked_in(data_dir: Path) -> Path:
    """The same; one that is not there has an empty journal. Raises CommandError `journal_unreadable`."""
    if data_dir.exists() and not data_dir.is_dir():
        raise CommandError("journal_unreadable", reason=NotADirectoryError(errno.ENOTDIR, "no folder"))
    return data_dir


class JournalSource:
    """The journal of the data folder in use."""

    def __init__(self, context: Context, *, writes: bool = False) -> None:
        """Looking at it makes and writes nothing: it can be done on a disk that is full, or a copy that is read-only.

        With `writes` the data folder is made and proven writable. Raises CommandError for the data folder, the key and
        the passphrase.
        """
        from kiosk.cli.composition import KIOSK_NAME
        from kiosk.journal import JournalFile

        self._context = context
        self.data_dir = context.open_data_dir() if writes else _looked_in(context.data_dir())
        self.folder = self.data_dir / "journal"
        self.keys = key_file(context, self.data_dir)
        self.now = clock(None)
        self.journal = JournalFile(self.folder, self.keys, now=self.now, random_bytes=os.urandom, kiosk=KIOSK_NAME)

    def day(self) -> date | None:
        """The day asked for, or None for every day. Raises CommandError `bad_date`."""
        wanted = self._context.typed("date")
        return values.day(wanted, "--date") if wanted is not None else None

    def looked_at(self, expect: Head | None = None) -> Verification:
        """The whole chain, with progress, held against the head kept apart and `expect`. Raises CommandError."""
        from kiosk.cli.progress import Progress
        from kiosk.cli.troubles import of_journal
        from kiosk.journal import verify
        from kiosk.journal.head_file import usual_head_file
        from kiosk.journal.segments import parts

        try:
            with Progress(self._context.output, "journal.progress", len(parts(self.folder))) as progress:
                return verify(
                    self.folder,
                    self.keys,
                    expect=expect,
                    head_file=usual_head_file(self.folder),
                    progress=lambda done, _: progress.at(done),
                )
        except OSError as error:
            raise of_journal(error, "journal_unreadable") from error

    def note(self, entry: Entry) -> None:
        """Write an entry. Raises CommandError where the disk refuses."""
        from kiosk.cli.troubles import of_journal

        try:
            self.journal.append(entry)
        except OSError as error:
            raise of_journal(error) from error

    def reveal(self, command: str) -> bool:
        """Whether names and numbers are to be shown: asked for, the staff's passcode right where one is set, and noted
        in the journal before anything is shown.

        Raises:
            CommandError: `journal_passcode_wrong` (exit 5), `journal_passcode_wait` (exit 5), as `secret_line`, or
                what the passcodes' file refuses.
        """
        if not self._context.option("reveal"):
            return False
        from kiosk.journal import kinds

        self._check_passcode()
        day = self.day()
        self.note(kinds.revealed(self.now(), command, "" if day is None else day.isoformat()))
        return True

    def _check_passcode(self) -> None:
        from kiosk.cli.config_passcode import passcodes_told
        from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path

        store = PasscodeStore(passcode_path(self.data_dir), time.time)
        with passcodes_told():
            if not store.is_set(PasscodeKind.STAFF):
                self._context.output.note(self._context.words.text("journal.reveal.no_passcode"))
                return
            wait = store.wait_seconds(PasscodeKind.STAFF)
        if wait:
            raise CommandError("journal_passcode_wait", ExitCode.REFUSED, seconds=wait)
        stdin = bool(self._context.option("passcode_stdin"))

        def prompt() -> None:
            self._context.output.over(self._context.words.text("journal.passcode.prompt") + " ")

        try:
            typed = secret_line("journal_passcode", prompt, stdin=stdin)
        finally:
            if not stdin:
                self._context.output.over("")
        with passcodes_told():
            checked = store.check(PasscodeKind.STAFF, typed)
        if not checked.accepted:
            from kiosk.journal import kinds

            self.note(kinds.lock(self.now(), "refused"))
        if not checked.accepted and checked.wait_seconds:
            raise CommandError("journal_passcode_wait", ExitCode.REFUSED, seconds=checked.wait_seconds)
        if not checked.accepted:
            raise CommandError("journal_passcode_wrong", ExitCode.REFUSED, left=checked.tries_left)

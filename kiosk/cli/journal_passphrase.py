"""`madoguchi journal passphrase`: seals the journal's key with a passphrase, changes it, or takes it away.

The journal stays as it is: its key is the same, only how it lies on the disk changes. What breaks if it is wrong: a
journal that nobody can open any more.
"""

from __future__ import annotations

import os

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.journal_source import JournalSource, add_journal_options, passphrase
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options. A passphrase is never one of them."""
    parser.add_argument("--remove", action="store_true", help=words.text("option.passphrase_remove"))
    add_journal_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Set, change or remove it: 0; 1 where there was none to remove.

    From standard input come the present passphrase, where there is one, and then the new one, a line each.

    Raises:
        CommandError: `journal_passphrase_short`, `journal_passphrase_differs`; and as `JournalSource`.
    """
    from kiosk.cli.troubles import of_journal
    from kiosk.journal.key_file import SHORTEST_PASSPHRASE, create_key, needs_passphrase, protect_key

    source = JournalSource(context, writes=True)
    path, removing = source.keys.path, bool(context.option("remove"))
    try:
        create_key(path, os.urandom)
        sealed = needs_passphrase(path)
        new = b"" if removing else _new(context)
        if not removing and len(new) < SHORTEST_PASSPHRASE:
            raise CommandError("journal_passphrase_short", least=SHORTEST_PASSPHRASE)
        if sealed or not removing:
            protect_key(path, source.keys.master(), new, os.urandom)
    except OSError as error:
        raise of_journal(error) from error
    done = "set" if not removing else "removed" if sealed else "none"
    context.output.result(
        {"passphrase": not removing, "changed": done != "none"}, [context.words.text(f"journal.passphrase.{done}")]
    )
    return ExitCode.NEGATIVE if done == "none" else ExitCode.DONE


def _new(context: Context) -> bytearray:
    """The new one: typed twice at a terminal, once on standard input."""
    typed = passphrase(context, "journal.passphrase.new")
    if not context.option("passphrase_stdin") and passphrase(context, "journal.passphrase.again") != typed:
        raise CommandError("journal_passphrase_differs")
    return typed

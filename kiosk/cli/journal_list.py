"""`madoguchi journal list`: what happened at this counter, oldest first; names only with --reveal."""

from __future__ import annotations

from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.journal_source import JournalSource, add_looking_options
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_looking_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """List every entry that can be read. 1 where the journal is damaged, else 0.

    Raises:
        CommandError: As `JournalSource`.
    """
    from kiosk.cli import journal_lines, journal_rows

    source = JournalSource(context)
    day = source.day()
    revealed = source.reveal("list")
    found = source.looked_at()
    entries = [entry for entry in found.entries if day in (None, entry.at.date())]
    document = {
        "date": day.isoformat() if day else None,
        "masked": not revealed,
        "whole": found.whole,
        "entries": list(journal_rows.rows(entries, revealed=revealed)),
    }
    words = context.words
    lines = journal_lines.lines(entries, words, revealed=revealed) if entries else [words.text("journal.list.none")]
    context.output.result(document, lines)
    if not found.whole:
        context.output.note(words.text("journal.list.damaged", faults=len(found.faults)))
    return ExitCode.DONE if found.whole else ExitCode.NEGATIVE

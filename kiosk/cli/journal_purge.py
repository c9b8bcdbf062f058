"""`madoguchi journal purge`: destroys the keys of old days for good, and says so in the journal.

What breaks if it is wrong: days are gone that somebody still needed, or are still there.
"""

from __future__ import annotations

import os
import sys

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.journal_source import JournalSource, add_journal_options
from kiosk.cli.parsing import CommandParser
from kiosk.cli.progress import Progress
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--before", metavar="DATE", required=True, help=words.text("option.journal_before"))
    parser.add_argument("--yes", action="store_true", help=words.text("option.journal_yes"))
    add_journal_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Destroy every day before the one given, after a question. 0; 1 where there was nothing, or the answer was no.

    Raises:
        CommandError: `bad_date`; `journal_purge_future`: that would be days still in use; `journal_purge_yes`: nobody
            can be asked; and as `JournalSource`.
    """
    from kiosk.cli.troubles import of_journal
    from kiosk.journal import kinds
    from kiosk.journal.draft_store import DraftStore
    from kiosk.journal.outage_queue import OutageQueue
    from kiosk.journal.purge import candidates, newest_day, purge

    wanted = context.typed("before")
    assert wanted is not None  # argparse requires it
    before = values.day(wanted, "--before")
    source = JournalSource(context, writes=True)
    words = context.words
    try:
        if before > max(source.now().date(), newest_day(source.folder)):
            raise CommandError("journal_purge_future", where="--before")
        days = sorted({part.day.isoformat() for part in candidates(source.folder, before)})
        if days and not _sure(context, days):
            context.output.result(
                {"before": before.isoformat(), "days": [], "entries": 0}, [words.text("journal.purge.kept")]
            )
            return ExitCode.NEGATIVE
        with Progress(context.output, "journal.progress", len(days)) as progress:
            done = purge(
                source.folder, source.keys, before, source.now(), progress=lambda number, _: progress.at(number)
            )
        if done.days:
            source.note(kinds.purged(source.now(), before.isoformat(), done.days))
        queue = OutageQueue(source.data_dir / "queue", source.keys, now=source.now, random_bytes=os.urandom)
        queue.clean()
        DraftStore(source.data_dir / "drafts", source.keys, now=source.now, random_bytes=os.urandom).drop_all()
    except OSError as error:
        raise of_journal(error) from error
    said = (
        words.text("journal.purge.done", first=done.days[0], last=done.days[-1], count=done.entries)
        if done.days
        else words.text("journal.purge.nothing", before=before.isoformat())
    )
    context.output.result({"before": before.isoformat(), "days": list(done.days), "entries": done.entries}, [said])
    return ExitCode.DONE if done.days else ExitCode.NEGATIVE


def _sure(context: Context, days: list[str]) -> bool:
    """Ask at the terminal, unless --yes was given. Raises CommandError `journal_purge_yes` without a terminal."""
    if context.option("yes"):
        return True
    if sys.stdin is None or not sys.stdin.isatty() or context.output.as_json:
        raise CommandError("journal_purge_yes")
    context.output.note(context.words.text("journal.purge.ask", first=days[0], last=days[-1], count=len(days)))
    return sys.stdin.readline().strip().lower() == "yes"

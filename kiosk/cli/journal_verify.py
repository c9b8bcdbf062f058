"""`madoguchi journal verify`: whether the chain is whole, and the head to be noted on paper.

What breaks if it is wrong: a journal somebody changed is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.journal_source import JournalSource, add_journal_options
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only
    from kiosk.journal import Head
    from kiosk.journal.reading import Verification


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--expect", metavar="HEAD", help=words.text("option.journal_expect"))
    add_journal_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Follow the chain. 0 where it is whole and reaches every head it has to, else 1.

    Raises:
        CommandError: `journal_head`: what was given is no head; and as `JournalSource`.
    """
    expect = _expected(context)
    source = JournalSource(context)
    found = source.looked_at(expect)
    words = context.words
    expected = expect.sequence if expect is not None else 0
    faults = [
        {
            "code": fault.code.removeprefix("journal.fault."),
            "segment": fault.segment,
            "line": fault.line,
            "message": words.text(fault.code, segment=fault.segment, line=fault.line, expected=expected),
        }
        for fault in found.faults
    ]
    lost = [entry.sequence for entry in found.entries if entry.kind == "tail_lost"]
    document: dict[str, Any] = {
        "whole": found.whole,
        "head": str(found.head),
        "expected": str(expect) if expect else None,
        "kept_head": str(found.kept_head) if found.kept_head else None,
        "entries": len(found.entries),
        "torn": found.torn,
        "faults": faults,
        "purged": [
            {
                "day": stone.day.isoformat(),
                "entries": stone.entries,
                "first": stone.first,
                "last": stone.last.sequence,
                "whole": stone.whole,
                "purged_at": stone.purged_at.isoformat(),
            }
            for stone in found.purged
        ],
        "tail_lost": lost,
        "unknowable": [str(head) for head in found.unknowable],
    }
    context.output.result(document, _lines(found, document, words))
    return ExitCode.DONE if found.whole else ExitCode.NEGATIVE


def _expected(context: Context) -> Head | None:
    from kiosk.journal import Head

    # A head is no number of a person, whatever digits it has: its own form is checked instead.
    wanted = context.option("expect")
    if wanted is None:
        return None
    try:
        return Head.parse(wanted)
    except ValueError:
        raise CommandError("journal_head") from None


def _lines(found: Verification, document: dict[str, Any], words: Words) -> list[str]:
    lines = [words.text("journal.verify.whole" if found.whole else "journal.verify.damaged", count=len(found.entries))]
    lines += [f"- {fault['message']}" for fault in document["faults"]]
    lines += [
        words.text("journal.verify.purged" if stone.whole else "journal.verify.purged_damaged",
                   day=stone.day.isoformat(), count=stone.entries, at=f"{stone.purged_at:%Y-%m-%d %H:%M}")
        for stone in found.purged
    ]  # fmt: skip
    lines += [words.text("journal.verify.tail_lost", sequence=sequence) for sequence in document["tail_lost"]]
    lines += [words.text("journal.verify.unknowable", head=head) for head in document["unknowable"]]
    if found.torn:
        lines.append(words.text("journal.verify.torn"))
    if found.kept_head is None and found.entries:
        lines.append(words.text("journal.verify.no_kept_head"))
    if found.whole and found.head.sequence:
        lines.append(_numbered(found, words))
    return [*lines, words.text("journal.verify.head", head=document["head"])]


def _numbered(found: Verification, words: Words) -> str:
    """What the numbers of the chain count, since its last one is not the number of entries."""
    destroyed = sum(stone.entries for stone in found.purged)
    keys = found.head.sequence - len(found.entries) - destroyed
    word = "journal.verify.numbers.purged" if destroyed else "journal.verify.numbers"
    return words.text(word, last=found.head.sequence, count=len(found.entries), destroyed=destroyed, keys=keys)

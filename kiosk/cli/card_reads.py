"""`madoguchi card test`: reads a card again and again without a PIN, and says how often that worked and how fast.

Spends no try: label, certificate and the counter of the PIN are asked for, nothing is verified.
Rule: the origin of every certificate that was read is looked at, because cards may be exchanged between two reads.
What breaks if it is wrong: a bad reader is called good on the evening before it is used, or the real card that is laid
down in the middle is read without leave.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kiosk.cli.card_source import CardOrigin, add_card_options, chosen_slot, shown_by
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.progress import Progress
from kiosk.cli.troubles import of_reader, told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from reader.connection import CardSlot

DEFAULT_READS = 20
MOST_READS = 100_000


@dataclass(slots=True)
class Tally:
    """What became of the reads so far; milliseconds of those that worked."""

    reads: int = 0
    milliseconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    apdus: int = 0
    """Commands of the last read that worked."""
    total_bytes: int = 0

    @property
    def succeeded(self) -> int:
        """How many reads worked."""
        return len(self.milliseconds)


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_card_options(parser, words)
    parser.add_argument("-n", metavar="N", dest="reads", default=str(DEFAULT_READS), help=words.text("option.reads"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Read N times. 0 where every read worked, 1 where some did not, 3 where none did.

    Raises:
        CommandError: `bad_count`, `real_card`, or why there is nothing to read at all.
    """
    from kiosk.cli.values import count

    wanted = count(context.option("reads"), "-n", MOST_READS)
    tally = Tally()
    with told(), chosen_slot(context) as slot:
        origin = CardOrigin(context)
        _refuse_first(slot, origin)
        with Progress(context.output, "card.test.progress", wanted) as progress:
            while tally.reads < wanted:
                _read_once(slot, tally, origin)
                progress.at(tally.reads, succeeded=tally.succeeded)
    document = _document(slot.name, tally)
    context.output.result(document, _lines(document, context.words))
    if tally.succeeded == tally.reads:
        return ExitCode.DONE
    return ExitCode.NEGATIVE if tally.succeeded else ExitCode.CARD


def _refuse_first(slot: CardSlot, origin: CardOrigin) -> None:
    """One look before the counted ones: a card that may not be read, or none at all, is no matter of a success rate.

    A card that answers wrongly here is one: the counted reads will tell, and each asks for the origin again.
    """
    from reader.errors import CardProtocolError, CardRemovedError, StatusWordError
    from reader.jpki import JpkiSession

    connection = slot.connect()
    try:
        origin.refuse_real(shown_by(JpkiSession(connection)))
    except (StatusWordError, CardProtocolError, CardRemovedError):
        return
    except CommandError as error:
        _raise_refusal(error)
    finally:
        connection.close()


def _read_once(slot: CardSlot, tally: Tally, origin: CardOrigin) -> None:
    """One read into the tally. Raises CommandError `real_card`."""
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession
    from reader.trace import CountedConnection

    tally.reads += 1
    started = time.perf_counter()
    try:
        connection = CountedConnection(slot.connect())
        try:
            session = JpkiSession(connection)
            shown = shown_by(session)
            session.attempts_left(session.profile.authentication_pin)
        finally:
            connection.close()
        took = time.perf_counter() - started
        origin.refuse_real(shown)
    except ReaderError as error:
        tally.failures[of_reader(error).code] += 1
        return
    except CommandError as error:
        _raise_refusal(error)
        tally.failures[error.code] += 1
        return
    tally.milliseconds.append(took * 1000)
    tally.apdus, tally.total_bytes = connection.total, connection.total_bytes


def _raise_refusal(error: CommandError) -> None:
    """Raise what was refused; what the card did wrong counts as a read that failed."""
    if error.exit_code is ExitCode.REFUSED:
        raise error


def _document(reader: str, tally: Tally) -> dict[str, Any]:
    times = tally.milliseconds
    return {
        "reader": reader,
        "reads": tally.reads,
        "succeeded": tally.succeeded,
        "rate": round(tally.succeeded / tally.reads, 4),
        "failures": dict(sorted(tally.failures.items())),
        "milliseconds": {
            "fastest": round(min(times), 2),
            "median": round(statistics.median(times), 2),
            "slowest": round(max(times), 2),
        }
        if times
        else None,
        "apdus": tally.apdus,
        "bytes": tally.total_bytes,
    }


def _lines(document: dict[str, Any], words: Words) -> list[str]:
    percent = f"{document['rate'] * 100:.1f}"
    lines = [words.text("card.test.rate", **{**document, "rate": percent})]
    if document["milliseconds"] is not None:
        lines.append(words.text("card.test.times", **document["milliseconds"]))
        lines.append(words.text("card.test.said", apdus=document["apdus"], bytes=document["bytes"]))
    lines += [
        words.text("card.test.failure", code=code, count=count, message=words.text(f"error.{code}", detail="-"))
        for code, count in document["failures"].items()
    ]
    return lines

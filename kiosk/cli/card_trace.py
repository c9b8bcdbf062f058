"""`madoguchi card trace`: what is said between reader and card, masked, for a person, a script or a file.

Label, tries left, which certificates there are, and the certificate are asked for; nothing is verified and nothing
signed. The masks are `reader.trace`'s: a PIN or a certificate never stands in a trace.
Rule: standard output is the recording and nothing else, and a card that answers wrongly has one, because that is what a
trace is for. What breaks if it is wrong: a reader's trouble cannot be handed on, or a stranger's card is read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.cli.card_source import CardOrigin, add_card_options, chosen_slot, shown_by
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.output import Output
from kiosk.cli.parsing import CommandParser
from kiosk.cli.trace_file import traced_into
from kiosk.cli.troubles import of_reader, told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from reader.connection import CardSlot, SmartCardConnection

T = TypeVar("T")


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_card_options(parser, words)
    parser.add_argument("--output", metavar="FILE", help=words.text("option.trace_output"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Trace one look at the card. What the card or reader did wrong is part of the result, and the exit code is 3.

    Where a first look could not tell whose card it is, the traced one leaves the certificate alone, unless real cards
    are allowed: else a card that fails once would be read whosever it is.

    Raises:
        CommandError: `real_card`, `file_exists`, `trace_file`, or why there is nothing to trace.
    """
    from reader.recording import Recording
    from reader.trace import Exchange, TracedConnection

    exchanges: list[Exchange] = []
    output = context.typed("output")
    with told(), chosen_slot(context) as slot:
        origin = CardOrigin(context)
        unknown = _refuse_first(slot, origin)
        may_read = unknown is None or origin.real_allowed
        with traced_into(output) as into_file:
            connection = TracedConnection(into_file(slot.connect()), exchanges.append)
            try:
                wrong = _look(connection, origin if may_read else None) or unknown
            finally:
                connection.close()
        if wrong is not None and wrong.exit_code is ExitCode.REFUSED:
            # Of a real card that nobody allowed, nothing is kept.
            if output is not None:
                Path(output).unlink(missing_ok=True)
            raise wrong
    recording = Recording(tuple(exchanges), atr=connection.atr, reader=slot.name)
    document = {**recording.as_dict(), "reader": slot.name, "error": None if wrong is None else wrong.code}
    lines = (
        recording.as_text().splitlines() if output is None else [context.words.text("card.trace.saved", path=output)]
    )
    context.output.result(document, lines)
    if not may_read and wrong is not None and wrong.code != "not_myna_card":
        context.output.note(context.words.text("card.trace.no_certificate"))
    if wrong is not None:
        _tell(wrong, context.output)
    return ExitCode.DONE if wrong is None else ExitCode.CARD


def _tell(wrong: CommandError, output: Output) -> None:
    """Say what went wrong beside the recording; with --json its code stands in the object."""
    if output.as_json:
        return
    message, remedy = output.sentences(wrong)
    output.note(f"madoguchi: {message}")
    output.note(f"{output.words.text('remedy')}{remedy}")


def _refuse_first(slot: CardSlot, origin: CardOrigin) -> CommandError | None:
    """Why it cannot be told whose card it is; None where it can, and where the card may be traced as a whole.

    Raises:
        CommandError: `real_card`.
        ReaderError: There is no card to connect to.
    """
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession

    connection = slot.connect()
    try:
        origin.refuse_real(shown_by(JpkiSession(connection)))
    except ReaderError as error:
        return of_reader(error)
    except CommandError as error:
        if error.exit_code is ExitCode.REFUSED:
            raise
        return error
    finally:
        connection.close()
    return None


def _look(connection: SmartCardConnection, origin: CardOrigin | None) -> CommandError | None:
    """What went wrong with one look, or None. Without `origin` the certificate is not read.

    The certificate comes last: one that cannot be read, as in a replay, keeps nothing else out of the trace.
    """
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession

    try:
        session = JpkiSession(connection)
        profile = session.profile
        left = _unless_missing(lambda: session.attempts_left(profile.authentication_pin))
        _unless_missing(session.certificates_present)
        if (signing_pin := profile.signing_pin) is not None:
            _unless_missing(lambda: session.attempts_left(signing_pin))
        if left == 0:
            session.is_face_only()
        if origin is not None:
            # Another card may lie here than the one that was looked at first.
            origin.refuse_real(shown_by(session))
    except ReaderError as error:
        return of_reader(error)
    except CommandError as error:
        return error
    return None


def _unless_missing(ask: Callable[[], T]) -> T | None:
    """The answer, or None where the card has no such file: not every generation and kind has each (jpki-card.md §1.9).

    Raises:
        ReaderError: The card said anything else but an answer.
    """
    from reader.errors import StatusWordError
    from reader.status import SW

    try:
        return ask()
    except StatusWordError as refusal:
        if refusal.sw != SW.FILE_NOT_FOUND:
            raise
        return None

"""`madoguchi card trace`: what is said between reader and card, masked, for a person, a script or a file.

Label, which certificates there are, certificate and tries left are asked for; nothing is verified and nothing signed.
The masks are `reader.trace`'s: a PIN or a certificate never stands in a trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.cli.card_source import add_card_options, chosen_slot, refuse_real
from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.trace_file import traced_into
from kiosk.cli.troubles import of_reader, told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from reader.connection import CardSlot, SmartCardConnection
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_card_options(parser, words)
    parser.add_argument("--output", metavar="FILE", help=words.text("option.trace_output"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Trace one look at the card. What the card or reader did wrong is part of the trace, and then the exit code is 3.

    Raises:
        CommandError: `real_card`, `file_exists`, `trace_file`, or why there is nothing to trace.
    """
    from reader.recording import Recording
    from reader.trace import Exchange, TracedConnection

    exchanges: list[Exchange] = []
    wrong: ReaderError | None = None
    output = context.typed("output")
    with told(), chosen_slot(context) as slot:
        _refuse_first(slot, context)
        with traced_into(output) as into_file:
            connection = TracedConnection(into_file(slot.connect()), exchanges.append)
            try:
                wrong = _look(connection)
            finally:
                connection.close()
    recording = Recording(tuple(exchanges), atr=connection.atr, reader=slot.name)
    document = {**recording.as_dict(), "reader": slot.name, "error": None if wrong is None else of_reader(wrong).code}
    lines = (
        recording.as_text().splitlines() if output is None else [context.words.text("card.trace.saved", path=output)]
    )
    if wrong is not None:
        message, remedy = context.output.sentences(of_reader(wrong))
        lines += [message, remedy]
    context.output.result(document, lines)
    return ExitCode.DONE if wrong is None else ExitCode.CARD


def _refuse_first(slot: CardSlot, context: Context) -> None:
    """Whether the card may be traced at all; a card that cannot even say what it is, is what a trace is for."""
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession

    connection = slot.connect()
    try:
        session = JpkiSession(connection)
        session.kind()
        refuse_real(session, context)
    except ReaderError:
        return
    finally:
        connection.close()


def _look(connection: SmartCardConnection) -> ReaderError | None:
    from reader.errors import ReaderError
    from reader.jpki import JpkiSession

    try:
        session = JpkiSession(connection)
        session.kind()
        session.certificates_present()
        _certificate(session)
        session.attempts_left(session.profile.authentication_pin)
    except ReaderError as error:
        return error
    return None


def _certificate(session: JpkiSession) -> None:
    from reader.errors import StatusWordError
    from reader.status import SW

    try:
        session.authentication_certificate()
    except StatusWordError as refusal:
        if refusal.sw != SW.SECURITY_STATUS_NOT_SATISFIED:
            raise

"""`madoguchi card list | status | emulate`: readers and cards, without ever spending a PIN try."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kiosk.cli import values
from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from kiosk.cli.composition import CounterPlan
    from reader.connection import CardSlot


def fill(parser: CommandParser, words: Words) -> None:
    """Add `list`, `status` and `emulate`."""
    parser.commands("card", ("list", "status", "emulate"), (_fill_list, _fill_status, _fill_emulate))


def _fill_list(parser: CommandParser, words: Words) -> None:
    parser.set_defaults(run=list_readers)


def _fill_status(parser: CommandParser, words: Words) -> None:
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.persona_status"))
    parser.set_defaults(run=status)


def _fill_emulate(parser: CommandParser, words: Words) -> None:
    help_ = words.text("option.persona_emulate")
    parser.add_argument("--persona", metavar="NAME", required=True, help=help_)
    parser.add_argument("--vpcd", metavar="HOST:PORT", help=words.text("option.vpcd"))
    parser.set_defaults(run=emulate)


def list_readers(context: Context) -> int:
    """Print the attached readers and what lies on them. Nothing is powered up and nothing is sent to a card."""
    from reader.transports import pcsc

    with told():
        names = pcsc.list_readers()
        cards = pcsc.cards_on(names) if names else {}
    rows = [
        {"index": index, "name": name, "card": name in cards, "atr": cards.get(name, b"").hex(":").upper() or None}
        for index, name in enumerate(names)
    ]
    context.output.result({"readers": rows}, _table(rows, context.words))
    return ExitCode.DONE


def _table(rows: list[dict[str, Any]], words: Words) -> list[str]:
    if not rows:
        return [words.text("card.list.none")]
    shown = [("Nr.", "Card", "Name", "ATR")]
    yes, no = words.text("yes"), words.text("no")
    shown += [(str(row["index"]), yes if row["card"] else no, row["name"], row["atr"] or "") for row in rows]
    return in_columns(shown)


def status(context: Context) -> int:
    """Print the card's label and the tries left of each PIN, as the card tells them without a try."""
    from reader.errors import StatusWordError
    from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
    from reader.status import SW

    with told():
        slot = _slot(context)
        connection = slot.connect()
        try:
            session = JpkiSession(connection)
            session.kind()  # an unknown label is no My Number card: its counters are not asked for
            label = session.token_label()
            auth = session.attempts_left(AUTHENTICATION_PIN)
            try:
                sign: int | None = session.attempts_left(SIGNING_PIN)
            except StatusWordError as refusal:
                if refusal.sw != SW.FILE_NOT_FOUND:
                    raise
                sign = None  # a card without a 署名用 certificate may lack the password's file (jpki-card.md §1.9)
        finally:
            connection.close()
            slot.close()
    words = context.words
    lines = [
        words.text("card.status.reader", reader=slot.name),
        words.text("card.status.label", label=label),
        words.text("card.status.auth", left=auth),
        words.text("card.status.sign", left=sign) if sign is not None else words.text("card.status.no_sign"),
    ]
    context.output.result({"reader": slot.name, "label": label, "pins": {"auth": auth, "sign": sign}}, lines)
    return ExitCode.DONE


def _slot(context: Context) -> CardSlot:
    from kiosk.cli import composition

    persona, reader = context.typed("persona"), context.typed("reader")
    if persona is not None and reader is not None:
        raise CommandError("persona_and_reader")
    if persona is None:
        return composition.real_slot(reader or context.config.reader)
    composition.check_persona(persona)
    from kiosk.cli.held_card import look_at_card
    from reader.transports.in_process import SoftwareReader

    # Only looked at, so that a card may lie in another program's reader meanwhile.
    looked_at = SoftwareReader()
    looked_at.place(look_at_card(persona, composition.LazyAuthority(_plan(context)).open()))
    return looked_at


def _plan(context: Context) -> CounterPlan:
    from kiosk.cli.composition import CounterPlan

    return CounterPlan(context.open_data_dir(), now=context.now(), lang=context.words.lang)


def emulate(context: Context) -> int:
    """Plug the persona's card into the real PC/SC service and answer for it until SIGTERM or Ctrl-C.

    Raises:
        CommandError: `vpcd_not_listening`, `vpcd_slot_taken`, `unknown_persona`, or the data folder cannot be used.
    """
    from kiosk.cli import composition
    from kiosk.cli.held_card import take_card
    from reader.errors import ServiceUnavailableError
    from reader.transports import emulator, vpcd

    persona = context.typed("persona")
    assert persona is not None
    composition.check_persona(persona)
    wanted = context.typed("vpcd")
    host, port = ("127.0.0.1", vpcd.DEFAULT_PORT) if wanted is None else values.host_and_port(wanted, "--vpcd")
    with told():
        held = take_card(persona, composition.LazyAuthority(_plan(context)).open())

    def ready(reader: emulator.EmulatedReader) -> None:
        document = {"ready": True, "reader": reader.name, "slot": reader.slot, "persona": persona}
        context.output.result(document, [f"ready reader={reader.name} slot={reader.slot} persona={persona}"])

    stop = threading.Event()
    with _stopped_by_signals(stop):
        try:
            emulator.emulate(held.card, host, port, stop=stop, on_ready=ready)
        except ServiceUnavailableError as error:
            raise CommandError(error.reason, ExitCode.CARD, host=host, port=port) from error
        finally:
            held.let_go()
    return ExitCode.DONE


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C set `stop`, so that the card is taken out in order instead of torn out."""

    def end(_number: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

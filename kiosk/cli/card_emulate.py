"""`madoguchi card emulate`: the software card in the machine's PC/SC service, for any program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.cli import values
from kiosk.cli.card import counter_plan
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    help_ = words.text("option.persona_emulate")
    parser.add_argument("--persona", metavar="NAME", required=True, help=help_)
    parser.add_argument("--vpcd", metavar="HOST:PORT", help=words.text("option.vpcd"))
    parser.set_defaults(run=emulate)


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
        held = take_card(persona, composition.LazyAuthority(counter_plan(context)).open())

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

"""`madoguchi card emulate`: software cards in the machine's PC/SC service, for any program, until somebody ends it.

What it prints and answers is a contract with other people's scripts (docs/card-emulate.md, docs/schemas).
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import values
from kiosk.cli.card_source import counter_plan
from kiosk.cli.context import Context
from kiosk.cli.ending import stopped_by_signals
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from kiosk.cli.emulated_card import CardPlan
    from kiosk.cli.emulated_desk import EmulatedDesk
    from reader.transports.emulator import CardEmulator, EmulatedReader

LOOPBACK: Final = "127.0.0.1"
ONLY_STDIN: Final = "-"
"""`--control -`: commands come on standard input alone, and the slots may be empty at first."""
SILENCE_S: Final = 5.0
"""After how long without a reader that dials in a person is told what to look at."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options, and to its help every kind of card and every quirk."""
    from kiosk.cli.emulated_card import help_on_kinds

    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--persona", metavar="NAME", action="append", help=words.text("option.persona_emulate"))
    whose.add_argument("--replay", metavar="FILE", help=words.text("option.replay"))
    parser.add_argument("--variant", metavar="NAME", help=words.text("option.variant_emulate"))
    parser.add_argument("--quirk", metavar="NAME[=N]", action="append", help=words.text("option.quirk"))
    parser.add_argument("--contactless", metavar="RATE", help=words.text("option.contactless"))
    driver = parser.add_mutually_exclusive_group()
    driver.add_argument("--vpcd", metavar="HOST:PORT", help=words.text("option.vpcd"))
    driver.add_argument("--listen", metavar="HOST:PORT", nargs="?", const="", help=words.text("option.listen"))
    parser.add_argument("--control", metavar="PATH", help=words.text("option.control"))
    parser.epilog = f"{help_on_kinds(words)}\n\n{parser.epilog or ''}"
    parser.set_defaults(run=emulate)


def emulate(context: Context) -> int:
    """Lay the cards into the real PC/SC service and answer for them until SIGTERM, Ctrl-C or `quit`.

    Raises:
        CommandError: What was asked for makes no sense, `vpcd_not_listening`, `vpcd_slot_taken`, `listen_port`,
            `card_elsewhere`, `control_taken` and its sisters, or the data folder cannot be used.
    """
    from kiosk.cli import composition
    from kiosk.cli.control_lines import ControlLines, ControlSocket
    from kiosk.cli.emulated_desk import EmulatedDesk
    from kiosk.cli.emulator_door import announced, own_door

    plans, default = _plans(context)
    listens = context.option("listen") is not None
    host, port = _address(context)
    path = _control_path(context, empty=not plans)
    output, stop = context.output, threading.Event()
    with told(), ExitStack() as kept:
        kept.enter_context(stopped_by_signals(stop))
        plan = counter_plan(context)
        door = None
        if path := path or own_door(plan.data_dir):
            door = ControlSocket(path)
            kept.callback(door.close)
            kept.enter_context(announced(plan.data_dir, path))
        authority = composition.LazyAuthority(plan)
        emulator = _emulator(context, host, port, stop)
        desk = EmulatedDesk(emulator, authority.open, output, stop, default)
        kept.callback(desk.close)
        cards = _place_all(context, desk, plans, host, port, stop, listens=listens)
        if stop.is_set():
            return ExitCode.DONE
        first: dict[str, Any] = cards[0] if cards else {"reader": None, "slot": None, "persona": None}
        output.result({"ready": True, **first, "cards": cards}, [] if cards else [_line(None, None)])
        say_fd = 2 if output.as_json else 1
        say = output.note if output.as_json else (lambda line: output.text(f"{line}\n"))
        lines = ControlLines(desk.answer, door=door, say=say, say_fd=say_fd)
        kept.callback(lines.close)
        stop.wait()
    return ExitCode.DONE


def _plans(context: Context) -> tuple[list[CardPlan], CardPlan]:
    """The cards to begin with, and the kind of card that is meant where a command says nothing else."""
    from kiosk.cli import composition
    from kiosk.cli.emulated_card import CardPlan, read_quirks, read_rate, read_recording
    from reader.transports.emulated_slot import SLOTS

    personas, quirks = _typed_all(context, "persona"), _typed_all(context, "quirk")
    for persona in personas:
        composition.check_persona(persona)
    if len(set(personas)) < len(personas):
        raise CommandError("persona_in_other_slot", persona=next(p for p in personas if personas.count(p) > 1))
    if len(personas) > SLOTS:
        raise CommandError("too_many_cards", most=SLOTS)
    variant, rate, replay = context.typed("variant"), context.typed("contactless"), context.typed("replay")
    default = CardPlan(
        variant=None if variant is None else values.variant(variant),
        quirks=read_quirks(quirks),
        rate=None if rate is None else read_rate(rate),
    )
    if replay is None:
        return [default.for_persona(persona) for persona in personas], default
    if variant is not None:
        raise CommandError("variant_without_persona")
    recording = read_recording(replay)
    return [CardPlan(quirks=default.quirks, rate=default.rate, recording=recording)], default


def _typed_all(context: Context, name: str) -> list[str]:
    texts: list[str] = context.option(name) or []
    values.refuse_individual_number(*texts)
    return texts


def _address(context: Context) -> tuple[str, int]:
    """Where slot 0 is: the driver's address, or with --listen our own. Raises CommandError."""
    from reader.transports.emulated_slot import SLOTS
    from reader.transports.vpcd import DEFAULT_PORT

    listen, dial = context.typed("listen"), context.typed("vpcd")
    option, wanted = ("--listen", listen) if listen is not None else ("--vpcd", dial)
    if not wanted:
        return LOOPBACK, DEFAULT_PORT
    host, port = values.host_and_port(wanted, option)
    if listen is not None and not _is_loopback(host):
        raise CommandError("listen_not_loopback", host=host)
    if port + SLOTS - 1 > 65_535:
        raise CommandError("bad_port", where=option, value=str(port))
    return host, port


def _is_loopback(host: str) -> bool:
    """Whether it is an IPv4 address of this machine for itself; the driver dials IPv4 only."""
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def _control_path(context: Context, *, empty: bool) -> Path | None:
    """Where the control socket is to be. `empty`: no card lies anywhere at first, so somebody must be able to ask."""
    wanted = context.typed("control")
    if wanted is None:
        if empty and (sys.stdin is None or not sys.stdin.isatty()):
            message = context.words.text("emulate.what")
            raise CommandError("usage", message=message, prog="madoguchi card emulate")
        return None
    return None if wanted == ONLY_STDIN else Path(wanted)


def _emulator(context: Context, host: str, port: int, stop: threading.Event) -> CardEmulator:
    from reader.transports.emulated_slot import SLOTS
    from reader.transports.emulator import CardEmulator

    if context.option("listen") is None:
        return CardEmulator.dialling(host, port, stop)
    line = f"listening {' '.join(f'{host}:{port + number}' for number in range(SLOTS))}"
    try:
        # On standard error: what stands first on standard output is the ready line, whatever the mode.
        return CardEmulator.listening(host, port, stop, on_open=lambda: context.output.note(line))
    except OSError as error:
        raise CommandError("listen_port", ExitCode.CARD, host=host, port=port, reason=error) from error


def _place_all(
    context: Context,
    desk: EmulatedDesk,
    plans: list[CardPlan],
    host: str,
    port: int,
    stop: threading.Event,
    *,
    listens: bool,
) -> list[dict[str, Any]]:
    """Lay every card down, one after the other, and say so; fewer than wanted only where it was ended meanwhile."""
    from reader.errors import ServiceUnavailableError

    hint = threading.Timer(SILENCE_S, lambda: context.output.note(context.words.text("emulate.no_driver_yet")))
    if listens and plans:
        hint.daemon = True
        hint.start()
    cards: list[dict[str, Any]] = []
    try:
        for slot, plan in enumerate(plans):
            try:
                found = desk.place(slot, plan)
            except ServiceUnavailableError as error:
                raise CommandError(error.reason, ExitCode.CARD, host=host, port=port + slot) from error
            hint.cancel()
            if found is None or stop.is_set():
                break
            cards.append({"reader": found.name, "slot": found.slot, "persona": plan.persona})
            if not context.output.as_json:
                context.output.text(f"{_line(found, plan.persona)}\n")
    finally:
        hint.cancel()
    return cards


def _line(found: EmulatedReader | None, persona: str | None) -> str:
    if found is None:
        return "ready reader=- slot=- persona=-"
    return f"ready reader={found.name} slot={found.slot} persona={persona or '-'}"

"""`madoguchi card …`: the group and its table, and `list` and `status`, which never spend a PIN try.

Every other sub-command has a module of its own, loaded when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

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
    """Add every sub-command."""
    parser.commands("card", tuple(_COMMANDS), tuple(_COMMANDS.values()))


def _from(module: str, function: str) -> Callable[[CommandParser, Words], None]:
    def fill_later(parser: CommandParser, words: Words) -> None:
        getattr(import_module(f"kiosk.cli.{module}"), function)(parser, words)

    return fill_later


def _fill_list(parser: CommandParser, words: Words) -> None:
    parser.set_defaults(run=list_readers)


def _fill_status(parser: CommandParser, words: Words) -> None:
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.persona_status"))
    parser.set_defaults(run=status)


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
    looked_at.place(look_at_card(persona, composition.LazyAuthority(counter_plan(context)).open()))
    return looked_at


def counter_plan(context: Context) -> CounterPlan:
    """The plan of the data folder's own test CA and cards; makes the folder on first use."""
    from kiosk.cli.composition import CounterPlan

    return CounterPlan(context.open_data_dir(), now=context.now(), lang=context.words.lang)


_COMMANDS: Final[dict[str, Callable[[CommandParser, Words], None]]] = {
    "list": _fill_list,
    "status": _fill_status,
    "emulate": _from("card_emulate", "fill"),
}
"""Sub-commands in the order of the help."""

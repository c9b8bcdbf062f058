"""`madoguchi card …`: the group and its table, and `list` and `status`, which never spend a PIN try.

Every other sub-command has a module of its own, loaded when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from reader.jpki import JpkiSession
    from reader.profiles import PinFile


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
    from kiosk.cli.card_source import add_card_options

    add_card_options(parser, words, real=False)
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
    """Print the card's label and the tries left of each PIN, as the card tells them without a try.

    Neither a certificate nor a person is asked for, so a real card needs no permission here.
    """
    from kiosk.cli.card_source import chosen_slot
    from reader.jpki import JpkiSession

    with told(), chosen_slot(context) as slot:
        connection = slot.connect()
        try:
            session = JpkiSession(connection)
            session.kind()  # an unknown label is no My Number card: its counters are not asked for
            label, profile = session.token_label(), session.profile
            auth = _tries(session, profile.authentication_pin)
            sign = _tries(session, profile.signing_pin)
            face_only = auth == 0 and session.is_face_only()
        finally:
            connection.close()
    words = context.words
    lines = [
        words.text("card.status.reader", reader=slot.name),
        words.text("card.status.label", label=label),
        words.text("card.status.auth", left=auth) if auth is not None else words.text("card.status.no_auth"),
        words.text("card.status.sign", left=sign) if sign is not None else words.text("card.status.no_sign"),
    ]
    if face_only:
        lines.append(words.text("card.status.face_only"))
    context.output.result({"reader": slot.name, "label": label, "pins": {"auth": auth, "sign": sign}}, lines)
    return ExitCode.DONE


def _tries(session: JpkiSession, pin: PinFile | None) -> int | None:
    """The tries left of a PIN, or None where the card has no such PIN (jpki-card.md §1.9)."""
    from reader.errors import StatusWordError
    from reader.status import SW

    if pin is None:
        return None
    try:
        return session.attempts_left(pin)
    except StatusWordError as refusal:
        if refusal.sw != SW.FILE_NOT_FOUND:
            raise
        return None


_COMMANDS: Final[dict[str, Callable[[CommandParser, Words], None]]] = {
    "list": _fill_list,
    "status": _fill_status,
    "certificate": _from("card_certificate", "fill"),
    "trace": _from("card_trace", "fill"),
    "watch": _from("card_watch", "fill"),
    "test": _from("card_reads", "fill"),
    "enrol": _from("card_enrol", "fill"),
    "reset": _from("card_reset", "fill"),
    "emulate": _from("card_emulate", "fill"),
}
"""Sub-commands in the order of the help."""

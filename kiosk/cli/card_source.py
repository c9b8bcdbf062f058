"""Which card a `card …` command looks at, and whether it may: a persona's software card or what lies on a real reader.

Rule: a real person's card is read only where that was allowed in words, and its certificate stays in this process.
What breaks if it is wrong: somebody's certificate in a terminal's scrollback or in a script's log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from kiosk.cli.composition import CounterPlan
    from reader.connection import CardSlot
    from reader.jpki import JpkiSession


def add_card_options(parser: CommandParser, words: Words, *, real: bool = True) -> None:
    """Add --reader, --persona and --variant, and with `real` --allow-real-card."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.persona_status"))
    parser.add_argument("--variant", metavar="NAME", help=words.text("option.variant_status"))
    if real:
        parser.add_argument("--allow-real-card", action="store_true", help=words.text("option.allow_real_card_read"))


def counter_plan(context: Context) -> CounterPlan:
    """The plan of the data folder's own test CA and cards; makes the folder on first use."""
    from kiosk.cli.composition import CounterPlan

    return CounterPlan(context.open_data_dir(), now=context.now(), lang=context.words.lang)


@contextmanager
def chosen_slot(context: Context) -> Iterator[CardSlot]:
    """The slot with the card that is meant, for as long as the block lasts.

    A persona's card is only looked at: it may lie in another program's reader meanwhile, and nothing that happens to it
    is kept.

    Raises:
        CommandError: `persona_and_reader`, `variant_without_persona`, `unknown_persona`, `unknown_variant`.
        ReaderError: There is no such reader.
    """
    from kiosk.cli import composition

    persona, reader = context.typed("persona"), context.typed("reader")
    if persona is not None and reader is not None:
        raise CommandError("persona_and_reader")
    if persona is None:
        if context.typed("variant") is not None:
            raise CommandError("variant_without_persona")
        slot = composition.real_slot(reader or context.config.reader)
    else:
        slot = _software_slot(context, persona)
    try:
        yield slot
    finally:
        slot.close()


def _software_slot(context: Context, persona: str) -> CardSlot:
    from kiosk.cli import composition
    from kiosk.cli.held_card import look_at_card
    from kiosk.cli.values import variant
    from reader.transports.in_process import SoftwareReader

    composition.check_persona(persona)
    chosen = variant(context.typed("variant"))
    looked_at = SoftwareReader()
    looked_at.place(look_at_card(persona, composition.LazyAuthority(counter_plan(context)).open(), variant=chosen))
    return looked_at


def is_real(session: JpkiSession, context: Context) -> bool:
    """Whether the card is none of this installation's test cards, by the signature on its certificate.

    Raises:
        ReaderError: The card does not answer.
        CommandError: `card_unreadable`: its certificate cannot be read.
    """
    from kiosk.cli.composition import LazyAuthority
    from kiosk.services.card_origin import is_test_card
    from kiosk.services.interfaces import BrokenCertificateError

    try:
        return not is_test_card(session, LazyAuthority(counter_plan(context)).certificates())
    except BrokenCertificateError:
        raise CommandError("card_unreadable", ExitCode.CARD, detail="certificate") from None


def refuse_real(session: JpkiSession, context: Context) -> bool:
    """Whether the card is real; one that was not allowed is refused.

    Raises:
        CommandError: `real_card`, exit code 5.
    """
    real = is_real(session, context)
    if real and not context.option("allow_real_card"):
        raise CommandError("real_card", ExitCode.REFUSED, detail="-")
    return real

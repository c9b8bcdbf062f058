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
    from kiosk.services.shown_certificate import CardCertificate
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
    from kiosk.cli.held_card import look_at_card, own_variant
    from kiosk.cli.values import variant
    from reader.transports.in_process import SoftwareReader

    composition.check_persona(persona)
    wanted = context.typed("variant")
    chosen = own_variant(persona) if wanted is None else variant(wanted)
    looked_at = SoftwareReader()
    looked_at.place(look_at_card(persona, composition.LazyAuthority(counter_plan(context)).open(), variant=chosen))
    return looked_at


def shown_by(session: JpkiSession) -> CardCertificate:
    """The certificate that tells whose card it is, read anew: it must stay here until `CardOrigin` was asked about it.

    Raises:
        NotMynaCardError: The card is of a kind without certificate.
        ReaderError: The card does not answer, or has none.
    """
    from kiosk.services.card_desk import WITHOUT_CERTIFICATE
    from kiosk.services.shown_certificate import read_from_card
    from reader.errors import NotMynaCardError

    if session.kind() in WITHOUT_CERTIFICATE:
        raise NotMynaCardError(session.token_label())
    return read_from_card(session)


class CardOrigin:
    """Tells this installation's test cards from real ones. The test CA is opened once, when it is needed."""

    def __init__(self, context: Context) -> None:
        """`context`: whose data folder has the test CA, and whether --allow-real-card was typed."""
        from kiosk.cli.composition import LazyAuthority

        self._authority = LazyAuthority(counter_plan(context))
        self.real_allowed: bool = bool(context.option("allow_real_card"))
        """Whether a real card may be read."""

    def is_real(self, shown: CardCertificate) -> bool:
        """Whether the card that showed this is none of this installation's test cards, by signature.

        Raises:
            CommandError: `card_unreadable`, exit code 3: what it showed is no certificate.
        """
        from kiosk.services.card_origin import is_issued_by
        from kiosk.services.interfaces import BrokenCertificateError

        try:
            return not is_issued_by(shown, self._authority.certificates())
        except BrokenCertificateError:
            raise CommandError("card_unreadable", ExitCode.CARD, detail="certificate") from None

    def refuse_real(self, shown: CardCertificate) -> bool:
        """Whether the card is real; one that was not allowed is refused.

        Raises:
            CommandError: `real_card`, exit code 5; `card_unreadable`, exit code 3.
        """
        real = self.is_real(shown)
        if real and not self.real_allowed:
            raise CommandError("real_card", ExitCode.REFUSED, detail="-")
        return real

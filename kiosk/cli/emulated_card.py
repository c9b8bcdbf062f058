"""Which software card somebody wishes for, checked name by name, and the making of it.

Owns: what `--variant`, `--quirk`, `--contactless` and the words of the control language mean, and in which order a card
is put together: the card, over it its quirks, over these the air of a contactless reader.
What breaks if it is wrong: a rehearsal with another card than the one that was asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli import values
from kiosk.cli.cells import wrap_cells
from kiosk.cli.errors import CommandError
from kiosk.cli.held_card import HeldCard, own_variant, take_card
from kiosk.cli.words import Words
from reader.card.contactless import RATES, contactless
from reader.card.interface import EmulatedCard
from reader.card.quirks import QUIRKS, Quirk, QuirkError, parse_quirk, with_quirks
from reader.card.variants import VARIANT_NOTES, Variant

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from mock_server.issuer import TestAuthority
    from reader.recording import Recording
    from reader.transports.card_control import CardWish

NOBODY = "-"
"""What stands for the persona of a card that is nobody's, such as a recording."""
_HELP_WIDTH = 80
_HELP_INDENT = 26


@dataclass(frozen=True, slots=True)
class CardPlan:
    """One card as it is wanted. `recording` is a card of nobody's, in place of a persona's.

    `variant` None: the kind of card that the persona has.
    """

    persona: str | None = None
    variant: Variant | None = None
    quirks: tuple[Quirk, ...] = ()
    rate: int | None = None
    recording: Recording | None = None

    @property
    def kind(self) -> Variant:
        """The kind of the persona's card. Raises KeyError: there is no such persona."""
        assert self.persona is not None
        return own_variant(self.persona) if self.variant is None else self.variant

    def for_persona(self, persona: str) -> CardPlan:
        """The same kind of card, of somebody."""
        return replace(self, persona=persona, recording=None)

    def with_wish(self, wish: CardWish) -> CardPlan:
        """This plan with what a control line says otherwise.

        Raises:
            CommandError: `unknown_variant`, `unknown_quirk`, `bad_quirk`, `bad_contactless`. Not for the persona.
        """
        plan = self.for_persona(wish.persona)
        if wish.variant is not None:
            plan = replace(plan, variant=values.variant(wish.variant, "variant="))
        if wish.quirks is not None:
            plan = replace(plan, quirks=read_quirks(wish.quirks, "quirk="))
        if wish.contactless is not None:
            plan = replace(plan, rate=read_rate(wish.contactless, "contactless="))
        return plan

    def take(self, authority: TestAuthority | None) -> TakenCard:
        """Take the card from its place; a persona's is issued on first use. `authority` may be missing for a recording.

        Raises:
            CardHeldElsewhereError: It lies in another reader.
            KeyError: There is no such persona.
        """
        leaving = threading.Event()
        held = None

        def sleep(seconds: float) -> None:
            # A card that is slow on purpose comes away at once where it is taken away.
            leaving.wait(seconds)

        if self.recording is not None:
            from reader.replay import ReplayedCard

            card: EmulatedCard = ReplayedCard(self.recording, sleep=sleep)
        else:
            assert self.persona is not None
            assert authority is not None
            held = take_card(self.persona, authority, variant=self.kind)
            card = held.card
        card = with_quirks(card, self.quirks, sleep=sleep)
        if self.rate is not None:
            card = contactless(card, self.rate)
        return TakenCard(self, card, leaving, held)


@dataclass(frozen=True, slots=True)
class TakenCard:
    """A card in the hand. `leaving` is to be set when it is taken out of a reader."""

    plan: CardPlan
    card: EmulatedCard
    leaving: threading.Event
    held: HeldCard | None = None

    @property
    def persona(self) -> str:
        """Whose it is."""
        return self.plan.persona or NOBODY

    def let_go(self) -> None:
        """Put it back. Safe to call twice."""
        self.leaving.set()
        if self.held is not None:
            self.held.let_go()


def read_quirks(texts: Sequence[str], where: str = "--quirk") -> tuple[Quirk, ...]:
    """The quirks that are meant, in their order. Raises CommandError `unknown_quirk`, `bad_quirk`."""
    return tuple(_quirk(text, where) for text in texts)


def _quirk(text: str, where: str) -> Quirk:
    try:
        return parse_quirk(text)
    except QuirkError as error:
        if error.mistake == "unknown":
            near = values.nearest(text.partition("=")[0], error.names)
            raise CommandError("unknown_quirk", where=where, value=text, near=near, names=error.names) from error
        raise CommandError(
            "bad_quirk", where=where, value=text, usage=error.usage, lowest=error.lowest, highest=error.highest
        ) from error


def read_rate(text: str, where: str = "--contactless") -> int:
    """A bit rate in kbit/s. Raises CommandError `bad_contactless`."""
    if text not in map(str, RATES):
        raise CommandError("bad_contactless", where=where, value=text, names=tuple(map(str, RATES)))
    return int(text)


def read_recording(path: str) -> Recording:
    """A recording from a file. Raises CommandError `recording_unreadable`, `recording_bad`."""
    from reader.recording import Recording, RecordingError

    try:
        return Recording.load(Path(path))
    except OSError as error:
        raise CommandError("recording_unreadable", path=path, reason=error) from error
    except RecordingError as error:
        raise CommandError("recording_bad", path=path, place=error.where or "-", expected=error.expected) from error


def help_on_kinds(words: Words) -> str:
    """Every kind of card and every quirk, each with what it does, as the tail of a help text."""
    from reader.words import text as reader_text

    variants = [(variant.value, reader_text(words.lang, note.message_id)) for variant, note in VARIANT_NOTES.items()]
    quirks = [(kind.usage, words.text(kind.message)) for kind in QUIRKS.values()]
    return "\n\n".join(
        "\n".join([words.text(heading), *_table(rows)])
        for heading, rows in (("emulate.variants", variants), ("emulate.quirks", quirks))
    )


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    lines = []
    for name, meaning in rows:
        first, *more = wrap_cells(meaning, _HELP_WIDTH - _HELP_INDENT)
        head = f"  {name}"
        if len(head) > _HELP_INDENT - 2:
            lines.append(head)
            head = ""
        lines.append(f"{head:<{_HELP_INDENT}}{first}")
        lines += [" " * _HELP_INDENT + line for line in more]
    return lines

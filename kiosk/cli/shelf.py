"""The drawer: the personas' cards, and what whoever plays the patient can do with them on the software reader.

Joins the mock issuer and the software reader; knows no screen. What breaks if it is wrong: the drawer says another card
lies there than the counter reads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from kiosk.cli.held_card import HeldCard, own_variant, shelved_card, take_card
from kiosk.services.interfaces import ShelfCard
from reader.card.image import CardImageError, load_image
from reader.card.variants import Variant
from reader.transports.in_process import SoftwareReader

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from mock_server.issuer import TestAuthority
    from mock_server.personas import Persona


_WITHOUT_PIN: Final = {Variant.FACE_ONLY, Variant.MUTE}
"""Cards that nobody can type a PIN for."""


class SoftwareShelf:
    """CardShelf over a SoftwareReader. `authority` gives the test CA when the first card is placed."""

    def __init__(self, reader: SoftwareReader, authority: Callable[[], TestAuthority], lang: str = "ja") -> None:
        self._reader = reader
        self._authority = authority
        self._lang = lang
        self._lock = threading.Lock()
        self._held: HeldCard | None = None
        self._on_reader: str | None = None
        self._attached = True

    def cards(self) -> tuple[ShelfCard, ...]:
        """Every persona's card, in the order of the table."""
        from mock_server.personas import load_personas

        return tuple(self._shelf_card(persona) for persona in load_personas().values())

    def _shelf_card(self, persona: Persona) -> ShelfCard:
        pin = "" if own_variant(persona.name) in _WITHOUT_PIN else persona.pin
        said, who = persona.what_happens[self._lang], persona.person
        return ShelfCard(persona.name, persona.title, said, pin, who.birthdate, who.sex, who.address)

    def place(self, persona: str) -> None:
        """Lay the persona's card on the reader, in place of another one; issues it on first use.

        Raises:
            KeyError: There is no such persona.
            CardHeldElsewhereError: The card lies in another program's reader.
        """
        with self._lock:
            if self._held is None or self._on_reader != persona:
                held = take_card(persona, self._authority(), variant=own_variant(persona))
                self._let_go()
                self._held, self._on_reader = held, persona
            self._reader.place(self._held.card)

    def spent_tries(self) -> Mapping[str, int]:
        """Tries left of the cards that have fewer than a new one. A damaged file is told of when its card is placed."""
        from mock_server.personas import load_personas

        authority = self._authority()
        found: dict[str, int] = {}
        for persona in load_personas():
            variant = own_variant(persona)
            if variant in _WITHOUT_PIN:
                continue
            try:
                image = load_image(authority.card_image_path(persona, variant))
            except (OSError, CardImageError):
                continue
            pin = image.pins.get(image.layout.pin.ef)
            if pin is not None and pin.tries_left < pin.limit:
                found[persona] = pin.tries_left
        return found

    def make_new(self, persona: str) -> None:
        """The persona's card as if it had just been issued; it is taken off the reader for that.

        Raises:
            KeyError: There is no such persona.
            CardHeldElsewhereError: Another program holds the card.
        """
        authority, variant = self._authority(), own_variant(persona)
        with self._lock:
            if self._on_reader == persona:
                self._reader.remove()
                self._let_go()
            with shelved_card(persona, authority, variant=variant):
                authority.reset_card(persona, variant)

    def _let_go(self) -> None:
        held, self._held, self._on_reader = self._held, None, None
        if held is not None:
            held.let_go()

    def remove(self) -> None:
        """Take the card away."""
        with self._lock:
            self._reader.remove()
            self._let_go()

    def break_card(self) -> None:
        """The card on the reader goes mute until it is placed again."""
        with self._lock:
            self._reader.break_card()

    def unplug_reader(self) -> None:
        """The reader is gone, and the card with it."""
        with self._lock:
            self._reader.unplug()
            self._attached = False
            self._let_go()

    def plug_reader_in(self) -> None:
        """The reader is back, empty."""
        with self._lock:
            self._reader.plug_in()
            self._attached = True

    @property
    def lies_there(self) -> str | None:
        """The persona whose card is on the reader."""
        return self._on_reader

    @property
    def reader_attached(self) -> bool:
        """Whether the software reader is plugged in."""
        return self._attached

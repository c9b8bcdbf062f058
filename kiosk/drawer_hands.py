"""The hands that do what the drawer says: lay cards down, take them away, pull the reader.

One thread, so that things happen in the order in which they were asked for; making a card the first time takes a
moment. What breaks if it is wrong: the screen stands still while a key is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from kiosk.screens.drawer import DrawerAction, DrawerCard, DrawerChoice, DrawerScreen
from kiosk.services.interfaces import CardShelf
from kiosk.words import Words


class Face(Protocol):
    """What the simulated camera sees."""

    matches: bool


def drawer_cards(shelf: CardShelf) -> tuple[DrawerCard, ...]:
    """The cards of a shelf, as the drawer shows them."""
    return tuple(
        DrawerCard(card.persona, card.title, card.what_happens, card.pin, card.birthdate, card.sex, card.address)
        for card in shelf.cards()
    )


class DrawerHands:
    """Over one shelf, for as long as the counter runs."""

    def __init__(
        self,
        shelf: CardShelf,
        failed: Callable[[BaseException], None],
        face: Face | None = None,
        made_new: Callable[[], None] = lambda: None,
    ) -> None:
        """`failed` is called on the hands' thread with whatever went wrong, `made_new` there once a card is new again.

        `face` None: no camera to be turned.
        """
        self._made_new = made_new
        self._shelf = shelf
        self._face = face
        self._failed = failed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawer")
        self._last_placed = ""
        self._coming = ""
        """Whose card was asked for and does not lie there yet."""

    def open_drawer(self, words: Words) -> DrawerScreen:
        """The drawer as it is now, the cursor on the card that lies there or, where none does, was placed last."""
        shelf = self._shelf
        return DrawerScreen(
            words,
            drawer_cards(shelf),
            lies_there=shelf.lies_there,
            reader_attached=shelf.reader_attached,
            start=self._coming or shelf.lies_there or self._last_placed,
            face_matches=self._face is None or self._face.matches,
            look_at_tries=self._look_at_tries,
        )

    def _look_at_tries(self, tell: Callable[[Mapping[str, int]], None]) -> None:
        self._later(lambda: tell(self._shelf.spent_tries()))

    def do(self, choice: DrawerChoice | None) -> None:
        """What was asked for in the drawer; None asks for nothing."""
        if choice is None:
            return
        match choice.action:
            case DrawerAction.PLACE:
                self.place(choice.persona)
            case DrawerAction.MAKE_NEW:
                self._later(lambda: self._make_new(choice.persona))
            case DrawerAction.REMOVE:
                self._later(self._shelf.remove)
            case DrawerAction.BREAK:
                self._later(self._shelf.break_card)
            case DrawerAction.UNPLUG:
                self._later(self._shelf.unplug_reader)
            case DrawerAction.PLUG_IN:
                self._later(self._shelf.plug_reader_in)
            case DrawerAction.TURN_FACE:
                if self._face is not None:
                    self._face.matches = not self._face.matches

    def place(self, persona: str) -> None:
        """Lay a persona's card down, in place of the one that lies there."""
        self._last_placed = self._coming = persona
        self._later(lambda: self._place(persona))

    def _place(self, persona: str) -> None:
        try:
            self._shelf.place(persona)
        finally:
            if self._coming == persona:
                self._coming = ""

    def _make_new(self, persona: str) -> None:
        self._shelf.make_new(persona)
        self._made_new()

    def close(self) -> None:
        """Whatever was not begun is left undone."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _later(self, call: Callable[[], None]) -> None:
        def done() -> None:
            try:
                call()
            except Exception as error:
                self._failed(error)

        self._thread.submit(done)

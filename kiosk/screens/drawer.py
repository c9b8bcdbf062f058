"""The drawer: whoever plays the patient picks a card and does things to it. Software cards only.

Typed letters narrow the list to the people so named or, where nobody is, to those with whose card that happens.
Rule: the drawer answers what is to be done and closes; the application does it on a thread, because a card may have to
be made first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from string import digits
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from kiosk.screens.first_size import dress
from kiosk.screens.overlays import Overlay
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose
from kiosk.words import Words

_LONGEST_SEARCH = 20
"""Letters of a search at most: it stands in the drawer's first line."""


@dataclass(frozen=True, slots=True)
class DrawerCard:
    """One card of the drawer, as shown."""

    persona: str
    title: str
    what_happens: str
    pin: str = field(repr=False)
    birthdate: date | None = field(default=None, repr=False)
    """With `sex` (1 or 2, OQSCD007) and `address` what stands on the card's face; "" and None where it is not known."""
    sex: str = field(default="", repr=False)
    address: str = field(default="", repr=False)

    def is_called(self, typed: str) -> bool:
        """Whether what was typed stands in a name; width, case and blanks do not count."""
        return any(_folded(typed) in _folded(name) for name in (self.persona, self.title))

    def tells_of(self, typed: str) -> bool:
        """Whether it stands in what happens with the card."""
        return _folded(typed) in _folded(self.what_happens)


def _folded(text: str) -> str:
    """For comparing: half-width, small letters, no blanks (they part family and given name, and our phrases)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class DrawerAction(Enum):
    """What can be done."""

    PLACE = "place"
    MAKE_NEW = "make_new"
    """What a municipal office does with a locked card."""
    REMOVE = "remove"
    BREAK = "break"
    UNPLUG = "unplug"
    PLUG_IN = "plug_in"
    TURN_FACE = "turn_face"
    """The simulated camera sees the card's face from now on, or another one."""


@dataclass(frozen=True, slots=True)
class DrawerChoice:
    """Do this; `persona` is set for PLACE and MAKE_NEW."""

    action: DrawerAction
    persona: str = ""


_MOVES: Final = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -1000, "end": 1000}
"""Lines that a key moves the cursor by."""
_ACTIONS: Final = {"2": "REMOVE", "3": "BREAK", "4": "UNPLUG", "5": "PLUG_IN", "6": "TURN_FACE"}
"""`1` and `7` are the chosen card's."""


class DrawerScreen(Overlay[DrawerChoice | None]):
    """Cards on the left, the chosen one and the actions on the right."""

    ABOUT = "drawer"
    AUTO_FOCUS = ""
    """The line under the cursor has the focus; Textual's own choice, the first line, would move the cursor there."""
    VERTICAL_BREAKPOINTS = [(0, "-tight"), (24, "-short"), (32, "-tall")]  # noqa: RUF012 - Textual declares it so

    def __init__(
        self,
        words: Words,
        cards: tuple[DrawerCard, ...],
        *,
        lies_there: str | None,
        reader_attached: bool,
        start: str,
        face_matches: bool = True,
        look_at_tries: Callable[[Callable[[Mapping[str, int]], None]], None] | None = None,
    ) -> None:
        """`start` is the persona chosen when it opens, "" for the first; `face_matches`: what the camera sees.

        `look_at_tries` has `CardShelf.spent_tries` looked up elsewhere, and handed to what it is given, on any thread.
        """
        super().__init__(words)
        self._cards = cards
        self._lies_there = lies_there
        self._reader_attached = reader_attached
        self._face_matches = face_matches
        self._look_at_tries = look_at_tries
        self._spent: Mapping[str, int] = {}
        self._typed = ""
        self._listed = list(range(len(cards)))
        """Places of the cards that what was typed leaves, in order."""
        self._here = next((index for index, card in enumerate(cards) if card.persona == start), 0)

    @property
    def chosen(self) -> DrawerCard | None:
        """The card under the cursor; None where what was typed means nobody."""
        return self._cards[self._here] if self._here in self._listed else None

    def compose(self) -> ComposeResult:
        """List, details, actions."""
        dress(self)
        t = self._words.text
        with Vertical(classes="sheet"):
            with Horizontal(classes="drawer-head"):
                yield Prose(t("drawer.title"), classes="title")
                yield Prose(id="drawer-search", classes="quiet")
            with Horizontal(classes="drawer-body"):
                with DrawerList(id="drawer-list"):
                    for index, card in enumerate(self._cards):
                        here = t("drawer.lies_there") if card.persona == self._lies_there else ""
                        yield DrawerLine(index, card.title + here)
                with Vertical(id="drawer-card"):
                    yield Prose(id="drawer-what", classes="lead")
                    yield Prose(id="drawer-pin", classes="lead")
                    yield Prose(id="drawer-face", classes="lead")
                    yield Prose(id="drawer-now", classes="lead quiet")
            with Vertical(classes="answers"):
                with Horizontal():
                    yield Choice("1", t("drawer.place"), self.action_place, id="drawer-1")
                    yield Choice("2", t("drawer.remove"), lambda: self.action_do("REMOVE"), id="drawer-2")
                    yield Choice("3", t("drawer.break"), lambda: self.action_do("BREAK"), id="drawer-3")
                with Horizontal():
                    yield Choice("4", t("drawer.unplug"), lambda: self.action_do("UNPLUG"), id="drawer-4")
                    yield Choice("5", t("drawer.plug_in"), lambda: self.action_do("PLUG_IN"), id="drawer-5")
                    face = "drawer.face_misses" if self._face_matches else "drawer.face_matches"
                    yield Choice("6", t(face), lambda: self.action_do("TURN_FACE"), id="drawer-6")
                with Horizontal():
                    yield Choice("7", t("drawer.make_new"), self.action_make_new, id="drawer-7")
                    yield Choice("escape", t("drawer.close"), self.action_back, id="drawer-escape")

    def on_mount(self) -> None:
        """The chosen line has the focus; the tries of the cards come when they were looked up."""
        self._show()
        if self._look_at_tries is not None:
            self._look_at_tries(self._looked_up)

    def _looked_up(self, spent: Mapping[str, int]) -> None:
        """On any thread, also when the drawer has closed."""
        if self.is_running:
            self.call_later(self.know_tries, spent)

    def know_tries(self, spent: Mapping[str, int]) -> None:
        """Say beside the PIN how often it may still be typed, 0 for a locked one; of others it is not said."""
        self._spent = spent
        self._show()

    def _show(self) -> None:
        t, card = self._words.text, self.chosen
        self.query_one("#drawer-search", Prose).say(self._search())
        self.query_one("#drawer-what", Prose).say(f"{card.what_happens}\n({card.persona})" if card else "")
        self.query_one("#drawer-pin", Prose).say("" if card is None else self._pin(card))
        self.query_one("#drawer-face", Prose).say(self._face(card))
        reader = t("drawer.reader_attached" if self._reader_attached else "drawer.reader_gone")
        lying = next((each.title for each in self._cards if each.persona == self._lies_there), "")
        if lying:
            reader = t("drawer.on_reader", name=lying)
        face = "drawer.face_is_the_cards" if self._face_matches else "drawer.face_is_anothers"
        self.query_one("#drawer-now", Prose).say(f"{reader}\n{t(face)}")
        listed = set(self._listed)
        for line in self.query(DrawerLine):
            line.display = line.index in listed
            line.mark(here=card is not None and line.index == self._here)
            if line.is_here:
                self.set_focus(line)
                self.call_after_refresh(line.scroll_visible, animate=False)

    def _pin(self, card: DrawerCard) -> str:
        t = self._words.text
        if not card.pin:
            return t("drawer.no_pin")
        pin, left = t("drawer.pin", pin=card.pin), self._spent.get(card.persona)
        if left is None:
            return pin
        return f"{pin}\n{t('drawer.locked') if left == 0 else t('drawer.tries_left', left=left)}"

    def _face(self, card: DrawerCard | None) -> str:
        """What the holder would show: 4情報 are noted from it, and the name stands in the list."""
        if card is None or card.birthdate is None:
            return ""
        t = self._words.text
        sex = t("drawer.face.male") if card.sex == "1" else t("drawer.face.female") if card.sex == "2" else ""
        born = t("drawer.face.born", day=card.birthdate.isoformat(), sex=sex).strip()
        return f"{born}\n{card.address}"

    def _search(self) -> str:
        every = len(self._cards)
        if not self._typed:
            return self._words.text("drawer.search", every=every)
        said = "drawer.found" if self._listed else "drawer.nobody"
        return self._words.text(said, typed=self._typed, found=len(self._listed), every=every)

    def choose(self, index: int) -> None:
        """Put the cursor on the card at this place of the whole drawer, where it is listed."""
        if index in self._listed:
            self._here = index
            self._show()

    def search(self, typed: str) -> None:
        """List only the cards that are meant; the cursor stays where it can, or goes to the first."""
        self._typed = typed
        cards = list(enumerate(self._cards))
        named = [index for index, card in cards if card.is_called(typed)]
        self._listed = named or [index for index, card in cards if card.tells_of(typed)]
        if self._here not in self._listed and self._listed:
            self._here = self._listed[0]
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Letters search; digits are the actions below.

        All keys here, none as a binding: Textual would ask for that one turn later, and a letter overtake an arrow.
        """
        if event.key in _MOVES:
            self.action_move(_MOVES[event.key])
        elif event.key in _ACTIONS:
            self.action_do(_ACTIONS[event.key])
        elif event.character is not None and event.is_printable and event.character not in digits:
            self.search((self._typed + event.character).strip()[:_LONGEST_SEARCH])
        else:
            match event.key:
                case "1" | "enter":
                    self.action_place()
                case "7":
                    self.action_make_new()
                case "backspace":
                    self.action_shorten()
                case "escape":
                    self.action_back()
                case "f2":
                    self.action_close()
                case _:
                    return
        event.stop()
        event.prevent_default()

    def action_shorten(self) -> None:
        """Backspace."""
        self.search(self._typed[:-1])

    def action_move(self, by: int) -> None:
        """Up and down the list."""
        if self._listed:
            at = self._listed.index(self._here) + by
            self.choose(self._listed[max(0, min(len(self._listed) - 1, at))])

    def action_back(self) -> None:
        """Show everybody again, or do nothing and close."""
        if self._typed:
            self.search("")
        else:
            self.action_close()

    def action_close(self) -> None:
        """Do nothing."""
        self.close_with(None)

    def action_place(self) -> None:
        """Lay the chosen card on the reader and close."""
        if self.chosen is not None:
            self.close_with(DrawerChoice(DrawerAction.PLACE, self.chosen.persona))

    def action_make_new(self) -> None:
        """The chosen card is as if it had just been issued, and close."""
        if self.chosen is not None:
            self.close_with(DrawerChoice(DrawerAction.MAKE_NEW, self.chosen.persona))

    def action_do(self, action: str) -> None:
        """One of the things that can be done to reader and card, and close."""
        self.close_with(DrawerChoice(DrawerAction[action]))

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()


class DrawerList(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The lines. Without the keys of a scrolling container: up and down move the cursor, and the list follows it."""


class DrawerLine(Prose, can_focus=True):
    """One card of the list."""

    DEFAULT_CSS = """
    DrawerLine { height: auto; }
    """

    def __init__(self, index: int, title: str) -> None:
        super().__init__(f"   {title}")
        self.index = index
        self.is_here = False
        self._title = title

    @property
    def _drawer(self) -> DrawerScreen:
        drawer = self.screen
        assert isinstance(drawer, DrawerScreen)
        return drawer

    def mark(self, *, here: bool) -> None:
        """The chosen line is marked by a sign as well as by its colour."""
        if here != self.is_here:
            self.is_here = here
            self.set_class(here, "-here")
            self.say(f"{'＞' if here else '  '} {self._title}")

    def on_click(self, event: events.Click) -> None:
        """The mouse chooses; a second click lays the card down."""
        event.stop()
        if self.is_here and event.chain > 1:
            self._drawer.action_place()
        else:
            self._drawer.choose(self.index)

    def on_focus(self) -> None:
        """Tab moves the cursor too. Told of late, when arrows have moved it on, it stays there."""
        if not self.is_here and self.screen.focused is self:
            self._drawer.choose(self.index)

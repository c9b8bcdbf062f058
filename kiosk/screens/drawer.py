"""The drawer: whoever plays the patient picks a card and does things to it. Software cards only.

Rule: the drawer answers what is to be done and closes; the application does it on a thread, because a card may have to
be made first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen

from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class DrawerCard:
    """One card of the drawer, as shown."""

    persona: str
    title: str
    what_happens: str
    pin: str = field(repr=False)


class DrawerAction(Enum):
    """What can be done."""

    PLACE = "place"
    REMOVE = "remove"
    BREAK = "break"
    UNPLUG = "unplug"
    PLUG_IN = "plug_in"


@dataclass(frozen=True, slots=True)
class DrawerChoice:
    """Do this; `persona` is set for PLACE."""

    action: DrawerAction
    persona: str = ""


class DrawerScreen(ModalScreen[DrawerChoice | None]):
    """Cards on the left, the chosen one and the actions on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,f2", "close"),
        ("up", "move(-1)"),
        ("down", "move(1)"),
        ("pageup", "move(-8)"),
        ("pagedown", "move(8)"),
        ("1", "place"),
        ("2", "do('REMOVE')"),
        ("3", "do('BREAK')"),
        ("4", "do('UNPLUG')"),
        ("5", "do('PLUG_IN')"),
    ]

    def __init__(
        self, words: Words, cards: tuple[DrawerCard, ...], *, lies_there: str | None, reader_attached: bool, start: str
    ) -> None:
        """`start` is the persona chosen when the drawer opens, "" for the first."""
        super().__init__(id="drawer")
        self._words = words
        self._cards = cards
        self._lies_there = lies_there
        self._reader_attached = reader_attached
        self._here = next((index for index, card in enumerate(cards) if card.persona == start), 0)

    @property
    def chosen(self) -> DrawerCard:
        """The card under the cursor."""
        return self._cards[self._here]

    def compose(self) -> ComposeResult:
        """List, details, actions."""
        t = self._words.text
        with Vertical(classes="sheet"):
            yield Prose(t("drawer.title"), classes="title")
            with Horizontal(classes="drawer-body"):
                with VerticalScroll(id="drawer-list", can_focus=False):
                    for index, card in enumerate(self._cards):
                        here = t("drawer.lies_there") if card.persona == self._lies_there else ""
                        yield DrawerLine(index, card.title + here)
                with Vertical(id="drawer-card"):
                    yield Prose(id="drawer-what", classes="lead")
                    yield Prose(id="drawer-pin", classes="lead")
                    yield Prose(id="drawer-now", classes="lead quiet")
            with Vertical(classes="answers"):
                with Horizontal():
                    yield Choice("1", t("drawer.place"), self.action_place, id="drawer-1")
                    yield Choice("2", t("drawer.remove"), lambda: self.action_do("REMOVE"), id="drawer-2")
                    yield Choice("3", t("drawer.break"), lambda: self.action_do("BREAK"), id="drawer-3")
                with Horizontal():
                    yield Choice("4", t("drawer.unplug"), lambda: self.action_do("UNPLUG"), id="drawer-4")
                    yield Choice("5", t("drawer.plug_in"), lambda: self.action_do("PLUG_IN"), id="drawer-5")
                    yield Choice("escape", t("drawer.close"), self.action_close, id="drawer-escape")

    def on_mount(self) -> None:
        """The chosen line has the focus."""
        self._show()

    def _show(self) -> None:
        card = self.chosen
        self.query_one("#drawer-what", Prose).say(card.what_happens)
        self.query_one("#drawer-pin", Prose).say(self._words.text("drawer.pin", pin=card.pin))
        state = "drawer.reader_attached" if self._reader_attached else "drawer.reader_gone"
        self.query_one("#drawer-now", Prose).say(self._words.text(state))
        for line in self.query(DrawerLine):
            line.mark(here=line.index == self._here)
            if line.index == self._here:
                self.set_focus(line)
                line.scroll_visible(animate=False)

    def choose(self, index: int) -> None:
        """Put the cursor on a card."""
        self._here = max(0, min(len(self._cards) - 1, index))
        self._show()

    def action_move(self, by: int) -> None:
        """Up and down the list."""
        self.choose(self._here + by)

    def action_close(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    def action_place(self) -> None:
        """Lay the chosen card on the reader and close."""
        self.dismiss(DrawerChoice(DrawerAction.PLACE, self.chosen.persona))

    def action_do(self, action: str) -> None:
        """One of the things that can be done to reader and card, and close."""
        self.dismiss(DrawerChoice(DrawerAction[action]))

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()


class DrawerLine(Prose, can_focus=True):
    """One card of the list."""

    DEFAULT_CSS = """
    DrawerLine { height: auto; }
    """

    def __init__(self, index: int, title: str) -> None:
        super().__init__(title)
        self.index = index
        self._title = title

    def mark(self, *, here: bool) -> None:
        """The chosen line is marked by a sign as well as by its colour."""
        self.set_class(here, "-here")
        self.say(f"{'＞' if here else '  '} {self._title}")

    def on_click(self, event: events.Click) -> None:
        """The mouse chooses; a second click lays the card down."""
        event.stop()
        drawer = self.screen
        assert isinstance(drawer, DrawerScreen)
        if drawer.chosen is drawer._cards[self.index] and event.chain > 1:  # noqa: SLF001 - its own line
            drawer.action_place()
        else:
            drawer.choose(self.index)

    def on_focus(self) -> None:
        """Tab moves the cursor too."""
        drawer = self.screen
        if isinstance(drawer, DrawerScreen) and drawer.chosen is not drawer._cards[self.index]:  # noqa: SLF001
            drawer.choose(self.index)

    def on_key(self, event: events.Key) -> None:
        """Enter lays the card down."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            drawer = self.screen
            assert isinstance(drawer, DrawerScreen)
            drawer.action_place()

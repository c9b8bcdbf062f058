"""Ctrl+P: the commands of the counter by name, for staff only. Typing narrows, a number or Enter takes.

Our own small palette: Textual's takes a screenshot and draws with characters of ambiguous width. It exists while the
staff side is open and not otherwise. What breaks if it is wrong: a patient finds a screenshot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from eligibility.names import fold_kana
from kiosk.screens.overlays import Overlay
from kiosk.staff.styles import STYLES
from kiosk.widgets.choice import Choice
from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.prose import Prose
from kiosk.words import Words

_SHOWN: Final = 9


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, and what it does."""

    label: str
    act: Callable[[], None]


class PaletteScreen(Overlay[Command | None]):
    """Ends with the command that was taken, or None."""

    CSS = STYLES
    ABOUT = "side-palette"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,ctrl+p,f4", "give_up")]

    def __init__(self, words: Words, commands: tuple[Command, ...]) -> None:
        super().__init__(words)
        self._commands = commands
        self._found = commands[:_SHOWN]

    def compose(self) -> ComposeResult:
        """A field and the commands that fit."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("side.palette.title"), classes="title")
            yield JaInput("", max_length=40, entered=self._first, id="palette-typed")
            with Vertical(id="palette-list"):
                yield from self._choices()
            yield Prose(self._words.text("side.palette.how"), classes="quiet")

    def on_mount(self) -> None:
        """Typing goes to the field."""
        self.set_focus(self.query_one(JaInput))

    def _choices(self) -> list[Choice]:
        return [
            Choice(str(number), command.label, partial(self._take, command), id=f"command-{number}")
            for number, command in enumerate(self._found, start=1)
        ]

    @on(Input.Changed)
    async def _typed(self, message: Input.Changed) -> None:
        message.stop()
        typed = message.value.strip()
        if len(typed) == 1 and typed.isdecimal() and 1 <= int(typed) <= len(self._found):
            self._take(self._found[int(typed) - 1])
            return
        sought = fold_kana(typed).lower()
        self._found = tuple(one for one in self._commands if sought in fold_kana(one.label).lower())[:_SHOWN]
        shown = self.query_one("#palette-list")
        async with self.batch():
            await shown.remove_children()
            await shown.mount(*self._choices())
            if not self._found:
                await shown.mount(Prose(self._words.text("side.palette.none")))

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()

    def on_key(self, event: events.Key) -> None:
        """The arrows move between the field and the commands."""
        if event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            if event.key == "down":
                self.focus_next()
            else:
                self.focus_previous()

    def _first(self) -> None:
        if self._found:
            self._take(self._found[0])

    def _take(self, command: Command) -> None:
        self.close_with(command)

    def action_give_up(self) -> None:
        """Nothing."""
        self.close_with(None)

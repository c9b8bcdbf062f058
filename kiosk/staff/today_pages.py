"""今日の受付 as a pane and as pages: the list, one visit in full, and taking one back that is over.

Made of what the journal says now; nothing of it is kept when the staff side closes. What breaks if it is wrong: what
was done today cannot be found, or is found by a patient.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.screens.view import Setting
from kiosk.staff.entry_copy import answer_kept, copied_text
from kiosk.staff.interfaces import CORRECTIONS, DayEntry
from kiosk.staff.page import Hands, Page, Row
from kiosk.staff.today import VISIT_KINDS, DayLine, day_lines, detail_lines, folded, is_taken_back, owed
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose
from kiosk.words import Words

_TIME = 6
_SIGN = 4
SIGN_WORDS: Final = {
    "*": "side.today.sign.done",
    "!": "side.today.sign.care",
    "...": "side.today.sign.pending",
    "-": "side.today.sign.nothing",
    "x": "side.today.sign.taken_back",
}
"""What each sign of `kiosk.staff.today.DayLine` says, where there is room for a word beside it."""


class DayRow(Widget, can_focus=True):
    """One visit of the day: time, name as it came, owed, sign. Enter or a click shows it in full."""

    DEFAULT_CSS = """
    DayRow { width: 1fr; height: 1; }
    """

    def __init__(self, line: DayLine, words: Words, chosen: Callable[[DayLine], None]) -> None:
        super().__init__()
        self.line = line
        self._owed = _owed(line, words)
        self._chosen = chosen

    def render(self) -> Content:
        """Time, name cut to fit, owed, sign at the end where the eye runs down."""
        width = self.content_size.width
        tail = f" {self._owed} {self.line.sign.rjust(_SIGN - 1)}"
        room = max(2, width - _TIME - cell_len(tail))
        return Content(f"{self.line.entry.at:%H:%M} {_in_cells(self.line.label, room)}{tail}")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The whole width."""
        return container.width

    def choose(self) -> None:
        """Show it."""
        self._chosen(self.line)

    def on_click(self, event: events.Click) -> None:
        """The mouse chooses."""
        event.stop()
        self.choose()

    def on_key(self, event: events.Key) -> None:
        """Enter chooses; the arrows move in the list."""
        if event.key in ("enter", "space"):
            self.choose()
        elif event.key in ("up", "down"):
            rows = list(self.parent.query(DayRow)) if isinstance(self.parent, Widget) else [self]
            self.screen.set_focus(rows[(rows.index(self) + (1 if event.key == "down" else -1)) % len(rows)])
        else:
            return
        event.stop()
        event.prevent_default()


def _in_cells(label: str, room: int) -> str:
    """A label cut or filled to so many cells. A number at its end (`No.21`) stays whole: half of it is another one."""
    words, blank, number = label.rpartition(" ")
    left = room - cell_len(blank + number)
    if left < 0 or not any(character.isdigit() for character in number):
        return set_cell_size(label, room)
    return set_cell_size(set_cell_size(words, min(left, cell_len(words))) + blank + number, room)


class TodayList(VerticalScroll, can_focus=False):
    """The rows, renewed in place so that the one with the focus keeps it."""

    def __init__(self, words: Words, chosen: Callable[[DayLine], None]) -> None:
        super().__init__()
        self._words = words
        self._chosen = chosen
        self._lines: tuple[DayLine, ...] | None = None

    async def show(self, entries: Sequence[DayEntry]) -> None:
        """Show what the journal says now."""
        lines = folded(day_lines(entries, self._words), self._words)
        if lines == self._lines:
            return
        self._lines = lines
        here = self.screen.focused
        focused = here.line.visit if isinstance(here, DayRow) and here in self.query(DayRow) else None
        await self.remove_children()
        rows = [DayRow(line, self._words, self._chosen) for line in lines]
        await self.mount(*rows)
        if not rows:
            await self.mount(Prose(self._words.text("side.today.none"), classes="quiet"))
        for row in rows:
            if row.line.visit == focused:
                self.screen.set_focus(row)


class TodayPage(Page):
    """The list as a page of its own, with numbers for the newest nine; the arrows reach every line."""

    NAME: ClassVar[str] = "side-today"

    def __init__(
        self, setting: Setting, hands: Hands, entries: Sequence[DayEntry], here: tuple[str, int] | None = None
    ) -> None:
        """`here` is the visit that the cursor stands on first; the newest where it is None or not in the list."""
        super().__init__(setting, hands)
        self._entries = entries
        self._here = here

    @property
    def here(self) -> tuple[str, int] | None:
        """The visit that the cursor stands on."""
        return next((choice.line.visit for choice in self.query(LineChoice) if choice.has_focus), None)

    def first_focus(self) -> Widget | None:
        """The visit that the cursor stood on before the list was read again."""
        same = (choice for choice in self.query(LineChoice) if choice.line.visit == self._here)
        return next(same, None) or super().first_focus()

    def from_the_top(self) -> None:
        """As far down as the line with the cursor needs."""
        super().from_the_top()
        if self._here is None or not self.is_attached:  # another page may have taken its place before it was drawn
            return
        for choice in self.query(LineChoice):
            if choice.has_focus:
                choice.scroll_visible(animate=False)

    def compose(self) -> ComposeResult:
        """Newest first."""
        words = self.setting.words
        lines = folded(day_lines(self._entries, words), words)
        with Vertical(classes="middle answers"):
            if not lines:
                yield self.say("side.today.none", classes="quiet")
            yield from _choices(self, lines)
            yield self.back_choice()


class LineChoice(Choice):
    """A line of the day as an answer."""

    def __init__(self, key: str, label: str, line: DayLine, chosen: Callable[[DayLine], None]) -> None:
        """`key` is "" where no digit is left."""
        super().__init__(key, label, partial(chosen, line), id=f"choice-{key}" if key else None)
        self.line = line


def _choices(page: Page, lines: Sequence[DayLine]) -> Iterator[Choice]:
    """The lines, the first nine by number too."""
    words = page.setting.words
    for key, line in zip(chain("123456789", repeat("")), lines, strict=False):
        said = words.text(SIGN_WORDS[line.sign])
        parts = (f"{line.entry.at:%H:%M} {line.label}", _owed(line, words), f"{line.sign} {said}")
        label = "  ".join(part for part in parts if part)
        yield LineChoice(key, label, line, page.hands.show_entry)


def _way_back(page: Page) -> Widget | None:
    """`0`: where Enter pressed once too often must do nothing."""
    return next((choice for choice in page.choices() if choice.key == "0"), None)


def _owed(line: DayLine, words: Words) -> str:
    """Of a visit that came to nothing, or was taken back, there is nothing to say."""
    return "" if line.single or line.sign in ("-", "x") else owed(line.entry, words)


class EntryPage(Page):
    """One visit of today in full; of a line that stands for several, the list of them."""

    NAME: ClassVar[str] = "side-entry"

    def __init__(self, setting: Setting, hands: Hands, line: DayLine) -> None:
        super().__init__(setting, hands)
        self._line = line
        self._entry = line.entry
        self._entries = line.entries
        self._single = line.single

    def written_since(self, entries: Sequence[DayEntry]) -> DayLine | None:
        """The same visit as the journal has it now, where something of it was written since; None: nothing was."""
        words = self.setting.words
        lines = folded(day_lines(entries, words), words)
        same = next((line for line in lines if line.visit == self._line.visit), self._line)
        return None if same == self._line else same

    def first_focus(self) -> Widget | None:
        """The way back; of several, the newest."""
        return super().first_focus() if self._single else _way_back(self)

    def compose(self) -> ComposeResult:
        """Its fields; taking it back where it is over."""
        if self._single:
            with Vertical(classes="middle answers"):
                yield self.say("side-entry.half", classes="lead")
                yield from _choices(self, self._single)
                yield self.back_choice()
            return
        present = (self.hands.desk.journal.run, self.hands.standing.visit)
        counts = self._entry.kind in VISIT_KINDS and not is_taken_back(self._entry)
        over = counts and (self._entry.run, self._entry.visit) != present
        with Vertical(classes="middle"):
            for label, text in detail_lines(self._entry, self._entries, self.setting.words):
                yield Row(self.t(label), text)
        with Vertical(classes="answers"):
            if over:
                yield self.choice("1", "side-entry.correct", lambda: self.hands.show_correction(self._entry))
            if recorded := copied_text(self._entries, self.setting.words):
                yield self.choice("2", "side.do.copy", lambda: self.hands.show_copy(recorded))
            if answer := answer_kept(self._entries, self.setting.words):
                yield self.choice("3", "side.do.reference", lambda: self.hands.show_reference(answer))
            yield self.back_choice()


class CorrectionPage(Page):
    """Take a visit back that is over: the journal keeps both, this entry stands in place of that one."""

    NAME: ClassVar[str] = "side-correct"

    def __init__(self, setting: Setting, hands: Hands, entry: DayEntry) -> None:
        super().__init__(setting, hands)
        self._entry = entry

    def first_focus(self) -> Widget | None:
        """The way back: nothing is taken back by Enter alone."""
        return _way_back(self)

    def compose(self) -> ComposeResult:
        """Why, by number."""
        with Vertical(classes="middle"):
            yield self.say("side-correct.what", classes="lead", time=f"{self._entry.at:%H:%M}")
        with Vertical(classes="answers"):
            for key, why in zip("1234", CORRECTIONS, strict=True):
                yield self.choice(key, f"side.correct.{why}", partial(self._correct, why))
            yield self.back_choice()

    def _correct(self, why: str) -> None:
        self.hands.work(partial(self._write, why))
        self.hands.back()

    async def _write(self, why: str) -> None:
        try:
            await asyncio.to_thread(self.hands.desk.journal.correct, self._entry, why)
        except OSError:
            self.hands.say(self.t("side.disk"))
            return
        except ValueError:
            self.hands.say(self.t("side.not_written"))
            return
        self.hands.say(self.t("side-correct.done"))
        self.hands.read_today()

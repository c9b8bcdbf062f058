"""The lines around every screen: who and when above, where in the visit, and the few keys that matter below.

No character of ambiguous width here: many Japanese terminals draw those two cells wide, and the lines would shift.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scrollbar import ScrollBarRender
from textual.widget import Widget

from kiosk.widgets.choice import SHOWN_KEYS
from kiosk.widgets.plain import is_plain


def between(left: str, right: str, width: int) -> str:
    """`left` and `right` at the two ends of `width` cells; the right is cut short where both do not fit."""
    room = width - cell_len(left) - 1
    shown = set_cell_size(right, room) if cell_len(right) > room > 0 else right
    gap = width - cell_len(left) - cell_len(shown)
    return left + " " * gap + shown if gap >= 1 else left


class PlainScrollBar(ScrollBarRender):
    """A scroll bar of whole cells: the part cells Textual draws are characters of ambiguous width."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class HeadLine(Widget):
    """Name and date of the counter, and how the reader is."""

    DEFAULT_CSS = """
    HeadLine { width: 100%; height: 1; }
    """

    def __init__(self, left: str, right: str) -> None:
        super().__init__()
        self._left = left
        self._right = right

    def say(self, left: str, right: str) -> None:
        """Change both ends."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        """Both ends of the line."""
        return Content(between(f" {self._left}", f"{self._right} ", self.content_size.width))


class StepLine(Widget):
    """Where the visit stands: what is done, what is now, what comes."""

    DEFAULT_CSS = """
    StepLine { width: 100%; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._done = ""
        self._plain = ""
        self._now = 0
        self._left_out: frozenset[int] = frozenset()

    def say(
        self, names: tuple[str, ...], done: str, now: int, plain: str, left_out: frozenset[int] = frozenset()
    ) -> None:
        """`now` counts from 1; 0 shows no step as the present one. `done` is the word for a step behind us.

        `plain` is the sentence that stands in place of the line in plain text; `left_out` are the steps that were
        passed over: nobody is to read them as done.
        """
        self._names, self._done, self._now, self._plain = names, done, now, plain
        self._left_out = left_out
        self.refresh()

    def render(self) -> Content:
        """The steps; the present one stands out by its marks as well as by its colour."""
        if is_plain(self):
            return Content(self._plain)
        parts: list[str | tuple[str, str]] = [" "]
        for number, name in enumerate(self._names, start=1):
            if number > 1:
                parts.append((" ＞ ", "$text-muted"))
            if number in self._left_out:
                parts.append((f"－ {name}", "$text-muted"))
            elif number < self._now:
                parts.append((f"{self._done} {name}", "$text-muted"))
            elif number == self._now:
                parts.append((f"【{_wide(number)} {name}】", "bold reverse"))
            else:
                parts.append(f"{_wide(number)} {name}")
        return Content.assemble(*parts)


def _wide(number: int) -> str:
    return chr(ord("０") + number)


class KeyHint(Widget):
    """One key of the line below; a click on it is the key."""

    DEFAULT_CSS = """
    KeyHint { width: auto; height: 1; margin-right: 1; }
    """

    class Pressed(Message):
        """The hint was clicked: do what its key does."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, key: str, label: str) -> None:
        super().__init__(id=f"hint-{key.replace('+', '-')}")
        self.key = key
        self.label = label

    def render(self) -> Content:
        """The key, reversed, and its word."""
        shown = SHOWN_KEYS.get(self.key, self.key)
        return Content.assemble(shown if is_plain(self) else (f" {shown} ", "reverse"), f" {self.label}")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All of it."""
        return self.full_width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line."""
        return 1

    @property
    def full_width(self) -> int:
        """Cells of the key and its word."""
        return cell_len(SHOWN_KEYS.get(self.key, self.key)) + 3 + cell_len(self.label)

    def on_click(self, event: events.Click) -> None:
        """The mouse presses the key."""
        event.stop()
        self.post_message(self.Pressed(self.key))


class KeyLine(Horizontal):
    """The few keys that matter on this screen; where the line is too short, the last ones are left out, never cut."""

    DEFAULT_CSS = """
    KeyLine { width: 100%; height: 1; overflow: hidden hidden; padding-left: 1; }
    """

    def __init__(self, hints: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__()
        self._hints = hints

    def compose(self) -> ComposeResult:
        """The hints this line begins with."""
        yield from (KeyHint(key, label) for key, label in self._hints)

    def on_mount(self) -> None:
        """Show what fits."""
        self._leave_out()

    def on_resize(self) -> None:
        """More or fewer fit now."""
        self._leave_out()

    def _leave_out(self) -> None:
        free = self.app.size.width - 1
        for hint in self.query(KeyHint):
            free -= hint.full_width + 1
            hint.display = free >= -1

    async def say(self, hints: tuple[tuple[str, str], ...]) -> None:
        """Show these keys: (Textual's name of the key, word)."""
        if hints == self._hints:
            return
        self._hints = hints
        await self.remove_children()
        await self.mount(*(KeyHint(key, label) for key, label in hints))
        self._leave_out()


class Practice(Widget):
    """The quiet line that says this is practice, and what the counter has to tell staff right now."""

    DEFAULT_CSS = """
    Practice { width: 100%; height: 1; }
    """

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sentence
        self._news = ""

    @property
    def news(self) -> str:
        """What staff are told at the moment."""
        return self._news

    def say(self, sentence: str, news: str = "") -> None:
        """`news` stands in front while there is any."""
        self._sentence, self._news = sentence, news
        self.refresh()

    def render(self) -> Content:
        """News first, the practice sentence always."""
        if is_plain(self):
            return Content(f"! {self._news}" if self._news else self._sentence)
        parts: list[str | tuple[str, str]] = []
        if self._news:
            parts.append((f" ! {self._news} ", "bold reverse"))
            used = cell_len(self._news) + 4
            whole = used + 1 + cell_len(self._sentence) <= self.content_size.width
            parts.append(f" {self._sentence if whole else self._sentence.split()[0]}")  # 練習用 at least
        else:
            parts.append((f" {self._sentence}", "$text-muted"))
        return Content.assemble(*parts)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The whole width."""
        return container.width

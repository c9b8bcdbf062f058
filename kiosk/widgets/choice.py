"""One numbered answer to a question: a key, words, and what happens then. Works by key, by Enter and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.plain import is_plain
from kiosk.widgets.prose import wrap

_KEY_CELLS: Final = 5
_HERE: Final = "＞"
"""Marks the answer that has the focus where colours cannot be told apart."""
_LEAD: Final = _KEY_CELLS + 3
"""Where the words begin."""


class Choice(Widget, can_focus=True):
    """A bar with a number and words. Picking it posts `Picked`."""

    DEFAULT_CSS = """
    Choice { width: 1fr; height: auto; }
    """

    class Picked(Message):
        """This answer was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The chosen bar."""
            return self.choice

    def __init__(
        self,
        key: str,
        label: str,
        act: Callable[[], None],
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """`key` is Textual's name of the key (`1`, `asterisk`, `escape`), "" where only the arrows lead there.

        `act` is what the answer does.
        """
        super().__init__(id=id, classes=classes)
        self.key = key
        self.label = label
        self.act = act

    def render(self) -> Content:
        """Number, a gap, and the words, wrapped behind the number."""
        if is_plain(self):
            return Content("\n".join(wrap(self._plain_text(), self.content_size.width)))
        lead = SHOWN_KEYS.get(self.key, self.key).center(_KEY_CELLS)
        lines = wrap(self.label, self.content_size.width - _LEAD)
        gap = " " * _LEAD
        mark = _HERE if self.has_focus else "  "
        return Content.assemble((lead, "reverse" if self.key else ""), mark, " ", f"\n{gap}".join(lines))

    def _plain_text(self) -> str:
        """Key and words, nothing else on the line; the terminal's cursor says which has the focus."""
        return f"{SHOWN_KEYS.get(self.key, self.key)}: {self.label}" if self.key else self.label

    def relabel(self, label: str) -> None:
        """Other words for the same key."""
        self.label = label
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, more where the words need it."""
        return len(wrap(self._plain_text(), width) if is_plain(self) else wrap(self.label, width - _LEAD))

    def pick(self) -> None:
        """Choose this answer."""
        self.post_message(self.Picked(self))

    def on_click(self, event: events.Click) -> None:
        """The mouse chooses."""
        event.stop()
        self.pick()

    def on_key(self, event: events.Key) -> None:
        """Enter and the blank choose what has the focus."""
        if event.key in ("enter", "space"):
            event.stop()
            event.prevent_default()
            self.pick()


SHOWN_KEYS = {
    "asterisk": "*",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "f4": "F4",
    "f5": "F5",
    "f6": "F6",
    "f7": "F7",
    "f8": "F8",
    "f9": "F9",
    "ctrl+p": "Ctrl+P",
    "ctrl+q": "Ctrl+Q",
    "question_mark": "?",
    "up": "Up",
    "pagedown": "PageDown",
}
"""How keys are written on the screen where Textual's name differs."""

"""A row with a few answers side by side: 性別, 本人・家族, 負担割合, how a paper was shown.

Rule: one of the answers or none is chosen, marked by a sign as well as by its colours; by its number, by arrows, by the
mouse. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.forms.rows import FieldRow

_GAP: Final = 2
"""Cells between two options."""


class Options(Widget, can_focus=True):
    """A few answers side by side, one or none of them chosen: by its number, by arrows, by the mouse."""

    DEFAULT_CSS = """
    Options { width: auto; height: auto; }
    Options:focus { text-style: bold; background: $primary-muted; }
    """

    def __init__(
        self, options: Sequence[str], chosen: int | None, *, moved: Callable[[int], None], changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._options = tuple(options)
        self.chosen = chosen
        self._moved = moved
        self._changed = changed

    def choose(self, place: int | None) -> None:
        """Choose by place, or nothing."""
        if place != self.chosen:
            self.chosen = place
            self.refresh()
            self._changed()

    @property
    def words(self) -> list[str]:
        """The options as they are written."""
        return [
            f"{'[*]' if place == self.chosen else '[ ]'}{place + 1} {option}"
            for place, option in enumerate(self._options)
        ]

    def _lines(self, width: int) -> list[list[int]]:
        """The places of the options, line by line: none of them is parted."""
        lines: list[list[int]] = [[]]
        used = 0
        for place, part in enumerate(self.words):
            cells = cell_len(part)
            if lines[-1] and used + cells > width:
                lines.append([])
                used = 0
            lines[-1].append(place)
            used += cells + _GAP
        return lines

    def render(self) -> Content:
        """The chosen one is marked by a sign as well as by its colours."""
        words = self.words
        lines = [
            Content(" " * _GAP).join(
                Content.assemble((words[place], "reverse") if place == self.chosen else words[place]) for place in line
            )
            for line in self._lines(self.content_size.width)
        ]
        return Content("\n").join(lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All of them."""
        return sum(cell_len(part) + _GAP for part in self.words)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """More than one line where they do not fit side by side."""
        return len(self._lines(width))

    def on_key(self, event: events.Key) -> None:
        """A number chooses, 0 and Backspace choose nothing, arrows go along, Enter and the pad's keys leave.

        A key that was under way here while the focus went on belongs to the next widget.
        """
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
            return
        places = len(self._options)
        here = -1 if self.chosen is None else self.chosen
        digit = int(event.character) if event.character and event.character in "0123456789" else -1
        if 1 <= digit <= places:
            self.choose(digit - 1)
        elif digit == 0 or event.key in ("backspace", "delete"):
            self.choose(None)
        elif event.key in ("right", "space"):
            self.choose((here + 1) % places)
        elif event.key == "left":
            self.choose((here - 1) % places if here >= 0 else places - 1)
        elif event.key in ("enter", "plus"):
            self._moved(1)
        elif event.key in ("asterisk", "minus"):
            self._moved(-1)
        elif digit < 0:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """The mouse chooses; a second click takes it back."""
        event.stop()
        left = 0
        lines = self._lines(self.content_size.width)
        for place in lines[event.y] if event.y < len(lines) else ():
            cells = cell_len(self.words[place])
            if left <= event.x < left + cells:
                self.choose(None if place == self.chosen else place)
                return
            left += cells + _GAP


class OptionRow(FieldRow):
    """A row with a choice. `values` are what the options stand for."""

    def __init__(
        self,
        name: str,
        label: str,
        label_cells: int,
        values: Sequence[str],
        options: Sequence[str],
        text: str,
        *,
        moved: Callable[[FieldRow, int], None],
    ) -> None:
        super().__init__(name, label, label_cells)
        self._cells = 0
        """Beside the label; 0: not known yet."""
        self._values = tuple(values)
        self._options = Options(
            options,
            self._values.index(text) if text in self._values else None,
            moved=lambda by: moved(self, by),
            changed=self._changed,
        )

    def fit(self, width: int) -> None:
        """What has no room beside the label goes on below."""
        cells = max(1, width - self._label_cells)
        if cells != self._cells:
            self._cells = cells
            self._options.styles.max_width = cells

    def _changed(self) -> None:
        self.post_message(self.Edited(self))

    def compose(self) -> ComposeResult:
        """Label and choices."""
        yield from self._line(self._options)

    @property
    def text(self) -> str:
        """What is chosen, or ""."""
        return "" if self._options.chosen is None else self._values[self._options.chosen]

    @text.setter
    def text(self, text: str) -> None:
        self._options.choose(self._values.index(text) if text in self._values else None)

    @property
    def stop(self) -> Widget:
        """The choices."""
        return self._options

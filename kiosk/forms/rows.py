"""The lines of a form: label, field or choices, what was understood beside it, what is wrong beneath it.

Rule: rows hold what stands in them and say what they are told; they judge nothing. Their messages carry no text. A row
works by keyboard, by the keys of a number pad and by the mouse (`option_row` has those that choose).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiosk.forms.paper_input import PaperInput
from kiosk.widgets.prose import Prose

_LONGEST: Final = 200
"""Characters of any field: beyond every name and address, short of what a slip of the clipboard brings."""
_SHORT_CELLS, _LONG_CELLS, _LEAST_CELLS = 22, 44, 10
"""Cells of a field for numbers and days, of one for words (as the style sheet has them), and of any field."""
_GAP: Final = 2
"""Cells between a field and its example: as `.beside` is padded."""


class FieldRow(Widget):
    """One line of a form; `text` is what it stands for, "" for nothing."""

    DEFAULT_CSS = """
    FieldRow { width: 1fr; height: auto; }
    FieldRow > Horizontal { height: auto; }
    FieldRow .label { height: 1; }
    FieldRow .beside { width: 1fr; height: 1; padding-left: 2; color: $text-muted; }
    FieldRow .beside.-fine { color: $text-success; }
    FieldRow .beneath { margin-left: 4; }
    FieldRow .beneath.-fine { color: $text-success; }
    FieldRow .beneath.-wrong { color: $text-error; }
    FieldRow .beneath.-odd { color: $text-warning; }
    FieldRow PaperInput { background: $surface; }
    FieldRow PaperInput:focus { background: $primary-muted; color: $foreground; }
    /* Textual looks at the children again only where a rule about the row itself names the focus. */
    FieldRow:focus-within { width: 1fr; }
    FieldRow:focus-within .label { text-style: bold reverse; }
    """

    class Edited(Message):
        """What stands in a row changed."""

        def __init__(self, row: FieldRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, name: str, label: str, label_cells: int, example: str = "") -> None:
        super().__init__(id=f"row-{name}")
        self.word = name
        self.label = label
        self._label_cells = label_cells
        self._example = example
        self._beside = Static(example, classes="beside", markup=False)
        self._beneath = Prose(classes="beneath")
        self._said: tuple[str, str, bool, bool, bool] = (example, "", False, False, False)

    def _line(self, *middle: Widget) -> ComposeResult:
        """The two lines every row has."""
        label = Static(self.label, classes="label", markup=False)
        label.styles.width = self._label_cells
        with Horizontal():
            yield label
            yield from middle
            yield self._beside
        yield self._beneath

    def fit(self, width: int) -> None:
        """Lay out the line for so many columns: as soon as they are known, before anything is drawn."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        """More or less room than before."""
        self.fit(event.size.width)

    @property
    def text(self) -> str:
        """What stands in it."""
        raise NotImplementedError

    @text.setter
    def text(self, text: str) -> None:
        raise NotImplementedError

    @property
    def stop(self) -> Widget:
        """What takes the focus."""
        raise NotImplementedError

    def say(self, fine: str, wrong: str = "", odd: str = "", to_come: str = "") -> None:
        """Beside: what was understood or is still to come, else the example; beneath: what is wrong, odd, or too long.

        What was said before is not drawn again: this is called for every row after every key.
        """
        room = max(0, self._beside.content_size.width)
        aside = fine or to_come
        fits = bool(aside) and cell_len(aside) <= room
        beside = aside if fits else "" if self.text else self._example
        beneath = wrong or "\n".join(filter(None, [odd, "" if fits else aside]))
        right = bool(fine)
        said = (beside, beneath, right, bool(wrong), bool(odd))
        if said == self._said:
            return
        self._said = said
        self._beside.set_class(fits and right, "-fine")
        self._beside.update(Content(beside), layout=False)
        if beneath:  # one that says nothing has no place, and a change of its looks has Textual find all places anew
            self._beneath.set_class(bool(wrong), "-wrong")
            self._beneath.set_class(bool(odd) and not wrong, "-odd")
            self._beneath.set_class(right and not wrong and not odd, "-fine")
        self._beneath.say(beneath)


class TextRow(FieldRow):
    """A row that is typed into."""

    DEFAULT_CSS = """
    TextRow PaperInput { width: 22; }
    TextRow.-long PaperInput { width: 44; }
    """

    def __init__(
        self,
        name: str,
        label: str,
        label_cells: int,
        example: str,
        text: str,
        *,
        moved: Callable[[FieldRow, int], None],
        pasted: Callable[[str], bool],
        by_pad: bool,
        long: bool = False,
        example_cells: int = 0,
    ) -> None:
        """`by_pad`: digits and days, which a number pad can type and leave; `long`: names and addresses.

        `example_cells` is the widest example of the form, so that they stand in one column.
        """
        super().__init__(name, label, label_cells, example)
        self.set_class(long, "-long")
        self._most_cells = self._cells = _LONG_CELLS if long else _SHORT_CELLS
        self._aside_cells = (max(example_cells, cell_len(example)) if example else 0) + _GAP
        self.by_pad = by_pad
        self._input = PaperInput(
            text,
            max_length=_LONGEST,
            moved=lambda by: moved(self, by),
            pasted=pasted,
            left_by_pad=by_pad,
            id=f"field-{name}",
        )

    def compose(self) -> ComposeResult:
        """Label, field, example."""
        yield from self._line(self._input)

    @property
    def input(self) -> PaperInput:
        """The field."""
        return self._input

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._input.value

    @text.setter
    def text(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)

    @property
    def stop(self) -> Widget:
        """The field."""
        return self._input

    def fit(self, width: int) -> None:
        """The field gives way where both have no room: it can be scrolled, an example cannot."""
        cells = max(_LEAST_CELLS, min(self._most_cells, width - self._label_cells - self._aside_cells))
        if cells != self._cells:
            self._cells = cells
            self._input.styles.width = cells

    def on_input_changed(self, event: PaperInput.Changed) -> None:
        """Parents hear which row, never the text."""
        event.stop()
        self.post_message(self.Edited(self))

"""The lines of a form: label, field or choices, what was understood beside it, what is wrong beneath it.

Rule: rows hold what stands in them and say what they are told; they judge nothing. Their messages carry no text. A row
works by keyboard, by the keys of a number pad and by the mouse (`option_row` has those that choose).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.cells import cell_len
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


class FieldRow(Widget):
    """One line of a form; `text` is what it stands for, "" for nothing."""

    DEFAULT_CSS = """
    FieldRow { width: 1fr; height: auto; }
    FieldRow > Horizontal { height: 1; }
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

    def say(self, fine: str, wrong: str = "", odd: str = "") -> None:
        """Beside: what was understood, else the example; beneath: what is wrong, what is odd, what is too long.

        What was said before is not drawn again: this is called for every row after every key.
        """
        room = max(0, self._beside.content_size.width)
        fits = bool(fine) and cell_len(fine) <= room
        beside = fine if fits else "" if self.text else self._example
        beneath = wrong or "\n".join(filter(None, [odd, "" if fits else fine]))
        said = (beside, beneath, fits, bool(wrong), bool(odd))
        if said == self._said:
            return
        self._said = said
        self._beside.set_class(fits, "-fine")
        self._beside.update(Content(beside), layout=False)
        self._beneath.set_class(bool(wrong), "-wrong")
        self._beneath.set_class(bool(odd) and not wrong, "-odd")
        self._beneath.set_class(not wrong and not odd, "-fine")
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
    ) -> None:
        """`by_pad`: digits and days, which a number pad can type and leave; `long`: names and addresses."""
        super().__init__(name, label, label_cells, example)
        self.set_class(long, "-long")
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

    def on_input_changed(self, event: PaperInput.Changed) -> None:
        """Parents hear which row, never the text."""
        event.stop()
        self.post_message(self.Edited(self))

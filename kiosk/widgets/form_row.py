"""One field of a paper: label, text, the example in grey, and what is wrong or recognised, as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.prose import Prose

_BESIDE_CELLS: Final = 28
"""Room beside the field in the smallest terminal."""


class FormRow(Widget):
    """Label, field, example; a line for the check. Its text is `text`."""

    DEFAULT_CSS = """
    FormRow { width: 1fr; height: auto; min-height: 2; }
    FormRow > Horizontal { height: 1; }
    FormRow .label { width: 22; height: 1; }
    FormRow .example { width: 1fr; height: 1; padding-left: 2; }
    FormRow JaInput { width: 24; }
    FormRow .check { margin-left: 22; min-height: 1; }
    FormRow .check.-wrong { margin-left: 4; }
    """

    class Edited(Message):
        """The text of a field changed."""

        def __init__(self, row: FormRow) -> None:
            super().__init__()
            self.row = row

    def __init__(
        self,
        name: str,
        label: str,
        example: str,
        text: str,
        *,
        finished: Callable[[FormRow], None],
        max_length: int = 40,
    ) -> None:
        """`finished` is called at once when Enter is pressed: as a message it would let the next key overtake it."""
        super().__init__(id=f"row-{name}")
        self._finished = finished
        self.field_name = name
        self._label = label
        self._example = example
        self._first_text = text
        self._max_length = max_length

    def compose(self) -> ComposeResult:
        """The two lines."""
        with Horizontal():
            yield Static(self._label, classes="label", markup=False)
            yield JaInput(
                self._first_text,
                max_length=self._max_length,
                entered=lambda: self._finished(self),
                id=f"field-{self.field_name}",
            )
            yield Static(self._example, classes="example", markup=False)
        yield Prose(classes="check")

    @property
    def input(self) -> JaInput:
        """The field itself."""
        return self.query_one(JaInput)

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.input.value

    def empty(self) -> None:
        """Take everything out."""
        self.input.value = ""

    def say(self, sentence: str, *, wrong: bool) -> None:
        """The check: an error beneath the field, or what was recognised in place of the example; "" says nothing.

        What is recognised but too long for the place of the example stands beneath as well.
        """
        beside = bool(sentence) and not wrong and cell_len(sentence) <= _BESIDE_CELLS
        example = self.query_one(".example", Static)
        example.set_class(beside, "-fine")
        example.update(Content(sentence if beside else self._example))
        check = self.query_one(Prose)
        check.set_class(wrong, "-wrong")
        check.say("" if beside else sentence)

    def on_input_changed(self, event: JaInput.Changed) -> None:
        """Parents hear which row, never the text."""
        event.stop()
        self.post_message(self.Edited(self))


class YesNo(Widget, can_focus=True):
    """A question with a yes or no, answered by the blank, by y and n, or by the mouse."""

    DEFAULT_CSS = """
    YesNo { width: 1fr; height: 2; }
    """

    class Answered(Message):
        """Enter was pressed: go on."""

    class Changed(Message):
        """The other answer was given."""

    def __init__(self, name: str, question: str, yes: str, no: str, *, answer: bool) -> None:
        super().__init__(id=f"row-{name}")
        self._question, self._yes, self._no = question, yes, no
        self.answer = answer

    def render(self) -> Content:
        """Question, then both answers; the chosen one is marked by a sign as well as by colour."""
        mark = ("[*]", "[ ]") if self.answer else ("[ ]", "[*]")
        parts: list[Any] = [f"{self._question}   "]
        parts.append((f" {mark[0]} {self._yes} ", "bold reverse" if self.answer else ""))
        parts.append("  ")
        parts.append((f" {mark[1]} {self._no} ", "" if self.answer else "bold reverse"))
        return Content.assemble(*parts)

    def on_key(self, event: events.Key) -> None:
        """Blank changes the answer, y and n give it, Enter goes on."""
        answers = {"y": True, "n": False, "space": not self.answer}
        if event.key in answers:
            event.stop()
            event.prevent_default()
            self._answer(answers[event.key])
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Answered())

    def on_click(self, event: events.Click) -> None:
        """The mouse changes the answer."""
        event.stop()
        self._answer(not self.answer)

    def _answer(self, answer: bool) -> None:
        if answer is not self.answer:
            self.answer = answer
            self.refresh()
            self.post_message(self.Changed())

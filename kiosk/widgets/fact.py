"""A label and its value on one line, the values in one column."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from kiosk.widgets.prose import Prose


class Fact(Horizontal):
    """Label and value; a value too long for its column goes on beneath itself."""

    DEFAULT_CSS = """
    Fact { width: 1fr; height: auto; }
    Fact > .label { width: 20; height: 1; }
    """

    def __init__(self, label: str, value: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._label = label
        self._value = value

    @property
    def value(self) -> str:
        """What stands behind the label."""
        return self._value

    def compose(self) -> ComposeResult:
        """Both columns."""
        yield Static(self._label, classes="label", markup=False)
        yield Prose(self._value, classes="value")

"""A small application behind the page: a field that takes Japanese, a button, and what it got, letter by letter.

Keys of its own: Ctrl+K raises in a handler, Ctrl+G asks for another address and hands out a file, Ctrl+Y copies and
Ctrl+E clears the clipboard. What the page says of its clipboard is shown.
"""

from __future__ import annotations

import io
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input, Static

from kiosk.web.news import ClipboardTold
from kiosk.widgets.ja_input import JaInput


class SmallApp(App[None]):
    """What it shows is what it got."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+k", "break", priority=True),
        Binding("ctrl+g", "leave", priority=True),
        Binding("ctrl+y", "copy('資格情報')", priority=True),
        Binding("ctrl+e", "copy(' ')", priority=True),
    ]

    def compose(self) -> ComposeResult:
        yield JaInput("", max_length=40, entered=self.bell, id="name")
        yield Static("-", id="got")
        yield Static("-", id="at")
        yield Static("-", id="clipboard")
        yield Button("press here", id="button")

    @on(Input.Changed)
    def told(self, event: Input.Changed) -> None:
        self.query_one("#got", Static).update("got " + " ".join(f"{ord(letter):04X}" for letter in event.value))

    @on(Button.Pressed)
    def pressed(self) -> None:
        self.query_one("#at", Static).update("pressed")

    @on(ClipboardTold)
    def of_clipboard(self, message: ClipboardTold) -> None:
        self.query_one("#clipboard", Static).update(f"clipboard {message.said}")

    def action_copy(self, text: str) -> None:
        self.copy_to_clipboard(text)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#at", Static).update(f"size {event.size.width}x{event.size.height}")

    def action_break(self) -> None:
        raise SystemExit(3)

    def action_leave(self) -> None:
        self.open_url("https://example.invalid/")
        self.deliver_binary(io.BytesIO(b"file"), save_filename="file.bin")
        self.query_one("#at", Static).update("left")


if __name__ == "__main__":
    SmallApp().run()

"""The floor for keys: a Textual application with one Input and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input


class BareInput(App[None]):
    """One field."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The field the keys go to."""
        yield Input(placeholder="bare-input")


if __name__ == "__main__":
    BareInput().run()

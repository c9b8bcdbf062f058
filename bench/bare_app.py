"""The floor for starting: a Textual application with one label and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label


class BareApp(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """The label the benchmark waits for."""
        yield Label("bare-first-frame")


if __name__ == "__main__":
    BareApp().run()

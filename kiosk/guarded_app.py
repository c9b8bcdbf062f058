"""What holds for the application whatever it shows: no log, no clipboard, no traceback, never smaller than readable.

Knows no visit. What breaks if it is wrong: a key or a value of a patient lands in a file, a terminal or a clipboard.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import RenderableType
from rich.text import Text
from textual import constants, events
from textual.app import App
from textual.scrollbar import ScrollBar

from kiosk import crash
from kiosk.widgets.lines import PlainScrollBar
from kiosk.words import Words

SMALLEST: Final = (60, 20)
"""Columns and rows every screen of the patient's side is complete in; the staff side needs more and says so."""
RETURN_CODE_FAULT: Final = 2
_NO_COLOR: Final = "NO_COLOR"


class GuardedApp(App[None]):
    """The application around the counter."""

    def __init__(self, data_dir: Path, words: Words, *, without_colour: bool = False) -> None:
        """`data_dir` is where crash reports go; `without_colour`: plain text (Textual reads NO_COLOR while it is made).

        Raises:
            RuntimeError: Textual's log or developer tools are on; they would write keys (design.md §2).
        """
        with _no_color(wanted=without_colour):
            super().__init__(ansi_color=without_colour)
        ScrollBar.renderer = PlainScrollBar
        if constants.LOG_FILE is not None or self.features & {"devtools", "debug"}:
            raise RuntimeError("Textual's log and developer tools must be off: unset TEXTUAL and TEXTUAL_LOG")
        self.load_error: Exception | None = None
        """Why loading did not work out; set when the application ends because of it."""
        self.crash_report: Path | None = None
        """The last report written."""
        self.when_told_to_end: Callable[[], None] = lambda: None
        """Called at once, perhaps more than once, when anybody or a fault ends the application: an end can hang."""
        self.ended_by_signal = False
        """Whether the system asked for the end."""
        self._data_dir = data_dir
        self._words = words

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Textual's own, and whoever waits for the end hears of it."""
        super().exit(result, return_code, message)
        self.when_told_to_end()

    def on_exit_app(self) -> None:
        """The same, where the page's server tells the application's queue."""
        self.when_told_to_end()

    @property
    def is_ending(self) -> bool:
        """Whether it was told to end: what still arrives finds no screen."""
        return self._exit or not self.is_running

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing leaves the counter through a clipboard."""

    def copy_for_staff(self, text: str) -> None:
        """The one exception: staff copy on purpose, on their own side; OSC 52."""
        super().copy_to_clipboard(text)

    def on_resize(self, event: events.Resize) -> None:
        """Smaller than every screen needs: one sentence, and nothing beneath it is lost."""
        if not self.is_running or not self.screen_stack:
            return
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        from kiosk.screens.overlays import TooSmallScreen

        covered = isinstance(self.screen, TooSmallScreen)
        if small and not covered:
            self.push_screen(TooSmallScreen(self._words))
        elif covered and not small:
            self.pop_screen()

    def close_patient_sheets(self) -> None:
        """Take away the help and the languages that a patient opened; what staff opened stays."""
        from kiosk.screens.language_menu import LanguageMenu
        from kiosk.screens.overlays import HelpScreen, TooSmallScreen

        above = self.screen_stack[1:]
        if not all(isinstance(sheet, HelpScreen | LanguageMenu | TooSmallScreen) for sheet in above):
            return
        for sheet in reversed(above):
            if isinstance(sheet, HelpScreen | LanguageMenu):
                sheet.take_away()

    def _report(self, error: BaseException, where: str) -> None:
        """Note a fault that a screen survives. Called from any thread."""
        self.crash_report = crash.write_report(self._data_dir, error, where=where)

    def _handle_exception(self, error: Exception) -> None:
        """A fault of the application itself: end with one sentence and a report that holds no values.

        Replaces Textual's traceback, which shows local variables.
        """
        self.crash_report = crash.write_report(self._data_dir, error, where="screens")
        if self._exit:  # it was told to end, and ends as it was told: what fails on the way out is in the report
            self._close_messages_no_wait()
            return
        self._return_code = RETURN_CODE_FAULT
        self.when_told_to_end()
        if self._exception is None:  # the pilot of the tests asks for it
            self._exception = error
            self._exception_event.set()
        sentence = "crash.load" if self.load_error is not None else "crash.app"
        self._exit_renderables[:] = [Text(self._words.text(sentence, path=self.crash_report or "-"))]
        self._close_messages_no_wait()


@contextmanager
def _no_color(*, wanted: bool) -> Iterator[None]:
    """The variable that Textual looks at while an application is made; as it was afterwards."""
    before = os.environ.get(_NO_COLOR)
    if wanted:
        os.environ[_NO_COLOR] = "1"
    try:
        yield
    finally:
        if wanted and before is None:
            del os.environ[_NO_COLOR]

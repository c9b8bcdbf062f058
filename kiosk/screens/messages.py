"""What the screens tell the application: facts of the flow with their visit, and requests that change no state.

None of these shows its contents: Textual writes messages into logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from kiosk.flow.events import Event


class FlowEvent(Message):
    """Something happened in `visit`; None for the reader, which is always about now.

    `by_key` is set where a person pressed something: such an event may come too late and then counts for nothing.
    """

    def __init__(self, visit: int | None, event: Event, *, by_key: bool = False) -> None:
        super().__init__()
        self.visit = visit
        self.event = event
        self.by_key = by_key

    def discard(self) -> None:
        """Nobody will take it: digits in it are wiped."""
        handle = getattr(self.event, "handle", None)
        if handle is not None:
            handle.discard()


class BellRung(Message):
    """「係を呼ぶ」 where the visit simply goes on: staff are called and nothing else changes."""


class WaitingGivenUp(Message):
    """Go on without the service's answer; what is known so far decides."""

    def __init__(self, visit: int) -> None:
        super().__init__()
        self.visit = visit


class ThoughtOver(Message):
    """A sheet that let keys wait (`kiosk.screens.overlays.Overlay.lets_wait`) has its answer.

    Where `refused` is set, what was typed behind that is nobody's: it was for whatever the right answer opens.
    """

    def __init__(self, *, refused: bool = False) -> None:
        super().__init__()
        self.refused = refused


class HintsChanged(Message):
    """Other keys than before do something on this screen."""


class LookAsked(Message):
    """The person of `visit` wants to see it drawn otherwise; in another visit it counts for nothing."""

    def __init__(self, visit: int, look: str) -> None:
        """`look`: `big` turns the large digits, `contrast` the strongest contrast, on or off."""
        super().__init__()
        self.visit = visit
        self.look = look


class LanguageAsked(Message):
    """Another language for the person of `visit`; in another visit it counts for nothing."""

    def __init__(self, visit: int, lang: str) -> None:
        """`lang` is one of `kiosk.words.LANGUAGES`."""
        super().__init__()
        self.visit = visit
        self.lang = lang

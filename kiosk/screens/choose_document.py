"""Staff: which paper did the person bring?"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, Back, DocumentChosen, RetryRequested
from kiosk.flow.states import ChoosingDocument, Document
from kiosk.screens.view import Setting, View


class ChooseDocumentView(View):
    """Two papers and the ways back."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "choose_document"

    def __init__(self, setting: Setting, state: ChoosingDocument) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """Why we are here, the papers, and the ways back."""
        with Vertical(classes="middle"):
            yield self.say("choose_document.title", classes="title")
            if self._state.because is not None:
                yield self.say(f"trouble.{self._state.because.value}.what", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.choice(
                "1", "choose_document.eligibility_certificate", DocumentChosen(Document.ELIGIBILITY_CERTIFICATE)
            )
            yield self.choice("2", "choose_document.eligibility_notice", DocumentChosen(Document.ELIGIBILITY_NOTICE))
            if self._state.can_retry:
                yield self.choice("3", "choose_document.retry", RetryRequested())
            yield self.choice("9", "choice.end", Abandoned())
            yield self.ring_for_staff()

    def press(self, key: str) -> bool:
        """Esc: one step back."""
        if key == "escape":
            self.send(Back())
            return True
        return super().press(key)

    def renew(self, state: Any) -> bool:
        """Nothing shown here depends on the card."""
        if isinstance(state, ChoosingDocument) and (state.because, state.can_retry) == (
            self._state.because,
            self._state.can_retry,
        ):
            self._state = state
            return True
        return False

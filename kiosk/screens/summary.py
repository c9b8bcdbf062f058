"""What was typed, laid out as the paper, so that eye and paper compare line by line."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from eligibility.calendar import era_text
from eligibility.insurers import insurer_title, parse_insurer_number
from kiosk.flow.events import Abandoned, Back, FormConfirmed
from kiosk.flow.states import ConfirmingForm, Document, ManualEntry
from kiosk.screens.view import Setting, View
from kiosk.widgets.fact import Fact


class SummaryView(View):
    """The paper, and the question whether it is the same."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "summary"

    def __init__(self, setting: Setting, state: ConfirmingForm) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """Title of the paper, its lines in its order, two answers."""
        entry = self._state.entry
        yield self.say("summary.title", classes="title")
        with Vertical(classes="middle"), Vertical(classes="paper"):
            yield self.say(f"form.{entry.document.value}", classes="paper-title")
            yield from (Fact(self.t(label), value) for label, value in self._lines(entry))
        with Vertical(classes="answers"):
            yield self.choice("1", "summary.same", FormConfirmed())
            yield self.choice("2", "summary.change", Back())
            yield self.choice("9", "choice.end", Abandoned())

    def _lines(self, entry: ManualEntry) -> list[tuple[str, str]]:
        none = self.t("summary.none")
        insurer_id, params = insurer_title(parse_insurer_number(entry.insurer_number))
        lines = [
            ("form.insurer_number", entry.insurer_number),
            ("form.insurer_name", self.t(insurer_id, **params)),
            ("form.symbol", entry.symbol or none),
            ("form.number", entry.number),
            ("form.branch", entry.branch or none),
            ("form.birthdate", _day(entry.birthdate)),
        ]
        if entry.document is Document.ELIGIBILITY_CERTIFICATE:
            lines.append(("form.issued_on", _day(entry.issued_on) or none))
            lines.append(("form.expires_on", _day(entry.expires_on) or none))
        share = none if entry.burden_ratio is None else self.t("share.percent", tenths=entry.burden_ratio // 10)
        lines.append(("form.burden_ratio", share))
        if entry.document is Document.ELIGIBILITY_NOTICE:
            lines.append(("form.card_in_hand", self.t("form.yes" if entry.card_in_hand else "form.no")))
        return lines

    def press(self, key: str) -> bool:
        """Esc goes back to the form."""
        return super().press("2" if key == "escape" else key)

    def renew(self, state: Any) -> bool:
        """A card put down or taken away changes nothing here."""
        if isinstance(state, ConfirmingForm) and state.entry == self._state.entry:
            self._state = state
            return True
        return False


def _day(day: date | None) -> str:
    """Both calendars: the paper has one of them."""
    return "" if day is None else f"{era_text(day)} ({day.isoformat()})"

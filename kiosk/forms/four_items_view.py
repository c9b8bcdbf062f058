"""`FourItemsView`: 氏名, 生年月日, 性別 and 住所 from the card's face, while nobody can be asked.

Exactly these four are what a later query needs (reception.md §6.6); all of them have to be there.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.widget import Widget

from eligibility.calendar import age_on, birthdate_needs_confirmation, era_text
from eligibility.errors import FieldError
from eligibility.names import UNKNOWN_CHARACTER
from eligibility.papers.fields import PaperField
from eligibility.papers.forms import FORM_OF
from eligibility.papers.reading import READERS, FieldValue, refuse_individual_number_anywhere
from kiosk.flow.events import FourItemsTaken
from kiosk.flow.facts import FourItems
from kiosk.flow.states import TakingFourItems
from kiosk.forms.draft import Draft, make_draft, texts_of
from kiosk.forms.labels import account_of
from kiosk.forms.pasting import take_paste
from kiosk.forms.typing_view import TypingView
from kiosk.screens.view import CARE, Setting
from kiosk.widgets.choice import Choice

ITEMS: Final = (PaperField.NAME, PaperField.BIRTHDATE, PaperField.SEX, PaperField.ADDRESS)
"""In the order of the card's face."""


class FourItemsView(TypingView):
    """Four rows."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "four_items"

    def __init__(self, setting: Setting, state: TakingFourItems) -> None:
        super().__init__(setting)
        self._state = state

    def title(self) -> str:
        """What is written down, and from where."""
        return self.t("forms.four_items.title")

    def body(self) -> ComposeResult:
        """The four."""
        yield from self.field_rows(ITEMS, texts_of(self._state.draft))

    def ways_on(self) -> ComposeResult:
        """Keep them."""
        yield Choice("enter", self.t("forms.four_items.keep"), self.complete, id="form-check")

    def first_focus(self) -> Widget | None:
        """Where the draft was left; else the first that is blank."""
        left = self.row_to_go_on_in(self._state.draft)
        if left is not None:
            return left
        empty = (row.stop for row in self.rows() if not row.text)
        return next(empty, self.query_one("#form-check"))

    def _read(self) -> tuple[dict[PaperField, FieldValue], dict[PaperField, FieldError]]:
        """Values and errors; a blank is an error."""
        values: dict[PaperField, FieldValue] = {}
        errors: dict[PaperField, FieldError] = {}
        for at in ITEMS:
            try:
                values[at] = self._read_one(at)
            except FieldError as error:
                errors[at] = error
        return values, errors

    def _read_one(self, at: PaperField) -> FieldValue:
        text = self.row(at.value).text
        refuse_individual_number_anywhere(text)
        if not text.strip() and at in (PaperField.ADDRESS, PaperField.SEX):
            raise FieldError("forms.required")
        return READERS[at](text, self.setting.today())

    def judge(self) -> None:
        """What was understood, what is wrong, what a later query will stumble over."""
        values, errors = self._read()
        for at in ITEMS:
            row = self.row(at.value)
            error = errors.get(at) if row.text or self.visited(row) else None
            fine, odd = self._remarks(at, values.get(at))
            row.say(fine, self.error_words(row, error), odd, self.to_come(row, error))

    def _remarks(self, at: PaperField, value: FieldValue | None) -> tuple[str, str]:
        today = self.setting.today()
        if isinstance(value, date):
            fine = self.t("forms.read.day", era=era_text(value), day=value.isoformat())
            fine = f"{fine} {self.t('forms.read.age', age=str(age_on(value, today)))}"
            old = birthdate_needs_confirmation(value, today)
            return fine, f"{CARE} {self.t('warning.birthdate_very_old')}" if old else ""
        if at is PaperField.NAME and UNKNOWN_CHARACTER in str(value or ""):
            return "", f"{CARE} {self.t('warning.name_hidden')}"
        return "", ""

    def complete(self) -> None:
        """Hand them over, or go to the first that is not right."""
        self.visit_all()
        self.refresh_checks()
        values, errors = self._read()
        for at in ITEMS:
            if at in errors:
                self.focus_row(at.value)
                return
        birthdate = values[PaperField.BIRTHDATE]
        if isinstance(birthdate, date):
            name, sex, address = (str(values[at]) for at in (PaperField.NAME, PaperField.SEX, PaperField.ADDRESS))
            self.send(FourItemsTaken(FourItems(name, birthdate, sex, address), self.draft()))

    def draft(self) -> Draft:
        """What stands in the four rows."""
        return make_draft(self.texts(), at=self.field_typed_in())

    def take_record(self, text: str) -> bool:
        """A record fills those of the four it has; the rest of it is nobody's business here, and said so."""
        pasted = take_paste(text, FORM_OF["myna_card"], self.setting.today())
        if pasted is None:
            return False
        texts = self.texts()
        taken = [at for at in ITEMS if at in pasted.taken]
        for at in taken:
            self.set_field(at, pasted.taken[at])
        replaced = [at for at in taken if texts[at.value] and texts[at.value] != self.row(at.value).text]
        self.notice("\n".join(account_of(self.setting.words, pasted, taken=taken, replaced=replaced)))
        return True

    def renew(self, state: Any) -> bool:
        """A card put down or taken away changes nothing that was typed."""
        if isinstance(state, TakingFourItems):
            self._state = state
            return True
        return False

"""A paper typed in, field by field: the check stands under the field while it is typed.

Enter goes on, Up goes back, Esc leaves and loses nothing. The 12-digit 個人番号 is refused in every field and the field
emptied (design.md §2).
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from eligibility.errors import FieldError
from eligibility.text import looks_like_individual_number
from kiosk.flow.events import Back, FormCompleted
from kiosk.flow.states import Document, FillingForm
from kiosk.screens.form_fields import (
    CARD_IN_HAND,
    FIELDS,
    YES,
    Checked,
    check_field,
    check_together,
    make_entry,
    warnings,
)
from kiosk.screens.view import CARE, Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.form_row import FormRow, YesNo
from kiosk.widgets.prose import Prose


class FormView(View):
    """One column in the order of the paper."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "form"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("enter", "key.next_field"),
        ("up", "key.previous_field"),
        ("escape", "key.back"),
    )

    def __init__(self, setting: Setting, state: FillingForm) -> None:
        super().__init__(setting)
        self._state = state
        self._fields = FIELDS[state.document]
        self._visited: set[str] = {name for name, text in state.draft if text}
        self._emptied = ""

    def compose(self) -> ComposeResult:
        """Title, rows, the question about the card where the paper needs it, and the way on."""
        draft = dict(self._state.draft)
        paper = self.t(f"form.{self._state.document.value}")
        yield self.say("form.title", classes="title", paper=paper)
        with Vertical(classes="middle"):
            for field in self._fields:
                label = self.t(f"form.{field.name}") + ("" if field.required else self.t("form.optional"))
                example = self.t(f"form.example.{field.name}")
                yield FormRow(field.name, label, example, draft.get(field.name, ""), finished=self._finished)
            if self._needs_card:
                yield YesNo(
                    CARD_IN_HAND,
                    self.t("form.card_question"),
                    self.t("form.yes"),
                    self.t("form.no"),
                    answer=draft.get(CARD_IN_HAND) == YES,
                )
            yield Prose(id="form-notice", classes="warning")
        with Vertical(classes="answers"):
            yield Choice("enter", self.t("form.check"), self.complete, id="form-check")

    @property
    def _needs_card(self) -> bool:
        return self._state.document is Document.ELIGIBILITY_NOTICE

    def on_mount(self) -> None:
        """A draft is checked at once."""
        self._show_checks()

    def first_focus(self) -> Widget | None:
        """The first field that still needs something."""
        checks = self._check()
        for field in self._fields:
            if checks[field.name].error is not None:
                return self._row(field.name).input
        return self.query_one("#form-check")

    def _row(self, name: str) -> FormRow:
        return self.query_one(f"#row-{name}", FormRow)

    def _check(self) -> dict[str, Checked]:
        today = self.setting.today()
        return {field.name: check_field(field, self._row(field.name).text, today) for field in self._fields}

    def _show_checks(self) -> None:
        """Beneath each field: what is wrong once something was typed there, or what was recognised."""
        checks = self._check()
        crossed = check_together(checks)
        for field in self._fields:
            check = checks[field.name]
            error = check.error or crossed.get(field.name)
            row = self._row(field.name)
            if field.name == self._emptied:
                row.say(f"{CARE} {self.t('form.error.individual_number')}", wrong=True)
            elif error is not None:
                row.say(self._error_words(error) if field.name in self._visited else "", wrong=True)
            elif check.remark is not None:
                row.say(f"{self.t('form.fine')} {self.t(check.remark[0], **check.remark[1])}", wrong=False)
            else:
                row.say(self.t("form.fine") if check.value else "", wrong=False)
        notices = [f"{CARE} {self.t(message_id)}" for message_id in warnings(checks)]
        self.query_one("#form-notice", Prose).say("\n".join(notices))
        self.call_after_refresh(self._place_cursor)

    def on_resize(self) -> None:
        """The fields have found their places, or other ones."""
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        for row in self.query(FormRow):
            row.input.place_cursor()

    def _error_words(self, error: FieldError) -> str:
        return f"{CARE} {self.t(error.code, **error.params)}"

    @on(FormRow.Edited)
    def _edited(self, message: FormRow.Edited) -> None:
        """Check while typing. What looks like a 個人番号 does not stay, not even in the draft."""
        message.stop()
        row = message.row
        if row.text:
            self._emptied = ""
            self._visited.add(row.field_name)
        if looks_like_individual_number(row.text):
            self._emptied = row.field_name
            row.empty()
        self._show_checks()

    def _finished(self, row: FormRow) -> None:
        """Enter in a field: on to the next."""
        self._visited.add(row.field_name)
        self._show_checks()
        self._step(1)

    @on(YesNo.Answered)
    def _answered(self, message: YesNo.Answered) -> None:
        message.stop()
        self._step(1)

    @on(YesNo.Changed)
    def _answer_changed(self, message: YesNo.Changed) -> None:
        """What was said about the other answer is no longer true."""
        message.stop()
        self._show_checks()

    def _stops(self) -> list[Widget]:
        stops: list[Widget] = [self._row(field.name).input for field in self._fields]
        return [*stops, *self.query(YesNo), self.query_one("#form-check")]

    def _step(self, by: int) -> None:
        """To the next or the previous field; the ends stay."""
        stops = self._stops()
        focused = self.screen.focused
        here = stops.index(focused) if focused in stops else 0
        self.screen.set_focus(stops[max(0, min(len(stops) - 1, here + by))])

    def press(self, key: str) -> bool:
        """Up and Down between fields, Esc back with the draft."""
        if key in ("up", "down"):
            self._step(-1 if key == "up" else 1)
            return True
        if key == "escape":
            self.send(Back(self._draft()))
            return True
        return False

    def _draft(self) -> tuple[tuple[str, str], ...]:
        texts = [(field.name, self._row(field.name).text) for field in self._fields]
        if self._needs_card:
            texts.append((CARD_IN_HAND, YES if self._card_in_hand() else ""))
        return tuple(texts)

    def _card_in_hand(self) -> bool:
        return any(question.answer for question in self.query(YesNo))

    def complete(self) -> None:
        """To the summary, or to the first field that is not right yet."""
        self._visited.update(field.name for field in self._fields)
        self._show_checks()
        checks = self._check()
        wrong = {name for name, check in checks.items() if check.error is not None} | set(check_together(checks))
        for field in self._fields:
            if field.name in wrong:
                self.screen.set_focus(self._row(field.name).input)
                return
        if self._needs_card and not self._card_in_hand():
            self.query_one("#form-notice", Prose).say(f"{CARE} {self.t('form.error.card_in_hand')}")
            self.screen.set_focus(self.query_one(YesNo))
            return
        entry = make_entry(self._state.document, checks, card_in_hand=self._card_in_hand())
        self.send(FormCompleted(entry, self._draft()))

    def renew(self, state: Any) -> bool:
        """A card put down or taken away changes nothing that was typed."""
        if isinstance(state, FillingForm) and state.document is self._state.document:
            self._state = state
            return True
        return False

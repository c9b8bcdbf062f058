"""`PaperFormView`: one paper typed in, whichever form it is, with what was understood beside each field.

Enter goes on, Up goes back, Esc leaves and loses nothing. The form can change while it is typed into: where the
insurer's number belongs to another insurer's paper, that form is offered and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.paper import Shown
from kiosk.flow.events import PaperCompleted
from kiosk.flow.states import TypingPaper
from kiosk.forms.check import FormCheck, Remark, check_form
from kiosk.forms.draft import (
    AT,
    CARD_IN_HAND,
    NO,
    SHOWN,
    YES,
    Draft,
    card_in_hand,
    form_of,
    make_draft,
    shown_of,
    texts_of,
)
from kiosk.forms.field_order import CHOICES, counts_with_card, front_fields, further_fields, ways_of_showing
from kiosk.forms.labels import account_of
from kiosk.forms.option_row import OptionRow
from kiosk.forms.pasting import take_paste
from kiosk.forms.rows import FieldRow
from kiosk.forms.typing_view import FIELD_WORDS, TypingView
from kiosk.screens.view import CARE, Setting
from kiosk.widgets.choice import Choice

MORE_KEY = "f9"
OTHER_FORM_KEY = "f3"
TAKE_BACK_KEY = "f5"


@dataclass(frozen=True, slots=True)
class _Paste:
    """The last record that was pasted: the form before it, and the texts of its fields before and after."""

    form: PaperForm
    before: Mapping[str, str] = field(repr=False)
    after: Mapping[str, str] = field(repr=False)


class PaperFormView(TypingView):
    """The fields of one form."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "paper_form"

    def __init__(self, setting: Setting, state: TypingPaper) -> None:
        super().__init__(setting)
        self._state = state
        self._form = form_of(state.draft, state.form)
        self._draft: Draft = state.draft
        self._others: PaperForm | None = None
        self._paste: _Paste | None = None
        self._said_of_paste = ""

    @property
    def form(self) -> PaperForm:
        """The form as it is now: the state's, or the one changed to."""
        return self._form

    # --- building ---

    def title(self) -> str:
        """Which paper."""
        return self.t("forms.title", paper=self.t(f"paper.form.{self._form.word}"))

    def body(self) -> ComposeResult:
        """What is needed, how it was shown, and of the rest what something stands in; the others are hidden."""
        texts = texts_of(self._draft)
        front, further = front_fields(self._form), further_fields(self._form)
        rows = {row.word: row for row in self.field_rows((*front, *further), texts)}
        if not front:
            yield self.say("forms.nothing_to_type", classes="lead")
        for at in front:
            yield rows[at.value]
        yield from self._asked()
        for at in further:
            rows[at.value].display = bool(texts.get(at.value))
            yield rows[at.value]

    def _hidden(self) -> list[FieldRow]:
        """Rows that are seldom needed and were not asked for."""
        return [row for row in self.all_rows() if not row.display]

    def _asked(self) -> Iterator[FieldRow]:
        """What is said of the paper and not printed on it."""
        ways = ways_of_showing(self._form)
        if len(ways) > 1:
            options = [self.t(f"forms.shown.{way.value}") for way in ways]
            yield self._option(SHOWN, [way.value for way in ways], options, shown_of(self._draft).value)
        if counts_with_card(self._form):
            said = {True: YES, False: NO, None: ""}[card_in_hand(self._draft)]
            options = [self.t(f"forms.card_in_hand.{answer}") for answer in (YES, NO)]
            yield self._option(CARD_IN_HAND, [YES, NO], options, said)

    def _option(self, word: str, values: list[str], options: list[str], chosen: str) -> OptionRow:
        label = self.t(f"forms.label.{word}")
        return OptionRow(word, label, self.label_cells([label]), values, options, chosen, moved=self._moved)

    def ways_on(self) -> ComposeResult:
        """Compare with the paper; and what may be of use."""
        yield Choice("enter", self.t("forms.check"), self.complete, id="form-check")
        hidden = self._hidden()
        more = self.choice(MORE_KEY, "forms.more", self.show_further, count=len(hidden))
        more.display = bool(hidden)
        yield more
        other = self.choice(OTHER_FORM_KEY, "forms.title", self._take_other_form, paper="")
        other.display = False
        yield other
        undo = self.choice(TAKE_BACK_KEY, "forms.paste.undo", self._take_paste_back)
        undo.display = self._paste is not None
        yield undo

    def _choice(self, key: str) -> Choice:
        return self.query_one(f"#choice-{key}", Choice)

    def first_focus(self) -> Widget | None:
        """Where the draft was left; else the first field that is wrong or blank, of those that are always in view."""
        left = self.row_to_go_on_in(self._draft)
        if left is not None:
            return left
        errors = {at.value for at in self._check().errors}
        front = {at.value for at in front_fields(self._form)}
        open_rows = (row.stop for row in self.rows() if row.word in errors or (row.word in front and not row.text))
        return next(open_rows, self.query_one("#form-check"))

    def show_further(self) -> None:
        """Show the fields that are seldom needed."""
        hidden = self._hidden()
        for row in hidden:
            row.display = True
        self._choice(MORE_KEY).display = False
        if hidden:
            self.focus_row(hidden[0].word)

    # --- checking ---

    def _shown(self) -> Shown:
        return shown_of(((SHOWN, self._said(SHOWN)),))

    def _said(self, word: str) -> str:
        return next((row.text for row in self.all_rows() if row.word == word), "")

    def _check(self) -> FormCheck:
        return check_form(self._form, self.texts(), self.setting.today(), self._shown())

    def judge(self) -> None:
        """Beneath each field what is wrong, beside it what was understood, below all what is odd about the paper."""
        check = self._check()
        for row in self.rows():
            if row.word not in FIELD_WORDS:
                continue
            at = PaperField(row.word)
            error = check.errors.get(at) or (check.lacking.get(at) if self.visited(row) else None)
            remarks = check.remarks.get(at, ())
            fine = [self.t(remark.message_id, **remark.params) for remark in remarks if self._worth_saying(row, remark)]
            odd = [f"{CARE} {self.t(remark.message_id, **remark.params)}" for remark in remarks if remark.odd]
            row.say(" ".join(fine), self.error_words(row, error), "\n".join(odd), self.to_come(row, error))
        self._offer(check.other_form)
        said = [f"{CARE} {self.t(warning.code, **warning.params)}" for warning in check.odd]
        self.notice("\n".join(filter(None, [self._said_of_text, self._said_of_paste, *said])))

    def _worth_saying(self, row: FieldRow, remark: Remark) -> bool:
        """Of a blank nobody has come to yet, the example says more than that it means "none printed"."""
        return not remark.odd and (bool(row.text) or self.visited(row))

    def _offer(self, other: PaperForm | None) -> None:
        self._others = other
        choice = self._choice(OTHER_FORM_KEY)
        if other is not None:
            choice.relabel(self.t("forms.other_form", paper=self.t(f"paper.form.{other.word}")))
        choice.display = other is not None

    def complete(self) -> None:
        """To the summary, or to the first field that is not right yet."""
        self.visit_all()
        self.refresh_checks()
        check = self._check()
        wrong = {at.value for at in check.wrong}
        for row in self.all_rows():
            if row.word in wrong:
                row.display = True
                self.screen.set_focus(row.stop)
                return
        if counts_with_card(self._form) and not self._said(CARD_IN_HAND):
            self.notice(f"{CARE} {self.t('forms.card_in_hand.ask')}")
            self.focus_row(CARD_IN_HAND)
            return
        self.send(PaperCompleted(check.paper, self.draft(), card_in_hand=self._said(CARD_IN_HAND) == YES))

    def draft(self) -> Draft:
        """What stands in the form now, and what was typed before into fields that this form does not have."""
        said = self._said(CARD_IN_HAND)
        texts = texts_of(self._draft) | self.texts()
        changed = "" if self._form.word == self._state.form else self._form.word
        in_hand = {YES: True, NO: False}.get(said)
        return make_draft(texts, shown=self._shown(), card_in_hand=in_hand, form=changed, at=self.field_typed_in())

    # --- another form, and pastes ---

    def _take_other_form(self) -> None:
        if self._others is not None:
            self._rebuild(self._others, self.draft())

    def _rebuild(self, form: PaperForm, draft: Draft) -> None:
        """Lay the form out anew. What the new form has no field for is not shown, and comes back with the old one."""
        self._form, self._draft = form, tuple(pair for pair in draft if pair[0] != AT)
        self.call_later(self._recompose)

    async def _recompose(self) -> None:
        await self.recompose()
        self._visited = {row.word for row in self.rows() if row.text}
        self.refresh_checks()
        self.screen.set_focus(self.first_focus())

    def take_record(self, text: str) -> bool:
        """A record of the app or the portal fills the fields it has; what it replaced can be taken back."""
        pasted = take_paste(text, self._form, self.setting.today())
        if pasted is None:
            return False
        texts = texts_of(self.draft())
        filled = {at: self._as_row_has_it(at, taken) for at, taken in pasted.taken.items()}
        replaced = [at for at, taken in filled.items() if texts.get(at.value, taken) != taken]
        before = {at.value: texts.get(at.value, "") for at in filled}
        after = {at.value: taken for at, taken in filled.items()}
        self._paste = _Paste(self._form, before, after)
        self._said_of_paste = "\n".join(account_of(self.setting.words, pasted, replaced=replaced))
        self._rebuild(pasted.form, self._draft_with(texts | after))
        return True

    def _as_row_has_it(self, at: PaperField, text: str) -> str:
        return self.choice_of(at, text) if at in CHOICES else text

    def _draft_with(self, texts: dict[str, str]) -> Draft:
        return (*make_draft(texts), *((word, said) for word, said in self.draft() if word in (SHOWN, CARD_IN_HAND)))

    def _take_paste_back(self) -> None:
        """Everything as it was before, but for what was typed since into the same fields."""
        paste = self._paste
        if paste is None:
            return
        texts = texts_of(self.draft())
        back = {word: text for word, text in paste.before.items() if texts.get(word, "") == paste.after[word]}
        number = PaperField.INSURER_NUMBER.value
        form = paste.form if number in back or number not in paste.after else self._form
        self._paste, self._said_of_paste = None, ""
        self._rebuild(form, self._draft_with(texts | back))

    def renew(self, state: Any) -> bool:
        """A card put down or taken away changes nothing that was typed."""
        if isinstance(state, TypingPaper) and state.form == self._state.form:
            self._state = state
            return True
        return False

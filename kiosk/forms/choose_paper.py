"""`ChoosePaperView`: which document did the person bring, and which form of it.

First the document, by a number key. Where insurers print it differently, the insurer's number finds the form, or staff
pick it from the list. What is typed or pasted here goes on into the form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.keys import key_to_character
from textual.widget import Widget
from textual.worker import Worker

from eligibility.errors import FieldError
from eligibility.insurers import InsurerNumber, insurer_title, parse_insurer_number
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.text import holds_individual_number
from kiosk.flow.events import Abandoned, Back, DraftResumed, FourItemsRequested, PaperChosen, RetryRequested
from kiosk.flow.states import ChoosingPaper, Trouble
from kiosk.forms.choosing import DOCUMENTS, forms_of
from kiosk.forms.digit_keys import DigitKeys
from kiosk.forms.draft import make_draft, texts_of
from kiosk.forms.kept_forms import KeptForm, KeptForms, read_kept
from kiosk.forms.labels import account_of, names_of
from kiosk.forms.paper_input import PaperInput
from kiosk.forms.pasting import LONGEST, Pasted, account_of_text, refused_for, take_paste
from kiosk.forms.rows import FieldRow, TextRow
from kiosk.forms.typing_view import TypingView
from kiosk.forms.unfinished import Lacking, still_to_come
from kiosk.screens.messages import HintsChanged
from kiosk.screens.view import CARE, Setting, View
from kiosk.screens.while_shown import while_shown
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

NUMBER = PaperField.INSURER_NUMBER
KEPT_KEY = "."
"""Half-typed papers: every digit has its meaning already, and a number pad has this key beside them."""
_MOST_KEPT = 8
_NOBODY_ANSWERS = frozenset({Trouble.OUTAGE, Trouble.DISASTER, Trouble.SERVER_DOWN})
"""Troubles in which the four items of the card's face can be noted for later (reception.md §6.6)."""


class ChoosePaperView(View):
    """Documents, then forms."""

    DEFAULT_CSS = """
    ChoosePaperView { padding: 0 1; }
    ChoosePaperView > .forms-title { height: auto; text-style: bold; color: $text-primary; }
    ChoosePaperView .ways { height: auto; }
    ChoosePaperView .middle > .quiet { margin-bottom: 1; }
    """

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "choose_paper"
    OTHER_LANGUAGES: ClassVar[bool] = False
    KEYS = (("escape", "key.back"),)

    def __init__(self, setting: Setting, state: ChoosingPaper, drafts: KeptForms | None = None) -> None:
        """`drafts` are the half-typed papers that were kept; None: nobody keeps any here."""
        super().__init__(setting)
        self._state = state
        self._drafts = drafts
        self._half_typed: tuple[KeptForm, ...] = ()
        self._which = False
        """The page asks which of several half-typed papers is meant."""
        self._document = ""
        self._typed = texts_of(state.kept).get(NUMBER.value, "")
        self._in_hand = False
        """The number is being typed, and was not left since."""
        self._pasted: Pasted | None = None
        self._held: list[str] | None = None
        """Keys typed while another page is being built: whoever types fast means that page."""

    # --- building ---

    def compose(self) -> ComposeResult:
        """The documents; of one with several forms the insurer's number and the forms; after a paste what it was."""
        if self._pasted is not None:
            yield from self._compose_pasted(self._pasted)
        elif self._which:
            yield from self._compose_which()
        elif self._document:
            yield from self._compose_forms()
        else:
            yield from self._compose_documents()
        yield Prose(id="choose-notice", classes="warning")

    def _compose_documents(self) -> ComposeResult:
        yield self.say("forms.choose.title", classes="forms-title")
        with Vertical(classes="middle"):
            if self._state.because is not None:
                yield self.say(f"trouble.{self._state.because.value}.what", classes="quiet")
            kept = [PaperField(word) for word in texts_of(self._state.kept)]
            if kept:
                yield self.say("forms.choose.kept", classes="quiet", fields=names_of(self.setting.words, kept))
            for place, document in enumerate(DOCUMENTS, 1):
                yield self.choice(str(place), f"forms.document.{document}", self._choosing(document))
        with Vertical(classes="ways"):
            if self._half_typed:
                yield self._resuming()
            if self._state.because in _NOBODY_ANSWERS:
                yield self.choice("slash", "forms.choose.four_items", FourItemsRequested())
            if self._state.can_retry:
                yield self.choice("asterisk", "forms.choose.retry", RetryRequested())
            yield self.choice("9", "choice.end", Abandoned())
            yield self.ring_for_staff()

    def _resuming(self) -> Choice:
        """Beside the documents, whose numbers stay what they are: one that was kept opens at once."""
        if len(self._half_typed) == 1:
            act, label = self._taking_up(self._half_typed[0]), self._said_of(self._half_typed[0])
            return Choice(KEPT_KEY, self.t("forms.choose.resume", **label), act, id="choice-kept")
        label = {"count": str(len(self._half_typed))}
        return Choice(KEPT_KEY, self.t("forms.choose.resume_several", **label), self._ask_which, id="choice-kept")

    def _said_of(self, one: KeptForm) -> dict[str, str]:
        paper = self.t(f"paper.form.{one.form}")
        return {"since": f"{one.since:%H:%M}", "paper": paper, "fields": str(len(texts_of(one.draft)))}

    def _taking_up(self, one: KeptForm) -> Callable[[], None]:
        return lambda: self.send(DraftResumed(one.form, one.draft, one.word))

    def _ask_which(self) -> None:
        self._which = True
        self._rebuild()

    def _compose_which(self) -> ComposeResult:
        yield self.say("forms.choose.which", classes="forms-title")
        with Vertical(classes="middle"):
            for place, one in enumerate(self._half_typed[:_MOST_KEPT], 1):
                label = self.t("side-drafts.resume", **self._said_of(one))
                yield Choice(str(place), label, self._taking_up(one), id=f"choice-{place}")
        with Vertical(classes="ways"):
            yield self.choice("9", "choice.back", self._leave)

    def on_mount(self) -> None:
        """What was kept is on the disk: it is offered as soon as it was read."""
        if self._drafts is not None:
            self._begin_to_read(self._drafts)

    def _begin_to_read(self, drafts: KeptForms) -> Worker[None]:
        return self.run_worker(partial(while_shown, self, partial(self._read_kept, drafts)))

    async def _read_kept(self, drafts: KeptForms) -> None:
        self._half_typed = await read_kept(drafts)
        asked = not self._document and self._pasted is None and not self._which and self._held is None
        if self._half_typed and asked and self.is_attached:
            await self.query_one(".ways").mount(self._resuming(), before=0)

    def _choosing(self, document: str) -> Callable[[], None]:
        return lambda: self.choose_document(document)

    def _compose_forms(self) -> ComposeResult:
        yield self.say("forms.choose.form", classes="forms-title")
        label = self.t(f"paper_field.{NUMBER.value}")
        with Vertical(classes="middle"):
            yield TextRow(
                NUMBER.value,
                label,
                TypingView.label_cells([label]),
                self.t("forms.choose.number_example"),
                self._typed,
                moved=lambda _row, by: self._from_number(by),
                pasted=self._take_paste,
                by_pad=True,
            )
            for place, form in enumerate(forms_of(self._document), 1):
                yield self.choice(str(place), f"paper.form.{form.word}", self._taking(form))
        yield DigitKeys(
            typed=lambda character: self._number().put_in(character),
            taken_back=lambda: self._number().action_delete_left(),
            moved_on=lambda: self._from_number(1),
            back_label=self.t("forms.cap.back"),
            on_label=self.t("forms.cap.on"),
        )

    def _taking(self, form: PaperForm) -> Callable[[], None]:
        return lambda: self._take(form)

    def _compose_pasted(self, pasted: Pasted) -> ComposeResult:
        yield self.say("forms.choose.pasted", classes="forms-title", paper=self.t(f"paper.form.{pasted.form.word}"))
        with Vertical(classes="middle"):
            for sentence in account_of(self.setting.words, pasted):
                yield Prose(sentence)
        with Vertical(classes="ways"):
            yield self.choice("1", "forms.choose.open", self._open_pasted)
            yield self.choice("2", "choice.back", self._leave)

    # --- choosing ---

    def choose_document(self, document: str) -> None:
        """One form: that is it. Several: which?"""
        forms = forms_of(document)
        if len(forms) == 1:
            self._take(forms[0])
        else:
            self._document = document
            self._rebuild()

    def _take(self, form: PaperForm) -> None:
        """Open the form, with what is known already."""
        kept = texts_of(self._state.kept)
        number = self._typed.strip()
        if number:
            kept[NUMBER.value] = number
        known = make_draft({word: text for word, text in kept.items() if PaperField(word) not in form.refuses})
        self.send(PaperChosen(form.word, known if number else ()))

    def _open_pasted(self) -> None:
        if self._pasted is not None:
            texts = {at.value: text for at, text in self._pasted.taken.items()}
            self.send(PaperChosen(self._pasted.form.word, make_draft(texts)))

    def _from_number(self, by: int) -> None:
        """Enter in the field: the only form that fits, else on to the list."""
        self._typed = self.query_one(TextRow).text  # of keys that came in one go, not all were heard of yet
        self._left_number()
        fitting = self._fitting()
        if by > 0 and self._insurer() is not None and len(fitting) == 1:
            self._take(fitting[0])
            return
        shown = list(self.choices())
        if shown:
            self.screen.set_focus(shown[0 if by > 0 else -1])

    def _insurer(self) -> InsurerNumber | None:
        try:
            return parse_insurer_number(self._typed)
        except FieldError:
            return None

    def _fitting(self) -> tuple[PaperForm, ...]:
        return forms_of(self._document, self._insurer())

    @on(FieldRow.Edited)
    def _edited(self, message: FieldRow.Edited) -> None:
        message.stop()
        if holds_individual_number(message.row.text):
            message.row.text = ""
            message.row.say("", f"{CARE} {self.t('forms.error.individual_number')}")
            return
        self._typed = message.row.text
        self._in_hand = self.screen.focused is message.row.stop
        self._judge()

    def on_descendant_focus(self) -> None:
        """The number that was left is judged as it stands."""
        rows = self.query(TextRow)
        if self._in_hand and rows and self.screen.focused is not rows.first().stop:
            self._left_number()

    def _left_number(self) -> None:
        if self._in_hand:
            self._in_hand = False
            self._judge()

    def _judge(self) -> None:
        """Who it is, and the forms that insurer can have issued."""
        row = self.query_one(TextRow)
        fitting = {form.word for form in self._fitting()}
        for place, form in enumerate(forms_of(self._document), 1):
            self.query_one(f"#choice-{place}", Choice).display = form.word in fitting
        try:
            number = parse_insurer_number(self._typed)
        except FieldError as error:
            to_come = self._to_come(error) if self._in_hand else None
            if to_come is not None:
                row.say("", to_come=self.t(to_come.message_id, **to_come.params) if to_come.message_id else "")
            else:
                row.say("", f"{CARE} {self.t(error.code, **error.params)}" if self._typed.strip() else "")
            return
        message_id, params = insurer_title(number)
        row.say(self.t(message_id, **params), "" if fitting else f"{CARE} {self.t('forms.choose.none_issued')}")

    def _take_paste(self, text: str, *, in_field: bool = True) -> bool:
        """A record says by itself which form it fits; far too much of a text is not even looked at.

        Whether nothing of it is to be typed. What is left out is said.
        """
        pasted = take_paste(text, None, self.setting.today()) if len(text) <= LONGEST else None
        if pasted is not None:
            self._pasted = pasted
            self._rebuild()
            return True
        too_long = len(text) > LONGEST
        refusal = refused_for(NUMBER, text) if in_field and not too_long else None
        if refusal is not None:
            self.query_one(TextRow).say("", f"{CARE} {self.t(refusal.code)}")
            return True
        word, is_typed = ("too_long", False) if too_long else account_of_text(text, in_field=in_field)
        self.query_one("#choose-notice", Prose).say(f"{CARE} {self.t(f'forms.paste.{word}')}" if word else "")
        return not is_typed

    def on_paste(self, event: events.Paste) -> None:
        """A record pasted while a choice has the focus."""
        event.stop()
        self._take_paste(event.text, in_field=False)

    # --- moving ---

    def _number(self) -> PaperInput:
        return self.query_one(TextRow).input

    def _to_come(self, error: FieldError) -> Lacking | None:
        return still_to_come(NUMBER, self._typed, error)

    def _into_number(self) -> None:
        """Back in the field one goes on with what is half-typed; what is whole or wrong is typed over."""
        number = self._number()
        self.screen.set_focus(number)
        try:
            parse_insurer_number(self._typed)
        except FieldError as error:
            if self._to_come(error) is not None:
                return
        number.select_all()

    def _rebuild(self) -> None:
        self._held = []
        self.call_later(self._recompose)

    async def _recompose(self) -> None:
        await self.recompose()
        if self._document and self._pasted is None:
            self.call_after_refresh(self._judge)
        if self._document and self._pasted is None:
            self._into_number()
        else:
            self.screen.set_focus(self.first_focus())
        self.post_message(HintsChanged())
        held, self._held = self._held or [], None
        for key in held:
            self.app.post_message(events.Key(key, key_to_character(key)))

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """Keys that move between fields only where there is one."""
        if not self._document or self._pasted is not None:
            return super().key_hints()
        return tuple((key, self.t(word)) for key, word in TypingView.KEYS)

    def first_focus(self) -> Widget | None:
        """The number where it decides, else the first answer."""
        if self._document and self._pasted is None:
            rows = list(self.query(TextRow))
            if rows:
                return rows[0].input
        return super().first_focus()

    def _leave(self) -> None:
        """One step back inside the view."""
        self._pasted, self._document, self._which = None, "", False
        self._rebuild()

    def press(self, key: str) -> bool:
        """Esc: one step back. Up from the first form: to the number."""
        if self._held is not None:
            self._held.append(key)
            return True
        if key == "escape":
            if self._document or self._pasted is not None or self._which:
                self._leave()
            else:
                self.send(Back())
            return True
        if key == "full_stop":
            key = KEPT_KEY
        if key in ("plus", "minus") or (key == "asterisk" and self._document):
            key = "down" if key == "plus" else "up"
        if key == "up" and self._document and self.screen.focused is next(self.choices(), None):
            self._into_number()
            return True
        if key == "down" and self._document and not isinstance(self.screen.focused, Choice):
            self._from_number_down()
            return True
        return super().press(key)

    def _from_number_down(self) -> None:
        first = next(self.choices(), None)
        if first is not None:
            self.screen.set_focus(first)

    def renew(self, state: Any) -> bool:
        """Nothing shown here depends on the card."""
        same = isinstance(state, ChoosingPaper) and (state.because, state.can_retry, state.kept) == (
            self._state.because,
            self._state.can_retry,
            self._state.kept,
        )
        if same:
            self._state = state
        return same

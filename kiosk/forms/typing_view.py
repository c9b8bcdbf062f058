"""What every form at the desk has in common: rows, moving between them, digit keys, records pasted in, a draft.

Rule: sub-classes say which rows there are and what is wrong with them; this class owns the movement. A 個人番号 does
not stay in any field. What was typed leaves as a draft with Esc, and with whatever closes the form (`draft`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.widget import Widget

from eligibility.errors import FieldError
from eligibility.papers.fields import PaperField
from eligibility.papers.reading import READERS, as_typed
from eligibility.text import holds_individual_number
from kiosk.flow.events import Back
from kiosk.forms.digit_keys import DigitKeys
from kiosk.forms.draft import Draft, field_left_at
from kiosk.forms.field_order import CHOICES, Kind, kind_of
from kiosk.forms.labels import label_of
from kiosk.forms.option_row import OptionRow
from kiosk.forms.pasting import LONGEST, account_of_text, refused_for
from kiosk.forms.rows import FieldRow, TextRow
from kiosk.forms.unfinished import Lacking, still_to_come
from kiosk.screens.view import CARE, Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

_WIDEST_LABEL = 28
AROUND = 4
"""Columns at least that padding takes from a row's width; what it is exactly shows when the row is laid out."""
FIELD_WORDS = frozenset(at.value for at in PaperField)
EXAMPLES = frozenset(
    {
        PaperField.INSURER_NUMBER,
        PaperField.SYMBOL,
        PaperField.NUMBER,
        PaperField.BRANCH,
        PaperField.BIRTHDATE,
        PaperField.ISSUED_ON,
        PaperField.VALID_FROM,
        PaperField.EXPIRES_ON,
        PaperField.ACQUIRED_ON,
    }
)
"""Fields with an example: `forms.example.<field>`."""


class TypingView(View):
    """A column of rows with their checks."""

    DEFAULT_CSS = """
    TypingView { padding: 0 1; }
    TypingView > .forms-title { height: auto; text-style: bold; color: $text-primary; }
    TypingView .ways { height: auto; }
    TypingView #form-notice { height: auto; max-height: 7; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    OTHER_LANGUAGES: ClassVar[bool] = False
    KEYS = (("enter", "key.next_field"), ("up", "key.previous_field"), ("escape", "key.back"))

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._all_rows: list[FieldRow] = []
        self._visited: set[str] = set()
        self._emptied = ""
        """The field that a 個人番号 was just taken out of."""
        self._in_hand = ""
        """The field that is being typed in, and was not left since."""
        self._with_focus = ""
        """The field that had the focus last: its screen may be gone when the draft is asked for."""
        self._is_to_judge = False
        """Something was typed that is not judged yet."""
        self._said_of_text = ""
        """What was said of the last paste that is no record; until somebody goes on."""

    # --- for sub-classes ---

    def label_of(self, at: PaperField) -> str:
        """The field's name, short where the full one would not fit beside it."""
        return label_of(self.setting.words, at)

    def field_rows(self, fields: Iterable[PaperField], texts: dict[str, str]) -> list[FieldRow]:
        """New rows for `fields`, with what stands in them."""
        fields = tuple(fields)
        cells = self.label_cells([self.label_of(at) for at in fields])
        widest = max((cell_len(self._example(at)) for at in fields), default=0)
        return [self._field_row(at, texts.get(at.value, ""), cells, widest) for at in fields]

    def _example(self, at: PaperField) -> str:
        return self.t(f"forms.example.{at.value}") if at in EXAMPLES else ""

    @staticmethod
    def label_cells(labels: Iterable[str]) -> int:
        """How wide the column of labels is."""
        return min(_WIDEST_LABEL, max((cell_len(label) for label in labels), default=0)) + 1

    def _field_row(self, at: PaperField, text: str, cells: int, example_cells: int) -> FieldRow:
        if kind_of(at) is Kind.CHOICE:
            options = [self.t(f"forms.option.{at.value}.{value}") for value in CHOICES[at]]
            return OptionRow(
                at.value, self.label_of(at), cells, CHOICES[at], options, self.choice_of(at, text), moved=self._moved
            )
        return TextRow(
            at.value,
            self.label_of(at),
            cells,
            self._example(at),
            text,
            moved=self._moved,
            pasted=self._take_paste,
            by_pad=kind_of(at) in (Kind.DIGITS, Kind.DATE),
            long=kind_of(at) is Kind.WORDS,
            example_cells=example_cells,
        )

    def choice_of(self, at: PaperField, text: str) -> str:
        """The option that a draft's text stands for: 男, 1 and male are one."""
        today = self.setting.today()
        for value in CHOICES[at]:
            try:
                if as_typed(READERS[at](text, today)) == as_typed(READERS[at](value, today)):
                    return value
            except FieldError:
                return ""
        return ""

    def set_field(self, at: PaperField, text: str) -> None:
        """Put a text into a row, as a paste does."""
        row = self.row(at.value)
        row.text = self.choice_of(at, text) if at in CHOICES else text

    def body(self) -> ComposeResult:
        """The rows and whatever else scrolls."""
        raise NotImplementedError

    def ways_on(self) -> ComposeResult:
        """The choices beneath, the way on first."""
        raise NotImplementedError

    def title(self) -> str:
        """The sentence above."""
        raise NotImplementedError

    def judge(self) -> None:
        """Say at each row what is wrong or was understood."""
        raise NotImplementedError

    def draft(self) -> Draft:
        """What stands in the form now."""
        raise NotImplementedError

    def take_record(self, text: str) -> bool:
        """Take a paste that is a whole record; False: it is a text for one field."""
        raise NotImplementedError

    # --- building ---

    def compose(self) -> ComposeResult:
        """Title, rows, notice, digit keys, ways on."""
        body = list(self.body())
        self._all_rows = [part for part in body if isinstance(part, FieldRow)]
        place = self.parent.size.width if isinstance(self.parent, Widget) else 0
        for row in self._all_rows if place else ():
            row.fit(place - AROUND)
        yield Prose(self.title(), classes="forms-title")
        with Vertical(classes="middle"):
            yield from body
        yield Prose(id="form-notice", classes="warning")
        yield DigitKeys(
            typed=self._cap_typed,
            taken_back=self._cap_back,
            moved_on=lambda: self.step_focus(1),
            back_label=self.t("forms.cap.back"),
            on_label=self.t("forms.cap.on"),
        )
        with Vertical(classes="ways"):
            yield from self.ways_on()

    def on_mount(self) -> None:
        """A draft is judged at once."""
        self._visited = {row.word for row in self.rows() if row.text}
        self.call_after_refresh(self.refresh_checks)

    def all_rows(self) -> list[FieldRow]:
        """Every row, those that are hidden now as well, from the top."""
        return self._all_rows

    def rows(self) -> list[FieldRow]:
        """The rows that can be typed into now, from the top."""
        return [row for row in self._all_rows if row.display]

    def row(self, word: str) -> FieldRow:
        """The row of that field."""
        return next(row for row in self._all_rows if row.word == word)

    def texts(self) -> dict[str, str]:
        """What stands in the rows of paper fields, by field word."""
        return {row.word: row.text for row in self._all_rows if row.word in FIELD_WORDS}

    def notice(self, sentence: str) -> None:
        """Something to say about the whole form; "" takes it back."""
        self.query_one("#form-notice", Prose).say(sentence)

    # --- checking ---

    def refresh_checks(self) -> None:
        """Judge, and put the terminal's cursor where typing goes on."""
        if not self.is_attached:
            return
        self.judge()
        self._serve_keys()
        self.call_after_refresh(self._place_cursor)

    def visited(self, row: FieldRow) -> bool:
        """Whether somebody has been there: a blank field is no mistake before."""
        return row.word in self._visited

    def visit_all(self) -> None:
        """The form was called complete: every blank field counts."""
        self._visited |= {row.word for row in self._all_rows}
        self._in_hand = ""

    def error_words(self, row: FieldRow, error: FieldError | None) -> str:
        """What is said beneath a row: of a field that was just emptied, why; of one still being typed, nothing yet."""
        if row.word == self._emptied:
            return f"{CARE} {self.t('forms.error.individual_number')}"
        if error is None or self._to_come(row, error) is not None:
            return ""
        return f"{CARE} {self.t(error.code, **error.params)}"

    def to_come(self, row: FieldRow, error: FieldError | None) -> str:
        """What is said beside a row that is being typed in: what it still lacks."""
        lacking = None if error is None or row.word == self._emptied else self._to_come(row, error)
        return self.t(lacking.message_id, **lacking.params) if lacking is not None and lacking.message_id else ""

    def _to_come(self, row: FieldRow, error: FieldError) -> Lacking | None:
        if row.word != self._in_hand or row.word not in FIELD_WORDS:
            return None
        return still_to_come(PaperField(row.word), row.text, error)

    @on(FieldRow.Edited)
    def _edited(self, message: FieldRow.Edited) -> None:
        message.stop()
        row = message.row
        if self.screen.focused is row.stop:
            self._in_hand = row.word
        if row.text:
            self._emptied = ""
            self._visited.add(row.word)
        if holds_individual_number(row.text):
            self._emptied = row.word
            row.text = ""
        if not self._is_to_judge:  # what was typed is drawn first: nobody waits for what is said of it
            self._is_to_judge = self.call_after_refresh(self._judge_typed)

    def _judge_typed(self) -> None:
        self._is_to_judge = False
        self.refresh_checks()

    # --- moving ---

    def stops(self) -> list[Widget]:
        """Everything that takes the focus, from the top."""
        return [*(row.stop for row in self.rows()), *self.choices()]

    def step_focus(self, by: int) -> None:
        """To the next or the previous stop; the ends stay."""
        stops = self.stops()
        focused = self.screen.focused
        here = stops.index(focused) if focused in stops else 0
        self.screen.set_focus(stops[max(0, min(len(stops) - 1, here + by))])

    def _moved(self, row: FieldRow, by: int) -> None:
        self._visited.add(row.word)
        self._in_hand = ""
        if self._said_of_text:
            self._said_of_text = ""
            self.notice("")
        self.refresh_checks()
        self.step_focus(by)

    def focus_row(self, word: str) -> None:
        """Put the focus into that row."""
        self.screen.set_focus(self.row(word).stop)

    def field_typed_in(self) -> str:
        """The field that has the focus, "" for a choice: where one goes on who comes back to this draft."""
        focused = self.screen.focused if self.is_attached else None
        if focused is not None:
            self._with_focus = next((row.word for row in self._all_rows if row.stop is focused), "")
        return self._with_focus

    def row_to_go_on_in(self, draft: Draft) -> Widget | None:
        """Where the draft was left; None where that is not told."""
        word = field_left_at(draft)
        return next((row.stop for row in self.rows() if row.word == word), None)

    def on_descendant_focus(self) -> None:
        """The digit keys serve the field that has the focus; the one that was left is judged as it stands."""
        self.field_typed_in()
        self._serve_keys()
        focused = self._focused_text_row()
        if self._in_hand and (focused is None or focused.word != self._in_hand):
            self._in_hand = ""
            self.refresh_checks()

    def _focused_text_row(self) -> TextRow | None:
        focused = self.screen.focused
        return next((row for row in self._all_rows if isinstance(row, TextRow) and row.input is focused), None)

    def _serve_keys(self) -> None:
        row = self._focused_text_row()
        kind = None if row is None else kind_of(PaperField(row.word)) if row.word in FIELD_WORDS else Kind.WORDS
        try:
            keys = self.query_one(DigitKeys)
        except NoMatches:
            return  # the form is being built anew
        keys.serve(digits=kind is Kind.DIGITS, day=kind is Kind.DATE)

    def _cap_typed(self, character: str) -> None:
        row = self._focused_text_row()
        if row is not None:
            row.input.insert_text_at_cursor(character)

    def _cap_back(self) -> None:
        row = self._focused_text_row()
        if row is not None:
            row.input.action_delete_left()

    def on_paste(self, event: events.Paste) -> None:
        """A record pasted while a choice has the focus."""
        event.stop()
        self._take_paste(event.text, in_field=False)

    def _take_paste(self, text: str, *, in_field: bool = True) -> bool:
        """Whether it is no text for one field; far too much of it is not even looked at. What is left out is said."""
        self._said_of_text = ""
        if len(text) > LONGEST:
            self.notice(f"{CARE} {self.t('forms.paste.too_long')}")
            return True
        if self.take_record(text):
            return True
        row = self._focused_text_row() if in_field else None
        refusal = refused_for(PaperField(row.word), text) if row is not None and row.word in FIELD_WORDS else None
        if refusal is not None:
            self.notice(f"{CARE} {self.t(refusal.code)}")
            return True
        word, is_typed = account_of_text(text, in_field=in_field)
        self._said_of_text = f"{CARE} {self.t(f'forms.paste.{word}')}" if word else ""
        self.notice(self._said_of_text)
        self.refresh_checks()
        return not is_typed

    def on_resize(self) -> None:
        """The fields have found their places, or other ones; so has what stands beside them."""
        self.call_after_refresh(self.refresh_checks)

    def _place_cursor(self) -> None:
        row = self._focused_text_row() if self.is_attached else None
        if row is not None:
            row.input.place_cursor()

    def press(self, key: str) -> bool:
        """Up and Down between stops, Esc back with the draft; `+`, `-` and `*` of the pad where a choice is."""
        if key in ("up", "down"):
            self.step_focus(-1 if key == "up" else 1)
            return True
        if isinstance(self.screen.focused, Choice) and key in ("plus", "minus", "asterisk"):
            self.step_focus(1 if key == "plus" else -1)
            return True
        if key == "escape":
            self.send(Back(self.draft()))
            return True
        return super().press(key)

"""`ComparisonPanel`: what was typed beside what came back, the differences with a sign and a colour, and the real name.

A name with ● is never kept in place of a good one: the field beside it takes the real spelling, which whoever shows
the panel keeps with the visit. Facts: validation.md §5, reception.md §8 (くろまる).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from eligibility.errors import FieldError
from eligibility.names import NameMatch, compare_names, parse_name, unfit_for_claims
from eligibility.papers.fields import PaperField
from eligibility.papers.paper import Paper
from eligibility.text import holds_individual_number
from kiosk.flow.answer import Qualification
from kiosk.forms.comparing import NEEDS_CARE, Line, Verdict, all_lines, hidden_name
from kiosk.forms.field_order import CHOICES
from kiosk.forms.labels import label_of
from kiosk.forms.rows import FieldRow, TextRow
from kiosk.forms.typing_view import TypingView
from kiosk.screens.view import CARE
from kiosk.widgets.prose import Prose
from kiosk.words import Words

_SIGN: Final = {
    Verdict.SAME: "=",
    Verdict.HIDDEN: "?",
    Verdict.VARIANT: "?",
    Verdict.UNREADABLE: "?",
    Verdict.DIFFERENT: CARE,
    Verdict.ONLY_TYPED: "-",
    Verdict.ONLY_ANSWERED: "-",
}
"""Before each line, so that a colour is never all there is; no character of ambiguous width."""
_REAL_NAME: Final = "real_name"


class ComparedLine(Widget):
    """Sign, field, both values; beneath what is to be done."""

    DEFAULT_CSS = """
    ComparedLine { width: 1fr; height: auto; }
    ComparedLine > Horizontal { height: auto; }
    ComparedLine .sign { width: 3; }
    ComparedLine .label { width: 21; padding-right: 1; }
    ComparedLine .value { width: 1fr; padding-right: 1; }
    ComparedLine .todo { margin-left: 3; }
    ComparedLine.-care { color: $text-warning; }
    ComparedLine.-different { color: $text-error; text-style: bold; }
    ComparedLine.-same .sign { color: $text-success; }
    """

    def __init__(self, sign: str, label: str, typed: str, answered: str, todo: str, *, name: str, care: str) -> None:
        super().__init__(id=f"compared-{name}", classes=f"-{care}")
        self._parts = (sign, label, typed, answered)
        self._todo = todo

    def compose(self) -> ComposeResult:
        """The line; a long value goes on beneath itself."""
        sign, label, typed, answered = self._parts
        with Horizontal():
            yield Static(sign, classes="sign", markup=False)
            yield Prose(label, classes="label")
            yield Prose(typed, classes="value")
            yield Prose(answered, classes="value")
        yield Prose(self._todo, classes="todo")


class ComparisonPanel(Vertical):
    """All lines, the differing ones first and marked; part of a page."""

    DEFAULT_CSS = """
    ComparisonPanel { width: 1fr; height: auto; }
    ComparisonPanel #comparison-sum { text-style: bold; color: $text-success; }
    ComparisonPanel #comparison-sum.-care { color: $text-warning; }
    ComparisonPanel ComparedLine.-heads { text-style: bold; }
    ComparisonPanel FieldRow { margin-bottom: 1; }
    """

    def __init__(
        self,
        words: Words,
        paper: Paper,
        answer: Qualification,
        *,
        keep_name: Callable[[str], None] | None = None,
        real_name: str = "",
    ) -> None:
        """`keep_name` is given the real name, as `parse_name` writes it; without it nobody is asked for one."""
        super().__init__(id="comparison")
        self._words = words
        self._paper, self._answer = paper, answer
        self._keep_name, self._real_name = keep_name, real_name

    def compose(self) -> ComposeResult:
        """What it comes to, the real name where there is a ●, the lines."""
        lines = sorted(all_lines(self._paper, self._answer), key=lambda line: line.verdict not in NEEDS_CARE)
        count = sum(line.verdict in NEEDS_CARE for line in lines)
        if count:
            yield Prose(f"{CARE} {self._t('forms.compare.differs', count=count)}", id="comparison-sum", classes="-care")
        else:
            yield Prose(self._t("forms.compare.same"), id="comparison-sum")
        if hidden_name(self._answer) and self._keep_name is not None:
            label = self._t("forms.compare.real_name")
            yield TextRow(
                _REAL_NAME,
                label,
                TypingView.label_cells([label]),
                "",
                self._real_name,
                moved=lambda _row, _by: self.keep(),
                pasted=lambda _text: False,
                by_pad=False,
                long=True,
            )
        heads = (self._t("forms.compare.field"), self._t("forms.compare.typed"), self._t("forms.compare.answered"))
        yield ComparedLine("", *heads, "", name="heads", care="heads")
        for line in lines:
            yield self._line(line)

    def _t(self, message_id: str, **params: object) -> str:
        return self._words.text(message_id, **params)

    def _line(self, line: Line) -> ComparedLine:
        said = "" if line.verdict is Verdict.SAME else self._t(f"forms.verdict.{line.verdict.value}")
        todo = [self._t(message_id) for message_id in line.todo]
        care = "different" if line.verdict is Verdict.DIFFERENT else "care" if line.verdict in NEEDS_CARE else "same"
        label = label_of(self._words, line.at)
        return ComparedLine(
            _SIGN[line.verdict],
            label,
            self._value(line.at, line.typed),
            self._value(line.at, line.answered),
            "  ".join(filter(None, [said, *todo])) if line.verdict in NEEDS_CARE else "",
            name=line.at.value,
            care=care,
        )

    def _value(self, at: PaperField, text: str) -> str:
        if not text:
            return self._t("forms.none")
        return self._t(f"forms.option.{at.value}.{text}") if text in CHOICES.get(at, ()) else text

    # --- the real name ---

    def on_mount(self) -> None:
        """A name that was kept before is judged at once."""
        self.call_after_refresh(self._judge)

    @on(FieldRow.Edited)
    def _edited(self, message: FieldRow.Edited) -> None:
        message.stop()
        if holds_individual_number(message.row.text):
            message.row.text = ""
        self._judge()

    def _judge(self) -> str | None:
        """Say how the typed name fits the answer's; the name as it would be kept, or None where it cannot be."""
        rows = list(self.query(TextRow))
        if not rows or not rows[0].text.strip():
            return None
        try:
            name = parse_name(rows[0].text)
        except FieldError as error:
            rows[0].say("", f"{CARE} {self._t(error.code, **error.params)}")
            return None
        match = compare_names(name, self._answer.name)
        odd = [] if match is not NameMatch.DIFFERENT else [f"{CARE} {self._t(match.meaning)}"]
        characters = unfit_for_claims(name)
        if characters:
            odd.append(f"{CARE} {self._t('warning.name_not_for_claims', characters=''.join(characters))}")
        rows[0].say(self._t(match.meaning), "", "\n".join(odd))
        return name

    def keep(self) -> None:
        """Enter in the field: the real name goes with the visit."""
        name = self._judge()
        if name is not None and self._keep_name is not None:
            self._keep_name(name)

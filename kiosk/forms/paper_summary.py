"""`PaperSummaryView`: what was typed, laid out as the paper, so that eye and paper compare line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from eligibility.papers.fields import PaperField
from eligibility.papers.look_again import look_again
from eligibility.papers.paper import Shown, missing_for_desk, missing_for_query
from kiosk.flow.events import Abandoned, Back, PaperConfirmed
from kiosk.flow.states import ConfirmingPaper
from kiosk.forms.draft import CARD_IN_HAND, NO, YES
from kiosk.forms.field_order import PAPERS_OF_NUMBERS, counts_with_card, front_fields
from kiosk.forms.labels import label_of, names_of
from kiosk.forms.paper_lines import day_text, paper_lines
from kiosk.forms.typing_view import TypingView
from kiosk.screens.view import CARE, Setting, View
from kiosk.widgets.fact import Fact
from kiosk.widgets.prose import Prose


class PaperSummaryView(View):
    """The paper, and the question whether it is the same."""

    DEFAULT_CSS = """
    PaperSummaryView { padding: 0 1; }
    PaperSummaryView > .forms-title { height: auto; text-style: bold; color: $text-primary; }
    PaperSummaryView .ways { height: auto; }
    PaperSummaryView .paper { height: auto; background: $surface; padding: 0 2; max-width: 90; }
    PaperSummaryView .paper-title { text-style: bold; }
    PaperSummaryView .paper-issued { width: 1fr; height: 1; text-align: right; }
    PaperSummaryView Fact .value { text-style: bold; }
    """

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "paper_summary"
    OTHER_LANGUAGES: ClassVar[bool] = False

    def __init__(self, setting: Setting, state: ConfirmingPaper) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The paper with its lines in its order, what is odd about it, and the answers."""
        paper = self._state.paper
        yield self.say("forms.summary.title", classes="forms-title")
        with Vertical(classes="middle"):
            with Vertical(classes="paper"):
                yield self.say(f"paper.form.{paper.form.word}", classes="paper-title")
                if paper.issued_on is not None or PaperField.ISSUED_ON in front_fields(paper.form):
                    yield Static(self._issued(), classes="paper-issued", markup=False)
                cells = TypingView.label_cells(self._label(at) for at, _ in paper_lines(paper, self.setting.words))
                for at, text in paper_lines(paper, self.setting.words):
                    yield _line(self._label(at), text or self.t("forms.none"), cells, f"line-{at.value}")
            yield Prose("\n".join(self._to_look_at()), classes="warning")
        with Vertical(classes="ways"):
            yield self.choice("1", self._way_on(), PaperConfirmed())
            yield self.choice("2", "forms.summary.change", Back())
            yield self.choice("9", "choice.end", Abandoned())

    def _label(self, at: PaperField) -> str:
        return label_of(self.setting.words, at)

    def _issued(self) -> str:
        issued = self._state.paper.issued_on
        return f"{self._label(PaperField.ISSUED_ON)} {self.t('forms.none') if issued is None else day_text(issued)}"

    def _way_on(self) -> str:
        return "forms.summary.same_unasked" if missing_for_query(self._state.paper) else "forms.summary.same"

    def _to_look_at(self) -> Iterator[str]:
        """What is odd, how it was shown, what a query lacks, what the desk has to learn elsewhere."""
        paper = self._state.paper
        for warning in look_again(paper, self.setting.today()):
            yield f"{CARE} {self.t(warning.code, **warning.params)}"
        if paper.shown is not Shown.ITSELF:
            yield f"{self.t('forms.label.shown')}: {self.t(f'paper.shown.{paper.shown.value}')}"
        if counts_with_card(paper.form):
            said = self.t(f"forms.card_in_hand.{YES if self._state.card_in_hand else NO}")
            yield f"{self.t(f'forms.label.{CARD_IN_HAND}')} {said}"
        if paper.form.document in PAPERS_OF_NUMBERS:
            missing = missing_for_query(paper)
            if missing:
                yield f"{CARE} {self.t('forms.summary.cannot_ask', fields=names_of(self.setting.words, missing))}"
            elsewhere = missing_for_desk(paper, self.setting.today())
            if elsewhere:
                yield self.t("forms.summary.elsewhere", fields=names_of(self.setting.words, elsewhere))

    def press(self, key: str) -> bool:
        """Esc goes back to the form; `+` goes along the answers."""
        pad = {"escape": "2", "plus": "down", "minus": "up", "asterisk": "up"}
        return super().press(pad.get(key, key))

    def renew(self, state: Any) -> bool:
        """A card put down or taken away changes nothing here."""
        if isinstance(state, ConfirmingPaper) and state.paper == self._state.paper:
            self._state = state
            return True
        return False


def _line(label: str, text: str, cells: int, name: str) -> Fact:
    """Label and value, the values in one column as wide as the labels need."""
    return LabelledFact(label, text, cells, id=name)


class LabelledFact(Fact):
    """A fact whose label column is as wide as it is told."""

    def __init__(self, label: str, value: str, cells: int, *, id: str) -> None:  # noqa: A002
        super().__init__(label, value, id=id)
        self._cells = cells

    def on_mount(self) -> None:
        """All labels of one paper are as wide as the widest."""
        self.query_one(".label", Static).styles.width = self._cells + 1

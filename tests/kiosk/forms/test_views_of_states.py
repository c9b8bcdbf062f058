"""Which form and which view there is for what: no screen."""

from __future__ import annotations

import pytest

from eligibility.papers.forms import FORMS
from eligibility.papers.parsing import parse_paper
from kiosk.flow.states import ChoosingPaper, ConfirmingPaper, Idle, State, TakingFourItems, TypingPaper
from kiosk.forms.catalogue import desk_view
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.choosing import DOCUMENTS, forms_of
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.paper_summary import PaperSummaryView
from kiosk.screens.view import View
from tests.kiosk.forms.hosting import setting
from tests.kiosk.forms.samples import CERTIFICATE, KYOKAI, TODAY


def test_every_form_can_be_reached_from_a_document() -> None:
    assert {form for document in DOCUMENTS for form in forms_of(document)} == set(FORMS)


def test_every_state_of_the_papers_has_a_view_and_no_other_has() -> None:
    views: dict[State, type[View]] = {
        ChoosingPaper(None, card_on_reader=False): ChoosePaperView,
        TypingPaper("smartphone", None, card_on_reader=False): PaperFormView,
        ConfirmingPaper(parse_paper(KYOKAI, CERTIFICATE, TODAY), None, card_on_reader=False): PaperSummaryView,
        TakingFourItems(None, card_on_reader=False): FourItemsView,
    }
    for state, view in views.items():
        assert type(desk_view(state, setting())) is view
    with pytest.raises(LookupError, match="Idle"):
        desk_view(Idle(), setting())

"""Which view belongs to which state of the desk's papers: the only place of the forms that knows both."""

from __future__ import annotations

from kiosk.flow import states as st
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.four_items_view import FourItemsView
from kiosk.forms.kept_forms import KeptForms
from kiosk.forms.paper_form import PaperFormView
from kiosk.forms.paper_summary import PaperSummaryView
from kiosk.screens.view import Setting, View


def desk_view(state: st.State, setting: Setting, *, drafts: KeptForms | None = None) -> View:
    """A new view for one of the desk's states; `drafts` are the half-typed papers that were kept.

    Raises:
        LookupError: The state is not one that staff type in.
    """
    match state:
        case st.ChoosingPaper():
            return ChoosePaperView(setting, state, drafts)
        case st.TypingPaper():
            return PaperFormView(setting, state)
        case st.ConfirmingPaper():
            return PaperSummaryView(setting, state)
        case st.TakingFourItems():
            return FourItemsView(setting, state)
    raise LookupError(type(state).__name__)

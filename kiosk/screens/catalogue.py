"""Which screen belongs to which state: the only place that knows both. Loaded after the first frame."""

from __future__ import annotations

from kiosk.flow import states as st
from kiosk.screens.answer import AnswerView
from kiosk.screens.choose_document import ChooseDocumentView
from kiosk.screens.form import FormView
from kiosk.screens.idle import IdleView
from kiosk.screens.last_try import LastTryView
from kiosk.screens.method import MethodView
from kiosk.screens.pin import PinView
from kiosk.screens.real_card import RealCardView
from kiosk.screens.summary import SummaryView
from kiosk.screens.take_card import TakeCardView
from kiosk.screens.trouble import TroubleView
from kiosk.screens.view import Setting, View
from kiosk.screens.waiting import AskingView, ReadingView, VerifyingView


def view_for(state: st.State, setting: Setting) -> View:
    """A new screen for `state`."""
    match state:
        case st.Idle():
            return IdleView(setting, state)
        case st.ReadingCard():
            return ReadingView(setting)
        case st.ConfirmingRealCard():
            return RealCardView(setting)
        case st.ChoosingMethod():
            return MethodView(setting, state)
        case st.ConfirmingLastTry():
            return LastTryView(setting)
        case st.EnteringPin():
            return PinView(setting, state)
        case st.VerifyingPin():
            return VerifyingView(setting)
        case st.AskingService():
            return AskingView(setting, state)
        case st.ShowingAnswer():
            return AnswerView(setting, state)
        case st.TakingCard():
            return TakeCardView(setting, state)
        case st.InTrouble():
            return TroubleView(setting, state)
        case st.ChoosingDocument():
            return ChooseDocumentView(setting, state)
        case st.FillingForm():
            return FormView(setting, state)
        case st.ConfirmingForm():
            return SummaryView(setting, state)

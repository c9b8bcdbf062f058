"""Which screen belongs to which state: the only place that knows both. Loaded after the first frame."""

from __future__ import annotations

from kiosk.flow import states as st
from kiosk.screens.answer import AnswerView
from kiosk.screens.consent import ConsentView, SendingConsentView
from kiosk.screens.desk_busy import DeskBusyView
from kiosk.screens.face import FaceFailedView, FaceView
from kiosk.screens.idle import IdleView
from kiosk.screens.last_try import LastTryView
from kiosk.screens.method import MethodView
from kiosk.screens.notice import NoticeView
from kiosk.screens.passcode import PasscodeView
from kiosk.screens.phone import PhoneView
from kiosk.screens.pin import PinView
from kiosk.screens.real_card import RealCardView
from kiosk.screens.registration import RegisteringView, RegistrationView
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
        case st.AwaitingPhone():
            return PhoneView(setting, state)
        case st.ComparingFace():
            return FaceView(setting)
        case st.FaceFailed():
            return FaceFailedView(setting, state)
        case st.VouchingByEye():
            return PasscodeView(setting, state)
        case st.Settling():
            return AskingView(setting, state)
        case st.NoticingCertificate():
            return NoticeView(setting, state)
        case st.OfferingRegistration():
            return RegistrationView(setting, state)
        case st.Registering():
            return RegisteringView(setting)
        case st.AskingConsent():
            return ConsentView(setting, state)
        case st.SendingConsent():
            return SendingConsentView(setting)
        case _:
            return DeskBusyView(setting, card_on_reader=state.card_on_reader)

"""What a visit came to and what was done on the way, noted from the counter's own steps (`kiosk.app.Observer`).

Notes words and numbers that scoring needs, of invented people, and never a PIN. What breaks if it is wrong: somebody
is told of a mistake that nobody made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter
from kiosk.flow.events import Event
from kiosk.flow.facts import Way


class Deed(StrEnum):
    """One thing that was done. Its detail is in brackets."""

    PAPER = "paper"
    """A paper was compared and counts (form, how it was shown)."""
    IN_HAND = "in_hand"
    """A card was said to be in hand beside the paper."""
    NUMBERS = "numbers"
    """What was typed of it (保険者番号 and 番号)."""
    PORTAL = "portal"
    """マイナポータル was chosen as the paper to be shown (`face_only` where the card has no PIN)."""
    LAST_TRY = "last_try"
    """A PIN was typed with one try left (what the card said then: `right`, `wrong`)."""
    PIN_WRONG = "pin_wrong"
    WAY = "way"
    """How the person was identified (pin, face, visual)."""
    JUDGED = "judged"
    """Is the record this person's (same, different, unsure)?"""
    USED = "used"
    """The record was made use of at the desk (`medical`, `copied`, `reference`)."""
    CONSENT = "consent"
    """Consent was given or not (yes, no, some; `spoken` before it where staff entered it)."""
    CONSENT_NOT_TO_BE_ASKED = "consent_not_to_be_asked"
    REGISTRATION = "registration"
    """利用登録 (yes, no)."""
    VERBAL = "verbal"
    FOUR_ITEMS = "four_items"
    OUTAGE = "outage"
    """システム障害時モード (on, off)."""
    CARD_LEFT = "card_left"
    """The next person came while the card still lay there."""
    ENDED_EARLY = "ended_early"
    """The visit was ended without an answer."""
    UNDONE = "undone"


class Noted(NamedTuple):
    """A deed, its detail, and what the counter's clock said: `09:07`, or "" where nobody looked at it."""

    deed: Deed
    detail: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules made of the visit, as the journal has it."""

    outcome: str
    row: int
    charge: str
    queue: str
    reasons: tuple[str, ...] = ()
    ask_for: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    consent: bool = False
    """Whether consent could be asked."""

    @property
    def accepted(self) -> bool:
        """Whether the person is treated as insured."""
        return self.outcome.startswith("OK_")


@dataclass(frozen=True, slots=True)
class Notes:
    """All of one visit. `decision` None: it ended without an answer."""

    decision: Decision | None = None
    deeds: tuple[Noted, ...] = field(default=(), repr=False)
    minutes: float = 0.0
    decided_at: str = ""
    """What the counter's clock said when the rules decided last; "" where they did not."""

    def of(self, deed: Deed) -> tuple[str, ...]:
        """The details of every deed of this kind, in their order."""
        return tuple(one.detail for one in self.noted(deed))

    def noted(self, deed: Deed) -> tuple[Noted, ...]:
        """Every deed of this kind, in their order."""
        return tuple(one for one in self.deeds if one.deed is deed)


class NoteTaker:
    """Watches one visit of the script; it may be several of the counter's, where the card was taken too early."""

    def __init__(self, clock: Callable[[], str] = lambda: "") -> None:
        """`clock` says the counter's time: `09:07`."""
        self._clock = clock
        self._decision: Decision | None = None
        self._decided_at = ""
        self._deeds: list[Noted] = []
        self._last_try = False

    def step(self, before: Counter, event: Event, after: Counter) -> None:
        """One step of the flow."""
        match event:
            case ev.Decided(reception):
                self._decision, self._decided_at = decision_of(reception), self._clock()
            case ev.PaperCompleted(card_in_hand=True):
                self.did(Deed.IN_HAND)
            case ev.PaperConfirmed() if isinstance(before.state, st.ConfirmingPaper):
                paper = before.state.paper
                self.did(Deed.PAPER, f"{paper.form.word} {paper.shown.value}")
                number = "" if paper.insurer_number is None else paper.insurer_number.digits
                self.did(Deed.NUMBERS, f"{paper.form.document} {number} {paper.number or ''}")
            case ev.PaperChosen(form) if form.startswith("portal"):
                device = before.facts.device or after.facts.device
                card = before.card or after.card
                face_only = bool(getattr(device, "face_only", False) or (card is not None and card.face_only))
                self.did(Deed.PORTAL, "face_only" if face_only else "")
            case ev.PinEntered():
                self._last_try = before.card is not None and before.card.attempts_left == 1
            case ev.PinRejected():
                self.did(Deed.PIN_WRONG)
                self._tried("wrong")
            case ev.PinAccepted():
                self.did(Deed.WAY, Way.PIN.value)
                self._tried("right")
            case ev.FaceMatched():
                self.did(Deed.WAY, Way.FACE.value)
            case ev.PasscodeAccepted():
                self.did(Deed.WAY, Way.VISUAL.value)
            case ev.PersonJudged(person):
                self.did(Deed.JUDGED, person.value)
            case ev.ConsentForAll(given):
                self._consent(before, "yes" if given else "no")
            case ev.ConsentAnswered() if isinstance(before.state, st.AskingConsent):
                if isinstance(after.state, st.AskingConsent) and after.state.asked is not None:
                    return
                answers = (*before.state.answers, (event.item, event.given))
                self._consent(before, _in_a_word(answers))
            case ev.SpokenConsent(answers):
                self._consent(before, f"spoken {_in_a_word(answers)}")
            case ev.RegistrationAccepted() | ev.RegistrationDeclined():
                self.did(Deed.REGISTRATION, "yes" if isinstance(event, ev.RegistrationAccepted) else "no")
            case ev.VerbalConfirmed():
                self.did(Deed.VERBAL)
            case ev.FourItemsTaken():
                self.did(Deed.FOUR_ITEMS)
            case ev.OutageSwitched(on):
                self.did(Deed.OUTAGE, "on" if on else "off")
            case ev.Abandoned() | ev.Expired() if before.reception is None and not isinstance(before.state, st.Idle):
                self.did(Deed.ENDED_EARLY)
            case ev.Undone():
                self.did(Deed.UNDONE)

    def did(self, deed: Deed, detail: str = "") -> None:
        """Note a deed; one that the flow does not know is told by whoever plays the day."""
        self._deeds.append(Noted(deed, detail, self._clock()))

    def notes(self, minutes: float = 0.0) -> Notes:
        """What was noted so far."""
        return Notes(self._decision, tuple(self._deeds), minutes, self._decided_at)

    def _tried(self, said: str) -> None:
        if self._last_try:
            self.did(Deed.LAST_TRY, said)
        self._last_try = False

    def _consent(self, before: Counter, said: str) -> None:
        if before.reception is None or before.reception.consent != "ask":
            self.did(Deed.CONSENT_NOT_TO_BE_ASKED, said)
        else:
            self.did(Deed.CONSENT, said)


def _in_a_word(answers: Iterable[tuple[str, bool]]) -> str:
    said = {answer for _, answer in answers}
    return "some" if len(said) > 1 else "yes" if True in said else "no"


def decision_of(reception: Reception) -> Decision:
    """What of a reception is scored."""
    return Decision(
        reception.outcome,
        reception.row,
        reception.charge,
        reception.queue or "",
        reception.reasons,
        reception.ask_for,
        reception.tell,
        reception.consent == "ask",
    )

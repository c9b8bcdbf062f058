"""The result in plain words for the person: accepted, or staff will come. What the desk needs is on the staff side.

Rule: no code, no charge, no rule, nothing of the record; the person may be read over the shoulder here. Only who has
been received ends the visit here; what is left to do is the desk's, and so is the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.answer import Reception
from kiosk.flow.events import Acknowledged, ManualRequested
from kiosk.flow.states import ShowingAnswer
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose


def is_done(state: ShowingAnswer) -> bool:
    """Whether the person only has to wait to be called: accepted, and nothing left to show.

    Who was written down in an outage is received; the service is asked later.
    """
    return state.noted or (state.reception.accepted and not state.reception.ask_for)


class AnswerView(View):
    """Stays as long as somebody reads it, or until the privacy time is over."""

    STEP: ClassVar[int] = 4
    NAME: ClassVar[str] = "answer"
    PAPER_KEY: ClassVar[bool] = True

    def __init__(self, setting: Setting, state: ShowingAnswer) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The sentence, what follows from it, the way on."""
        reception = self._state.reception
        done = is_done(self._state)
        with Vertical(classes="middle"):
            if done:
                yield Prose(f"{self.t('sign.done')} {self.t('answer.accepted')}", classes="title accepted")
            else:
                yield self.warn(self._sentence(reception), classes="title refused")
            yield self.say("answer.accepted.next" if done else "answer.refused.next", classes="lead")
            if self._state.noted:
                yield self.say("answer.PENDING_4INFO", classes="lead")
            yield from self._consent()
            if not self._state.written:
                yield self.warn("answer.not_written", classes="lead warning")
            if not done:
                card_free = self.say("answer.card_free", classes="lead quiet", id="card-free")
                card_free.display = self._state.card_on_reader
                yield card_free
        with Vertical(classes="answers"):
            if done:
                yield self.choice("1", self._way_on(), Acknowledged())
            else:
                yield self.choice("2", "answer.manual", ManualRequested())
            yield self.ring_for_staff()

    @property
    def step(self) -> int:
        """Done only where the person has nothing left to do."""
        if self._state.reception.outcome == "IDENTIFY":
            return 2
        return self.STEP if is_done(self._state) else self.STEP - 1

    @property
    def steps_left_out(self) -> frozenset[int]:
        """Consent, where it was never answered: in the grace of a certificate it is not even asked."""
        done = is_done(self._state) and not self._state.consents
        return frozenset({self.STEP - 1}) if done else frozenset()

    def _consent(self) -> Iterator[Prose]:
        """What the person agreed to, so that they see it was understood."""
        given = [item for item, yes in self._state.consents if yes]
        if not self._state.consents:
            return
        if not given:
            yield self.say("answer.consent.none", classes="lead quiet")
        elif self._state.consent_failed:
            yield self.say("answer.consent.failed", classes="lead quiet")
        else:
            until = self._state.consent_until
            names = self.t("answer.consent.between").join(self.t(f"consent.name.{item}") for item in given)
            yield self.say("answer.consent.given", classes="lead quiet", items=names)
            if until is not None:
                yield self.say("answer.consent.until", classes="quiet", time=f"{self.day(until)} {until:%H:%M}")

    def _way_on(self) -> str:
        return "answer.take_card" if self._state.card_on_reader else "answer.finish"

    def _sentence(self, reception: Reception) -> str:
        specific = f"answer.{reception.outcome}"
        if self.setting.words.has(specific):
            return specific
        return "answer.asking" if reception.accepted else "answer.refused"

    def first_focus(self) -> Widget | None:
        """The way on; where that is the desk's, Enter calls it."""
        if is_done(self._state):
            return super().first_focus()
        return self.query_one("#choice-0", Choice)

    def on_mount(self) -> None:
        """Good news may be heard as well."""
        self.ring_bell("accepted" if is_done(self._state) else "trouble")

    def renew(self, state: Any) -> bool:
        """Only the way on, and the word about the card, depend on whether it lies there."""
        same = isinstance(state, ShowingAnswer) and state.reception is self._state.reception
        before = self._state
        if not same or (state.written, state.consents, state.noted) != (before.written, before.consents, before.noted):
            return False
        self._state = state
        if is_done(state):
            self.query_one("#choice-1", Choice).relabel(self.t(self._way_on()))
        else:
            self.query_one("#card-free", Prose).display = state.card_on_reader
        return True

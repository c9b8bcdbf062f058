"""The answer: one sentence for the person, and for the desk what is known, what to charge and what to do next."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from eligibility.calendar import era_text
from kiosk.flow.events import Acknowledged, ManualRequested
from kiosk.flow.states import Reception, ShowingAnswer
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.fact import Fact


class AnswerView(View):
    """Stays as long as somebody reads it, or until the privacy time is over."""

    STEP: ClassVar[int] = 4
    NAME: ClassVar[str] = "answer"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"), ("pagedown", "key.more"))

    def __init__(self, setting: Setting, state: ShowingAnswer) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The person's sentence, the desk's panel, the way on."""
        reception = self._state.reception
        kind = "accepted" if reception.accepted else "refused"
        with Vertical(classes="patient-says"):
            yield self.say(self._sentence(reception), classes=f"title {kind}")
            yield self.say(f"answer.{kind}.next", classes="lead")
        with Vertical(classes="middle desk"):
            for name, value in self._facts(reception):
                yield Fact(self.t(f"desk.{name}"), value, id=f"desk-{name}")
        with Horizontal(classes="answers"):
            yield Choice("1", self.t(self._way_on()), lambda: self.send(Acknowledged()), id="choice-1")
            if not reception.accepted:
                yield self.choice("2", "answer.manual", ManualRequested())
            yield self.ring_for_staff()

    def _way_on(self) -> str:
        return "answer.take_card" if self._state.card_on_reader else "answer.finish"

    def _sentence(self, reception: Reception) -> str:
        specific = f"answer.{reception.outcome}"
        if self.setting.words.has(specific):
            return specific
        return "answer.accepted" if reception.accepted else "answer.refused"

    def _facts(self, answer: Reception) -> list[tuple[str, str]]:
        """What it is, what to charge, what next, why: always in this order. Empty ones are left out."""
        facts = [
            ("validity", self._validity(answer)),
            ("insurer", _joined(answer.insurer_name, answer.insurer_number)),
            ("numbers", self._numbers(answer)),
            ("person", self._person(answer)),
            ("charge", self._charge(answer)),
            ("outcome", f"{answer.outcome}  {self._word('outcome', answer.outcome)}"),
            ("next", self._list("ask", answer.ask_for, " / ")),
            ("tell", self._list("tell", answer.tell)),
            ("queue", "" if answer.queue is None else self._word("queue", answer.queue)),
            ("reasons", self._list("reason", answer.reasons)),
        ]
        return [(name, value) for name, value in facts if value]

    def _validity(self, answer: Reception) -> str:
        words = self.t("validity.none" if answer.validity is None else f"validity.{answer.validity}")
        if answer.lost_on is not None:
            words += "  " + self.t("validity.lost_on", day=answer.lost_on.isoformat())
        elif answer.valid_until is not None:
            words += "  " + self.t("validity.until", day=answer.valid_until.isoformat())
        return words

    def _numbers(self, answer: Reception) -> str:
        parts = [
            (self.t("form.symbol"), answer.symbol),
            (self.t("form.number"), answer.number),
            (self.t("form.branch"), answer.branch),
        ]
        return "  ".join(f"{label} {value}" for label, value in parts if value)

    def _person(self, answer: Reception) -> str:
        born = "" if answer.birthdate is None else era_text(answer.birthdate)
        return "  ".join(part for part in (answer.name, answer.name_kana, born) if part)

    def _charge(self, answer: Reception) -> str:
        kind, _, percent = answer.charge.partition(":")
        if kind == "ask" and percent:
            kind = "ask_provisional"
        words = self.t(f"charge.{kind or 'open'}", tenths=int(percent or 0) // 10)
        if answer.ratio is not None and answer.charge != f"ratio:{answer.ratio}":
            words += "  " + self.t("charge.answered", tenths=answer.ratio // 10)
        return words

    def _word(self, family: str, word: str) -> str:
        return self.setting.words.one_of(f"{family}.{word}", word)

    def _list(self, family: str, words: tuple[str, ...], between: str = "\n") -> str:
        return between.join(self._word(family, word) for word in words)

    def press(self, key: str) -> bool:
        """F8: staff have a paper after all."""
        if key == "f8":
            self.send(ManualRequested())
            return True
        return super().press(key)

    def renew(self, state: Any) -> bool:
        """Only the way on depends on the card."""
        if isinstance(state, ShowingAnswer) and state.reception is self._state.reception:
            self._state = state
            self.query_one("#choice-1", Choice).relabel(self.t(self._way_on()))
            return True
        return False


def _joined(name: str, number: str) -> str:
    if name and number:
        return f"{name} ({number})"
    return name or number

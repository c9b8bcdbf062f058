"""The answer: a sentence for the person; for the desk what it is, what to do next, what to charge, the rest."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from eligibility.calendar import era_text
from eligibility.errors import FieldError
from eligibility.insurers import insurer_title, parse_insurer_number
from kiosk.flow.events import Acknowledged, ManualRequested
from kiosk.flow.states import Reception, ShowingAnswer
from kiosk.screens.messages import HintsChanged
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.fact import Fact
from kiosk.widgets.prose import Prose

_SAID_ABOVE: Final = frozenset({"not_full_charge", "recheck_by_numbers", "four_items"})
"""Things to tell that the lines for the charge, for later and for what is next say already."""
_WITH_A_STEP: Final = frozenset({"OFFER_REGISTRATION", "PENDING_4INFO"})
"""Outcomes that ask for more than a document to be shown: the steps are `next.<OUTCOME>`."""
_UNREADABLE: Final = "●"
"""Stands in a name for a character the service's character set lacks (online-qualification.md §1.3)."""
_ENDED: Final = 2
"""資格有効性 2: the membership the service knows is over, so what is asked for has to be of another insurer."""


class AnswerView(View):
    """Stays as long as somebody reads it, or until the privacy time is over."""

    STEP: ClassVar[int] = 4
    NAME: ClassVar[str] = "answer"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"),)

    def __init__(self, setting: Setting, state: ShowingAnswer) -> None:
        super().__init__(setting)
        self._state = state
        self._more = False
        """The panel is longer than the screen."""

    def compose(self) -> ComposeResult:
        """The person's sentence, the desk's panel, the way on."""
        reception = self._state.reception
        done = reception.accepted and not reception.ask_for
        with Vertical(classes="patient-says"):
            if done:
                yield Prose(f"{self.t('sign.done')} {self.t('answer.accepted')}", classes="title accepted")
            else:
                yield self.warn(self._sentence(reception), classes="title refused")
            yield self.say("answer.accepted.next" if done else "answer.refused.next", classes="lead")
        with Vertical(classes="middle desk"):
            for name, value in self._facts(reception):
                yield Fact(self.t(f"desk.{name}"), value, id=f"desk-{name}")
        with Horizontal(classes="answers"):
            yield Choice("1", self.t(self._way_on()), lambda: self.send(Acknowledged()), id="choice-1")
            if not done:
                yield self.choice("2", "answer.manual", ManualRequested())
            yield self.ring_for_staff()

    def _way_on(self) -> str:
        return "answer.take_card" if self._state.card_on_reader else "answer.finish"

    def _sentence(self, reception: Reception) -> str:
        specific = f"answer.{reception.outcome}"
        if self.setting.words.has(specific):
            return specific
        return "answer.asking" if reception.accepted else "answer.refused"

    def _facts(self, answer: Reception) -> list[tuple[str, str]]:
        """What it is, what to do next, what to charge, then the rest: always in this order. Empty ones are left out."""
        facts = [
            ("validity", self._validity(answer)),
            ("outcome", f"{self._word('outcome', answer.outcome)}  {answer.outcome}"),
            ("next", _listed(self._steps(answer))),
            ("charge", self._charge(answer)),
            ("queue", "" if answer.queue is None else self._word("queue", answer.queue)),
            ("insurer", self._insurer(answer)),
            ("numbers", self._numbers(answer)),
            ("person", self._person(answer)),
            ("tell", self._list("tell", self._to_tell(answer))),
            ("reasons", self._list("reason", answer.reasons)),
        ]
        return [(name, value) for name, value in facts if value]

    def _steps(self, answer: Reception) -> list[str]:
        """What the desk does now, best first: what the outcome itself asks for, then what to have shown."""
        words = self.setting.words
        steps = self.t(f"next.{answer.outcome}").split("\n") if answer.outcome in _WITH_A_STEP else []
        for word in answer.ask_for:
            of_another = f"next.{word}.another"
            usual = words.one_of(f"next.{word}", self._word("ask", word))
            steps.append(self.t(of_another) if answer.validity == _ENDED and words.has(of_another) else usual)
        return steps or [self.t("next.REQUERY" if answer.outcome == "REQUERY" else "next.nothing")]

    def _to_tell(self, answer: Reception) -> tuple[str, ...]:
        above = _SAID_ABOVE | ({"register_here"} if answer.outcome == "OFFER_REGISTRATION" else frozenset())
        return tuple(word for word in answer.tell if word not in above)

    def _validity(self, answer: Reception) -> str:
        words = self.t(self._validity_id(answer))
        if answer.lost_on is not None:
            words += "  " + self.t("validity.lost_on", day=answer.lost_on.isoformat())
        elif answer.valid_until is not None:
            words += "  " + self.t("validity.until", day=answer.valid_until.isoformat())
        return words

    def _validity_id(self, answer: Reception) -> str:
        if answer.validity is not None:
            return f"validity.{answer.validity}"
        if answer.outcome == "OFFER_REGISTRATION":
            return "validity.unregistered"
        return "validity.withheld" if answer.by else "validity.none"

    def _insurer(self, answer: Reception) -> str:
        """Name and number; where nobody could be asked for the name, what the number tells."""
        name, number = answer.insurer_name, answer.insurer_number
        if number and not name:
            try:
                title, params = insurer_title(parse_insurer_number(number))
            except FieldError:  # what a service sends is shown as it is
                return number
            name = self.t(title, **params)
        return f"{name} ({number})" if number else name

    def _numbers(self, answer: Reception) -> str:
        parts = [
            (self.t("form.symbol"), answer.symbol),
            (self.t("form.number"), answer.number),
            (self.t("form.branch"), answer.branch),
        ]
        return "  ".join(f"{label} {value}" for label, value in parts if value)

    def _person(self, answer: Reception) -> str:
        born = "" if answer.birthdate is None else era_text(answer.birthdate)
        person = "  ".join(part for part in (answer.name, answer.name_kana, born) if part)
        return f"{person}\n{self.t('desk.unreadable')}" if _UNREADABLE in answer.name else person

    def _charge(self, answer: Reception) -> str:
        kind, _, percent = answer.charge.partition(":")
        if kind == "ask" and percent:
            kind = "ask_provisional"
        words = self.t(f"charge.{kind or 'open'}", tenths=int(percent or 0) // 10)
        if answer.ratio is not None and answer.charge != f"ratio:{answer.ratio}":
            words += "  " + self.t("charge.answered", tenths=answer.ratio // 10)
        if "not_full_charge" in answer.tell:
            words += "  " + self.t("charge.not_full")
        return words

    def _word(self, family: str, word: str) -> str:
        return self.setting.words.one_of(f"{family}.{word}", word)

    def _list(self, family: str, words: tuple[str, ...]) -> str:
        return _listed([self._word(family, word) for word in words])

    def on_resize(self) -> None:
        """Whether everything fits is known once it has been laid out."""
        self.call_after_refresh(self._look_for_more)

    def _look_for_more(self) -> None:
        more = any(panel.max_scroll_y > 0 for panel in self.query(".desk"))
        if more is not self._more:
            self._more = more
            self.post_message(HintsChanged())

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """PageDown only where there is more to read."""
        return (*super().key_hints(), *((("pagedown", self.t("key.more")),) if self._more else ()))

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


def _listed(lines: list[str]) -> str:
    """Each on a line of its own, with a dot where there are several."""
    return "\n".join(f"・{line}" for line in lines) if len(lines) > 1 else "".join(lines)

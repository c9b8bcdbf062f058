"""Pages on which the desk says what only people can see: whose record it is, which membership, which protection.

Each answer is one fact of the flow. What breaks if it is wrong: another person's record is taken for the patient's.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from eligibility.case import Flag, Person
from eligibility.errors import FieldError
from eligibility.names import NameMatch, compare_names, parse_name, unfit_for_claims
from kiosk.flow.events import MembershipTold, PersonJudged, ProtectionTold, Undone, WayChosen
from kiosk.flow.facts import Way
from kiosk.forms.comparison import ComparisonPanel
from kiosk.screens.view import Setting
from kiosk.staff.actions import MEMBERSHIPS, reception_of
from kiosk.staff.leavable_field import LeavableField
from kiosk.staff.page import Hands, Page, Row
from kiosk.staff.panel import record_lines
from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.prose import Prose

_LONGEST_NAME = 60


class PersonPage(Page):
    """Is the record this person's? What was typed stands beside what came back, ● counted as any character."""

    NAME: ClassVar[str] = "side-person"

    def compose(self) -> ComposeResult:
        """The record, the comparison, three answers."""
        with Vertical(classes="middle"):
            yield self.say("side-person.what", classes="lead")
            reception = reception_of(self.hands.standing.state)
            if reception is not None:
                yield Row(self.t("side.row.record"), *record_lines(reception, self.setting.words))
            facts = self.hands.standing.facts
            answer = facts.by_numbers or facts.by_card
            if answer is not None and facts.papers:
                yield ComparisonPanel(
                    self.setting.words,
                    facts.papers[-1],
                    answer,
                    keep_name=self.hands.name_as,
                    real_name=self.hands.real_name,
                )
        with Vertical(classes="answers"):
            yield self.choice("1", "side-person.same", lambda: self._judge(Person.SAME))
            yield self.choice("2", "side-person.unsure", lambda: self._judge(Person.UNSURE))
            yield self.choice("3", "side-person.different", lambda: self._judge(Person.DIFFERENT))
            yield self.back_choice()

    def _judge(self, person: Person) -> None:
        self.hands.send(PersonJudged(person))


class RealNamePage(Page):
    """How a name with ● is really written, as the paper or the card shows it; kept beside what came, never instead."""

    NAME: ClassVar[str] = "side-real-name"

    def __init__(self, setting: Setting, hands: Hands) -> None:
        super().__init__(setting, hands)
        self._field = LeavableField(
            "", max_length=_LONGEST_NAME, entered=self._entered, left=hands.back, id="real-name"
        )
        self._doubted = ""
        """Differs by more than the ● and was said to: a second Enter keeps it."""

    def compose(self) -> ComposeResult:
        """The name as it came, a field, what is wrong with what stands in it."""
        reception = reception_of(self.hands.standing.state)
        with Vertical(classes="middle"):
            yield self.say("side-real-name.what", classes="lead")
            if reception is not None:
                yield Row(self.t("side.row.record"), "  ".join((reception.name, reception.name_kana)))
            yield self._field
            yield Prose(self.t("side-real-name.enter"), id="field-check", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.choice("escape", "side.back.empty", self.hands.back)

    def first_focus(self) -> JaInput:
        """The field."""
        return self._field

    def _entered(self) -> None:
        try:
            name = parse_name(self._field.value)
        except FieldError as error:
            if error.code == "field.individual_number":
                self._field.value = ""
            self.query_one("#field-check", Prose).say(f"! {self.t(error.code, **error.params)}")
            return
        reception = reception_of(self.hands.standing.state)
        came = "" if reception is None else reception.name
        if name != self._doubted and compare_names(came, name) is NameMatch.DIFFERENT:
            self._doubted = name
            self.query_one("#field-check", Prose).say(f"! {self.t('side-real-name.differs', name=came)}")
            return
        unfit = "".join(unfit_for_claims(name))
        if unfit:
            self.hands.say(self.t("side-real-name.unfit", characters=unfit))
        self.hands.name_as(name)
        self.hands.back()


class ProtectionPage(Page):
    """自己情報提供不可 or 不開示該当, learned at the desk. Nothing of it is ever said on the patient's side."""

    NAME: ClassVar[str] = "side-protection"

    def compose(self) -> ComposeResult:
        """What the two mean."""
        with Vertical(classes="middle"):
            yield self.say("side-protection.what", classes="lead")
        with Vertical(classes="answers"):
            for key, flag in zip("12", Flag, strict=True):
                yield self.choice(key, f"side-protection.{flag.value}", partial(self._tell, flag))
            yield self.back_choice()

    def _tell(self, flag: Flag) -> None:
        self.hands.send(ProtectionTold(flag.value))


class MembershipPage(Page):
    """Is the membership that the paper names the present one?"""

    NAME: ClassVar[str] = "side-membership"

    def compose(self) -> ComposeResult:
        """What to ask for, and three answers."""
        with Vertical(classes="middle"):
            yield self.say("side-membership.what", classes="lead")
        with Vertical(classes="answers"):
            for key, known in zip("123", MEMBERSHIPS, strict=True):
                yield self.choice(
                    key,
                    f"side-membership.{known.value}",
                    partial(self.hands.send, MembershipTold(known)),
                )
            yield self.back_choice()


class VisualPage(Page):
    """目視確認: what staff do before they vouch. The facility passcode is typed at the reader, never here."""

    NAME: ClassVar[str] = "side-visual"

    def compose(self) -> ComposeResult:
        """The steps, and what it is not."""
        with Vertical(classes="middle"):
            for number in range(1, 5):
                yield Prose(f"{number}. {self.t(f'side-visual.step.{number}')}", classes="step")
            yield self.say("side-visual.mind", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.choice("1", "side-visual.go", self._go)
            yield self.back_choice()

    def _go(self) -> None:
        self.hands.send(WayChosen(Way.VISUAL), to_patient=True)


class UndoPage(Page):
    """The last thing the desk added is taken back; the journal keeps both."""

    NAME: ClassVar[str] = "side-undo"

    def compose(self) -> ComposeResult:
        """One line, yes or no."""
        with Vertical(classes="middle"):
            yield self.say("side-undo.what", classes="lead")
        with Vertical(classes="answers"):
            yield self.choice("1", "side-undo.yes", lambda: self.hands.send(Undone()))
            yield self.back_choice()

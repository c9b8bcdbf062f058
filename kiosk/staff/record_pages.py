"""Pages about the record: spoken consent, medical information after it, 照会番号, the `face` file, copy as text.

What a consent opened is read from the page and kept nowhere: it is gone with the page. What breaks if it is wrong: a
patient's medicines outlive the visit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from eligibility.case import Person
from eligibility.text import holds_individual_number
from kiosk.flow.answer import Qualification
from kiosk.flow.events import SpokenConsent
from kiosk.flow.states import CONSENT_ITEMS, ShowingAnswer
from kiosk.forms.app_export import export_text
from kiosk.screens.view import Setting
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.medical_information import MedicalInformation, MedicineHint
from kiosk.staff.actions import MEDICAL_ITEMS, WITHOUT_RECORDS, reception_of
from kiosk.staff.interfaces import RecordDesk
from kiosk.staff.leavable_field import LeavableField
from kiosk.staff.page import Hands, Page, Row
from kiosk.widgets.choice import Choice
from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.prose import Prose

_LONGEST_REFERENCE: Final = 50
"""Characters of a 照会番号 (online-qualification.md §2)."""
_T = TypeVar("_T")


def answer_of(hands: Hands) -> Qualification | None:
    """What the decision rests on; None where that is nobody's, or not surely this person's, whatever came back."""
    facts, reception = hands.standing.facts, reception_of(hands.standing.state)
    if facts.person in (Person.DIFFERENT, Person.UNSURE):
        return None
    by_card = reception is None or reception.by in ("", "card")
    return (facts.by_card or facts.by_numbers) if by_card else (facts.by_numbers or facts.by_card)


class SpokenConsentPage(Page):
    """The person agrees by mouth: staff enter it item by item, and it is marked so (reception.md §10.4)."""

    NAME: ClassVar[str] = "side-consent"

    def __init__(self, setting: Setting, hands: Hands) -> None:
        super().__init__(setting, hands)
        self._given = dict.fromkeys(CONSENT_ITEMS, False)

    def compose(self) -> ComposeResult:
        """The items, each switched by its number; all at once; done."""
        with Vertical(classes="middle"):
            yield self.say("side-consent.what", classes="lead")
        with Vertical(classes="answers"):
            for number, item in enumerate(CONSENT_ITEMS, start=1):
                yield self.numbered(str(number), self._label(item), partial(self._switch, item))
            yield self.choice("6", "side-consent.all", self._all)
            yield self.choice("7", "side-consent.send", self._send)
            yield self.choice("8", "side-consent.none", self._refused)
            yield self.back_choice()

    def _label(self, item: str) -> str:
        return self.t("side-consent.yes" if self._given[item] else "side-consent.no", item=self._item(item))

    def _item(self, item: str) -> str:
        return self.t(f"side.consent.{item}")

    def _switch(self, item: str) -> None:
        self._given[item] = not self._given[item]
        self._relabel()

    def _all(self) -> None:
        self._given = dict.fromkeys(CONSENT_ITEMS, True)
        self._relabel()

    def _relabel(self) -> None:
        for number, item in enumerate(CONSENT_ITEMS, start=1):
            self.query_one(f"#choice-{number}", Choice).relabel(self._label(item))

    def _refused(self) -> None:
        self._given = dict.fromkeys(CONSENT_ITEMS, False)
        self._send()

    def _send(self) -> None:
        self.hands.send(SpokenConsent(tuple(self._given.items())))


class _AskingPage(Page):
    """A page that asks the service for something and says what came of it."""

    def answer(self) -> Qualification | None:
        """Whom it is about."""
        return answer_of(self.hands)

    def ask(self, question: Callable[[RecordDesk, Qualification], _T], then: Callable[[_T], None]) -> None:
        """Ask on a thread; `then` gets the answer while the page still stands."""
        answer, records = self.answer(), self.hands.desk.records
        if answer is None or records is None:
            self.told("side.record.not_possible")
            return
        self.told("side.record.asking")
        self.hands.work(partial(self._asked, lambda: question(records, answer), then))

    async def _asked(self, question: Callable[[], _T], then: Callable[[_T], None]) -> None:
        try:
            got = await asyncio.to_thread(question)
        except ServiceStopped as stopped:
            if self.is_attached:
                self.told("side.record.stopped", code=stopped.detail or stopped.trouble.value)
            return
        if self.is_attached:
            then(got)

    def told(self, message_id: str, **params: object) -> None:
        """Say how it stands."""
        self.query_one("#record-state", Prose).say(self.t(message_id, **params))

    def state_line(self) -> Prose:
        """Where that is said."""
        return Prose("", id="record-state", classes="lead")


class MedicalPage(_AskingPage):
    """薬剤情報 and 特定健診情報 after a consent, with what two medicines have against each other."""

    NAME: ClassVar[str] = "side-medical"
    _empty: tuple[str, ...] = ()
    """What was agreed to and nothing is recorded of."""

    def compose(self) -> ComposeResult:
        """Hints first: they are why one looks."""
        with Vertical(classes="middle", id="medical"):
            yield self.state_line()
        with Vertical(classes="answers"):
            yield self.back_choice()

    def on_mount(self) -> None:
        """Ask for what was agreed to, and for nothing else."""
        super().on_mount()
        state = self.hands.standing.state
        given = [item for item, yes in state.consents if yes] if isinstance(state, ShowingAnswer) else []
        items = tuple(item for item in MEDICAL_ITEMS if item in given)
        self._empty = tuple(item for item in WITHOUT_RECORDS if item in given)
        if not items:
            self.told("side-medical.not_kept" if self._empty else "side-medical.no_consent")
            self.query_one("#medical").mount(*self._rows_without_records())
            return
        self.ask(lambda records, answer: records.medical_information(answer, items), self._show)

    def _show(self, information: MedicalInformation) -> None:
        self.told("side-medical.not_kept")
        self.query_one("#medical").mount(*self._rows(information))
        self.has_grown()

    def _rows(self, information: MedicalInformation) -> Iterator[Widget]:
        pairs = {(hint.kind, frozenset((hint.first, hint.second))): hint for hint in reversed(information.hints)}
        hints = tuple(self._hint(hint) for hint in reversed(pairs.values()))  # each pair once, whichever forbids which
        if hints:
            yield Row(self.t("side-medical.hints"), *hints, mark="! ", classes="warning")
        if information.medicines is not None:
            lines = tuple(
                "  ".join(
                    part
                    for part in (
                        "" if medicine.dispensed_on is None else medicine.dispensed_on.isoformat(),
                        medicine.name,
                        medicine.quantity,
                        medicine.usage,
                        "" if medicine.days is None else self.t("side-medical.days", days=medicine.days),
                        medicine.dispensed_at,
                    )
                    if part
                )
                for medicine in information.medicines
            )
            yield Row(self.t("side.consent.medicines"), *(lines or (self.t("side-medical.none"),)))
        for checkup in information.checkups or ():
            when = "" if checkup.on is None else checkup.on.isoformat()
            found = "  ".join(f"{finding.item} {finding.value}{finding.unit}" for finding in checkup.findings)
            yield Row(self.t("side.consent.checkups"), f"{when}  {checkup.institution}", found)
        if information.checkups == ():
            yield Row(self.t("side.consent.checkups"), self.t("side-medical.none"))
        yield from self._rows_without_records()

    def _rows_without_records(self) -> Iterator[Widget]:
        for item in self._empty:
            yield Row(self.t(f"side.consent.{item}"), self.t("side-medical.none"))

    def _hint(self, hint: MedicineHint) -> str:
        said = self.t(f"side-medical.{hint.kind}", first=hint.first, second=hint.second, ingredient=hint.ingredient)
        if hint.since is None or hint.until is None:
            return said
        return said + self.t("side-medical.both", since=hint.since.isoformat(), until=hint.until.isoformat())


class ReferencePage(_AskingPage):
    """照会番号: the office's own number of this person, which later answers carry."""

    NAME: ClassVar[str] = "side-reference"

    def __init__(self, setting: Setting, hands: Hands, recorded: Qualification | None = None) -> None:
        """`recorded` is the answer of a visit that is over, as the journal kept it; else it is this visit's."""
        super().__init__(setting, hands)
        self._recorded = recorded
        self._field = LeavableField(
            "", max_length=_LONGEST_REFERENCE, entered=self._entered, left=hands.back, id="reference"
        )
        self._busy = False

    def answer(self) -> Qualification | None:
        """Of this visit, or of the one that was chosen."""
        return self._recorded or super().answer()

    def compose(self) -> ComposeResult:
        """A field and how it stands."""
        with Vertical(classes="middle"):
            yield self.say("side-reference.what", classes="lead")
            if self._recorded is not None:
                yield Row(self.t("side.row.record"), self._recorded.name)
            yield self._field
            yield self.say("side-real-name.enter", classes="lead quiet")
            yield self.state_line()
        with Vertical(classes="answers"):
            yield self.choice("escape", "side.back.empty", self.hands.back)

    def first_focus(self) -> JaInput:
        """The field."""
        return self._field

    def _entered(self) -> None:
        number = self._field.value.strip()
        if holds_individual_number(number):
            self._field.value = ""
            self.told("field.individual_number")
        elif not number:
            self.told("side-reference.empty")
        elif not self._busy:
            self._busy = True
            self.ask(lambda records, answer: records.register_reference_number(answer, number), self._registered)

    def told(self, message_id: str, **params: object) -> None:
        """An answer of any kind: the next number may be registered."""
        self._busy = message_id == "side.record.asking"
        super().told(message_id, **params)

    def _registered(self, nothing: None) -> None:
        del nothing
        self.told("side-reference.done")


class FaceFilePage(_AskingPage):
    """Whether the レセコン has taken the visit's file from the `face` folder."""

    NAME: ClassVar[str] = "side-face-file"

    def compose(self) -> ComposeResult:
        """One sentence, and once more."""
        with Vertical(classes="middle"):
            yield self.say("side-face-file.what", classes="lead")
            yield self.state_line()
        with Vertical(classes="answers"):
            yield self.choice("1", "side-face-file.again", self._look)
            yield self.back_choice()

    def on_mount(self) -> None:
        """Look at once."""
        super().on_mount()
        self._look()

    def _look(self) -> None:
        self.ask(lambda records, answer: records.face_file(answer), lambda word: self.told(f"side-face-file.{word}"))


class CopyPage(Page):
    """Copy as text: what would be copied is shown, and how long it stays in the clipboard."""

    NAME: ClassVar[str] = "side-copy"

    def __init__(self, setting: Setting, hands: Hands, recorded: str = "") -> None:
        """`recorded` is the text of a visit that is over; else it is made of the answer of this one."""
        super().__init__(setting, hands)
        self._recorded = recorded

    def compose(self) -> ComposeResult:
        """The text as it goes out."""
        text = self._text()
        with Vertical(classes="middle"):
            yield self.say("side-copy.what", classes="lead", seconds=round(self.hands.desk.clipboard_seconds))
            if self._recorded:
                yield self.say("side-copy.recorded", classes="lead quiet")
            yield Prose(text.replace("\t", " ").replace("\r", ""), id="copy-text", classes="paper")
        with Vertical(classes="answers"):
            if text:
                yield self.choice("1", "side-copy.yes", self._copy)
            yield self.back_choice()

    def _text(self) -> str:
        if self._recorded:
            return self._recorded
        answer = answer_of(self.hands)
        return "" if answer is None else export_text(answer, self.hands.desk.now().date())

    def _copy(self) -> None:
        self.hands.copy(self._text())
        self.hands.back()

"""The numbers of somebody in 保留 who was noted without them: typed later, and asked about with them.

Read by the same rules as a paper at the counter. What breaks if it is wrong: somebody waits in 保留 for ever, or
another person is asked about in their place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from eligibility.errors import FieldError
from eligibility.papers.fields import QUERY_FIELDS, PaperField
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper, missing_for_query
from eligibility.papers.parsing import PaperError, parse_paper
from kiosk.screens.view import Setting
from kiosk.staff.interfaces import QueuedPerson
from kiosk.staff.leavable_field import LeavableField
from kiosk.staff.page import Hands, Page
from kiosk.widgets.ja_input import JaInput
from kiosk.widgets.prose import Prose

_FORM: Final = FORM_OF["portal_screen"]
"""Carries what a query needs and no more (reception.md §2.1: the same basic data as the お知らせ)."""
_LONGEST: Final = 40
_MAY_BE_BLANK: Final = frozenset({PaperField.SYMBOL, PaperField.BRANCH})


class NumbersPage(Page):
    """A field per number; Enter leads to the next, and after the last one they are asked about."""

    NAME: ClassVar[str] = "side-numbers"

    def __init__(self, setting: Setting, hands: Hands, person: QueuedPerson, who: str) -> None:
        super().__init__(setting, hands)
        self._person = person
        self._who = who
        born = "" if person.birthdate is None else person.birthdate.isoformat()
        self._fields = {
            field: LeavableField(
                born if field is PaperField.BIRTHDATE else "",
                max_length=_LONGEST,
                entered=self._next_after(field),
                left=hands.back,
                id=f"number-{field.value}",
            )
            for field in QUERY_FIELDS
        }
        self._busy = False

    def compose(self) -> ComposeResult:
        """Whom it is about, the fields, what is wrong with what stands in them."""
        with Vertical(classes="middle"):
            yield self.say("side-numbers.what", classes="lead", who=self._who)
            yield Prose("", id="field-check", classes="lead quiet")
            for field, typed in self._fields.items():
                yield Prose(self.t(f"paper_field.{field.value}"), classes="quiet")
                yield typed
        with Vertical(classes="answers"):
            yield self.choice("escape", "side.back.empty", self.hands.back)

    def first_focus(self) -> JaInput:
        """The first field."""
        return self._fields[QUERY_FIELDS[0]]

    def _next_after(self, field: PaperField) -> Callable[[], None]:
        later = QUERY_FIELDS[QUERY_FIELDS.index(field) + 1 :]
        return (lambda: self.screen.set_focus(self._fields[later[0]])) if later else self._entered

    def _entered(self) -> None:
        """Ask with them, or say at the first field what is wrong."""
        if self._busy:
            return
        said = {field: typed.value.strip() for field, typed in self._fields.items()}
        try:
            texts = {field.value: text for field, text in said.items() if text or field in _MAY_BE_BLANK}
            paper = parse_paper(_FORM, texts, self.setting.today())
        except PaperError as errors:
            word, error = errors.errors[0]
            self._wrong(PaperField(word), error)
            return
        if missing := [field for field in missing_for_query(paper) if not said[field]]:
            name = self.t(f"paper_field.{missing[0].value}")
            self._tell(missing[0], self.t("side-numbers.missing", field=name))
            return
        self._busy = True
        self.hands.work(partial(self._ask, paper))

    def _wrong(self, field: PaperField, error: FieldError) -> None:
        if error.code == "field.individual_number":
            self._fields[field].value = ""
        self._tell(field, self.t(error.code, **error.params))

    def _tell(self, field: PaperField, sentence: str) -> None:
        self.query_one("#field-check", Prose).say(f"! {sentence}")
        self.screen.set_focus(self._fields[field])

    async def _ask(self, paper: Paper) -> None:
        queue = self.hands.desk.queue
        assert queue is not None
        try:
            waits = await asyncio.to_thread(queue.complete, self._person.question, paper)
        except OSError:
            self.hands.say(self.t("side.disk"))
            self._busy = False
            return
        asked = "side-numbers.held" if self.hands.standing.outage else "side-numbers.asked"
        self.hands.say(self.t(asked if waits else "side-numbers.gone"))
        self.hands.back()

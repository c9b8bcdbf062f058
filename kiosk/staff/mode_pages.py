"""Pages about the counter's modes: システム障害時モード, 災害時モード, 保留, kept forms.

Each switch has its own confirming line; the two modes are never mixed up. What breaks if it is wrong: people are asked
about in an outage that is none, or a queue is forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import DisasterSwitched, DraftResumed, Event, OutageSwitched
from kiosk.forms.draft import texts_of
from kiosk.screens.view import Setting
from kiosk.screens.while_shown import stands
from kiosk.staff.interfaces import REFUSED, KeptForm, QueuedPerson
from kiosk.staff.later_words import CameBack, difference_lines, next_line, record_lines, verdict_words
from kiosk.staff.page import Hands, Page, Row
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

_OF_THE_DAY = 9
"""Choices that a page of numbers has at most."""


class SwitchPage(Page):
    """A mode on or off, after a line that says what changes."""

    def is_on(self) -> bool:
        """Whether the mode is on now."""
        raise NotImplementedError

    def switched(self, on: bool) -> Event:
        """The fact that it is switched."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """What it means, then yes or no."""
        word = "off" if self.is_on() else "on"
        with Vertical(classes="middle"):
            for line in self.t(f"{self.NAME}.{word}").split("\n"):
                yield Prose(line, classes="lead")
        with Vertical(classes="answers"):
            yield self.choice("1", f"{self.NAME}.{word}.yes", self._switch)
            yield self.back_choice()

    def _switch(self) -> None:
        self.hands.send(self.switched(not self.is_on()))


class OutagePage(SwitchPage):
    """システム障害時モード: four items per person, asked about later."""

    NAME: ClassVar[str] = "side-outage"

    def is_on(self) -> bool:
        """Whether it is on now."""
        return self.hands.standing.outage

    def switched(self, on: bool) -> Event:
        """The fact."""
        return OutageSwitched(on)


class DisasterPage(SwitchPage):
    """災害時モード: only where a notice opened it."""

    NAME: ClassVar[str] = "side-disaster"

    def is_on(self) -> bool:
        """Whether it is on now."""
        return self.hands.standing.disaster

    def switched(self, on: bool) -> Event:
        """The fact."""
        return DisasterSwitched(on)


class QueuePage(Page):
    """保留: who waits, how far the asking is, what came back otherwise."""

    NAME: ClassVar[str] = "side-queue"

    def compose(self) -> ComposeResult:
        """How it stands, then one line per person."""
        with Vertical(classes="middle", id="queue"):
            yield Prose(self._standing(), id="queue-state", classes="lead")
        with Vertical(classes="answers", id="queue-choices"):
            if self.hands.desk.queue is not None:
                yield self.choice("1", "side-queue.ask", self._ask)
            yield self.back_choice()

    def on_mount(self) -> None:
        """The people are on the disk; the progress is looked at every second."""
        super().on_mount()
        self._read()
        self.set_interval(1.0, self._second)

    def _standing(self) -> str:
        queue = self.hands.desk.queue
        if queue is None:
            return self.t("side-queue.not_here")
        if queue.progress is not None:
            return self.t("side-queue.progress", done=queue.progress[0], all=queue.progress[1])
        return self.t("side-queue.waiting", count=queue.waiting)

    def _second(self) -> None:
        if not stands(self):
            return
        line, said = self.query_one("#queue-state", Prose), self._standing()
        if line.text != said:
            line.say(said)
            self._read()

    def _ask(self) -> None:
        queue = self.hands.desk.queue
        if queue is None:
            return
        if self.hands.standing.outage:
            self.hands.say(self.t("side-queue.outage_first"))
        elif queue.waiting == 0:
            self.hands.say(self.t("side-queue.nobody"))
        else:
            queue.ask_now()
            self._second()

    def _read(self) -> None:
        if self.hands.desk.queue is not None:
            self.hands.work(self._people)

    async def _people(self) -> None:
        queue = self.hands.desk.queue
        assert queue is not None
        try:
            people = await asyncio.to_thread(queue.people)
        except OSError:
            self.hands.say(self.t("side.disk"))
            return
        if self.is_attached:
            rows = self.query_one("#queue")
            await rows.remove_children(Row)
            await rows.mount(*(self._row(person) for person in people))
            await self._offer_numbers(people)
            self.has_grown()

    async def _offer_numbers(self, people: Sequence[QueuedPerson]) -> None:
        """A choice for each of those whose numbers are missing, as far as there are keys."""
        offered = self.query_one("#queue-choices")
        for before in list(offered.query(".-numbers")):
            await before.remove()
        lacking = [person for person in people if person.lacks_numbers]
        choices = [
            self.numbered(key, self.t("side-queue.numbers", who=self._who(person)), partial(self._numbers, person))
            for key, person in zip("23456789", lacking, strict=False)
        ]
        for choice in choices:
            choice.add_class("-numbers")
        await offered.mount(*choices, before="#choice-0")

    def _numbers(self, person: QueuedPerson) -> None:
        self.hands.show_numbers(person, self._who(person))

    def _who(self, person: QueuedPerson) -> str:
        return person.name or self.t("side-queue.unnamed", time=f"{person.since:%H:%M}")

    def _row(self, person: QueuedPerson) -> Widget:
        refused = f"  {self.t('side-queue.refused', code=person.refused)}" if person.refused else ""
        if person.lacks_numbers:
            said = f"{self._who(person)}  {self.t(f'queue.{person.why}')}  {self.t('side-queue.lacks')}"
            return Row(f"! {person.since:%H:%M}", said, classes="warning")
        if not person.result:
            return Row(f"... {person.since:%H:%M}", f"{person.name}  {self.t(f'queue.{person.why}')}{refused}")
        if person.result == REFUSED:
            return Row(f"! {person.since:%H:%M}", f"{person.name}{refused}", classes="warning")
        words = self.setting.words
        came = person.record or CameBack(outcome=person.result, differs=person.differences)
        lines = (
            f"{person.name}  {verdict_words(came, words)}",
            *record_lines(came, words),
            *difference_lines(came, words),
        )
        if came.in_order:
            return Row(f"* {person.since:%H:%M}", *lines)
        said = self.t("side-later.next", said=next_line(came, words))
        return Row(f"! {person.since:%H:%M}", *lines, said, classes="warning")


class DraftsPage(Page):
    """Forms that a lock or the privacy time cut short: each can be taken up again, or thrown away."""

    NAME: ClassVar[str] = "side-drafts"
    THROW: ClassVar[str] = "9"
    """Turns the numbers from taking up to throwing away, and back."""

    def __init__(self, setting: Setting, hands: Hands) -> None:
        super().__init__(setting, hands)
        self._throwing = False

    def compose(self) -> ComposeResult:
        """What is kept, by the paper."""
        with Vertical(classes="middle"):
            yield Prose(self.t("side-drafts.reading"), id="drafts-state", classes="lead")
        with Vertical(classes="answers", id="drafts"):
            yield self.back_choice()

    def on_mount(self) -> None:
        """They are on the disk."""
        super().on_mount()
        self.hands.work(self._read)

    async def _read(self) -> None:
        shelf = self.hands.desk.drafts
        kept: Sequence[KeptForm] = ()
        try:
            kept = () if shelf is None else await asyncio.to_thread(shelf.kept)
        except OSError:
            self.hands.say(self.t("side.disk"))
        if not self.is_attached:
            return
        listed = "side-drafts.throwing" if self._throwing and kept else "side-drafts.kept"
        self.query_one("#drafts-state", Prose).say(self.t(listed if kept else "side-drafts.none"))
        choices = [self._choice(str(key), one) for key, one in enumerate(kept[: _OF_THE_DAY - 1], start=1)]
        if choices:
            turn = "side-drafts.resume_instead" if self._throwing else "side-drafts.throw"
            choices.append(self.choice(self.THROW, turn, self._turn))
        rows = self.query_one("#drafts")
        self.screen.set_focus(None)
        await rows.remove_children([choice for choice in rows.query(Choice) if choice.id != "choice-0"])
        await rows.mount(*choices, before=0)
        self.screen.set_focus(choices[0] if choices else self.first_focus())

    def _choice(self, key: str, one: KeptForm) -> Choice:
        paper, since = self.t(f"paper.form.{one.form}"), f"{one.since:%H:%M}"
        label = self.t("side-drafts.resume", paper=paper, fields=len(texts_of(one.draft)), since=since)
        return self.numbered(key, label, lambda: self._take(one))

    def _take(self, one: KeptForm) -> None:
        if self._throwing:
            self.hands.work(partial(self._throw, one))
        else:
            self.hands.send(DraftResumed(one.form, one.draft, one.word))

    def _turn(self) -> None:
        self._throwing = not self._throwing
        self.hands.work(self._read)

    async def _throw(self, one: KeptForm) -> None:
        shelf = self.hands.desk.drafts
        assert shelf is not None
        try:
            await asyncio.to_thread(shelf.drop, one.word)
        except OSError:
            self.hands.say(self.t("side.disk"))
            return
        self.hands.say(self.t("side-drafts.thrown"))
        self.hands.read_today()
        self._throwing = False
        if self.is_attached:
            await self._read()

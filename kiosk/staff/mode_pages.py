"""Pages about the counter's modes: システム障害時モード, 災害時モード, 保留, kept forms.

Each switch has its own confirming line; the two modes are never mixed up. What breaks if it is wrong: people are asked
about in an outage that is none, or a queue is forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import DisasterSwitched, DraftResumed, Event, OutageSwitched
from kiosk.staff.interfaces import REFUSED, Draft, QueuedPerson
from kiosk.staff.page import Page, Row
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
        with Vertical(classes="answers"):
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

    def _row(self, person: QueuedPerson) -> Widget:
        refused = f"  {self.t('side-queue.refused', code=person.refused)}" if person.refused else ""
        if not person.result:
            return Row(f"... {person.since:%H:%M}", f"{person.name}  {self.t(f'queue.{person.why}')}{refused}")
        if person.result == REFUSED:
            return Row(f"! {person.since:%H:%M}", f"{person.name}{refused}", classes="warning")
        result = self.t(f"outcome.{person.result}")
        if not person.differences:
            return Row(f"* {person.since:%H:%M}", f"{person.name}  {result}")
        names = (self.setting.words.one_of(f"side.differs.{word}", word) for word in person.differences)
        differs = self.t("side.and").join(names)
        differing = self.t("side-queue.differs", what=differs)
        return Row(f"! {person.since:%H:%M}", f"{person.name}  {result}  {differing}", classes="warning")


class DraftsPage(Page):
    """Forms that a lock or the privacy time cut short: each can be taken up again."""

    NAME: ClassVar[str] = "side-drafts"

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
        kept: Sequence[tuple[str, Draft]] = ()
        try:
            kept = () if shelf is None else await asyncio.to_thread(shelf.kept)
        except OSError:
            self.hands.say(self.t("side.disk"))
        if not self.is_attached:
            return
        self.query_one("#drafts-state", Prose).say(self.t("side-drafts.kept" if kept else "side-drafts.none"))
        choices = [
            self._choice(str(key), form, draft) for key, (form, draft) in enumerate(kept[: _OF_THE_DAY - 1], start=1)
        ]
        await self.query_one("#drafts").mount(*choices, before=0)
        if choices:
            self.screen.set_focus(choices[0])

    def _choice(self, key: str, form: str, draft: Draft) -> Choice:
        label = self.t("side-drafts.resume", paper=self.t(f"paper.form.{form}"), fields=len(draft))
        return self.numbered(key, label, lambda: self.hands.send(DraftResumed(form, draft)))

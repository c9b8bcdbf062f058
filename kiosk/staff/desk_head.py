"""The head line on the screen: drawn anew where its words changed, and how quick the service is, asked now and then.

The words are `kiosk.staff.head_line`'s. What breaks if it is wrong: the line says that the service answers while it is
away, or every second lays the whole screen out anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Final

from textual.widgets import Static
from textual.worker import Worker

from kiosk.screens.while_shown import while_shown
from kiosk.services.interfaces import ServiceStopped
from kiosk.staff.head_line import Around, head_line
from kiosk.staff.interfaces import Desk
from kiosk.staff.standing import Standing
from kiosk.words import Words

LOOK_SECONDS: Final = 30
"""How often the service is asked whether it is there, while the staff side is open."""


class DeskHead(Static):
    """Day, period, reader, service, 保留."""

    def __init__(self, desk: Desk, words: Words, standing: Standing) -> None:
        super().__init__(id="side-head", markup=False)
        self._desk = desk
        self._words = words
        self._standing = standing
        self._seconds = 0
        self._looked = False
        """The service was asked whether it is there, since the screen opened."""
        self._said: str | None = None
        self._warning = ""

    def on_mount(self) -> None:
        """The service is asked at once."""
        self._say()
        self._look()

    def show(self, standing: Standing) -> None:
        """The counter moved on."""
        self._standing = standing
        self._say()

    def warn(self, sentence: str) -> None:
        """In place of the line until "" takes it back: somebody has to do something now."""
        self._warning = sentence
        self.set_class(bool(sentence), "-warning")
        self._say()

    def second(self) -> None:
        """The line has a clock in it."""
        self._say()
        self._seconds += 1
        if self._seconds % LOOK_SECONDS == 0:
            self._look()

    def on_resize(self) -> None:
        """Longer or shorter forms fit."""
        self._say()

    def _say(self) -> None:
        said = f" ! {self._warning}" if self._warning else self._line()
        if said != self._said:
            self._said = said
            self.update(said, layout=False)  # one line, whatever stands in it

    def _line(self) -> str:
        now, desk = self._standing, self._desk
        records, queue = desk.records, desk.queue
        around = Around(
            at=desk.now(),
            rules=desk.rules,
            reader=desk.reader_name,
            reader_trouble=now.reader_trouble,
            asked=self._looked,
            server_seconds=None if records is None else records.last_answer_seconds,
            out_of_service=records is not None and records.out_of_service,
            waiting=0 if queue is None else queue.waiting,
            unwritten=desk.unwritten(),
            progress=None if queue is None else queue.progress,
            outage=now.outage,
            disaster=now.disaster,
        )
        return head_line(around, self._words, self.app.size.width)

    def _look(self) -> None:
        """How quick the service is, asked while staff look: on a thread, one question at a time."""
        if self._desk.records is not None:
            self._begin(self._ask)

    def _begin(self, ask: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
        return self.run_worker(partial(while_shown, self, ask), group="server", exclusive=True)

    async def _ask(self) -> None:
        assert self._desk.records is not None
        with suppress(ServiceStopped):  # then there is no last answer, and the line says so
            await asyncio.to_thread(self._desk.records.health)
        self._looked = True
        self._say()

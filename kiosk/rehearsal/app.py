"""The counter of a rehearsal: the real one, with a line above that says whose turn it is, and the person behind F5.

Watches the counter from outside (`kiosk.app.Observer`) and changes nothing in it. What breaks if it is wrong: what was
rehearsed is not what the counter does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

import kiosk.app
from kiosk.app import KioskApp
from kiosk.flow.events import Abandoned
from kiosk.rehearsal.day import Day
from kiosk.rehearsal.person_screen import Asked, PersonScreen
from kiosk.rehearsal.watched_records import COPIED, WatchedRecords, is_of
from kiosk.rehearsal.world import Scenarios, World
from kiosk.screens.frame import CounterScreen
from kiosk.screens.messages import FlowEvent
from kiosk.services.interfaces import Services
from kiosk.settings.model import Settings
from kiosk.staff.staff_screen import StaffScreen
from kiosk.widgets.prose import Prose
from kiosk.words import Words

LOOK_SECONDS = 0.2
"""How often the line above is looked after."""


class PersonLine(Prose):
    """Whose turn it is, on both sides of the counter."""

    DEFAULT_CSS = """
    PersonLine { width: 100%; height: 1; padding: 0 1; background: $panel; color: $foreground; text-style: bold; }
    """


class RehearsalApp(KioskApp):
    """The counter, and a prepared day at it."""

    CSS_PATH = str(Path(kiosk.app.__file__).with_name("kiosk.tcss"))
    CARDS_IN_DRAWER: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "person", show=False)]

    def __init__(
        self,
        load: Callable[[], Services],
        day: Day,
        scenarios: Scenarios,
        *,
        data_dir: Path,
        lang: str,
        names: dict[str, str],
        pins: dict[str, str],
        settings: Settings,
        clock: Callable[[], float],
        quick_load: bool = True,
    ) -> None:
        """`data_dir` is the rehearsal's own; `names` and `pins` are the personas'; the rest as for the counter."""
        self._kept: Services | None = None

        def load_and_keep() -> Services:
            self._kept = _watched(load(), day)
            return self._kept

        super().__init__(
            load_and_keep,
            data_dir=data_dir,
            lang=lang,
            settings=settings,
            observer=day.step,
            clock=clock,
            quick_load=quick_load,
        )
        self._day = day
        self._scenarios = scenarios
        self._names = names
        self._pins = pins
        self._own_words = Words(lang)
        self._opened = False
        self._going_on = False

    def on_mount(self) -> None:
        """From now on the line is looked after."""
        self.set_interval(LOOK_SECONDS, self.look_after)

    def look_after(self) -> None:
        """The line on every side; the first person, as soon as the counter can be used; the next, once the last has
        left."""
        if not self._opened and self.counter is not None and self._kept is not None:
            self._opened = True
            self._day.open(World(self._kept, self._scenarios))
            self.action_person()
        if self._going_on and self._day.at_rest:
            self._going_on = False
            self._day.next_person()
            self.action_person()
        sentence = self._line()
        for screen in self.screen_stack:
            if not isinstance(screen, CounterScreen | StaffScreen) or not screen.is_mounted:
                continue
            found = screen.query(PersonLine)
            if not found:
                screen.mount(PersonLine(sentence), before=0)
            else:
                found.first().say(sentence)

    def _line(self) -> str:
        t, visit = self._own_words.text, self._day.visit
        if visit is None:
            return t("rehearsal.line.over" if self._day.is_over else "rehearsal.line.before")
        name, every = self._names.get(visit.who, visit.who), len(self._day.script.visits)
        said = self._day.script.said(visit.says, self._own_words.lang)
        number = self._day.index + 1
        line = t("rehearsal.line.now", number=number, every=every, name=name, said=said)
        if cell_len(line) <= self.size.width - 2:  # the line's own edges
            return line
        return t("rehearsal.line.short", number=number, every=every, name=name)

    def action_person(self) -> None:
        """F5: the person before the counter."""
        self._show_person(warned=False)

    def _show_person(self, *, warned: bool) -> None:
        if not self._opened or isinstance(self.screen, PersonScreen):
            return
        shown = PersonScreen(self._own_words, self._day, self._names, self._pins, warned=warned)
        self.push_screen(shown, lambda asked: self._answered(asked, warned=warned))

    def _answered(self, asked: Asked | None, *, warned: bool) -> None:
        match asked:
            case Asked.LAY_CARD:
                self._day.lay_card()
            case Asked.TAKE_CARD:
                self._day.take_card()
            case Asked.END:
                self.exit()
            case Asked.NEXT if self._day.at_rest and (warned or self._day.is_served):
                self._going_on = True
            case Asked.NEXT if warned and self.counter is not None:
                self._going_on = True
                self.post_message(FlowEvent(self.counter.visit, Abandoned(), by_key=True))
            case Asked.NEXT:
                self._show_person(warned=True)

    def copy_for_staff(self, text: str) -> None:
        """As at the counter; a record that is copied is noted."""
        facts = None if self.counter is None else self.counter.facts
        if facts is not None and any(is_of(text, answer) for answer in (facts.by_card, facts.by_numbers)):
            self._day.used(COPIED)
        super().copy_for_staff(text)

    async def on_unmount(self) -> None:
        """The hands rest."""
        self._day.close()


def _watched(services: Services, day: Day) -> Services:
    """The same services; what the desk does with a record is noted."""
    staff = services.staff
    if staff is None or staff.records is None:
        return services
    return replace(services, staff=replace(staff, records=WatchedRecords(staff.records, day.used)))

"""Random patients, faults and staff at one counter, and the look at every screen, message and entry on the way.

One person has one visit after another; two persons never share one. Whatever is seen in a visit — on a screen while it
is there, in a message of its number, in its entry — must be of one person; a language or a look that somebody chose
goes with them. The seed decides everything.
"""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from kiosk.app import KioskApp
from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.events import DraftResumed, Event
from kiosk.forms.rows import TextRow
from kiosk.journal import verify
from kiosk.privacy_time import WARNING_SECONDS
from kiosk.screens.frame import CounterScreen
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.messages import FlowEvent, LanguageAsked, LookAsked
from kiosk.screens.overlays import HelpScreen
from kiosk.staff.staff_screen import StaffScreen
from kiosk.staff.today_pages import CorrectionPage, EntryPage, TodayPage
from tests.kiosk.isolation import canaries
from tests.kiosk.isolation.clinic import INSURER, PIN, Clinic, card_of
from tests.kiosk.isolation.looks import CLINICS, Drawn, Wardrobe, drawn

OF_THE_DAY = (TodayPage, EntryPage, CorrectionPage)
"""Pages of the staff side about visits of the whole day: a line of theirs is about one person, the page about many."""
TIMERS_END_S = 1.2
"""A timer of a screen that is gone may name it until its second is over: asyncio keeps what was cancelled so long."""


class LeakError(AssertionError):
    """Two people met, or one stayed."""


@dataclass
class Walk:
    """One counter on its way."""

    app: KioskApp
    pilot: Pilot[None]
    clinic: Clinic
    chance: random.Random
    seen: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Whose values were seen in each visit, wherever."""
    resumed: dict[int, int] = field(default_factory=dict)
    """Visits that go on with somebody's kept form."""
    people: int = 0
    trail: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    # --- the look ---

    @property
    def counter(self) -> Counter:
        assert self.app.counter is not None
        return self.app.counter

    def note(self, visit: int | None, found: set[int], where: str) -> None:
        """So many people were met in a visit.

        Nobody is there yet who has a higher number: their day is the one on which the grace of a certificate ends.
        """
        found = {person for person in found if person <= self.people}
        if len(found) > 1:
            raise LeakError(f"{where}: people {sorted(found)} together; {self.told()}")
        if visit is None:
            return
        self.seen[visit] |= found
        if len(self.seen[visit]) > 1:
            raise LeakError(f"{where}: visit {visit} met {sorted(self.seen[visit])}; {self.told()}")

    def told(self) -> str:
        return f"after {', '.join(self.trail[-25:])}"

    def hear(self, message: Message) -> None:
        """Every message that is posted anywhere. An exception here would end in the message pump: kept for the look."""
        if not type(message).__module__.startswith("kiosk."):
            return
        if isinstance(message, LookAsked | LanguageAsked):
            self.wardrobe.asked.add(message.visit)
        found = {one for value in vars(message).values() for one in canaries.in_value(value)}
        if isinstance(message, FlowEvent):
            found |= canaries.in_value(message.event)
            if isinstance(message.event, DraftResumed) and message.visit is not None:
                self.resumed.update(dict.fromkeys([message.visit], *found) if found else {})
        self.heard.append((message.visit if isinstance(message, FlowEvent) else None, found, type(message).__name__))

    def __post_init__(self) -> None:
        self.heard: list[tuple[int | None, set[int], str] | tuple[Counter, Event, Counter, Drawn]] = []
        self.wardrobe = Wardrobe(drawn(self.app), self.seen, lambda said: LeakError(f"{said}; {self.told()}"))

    def step_taken(self, before: Counter, event: Event, after: Counter) -> None:
        """Every step of the flow. What is drawn is noted here: by the next look it may be another person's."""
        self.reached.add(type(after.state).__name__)
        self.heard.append((after.visit, canaries.in_value(after), f"the flow after {type(event).__name__}"))
        self.heard.append((before, event, after, drawn(self.app)))

    def look(self) -> None:
        """Every screen of the stack as it is painted, what was posted since, and what the flow holds."""
        heard, self.heard[:] = list(self.heard), []
        for told in heard:
            if len(told) == 3:
                self.note(*told)
                continue
            before, event, after, seen = told
            self.wardrobe.stepped(before, event, after)
            self.wardrobe.see(seen, before.visit, after.visit)
        visit = self.counter.visit
        for screen in self.app.screen_stack:
            self.note(visit, self.on_screen(screen), type(screen).__name__)
        self.wardrobe.see(drawn(self.app), self.app.view.setting.visit)  # in the middle of a step, the visit before
        patient = self.app.screen_stack[0]
        assert isinstance(patient, CounterScreen)

    def on_screen(self, screen: Screen[object]) -> set[int]:
        """The people on a screen; the day's list is looked at line by line."""
        lines = [strip.text for strip in screen._compositor.render_strips()]
        if not isinstance(screen, StaffScreen):
            if any(isinstance(beneath, StaffScreen) for beneath in self.app.screen_stack):  # it shines through
                for line in lines:
                    self.note(None, canaries.in_text(line), "a line above the desk")
                return set()
            return canaries.in_text("\n".join(lines))
        beside = screen.query_one("#side-left").region
        if beside.width:
            for line in lines:
                self.note(None, canaries.in_text(_cells(line, 0, beside.right)), "a line of the day")
            lines = [_cells(line, beside.right, 500) for line in lines]
        if isinstance(screen.body, OF_THE_DAY):
            for line in lines:
                self.note(None, canaries.in_text(line), "a line of the day's page")
            return set()
        return canaries.in_text("\n".join(lines))

    def check_journal(self) -> None:
        """Everything of one visit is of one person, and of the one who was seen in it."""
        found = verify(self.clinic.folder / "journal", self.clinic.folder / "journal.key")
        assert found.whole, found.faults
        for entry in found.entries:
            if entry.visit:
                self.note(entry.visit, canaries.in_value(entry), f"entry {entry.sequence}")

    # --- the hands ---

    def someone(self) -> int:
        self.people += 1
        return self.people

    def whose_paper(self) -> int:
        """Staff type the papers of whoever is here."""
        visit, card = self.counter.visit, self.counter.card
        mine = self.seen[visit] or ({self.resumed[visit]} if visit in self.resumed else set())
        if card is not None:
            mine = mine or canaries.in_value(card)
        mine = mine or self.wardrobe.still_here()
        if not mine:
            self.seen[visit] = mine = {self.someone()}
        [person] = mine
        return person

    def shown(self) -> str:
        """The screen in front."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause(0)
            await self.pilot._wait_for_screen()

    async def at_rest(self) -> None:
        """Everything posted until now has been dealt with, or the application is over."""
        done = asyncio.Event()
        self.app.call_later(done.set)
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 5)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def type_form(self) -> None:
        """The fields of whatever form is open, as far as a hand gets; then on."""
        person = self.whose_paper()
        texts = {
            "insurer_number": INSURER,
            "symbol": canaries.symbol(person),
            "number": canaries.insured_number(person),
            "branch": "01",
            "name": canaries.name(person),
            "kana": "ケミ" + canaries.written(person, "アイウエオカキクケコ"),
            "birthdate": canaries.birthdate(person).strftime("%Y%m%d"),
            "address": canaries.address(person),
            "insured_name": canaries.name(person),
            "issued_on": "20250801",
            "expires_on": "20290731",
        }
        half = self.chance.random() < 0.3
        rows = list(self.app.screen.query(TextRow))
        for row in rows[: self.chance.randint(1, len(rows))] if half and rows else rows:
            if row.word in texts and row.is_attached:
                row.input.focus()
                row.input.value = ""
                row.input.insert_text_at_cursor(texts[row.word])
        await self.settle()
        for _ in range(0 if half else len(rows) + 6):
            if not isinstance(self.counter.state, st.TypingPaper | st.TakingFourItems):
                break
            await self.press("enter")

    def place(self) -> None:
        if self.slot_is_there():
            person = self.someone()
            left = self.chance.choice((3, 3, 3, 3, 2, 1, 0))
            self.clinic.slot.place(card_of(person, attempts_left=left, has_photo=self.chance.random() < 0.8))

    def slot_is_there(self) -> bool:
        return self.clinic.slot.reason is None

    def trouble_the_card(self) -> None:
        card = self.clinic.slot.card
        if card is not None:
            card.trouble = self.chance.choice((st.Trouble.CARD_UNREADABLE, st.Trouble.NOT_MYNA_CARD, None))

    def pass_time(self, seconds: float) -> None:
        for part in (seconds - WARNING_SECONDS, WARNING_SECONDS):  # asked whether anybody is there; nobody answers
            self.clinic.clock.now += part
            self.app.end_idle_visit()

    def turn(self, gate: threading.Event) -> None:
        if gate.is_set():
            gate.clear()
        else:
            gate.set()

    async def step(self) -> None:
        """Somebody does something."""
        at_staff = isinstance(self.app.screen, StaffScreen)
        form = at_staff and isinstance(self.counter.state, st.TypingPaper | st.TakingFourItems)
        chosen = self.chance.choices(
            (
                *("place", "take", "lose reader", "card fault", "down", "slow", "slow card"),
                *("right pin", "wrong pin", "go on", "number", "key", "staff", "paper", "form", "wait", "expire"),
                *("language", "look", "looks", "too late", "unregistered", "state", "resize"),
            ),
            (
                *(9, 4, 1, 1, 2, 2, 1),
                *(10, 1, 14, 10, 5, 7, 4, 30 if form else 0, 1, 1),
                *(1, 2, 2, 1, 2, 2, 1),
            ),
        )[0]
        self.trail.append(f"{chosen}@{type(self.counter.state).__name__}")
        clinic = self.clinic
        match chosen:
            case "place":
                self.place()
            case "take":
                clinic.slot.remove()
            case "lose reader":
                clinic.slot.unplug() if self.slot_is_there() else clinic.slot.plug_in()
            case "card fault":
                self.trouble_the_card()
            case "down":
                clinic.client.down = not clinic.client.down
            case "slow":
                self.turn(clinic.client.answer_gate)
            case "slow card":
                self.turn(clinic.desk.read_gate)
            case "right pin":
                await self.press("1", *PIN.decode()) if not at_staff else await self.press("1")
            case "wrong pin":
                await self.press(*"0000")
            case "go on":
                await self.press("1")
            case "number":
                await self.press(self.chance.choice("23456789"))
            case "key":
                keys = ("escape", "escape", "enter", "f1", "f7", "question_mark", "tab", "down", "pagedown", "f6")
                await self.press(self.chance.choice(keys))
            case "staff":
                await self.press("f4")
            case "paper":
                await self.press("f8")
                if isinstance(self.counter.state, st.ChoosingPaper):
                    await self.press("1", *INSURER, "enter", "enter")
            case "form":
                await self.type_form()
            case "wait":
                self.pass_time(61)
            case "expire":
                self.pass_time(121)
            case "language":
                self.app.post_message(LanguageAsked(self.counter.visit, self.chance.choice(("en", "zh_Hans", "ja"))))
            case "look":
                self.app.post_message(LookAsked(self.counter.visit, self.chance.choice(("big", "contrast"))))
            case "looks":
                await self.press("f3", self.chance.choice(("1", "2", "3", "8", "8", "9", "9", "escape")))
            case "too late":
                gone = self.counter.visit - 1
                late = (LookAsked(gone, "big"), LookAsked(gone, "contrast"), LanguageAsked(gone, "en"))
                self.app.post_message(self.chance.choice(late))
            case "unregistered":
                clinic.client.unregistered_now = not clinic.client.unregistered_now
            case "state":
                clinic.client.state = self.chance.choice(("valid", "expiring", "grace"))
            case "resize":
                size = self.chance.choice(((80, 24), (120, 40), (60, 20)))
                await self.pilot.resize_terminal(*size)
        if chosen in ("place", "take", "lose reader"):
            await self.reader_tells()
        elif self.chance.random() < 0.7:
            await self.pilot.pause(0.01)
        if len(self.trail) % 12 == 0:
            clinic.client.answer_gate.set()
            clinic.desk.read_gate.set()
        await self.settle()
        self.look()

    async def reader_tells(self) -> None:
        """The monitor's thread says what it saw, and the card is read, as far as nothing holds that up."""
        slot = self.clinic.slot
        for _ in range(500):
            told = self.counter.card_present == (slot.card is not None)
            reading = isinstance(self.counter.state, st.ReadingCard) and self.clinic.desk.read_gate.is_set()
            if told and not reading and (self.counter.reader_trouble is None) == self.slot_is_there():
                break
            await self.pilot.pause(0.002)

    async def end_visit(self) -> None:
        """Everybody goes: the card is taken, the service and the reader are there, nobody presses anything."""
        clinic = self.clinic
        clinic.client.answer_gate.set()
        clinic.desk.read_gate.set()
        clinic.client.down = False
        clinic.slot.plug_in()
        clinic.slot.remove()
        for _ in range(600):
            if self.is_quiet():
                break
            self.pass_time(121)
            if isinstance(self.app.screen, HelpScreen | LanguageMenu):
                await self.press("escape")
            await self.pilot.pause(0.005)
            self.look()
        else:
            raise AssertionError(f"never idle: {self.counter.state!r}, {self.app.screen_stack}; {self.told()}")
        await self.settle()
        self.look()
        await self.goes_back()
        self.trail.append("over")

    async def goes_back(self) -> None:
        """What somebody chose who then had no visit holds for the privacy time, and no longer."""
        if drawn(self.app) == self.wardrobe.clinics:
            return
        self.pass_time(121)
        for _ in range(200):
            if drawn(self.app) == self.wardrobe.clinics:
                break
            await self.pilot.pause(0.005)
        else:
            raise LeakError(f"still drawn when everybody is gone: {drawn(self.app)}; {self.told()}")
        self.look()

    def is_quiet(self) -> bool:
        """Nobody is here, the staff side is shut, and nothing is under way."""
        performer = self.app._performer
        assert performer is not None
        shop = performer._workshop
        idle = isinstance(self.counter.state, st.Idle) and not self.counter.unwritten
        return idle and len(self.app.screen_stack) == 1 and not shop._entries and not shop._tasks

    async def check_nothing_stayed(self) -> None:
        """No live object holds anything of anybody who was here."""
        await self.pilot.pause(TIMERS_END_S)
        left = canaries.alive(self.people)
        told = canaries.who_holds(left)
        gc.freeze()  # as the test run had it
        if told:
            raise LeakError("stayed: " + "\n".join(told) + f"\n{self.told()}")


def _cells(line: str, first: int, last: int) -> str:
    """A part of a line by its cells."""
    from rich.cells import cell_len

    kept, at = [], 0
    for sign in line:
        if first <= at < last:
            kept.append(sign)
        at += cell_len(sign)
    return "".join(kept)


@asynccontextmanager
async def walk(folder: Path, seed: int, app_class: type[KioskApp] = KioskApp) -> AsyncIterator[Walk]:
    """A counter that is ready."""
    clinic = Clinic(folder)
    hooked: list[Walk] = []

    def hear(message: Message) -> None:
        for one in hooked:
            one.hear(message)

    def step_taken(before: Counter, event: Event, after: Counter) -> None:
        for one in hooked:
            one.step_taken(before, event, after)

    app = app_class(
        clinic.load,
        data_dir=folder,
        settings=CLINICS[seed % len(CLINICS)],
        observer=step_taken,
        clock=clinic.clock,
        quick_load=False,
    )
    async with app.run_test(size=(80, 24), message_hook=hear) as pilot:
        walking = Walk(app, pilot, clinic, random.Random(seed))
        hooked.append(walking)
        for _ in range(3000):
            if app.counter is not None:
                break
            await pilot.pause(0.002)
        await walking.settle()
        try:
            yield walking
        except Exception as error:
            error.add_note(f"seed {seed}, {walking.told()}")
            raise
        finally:  # shut down in the middle of a step, it would look for widgets that are gone
            await walking.at_rest()


async def live(walking: Walk, visits: int, steps: int) -> None:
    """So many times: a few things happen, then everybody goes and nothing may be left."""
    for _ in range(visits):
        for _ in range(walking.chance.randint(steps // 2, steps)):
            await walking.step()
        await walking.end_visit()
    walking.check_journal()
    await walking.check_nothing_stayed()

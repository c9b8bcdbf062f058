"""The staff side alone, over fakes: no flow, no services, no disk."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from textual.app import App
from textual.pilot import Pilot
from textual.scrollbar import ScrollBar

from eligibility.papers.paper import Paper
from kiosk.app import KioskApp
from kiosk.flow.answer import Qualification
from kiosk.flow.counter import Counter
from kiosk.flow.events import Event
from kiosk.flow.states import State
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.services.medical_information import Finding, GivenCheckup, GivenMedicine, MedicalInformation
from kiosk.settings.passcodes import Checked, PasscodeNotSetError
from kiosk.staff.interfaces import DayEntry, Desk, Draft, KeptForm, QueuedPerson
from kiosk.staff.palette import Command
from kiosk.staff.side import StaffSide
from kiosk.staff.staff_screen import StaffScreen
from kiosk.staff.standing import Standing
from kiosk.widgets.lines import PlainScrollBar
from kiosk.words import Words
from reader.pin import wipe
from tests.kiosk.staff.running_apps import borrowed
from tests.kiosk.staff.samples import ENTRIES, NOW

ALL_MEDICINES = MedicalInformation(
    medicines=(
        GivenMedicine(
            "ワーファリン錠1mg",
            "ワルファリンカリウム",
            date(2026, 11, 2),
            28,
            "1日1回",
            "1錠",
            "練習薬局",
            ("ミコナゾール",),
        ),
        GivenMedicine("フロリードゲル", "ミコナゾール", date(2026, 11, 10), 14, "1日4回", "10g", "練習薬局"),
        GivenMedicine("ワルファリンK錠1mg", "ワルファリンカリウム", date(2026, 11, 5), 28),
    ),
    checkups=(GivenCheckup(date(2026, 6, 1), "練習健診センター", (Finding("HbA1c", "5.6", "%"),)),),
)


class FakeClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class FakePasscode:
    """A passcode that is compared as it stands."""

    digits: bytes = b""
    wrong: int = 0
    wait: int = 0
    threads: set[int] = field(default_factory=set)
    error: OSError | None = None

    def is_set(self) -> bool:
        self.threads.add(threading.get_ident())
        if self.error is not None:
            raise self.error
        return bool(self.digits)

    def wait_seconds(self) -> int:
        return self.wait

    def check(self, typed: bytearray) -> Checked:
        self.threads.add(threading.get_ident())
        try:
            if not self.digits:
                raise PasscodeNotSetError("staff")
            if bytes(typed) == self.digits:
                return Checked(True, 5, 0)
            self.wrong += 1
            self.wait = 30 if self.wrong >= 5 else 0
            return Checked(False, max(0, 5 - self.wrong), self.wait)
        finally:
            wipe(typed)


@dataclass
class FakeJournal:
    """A day in a list."""

    entries: list[DayEntry] = field(default_factory=lambda: list(ENTRIES))
    locks: list[str] = field(default_factory=list)
    full: bool = False
    refused: int = 0
    run: str = ""

    def today(self, day: date) -> Sequence[DayEntry]:
        self._disk()
        return tuple(entry for entry in self.entries if entry.at.date() == day)

    def note_lock(self, word: str) -> None:
        self._disk()
        self.locks.append(word)

    def correct(self, entry: DayEntry, why: str) -> None:
        self._disk()
        self.entries.append(DayEntry(99, NOW, entry.visit, "correction", corrects=entry.sequence, why=why))

    def note_real_name(self, visit: int, name: str) -> None:
        self._disk()
        self.entries.append(DayEntry(98, NOW, visit, "named", real_name=name))

    def _disk(self) -> None:
        if self.full:
            self.refused += 1
            raise OSError(28, "No space left on device")


@dataclass
class FakeRecords:
    """A service that answers what it was told to."""

    last_answer_seconds: float | None = 0.8
    information: MedicalInformation = ALL_MEDICINES
    stop: Exception | None = None
    registered: list[str] = field(default_factory=list)
    registered_for: list[Qualification] = field(default_factory=list)
    asked_for: list[tuple[str, ...]] = field(default_factory=list)
    file: str = "written"
    out_of_service: bool = False

    def health(self) -> float:
        self._stopped()
        return 0.8

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        self._stopped()
        self.asked_for.append(tuple(items))
        return self.information

    def register_reference_number(self, answer: Qualification, number: str) -> None:
        self._stopped()
        self.registered.append(number)
        self.registered_for.append(answer)

    def face_file(self, answer: Qualification) -> str:
        self._stopped()
        return self.file

    def _stopped(self) -> None:
        if self.stop is not None:
            raise self.stop


@dataclass
class FakeQueue:
    """People on a list."""

    persons: list[QueuedPerson] = field(
        default_factory=lambda: [
            QueuedPerson(NOW.replace(hour=9, minute=1), "four_items", "国保　花子"),
            QueuedPerson(NOW.replace(hour=8, minute=50), "recheck", "協会　次郎", "OK_ONLINE", ("address",)),
            QueuedPerson(NOW.replace(hour=8, minute=51), "recheck", "協会　三郎", "OK_ONLINE"),
        ]
    )
    progress: tuple[int, int] | None = None
    asked: int = 0
    completed: list[tuple[str, Paper]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(1 for person in self.persons if not person.result)

    def people(self) -> Sequence[QueuedPerson]:
        return tuple(self.persons)

    def ask_now(self) -> None:
        self.asked += 1
        self.progress = (0, self.waiting)

    def complete(self, question: str, paper: Paper) -> bool:
        self.completed.append((question, paper))
        return True


@dataclass
class FakeDrafts:
    """Forms that were cut short."""

    forms: list[tuple[str, Draft]] = field(default_factory=list)

    def kept(self) -> Sequence[KeptForm]:
        return [KeptForm(form, draft, f"word-{form}", NOW) for form, draft in self.forms]

    def drop(self, word: str) -> None:
        self.forms = [pair for pair in self.forms if f"word-{pair[0]}" != word]


@dataclass
class Fakes:
    """Everything around the staff side."""

    passcode: FakePasscode = field(default_factory=FakePasscode)
    journal: FakeJournal = field(default_factory=FakeJournal)
    records: FakeRecords = field(default_factory=FakeRecords)
    queue: FakeQueue = field(default_factory=FakeQueue)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    clock: FakeClock = field(default_factory=FakeClock)

    def desk(self) -> Desk:
        return Desk(
            now=lambda: NOW,
            clock=self.clock,
            reader_name="Fake Reader 00 00",
            passcode=self.passcode,
            journal=self.journal,
            records=self.records,
            queue=self.queue,
            drafts=self.drafts,
        )


def desk_view(state: State, setting: Setting) -> View:
    """A form of papers; imported when one is wanted, as the application does."""
    from kiosk.forms.catalogue import desk_view as of_forms

    return of_forms(state, setting)


class StaffApp(App[None]):
    """The application as far as the staff side needs it."""

    CSS_PATH = "../../../kiosk/kiosk.tcss"
    ENABLE_COMMAND_PALETTE = False
    VERTICAL_BREAKPOINTS = KioskApp.VERTICAL_BREAKPOINTS
    """The classes of the patient's side stand on every screen, also on this one."""

    fakes: Fakes
    standing: Standing
    words: Words
    sent: list[Event]
    clipboard_writes: list[str]
    said: list[str]
    side: StaffSide

    def begin(self, fakes: Fakes, standing: Standing, lang: str) -> None:
        """A staff side that has never been opened, over these."""
        ScrollBar.renderer = PlainScrollBar
        self.fakes = fakes
        self.standing = standing
        self.words = Words(lang)
        self.sent = []
        self.clipboard_writes = []
        self.said = []
        self.side = StaffSide(self, self, fakes.desk(), self.words, desk_view)

    def counter_now(self) -> Counter | None:
        now = self.standing
        return Counter(
            visit=now.visit,
            state=now.state,
            card_present=now.card_present,
            reader_trouble=now.reader_trouble,
            facts=now.facts,
            outage=now.outage,
            disaster=now.disaster,
            history=(now.facts,) if now.can_undo else (),
        )

    def setting_for_staff(self, visit: int) -> Setting:
        return Setting(self.words, visit, NOW.date, self.fakes.clock)

    def to_clipboard(self, text: str) -> None:
        self.clipboard_writes.append(text)

    def news(self, sentence: str) -> None:
        self.said.append(sentence)

    def commands(self) -> tuple[Command, ...]:
        return ()

    async def on_flow_event(self, message: FlowEvent) -> None:
        self.sent.append(message.event)


class Staff:
    """The staff side in a test."""

    def __init__(self, app: StaffApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def side(self) -> StaffSide:
        return self.app.side

    @property
    def screen(self) -> StaffScreen:
        screen = self.app.side.screen
        assert screen is not None, "the staff side is shut"
        return screen

    def is_open(self) -> bool:
        return self.side.is_open

    @property
    def page(self) -> str:
        return self.screen.body.NAME

    async def settle(self) -> None:
        for _ in range(4):
            await self.pilot.pause(0)

    async def until(self, met: Callable[[], bool], what: str) -> None:
        for _ in range(3000):
            if met():
                await self.settle()
                return
            if self.app._exception is not None:  # it is over, and tells why itself
                break
            await self.pilot.pause(0.002)
        raise AssertionError(f"never {what}\n{self.text()}")

    async def open(self) -> None:
        self.side.knock()
        await self.until(lambda: self.side.screen is not None and self.side.screen.is_mounted, "open")
        await self.until(lambda: self.app.screen is self.side.screen, "in front")

    async def press(self, *keys: str) -> None:
        self.side.touch()
        await self.pilot.press(*keys)
        await self.settle()

    async def at(self, page: str) -> None:
        await self.until(lambda: self.page == page, f"at {page}")

    async def move_to(self, standing: Standing) -> None:
        """The flow went on."""
        before = self.app.counter_now()
        self.app.standing = standing
        now = self.app.counter_now()
        assert before is not None
        assert now is not None
        await self.side.show(before, now)
        await self.settle()

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())


@asynccontextmanager
async def staff(
    standing: Standing | None = None,
    fakes: Fakes | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    lang: str = "ja",
    shut: bool = False,
) -> AsyncIterator[Staff]:
    """The staff side over `standing`, open unless `shut`."""
    async with borrowed(StaffApp, size) as (app, pilot):
        app.begin(fakes or Fakes(), standing or Standing(), lang)
        running = Staff(app, pilot)
        if not shut:
            await running.open()
        yield running


def with_visit(standing: Standing, visit: int) -> Standing:
    """The same in another visit."""
    return replace(standing, visit=visit)

"""Plays a script at the real screens by keys, with a trainee that decides: the counter of a rehearsal, over real parts.

Waits for states, never for time. The trainee says what to do (`ModelTrainee`, or one that makes mistakes); this module
finds the key for it on whichever side it is done.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from textual.pilot import Pilot

from eligibility.papers.paper import Paper
from kiosk.cli.composition import CounterPlan, load_services
from kiosk.cli.rehearse_script import People, people, read_script
from kiosk.cli.rehearsed_server import ServerInProcess
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.facts import FourItems
from kiosk.forms.choosing import DOCUMENTS, forms_of
from kiosk.forms.option_row import OptionRow
from kiosk.forms.rows import FieldRow, TextRow
from kiosk.rehearsal.app import PersonLine, RehearsalApp
from kiosk.rehearsal.clock import RehearsalClock
from kiosk.rehearsal.day import Day
from kiosk.rehearsal.model_trainee import Hand, ModelTrainee, Move, Typing
from kiosk.rehearsal.notes import Notes
from kiosk.rehearsal.person_screen import PersonScreen
from kiosk.rehearsal.right import play_right, wrong_pin
from kiosk.rehearsal.script import Script, Visit
from kiosk.settings.model import DEFAULTS
from kiosk.staff.actions import Action, actions_for
from kiosk.staff.judging_pages import PersonPage
from kiosk.staff.now_page import NowPage
from kiosk.staff.staff_screen import StaffScreen
from kiosk.staff.standing import standing_of
from kiosk.widgets.choice import Choice

LOOKS = 6000
"""How often a state is looked for: a hang gets a name."""
ON_PATIENT_SIDE = (
    st.ChoosingMethod,
    st.EnteringPin,
    st.ConfirmingLastTry,
    st.NoticingCertificate,
    st.OfferingRegistration,
    st.AskingConsent,
    st.TakingCard,
)
BUSY = (
    st.ReadingCard,
    st.VerifyingPin,
    st.AskingService,
    st.ComparingFace,
    st.Settling,
    st.Registering,
    st.SendingConsent,
)
KEYS = {
    ev.Back: "9",
    ev.NoticeRead: "1",
    ev.RegistrationAccepted: "1",
    ev.RegistrationDeclined: "2",
    ev.LastTryAccepted: "1",
}


@cache
def known() -> People:
    """The personas, read once."""
    return people()


def script_named(name: str, *visits: int) -> Script:
    """An included script; with `visits` (from 0) only those of it."""
    script = read_script(name, known())
    return replace(script, visits=tuple(script.visits[index] for index in visits)) if visits else script


def right_of(script: Script, folder: Path) -> tuple[Notes, ...]:
    """What the day comes to without mistakes."""
    folder.mkdir(parents=True)
    clock = RehearsalClock(script.on, time.monotonic)
    settings = replace(DEFAULTS, equipped_for_smartphone=script.equipped)
    plan = CounterPlan(folder, clock.now, "ja", site=script.site, settings=settings)
    server = ServerInProcess(folder, clock.now)
    try:
        return play_right(script, lambda: load_services(plan), server, clock, known().pins)
    finally:
        server.close()


class AtTheCounter:
    """One person at the keys of one running rehearsal."""

    def __init__(self, app: RehearsalApp, day: Day, pilot: Pilot[None], faults: list[BaseException]) -> None:
        self.app = app
        self.day = day
        self.pilot = pilot
        self.faults = faults
        self._known_to_come: tuple[int, int] | None = None
        """Of which visit how much was still to go wrong when that was last waited for."""

    # --- looking ---

    @property
    def state(self) -> st.State:
        assert self.app.counter is not None
        return self.app.counter.state

    async def until(self, met: Callable[[], bool], what: str) -> None:
        for _ in range(LOOKS):
            if self.faults:
                raise self.faults[0]
            if met():
                await self.settle()
                return
            await self.pilot.pause(0.005)
        screen = "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())
        raise AssertionError(f"never {what}; it is {self.state!r}\n{screen}")

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause(0)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    def lines(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    # --- the person's own hands ---

    async def person(self, key: str) -> None:
        """F5, and one of its answers."""
        if not isinstance(self.app.screen, PersonScreen):
            await self.press("f5")
        await self.until(lambda: isinstance(self.app.screen, PersonScreen), "the person's screen")
        await self.press(key)

    async def next_key(self) -> str:
        """The number of "call the next" on the person's screen, which opens."""
        if not isinstance(self.app.screen, PersonScreen):
            await self.press("f5")
        await self.until(lambda: bool(self.app.screen.query("#person-next")), "the person's screen")
        return self.app.screen.query_one("#person-next", Choice).key

    async def call_next(self) -> None:
        """The next person, who stands there afterwards."""
        index = self.day.index
        await self.person(await self.next_key())
        await self.until(lambda: self.day.index == index + 1, "the next person")
        await self.until(lambda: isinstance(self.app.screen, PersonScreen), "the next person's screen")
        await self.press("escape")

    # --- one visit ---

    async def play(self, trainee: ModelTrainee, visit: Visit) -> None:
        """Until the trainee says that it is over."""
        for _ in range(60):
            await self.rest()
            assert self.app.counter is not None
            before = self.app.counter
            move = trainee.move(before)
            if move is None:
                if trainee.over:
                    return
                await self.moved_on(before, "further")
                continue
            await self.make(move, visit)
            await self.moved_on(before, f"anything after {move!r}")
        raise AssertionError(f"went in circles at {self.state!r}")

    async def moved_on(self, before: Counter, what: str) -> None:
        await self.until(lambda: self.app.counter is not before, what)

    async def rest(self) -> None:
        """Let everything come that comes by itself: also what goes wrong as soon as a state is reached."""

        def at_rest() -> bool:
            counter = self.app.counter
            assert counter is not None
            return not isinstance(counter.state, BUSY) and not counter.deciding and not counter.unwritten

        await self.until(at_rest, "at rest")
        to_come = (self.day.index, len(self.day._troubles._left) if self.day._troubles else 0)
        if self.day.visit is not None and self.day.visit.troubles and to_come != self._known_to_come:
            self._known_to_come = to_come
            for _ in range(60):
                await self.pilot.pause(0.01)
            await self.until(at_rest, "at rest again")

    async def make(self, move: Move, visit: Visit) -> None:
        match move:
            case Hand():
                await self.to_patient()
                await self.person("1")
            case Typing.PASSCODE:
                await self.to_patient()
                await self.press(*"2580")
            case Typing():
                pin = known().pins[visit.card]
                await self.to_patient()
                await self.press(*(wrong_pin(pin) if move is Typing.WRONG_PIN else pin))
            case ev.PaperChosen(form):
                await self.choose_paper(form)
            case ev.PaperCompleted(paper, _, in_hand):
                await self.type_paper(paper, in_hand=in_hand)
            case ev.PaperConfirmed():
                await self.press("1")
            case ev.FourItemsTaken(items):
                await self.type_four_items(items)
            case ev.ManualRequested() if not isinstance(self.state, st.InTrouble | st.ShowingAnswer):
                await self.to_patient()
                await self.press("f8")
                await self.until(lambda: isinstance(self.state, st.ChoosingPaper), "choosing a paper")
            case ev.WayChosen(way) if isinstance(self.state, st.ChoosingMethod):
                await self.to_patient()
                await self.press({"pin": "1", "face": "2"}[way.value])
            case ev.ConsentForAll(given):
                await self.to_patient()
                await self.press("1" if given else "3")
            case ev.StaffCalled() if isinstance(self.state, st.Idle):
                await self.to_patient()
                await self.press("0")
            case _ if type(move) in KEYS and isinstance(self.state, ON_PATIENT_SIDE):
                await self.to_patient()
                await self.press(KEYS[type(move)])
            case _:
                assert not isinstance(move, Typing | Hand)
                await self.at_the_desk(move)

    # --- the desk ---

    async def to_patient(self) -> None:
        if isinstance(self.app.screen, StaffScreen):
            await self.press("f4")
            await self.until(lambda: not isinstance(self.app.screen, StaffScreen), "the patient's side")

    async def to_staff(self) -> StaffScreen:
        if not isinstance(self.app.screen, StaffScreen):
            await self.press("f4")
            await self.until(lambda: isinstance(self.app.screen, StaffScreen), "the staff side")
        screen = self.app.screen
        assert isinstance(screen, StaffScreen)
        return screen

    async def at_the_desk(self, event: ev.Event) -> None:
        """The number of the action that sends this event."""
        screen = await self.to_staff()
        await self.until(lambda: isinstance(screen.body, NowPage) and bool(screen.body.query(Choice)), "what to do now")
        assert self.app.counter is not None
        actions = actions_for(standing_of(self.app.counter))
        if isinstance(event, ev.PersonJudged) and not isinstance(self.state, st.FaceFailed):
            await self.do(screen, next(one for one in actions if one.word == "side.do.person"))
            await self.until(lambda: isinstance(screen.body, PersonPage), "the question whose record it is")
            await self.press("3" if event.person.value == "different" else "1")
            return
        wanted = [one for one in actions if isinstance(one.does, tuple) and event == one.does[0] and len(one.does) == 1]
        assert wanted, f"nobody can do {event!r} in {self.state!r}: {[one.word for one in actions]}"
        await self.do(screen, wanted[0])

    async def do(self, screen: StaffScreen, action: Action) -> None:
        """Press the number beside its words, turning to the further ones where it is not among the first."""
        assert isinstance(screen.body, NowPage)
        for _ in range(4):
            words = screen.body.words_of(action)
            for choice in screen.body.query(Choice):
                if choice.label == words:
                    await self.press(choice.key)
                    return
            await self.press("9")
        raise AssertionError(f"no key for {action.word}:\n{self.lines()}")

    # --- forms ---

    async def choose_paper(self, form: str) -> None:
        document = next(one for one in DOCUMENTS if form in {f.word for f in forms_of(one)})
        forms = [one.word for one in forms_of(document)]
        await self.until(lambda: bool(self.app.screen.query("ChoosePaperView Choice")), "the documents")
        await self.press(str(DOCUMENTS.index(document) + 1))
        if len(forms) > 1:
            place = forms.index(form) + 1
            await self.until(lambda: bool(self.app.screen.query("#row-insurer_number")), "the forms")
            choice = self.app.screen.query_one(f"#choice-{place}", Choice)
            self.app.screen.set_focus(choice)
            await self.press("enter")
        await self.until(lambda: isinstance(self.state, st.TypingPaper), "the form")

    async def type_paper(self, paper: Paper, *, in_hand: bool) -> None:
        await self.until(lambda: bool(self.app.screen.query("#form-check")), "the form")
        await self.fill(paper.typed())
        for row in self.app.screen.query(OptionRow):
            if row.word == "shown":
                row.text = paper.shown.value
            elif row.word == "card_in_hand":
                row.text = "yes" if in_hand else "no"
        await self.check()

    async def type_four_items(self, items: FourItems) -> None:
        await self.until(lambda: bool(self.app.screen.query("#form-check")), "the four items")
        sex = {"male": "male", "female": "female"}[items.sex]
        await self.fill(
            {"name": items.name, "birthdate": items.birthdate.isoformat(), "sex": sex, "address": items.address}
        )
        await self.check()

    async def fill(self, texts: dict[str, str]) -> None:
        for row in self.app.screen.query(FieldRow):
            if row.word not in texts:
                continue
            row.display = True
            if isinstance(row, TextRow):
                row.input.focus()
                row.input.value = ""
                row.input.insert_text_at_cursor(texts[row.word])
            else:
                row.text = texts[row.word]
        await self.settle()

    async def check(self) -> None:
        self.app.screen.set_focus(self.app.screen.query_one("#form-check"))
        await self.press("enter")


@asynccontextmanager
async def rehearsal(
    script: Script, folder: Path, *, first: int = 0, lang: str = "ja", size: tuple[int, int] = (100, 34)
) -> AsyncIterator[AtTheCounter]:
    """A running rehearsal with nobody called yet."""
    folder.mkdir(parents=True)
    clock = RehearsalClock(script.on, time.monotonic)
    settings = replace(DEFAULTS, equipped_for_smartphone=script.equipped, auto_lock_seconds=600)
    plan = CounterPlan(folder, clock.now, lang, site=script.site, settings=settings)
    server = ServerInProcess(folder, clock.now)
    faults: list[BaseException] = []
    day = Day(script, clock, time.monotonic, faults.append, first=first)
    app = RehearsalApp(
        lambda: load_services(plan),
        day,
        server,
        data_dir=folder,
        lang=lang,
        names=known().names,
        pins=known().pins,
        settings=settings,
        clock=lambda: 0.0,
        quick_load=False,
    )
    try:
        async with app.run_test(size=size) as pilot:
            at = AtTheCounter(app, day, pilot, faults)
            for _ in range(LOOKS):
                if app.counter is not None and isinstance(app.screen, PersonScreen):
                    break
                await pilot.pause(0.005)
            await at.settle()
            yield at
    finally:
        server.close()


async def play_day(
    script: Script,
    folder: Path,
    trainee: Callable[[Visit], ModelTrainee] = ModelTrainee,
    *,
    first: int = 0,
    last: int | None = None,
) -> Sequence[tuple[int, Notes]]:
    """From one visit to another (not with it) with one kind of trainee; what was noted."""
    end = len(script.visits) if last is None else last
    async with rehearsal(script, folder, first=first) as at:
        await at.call_next()
        for index in range(first, end):
            visit = at.day.visit
            assert visit == script.visits[index]
            assert visit is not None
            assert at.app.screen_stack[0].query(PersonLine)
            await at.play(trainee(visit), visit)
            await at.to_patient()
            if index + 1 < end or last is None:
                await at.call_next()
        assert at.day.is_over is (last is None)
        return at.day.played()

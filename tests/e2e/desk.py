"""The whole counter in one process, played as people would: the screens in front, everything real behind them.

Real are the application, the performer, the rules, the journal, the software reader with the personas' cards and the
server with its store and its armed troubles. Only the terminal is Textual's pilot and the day is a given one. What is
shown is read from the drawn lines, never from a widget's fields. What breaks if it is wrong: a failure counts as played
that nobody could play.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from eligibility.case_json import parse_case
from kiosk.app import KioskApp
from kiosk.cli.composition import CounterPlan, journal_key_path, keystore_path, load_services
from kiosk.cli.held_card import own_variant
from kiosk.cli.rehearsed_server import ServerInProcess
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.forms.option_row import OptionRow
from kiosk.forms.rows import FieldRow
from kiosk.journal.entry import Entry
from kiosk.journal.reading import read
from kiosk.privacy_time import WARNING_SECONDS
from kiosk.screens.drawer import DrawerScreen
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.interfaces import CardShelf, Services
from kiosk.settings.model import DEFAULTS, Settings
from kiosk.staff.staff_screen import StaffScreen
from kiosk.widgets.choice import Choice
from kiosk.words import Words
from mock_server.composition import open_ledger
from mock_server.issuer import TestAuthority
from mock_server.personas import Persona, load_personas
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.transports.in_process import SoftwareReader
from tests.independent_policy import policy

DAY = "2026-11-20"
LEGIBLE = (98, 56)
"""Columns and rows in which いま shows everything it has to say without scrolling; 今日の受付 is beside it from 100."""
_LOOKS = 1500
_PERSONAS = load_personas()


def persona(name: str) -> Persona:
    """One of the invented patients."""
    return _PERSONAS[name]


def moment(day: str) -> datetime:
    """A quarter past nine of that day, in Japan."""
    return datetime.fromisoformat(f"{day}T09:15:00+09:00")


class Store:
    """Data folders with a test CA, issued cards and a server's store: made once for each day, copied for each test."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def copy(self, to: Path, day: str, cards: Sequence[str]) -> Path:
        """A folder of its own, in which the cards of these people are issued."""
        made = self._root / day
        if not made.exists():
            open_ledger(made, lambda: moment(day)).close()
        authority = TestAuthority.open(keystore_path(made), lambda: moment(day))
        for name in cards:
            authority.card(name, own_variant(name))
        folder = to / "data"
        shutil.copytree(made, folder, ignore=shutil.ignore_patterns("*.lock"))
        return folder


class Seconds:
    """The counter's own clock: stands still until a test lets time pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """The running counter, its world, and the hands of the patient and of staff."""

    def __init__(
        self, app: KioskApp, pilot: Pilot[None], services: Services, folder: Path, day: str, clock: Seconds
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.services = services
        self.folder = folder
        self.clock = clock
        self.words = Words("ja")
        self.server = ServerInProcess(folder, lambda: moment(day))

    # --- where it stands ---

    @property
    def state(self) -> Any:
        """The flow's state."""
        assert self.app.counter is not None
        return self.app.counter.state

    @property
    def staff(self) -> StaffScreen | None:
        """The open staff side."""
        return next((screen for screen in self.app.screen_stack if isinstance(screen, StaffScreen)), None)

    def _is_drawn(self) -> bool:
        """Whether both sides show the present state."""
        counter, staff = self.app.counter, self.staff
        if counter is None or self.app.view.setting.visit != counter.visit:
            return False
        return staff is None or (staff.standing.state == counter.state and staff.body.is_mounted)

    async def until(self, met: Callable[[], bool], what: str) -> None:
        """Let the counter work until `met`; the looks are bounded, so that a hang has a name."""
        for _ in range(_LOOKS):
            if met():
                await self.settle()
                return
            await asyncio.sleep(0.003)  # the pilot's own pause asks every widget and paints, which costs more
        raise AssertionError(f"never {what}; it is {self.state!r}\n{self.seen()}")

    async def settle(self) -> None:
        """Let what is under way arrive and be drawn."""
        for _ in range(3):
            await self.pilot.pause(0)

    async def reach(self, kind: type[Any]) -> Any:
        """Until that state is shown; returns it."""
        await self.until(lambda: isinstance(self.state, kind) and self._is_drawn(), f"in {kind.__name__}")
        return self.state

    async def trouble(self, trouble: st.Trouble, *, advised: bool = True) -> st.InTrouble:
        """Until that trouble is shown, with what the rules make of it where `advised`."""

        def met() -> bool:
            state = self.state
            at = isinstance(state, st.InTrouble) and state.trouble is trouble
            return at and (state.advice is not None or not advised) and self._is_drawn()

        await self.until(met, f"stopped by {trouble.name}")
        assert isinstance(self.state, st.InTrouble)
        return self.state

    # --- what is read ---

    def seen(self) -> str:
        """The lines of the screen in front."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    def _says(self, sentence: str) -> bool:
        return _run_on(sentence) in _run_on(self.seen())

    def reads(self, *message_ids: str) -> None:
        """Each of these sentences can be read on the screen in front, whatever stands in its {fields}."""
        for message_id in message_ids:
            sentence = self.words.text(message_id)
            assert sentence != message_id, f"no such sentence: {message_id}"
            self.reads_text(*filter(None, re.split(r"\{[^}]*\}|\n", sentence)))

    def reads_text(self, *texts: str) -> None:
        """Each of these texts can be read."""
        for text in texts:
            assert self._says(text), f"nobody can read {text!r} in\n{self.seen()}"

    def keeps_from_patient(self, *texts: str) -> None:
        """None of these texts stands on the patient's side, which is in front."""
        assert self.staff is None
        self.hides(*texts)

    def hides(self, *texts: str) -> None:
        """None of these texts stands on the screen in front, however it is broken into lines."""
        for text in texts:
            assert not self._says(text), f"{text!r} can be read in\n{self.seen()}"

    def entries(self) -> list[Entry]:
        """The journal of the day, from the disk."""
        return read(self.folder / "journal", journal_key_path(self.folder))

    def visits(self) -> list[Entry]:
        """Its receptions, with an outcome and without."""
        return [entry for entry in self.entries() if entry.kind in ("visit", "abandoned", "correction")]

    def focused_row(self) -> FieldRow | None:
        """The row of a form that keys go to."""
        return next((row for row in self.app.screen.query(FieldRow) if row.stop is self.app.screen.focused), None)

    def time_passes(self, seconds: float) -> None:
        """Nobody touches anything for so long; whoever is asked whether they are there does not answer."""
        asked = min(seconds, WARNING_SECONDS)
        for part in (seconds - asked, asked):
            self.clock.now += part
            self.app.end_idle_visit()

    # --- hands ---

    async def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        await self.strike(*keys)
        await self.settle()

    async def strike(self, *keys: str, pause: bool = True) -> None:
        """The same, as quickly as a terminal sends them; without `pause` all in one go."""
        for key in keys:
            character = key if len(key) == 1 else key_to_character(key)
            name = _character_to_key(key) if len(key) == 1 else key
            event = events.Key(name, character)
            event.set_sender(self.app)
            assert self.app._driver is not None
            self.app._driver.send_message(event)
            if pause:
                await self.pilot.pause(0)

    def choice(self, message_id: str) -> Choice | None:
        """The choice on the screen that begins with these words."""
        words = self.words.text(message_id).split("{")[0]
        assert words != message_id, f"no such sentence: {message_id}"
        shown = (choice for choice in self.app.screen.query(Choice) if choice.display and choice.is_mounted)
        return next((choice for choice in shown if choice.label.startswith(words)), None)

    def offers(self, message_id: str) -> bool:
        """Whether this can be chosen on the page that is shown."""
        return self.choice(message_id) is not None

    async def pick(self, message_id: str) -> None:
        """Press the key that stands before these words; 9 turns the page of what staff can do."""
        for _ in range(3):
            found = self.choice(message_id)
            if found is not None:
                await self.press(found.key)
                return
            if not self.offers("side.do.further"):
                break
            await self.press("9")
        raise AssertionError(f"nobody can choose {self.words.text(message_id)!r} in\n{self.seen()}")

    async def to_staff(self) -> None:
        """F4: to the staff side, which shows where the counter stands."""
        if self.staff is None:
            await self.press("f4")
            await self.until(lambda: self.staff is not None and self._is_drawn(), "at the staff side")

    async def to_patient(self) -> None:
        """F4 again: back to the patient's side."""
        if self.staff is not None:
            await self.press("f4")
            await self.until(lambda: self.staff is None, "at the patient's side")

    # --- the world ---

    @property
    def shelf(self) -> CardShelf:
        """The cards of the software reader."""
        assert self.services.shelf is not None
        return self.services.shelf

    @property
    def camera(self) -> SimulatedCamera:
        """The simulated camera."""
        camera = self.services.camera
        assert isinstance(camera, SimulatedCamera)
        return camera

    async def lay(self, name: str) -> None:
        """Put a persona's card on the reader."""
        await asyncio.to_thread(self.shelf.place, name)

    async def lay_kind(self, name: str, variant: Variant) -> None:
        """Put another kind of card on the reader, or a phone; the drawer has none of these."""
        await asyncio.to_thread(self._lay_kind, name, variant)

    def _lay_kind(self, name: str, variant: Variant) -> None:
        slot = self.services.slot
        assert isinstance(slot, SoftwareReader)
        authority = TestAuthority.open(keystore_path(self.folder), self.services.now)
        slot.place(SoftwareCard(authority.card(name, variant)))

    async def take(self) -> None:
        """Take the card away."""
        await asyncio.to_thread(self.shelf.remove)

    async def by_drawer(self, key: str) -> None:
        """F2 and a key of the drawer: what whoever plays the patient does to card and reader."""
        await self.to_patient()
        await self.press("f2")
        await self.until(lambda: isinstance(self.app.screen, DrawerScreen), "at the drawer")
        await self.press(key)
        await self.until(lambda: not isinstance(self.app.screen, DrawerScreen), "before the counter again")

    async def arm(self, scenario: str, times: int | None = None, **params: object) -> None:
        """Let a trouble of the server begin (docs/scenarios.md)."""
        await asyncio.to_thread(lambda: self.server.order(scenario, params, times=times))

    async def disarm(self) -> None:
        """Every trouble of the server ends."""
        await asyncio.to_thread(self.server.reset)

    # --- whole stretches of a visit ---

    async def to_pin(self, name: str) -> None:
        """Card down, 暗証番号 chosen."""
        await self.lay(name)
        await self.reach(st.ChoosingMethod)
        await self.press("1")
        await self.reach(st.EnteringPin)

    async def by_pin(self, name: str) -> None:
        """Card down, its PIN typed; what comes then is for the caller to wait for."""
        await self.to_pin(name)
        await self.press(*persona(name).pin)

    async def by_face(self, name: str) -> None:
        """Card down, 顔認証 chosen."""
        await self.lay(name)
        await self.reach(st.ChoosingMethod)
        await self.press("2")

    async def put_in(self, row: FieldRow, text: str) -> None:
        """A field's text in one go, as an input method or a scanner gives it."""
        if re.sub(r"\W", "", row.text) == text:
            return
        await self.strike(*["backspace"] * len(row.text))
        await self.until(lambda: not row.text, f"{row.word} empty")
        row.stop.post_message(events.Paste(text))
        await self.until(lambda: row.text == text, f"{text} in {row.word}")

    async def refuse_consent(self) -> None:
        """同意しない, for all items."""
        await self.reach(st.AskingConsent)
        await self.press("3")

    async def type_paper(self, document: str, fields: dict[str, str], *, form: str = "") -> None:
        """From wherever staff are: F8, the document, its form, every field by keys, and 「同じ」 at the summary.

        `form` where the insurer's number leaves several. Ends when the paper was confirmed.
        """
        await self.to_staff()
        if not isinstance(self.state, st.ChoosingPaper | st.TypingPaper):
            await self.press("f8")
            await self.reach(st.ChoosingPaper)
        await self.choose_paper(document, fields, form=form)
        await self.fill(fields)
        await self.reach(st.ConfirmingPaper)
        await self.press("1")

    async def choose_paper(self, document: str, fields: dict[str, str], *, form: str = "") -> None:
        """The document by its key; then the form by the insurer's number, or from the list."""
        if isinstance(self.state, st.ChoosingPaper):
            await self.pick(f"forms.document.{document}")
            await self.until(
                lambda: isinstance(self.state, st.TypingPaper) or bool(self.app.screen.query(FieldRow)), "past it"
            )
        if isinstance(self.state, st.ChoosingPaper):
            await self.press(*fields.get("insurer_number", ""), "enter")
            if isinstance(self.state, st.ChoosingPaper):  # several fit: the list, its first one first
                await (self.pick(f"paper.form.{form}") if form else self.press("enter"))
        await self.reach(st.TypingPaper)
        await self.until(lambda: self._here() is not None, "in the first field")

    def _here(self) -> Widget | None:
        focused = self.app.screen.focused
        return (
            focused if focused is not None and focused.is_mounted and isinstance(self.state, st.TypingPaper) else None
        )

    async def fill(self, fields: dict[str, str]) -> None:
        """Row by row with Enter; a row that nothing is known of stays as it is. Enter at the end completes."""
        left = dict(fields)
        for _ in range(40):
            row = self.focused_row()
            if row is None:
                break
            text = left.pop(row.word, "")
            if isinstance(row, OptionRow) and text:
                await self.strike(_key_of(row, text))
            elif text and row.text != text:
                await self.put_in(row, text)
            await self.press("enter")
        filled = {row.word for row in self.app.screen.query(FieldRow) if row.text}
        unknown = {word for word in left if word not in filled}
        assert not unknown, f"the form has no open field for {unknown}\n{self.seen()}"
        await self.press("enter")

    async def decided(
        self,
        outcome: str,
        row: int,
        charge: str,
        *,
        queue: str | None = None,
        staff: Sequence[str] = (),
        patient: Sequence[str] = (),
    ) -> Reception:
        """Until the visit is decided so, on the screens and on the disk; ends on the patient's side.

        `staff` and `patient` are sentences that each side must be able to read. Checked besides: the policy written by
        another hand (tests/independent_policy) says the same of the case that is shown, the journal's last reception
        has it, staff read the outcome and the charge, and the patient's side names neither.
        """
        await self.until(lambda: self._is_decided(outcome) and self._is_drawn(), f"decided as {outcome}")
        reception = self.reception()
        said = (reception.outcome, reception.row, reception.charge, reception.queue)
        assert said == (outcome, row, charge, queue), said
        ruled = policy.decide(parse_case(reception.case_json).as_dict())
        assert (ruled["outcome"], ruled["row"], _word_of(ruled["charge"]), ruled["queue"]) == said
        if isinstance(self.state, st.ShowingAnswer):  # a trouble is recorded when its visit ends
            entry = next(entry for entry in reversed(self.visits()) if entry.kind != "consent")
            written = (entry.outcome, entry.row, entry.charge, entry.queue)
            assert written == (outcome, row, charge, queue or ""), written
        await self.to_staff()
        if self._is_decided_state():
            self.reads(f"outcome.{outcome}")
        self.reads_text(self._charge_words(charge))
        self.reads(*staff)
        await self.to_patient()
        self.reads(*patient)
        self.keeps_from_patient(outcome, "割")
        return reception

    def _is_decided_state(self) -> bool:
        return isinstance(self.state, st.ShowingAnswer)

    def _is_decided(self, outcome: str) -> bool:
        state = self.state
        if isinstance(state, st.ShowingAnswer):
            return state.reception.outcome == outcome and state.written
        return isinstance(state, st.InTrouble) and state.advice is not None and state.advice.outcome == outcome

    def reception(self) -> Reception:
        """What the rules made of it."""
        state = self.state
        found = state.advice if isinstance(state, st.InTrouble) else getattr(state, "reception", None)
        assert isinstance(found, Reception)
        return found

    def _charge_words(self, charge: str) -> str:
        kind, _, percent = charge.partition(":")
        word = "provisional" if kind == "ask" and percent else kind or "open"
        tenths = int(percent or 0) // 10
        return self.words.text(f"side.charge.{word}", tenths=tenths, percent=percent or "0")


def _word_of(charge: dict[str, Any] | None) -> str:
    """A charge as a reception and the journal write it."""
    if charge is None:
        return ""
    percent = charge.get("percent", charge.get("provisional"))
    return f"{charge['kind']}:{percent or ''}" if charge["kind"] in ("ratio", "ask") else str(charge["kind"])


def _run_on(text: str) -> str:
    """Without the blanks, line ends and frames that come from fitting it into a screen."""
    return re.sub(r"[\s│・]+", "", text)


def _key_of(row: OptionRow, text: str) -> str:
    """The number of the answer that stands for `text`."""
    return str(row._values.index(text) + 1)


def numbers_of(name: str, /, **more: str) -> dict[str, str]:
    """What is printed on a persona's paper, as it is typed, and `more` fields of the form."""
    who = persona(name)
    paper = who.paper
    printed = {
        "insurer_number": paper.insurer_number,
        "symbol": paper.symbol,
        "number": paper.number,
        "branch": paper.branch,
        "birthdate": f"{who.person.birthdate:%Y%m%d}",
    }
    return {word: text for word, text in (printed | more).items() if text}


@asynccontextmanager
async def desk(
    store: Store,
    to: Path,
    *cards: str,
    day: str = DAY,
    size: tuple[int, int] = LEGIBLE,
    settings: Settings = DEFAULTS,
    site: str = "clinic",
) -> AsyncIterator[Desk]:
    """A running counter on that day, its reader empty; `cards` are issued before it starts."""
    folder = store.copy(to, day, cards)
    plan = CounterPlan(folder, lambda: moment(day), "ja", site=site, settings=settings)
    made: list[Services] = []

    def load() -> Services:
        made.append(load_services(plan))
        return made[0]

    clock = Seconds()
    app = KioskApp(load, data_dir=folder, settings=settings, clock=clock, quick_load=False)
    async with app.run_test(size=size) as pilot:
        for _ in range(_LOOKS):
            if app.counter is not None:
                break
            await pilot.pause(0.003)
        running = Desk(app, pilot, made[0], folder, day, clock)
        await running.settle()
        try:
            yield running
            assert not list((folder / "crash").glob("*")), "something was noted as a crash"
        finally:
            app.exit()
    running.server.close()
    await asyncio.to_thread(running.shelf.remove)

"""Two patients never meet: not on a screen, not in a message, not in the journal; and nobody stays behind.

Random walks over the whole counter; then the same look at counters that leak on purpose, each in another place. The
seed (MADOGUCHI_SEED) decides the walks.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from textual import on

import kiosk.app
from kiosk.app import KioskApp
from kiosk.flow import states as st
from kiosk.flow.answer import Qualification
from kiosk.flow.counter import Counter
from kiosk.flow.effects import RecordVisit
from kiosk.screens.messages import FlowEvent, LookAsked
from tests.kiosk.isolation import canaries
from tests.kiosk.isolation.clinic import PIN, CanaryClient, answer_about, card_of
from tests.kiosk.isolation.walk import LeakError, Walk, live, walk

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
WALKS = [
    pytest.param(2, 3, 24, id="a few visits"),
    pytest.param(40, 10, 40, id="many visits", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
]
pytestmark = pytest.mark.screens


@pytest.mark.parametrize(("walks", "visits", "steps"), WALKS)
async def test_no_two_visits_ever_mix_and_nothing_of_one_stays(
    tmp_path: Path, walks: int, visits: int, steps: int
) -> None:
    for seed in range(SEED, SEED + walks):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with walk(folder, seed) as walking:
            await live(walking, visits, steps)


async def test_all_of_them_choose_how_it_is_drawn(tmp_path: Path) -> None:
    """A walk in which nobody ever gets another language or look has shown nothing about them."""
    async with walk(tmp_path, 1) as walking:
        for _ in range(2):
            await arrived(walking)
            for keys in (("f3", "8"), ("f3", "9"), ("f3", "3")):
                await walking.press(*keys)
                walking.look()
            await walking.end_visit()
        assert walking.wardrobe.turned == 6


# --- the look finds a leak wherever it is ---


class LeakyApp(KioskApp):
    """Textual looks for the style sheet beside the class."""

    CSS_PATH = str(Path(kiosk.app.__file__).with_name("kiosk.tcss"))


async def by_card(walking: Walk) -> None:
    """A whole visit of the next person, seen by both sides, and its end."""
    person = walking.someone()
    walking.clinic.slot.place(card_of(person))
    await walking.reader_tells()
    await walking.press("1", *PIN.decode())
    for _ in range(1000):
        if isinstance(walking.counter.state, st.AskingConsent | st.ShowingAnswer):
            break
        await walking.pilot.pause(0.003)
    walking.look()
    await walking.press("f4")
    for _ in range(1000):
        if canaries.name(person) in walking.shown():
            break
        await walking.pilot.pause(0.003)
    walking.look()
    await walking.press("f4")
    await walking.end_visit()


async def two_visits(walking: Walk) -> None:
    for _ in range(2):
        await by_card(walking)
    walking.check_journal()
    await walking.check_nothing_stayed()


async def test_two_ordinary_visits_are_fine(tmp_path: Path) -> None:
    async with walk(tmp_path, 1) as walking:
        await two_visits(walking)
        assert {"AskingConsent", "TakingCard"} <= walking.reached


async def test_a_service_that_answers_about_the_person_before_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def about_another(self: CanaryClient, text: object, by: str) -> Qualification:
        [person] = canaries.in_value(text)
        return replace(answer_about(max(1, person - 1), by), number=canaries.insured_number(person))

    monkeypatch.setattr(CanaryClient, "_about", about_another)
    async with walk(tmp_path, 1) as walking:
        with pytest.raises(LeakError, match=r"people \[1, 2\] together"):
            await two_visits(walking)


async def test_a_screen_that_still_shows_the_person_before_is_found(tmp_path: Path) -> None:
    class Remembering(LeakyApp):
        last = ""

        async def _show(self, *, anew: bool = False) -> None:
            await super()._show(anew=anew)
            if self.counter is not None and self.counter.reception is not None:
                self.last = self.counter.reception.name
            self.frame.news(self.last)

    async with walk(tmp_path, 1, Remembering) as walking:
        with pytest.raises(LeakError, match=r"visit 2 met|stayed"):
            await two_visits(walking)


async def test_a_message_of_another_visit_is_found(tmp_path: Path) -> None:
    class Crossing(LeakyApp):
        def _post_answer(self, visit: int, event: object) -> None:
            super()._post_answer(visit, event)  # type: ignore[arg-type]
            if visit > 1:
                self.post_message(FlowEvent(visit - 1, event))  # type: ignore[arg-type]

    async with walk(tmp_path, 1, Crossing) as walking:
        with pytest.raises(LeakError, match="visit 1 met"):
            await two_visits(walking)


async def test_an_entry_with_the_name_of_another_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with walk(tmp_path, 1) as walking:
        record = walking.clinic.journal.record

        def record_another(entry: RecordVisit) -> None:
            record(replace(entry, name=canaries.name(2 if entry.visit == 1 else 1)) if entry.name else entry)

        monkeypatch.setattr(walking.clinic.journal, "record", record_another)
        with pytest.raises(LeakError, match=r"entry|a line of the day|StaffScreen"):
            await two_visits(walking)


async def arrived(walking: Walk) -> None:
    """The next person has put a card there."""
    walking.clinic.slot.place(card_of(walking.someone()))
    await walking.reader_tells()
    await walking.settle()
    walking.look()


@pytest.mark.parametrize("number", ["3", "8", "9"], ids=["language", "large digits", "contrast"])
async def test_a_choice_that_reaches_the_next_person_is_found(tmp_path: Path, number: str) -> None:
    class Forgetful(LeakyApp):
        def _forget_choices(self) -> bool:
            return False

    async with walk(tmp_path, 1, Forgetful) as walking:
        await arrived(walking)
        await walking.press("f3", number)
        walking.look()
        walking.clinic.slot.remove()
        await walking.reader_tells()
        with pytest.raises(LeakError, match=r"chosen by one of the people \[1, 2\] and drawn for another"):
            await arrived(walking)
        with pytest.raises(LeakError, match=r"another|when everybody is gone"):
            await walking.end_visit()


async def test_a_choice_of_a_visit_that_is_over_is_found(tmp_path: Path) -> None:
    class Late(LeakyApp):
        @on(LookAsked)
        def _of_whoever_is_here(self, message: LookAsked) -> None:  # before the handler of the class above
            assert self.counter is not None
            message.visit = self.counter.visit

    async with walk(tmp_path, 1, Late) as walking:
        await arrived(walking)
        walking.app.post_message(LookAsked(walking.counter.visit - 1, "contrast"))
        await walking.settle()
        with pytest.raises(LeakError, match="where nobody asked for it"):
            walking.look()


@pytest.mark.parametrize("kept", ["counter", "text", "bytes", "closure"])
async def test_whatever_keeps_something_of_somebody_is_found(tmp_path: Path, kept: str) -> None:
    class Keeping(LeakyApp):
        drawer: list[object]

        async def _show(self, *, anew: bool = False) -> None:
            await super()._show(anew=anew)
            counter = self.counter
            if counter is not None and counter.reception is not None and counter.reception.name:
                self.drawer = [_keep(kept, counter)]

    async with walk(tmp_path, 1, Keeping) as walking:
        with pytest.raises(LeakError, match="stayed"):
            await two_visits(walking)


def _keep(kept: str, counter: Counter) -> object:
    assert counter.reception is not None
    name = counter.reception.name
    match kept:
        case "counter":
            return counter
        case "text":
            return {"last": f"前の人: {name}"}
        case "bytes":
            return bytearray(name.encode())
    return lambda: name

"""The power goes at any moment of a day at the counter: what a screen had shown as received is on the disk.

The whole performer stands above the recording disk, with the real rules, journal, queue and drafts; only card, service
and screens are fakes. Visits go on by card, by paper and in an outage; half of them are left in the middle. What counts
as acknowledged is the answer's screen itself, not what the journal said. The seed (MADOGUCHI_SEED) decides all of it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Qualification
from kiosk.flow.counter import Counter, Happened, UnexpectedEventError
from kiosk.flow.facts import FourItems, Way
from kiosk.flow.machine import advance
from kiosk.journal import JournalFile, verify
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.files import DISK, Disk
from kiosk.journal.head_file import usual_head_file
from kiosk.journal.outage_queue import OutageQueue
from kiosk.performer import Performer
from kiosk.services.decider import PolicyDecider
from kiosk.services.interfaces import Services
from kiosk.services.requery import QueueRunner
from reader.pin import PinHandle
from tests.durability.power_loss import RecordingDisk, left_after, notes
from tests.kiosk.flow.samples import CERTIFICATE, DRAFT, paper
from tests.kiosk.screens.fakes import TODAY, FakeCard, FakeClient, FakeDesk, FakeSlot

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
VISITS = 25
MOMENTS = [
    pytest.param(60, id="a few moments"),
    pytest.param(200, id="many moments", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
]
WALKED_AWAY = ev.Expired()


class KnownClient(FakeClient):
    """Everybody is insured."""

    def _of_card(self, persona: str) -> Qualification:
        return Qualification("card", validity=1, name=persona, visit=persona, certificate_state="valid")


class ToldJournal(JournalFile):
    """Says when a visit is open on the disk."""

    told: Callable[[int], None] = staticmethod(lambda _: None)

    def begin_visit(self, visit: int) -> None:
        super().begin_visit(visit)
        self.told(visit)


@dataclass
class Desk:
    """A counter without its screens: events in, effects performed, what would be shown noted."""

    root: Path
    disk: Disk
    seed: int
    slot: FakeSlot = field(default_factory=FakeSlot)
    client: KnownClient = field(default_factory=KnownClient)

    def __post_init__(self) -> None:
        key, random_bytes = self.root / "keys" / "journal.key", random.Random(self.seed).randbytes
        made = {"now": lambda: TODAY, "random_bytes": random_bytes, "disk": self.disk}
        self.journal = ToldJournal(self.root / "journal", key, kiosk="counter-1", **made)  # type: ignore[arg-type]
        if isinstance(self.disk, RecordingDisk):
            note = self.disk.note
            self.journal.told = lambda visit: note("begun", visit)
        self.journal.prepare()
        self.drafts = DraftStore(self.root / "drafts", key, **made)  # type: ignore[arg-type]
        self.queue = OutageQueue(self.root / "queue", key, **made)  # type: ignore[arg-type]
        decider = PolicyDecider(lambda: TODAY, "clinic")
        runner = QueueRunner(
            self.queue, lambda: self.client, decider, self.journal.append, lambda: TODAY, run=self.journal.run
        )
        self.services = Services(
            slot=self.slot,
            desk=FakeDesk(self.slot),
            decider=decider,
            journal=self.journal,
            shelf=None,
            connect_service=lambda: self.client,
            now=lambda: TODAY,
            drafts=self.drafts,
            queue=runner,
        )
        first = 1 + max((entry.visit for entry in self.journal.today(TODAY.date())), default=0)
        self.counter = Counter(first)
        self.moved = asyncio.Event()
        self.failed = 0
        self.performer = Performer(self.services, self.happen, self._report, self._refused)

    def _report(self, error: BaseException, where: str) -> None:
        raise AssertionError(where) from error

    def _refused(self) -> None:
        self.failed += 1

    def happen(self, visit: int | None, event: ev.Event) -> None:
        """One step, and what is on the screen after it."""
        transition = advance(self.counter, Happened(event, visit))
        self.counter = transition.counter
        for effect in transition.effects:
            self.performer.perform(effect)
        state = self.counter.state
        if isinstance(self.disk, RecordingDisk) and isinstance(state, st.ShowingAnswer) and state.written:
            waits = state.reception.outcome == "PENDING_4INFO"
            self.disk.note("shown", self.counter.visit, state.reception.outcome, waits)
        self.moved.set()

    def press(self, event: ev.Event) -> bool:
        """Somebody does this; whether the state had a door for it."""
        try:
            self.happen(self.counter.visit, event)
        except UnexpectedEventError:
            return False
        return True

    async def until(self, *kinds: type) -> None:
        """The performer's threads answer."""
        async with asyncio.timeout(60):
            while not isinstance(self.counter.state, kinds):
                self.moved.clear()
                await self.moved.wait()

    async def close(self) -> None:
        await self.performer.close()


async def live(desk: Desk, visits: int, chance: random.Random) -> None:
    """One visit after the other, most of them to their end."""
    for _ in range(visits):
        kind = chance.choice((by_card, by_card, by_paper, in_an_outage, half_typed))
        await kind(desk, chance)
        desk.slot.remove()
        if desk.counter.card_present:
            desk.happen(None, ev.CardTaken())
        while not isinstance(desk.counter.state, st.Idle):
            desk.press(WALKED_AWAY)
            await asyncio.sleep(0)
        if chance.random() < 0.3:
            await asyncio.sleep(0.002)


async def by_card(desk: Desk, chance: random.Random) -> None:
    desk.slot.place(FakeCard("taro"))
    desk.happen(None, ev.CardPlaced())
    await desk.until(st.ChoosingMethod)
    if chance.random() < 0.2:
        return
    desk.press(ev.WayChosen(Way.PIN))
    desk.press(ev.PinEntered(PinHandle(bytearray(b"4619"))))
    if chance.random() < 0.15:
        return
    await desk.until(st.AskingConsent)
    desk.press(ev.ConsentForAll(given=chance.random() < 0.5))
    if chance.random() < 0.15:
        return
    await desk.until(st.ShowingAnswer)


async def by_paper(desk: Desk, chance: random.Random) -> None:
    desk.press(ev.ManualRequested())
    desk.press(ev.PaperChosen(CERTIFICATE))
    desk.press(ev.PaperCompleted(paper(CERTIFICATE, name="窓口　花子"), DRAFT))
    desk.press(ev.PaperConfirmed())
    if chance.random() < 0.2:
        return
    await desk.until(st.ShowingAnswer)
    if chance.random() < 0.3:
        desk.press(ev.Undone())
        await desk.until(st.ShowingAnswer, st.InTrouble, st.ChoosingPaper, st.Idle, st.ConfirmingPaper, st.TypingPaper)


async def in_an_outage(desk: Desk, chance: random.Random) -> None:
    desk.press(ev.OutageSwitched(on=True))
    desk.press(ev.FourItemsRequested())
    items = FourItems("窓口　花子", date(1953, 5, 2), "female", "千葉市中央区")
    desk.press(ev.FourItemsTaken(items, (("name", "窓口　花子"),)))
    await desk.until(st.ShowingAnswer)
    if chance.random() < 0.5:
        desk.press(ev.Acknowledged())
    desk.press(ev.OutageSwitched(on=False))  # the queue is asked, on its own thread, beside what comes


async def half_typed(desk: Desk, chance: random.Random) -> None:
    desk.press(ev.ManualRequested())
    desk.press(ev.PaperChosen(CERTIFICATE))
    desk.press(ev.Expired((("name", "窓口　花子"), ("number", "12"))))


def look_after(root: Path, told: list[tuple[Any, ...]]) -> None:
    """The next start over what was left, and a whole visit after it."""

    async def next_start() -> None:
        desk = Desk(root, DISK, 99)
        assert desk.journal.tail_lost is None, "nothing that the head knew of is missing"
        whole = verify(root / "journal", root / "keys" / "journal.key", head_file=usual_head_file(root / "journal"))
        assert whole.whole, whole.faults
        by_visit: dict[int, list[str]] = {}
        for entry in whole.entries:
            if entry.kind in ("visit", "correction"):
                by_visit.setdefault(entry.visit, []).append(entry.outcome)
        shown = [note for note in told if note[0] == "shown"]
        for _, visit, outcome, _ in shown:
            assert outcome in by_visit.get(visit, []), f"visit {visit} was shown as {outcome}"
        queued = {one.queued.visit for one in desk.queue.standing()}
        asked = {entry.visit for entry in whole.entries if entry.kind == "requeried"}
        for _, visit, _, waits in shown:
            assert not waits or visit in queued | asked, f"visit {visit} was shown as noted for later"
        resumed = [entry.visit for entry in whole.entries if entry.kind == "resumed"]
        assert len(resumed) == len(set(resumed)), "a visit is closed once"
        assert not set(resumed) & set(by_visit), "a visit that has its entry was not open"
        ended = {entry.visit for entry in whole.entries if entry.kind in ("visit", "abandoned", "resumed")}
        open_at_last = [visit for word, visit, *_ in told if word == "begun"][-1:]
        assert set(open_at_last) <= ended, "the visit that was open is closed and noted"
        desk.drafts.kept()
        before = len(whole.entries)
        await by_card(desk, random.Random(3))
        desk.slot.remove()
        await desk.close()
        after = verify(root / "journal", root / "keys" / "journal.key", head_file=usual_head_file(root / "journal"))
        assert after.whole, after.faults
        assert len(after.entries) > before
        assert not desk.failed

    asyncio.run(next_start())


@pytest.mark.parametrize("moments", MOMENTS)
def test_what_a_screen_showed_as_received_survives_the_power(tmp_path: Path, moments: int) -> None:
    chance = random.Random(SEED)
    disk = RecordingDisk(tmp_path / "live")
    disk.root.mkdir()

    async def day() -> None:
        desk = Desk(disk.root, disk, SEED)
        await live(desk, VISITS, chance)
        await desk.close()

    asyncio.run(day())
    shown = [note for note in notes(disk.steps) if note[0] == "shown"]
    assert {waits for *_, waits in shown} == {True, False}, "the day was too quiet to show anything"
    assert len({visit for _, visit, *_ in shown}) > VISITS // 3
    for number in range(moments):
        before = chance.randrange(1, len(disk.steps) + 1)
        left = tmp_path / f"left-{number}"
        left_after(disk.steps[:before], disk.root, left, chance)
        try:
            look_after(left, notes(disk.steps[:before]))
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}, moment {number}, after step {before} of {len(disk.steps)}") from error


def test_the_look_finds_a_counter_that_shows_before_the_disk_has_it(tmp_path: Path) -> None:
    """The same day, but every answer is shown the moment the rules have it."""

    class Hasty(Desk):
        def happen(self, visit: int | None, event: ev.Event) -> None:
            super().happen(visit, event)
            if isinstance(event, ev.Decided) and isinstance(self.disk, RecordingDisk):
                self.disk.note("shown", self.counter.visit, event.reception.outcome, False)

    disk = RecordingDisk(tmp_path / "live")
    disk.root.mkdir()

    async def day() -> None:
        desk = Hasty(disk.root, disk, SEED)
        await live(desk, 10, random.Random(SEED))
        await desk.close()

    asyncio.run(day())
    at = [number for number, step in enumerate(disk.steps) if step[0] == "note"]
    failures = 0
    for number, before in enumerate(at):
        left_after(disk.steps[: before + 1], disk.root, tmp_path / f"left-{number}", random.Random(number))
        try:
            look_after(tmp_path / f"left-{number}", notes(disk.steps[: before + 1]))
        except AssertionError:
            failures += 1
    assert failures

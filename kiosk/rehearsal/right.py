"""What would have been right: the model trainee plays the day at a counter without a screen, over the real parts.

Same flow, same performer, same rules, cards and server as at the counter, in a data folder of its own. So a script
needs no answers in it, and the score rests on the policy alone. What breaks if it is wrong: a right trainee loses
points.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter, Happened
from kiosk.flow.events import Event
from kiosk.flow.machine import advance, end_visit
from kiosk.performer import Performer
from kiosk.reader_events import flow_event_of
from kiosk.rehearsal.clock import RehearsalClock
from kiosk.rehearsal.model_trainee import Hand, ModelTrainee, Move, Typing
from kiosk.rehearsal.notes import Notes, NoteTaker
from kiosk.rehearsal.script import Script, Visit
from kiosk.rehearsal.world import Scenarios, Troubles, World
from kiosk.services.interfaces import Services
from reader.monitor import SlotMonitor
from reader.pin import PinHandle

MOST_MOVES: Final = 60
"""A visit that takes more has gone in circles."""
_QUIET_S: Final = 0.5
"""How long the reader may take to tell what was done to it."""
PATIENCE_S: Final = 60.0
"""How long the parts may take for one step."""
_BUSY = (
    st.ReadingCard,
    st.VerifyingPin,
    st.AskingService,
    st.ComparingFace,
    st.Settling,
    st.Registering,
    st.SendingConsent,
)


class UnplayableError(Exception):
    """A visit of the script comes to no end; `index` counts from 0, `state` is where it stopped, `played` are the
    visits before it."""

    def __init__(self, state: str, played: Sequence[Notes]) -> None:
        super().__init__(f"visit[{len(played)}]: {state}")
        self.index = len(played)
        self.state = state
        self.played = tuple(played)


class StuckError(Exception):
    """The counter waits for something that does not come, or goes in circles; its text is the state's name."""


def play_right(
    script: Script, load: Callable[[], Services], scenarios: Scenarios, clock: RehearsalClock, pins: Mapping[str, str]
) -> tuple[Notes, ...]:
    """What each visit comes to when nobody makes a mistake. Takes a second or two for each visit.

    `load` makes the services of a counter with the software reader in an empty data folder; `pins` are the personas'.

    Raises:
        UnplayableError: A visit has no end.
    """
    return asyncio.run(_play(script, load, scenarios, clock, pins))


async def _play(
    script: Script, load: Callable[[], Services], scenarios: Scenarios, clock: RehearsalClock, pins: Mapping[str, str]
) -> tuple[Notes, ...]:
    services = await asyncio.to_thread(load)
    counter = _HeadlessCounter(services, pins, equipped=script.equipped)
    world = World(services, scenarios)
    played: list[Notes] = []
    try:
        for visit in script.visits:
            played.append(await _visit(counter, world, clock, visit))
        return tuple(played)
    except StuckError as stuck:
        raise UnplayableError(str(stuck), played) from stuck
    finally:
        await counter.close()


async def _visit(counter: _HeadlessCounter, world: World, clock: RehearsalClock, visit: Visit) -> Notes:
    clock.come_to(visit.at)
    taker, troubles, trainee = NoteTaker(), Troubles(visit), ModelTrainee(visit)
    counter.watch = taker.step
    world.person_comes(visit)
    coming = tuple(troubles.at_arrival())
    for trouble in coming:
        await asyncio.to_thread(world.go_wrong, trouble)
    await counter.come_to_rest(quiet_s=_QUIET_S if coming else 0.0)
    for _ in range(MOST_MOVES):
        happening = tuple(troubles.at(counter.now.state))
        for trouble in happening:
            await asyncio.to_thread(world.go_wrong, trouble)
        if happening:
            await counter.come_to_rest(quiet_s=_QUIET_S)
            continue
        move = trainee.move(counter.now)
        if move is None and trainee.over:
            return taker.notes()
        await _make(move, counter, world, visit)
        await counter.come_to_rest()
    raise StuckError(type(counter.now.state).__name__)


async def _make(move: Move | None, counter: _HeadlessCounter, world: World, visit: Visit) -> None:
    match move:
        case Hand.LAY_CARD:
            await asyncio.to_thread(world.lay_card, visit)
            await counter.until_card(lies_there=True)
        case Hand.TAKE_CARD:
            await asyncio.to_thread(world.take_card)
            await counter.until_card(lies_there=False)
        case Typing():
            counter.type(move, visit)
        case None:
            await counter.one_more()
        case _:
            counter.happen(move, counter.now.visit)


class _HeadlessCounter:
    """The flow and its performer, without screens."""

    def __init__(self, services: Services, pins: Mapping[str, str], *, equipped: bool) -> None:
        self.now = Counter(equipped=equipped)
        self.watch: Callable[[Counter, Event, Counter], None] = lambda *_: None
        self._pins = pins
        self._services = services
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[tuple[int | None, Event]] = asyncio.Queue()
        self._fault: BaseException | None = None
        self._advised = 0
        """The visit the rules are being asked about, to advise the desk; 0: none."""
        self._performer = Performer(services, self._post, self._report, lambda: None)
        self._monitor = SlotMonitor(services.slot, lambda said: self._from_thread(flow_event_of(said)))
        self._monitor.start()

    def _post(self, visit: int, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._events.put_nowait, (visit, event))

    def _from_thread(self, event: Event) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._events.put_nowait, (None, event))

    def _report(self, error: BaseException, _: str) -> None:
        self._fault = error

    def happen(self, event: Event, visit: int | None) -> None:
        """One step of the flow."""
        if self._fault is not None:
            raise self._fault
        before = self.now
        transition = advance(before, Happened(event, visit))
        self.now = transition.counter
        for effect in transition.effects:
            self._performer.perform(effect)
            if isinstance(effect, do.Advise):
                self._advised = effect.visit
        if isinstance(event, ev.Advised):
            self._advised = 0
        self.watch(before, event, self.now)

    def type(self, what: Typing, visit: Visit) -> None:
        """Digits on a pad."""
        digits = self._pins.get(visit.card, "")
        match what:
            case Typing.PASSCODE:
                digits = self._services.passcodes.practice or ""
                self.happen(ev.PasscodeEntered(_handle(digits)), self.now.visit)
                return
            case Typing.WRONG_PIN:
                digits = wrong_pin(digits)
        self.happen(ev.PinEntered(_handle(digits)), self.now.visit)

    async def one_more(self) -> None:
        """Wait for one event and take it."""
        try:
            visit, event = await asyncio.wait_for(self._events.get(), PATIENCE_S)
        except TimeoutError:
            raise StuckError(type(self.now.state).__name__) from None
        self.happen(event, visit)

    async def until_card(self, *, lies_there: bool) -> None:
        """Wait until the reader tells so."""
        while self.now.card_present is not lies_there:
            await self.one_more()

    async def come_to_rest(self, *, quiet_s: float = 0.0) -> None:
        """Take events until somebody has to do something; then, those that come within `quiet_s`."""
        while self._is_busy() or not self._events.empty():
            await self.one_more()
        if quiet_s:
            with suppress(TimeoutError):
                visit, event = await asyncio.wait_for(self._events.get(), quiet_s)
                self.happen(event, visit)
                await self.come_to_rest()

    def _is_busy(self) -> bool:
        state = self.now.state
        if isinstance(state, _BUSY) or self.now.deciding or self.now.unwritten:
            return True
        if isinstance(state, st.VouchingByEye):
            return state.checking
        return isinstance(state, st.InTrouble) and self._advised == self.now.visit

    async def close(self) -> None:
        await asyncio.to_thread(self._monitor.stop)
        for effect in end_visit(self.now).effects:
            self._performer.perform(effect)
        await self._performer.close()
        await asyncio.to_thread(self._services.slot.close)


def _handle(digits: str) -> PinHandle:
    return PinHandle(bytearray(digits.encode("ascii")))


def wrong_pin(pin: str) -> str:
    """Four digits that are not this PIN."""
    return "".join(str((int(digit) + 1) % 10) for digit in pin)

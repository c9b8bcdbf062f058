"""The day as it is played: whose turn it is, what goes wrong when, and what was noted of every visit.

Between the application, which tells it of every step and asks it to go on, and the world, which it moves on a thread
of its own. Knows no screen. What breaks if it is wrong: one visit's troubles strike the next, or are noted for it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.events import Event
from kiosk.rehearsal.clock import RehearsalClock
from kiosk.rehearsal.notes import Deed, Notes, NoteTaker
from kiosk.rehearsal.script import Script, Visit
from kiosk.rehearsal.world import Troubles, World


class Day:
    """One rehearsal. Its methods are called on the application's thread."""

    def __init__(
        self,
        script: Script,
        clock: RehearsalClock,
        seconds: Callable[[], float],
        failed: Callable[[BaseException], None],
        *,
        first: int = 0,
    ) -> None:
        """`first` is the index of the first visit that is played; `failed` hears on the hands' thread what went wrong
        with the world itself."""
        self.script = script
        self.index = first - 1
        """The visit that is played; before the first one, `first` - 1."""
        self._first = first
        self.late = timedelta(0)
        """How long the present person has waited."""
        self._clock = clock
        self._seconds = seconds
        self._failed = failed
        self._world: World | None = None
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="rehearsal")
        self._taker = NoteTaker()
        self._troubles: Troubles | None = None
        self._began = seconds()
        self._played: list[tuple[int, Notes]] = []
        self._counter: Counter | None = None

    # --- what is known ---

    @property
    def visit(self) -> Visit | None:
        """Whose turn it is; None before the first and after the last."""
        return self.script.visits[self.index] if self._first <= self.index < len(self.script.visits) else None

    @property
    def is_over(self) -> bool:
        """Everybody has been there."""
        return self.index >= len(self.script.visits)

    @property
    def card_lies_there(self) -> bool:
        """Whether a card is on the reader."""
        return self._world is not None and self._world.card_lies_there

    @property
    def at_rest(self) -> bool:
        """Whether nobody's visit is under way at the counter."""
        return self._counter is None or isinstance(self._counter.state, st.Idle | st.TakingCard)

    @property
    def is_served(self) -> bool:
        """Whether the person before the counter got an answer; nobody there lacks one."""
        return self.visit is None or self._notes().decision is not None

    def played(self) -> tuple[tuple[int, Notes], ...]:
        """Every visit so far, with the one under way where it has come to an end: the others are gone on with."""
        if self.visit is None:
            return tuple(self._played)
        notes = self._notes()
        ended = notes.decision is not None or notes.of(Deed.ENDED_EARLY)
        return (*self._played, (self.index, notes)) if ended else tuple(self._played)

    # --- what happens ---

    def open(self, world: World) -> None:
        """The counter is ready; what lasts of the visits that are not played happens now."""
        self._world = world
        for visit in self.script.visits[: self._first]:
            self._do(lambda visit=visit: world.skip(visit))  # type: ignore[misc]

    def step(self, before: Counter, event: Event, after: Counter) -> None:
        """One step of the flow (`kiosk.app.Observer`)."""
        self._counter = after
        if self.visit is None:
            return
        self._taker.step(before, event, after)
        world = self._world
        if world is not None and self._troubles is not None:
            for trouble in self._troubles.at(after.state):
                self._do(lambda trouble=trouble: world.go_wrong(trouble))  # type: ignore[misc]

    def next_person(self) -> None:
        """The present visit is over for good; the next person stands before the counter, with nothing on it yet."""
        world = self._world
        if world is None or self.is_over:
            return
        if self.visit is not None:
            if world.card_lies_there:
                self._taker.did(Deed.CARD_LEFT)
            self._played.append((self.index, self._notes()))
        self._do(world.take_card)
        self.index += 1
        visit = self.visit
        if visit is None:
            return
        self.late = self._clock.come_to(visit.at)
        self._began = self._seconds()
        self._taker, self._troubles = NoteTaker(self._time), Troubles(visit)
        arriving = tuple(self._troubles.at_arrival())

        def comes() -> None:
            world.person_comes(visit)
            for trouble in arriving:
                world.go_wrong(trouble)

        self._do(comes)

    def used(self, what: str) -> None:
        """The desk made use of the record that came back (`Deed.USED`); any thread may tell."""
        if self.visit is not None:
            self._taker.did(Deed.USED, what)

    def lay_card(self) -> None:
        """The person lays the card down."""
        world, visit = self._world, self.visit
        if world is not None and visit is not None:
            self._do(lambda: world.lay_card(visit))

    def take_card(self) -> None:
        """The person takes it away."""
        if self._world is not None:
            self._do(self._world.take_card)

    def close(self) -> None:
        """Whatever was not begun is left undone; what is under way ends."""
        self._hands.shutdown(wait=True, cancel_futures=True)

    def _time(self) -> str:
        return f"{self._clock.now():%H:%M}"

    def _notes(self) -> Notes:
        return self._taker.notes((self._seconds() - self._began) / 60)

    def _do(self, call: Callable[[], None]) -> None:
        def done() -> None:
            try:
                call()
            except Exception as error:
                self._failed(error)

        self._hands.submit(done)

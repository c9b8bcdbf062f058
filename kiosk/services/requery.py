"""Whoever was noted in an outage is asked about when the service is back: in order, one at a time, on an own thread.

No visit at the counter waits for it. What is asked is on disk before, and its answer is on disk before anybody is told:
nobody is asked about again whose answer is there, and nobody is lost. Where the service falls silent again, it goes on
later by itself. What breaks if it is wrong: a person who was received in an outage is never checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from eligibility.papers.paper import Paper
from kiosk.flow.effects import QueueLater
from kiosk.flow.states import Trouble
from kiosk.journal import Entry, kinds
from kiosk.journal.queued import QueueAnswer, Queued
from kiosk.services.interfaces import Decider, Now, QualificationClient, ServiceStopped
from kiosk.services.later_person import LaterPerson
from kiosk.services.later_question import ask_about
from kiosk.services.oqs_answer import UNREGISTERED_TICKET
from kiosk.services.queue_store import QueueStore

RETRY_SECONDS: Final = 30.0
"""How long a service that fell silent again is left alone; ours."""
_FINAL: Final = frozenset({"request", UNREGISTERED_TICKET})
"""Refusals that no later question would change."""


@dataclass(frozen=True, slots=True)
class QueueProgress:
    """One more was asked about: `done` of `total` of this round, and what came of it."""

    done: int
    total: int
    answer: QueueAnswer


class QueueRunner:
    """The outage queue of one counter. Any thread may call.

    `ask_now`, `service_answered`, `hold`, `stop` and the properties never wait. `connect` gives the client, `append`
    writes a journal entry (raising OSError), `told` hears of each answer, on the queue's own thread.
    """

    def __init__(
        self,
        store: QueueStore,
        connect: Callable[[], QualificationClient],
        decider: Decider,
        append: Callable[[Entry], object],
        now: Now,
        *,
        run: str,
        retry_seconds: float = RETRY_SECONDS,
        told: Callable[[QueueProgress], None] = lambda _: None,
        by_itself: bool = False,
    ) -> None:
        """`run` names this start of the counter. `by_itself`: while somebody waits, look every `retry_seconds` whether
        the service is there again.
        """
        self._store = store
        self._connect = connect
        self._decider = decider
        self._append = append
        self._now = now
        self._run = run
        self._retry_seconds = retry_seconds
        self._told = told
        self._starting = Lock()
        self._thread: Thread | None = None
        self._again = Event()
        """Somebody wants a round; or the counter ends."""
        self._stopped = False
        self._by_itself = by_itself
        self._held = False
        """システム障害時モード is on: nobody is asked about."""
        self._ended: float | None = None
        """When the newest round ended, by the monotonic clock."""
        self._waiting = 0
        self._lacking = 0
        """How many of those who wait cannot be asked about: their numbers are missing."""
        self._progress: tuple[int, int] | None = None
        self._refused: dict[str, str] = {}
        self._said: set[str] = set()

    # --- what anybody may ask ---

    @property
    def waiting(self) -> int:
        """How many wait for an answer, as of the last look at the disk."""
        return self._waiting

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many of this round were asked about, and how many there are; None where nobody is being asked about."""
        return self._progress

    def people(self) -> Sequence[LaterPerson]:
        """Everybody in the queue, in order. Uses the disk. Raises OSError."""
        return [LaterPerson.of(one, self._refused.get(one.queued.id, "")) for one in self._store.standing()]

    def prepare(self) -> None:
        """Go on where the counter before ended: whoever waits is asked about, whose day is over is forgotten.

        Uses the disk. Where that refuses, the counter opens all the same, and the next round tries again.
        """
        try:
            everybody = self._store.standing()
            if any(one.reported for one in everybody):
                self._store.forget_reported(self._now().date())
            self._count()
            left = any(not one.reported and not (one.answer is None and one.queued.lacks_numbers) for one in everybody)
        except OSError:
            left = True
        if left:
            self.ask_now()

    def put(self, later: QueueLater) -> None:
        """Note one person; returns when that is on disk.

        Raises:
            OSError: The disk refuses. The person and the journal's entry wait in memory, each for itself.
            EntryRefusedError: A field looks like a 個人番号; nobody is noted.
        """
        try:
            refused = self._put(later)
            self._append(kinds.queued(self._now(), later.visit, later.why, later.why, run=self._run))
            if refused is not None:
                raise refused
        finally:
            self._count()
            if self._by_itself and self._unasked:
                self._begin(later=True)

    def _put(self, later: QueueLater) -> OSError | None:
        """Into the store; returns why the disk does not have it yet."""
        try:
            self._store.put(
                later.why,
                later.visit,
                run=self._run,
                items=later.items,
                paper=later.paper,
                name=later.name,
                birthdate=later.birthdate,
            )
        except OSError as error:
            return error
        return None

    def withdraw(self, visit: int) -> None:
        """What was noted for this visit of this run was wrong: nobody is asked about. Raises OSError."""
        self.withdraw_of(self._run, visit, self._now())

    def withdraw_of(self, run: str, visit: int, noted_by: datetime) -> None:
        """The same for a visit of any run, recorded at `noted_by`. Raises OSError."""
        try:
            self._store.withdraw(visit, run=run, noted_by=noted_by)
        finally:
            self._count()

    def complete(self, question: str, paper: Paper) -> bool:
        """The numbers of somebody who was noted without them: asked about now, but for システム障害時モード.

        False where nobody waits under this question any more. Raises OSError.
        """
        try:
            self._store.complete(question, paper)
        except KeyError:
            return False
        finally:
            self._count()
        if not self._held:
            self._begin()
        return True

    def _count(self) -> None:
        pending = self._store.pending()
        self._waiting = len(pending)
        self._lacking = sum(one.lacks_numbers for one in pending)

    @property
    def _unasked(self) -> int:
        """How many can be asked about and were not refused just now."""
        return self._waiting - self._lacking - len(self._refused)

    def ask_now(self) -> None:
        """Begin a round, or have the present one begin anew; returns at once. Ends what `hold` began."""
        self._held = False
        self._begin()

    def hold(self) -> None:
        """システム障害時モード begins: nobody more is asked about before `ask_now`. Returns at once."""
        self._held = True

    def service_answered(self) -> None:
        """The service answered somebody's question: those who wait are asked about now. Returns at once.

        Not while a mode holds them back or a round is under way, and a round at most every `retry_seconds`: whoever
        was refused just now is not asked about again with every card.
        """
        just_now = self._ended is not None and monotonic() - self._ended < self._retry_seconds
        if self._waiting > self._lacking and not self._held and self._progress is None and not just_now:
            self._begin()

    def _begin(self, *, later: bool = False) -> None:
        """A round on the queue's thread; `later`: once the service says that it is there, looked for in a while."""
        with self._starting:
            if self._stopped or (later and self._held):
                return
            if not later:
                self._again.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._work, args=(later,), name="outage-queue", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ask no more: what is under way is left behind, and is asked again by the next start. Returns at once."""
        with self._starting:
            self._stopped = True
            self._again.set()

    # --- one thread ---

    def _work(self, later: bool) -> None:
        """Rounds, until everybody who can be asked about was; a silent service is left alone between two."""
        asked_for = not later or self._again.wait(self._retry_seconds)
        while not self._stopped:
            self._again.clear()
            try:
                finished = (asked_for or self._is_there()) and self._round()
            except OSError:  # the disk refuses: nothing more is asked before it takes the answers
                finished = False
            finally:  # a fault of the program ends this thread, and its hook tells of it; the next round begins anew
                self._progress = None
                self._ended = monotonic()
            with self._starting:
                done = finished and not (self._by_itself and self._unasked > 0)  # somebody may have come meanwhile
                if (done or self._held) and not self._again.is_set():
                    self._thread = None
                    return
            asked_for = self._again.wait(self._retry_seconds)

    def _is_there(self) -> bool:
        """Whether the service says that it is there; nobody's data go out to learn that."""
        if self._held:
            return False
        try:
            self._connect().health()
        except ServiceStopped:
            return False
        return True

    def _round(self) -> bool:
        """Ask about everybody once; False where the service fell silent."""
        for left in self._store.unreported():
            if left.answer is not None:
                self._report(left.queued, left.answer)
        self._refused.clear()
        self._count()
        waiting = [one for one in self._store.pending() if not one.lacks_numbers]
        for done, queued in enumerate(waiting):
            self._progress = (done, len(waiting))
            if self._stopped or self._held:
                return True
            try:
                self._store.asking(queued.id)
            except KeyError:  # taken back since the round began, or answered at another counter
                self._count()
                continue
            try:
                answer = ask_about(queued, self._connect(), self._decider, self._now().date())
            except ServiceStopped as stopped:
                if stopped.trouble is not Trouble.SERVER_REFUSED:
                    return False
                if stopped.detail not in _FINAL:
                    # It may be this counter that is refused: whoever waits goes on waiting, for the next round.
                    self._refused[queued.id] = stopped.detail
                    continue
                answer = QueueAnswer("", code=stopped.detail)
            if self._keep(queued, answer):
                self._told(QueueProgress(done + 1, len(waiting), answer))
        return True

    def _keep(self, queued: Queued, answer: QueueAnswer) -> bool:
        """Whether this is the answer: not of somebody taken back meanwhile, nor the second of two counters'."""
        try:
            first = self._store.answered(queued.id, answer)
        except KeyError:  # what came is about nobody who was here
            first = False
        if first:
            self._waiting = max(0, self._waiting - 1)
            self._report(queued, answer)
        else:
            self._count()
        return first

    def _report(self, queued: Queued, answer: QueueAnswer) -> None:
        """The journal first, then that it has it: after a crash in between it is said again, by the same name."""
        if queued.id not in self._said:
            self._said.add(queued.id)  # an entry that the disk refuses waits in the journal: it is not said twice
            self._append(
                kinds.requeried(
                    self._now(),
                    queued.visit,
                    answer.outcome,
                    answer.differences,
                    answer.person,
                    run=queued.run,
                    day=queued.at.date(),
                    validity=answer.validity,
                    question=queued.id,
                )
            )
        self._store.reported(queued.id)

"""Performs what the flow asks for: the card on one thread of its own, the service and the journal on theirs.

Rule: nothing here decides what happens next or touches a widget; every effect ends in exactly one event for its visit
(or in none, where nobody waits). Exceptions stop here: the flow gets an event, a crash report gets the class and place.
What breaks if it is wrong: a screen that waits for ever, or a PIN try spent while the service was down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, ParamSpec, TypeVar

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.flow.states import CardSummary, ManualEntry, Trouble
from kiosk.services.interfaces import (
    CardStopped,
    Challenge,
    PinRefused,
    Proof,
    Qualification,
    QualificationClient,
    Services,
    ServiceStopped,
)
from reader.pin import PinHandle

P = ParamSpec("P")
T = TypeVar("T")

CHALLENGE_PATIENCE: Final = 10.0
"""Seconds VERIFY waits for a challenge before it gives up without having spent a try."""
ANSWER_PATIENCE: Final = 30.0
"""Seconds an answer is waited for; the screen offers the way on without it long before."""
CHALLENGE_MARGIN: Final = timedelta(seconds=15)
"""A challenge that ends sooner than this is fetched anew before a try is spent on it."""
SERVICE_THREADS: Final = 4
"""More than one, so that a call that hangs does not keep the next person's question waiting."""


@dataclass(slots=True)
class _Memory:
    """What is known of one visit while it lasts."""

    card: CardSummary | None = None
    challenge: asyncio.Task[Challenge | ServiceStopped] | None = None
    signed: Proof | None = None
    at_card: bool = False
    """Its card is being read or asked to sign at this moment."""
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


class Performer:
    """The hands of the counter. Made and called on the event loop's thread."""

    def __init__(
        self,
        services: Services,
        post: Callable[[int, Event], None],
        report: Callable[[BaseException, str], None],
        journal_failed: Callable[[], None],
        *,
        challenge_patience: float = CHALLENGE_PATIENCE,
        answer_patience: float = ANSWER_PATIENCE,
    ) -> None:
        """`post` takes an event of a visit, `report` an unexpected exception and the part it came from."""
        self._services = services
        self._post = post
        self._report = report
        self._journal_failed = journal_failed
        self._challenge_patience = challenge_patience
        self._answer_patience = answer_patience
        self._card = ThreadPoolExecutor(1, thread_name_prefix="card")
        self._service = ThreadPoolExecutor(SERVICE_THREADS, thread_name_prefix="service")
        self._journal = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._connecting = Lock()
        self._client: QualificationClient | None = None
        self._memories: dict[int, _Memory] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._entries: set[asyncio.Task[None]] = set()
        """Entries on their way to the journal; never given up."""
        self._pins: list[PinHandle] = []
        """PINs on their way to the card: wiped at the latest when the counter ends."""

    def perform(self, effect: Effect) -> None:
        """Begin; returns at once. The outcome is posted as an event of the effect's visit."""
        # A visit is looked up here, not where its work begins: one that ends in between stays over.
        match effect:
            case do.ReadCard(visit):
                self._start(self._read(visit, self._memory(visit)))
            case do.FetchChallenge(visit):
                memory = self._memory(visit)
                memory.challenge = asyncio.create_task(self._fetch())
            case do.VerifyPin(visit, handle):
                self._pins.append(handle)
                self._start(self._verify(visit, self._memory(visit), handle))
            case do.AskByCard(visit):
                self._start(self._ask_by_card(visit, self._memory(visit)))
            case do.AskByNumbers(visit, entry, card_trouble):
                self._start(self._ask_by_numbers(visit, self._memory(visit), entry, card_trouble))
            case do.DiscardPin(_, handle):
                handle.discard()
            case do.ReleaseCard(visit):
                self._give_up_card(visit)
                self._start(self._release())
            case do.RecordVisit():
                self._start(self._record(effect), self._entries)
            case do.ForgetPatient(visit):
                self._forget(visit)

    def warm_up(self) -> None:
        """Connect to the service before anybody needs it; a failure is told when it is needed."""
        self._start(self._warm_up())

    def give_up_waiting(self, visit: int) -> None:
        """Staff go on without the service: a wait of this visit ends now, as if the service were down."""
        if visit in self._memories:
            self._memories[visit].given_up.set()

    async def close(self) -> None:
        """Let go of everything: the card is powered down, the journal finished, a hanging call left behind."""
        for memory in self._memories.values():
            memory.over = True
            memory.given_up.set()
        for task in tuple(self._tasks):
            task.cancel()
        self._services.desk.cancel()  # a reader that hangs must not keep the counter open
        for handle in self._pins:  # a task that is cancelled before it began wipes nothing
            handle.discard()
        loop = asyncio.get_running_loop()
        waits = [loop.run_in_executor(self._card, self._services.desk.release)]
        if self._client is not None:
            waits.append(loop.run_in_executor(None, self._client.close))
        await asyncio.wait(waits, timeout=3)
        await asyncio.gather(*self._entries, return_exceptions=True)
        self._journal.shutdown(wait=False)
        self._card.shutdown(wait=False, cancel_futures=True)
        self._service.shutdown(wait=False, cancel_futures=True)

    # --- the card ---

    async def _read(self, visit: int, memory: _Memory) -> None:
        if memory.over:
            return
        event: Event
        try:
            card = await self._at_card(memory, self._services.desk.read)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._report(error, "read")
            event = ev.CardFailed(Trouble.INTERNAL)
        else:
            memory.card = card
            event = ev.CardRead(card)
        self._tell(visit, memory, event)

    async def _verify(self, visit: int, memory: _Memory, handle: PinHandle) -> None:
        """No try is spent before there is something to sign: the challenge comes first."""
        if not memory.over:
            memory.given_up.clear()  # an earlier wait of this visit was given up, not this one
        event: Event
        try:
            challenge = await self._challenge(memory)
            if memory.over:
                return
            proof = await self._at_card(memory, self._verify_on_card, handle, challenge)
        except PinRefused as refused:
            event = ev.PinRejected(refused.attempts_left)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except ServiceStopped as stopped:
            event = ev.ServiceFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._report(error, "verify")
            event = ev.CardFailed(Trouble.INTERNAL)
        else:
            memory.signed = proof
            event = ev.PinAccepted()
        finally:
            handle.discard()
            self._pins.remove(handle)
        self._tell(visit, memory, event)

    def _verify_on_card(self, handle: PinHandle, challenge: Challenge) -> Proof:
        from eligibility.oqs.signed_message import signed_message

        desk = self._services.desk
        message = signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)
        signature = desk.verify_and_sign(handle, message)
        return Proof(challenge, signature, desk.certificate, desk.public_key)

    async def _at_card(self, memory: _Memory, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something with the card of a visit; it is called off when the visit is given up meanwhile."""

        def unless_over() -> T:
            if memory.over:  # given up while the card before it was still being let go of
                raise CardStopped(Trouble.CARD_PULLED)
            return call(*args, **kwargs)

        memory.at_card = True
        try:
            return await self._on(self._card, unless_over)
        finally:
            memory.at_card = False

    def _give_up_card(self, visit: int) -> None:
        """The next visit does not wait for a reader that hangs in this one."""
        memory = self._memories.get(visit)
        if memory is not None and memory.at_card:
            self._services.desk.cancel()

    async def _release(self) -> None:
        await self._on(self._card, self._services.desk.release)

    # --- the service ---

    async def _warm_up(self) -> None:
        await self._attempt(self._connected)

    def _connected(self) -> QualificationClient:
        """The client, made once; runs on a service thread."""
        with self._connecting:
            if self._client is None:
                self._client = self._services.connect_service()
            return self._client

    async def _fetch(self) -> Challenge | ServiceStopped:
        """A challenge, or why there is none: a failure nobody has asked for yet must not be an exception."""
        return await self._attempt(lambda: self._connected().challenge())

    async def _attempt(self, call: Callable[[], T]) -> T | ServiceStopped:
        try:
            return await self._on(self._service, call)
        except ServiceStopped as stopped:
            return stopped
        except Exception as error:
            self._report(error, "service")
            return ServiceStopped(Trouble.INTERNAL)

    async def _challenge(self, memory: _Memory) -> Challenge:
        """The challenge fetched meanwhile, or a fresh one where that failed or is about to end."""
        task = memory.challenge
        if task is None or (task.done() and not self._still_good(task.result())):
            task = memory.challenge = asyncio.create_task(self._fetch())
        return await self._unless_given_up(memory, task, self._challenge_patience)

    def _still_good(self, challenge: Challenge | ServiceStopped) -> bool:
        if isinstance(challenge, ServiceStopped):
            return False
        return challenge.expires_at - self._services.now() > CHALLENGE_MARGIN

    async def _ask_by_card(self, visit: int, memory: _Memory) -> None:
        if memory.over:
            return
        event: Event
        try:
            card, proof = self._take_signed(memory)
            asked = asyncio.create_task(self._attempt(lambda: proof.ask(self._connected())))
            answer = await self._unless_given_up(memory, asked, self._answer_patience)
            event = ev.AnswerReceived(await self._on(self._service, self._services.decider.by_card, card, answer))
        except ServiceStopped as stopped:
            event = ev.ServiceFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._report(error, "ask_by_card")
            event = ev.ServiceFailed(Trouble.INTERNAL)
        self._tell(visit, memory, event)

    def _take_signed(self, memory: _Memory) -> tuple[CardSummary, Proof]:
        """What the card signed, once: a signature is sent a single time."""
        if memory.signed is None or memory.card is None:
            raise RuntimeError("asked before the card had signed")
        signed, memory.signed = memory.signed, None
        return memory.card, signed

    async def _ask_by_numbers(
        self, visit: int, memory: _Memory, entry: ManualEntry, card_trouble: Trouble | None
    ) -> None:
        """Where nobody answers, the rules decide on the paper alone."""
        if memory.over:
            return
        memory.given_up.clear()  # an earlier wait of this visit was given up, not this one
        event: Event
        try:
            asked = asyncio.create_task(self._attempt(lambda: self._connected().check_by_numbers(entry)))
            answer: Qualification | None
            try:
                answer = await self._unless_given_up(memory, asked, self._answer_patience)
            except ServiceStopped:
                answer = None
            decided = await self._on(self._service, self._services.decider.by_paper, entry, answer, card_trouble)
            event = ev.AnswerReceived(decided)
        except Exception as error:
            self._report(error, "ask_by_numbers")
            event = ev.ServiceFailed(Trouble.INTERNAL)
        self._tell(visit, memory, event)

    async def _unless_given_up(self, memory: _Memory, task: asyncio.Task[T | ServiceStopped], patience: float) -> T:
        """The task's result, unless staff go on without it or it takes longer than `patience` seconds.

        Raises:
            ServiceStopped: The service's own, or SERVER_DOWN where it was not waited for.
        """
        giving_up = asyncio.create_task(memory.given_up.wait())
        try:
            await asyncio.wait({task, giving_up}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            giving_up.cancel()
        result = task.result() if task.done() else ServiceStopped(Trouble.SERVER_DOWN)
        if isinstance(result, ServiceStopped):
            raise result
        return result

    # --- the journal, and the end ---

    async def _record(self, entry: do.RecordVisit) -> None:
        try:
            await self._on(self._journal, self._services.journal.record, entry)
        except OSError:
            self._journal_failed()
        except Exception as error:
            self._report(error, "journal")
            self._journal_failed()

    def _forget(self, visit: int) -> None:
        memory = self._memories.pop(visit, None)
        if memory is not None:
            memory.over = True
            memory.given_up.set()
            memory.signed = None
            memory.card = None

    # --- how work is done ---

    def _memory(self, visit: int) -> _Memory:
        return self._memories.setdefault(visit, _Memory())

    def _tell(self, visit: int, memory: _Memory, event: Event) -> None:
        if not memory.over:
            self._post(visit, event)

    def _start(self, work: Coroutine[None, None, None], among: set[asyncio.Task[None]] | None = None) -> None:
        tasks = self._tasks if among is None else among
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def _on(self, threads: ThreadPoolExecutor, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        work = asyncio.get_running_loop().run_in_executor(threads, lambda: call(*args, **kwargs))
        # Whoever waits hears of a fault; where nobody waits any more, it is not told some time later either.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        return work

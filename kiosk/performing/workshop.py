"""How work is done off the event loop: threads by kind, tasks that end with the counter, and who is told.

Knows no effect and no service. What breaks if it is wrong: a key waits for a disk, a reader or a network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from kiosk.flow.events import Event
from kiosk.flow.states import Trouble
from kiosk.performing.memory import Memory
from kiosk.services.interfaces import ServiceStopped

P = ParamSpec("P")
T = TypeVar("T")

SERVICE_THREADS: Final = 4
"""More than one, so that a call that hangs does not keep the next person's question waiting."""


class Workshop:
    """Threads and tasks of one counter. Made and called on the event loop's thread."""

    def __init__(self, post: Callable[[int, Event], None], report: Callable[[BaseException, str], None]) -> None:
        """`post` takes an event of a visit, `report` an unexpected exception and the part it came from."""
        self._post = post
        self.report = report
        self.card = ThreadPoolExecutor(1, thread_name_prefix="card")
        self.service = ThreadPoolExecutor(SERVICE_THREADS, thread_name_prefix="service")
        self.desk = ThreadPoolExecutor(1, thread_name_prefix="desk")
        """Rules, camera, passcode: quick, and never behind a network that hangs."""
        self.journal = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._memories: dict[int, Memory] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._entries: set[asyncio.Task[None]] = set()
        """What is on its way to the disk; never given up."""

    # --- visits ---

    def memory(self, visit: int) -> Memory:
        """What is known of a visit that goes on; begun where nothing is."""
        return self._memories.setdefault(visit, Memory())

    def known(self, visit: int) -> Memory | None:
        """What is known of a visit; None for one that is over, or that nothing was done for yet."""
        return self._memories.get(visit)

    def forget(self, visit: int) -> None:
        """The visit is over."""
        memory = self._memories.pop(visit, None)
        if memory is not None:
            memory.forget()

    def tell(self, visit: int, memory: Memory, event: Event) -> None:
        """Post an event, unless the visit is over meanwhile."""
        if not memory.over:
            self._post(visit, event)

    def tell_in_any_case(self, visit: int, event: Event) -> None:
        """Post an event that is about the counter too; the flow drops it where the visit is over."""
        self._post(visit, event)

    # --- work ---

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Do this meanwhile; given up when the counter ends."""
        self._begin(work, self._tasks)

    def start_entry(self, work: Coroutine[None, None, None]) -> None:
        """Do this meanwhile; waited for when the counter ends."""
        self._begin(work, self._entries)

    def on(self, threads: ThreadPoolExecutor, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """The result of a call on a thread."""
        work = asyncio.get_running_loop().run_in_executor(threads, lambda: call(*args, **kwargs))
        # Whoever waits hears of a fault; where nobody waits any more, it is not told some time later either.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        return work

    async def attempt(self, call: Callable[[], T]) -> T | ServiceStopped:
        """The result of a call to the service, or why there is none: nobody may be waiting for it yet."""
        try:
            return await self.on(self.service, call)
        except ServiceStopped as stopped:
            return ServiceStopped(stopped.trouble, stopped.detail)  # without the frames of the one that was raised
        except Exception as error:
            self.report(error, "service")
            return ServiceStopped(Trouble.INTERNAL)

    async def unless_given_up(self, memory: Memory, task: asyncio.Task[T | ServiceStopped], patience: float) -> T:
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

    # --- the end ---

    def stop(self) -> None:
        """Every visit is over, and whatever is done for one is given up; what goes to the disk is not."""
        for visit in tuple(self._memories):
            self.forget(visit)
        for task in tuple(self._tasks):
            task.cancel()

    async def finish_entries(self) -> None:
        """Wait for what is on its way to the disk."""
        await asyncio.gather(*self._entries, return_exceptions=True)

    def close(self) -> None:
        """Let the threads go; a call that hangs is left behind."""
        self.journal.shutdown(wait=False)
        for threads in (self.card, self.service, self.desk):
            threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, work: Coroutine[None, None, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

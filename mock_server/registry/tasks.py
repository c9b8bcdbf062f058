"""A job on its way through the ledger: who waits for it, how it went, and telling them.

What breaks if wrong: somebody waits for ever, or gets another's result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from mock_server.registry.interface import NonceUsedError
from mock_server.registry.transaction import Transaction

T = TypeVar("T")
Job = Callable[[Transaction], T]
"""Work inside a transaction. It may be run twice (after somebody else's failure), so it keeps nothing outside.

What it wrote before it raised an exception of its own is kept, unless it was written under `Transaction.effects`.
"""


class Task(Generic[T]):
    """A job, who waits for it, and how it went."""

    __slots__ = ("_begin", "_end", "_future", "_job", "error", "loop", "reads", "result")

    def __init__(
        self, job: Job[T], reads: bool, future: asyncio.Future[T] | Future[T], loop: asyncio.AbstractEventLoop | None
    ) -> None:
        self._job = job
        self._future = future
        self._begin = self._end = 0
        self.reads = reads
        self.loop = loop
        self.result: T | None = None
        self.error: BaseException | None = None

    def work(self, transaction: Transaction) -> None:
        """Run the job. A database error leaves as it is; any other exception is this job's own."""
        self.error, self.result = None, None
        self._begin = transaction.recorded
        try:
            self.result = self._job(transaction)
        except SQLAlchemyError:
            raise
        except StopIteration as error:  # a future would take it for something else
            self.error = RuntimeError("the job raised StopIteration")
            self.error.__cause__ = error
        except BaseException as error:
            self.error = error
        self._end = transaction.recorded

    def judge(self, refused: Sequence[bool]) -> None:
        """Throw the result away where an exchange's nonce was used before; `refused` is of all jobs in their order."""
        if any(refused[self._begin : self._end]):
            self.error = NonceUsedError()

    def tell(self) -> None:
        """Hand result or error to whoever waits; nobody waits any more where the future was cancelled."""
        if self._future.done():
            return
        if self.error is not None:
            self._future.set_exception(self.error)
        else:
            self._future.set_result(self.result)  # type: ignore[arg-type] # None is a result too


def tell(tasks: Sequence[Task[Any]]) -> None:
    """One wake-up for each event loop, however many of its jobs are done."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Task[Any]]] = {}
    for task in tasks:
        if task.loop is None:
            task.tell()
        else:
            by_loop.setdefault(task.loop, []).append(task)
    for loop, own in by_loop.items():
        try:
            loop.call_soon_threadsafe(_tell_all, own)
        except RuntimeError:  # the loop was closed: nobody waits there any more
            continue


def _tell_all(tasks: Sequence[Task[Any]]) -> None:
    for task in tasks:
        task.tell()

"""The one door to the database: jobs from any thread, run one after another on a thread of its own, many to a commit.

A commit that survives a power cut is the dearest part of a request, so all jobs that wait share one. A job gets its
result, or its exception, only after that commit. What breaks if wrong: something acknowledged is lost, or one job's
failure takes another's work with it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mock_server.registry.control import read_control
from mock_server.registry.engines import READS, check_durable, open_engine
from mock_server.registry.interface import RegistryError
from mock_server.registry.memory import Memory
from mock_server.registry.migrate import migrate, wait_for_turn
from mock_server.registry.seeding import Seed, plant
from mock_server.registry.tasks import Job, T, Task, tell
from mock_server.registry.transaction import Transaction

__all__ = ["Job", "Ledger"]

MOST_AT_ONCE = 256
"""Jobs in one transaction at most."""
TRIES = 3
"""How often a transaction is begun that the database broke off through no fault of the jobs."""
_DEADLOCK = "40P01"
"""PostgreSQL's SQLSTATE of the one it chose to break off, of two transactions that waited for each other."""


class Ledger:
    """A store. Use `open`; close it in the end."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._memory = Memory()
        self._waiting: SimpleQueue[Task[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None

    @classmethod
    def open(cls, url: str | URL, now: Callable[[], datetime], seeds: Iterable[Seed] = ()) -> Ledger:
        """Connect, bring the tables up to date, and bring in the seeds that are new or changed.

        Raises:
            RegistryError: The URL names no database that can be used, or DriverMissingError, NewerStoreError,
                NotDurableError: it does, but not by us.
        """
        engine = open_engine(url)
        try:
            with engine.begin() as connection:
                check_durable(connection)
            migrate(engine)
            with engine.begin() as connection:
                wait_for_turn(connection)
                control = read_control(connection)
                if plant(connection, seeds):
                    Transaction(connection, control, now, Memory()).changed()
        except SQLAlchemyError as error:
            engine.dispose()
            raise RegistryError from error
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, now)

    @property
    def url(self) -> URL:
        """Where the store is."""
        return self._engine.url

    # ── asking ──

    async def run(self, job: Job[T], *, reads: bool = False) -> T:
        """The job's result, once what it wrote is durable. `reads` says that it writes nothing at all.

        Raises:
            NonceUsedError: The job recorded an exchange whose nonce was used before.
            RegistryError: The store cannot be used, or the ledger is closed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(Task(job, reads, future, loop))
        return await future

    def run_sync(self, job: Job[T], *, reads: bool = False) -> T:
        """As `run`, for a caller without an event loop; it waits. Raises as `run`.

        A job that calls this would wait for itself: RuntimeError.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a job cannot wait for another job")
        future: Future[T] = Future()
        self._put(Task(job, reads, future, None))
        return future.result()

    def close(self) -> None:
        """Finish what waits, then let go of the database. Safe to call twice."""
        with self._lock:
            if not self._closing:
                self._closing = True
                self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()
        self._engine.dispose()

    def _put(self, task: Task[Any]) -> None:
        with self._lock:
            if self._closing:
                raise RegistryError
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="ledger", daemon=True)
                self._thread.start()
            self._waiting.put(task)

    # ── the ledger's own thread ──

    def _serve(self) -> None:
        more = True
        while more:
            tasks, more = self._take()
            if tasks:
                self._settle(tasks)
                tell(tasks)
        self._hang_up()

    def _take(self) -> tuple[list[Task[Any]], bool]:
        """Whatever waits, at least one; and whether anything can come after it."""
        tasks: list[Task[Any]] = []
        task = self._waiting.get()
        while task is not None:
            tasks.append(task)
            if len(tasks) == MOST_AT_ONCE:
                return tasks, True
            try:
                task = self._waiting.get_nowait()
            except Empty:
                return tasks, True
        return tasks, False

    def _settle(self, tasks: list[Task[Any]], *, tries: int = TRIES) -> None:
        """Run the tasks in one transaction; where one of them breaks it, each in one of its own."""
        try:
            transaction = self._begin(reads=all(task.reads for task in tasks))
            with _working():
                for task in tasks:
                    task.work(transaction)
                refused = transaction.settle()
        except BaseException as error:
            self._roll_back()
            cause = error.__cause__ if isinstance(error, _BrokenError) else error
            if tries > 1 and _may_go_better(cause):
                # Nothing was committed, so nothing is done twice.
                self._settle(tasks, tries=tries - 1)
            elif isinstance(error, _BrokenError) and len(tasks) > 1:
                for task in tasks:
                    self._settle([task])
            else:
                _fail(tasks, cause)
            return
        self._commit(tasks, refused)

    def _begin(self, *, reads: bool) -> Transaction:
        if self._connection is None:
            self._connection = self._engine.connect()
            try:
                check_durable(self._connection)  # the server may have come back with other settings
                self._connection.rollback()
            except BaseException:
                self._hang_up()  # so that it is asked again the next time
                raise
        self._connection.info[READS] = reads
        return Transaction(self._connection, read_control(self._connection), self._now, self._memory)

    def _commit(self, tasks: list[Task[Any]], refused: list[bool]) -> None:
        assert self._connection is not None
        try:
            self._connection.commit()
        except BaseException as error:
            # Whether it was committed nobody knows: doing it again could do it twice.
            self._memory.forget()
            self._hang_up()
            _fail(tasks, error)
            return
        if refused:
            for task in tasks:
                task.judge(refused)

    def _roll_back(self) -> None:
        self._memory.forget()
        connection = self._connection
        try:
            if connection is not None:
                connection.rollback()
        except SQLAlchemyError:
            self._hang_up()
        else:
            if connection is not None and connection.invalidated:
                self._hang_up()

    def _hang_up(self) -> None:
        """Close the connection for good, whatever state it is in."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except SQLAlchemyError:
            self._engine.dispose()


class _BrokenError(Exception):
    """What a job or its exchange did broke the transaction: nothing of it was kept. The cause is chained."""


def _may_go_better(cause: BaseException | None) -> bool:
    """The server went away and may be back, or another process took the same rows in another order and has them now."""
    if not isinstance(cause, DBAPIError):
        return False
    return cause.connection_invalidated or getattr(cause.orig, "sqlstate", None) == _DEADLOCK


@contextmanager
def _working() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _BrokenError from error


def _fail(tasks: list[Task[Any]], cause: BaseException | None) -> None:
    """Each gets an error of its own: one that is raised in several threads would carry the traces of all."""
    for task in tasks:
        task.error = RegistryError()
        task.error.__cause__ = cause

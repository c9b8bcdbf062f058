"""The ledger: jobs share a commit and nothing else; what is acknowledged is durable; trouble is told to its owner."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine, event, insert, select, text, update

from mock_server.registry import tables
from mock_server.registry.engines import NotDurableError
from mock_server.registry.exchanges import Exchange
from mock_server.registry.interface import NonceUsedError, RegistryError
from mock_server.registry.ledger import MOST_AT_ONCE, Job, Ledger
from mock_server.registry.transaction import Transaction
from tests.daemons.private_postgresql import PrivatePostgresql, database_of
from tests.eventually import LONG_ENOUGH_S, eventually
from tests.mock_server.conftest import TODAY, Clock

T = TypeVar("T")
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    opened = Ledger.open(database_url, Clock())
    yield opened
    opened.close()


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(f"sqlite:///{tmp_path}/store.sqlite", Clock())
    yield opened
    opened.close()


@pytest.fixture
def postgresql_ledger(postgresql: PrivatePostgresql) -> Iterator[Ledger]:
    url = postgresql.new_database()
    opened = Ledger.open(url, Clock())
    yield opened
    opened.close()
    postgresql.drop_database(url)


def recording(nonce: str | None = None, call: str = "test") -> Job[str]:
    """A job that writes one exchange and gives its name back."""

    def job(tx: Transaction) -> str:
        tx.record(Exchange(at=TODAY, call=call, nonce=nonce))
        return call

    return job


def calls(ledger: Ledger) -> list[str]:
    """What was recorded, oldest first."""
    query = select(tables.exchange.c.call).order_by(tables.exchange.c.id)
    return list(ledger.run_sync(lambda tx: tx.connection.execute(query).scalars().all(), reads=True))


def register(serial: str) -> Callable[[Transaction], None]:
    statement = insert(tables.registration).values(run="", serial=serial, at="")
    return lambda tx: void(tx.connection.execute(statement))


def void(_: object) -> None: ...


def registered(ledger: Ledger) -> list[str]:
    query = select(tables.registration.c.serial).order_by(tables.registration.c.serial)
    return list(ledger.run_sync(lambda tx: tx.connection.execute(query).scalars().all(), reads=True))


class Crowd:
    """Callers in threads of their own, whose jobs the ledger takes up together once it is let go."""

    def __init__(self, ledger: Ledger, threads: ThreadPoolExecutor) -> None:
        self._ledger = ledger
        self._threads = threads
        self._waiting = 0

    def ask(self, job: Job[T]) -> Future[T]:
        """Put the job behind those that wait already."""
        future = self._threads.submit(self._ledger.run_sync, job)
        self._waiting += 1
        assert eventually(lambda: self._ledger._waiting.qsize() == self._waiting)
        return future


@contextmanager
def one_batch(ledger: Ledger) -> Iterator[Crowd]:
    """Whatever is asked inside is one batch, begun when the block ends."""
    busy, go = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        busy.set()
        assert go.wait(LONG_ENOUGH_S)

    with ThreadPoolExecutor(MOST_AT_ONCE + 2) as threads:
        holding = threads.submit(ledger.run_sync, hold, reads=True)
        assert busy.wait(LONG_ENOUGH_S)
        try:
            yield Crowd(ledger, threads)
        finally:
            go.set()
            holding.result()


def begun_transactions(ledger: Ledger) -> list[None]:
    """Grows by one with every transaction from now on."""
    begun: list[None] = []
    event.listen(ledger._engine, "begin", lambda _: begun.append(None))
    return begun


# ── together ──


def test_jobs_that_wait_share_a_transaction_and_are_run_in_their_order(ledger: Ledger) -> None:
    with one_batch(ledger) as crowd:
        begun = begun_transactions(ledger)
        results = [crowd.ask(recording(call=f"call {number}")) for number in range(9)]
    assert [result.result() for result in results] == [f"call {number}" for number in range(9)]
    assert len(begun) == 1
    assert calls(ledger) == [f"call {number}" for number in range(9)]


def test_a_long_queue_is_taken_in_several_transactions(ledger: Ledger) -> None:
    with one_batch(ledger) as crowd:
        begun = begun_transactions(ledger)
        results = [crowd.ask(recording(call=str(number))) for number in range(MOST_AT_ONCE + 1)]
    assert [result.result() for result in results] == [str(number) for number in range(MOST_AT_ONCE + 1)]
    assert len(begun) == 2


def test_many_threads_and_many_event_loops_at_once(ledger: Ledger) -> None:
    async def ask(loop_number: int) -> list[str]:
        jobs = (ledger.run(recording(call=f"loop {loop_number}.{number}")) for number in range(20))
        return list(await asyncio.gather(*jobs))

    with ThreadPoolExecutor(8) as threads:
        loops = [threads.submit(asyncio.run, ask(number)) for number in range(4)]
        plain = [
            threads.submit(lambda own=number: [ledger.run_sync(recording(call=f"{own}.{n}")) for n in range(20)])  # type: ignore[misc]
            for number in range(4)
        ]
    told = [result.result() for result in (*loops, *plain)]
    wanted = [[f"{name}{owner}.{number}" for number in range(20)] for name in ("loop ", "") for owner in range(4)]
    assert told == wanted
    assert sorted(calls(ledger)) == sorted(call for own in wanted for call in own)


# ── only after the commit ──


def test_nobody_is_told_before_the_commit_is_done(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    committing, go = threading.Event(), threading.Event()

    @event.listens_for(sqlite_ledger._engine, "commit")
    def wait(_: object) -> None:
        committing.set()
        assert go.wait(LONG_ENOUGH_S)

    with ThreadPoolExecutor(1) as threads:
        result = threads.submit(sqlite_ledger.run_sync, recording("n1"))
        assert committing.wait(LONG_ENOUGH_S)
        assert not result.done()
        assert rows_of(tmp_path / "store.sqlite") == 0
        go.set()
        result.result()
    assert rows_of(tmp_path / "store.sqlite") == 1


def rows_of(path: Path) -> int:
    """Exchanges that another program sees."""
    other = sqlite3.connect(path)
    (count,) = other.execute("SELECT count(*) FROM exchange").fetchone()
    other.close()
    return int(count)


def test_a_commit_that_fails_is_told_and_not_repeated(ledger: Ledger) -> None:
    runs: list[int] = []

    def fail(_: object) -> None:
        raise OSError

    def job(tx: Transaction) -> None:
        if not runs:
            event.listen(ledger._engine, "commit", fail, once=True)
        runs.append(1)
        tx.record(Exchange(at=TODAY, call="test"))

    with one_batch(ledger) as crowd:
        results = [crowd.ask(job) for _ in range(3)]
    assert [type(result.exception()) for result in results] == [RegistryError] * 3
    assert len(runs) == 3
    assert calls(ledger) == []


# ── apart ──


def test_an_exception_of_a_job_is_its_own(ledger: Ledger) -> None:
    def fail(tx: Transaction) -> None:
        tx.record(Exchange(at=TODAY, call="failing"))
        raise ZeroDivisionError

    with one_batch(ledger) as crowd:
        begun = begun_transactions(ledger)
        first, broken, last = (crowd.ask(job) for job in (recording(call="first"), fail, recording(call="last")))
    assert (first.result(), last.result()) == ("first", "last")
    assert isinstance(broken.exception(), ZeroDivisionError)
    assert len(begun) == 1
    assert calls(ledger) == ["first", "failing", "last"]


class UnrelatedError(BaseException):
    """Not even an Exception."""


@pytest.mark.parametrize("error", [StopIteration, asyncio.CancelledError, UnrelatedError])
async def test_whatever_a_job_raises_somebody_is_told(sqlite_ledger: Ledger, error: type[BaseException]) -> None:
    def fail(_: Transaction) -> None:
        raise error

    results = await asyncio.gather(
        *(sqlite_ledger.run(job) for job in (recording(), fail, recording())), return_exceptions=True
    )
    assert [results[0], results[2]] == ["test", "test"]
    expected = RuntimeError if error is StopIteration else error
    assert isinstance(results[1], expected)


def test_a_database_failure_of_one_job_does_not_take_anothers_work(ledger: Ledger) -> None:
    with one_batch(ledger) as crowd:
        results = [
            crowd.ask(job)
            for job in (register("1"), lambda tx: tx.connection.execute(text("SELECT nonsense")), register("2"))
        ]
    assert [result.exception() for result in (results[0], results[2])] == [None, None]
    assert isinstance(results[1].exception(), RegistryError)
    assert registered(ledger) == ["1", "2"]


def test_a_row_that_cannot_be_written_does_not_take_another_with_it(ledger: Ledger) -> None:
    def unwritable(tx: Transaction) -> None:
        tx.record(Exchange(at=TODAY, call="unwritable", took_us=None))  # type: ignore[arg-type]

    with one_batch(ledger) as crowd:
        first, broken, last = (crowd.ask(job) for job in (recording(call="first"), unwritable, recording(call="last")))
    assert (first.result(), last.result()) == ("first", "last")
    assert isinstance(broken.exception(), RegistryError)
    assert calls(ledger) == ["first", "last"]


def test_what_a_failed_job_wrote_before_its_database_failure_is_gone(ledger: Ledger) -> None:
    def half(tx: Transaction) -> None:
        register("half")(tx)
        tx.connection.execute(text("SELECT nonsense"))

    with pytest.raises(RegistryError):
        ledger.run_sync(half)
    ledger.run_sync(recording())
    assert registered(ledger) == []


def test_the_same_row_twice_in_one_batch_fails_for_the_second_only(ledger: Ledger) -> None:
    with one_batch(ledger) as crowd:
        results = [crowd.ask(register("1")) for _ in range(3)]
    assert [type(result.exception()) for result in results] == [type(None), RegistryError, RegistryError]
    assert registered(ledger) == ["1"]


def test_somebody_who_no_longer_waits_disturbs_nobody(sqlite_ledger: Ledger) -> None:
    async def ask() -> str:
        given_up = asyncio.ensure_future(sqlite_ledger.run(recording(call="given up")))
        kept = asyncio.ensure_future(sqlite_ledger.run(recording(call="kept")))
        await asyncio.sleep(0)
        given_up.cancel()
        return await kept

    assert asyncio.run(ask()) == "kept"
    assert calls(sqlite_ledger) == ["given up", "kept"]


def test_an_event_loop_that_is_gone_disturbs_nobody(sqlite_ledger: Ledger) -> None:
    with one_batch(sqlite_ledger) as crowd:
        loop = asyncio.new_event_loop()

        async def leave() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sqlite_ledger.run(recording(call="left")), timeout=0.01)

        loop.run_until_complete(leave())
        loop.close()
        crowd._waiting += 1
        stayed = crowd.ask(recording(call="stayed"))
    assert stayed.result() == "stayed"
    assert calls(sqlite_ledger) == ["left", "stayed"]


def test_a_job_that_waits_for_another_job_is_told_so(sqlite_ledger: Ledger) -> None:
    with pytest.raises(RuntimeError):
        sqlite_ledger.run_sync(lambda _: sqlite_ledger.run_sync(recording()))


# ── a challenge counts once ──


def test_of_the_same_challenge_in_one_batch_the_first_is_let_in(ledger: Ledger) -> None:
    with one_batch(ledger) as crowd:
        results = [
            crowd.ask(recording(nonce, call=f"{nonce} {number}"))
            for number, nonce in enumerate(["contested", "own", "contested", "contested", "another"])
        ]
    assert [result.exception() and type(result.exception()) for result in results] == [
        None,
        None,
        NonceUsedError,
        NonceUsedError,
        None,
    ]
    assert calls(ledger) == ["contested 0", "own 1", "another 4"]


def test_of_many_who_answer_the_same_challenge_at_once_one_is_let_in(ledger: Ledger, database_url: str) -> None:
    """Through two ledgers on one database, as two worker processes have them."""
    other, start = Ledger.open(database_url, Clock()), threading.Barrier(8)

    def answer(own: Ledger) -> bool:
        start.wait()
        try:
            own.run_sync(recording("contested"))
        except NonceUsedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        let_in = list(threads.map(answer, [ledger, other] * 4))
    other.close()
    assert sum(let_in) == 1
    assert calls(ledger) == ["test"]


@pytest.mark.daemon
def test_a_challenge_counts_once_among_programs_that_share_the_database(ledger: Ledger, database_url: str) -> None:
    count = 60
    command = [sys.executable, "-m", "tests.mock_server.contender", database_url, str(count)]
    programs = [
        subprocess.Popen([*command, str(seed)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for seed in range(3)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.close()
    let_in: list[str] = []
    for program in programs:
        with program:
            assert program.stdout is not None
            let_in += json.loads(program.stdout.read())
    assert sorted(let_in) == sorted(f"nonce {number}" for number in range(count))
    assert len(calls(ledger)) == count


# ── the end ──


def test_closing_finishes_what_waits_and_lets_nothing_more_in(ledger: Ledger) -> None:
    with ThreadPoolExecutor(1) as closer:
        with one_batch(ledger) as crowd:
            results = [crowd.ask(recording(call=str(number))) for number in range(5)]
            closing = closer.submit(ledger.close)
            assert eventually(lambda: ledger._closing)
            with pytest.raises(RegistryError):
                ledger.run_sync(recording())
        closing.result()
    assert [result.result() for result in results] == [str(number) for number in range(5)]
    ledger.close()


def test_a_ledger_that_nobody_asked_is_closed_as_well(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path}/store.sqlite", Clock())
    ledger.close()
    with pytest.raises(RegistryError):
        ledger.run_sync(recording())


def test_the_ledger_has_one_thread_and_leaves_none(tmp_path: Path) -> None:
    before = set(threading.enumerate())  # other tests' servers may still be at their end

    def ledgers() -> int:
        return [thread.name for thread in set(threading.enumerate()) - before].count("ledger")

    ledger = Ledger.open(f"sqlite:///{tmp_path}/store.sqlite", Clock())
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: ledger.run_sync(recording()), range(8)))
        assert ledgers() == 1
    ledger.close()
    assert ledgers() == 0


# ── a database in trouble ──


@contextmanager
def written_by_somebody_else(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def is_impatient(tx: Transaction) -> None:
    tx.connection.exec_driver_sql("PRAGMA busy_timeout = 20")


def test_a_store_locked_by_another_program_is_told_to_all_at_once_and_works_again_later(
    sqlite_ledger: Ledger, tmp_path: Path
) -> None:
    sqlite_ledger.run_sync(is_impatient)
    with written_by_somebody_else(tmp_path / "store.sqlite"):
        tried: list[str] = []
        with one_batch(sqlite_ledger) as crowd:
            event.listen(sqlite_ledger._engine, "before_cursor_execute", lambda *args: tried.append(args[2]))
            results = [crowd.ask(recording()) for _ in range(5)]
        assert [type(result.exception()) for result in results] == [RegistryError] * 5
        assert tried == ["BEGIN IMMEDIATE"], "each of them waited for the lock"
        assert sqlite_ledger.run_sync(lambda tx: tx.now(), reads=True) == TODAY
    assert sqlite_ledger.run_sync(recording(call="later")) == "later"
    assert calls(sqlite_ledger) == ["later"]


def lose_connections(server: PrivatePostgresql, ledger: Ledger) -> None:
    name = database_of(ledger.url.render_as_string())
    server.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.mark.daemon
def test_a_connection_lost_between_two_jobs_is_not_noticed(
    postgresql_ledger: Ledger, postgresql: PrivatePostgresql
) -> None:
    postgresql_ledger.run_sync(recording(call="before"))
    lose_connections(postgresql, postgresql_ledger)
    postgresql_ledger.run_sync(recording(call="after"))
    assert calls(postgresql_ledger) == ["before", "after"]


@pytest.mark.daemon
def test_a_connection_lost_inside_a_job_is_made_good_once(
    postgresql_ledger: Ledger, postgresql: PrivatePostgresql
) -> None:
    runs: list[int] = []

    def job(tx: Transaction) -> None:
        register(f"run {len(runs)}")(tx)
        runs.append(1)
        if len(runs) == 1:
            lose_connections(postgresql, postgresql_ledger)
        tx.connection.execute(text("SELECT 1"))

    postgresql_ledger.run_sync(job)
    assert len(runs) == 2
    assert registered(postgresql_ledger) == ["run 1"]


@pytest.mark.daemon
def test_a_connection_lost_at_the_commit_is_told_because_nobody_knows(
    postgresql_ledger: Ledger, postgresql: PrivatePostgresql
) -> None:
    runs: list[int] = []

    def job(tx: Transaction) -> None:
        runs.append(1)
        tx.record_now(Exchange(at=TODAY, call="test"))
        event.listen(engine(), "commit", lambda _: lose_connections(postgresql, postgresql_ledger), once=True)

    def engine() -> Engine:
        return postgresql_ledger._engine

    with pytest.raises(RegistryError):
        postgresql_ledger.run_sync(job)
    assert len(runs) == 1
    assert calls(postgresql_ledger) == []


@pytest.mark.daemon
def test_a_database_that_is_away_is_told_and_found_again(
    postgresql_ledger: Ledger, postgresql: PrivatePostgresql
) -> None:
    postgresql_ledger.run_sync(recording(call="before"))
    postgresql.stop()
    try:
        with pytest.raises(RegistryError):
            postgresql_ledger.run_sync(recording(call="meanwhile"))
    finally:
        postgresql.start()
    postgresql_ledger.run_sync(recording(call="after"))
    assert calls(postgresql_ledger) == ["before", "after"]


@pytest.mark.daemon
def test_two_workers_that_wait_for_each_other_both_get_there(postgresql: PrivatePostgresql) -> None:
    """Each has one row and wants the other's; the database breaks one of them off, which begins again."""
    url = postgresql.new_database()
    workers = [Ledger.open(url, Clock()) for _ in range(2)]
    workers[0].run_sync(recording(call="one"))
    workers[0].run_sync(recording(call="two"))
    both_have_one = threading.Barrier(2)
    begun: list[str] = []

    def taking(first: str, second: str) -> Job[None]:
        row = tables.exchange

        def job(tx: Transaction) -> None:
            begun.append(first)
            tx.connection.execute(update(row).where(row.c.call == first).values(took_us=row.c.took_us + 1))
            if begun.count(first) == 1:
                both_have_one.wait(LONG_ENOUGH_S)
            tx.connection.execute(update(row).where(row.c.call == second).values(took_us=row.c.took_us + 1))

        return job

    with ThreadPoolExecutor(2) as threads:
        waiting = [
            threads.submit(worker.run_sync, taking(*order))
            for worker, order in zip(workers, (("one", "two"), ("two", "one")), strict=True)
        ]
        for one in waiting:
            one.result()
    assert sorted(begun) in (["one", "one", "two"], ["one", "two", "two"])
    counted = select(tables.exchange.c.took_us)
    assert workers[0].run_sync(lambda tx: tx.connection.execute(counted).scalars().all(), reads=True) == [2, 2]
    for worker in workers:
        worker.close()
    postgresql.drop_database(url)


@pytest.mark.daemon
def test_a_database_that_comes_back_without_keeping_its_word_is_refused_every_time(
    postgresql_ledger: Ledger, postgresql: PrivatePostgresql
) -> None:
    postgresql_ledger.run_sync(recording(call="before"))
    postgresql.stop()
    postgresql.start(fsync=False)
    try:
        for _ in range(3):
            with pytest.raises(RegistryError) as refused:
                postgresql_ledger.run_sync(recording(call="meanwhile"))
            assert isinstance(refused.value.__cause__, NotDurableError)
    finally:
        postgresql.stop()
        postgresql.start()
    postgresql_ledger.run_sync(recording(call="after"))
    assert calls(postgresql_ledger) == ["before", "after"]


@pytest.mark.daemon
@pytest.mark.parametrize("setting", ["synchronous_commit", "full_page_writes", "fsync"])
def test_a_database_that_does_not_keep_its_word_is_not_opened(postgresql: PrivatePostgresql, setting: str) -> None:
    url = postgresql.new_database()
    if setting == "synchronous_commit":
        postgresql.ask(f"ALTER DATABASE {database_of(url)} SET synchronous_commit = off")
    else:
        postgresql.ask(f"ALTER SYSTEM SET {setting} = off")
        postgresql.stop()
        postgresql.start(fsync=setting != "fsync")
    try:
        with pytest.raises(NotDurableError) as refused:
            Ledger.open(url, Clock())
        assert refused.value.setting == setting
    finally:
        postgresql.ask("ALTER SYSTEM RESET ALL")
        postgresql.stop()
        postgresql.start()
        postgresql.drop_database(url)

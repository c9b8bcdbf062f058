"""One thread for what can hang: limits, cancelling, late answers, tidying up."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from reader.errors import (
    CardRemovedError,
    CardTimeoutError,
    OperationCancelledError,
    TransportError,
)
from reader.transports.worker import Worker
from tests.fair_limits import LONG_ENOUGH_S, FairWorker

SOON_S = 0.05
"""A limit for what never comes in time anyway."""


class Hanging:
    """An operation that comes back when the test lets it."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.began.set()
        self.let_go.wait()
        return "too late"

    def hangs(self, thread: threading.Thread) -> bool:
        """Whether it is under way, on whatever thread."""
        return self.began.is_set() and not self.let_go.is_set()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.let_go.set()


def ended(worker: Worker) -> bool:
    worker.end(TransportError)
    return worker.wait(LONG_ENOUGH_S)


def in_another_thread(worker: Worker, operation: Hanging, seen: list[object]) -> threading.Thread:
    """Runs the operation there and keeps its result or error; gives back once it is under way."""

    def call() -> None:
        try:
            seen.append(worker.run(operation, LONG_ENOUGH_S))
        except TransportError as error:
            seen.append(type(error))

    thread = threading.Thread(target=call)
    thread.start()
    assert operation.began.wait(LONG_ENOUGH_S)
    return thread


def test_every_operation_runs_on_the_one_thread_which_is_not_the_callers() -> None:
    worker = Worker("one")
    threads = {worker.run(threading.current_thread, LONG_ENOUGH_S) for _ in range(20)}
    assert len(threads) == 1
    (thread,) = threads
    assert (thread.name, thread.daemon) == ("one", True)
    assert thread is not threading.current_thread()
    assert ended(worker)
    assert not thread.is_alive()


def test_what_an_operation_raises_is_the_callers_and_the_worker_goes_on() -> None:
    worker = Worker("raises")

    def fail() -> None:
        raise CardRemovedError

    for _ in range(2):
        with pytest.raises(CardRemovedError):
            worker.run(fail, LONG_ENOUGH_S)
    assert worker.run(lambda: "still there", LONG_ENOUGH_S) == "still there"
    assert ended(worker)


def test_operations_of_many_threads_never_overlap_and_each_gets_its_own_answer() -> None:
    worker = Worker("many")
    inside: list[int] = []
    faults: list[str] = []

    def ask(own: int) -> None:
        def operation() -> int:
            inside.append(own)
            if len(inside) != 1:
                faults.append("two at once")
            return inside.pop()

        for _ in range(100):
            if worker.run(operation, LONG_ENOUGH_S) != own:
                faults.append("another's answer")

    threads = [threading.Thread(target=ask, args=(own,)) for own in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_ENOUGH_S)
    assert faults == []
    assert ended(worker)


def test_who_waits_too_long_hears_it_at_once_and_the_answer_is_never_delivered(hanging: Hanging) -> None:
    tidied = threading.Event()
    worker = FairWorker(hanging.hangs, "late", tidied.set)
    began = time.monotonic()
    with pytest.raises(CardTimeoutError):
        worker.run(hanging, SOON_S)
    assert time.monotonic() - began < LONG_ENOUGH_S
    assert worker.busy
    assert not tidied.is_set()  # that thread is still in the driver
    with pytest.raises(CardTimeoutError):  # and this one has no more to say
        worker.run(lambda: "another", LONG_ENOUGH_S)
    hanging.let_go.set()
    assert tidied.wait(LONG_ENOUGH_S)
    assert worker.wait(LONG_ENOUGH_S)
    with pytest.raises(CardTimeoutError):
        worker.run(lambda: "another", LONG_ENOUGH_S)


def test_ending_it_releases_who_waits_with_the_reason(hanging: Hanging) -> None:
    tidied = threading.Event()
    worker = Worker("cancelled", tidied.set)
    seen: list[object] = []
    thread = in_another_thread(worker, hanging, seen)
    worker.end(OperationCancelledError)
    worker.end(CardRemovedError)  # only the first reason counts
    thread.join(LONG_ENOUGH_S)
    assert seen == [OperationCancelledError]
    with pytest.raises(OperationCancelledError):
        worker.run(lambda: None, LONG_ENOUGH_S)
    assert not tidied.is_set()
    hanging.let_go.set()
    assert tidied.wait(LONG_ENOUGH_S)
    assert seen == [OperationCancelledError]


def test_ending_an_idle_worker_tidies_up_at_once_and_on_its_own_thread() -> None:
    where: list[threading.Thread] = []
    worker = Worker("idle", lambda: where.append(threading.current_thread()))
    own = worker.run(threading.current_thread, LONG_ENOUGH_S)
    assert not worker.busy
    assert not worker.ended
    assert ended(worker)
    assert where == [own]


def test_an_operation_waiting_for_its_turn_is_not_begun_after_the_end(hanging: Hanging) -> None:
    worker = Worker("turn")
    seen: list[object] = []
    first = in_another_thread(worker, hanging, seen)
    begun, wiped = threading.Event(), threading.Event()

    def wait_for_a_turn() -> None:
        with contextlib.suppress(OperationCancelledError):
            worker.run(begun.set, LONG_ENOUGH_S, afterwards=wiped.set)

    second = threading.Thread(target=wait_for_a_turn)
    second.start()
    worker.end(OperationCancelledError)
    first.join(LONG_ENOUGH_S)
    second.join(LONG_ENOUGH_S)
    hanging.let_go.set()
    assert worker.wait(LONG_ENOUGH_S)
    assert wiped.is_set()
    assert not begun.is_set()


def test_an_operation_that_nobody_waits_for_any_more_is_not_begun() -> None:
    """The machine was too busy to begin it in time: a PIN whose visit was called off is not sent after all."""
    gate = threading.Event()

    class BusyMachine(Worker):
        def _work(self) -> None:
            gate.wait()
            super()._work()

    worker = BusyMachine("late")
    begun, wiped = threading.Event(), threading.Event()
    with pytest.raises(CardTimeoutError):
        worker.run(begun.set, 0.01, afterwards=wiped.set)
    gate.set()
    assert worker.wait(LONG_ENOUGH_S)
    assert wiped.is_set()
    assert not begun.is_set()


def test_what_comes_afterwards_comes_once_whatever_happens(hanging: Hanging) -> None:
    done: list[str] = []
    worker = FairWorker(hanging.hangs, "afterwards")
    worker.run(lambda: None, LONG_ENOUGH_S, afterwards=lambda: done.append("answered"))

    def fail() -> None:
        raise CardRemovedError

    with pytest.raises(CardRemovedError):
        worker.run(fail, LONG_ENOUGH_S, afterwards=lambda: done.append("raised"))
    wiped = threading.Event()
    with pytest.raises(CardTimeoutError):
        worker.run(hanging, SOON_S, afterwards=wiped.set)
    assert hanging.began.is_set()
    assert not wiped.is_set()  # the driver may still read what it was given
    hanging.let_go.set()
    assert wiped.wait(LONG_ENOUGH_S)
    with pytest.raises(CardTimeoutError):
        worker.run(lambda: None, LONG_ENOUGH_S, afterwards=lambda: done.append("refused"))
    assert done == ["answered", "raised", "refused"]
    assert worker.wait(LONG_ENOUGH_S)


def test_an_idle_worker_keeps_nothing_of_what_was_said_alive() -> None:
    class Secret:
        """Stands for a buffer that held a PIN."""

    worker = Worker("forgets")
    secret = Secret()
    watch = weakref.ref(secret)
    worker.run(lambda kept=secret: None, LONG_ENOUGH_S)  # type: ignore[misc]
    del secret
    # The thread has put its answer but may not have come round to the next wait yet.
    deadline = time.monotonic() + LONG_ENOUGH_S
    while watch() is not None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.001)
    assert watch() is None
    assert ended(worker)


def test_an_interrupted_caller_leaves_no_answer_for_the_next_one() -> None:
    """Ctrl+C while a command is under way: its answer must not be taken for that of another."""
    worker = Worker("interrupted")

    class Queue:
        def get(self, timeout: float) -> object:
            raise KeyboardInterrupt

        def put(self, answer: object) -> None:
            """Comes too late."""

    worker._answers = Queue()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        worker.run(lambda: "late", LONG_ENOUGH_S)
    assert worker.ended
    with pytest.raises(TransportError):
        worker.run(lambda: "next", LONG_ENOUGH_S)
    assert worker.wait(LONG_ENOUGH_S)


def test_a_thousand_workers_leave_no_thread() -> None:
    before = threading.active_count()
    for _ in range(1000):
        worker = Worker("short")
        assert worker.run(lambda: 1, LONG_ENOUGH_S) == 1
        assert ended(worker)
    assert threading.active_count() <= before

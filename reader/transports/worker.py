"""One thread that does one thing after the other, each within a time limit, for somebody who must never hang.

Owns: the hand-over of an operation and its answer, the time limit, and what happens to an operation that is cut off.
A driver's call cannot be stopped from outside. So nobody waits for it longer than allowed: the caller gets its error
at once, the answer that comes later is dropped, and the thread itself tidies up as soon as the call lets it go.
Knows no PC/SC and no card.
What breaks if this is wrong: the counter hangs with a hung reader; a late answer is taken for that of the next command,
or a card stays powered with a verified PIN.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from reader.errors import CardTimeoutError, OperationCancelledError, TransportError

T = TypeVar("T")

_VALUE: Final = 0
_ERROR: Final = 1
_CUT_OFF: Final = 2
"""What an answer is: the operation's result, what it raised, or that nobody waits for it any more."""
_LOOK_S: Final = 0.05
"""How often a wait that may be given up looks whether it was, in seconds: no thread can wait for two things at once."""


def nothing() -> None:
    """The tidying up of an operation that leaves nothing behind."""


class Worker:
    """Runs operations on a thread of its own until it is ended; `last` runs there at the very end, whatever happened.

    Any thread may call any method; operations of several threads run one after the other. The thread starts at once
    and does not keep the process from ending.
    """

    def __init__(self, name: str, last: Callable[[], None] = nothing) -> None:
        """`name`: the thread's. `last` must not raise; it runs after the operation under way, if there is one."""
        self._last = last
        self._turn = threading.Lock()
        self._deciding = threading.Lock()
        # A SimpleQueue and not a Condition: two locks of the interpreter's own, the cheapest way there and back.
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Callable[[], None]] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._busy = False
        self._reason: type[TransportError] | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(
        self,
        operation: Callable[[], T],
        limit_s: float,
        *,
        afterwards: Callable[[], None] = nothing,
        given_up: threading.Event | None = None,
    ) -> T:
        """Do `operation` on the thread and give its result, or raise what it raised.

        `afterwards` (it must not raise) is called exactly once when the operation is over, or will never begin: in
        the worker's thread also long after this call was cut off. An operation that nobody waits for is not begun.
        Whoever sets `given_up`, also in a signal's handler, ends the wait.

        Raises:
            CardTimeoutError: It took longer than `limit_s` seconds. The worker is ended.
            OperationCancelledError: `given_up` was set before it was over. The worker is ended.
            TransportError: Of the kind that `end` was given, before or meanwhile.
        """
        with self._turn:
            with self._deciding:
                reason = self._reason
                if reason is None:
                    self._busy = True
                    self._jobs.put((operation, afterwards))
            if reason is not None:
                afterwards()
                raise reason
            try:
                outcome, value = self._answer(limit_s, given_up)
            except Empty:
                reason = CardTimeoutError if given_up is None or not given_up.is_set() else OperationCancelledError
                self.end(reason)
                raise reason from None
            except BaseException:  # Ctrl+C: the answer that is still to come must never be the next operation's
                self.end(TransportError)
                raise
        if outcome == _VALUE:
            return value  # type: ignore[no-any-return]
        try:
            raise value
        finally:
            del value  # or the error and this frame keep each other alive

    def _answer(self, limit_s: float, given_up: threading.Event | None) -> tuple[int, Any]:
        """The next answer. Raises Empty where the time is over before it comes, or `given_up` is set."""
        if given_up is None:
            return self._answers.get(timeout=limit_s)
        deadline = time.monotonic() + limit_s
        while True:
            left = deadline - time.monotonic()
            try:
                return self._answers.get(timeout=max(0.0, min(left, _LOOK_S)))
            except Empty:
                if left <= 0 or given_up.is_set():
                    raise

    def end(self, reason: type[TransportError]) -> None:
        """Take no more operations; who waits for one gets `reason` now. Never waits. Only the first reason counts."""
        with self._deciding:
            if self._reason is None:
                self._reason = reason
                self._jobs.put(None)
                if self._busy:
                    self._answers.put((_CUT_OFF, reason))

    def wait(self, limit_s: float) -> bool:
        """Whether the thread, which was ended, is over; waits at most `limit_s` seconds for it."""
        if self._thread is not threading.current_thread():
            self._thread.join(limit_s)
        return not self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether an operation is under way, be it one that nobody waits for any more."""
        return self._busy

    @property
    def ended(self) -> bool:
        """Whether it takes no more operations; the thread may still be held up in its last one."""
        return self._reason is not None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            operation, afterwards = job
            answer: tuple[int, Any] = (_CUT_OFF, TransportError)
            try:
                if self._reason is None:
                    answer = (_VALUE, operation())
            except BaseException as error:  # whatever it is, it belongs to who asked for the operation
                answer = (_ERROR, error)
            afterwards()
            self._busy = False
            self._answers.put(answer)
            # An idle thread keeps nothing of what was said alive.
            del job, operation, afterwards, answer
        self._last()

"""Questions to the PC/SC service, each within a time limit: a service may take a connection and never answer.

Owns: the thread that a question is asked in, and what happens to one that was cut off. Knows no PC/SC itself: a
question makes its own context, uses it and lets go of it, all in that thread.
Rule: while a question is unanswered no further one is sent after it, because it would hang behind it (libpcsclite lets
one thread at a time tie up). So a service that stays silent costs a thread and a descriptor, not one with every look.
What breaks if this is wrong: a command that neither Ctrl-C nor SIGTERM ends, or a counter that draws nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from reader.errors import CardTimeoutError, OperationCancelledError, ServiceUnavailableError, TransportError
from reader.transports.worker import Worker

T = TypeVar("T")

STILL_SILENT_S: Final = 1.0
"""How long a question that was cut off is waited for before the next one, in seconds: it had its whole limit before."""
_LOOK_S: Final = 0.05
"""How often that wait looks whether it was given up, in seconds."""
_ENDING_S: Final = 1.0
"""How long the thread of an answered question may take to end, in seconds: it has nothing left to do."""

_guard = threading.Lock()
_unanswered: list[Worker] = []
"""The threads of questions that nobody waits for any more; more than one only where several threads asked at once."""


def ask(question: Callable[[], T], limit_s: float, *, given_up: threading.Event | None = None) -> T:
    """What `question` gives, or raises, in a thread of its own. Any thread may ask; a signal is heard meanwhile.

    A question that is cut off goes on behind everybody's back, and has to let go of what it took when it is over. It
    asks no other question.

    Raises:
        ServiceUnavailableError: `service_silent`: no answer within `limit_s` seconds, or none yet to an earlier one.
        OperationCancelledError: `given_up` was set before the answer came.
    """
    _wait_for_the_unanswered(min(limit_s, STILL_SILENT_S), given_up)
    worker = Worker("madoguchi-pcsc-question")
    try:
        return worker.run(question, limit_s, given_up=given_up)
    except CardTimeoutError as error:
        raise ServiceUnavailableError("service_silent") from error
    finally:
        worker.end(TransportError)
        if worker.busy:
            with _guard:
                _unanswered.append(worker)
        else:
            worker.wait(_ENDING_S)


def _wait_for_the_unanswered(limit_s: float, given_up: threading.Event | None) -> None:
    """Return once no question hangs. Raises as `ask`."""
    deadline = time.monotonic() + limit_s
    while (worker := _hanging()) is not None:
        if given_up is not None and given_up.is_set():
            raise OperationCancelledError
        left = deadline - time.monotonic()
        if left <= 0:
            raise ServiceUnavailableError("service_silent")
        worker.wait(min(left, _LOOK_S))


def _hanging() -> Worker | None:
    """A question that is still unanswered; those that are over are forgotten."""
    with _guard:
        _unanswered[:] = [worker for worker in _unanswered if not worker.wait(0.0)]
        return _unanswered[0] if _unanswered else None

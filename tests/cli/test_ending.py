"""A signal ends a command that waits, wherever in its waiting it strikes."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from types import FrameType

import pytest

from kiosk.cli.ending import stopped_by_signals

LONG_ENOUGH_S = 60


class _StruckWhileLocked(threading.Event):
    """An event whose waiter gets the signal at the worst moment: it holds the event's own lock."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self._number = number

    def wait(self, timeout: float | None = None) -> bool:
        with self._cond:  # type: ignore[attr-defined]
            os.kill(os.getpid(), self._number)
        return super().wait(timeout)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait_also_where_the_waiter_holds_the_events_lock(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    stop = _StruckWhileLocked(number)
    faulthandler.dump_traceback_later(LONG_ENOUGH_S, exit=True)  # a lock taken twice can be ended by nothing else
    try:
        with stopped_by_signals(stop):
            assert stop.wait(LONG_ENOUGH_S)
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert signal.getsignal(number) == before


def test_without_a_signal_nothing_is_set_and_no_thread_is_left() -> None:
    threads, stop = threading.active_count(), threading.Event()
    with stopped_by_signals(stop):
        pass
    assert not stop.is_set()
    assert threading.active_count() == threads


def test_two_signals_are_one_wish() -> None:
    heard: list[FrameType | None] = []
    before = signal.signal(signal.SIGTERM, lambda _number, frame: heard.append(frame))
    stop = threading.Event()
    try:
        with stopped_by_signals(stop):
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.wait(LONG_ENOUGH_S)
        assert heard == []
    finally:
        signal.signal(signal.SIGTERM, before)

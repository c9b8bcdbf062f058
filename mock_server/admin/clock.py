"""Moving the server's clock: to a moment, by a while, standing still, going on.

The clock is the whole server's: every test run sees it moved. What breaks if wrong: a rehearsal of another day silently
happens today.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from eligibility.calendar import JST
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.control import read_control, set_clock
from mock_server.registry.transaction import Transaction

FIRST: Final = datetime(2016, 1, 1, tzinfo=JST)
"""The earliest moment: the month in which the first My Number cards were handed out."""
LAST: Final = datetime(9990, 12, 31, tzinfo=JST)
"""The latest: room enough before the year 9999, the last that a date-time or a certificate can hold."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the server's clock says, how far it is from the clock the server was started with, and whether it stands."""

    now: datetime
    moved: timedelta | None
    """None where it stands still: then it is at no distance from a clock that goes."""

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self.moved is None


def clock_state(tx: Transaction) -> ClockState:
    """As it is now."""
    control = read_control(tx.connection)
    moved = control.clock_offset if control.frozen_at is None else None
    return ClockState(control.moved(tx.machine_now()), moved)


def set_to(tx: Transaction, moment: datetime) -> ClockState:
    """Go on from that moment (aware). Raises QualificationError CLOCK_RANGE."""
    return _go_on_from(tx, _allowed(moment))


def move(tx: Transaction, by: timedelta) -> ClockState:
    """Go forward, or back; a standing clock stays standing. Raises QualificationError CLOCK_RANGE."""
    state = clock_state(tx)
    try:
        moved = _allowed(state.now + by)
    except OverflowError:
        raise _out_of_range() from None
    return _write(tx, timedelta(), moved) if state.moved is None else _write(tx, state.moved + by, None)


def freeze(tx: Transaction, moment: datetime | None = None) -> ClockState:
    """Stand still, at `moment` (aware) or now. Raises QualificationError CLOCK_RANGE."""
    return _write(tx, timedelta(), clock_state(tx).now if moment is None else _allowed(moment))


def run(tx: Transaction) -> ClockState:
    """Go on from where it stands; nothing happens where it goes."""
    state = clock_state(tx)
    return _go_on_from(tx, state.now) if state.frozen else state


def reset(tx: Transaction) -> ClockState:
    """The clock the server was started with (`--date`) again."""
    return _write(tx, timedelta(), None)


def _go_on_from(tx: Transaction, moment: datetime) -> ClockState:
    # Kept in whole seconds; up, so that the clock is never before the moment that was asked for.
    away = (moment - tx.machine_now()).total_seconds()
    return _write(tx, timedelta(seconds=math.ceil(away)), None)


def _write(tx: Transaction, moved: timedelta, frozen_at: datetime | None) -> ClockState:
    set_clock(tx.connection, moved, frozen_at)
    tx.changed()
    return clock_state(tx)


def read_moment(text: str) -> datetime:
    """A moment as a person writes it, `2026-12-01T08:30`; without an offset it is Japanese time.

    Raises:
        QualificationError: CLOCK_RANGE.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _out_of_range() from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=JST)


def _allowed(moment: datetime) -> datetime:
    if not FIRST <= moment < LAST:
        raise _out_of_range()
    return moment.astimezone(JST)


def _out_of_range() -> QualificationError:
    return QualificationError(Refusal.CLOCK_RANGE, first=FIRST.date().isoformat(), last=LAST.date().isoformat())

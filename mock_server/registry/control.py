"""What every worker process must agree on: the server's clock, and a number that grows when what is in memory gets old.

One row. Whoever changes people, scenarios or the clock adds one to `version` in the same transaction; whoever has a
copy of such things throws it away when the number is another one. What breaks if wrong: an armed scenario that one of
two workers does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, text, update

from eligibility.calendar import JST
from mock_server.registry.tables import control

_ROW: Final = str(select(control.c.version, control.c.clock_offset_s, control.c.clock_frozen_at).where(text("id = 1")))
"""As text, because it is read for every transaction."""


@dataclass(frozen=True, slots=True)
class Control:
    """The row. `clock_offset` is added to the machine's clock; where `frozen_at` is set the clock stands there."""

    version: int = 0
    clock_offset: timedelta = timedelta()
    frozen_at: datetime | None = None

    def moved(self, now: datetime) -> datetime:
        """The server's clock when the machine's says `now` (aware)."""
        return (self.frozen_at or now + self.clock_offset).astimezone(JST)


def read_control(connection: Connection) -> Control:
    """The row as it is; made where there is none yet."""
    row = connection.exec_driver_sql(_ROW).one_or_none()
    if row is None:
        connection.execute(insert(control).values(id=1, version=1, clock_offset_s=0, clock_frozen_at=None))
        return Control(version=1)
    frozen = None if row.clock_frozen_at is None else datetime.fromisoformat(row.clock_frozen_at)
    return Control(row.version, timedelta(seconds=row.clock_offset_s), frozen)


def hold_version(connection: Connection) -> int:
    """The version as it is now; until the end of the transaction nobody else can count it up.

    The lock is the one that counting up takes, so whoever does both never waits for somebody who wants to do both too.
    SQLite knows no such lock and needs none: whoever writes is alone.
    """
    query = select(control.c.version).where(control.c.id == 1).with_for_update(key_share=True)
    return int(connection.execute(query).scalar_one())


def count_up(connection: Connection) -> None:
    """Tell every process that what it keeps in memory is old."""
    connection.execute(update(control).where(control.c.id == 1).values(version=control.c.version + 1))


def set_clock(connection: Connection, offset: timedelta, frozen_at: datetime | None) -> None:
    """Move the server's clock: by whole seconds, or to stand at a moment (aware)."""
    connection.execute(
        update(control)
        .where(control.c.id == 1)
        .values(
            version=control.c.version + 1,
            clock_offset_s=int(offset.total_seconds()),
            clock_frozen_at=None if frozen_at is None else frozen_at.astimezone(JST).isoformat(),
        )
    )

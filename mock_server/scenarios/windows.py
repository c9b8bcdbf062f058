"""When a closed service is closed: every night between two times of day, or once between two moments.

Pure. What breaks if wrong: a counter that rehearses the evening is served, or one at noon is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from mock_server.scenarios.parameters import Value


def night_ends_in(now: datetime, params: Mapping[str, Value]) -> int | None:
    """Seconds until the service opens again; None where it is open. `from` after `until` means over midnight."""
    begins, ends = time.fromisoformat(str(params["from"])), time.fromisoformat(str(params["until"]))
    at = now.time()
    closed = begins <= at < ends if begins <= ends else at >= begins or at < ends
    if not closed:
        return None
    opens = datetime.combine(now.date(), ends, now.tzinfo)
    if opens <= now:
        opens += timedelta(days=1)
    return _seconds(opens - now)


def maintenance_ends_in(now: datetime, params: Mapping[str, Value]) -> tuple[bool, int | None]:
    """Whether it is going on, and seconds until its end where it has one. Without limits it goes on while armed."""
    begins, ends = _moment(params["from"]), _moment(params["until"])
    if (begins is not None and now < begins) or (ends is not None and now >= ends):
        return False, None
    return True, None if ends is None else _seconds(ends - now)


def _moment(value: Value) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _seconds(left: timedelta) -> int:
    """Whole seconds, and one more where a part of one is left."""
    return -int(-left.total_seconds() // 1)

"""When the staff side locks by itself, as values: no screen."""

from __future__ import annotations

from kiosk.staff.lock import Lock


def test_the_time_of_the_lock_begins_anew_with_each_key() -> None:
    lock = Lock(60).opened(100)
    assert not lock.due(159)
    assert lock.due(160)
    assert not lock.used(150).due(209)
    assert not lock.closed().due(1000)
    assert not lock.closed().used(10).open

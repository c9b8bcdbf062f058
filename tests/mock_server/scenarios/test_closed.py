"""The service is closed: by hand, between two moments, or every night by the server's clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from eligibility.calendar import JST
from mock_server.scenarios.windows import maintenance_ends_in, night_ends_in
from tests.mock_server.conftest import Clock
from tests.mock_server.scenarios.visits import HttpCounter, code_of

NIGHT = {"from": "21:00", "until": "08:00"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2026-11-20T20:59:59", None),
        ("2026-11-20T21:00", 11 * 3600),
        ("2026-11-20T23:59:59", 8 * 3600 + 1),
        ("2026-11-21T00:00", 8 * 3600),
        ("2026-11-21T07:59:59", 1),
        ("2026-11-21T08:00", None),
        ("2026-11-21T12:00", None),
    ],
)
def test_a_night_over_midnight(moment: str, seconds: int | None) -> None:
    assert night_ends_in(at(moment), NIGHT) == seconds


@pytest.mark.parametrize(
    ("moment", "seconds"), [("2026-11-20T00:59", None), ("2026-11-20T01:00", 7200), ("2026-11-20T03:00", None)]
)
def test_a_night_within_one_day(moment: str, seconds: int | None) -> None:
    assert night_ends_in(at(moment), {"from": "01:00", "until": "03:00"}) == seconds


def test_a_night_of_the_same_two_times_never_comes() -> None:
    assert night_ends_in(at("2026-11-20T05:00"), {"from": "05:00", "until": "05:00"}) is None


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (None, None, (True, None)),
        ("2026-11-20T09:00+09:00", None, (True, None)),
        ("2026-11-20T09:01+09:00", None, (False, None)),
        (None, "2026-11-20T09:00:30+09:00", (True, 30)),
        (None, "2026-11-20T09:00+09:00", (False, None)),
    ],
)
def test_maintenance_between_two_moments(
    begins: str | None, ends: str | None, expected: tuple[bool, int | None]
) -> None:
    assert maintenance_ends_in(at("2026-11-20T09:00"), {"from": begins, "until": ends}) == expected


async def test_at_night_nobody_is_served_and_in_the_morning_everybody(counter: HttpCounter, clock: Clock) -> None:
    counter.arm("night_closure", times=None)
    clock.at = at("2026-11-20T20:59:00")
    assert (await counter.numbers()).status_code == 200
    clock.at = at("2026-11-20T21:00:00")
    for answer in (await counter.challenge(), await counter.numbers()):
        assert (answer.status_code, code_of(answer)) == (503, "MOCK-SERVICE-NIGHT-CLOSURE")
        assert answer.headers["retry-after"] == str(11 * 3600)
    clock.at = at("2026-11-21T08:00:00")
    assert (await counter.card()).status_code == 200


async def test_an_hour_at_which_it_is_open_uses_nothing_up(counter: HttpCounter, clock: Clock) -> None:
    counter.arm("night_closure")
    clock.at = at("2026-11-20T12:00:00")
    assert (await counter.numbers()).status_code == 200
    clock.at = at("2026-11-20T22:00:00")
    assert (await counter.numbers()).status_code == 503
    assert (await counter.numbers()).status_code == 200


async def test_maintenance_has_a_beginning_and_an_end(counter: HttpCounter, clock: Clock) -> None:
    counter.arm("maintenance", times=None, params={"from": "2026-11-20T09:30", "until": "2026-11-20T10:00"})
    assert (await counter.numbers()).status_code == 200
    clock.at = at("2026-11-20T09:30:00")
    closed = await counter.numbers()
    assert code_of(closed) == "MOCK-SERVICE-MAINTENANCE"
    assert closed.headers["retry-after"] == "1800"
    clock.at = at("2026-11-20T10:00:00")
    assert (await counter.numbers()).status_code == 200


async def test_maintenance_without_limits_goes_on_until_it_is_reset(counter: HttpCounter) -> None:
    counter.arm("maintenance", times=None)
    closed = await counter.challenge()
    assert code_of(closed) == "MOCK-SERVICE-MAINTENANCE"
    assert "retry-after" not in closed.headers

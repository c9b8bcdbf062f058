"""Nobody keeps the others from the counter: how many requests one address and one institution may send."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.composition import Backend, Exposure, build_app
from mock_server.errors import QualificationError, Refusal
from mock_server.rate_limits import MOST_KEPT, RateLimit, peer_key
from mock_server.serving import FAR_RATE, LOOPBACK_RATE
from tests.mock_server.conftest import INSTITUTION


class Ticking:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(limit: RateLimit, key: str = "a") -> int | None:
    """The seconds to wait, None where it was allowed."""
    try:
        limit.take(key)
    except QualificationError as refusal:
        told = refusal
    else:
        return None
    assert told.refusal is Refusal.RATE_LIMIT
    assert told.params["seconds"] == str(told.retry_after_s)
    return told.retry_after_s


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    clock = Ticking()
    limit = RateLimit(5, clock)
    assert [refused(limit) for _ in range(10)] == [None] * 10
    assert refused(limit) == 1
    clock.now += 0.2
    assert refused(limit) is None
    assert refused(limit) == 1


def test_one_sender_is_not_limited_by_another() -> None:
    limit = RateLimit(1, Ticking())
    while refused(limit, "greedy") is None:
        continue
    assert refused(limit, "modest") is None


def test_whoever_waits_as_told_is_answered() -> None:
    clock = Ticking()
    limit = RateLimit(0.25, clock)
    wait = None
    while wait is None:
        wait = refused(limit)
    assert wait == 4
    clock.now += wait
    assert refused(limit) is None


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_never_more_than_rate_and_burst_allow(pauses: list[float]) -> None:
    clock = Ticking()
    limit = RateLimit(3, clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += refused(limit) is None
    assert allowed <= 6 + 3 * sum(pauses) + 1e-6


def test_the_memory_is_bounded() -> None:
    limit = RateLimit(1, Ticking())
    for number in range(MOST_KEPT * 2):
        limit.take(str(number))
    assert len(limit) == MOST_KEPT


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_that_lets_nobody_in_is_not_made(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        RateLimit(rate)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_what_counts_as_one_peer(address: str | None, key: str) -> None:
    assert peer_key(address) == key


def test_the_limits_leave_room_for_every_genuine_use() -> None:
    """200 counters with a visit of two requests in ten seconds are 40 requests a second, here all from one address."""
    assert FAR_RATE > 2 * 40
    assert LOOPBACK_RATE > 100 * 40


async def test_challenges_are_limited_too_and_the_answer_says_when_to_come_again(backend: Backend) -> None:
    transport = httpx2.ASGITransport(app=build_app(backend, Exposure(rate=2)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        query = {"institution": INSTITUTION, "purpose": "qualification"}
        answers = [await client.post("/v1/challenge", json=query) for _ in range(8)]
    codes = [answer.status_code for answer in answers]
    assert codes[:4] == [200] * 4
    assert codes[-1] == 429
    assert answers[-1].json()["error"]["code"] == "MOCK-RATE-LIMIT"
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_an_institution_is_limited_from_whatever_addresses_it_comes(backend: Backend) -> None:
    app = build_app(backend, Exposure(rate=2))
    codes = []
    for number in range(8):
        transport = httpx2.ASGITransport(app=app, client=(f"192.0.2.{number}", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            query = {"institution": INSTITUTION, "purpose": "qualification"}
            codes.append((await client.post("/v1/challenge", json=query)).status_code)
    assert codes[:4] == [200] * 4
    assert 429 in codes


async def test_without_a_limit_there_is_none(backend: Backend) -> None:
    transport = httpx2.ASGITransport(app=build_app(backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert {(await client.get("/v1/health")).status_code for _ in range(50)} == {200}

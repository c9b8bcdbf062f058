"""`/admin/exchanges`: what was received, by every filter; waited for, streamed, and taken away."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from mock_server.admin import journal
from mock_server.admin.desk import ControlDesk
from mock_server.admin.feed import feed
from mock_server.admin.journal import Filters
from mock_server.composition import Backend
from mock_server.personas import find_persona
from mock_server.registry.exchanges import Exchange
from mock_server.registry.ledger import Ledger
from tests.mock_server.conftest import Clock
from tests.mock_server.scenarios.visits import HttpCounter, code_of

OTHER_INSTITUTION = "1312345686"


async def seen(admin: httpx2.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await admin.get("/admin/exchanges", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["exchanges"])


def calls(exchanges: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["call"], one["person"]) for one in exchanges]


@pytest.fixture
async def morning(counter: HttpCounter) -> HttpCounter:
    """Four questions in two runs, one of them by somebody else."""
    await counter.card("taro")
    await counter.numbers("hanako")
    await replace(counter, run="ci-1").card("hanako")
    await counter.numbers("taro", insured_identification_number="999")
    return counter


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (
            {},
            [
                ("qualification.card", "taro"),
                ("qualification.numbers", "hanako"),
                ("qualification.card", "hanako"),
                ("qualification.numbers", ""),
            ],
        ),
        ({"run": "ci-1"}, [("qualification.card", "hanako")]),
        ({"run": "", "persona": "hanako"}, [("qualification.numbers", "hanako")]),
        ({"call": "qualification.card"}, [("qualification.card", "taro"), ("qualification.card", "hanako")]),
        ({"call": "qualific"}, []),
        ({"outcome": "validity:4"}, [("qualification.numbers", "")]),
        ({"institution": OTHER_INSTITUTION}, []),
        ({"via": "folder"}, []),
        ({"limit": 1}, [("qualification.numbers", "")]),
    ],
)
async def test_exchanges_are_found_by_what_they_are(
    admin: httpx2.AsyncClient, morning: HttpCounter, filters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert morning.run == ""
    assert calls(await seen(admin, **filters)) == expected


async def test_a_group_of_calls_or_outcomes_is_one_word(admin: httpx2.AsyncClient, morning: HttpCounter) -> None:
    assert morning.run == ""
    assert len(await seen(admin, call="qualification")) == len(await seen(admin, outcome="validity")) == 4


async def test_exchanges_are_found_by_the_trouble_that_struck_them(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    counter.arm("latency", params={"mean_ms": 0}, call="qualification")
    counter.arm("truncated")
    await counter.numbers()
    await counter.numbers()
    for name in ("latency", "truncated"):
        assert [one["scenario"] for one in await seen(admin, scenario=name)] == ["latency, truncated"]
    assert await seen(admin, scenario="late") == []


async def test_one_after_the_other_is_read_on_from_where_one_was(
    admin: httpx2.AsyncClient, morning: HttpCounter
) -> None:
    first = (await admin.get("/admin/exchanges", params={"after": 0, "limit": 3})).json()
    assert len(first["exchanges"]) == 3
    rest = (await admin.get("/admin/exchanges", params={"after": first["last"]})).json()
    assert calls(rest["exchanges"]) == [("qualification.numbers", "")]
    nothing = (await admin.get("/admin/exchanges", params={"after": rest["last"]})).json()
    assert nothing == {"exchanges": [], "last": rest["last"]}
    assert morning.run == ""


async def test_waiting_ends_with_the_next_exchange(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    waiting = asyncio.create_task(seen(admin, after=0, wait_s=30))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await counter.numbers("taro")
    assert calls(await waiting) == [("qualification.numbers", "taro")]


async def test_one_exchange_shows_request_and_answer_masked(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    await counter.numbers("taro")
    (listed,) = await seen(admin)
    one = (await admin.get(f"/admin/exchanges/{listed['id']}")).json()
    assert one == listed
    assert one["answer"]["XmlMsg"]["MessageBody"]["QualificationValidity"] == "1"
    shown = json.dumps(one, ensure_ascii=False)
    persona = find_persona("taro")
    assert persona.person.name not in shown
    assert persona.numbers()["number"] not in shown


@pytest.mark.parametrize("number", ["0", "7", str(2**63 - 1)])
async def test_an_exchange_that_is_not_there_is_said_to_be_not_there(admin: httpx2.AsyncClient, number: str) -> None:
    answer = await admin.get(f"/admin/exchanges/{number}")
    assert (answer.status_code, code_of(answer)) == (404, "MOCK-EXCHANGE-UNKNOWN")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"run": "a b"}, "MOCK-REQUEST-RUN"),
        ({"limit": 0}, "MOCK-REQUEST-FIELD"),
        ({"after": "x"}, "MOCK-REQUEST-FIELD"),
        ({"after": -1}, "MOCK-REQUEST-FIELD"),
        ({"institution": "\x00"}, "MOCK-REQUEST-FIELD"),
        ({"persona": "\u202e"}, "MOCK-REQUEST-FIELD"),
        ({"wait_s": 31}, "MOCK-REQUEST-FIELD"),
        ({"wait_s": "nan"}, "MOCK-REQUEST-FIELD"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    admin: httpx2.AsyncClient, params: dict[str, Any], code: str
) -> None:
    answer = await admin.get("/admin/exchanges", params=params)
    assert (answer.status_code, code_of(answer)) == (400, code)


async def test_exchanges_are_taken_away_but_a_used_challenge_stays_used(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    challenge = (await counter.challenge()).json()
    await counter.signed_card(challenge)
    await replace(counter, run="ci-1").numbers()
    assert (await admin.delete("/admin/exchanges", params={"run": ""})).json() == {"deleted": 1}
    assert calls(await seen(admin)) == [("qualification.numbers", "taro")]
    assert code_of(await counter.signed_card(challenge)) == "MOCK-CHALLENGE-REPLAYED"
    left = await seen(admin)
    assert (await admin.delete("/admin/exchanges")).json() == {"deleted": len(left)}
    assert await seen(admin) == []
    assert code_of(await counter.signed_card(challenge)) == "MOCK-CHALLENGE-REPLAYED"


@pytest.mark.parametrize("number", ["-1", "-9999999999999999999999", "9999999999999999999999", "x"])
@pytest.mark.parametrize("where", ["exchanges", "scenarios"])
async def test_a_number_that_none_can_have_is_refused(admin: httpx2.AsyncClient, number: str, where: str) -> None:
    method = "GET" if where == "exchanges" else "DELETE"
    answer = await admin.request(method, f"/admin/{where}/{number}")
    assert (answer.status_code, code_of(answer)) == (400, "MOCK-REQUEST-FIELD")


# ── the stream ──


async def events(backend: Backend, wanted: Filters, begin: int | None, count: int) -> list[dict[str, Any]]:
    """The first `count` events with data."""
    found: list[dict[str, Any]] = []
    stream = feed(ControlDesk(backend.ledger), wanted, begin)
    async for block in stream:
        lines = dict(line.split(": ", 1) for line in block.strip().split("\n") if not line.startswith(":"))
        if lines:
            found.append({"event": lines["event"], "id": lines.get("id"), **json.loads(lines["data"])})
        if len(found) == count:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    return found


async def test_a_stream_brings_each_exchange_once_as_it_comes(backend: Backend, counter: HttpCounter) -> None:
    await counter.numbers("goro")
    reading = asyncio.create_task(events(backend, Filters(run=""), None, 3))
    await asyncio.sleep(0.1)
    for persona in ("taro", "hanako", "taro"):
        await counter.numbers(persona)
        await replace(counter, run="other").numbers(persona)
    assert [(one["event"], one["person"]) for one in await reading] == [
        ("exchange", "taro"),
        ("exchange", "hanako"),
        ("exchange", "taro"),
    ]


async def test_a_stream_goes_on_behind_an_id_and_tells_of_scenarios(backend: Backend, counter: HttpCounter) -> None:
    await counter.numbers("taro")
    await counter.numbers("hanako")
    first, second = await events(backend, Filters(), 0, 2)
    assert (first["person"], second["person"]) == ("taro", "hanako")
    (again,) = await events(backend, Filters(), int(first["id"]), 1)
    assert again["person"] == "hanako"
    reading = asyncio.create_task(events(backend, Filters(), None, 1))
    await asyncio.sleep(0.1)
    counter.arm("failed")
    assert [one["event"] for one in await reading] == ["control"]


async def test_a_stream_sees_an_exchange_that_was_committed_late_by_another_worker(
    backend: Backend, counter: HttpCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two workers the one with the lower id may commit after the other."""
    await counter.numbers("taro")
    await counter.numbers("hanako")
    hidden = backend.ledger.run_sync(lambda tx: journal.last_id(tx) - 1, reads=True)
    real, late = journal.after, [True]

    def without_the_first(*given: Any, **named: Any) -> list[dict[str, Any]]:
        found = real(*given, **named)
        return [one for one in found if one["id"] != hidden] if late[0] else found

    monkeypatch.setattr(journal, "after", without_the_first)
    stream = feed(ControlDesk(backend.ledger), Filters(), 0)
    assert [await anext(stream) for _ in range(2)][1].startswith(f"id: {hidden + 1}\n")
    late[0] = False
    assert (await anext(stream)).startswith(f"id: {hidden}\n")
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_stream_survives_the_clearing_of_what_it_showed(backend: Backend, counter: HttpCounter) -> None:
    for _ in range(3):
        await counter.numbers("taro")
    reading = asyncio.create_task(events(backend, Filters(), None, 1))
    await asyncio.sleep(0.4)
    backend.ledger.run_sync(lambda tx: journal.forget(tx, Filters()))
    await asyncio.sleep(0.4)
    await counter.numbers("hanako")
    assert [one["person"] for one in await reading] == ["hanako"]


async def test_clearing_another_run_tells_nobody_anything_twice(backend: Backend, counter: HttpCounter) -> None:
    for _ in range(3):
        await counter.numbers("taro")
    await replace(counter, run="newest").numbers("taro")
    reading = asyncio.create_task(events(backend, Filters(run=""), None, 1))
    await asyncio.sleep(0.4)
    backend.ledger.run_sync(lambda tx: journal.forget(tx, Filters(run="newest")))
    await asyncio.sleep(0.4)
    await counter.numbers("hanako")
    assert [one["person"] for one in await reading] == ["hanako"]


def test_the_id_of_an_exchange_that_was_cleared_is_never_another_exchanges(database_url: str) -> None:
    ledger = Ledger.open(database_url, Clock())
    try:
        for call in ("first", "second"):
            ledger.run_sync(lambda tx, call=call: tx.record(Exchange(at=tx.now(), call=call)))  # type: ignore[misc]
        last = ledger.run_sync(journal.last_id, reads=True)
        ledger.run_sync(lambda tx: journal.forget(tx, Filters()))
        assert ledger.run_sync(journal.last_id, reads=True) == 0
        ledger.run_sync(lambda tx: tx.record(Exchange(at=tx.now(), call="third")))
        (third,) = ledger.run_sync(lambda tx: journal.after(tx, Filters(), last, 10), reads=True)
        assert (third["call"], third["id"] > last) == ("third", True)
    finally:
        ledger.close()

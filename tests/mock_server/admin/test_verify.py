"""`/admin/verify`: the same assertions for tests in any language."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import httpx2
import pytest

from mock_server.admin import journal, verifying
from mock_server.composition import Backend
from mock_server.received import Wanted, check_order, check_times
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from tests.mock_server.conftest import INSTITUTION
from tests.mock_server.scenarios.visits import HttpCounter, code_of


async def verified(admin: httpx2.AsyncClient, **order: Any) -> dict[str, Any]:
    answer = await admin.post("/admin/verify", json=order, headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_a_run_received_is_verified_and_nobody_elses(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    await replace(counter, run="ci-1").card("taro")
    await counter.card("hanako")
    taro = {"call": "qualification.card", "persona": "taro", "times": 1}
    assert (await verified(admin, run="ci-1", expect=[taro]))["ok"]
    assert (await verified(admin, run="ci-1", expect=[{"persona": "hanako", "times": 0}]))["ok"]
    missing = await verified(admin, run="", expect=[taro, {"persona": "hanako"}])
    assert not missing["ok"]
    first, second = missing["verdicts"]
    assert (first["ok"], first["found"], len(first["near_misses"])) == (False, 0, 1)
    assert "persona: expected taro, was hanako" in first["complaint"]
    assert second == {"ok": True, "found": 1, "complaint": "", "near_misses": []}


async def test_the_order_is_verified(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    await counter.numbers("taro")
    await counter.numbers("hanako")
    people = [{"persona": "taro"}, {"persona": "hanako"}]
    assert (await verified(admin, expect=people, in_order=True))["ok"]
    assert not (await verified(admin, expect=people[::-1], in_order=True))["ok"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"expect": []}, "MOCK-REQUEST-FIELD"),
        ({"expect": [{"person": "taro"}]}, "MOCK-REQUEST-FIELD-MEANT"),
        ({"expect": [{"times": 1, "at_most": 2}]}, "MOCK-REQUEST-FIELD"),
        ({"expect": [{"times": -1}]}, "MOCK-REQUEST-FIELD"),
        ({"run": "a b", "expect": [{}]}, "MOCK-REQUEST-RUN"),
    ],
)
async def test_an_expectation_that_makes_no_sense_is_refused(
    admin: httpx2.AsyncClient, order: dict[str, Any], code: str
) -> None:
    answer = await admin.post("/admin/verify", json=order)
    assert (answer.status_code, code_of(answer)) == (400, code)


# ── however much was received ──


_WANTED = {field.name for field in fields(Wanted)}


def fill(backend: Backend, count: int) -> None:
    """So many exchanges of many kinds, among them some of another run."""
    people, outcomes = ("taro", "hanako", ""), ("validity:1", "validity:2", "MOCK-CHALLENGE-EXPIRED")
    calls = ("qualification.card", "qualification.numbers", "qualificationX", "QUALIFICATION.card", "consent")

    def job(tx: Transaction) -> None:
        for number in range(count):
            tx.record(
                Exchange(
                    at=tx.now(),
                    call=calls[number % 5],
                    run="other" if number % 7 == 0 else "",
                    institution=INSTITUTION,
                    person=people[number % 3],
                    outcome=outcomes[number % 4 % 3],
                    scenario="latency, truncated" if number % 6 == 0 else "",
                    request=json.dumps({"list": {"number": number % 10, "a": "%_"}}) if number % 3 else "",
                )
            )

    backend.ledger.run_sync(job)


EXPECTATIONS: list[dict[str, Any]] = [
    {},
    {"call": "qualification"},
    {"call": "qualification.card", "times": 3},
    {"call": "Qualification"},
    {"call": "%"},
    {"outcome": "validity", "at_least": 1_000},
    {"outcome": "Validity:1"},
    {"outcome": "validity:2", "persona": "hanako", "at_most": 2},
    {"scenario": "latency", "times": 0},
    {"scenario": "LATENCY"},
    {"scenario": "late"},
    {"persona": "hanako", "scenario": "truncated", "request": {"list": {"number": 4}}},
    {"request": {"list": {"number": 4}}, "times": 7},
    {"request": {"list": {"number": 11}}, "call": "consent"},
    {"answer": {"a": 1}},
    {"via": "folder"},
    {"institution": INSTITUTION, "at_least": 5},
]


@pytest.mark.parametrize("run", ["", "other", None])
@pytest.mark.parametrize("in_order", [False, True])
async def test_what_is_told_of_pieces_is_what_would_be_told_of_all_at_once(
    admin: httpx2.AsyncClient, backend: Backend, monkeypatch: pytest.MonkeyPatch, run: str | None, in_order: bool
) -> None:
    monkeypatch.setattr(verifying, "PIECE", 7)
    fill(backend, 120)
    shown = (await admin.get("/admin/exchanges", params={"limit": 1000})).json()["exchanges"]
    received = [one for one in shown if run in (None, one["run"])]
    orders = [[one] for one in EXPECTATIONS] if in_order else [EXPECTATIONS]
    if in_order:
        orders.append([{"call": "consent"}] * 15)
        orders.append([{"persona": "taro"}, {"request": {"list": {"number": 4}}}, {"persona": "nobody"}])
    for order in orders:
        wanted = [Wanted(**{name: one[name] for name in one if name in _WANTED}) for one in order]
        limits = [{name: one[name] for name in one if name not in _WANTED} for one in order]
        if in_order:
            expected = [check_order(received, wanted, lang="en")]
        else:
            expected = [check_times(received, one, **many, lang="en") for one, many in zip(wanted, limits, strict=True)]
        found = await verified(admin, expect=order, in_order=in_order, **({} if run is None else {"run": run}))
        assert found["verdicts"] == [
            {
                "ok": one.ok,
                "found": len(one.matches),
                "complaint": one.complaint,
                "near_misses": [near["id"] for near in one.near_misses],
            }
            for one in expected
        ]


async def test_others_are_served_between_the_pieces_and_messages_are_read_only_where_they_matter(
    admin: httpx2.AsyncClient, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PIECE", 10)
    fill(backend, 100)
    jobs, rows = [], []
    between = journal.between

    def watched(*given: Any, messages: bool, **named: Any) -> list[dict[str, Any]]:
        found = between(*given, messages=messages, **named)
        rows.append((len(found), any("request" in row for row in found), messages))
        return found

    run = backend.ledger.run

    async def counted(job: Any, **named: Any) -> Any:
        jobs.append(job)
        return await run(job, **named)

    monkeypatch.setattr(journal, "between", watched)
    monkeypatch.setattr(type(backend.ledger), "run", lambda _, job, **named: counted(job, **named))
    assert (await verified(admin, expect=[{"call": "consent", "at_least": 1}, {"times": 100}]))["ok"]
    assert (len(jobs), rows) == (11, []), "counted where they are"
    assert not (await verified(admin, expect=[{"persona": "taro", "times": 1_000}]))["ok"]
    assert {one[1:] for one in rows} == {(False, False)}
    rows.clear()
    assert (await verified(admin, expect=[{"call": "consent", "request": {"list": {}}}]))["ok"]
    assert max(count for count, *_ in rows) <= 2, "consents only"
    assert all(messages for *_, messages in rows)


async def test_a_complaint_lists_some_and_says_how_many_more(admin: httpx2.AsyncClient, backend: Backend) -> None:
    fill(backend, 300)
    (verdict,) = (await verified(admin, expect=[{"times": 0}]))["verdicts"]
    assert verdict["found"] == 300
    assert verdict["complaint"].splitlines()[-1] == "  and 250 more"
    assert len(verdict["complaint"].splitlines()) == 52

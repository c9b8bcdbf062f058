"""`/admin/verify`: the same assertions for tests in any language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

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
        ({"expect": [{"person": "taro"}]}, "MOCK-REQUEST-FIELD"),
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

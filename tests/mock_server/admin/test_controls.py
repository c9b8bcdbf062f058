"""`/admin`: scenarios, clock, runs, reset, personas, institutions, certificates; one error shape for all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from eligibility.oqs.values import holds_individual_number
from kiosk.cli.values import FIRST_DAY, LAST_DAY
from mock_server.admin import resetting
from mock_server.admin.app import create_admin_app
from mock_server.admin.clock import FIRST, LAST
from mock_server.composition import Backend
from mock_server.errors import Refusal, status_of
from mock_server.personas import load_personas
from mock_server.scenarios.table import SCENARIOS
from tests.mock_server.admin.conftest import URL
from tests.mock_server.conftest import INSTITUTION, Clock
from tests.mock_server.scenarios.visits import HttpCounter, code_of, header_of


def refused(answer: httpx2.Response, refusal: Refusal) -> bool:
    return (answer.status_code, code_of(answer)) == (status_of(refusal), refusal.value)


def escaped(order: dict[str, Any]) -> dict[str, Any]:
    """A JSON body in ASCII: the only way that half a character travels."""
    return {"content": json.dumps(order), "headers": {"content-type": "application/json"}}


# ── scenarios ──


async def test_every_trouble_is_offered_with_words_in_the_language_asked_for(admin: httpx2.AsyncClient) -> None:
    for lang, title in (("ja", "応答が遅い"), ("en", "Slow answer")):
        found = (await admin.get("/admin/scenarios", headers={"accept-language": lang})).json()
        assert [one["name"] for one in found["available"]] == list(SCENARIOS)
        assert found["available"][0]["title"] == title
        assert found["armed"] == []


async def test_a_trouble_is_armed_and_taken_away_by_its_number(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    order = {"scenario": "failed", "persona": "taro", "until_reset": True}
    armed = await admin.post("/admin/scenarios", json=order)
    assert armed.status_code == 201
    number = armed.json()["id"]
    assert header_of(await counter.numbers("taro"))["SegmentOfResult"] == "9"
    assert (await admin.get("/admin/scenarios")).json()["armed"] == [{**armed.json(), "fired": 1}]
    assert (await admin.delete(f"/admin/scenarios/{number}")).json() == {"deleted": 1}
    assert header_of(await counter.numbers("taro"))["SegmentOfResult"] == "1"
    assert refused(await admin.delete(f"/admin/scenarios/{number}"), Refusal.SCENARIO_NOT_ARMED)


async def test_what_is_armed_for_a_run_is_listed_and_taken_away_with_it(admin: httpx2.AsyncClient) -> None:
    for order in ({"scenario": "failed", "run": "a"}, {"scenario": "latency", "run": "a"}, {"scenario": "failed"}):
        assert (await admin.post("/admin/scenarios", json=order)).status_code == 201
    assert len((await admin.get("/admin/scenarios", params={"run": "a"})).json()["armed"]) == 2
    assert (await admin.delete("/admin/scenarios", params={"run": "a", "scenario": "latency"})).json()["deleted"] == 1
    assert (await admin.delete("/admin/scenarios")).json()["deleted"] == 2


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"scenario": "nosuch"}, Refusal.SCENARIO_UNKNOWN),
        ({"scenario": "latency", "params": {"mean_ms": -1}}, Refusal.SCENARIO_PARAMETER),
        ({"scenario": "latency", "params": {"no": 1}}, Refusal.SCENARIO_PARAMETER_UNKNOWN),
        ({"scenario": "latency", "persona": "nobody"}, Refusal.SCENARIO_PERSONA),
        ({"scenario": "latency", "persona": "a\x00b"}, Refusal.REQUEST_FIELD),
        ({"scenario": "latency", "call": "\ud800"}, Refusal.REQUEST_FIELD),
        ({"scenario": "latency", "params": {"mean_ms": [1]}}, Refusal.SCENARIO_PARAMETER),
        ({"scenario": "latency", "call": "nosuch"}, Refusal.SCENARIO_CALL),
        ({"scenario": "latency", "times": 0}, Refusal.SCENARIO_TIMES),
        ({"scenario": "latency", "times": 1, "until_reset": True}, Refusal.REQUEST_FIELD),
        ({"scenario": "latency", "seed": -1}, Refusal.SCENARIO_SEED),
        ({"scenario": "latency", "run": "a b"}, Refusal.REQUEST_RUN),
        ({"scenario": "latency", "institution": "1"}, Refusal.REQUEST_INSTITUTION),
        ({"scenario": "latency", "more": 1}, Refusal.REQUEST_UNKNOWN_FIELD),
        ({"scenario": "latency", "persoma": "taro"}, Refusal.REQUEST_FIELD_MEANT),
        ({}, Refusal.REQUEST_FIELD),
    ],
)
async def test_what_cannot_be_armed_is_refused_by_name(
    admin: httpx2.AsyncClient, order: dict[str, Any], refusal: Refusal
) -> None:
    assert refused(await admin.post("/admin/scenarios", **escaped(order)), refusal)
    assert (await admin.get("/admin/scenarios")).json()["armed"] == []


# ── the clock ──


async def test_the_clock_is_moved_for_everything_the_server_does(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    assert (await admin.get("/admin/clock")).json() == {
        "now": "2026-11-20T09:00:00+09:00",
        "moved_s": 0,
        "frozen": False,
    }
    moved = (await admin.put("/admin/clock", json={"at": "2026-12-01T08:30"})).json()
    assert moved == {"now": "2026-12-01T08:30:00+09:00", "moved_s": 948600, "frozen": False}
    assert header_of(await counter.card())["QualificationConfirmationDate"] == "20261201"


async def test_the_clock_stands_goes_on_and_is_set_back(admin: httpx2.AsyncClient, clock: Clock) -> None:
    async def put(**order: Any) -> dict[str, Any]:
        answer = await admin.put("/admin/clock", json=order)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    assert (await put(move_s=3600))["now"] == "2026-11-20T10:00:00+09:00"
    assert (await put(freeze=True)) == {"now": "2026-11-20T10:00:00+09:00", "moved_s": None, "frozen": True}
    clock.at = clock.at.replace(hour=15)
    assert (await put(move_s=-60))["now"] == "2026-11-20T09:59:00+09:00"
    assert (await put(run=True)) == {"now": "2026-11-20T09:59:00+09:00", "moved_s": -18060, "frozen": False}
    clock.at = clock.at.replace(hour=16)
    assert (await put(run=True))["now"] == "2026-11-20T10:59:00+09:00"
    assert (await put(freeze="2026-12-31T23:59:59"))["now"] == "2026-12-31T23:59:59+09:00"
    assert (await put(reset=True)) == {"now": "2026-11-20T16:00:00+09:00", "moved_s": 0, "frozen": False}


async def test_a_moment_is_never_before_the_one_asked_for(admin: httpx2.AsyncClient, clock: Clock) -> None:
    clock.at = clock.at.replace(microsecond=600_000)
    for moment in ("2026-11-21T00:00", "2026-11-19T00:00"):
        said = (await admin.put("/admin/clock", json={"at": moment})).json()["now"]
        assert said == f"{moment}:00+09:00"


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({}, Refusal.REQUEST_FIELD),
        ({"at": "2026-12-01", "run": True}, Refusal.REQUEST_FIELD),
        ({"run": False}, Refusal.REQUEST_FIELD),
        ({"at": "tomorrow"}, Refusal.CLOCK_RANGE),
        ({"at": "2015-12-31T23:59"}, Refusal.CLOCK_RANGE),
        ({"at": "9990-12-31T00:00"}, Refusal.CLOCK_RANGE),
        ({"freeze": "x"}, Refusal.CLOCK_RANGE),
        ({"move_s": 10**18}, Refusal.CLOCK_RANGE),
        ({"move_s": -(10**18)}, Refusal.CLOCK_RANGE),
    ],
)
async def test_what_the_clock_cannot_do_is_refused(
    admin: httpx2.AsyncClient, order: dict[str, Any], refusal: Refusal
) -> None:
    assert refused(await admin.put("/admin/clock", json=order), refusal)
    assert (await admin.get("/admin/clock")).json()["moved_s"] == 0


def test_the_clock_goes_as_far_as_the_date_option() -> None:
    assert (FIRST.date(), LAST.date()) == (FIRST_DAY, LAST_DAY)


# ── runs and reset ──


async def test_a_run_begins_with_a_name_and_ends_without_a_trace(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    run = (await admin.post("/admin/runs")).json()
    other = (await admin.post("/admin/runs")).json()
    assert run["run"] != other["run"]
    mine = replace(counter, headers=run["header"])
    unregistered = next(one.name for one in load_personas().values() if not one.registered and one.card.is_usable)
    assert (await mine.register(unregistered)).status_code == 200
    assert (await mine.card(unregistered)).json()["registered"]
    assert not (await counter.card(unregistered)).json()["registered"]
    assert (await admin.get("/admin/runs")).json() == {"runs": {"": 1, run["run"]: 2}}
    gone = (await admin.delete(f"/admin/runs/{run['run']}")).json()["deleted"]
    assert (gone["exchange"], gone["registration"]) == (2, 1)
    assert (await admin.get("/admin/runs")).json() == {"runs": {"": 1}}
    assert not (await mine.card(unregistered)).json()["registered"]


async def test_a_made_up_name_is_never_taken_for_an_individual_number(backend: Backend) -> None:
    """Hexadecimal digits can be twelve decimal ones on end, the check digit right among them."""
    bad_luck = create_admin_app(backend, random_bytes=lambda size: bytes.fromhex("50dc528392081814"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=bad_luck), base_url=URL) as http:
        run = (await http.post("/admin/runs")).json()["run"]
        assert holds_individual_number("50dc528392081814")
        assert (await http.get("/admin/exchanges", params={"run": run})).status_code == 200
        assert (await http.delete(f"/admin/runs/{run}")).status_code == 200


async def test_everything_is_cleared_and_the_clock_set_back(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    await admin.put("/admin/clock", json={"move_s": 60})
    counter.arm("failed", persona="goro")
    await counter.numbers()
    assert (await admin.post("/admin/institutions", json={"code": INSTITUTION})).status_code == 201
    gone = (await admin.post("/admin/reset", json={"all": True})).json()["deleted"]
    assert (gone["exchange"], gone["armed"]) == (1, 1)
    assert (await admin.get("/admin/clock")).json()["moved_s"] == 0
    assert len((await admin.get("/admin/institutions")).json()["institutions"]) == 1


@pytest.mark.parametrize("order", [{}, {"all": False}, {"all": True, "run": "x"}])
async def test_a_reset_wants_to_be_told_what(admin: httpx2.AsyncClient, order: dict[str, Any]) -> None:
    assert refused(await admin.post("/admin/reset", json=order), Refusal.RESET_WHAT)


# ── people, institutions, certificates ──


async def test_the_patients_come_with_card_numbers_and_what_to_expect(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    unregistered = next(one.name for one in load_personas().values() if not one.registered and one.card.is_usable)
    assert (await replace(counter, run="ci-1").register(unregistered)).status_code == 200

    async def card(run: str) -> dict[str, Any]:
        table = (await admin.get("/admin/personas", params={"run": run})).json()["personas"]
        assert [one["name"] for one in table] == list(load_personas())
        assert {one["name"] for one in table if not one["pin"]} == {"kao"}, "a card without a PIN shows none"
        return dict(next(one for one in table if one["name"] == unregistered)["card"])

    assert not (await card(""))["registered"]
    assert (await card("ci-1"))["registered"]


async def test_an_institution_is_added_once_with_a_token_and_revoked(
    admin: httpx2.AsyncClient, counter: HttpCounter
) -> None:
    added = await admin.post("/admin/institutions", json={"code": INSTITUTION, "name": "窓口診療所"})
    token = added.json()["token"]
    assert (added.status_code, added.json()["revoked_at"]) == (201, None)
    assert refused(await admin.post("/admin/institutions", json={"code": INSTITUTION}), Refusal.INSTITUTION_TAKEN)
    assert token not in (await admin.get("/admin/institutions")).text
    assert code_of(await counter.numbers()) == "MOCK-INSTITUTION-TOKEN-MISSING"
    known = replace(counter, headers={"authorization": f"Bearer {token}"})
    assert (await known.numbers()).status_code == 200
    assert (await admin.delete(f"/admin/institutions/{INSTITUTION}")).json()["revoked_at"]
    assert code_of(await known.numbers()) == "MOCK-INSTITUTION-TOKEN-REVOKED"
    assert refused(await admin.delete(f"/admin/institutions/{INSTITUTION}"), Refusal.INSTITUTION_UNKNOWN)
    assert refused(await admin.post("/admin/institutions", json={"code": "1"}), Refusal.REQUEST_INSTITUTION)


@pytest.mark.parametrize(
    "order",
    [
        {"name": "123456789018"},
        {"name": "１２３４ ５６７８ ９０１８"},
        {"name": "a\x00"},
        {"name": "\u202eevil"},
        {"name": "\ud800"},
        {"name": "あ" * 201},
        {"client_certificate": "zz"},
        {"client_certificate": "ab" * 31},
    ],
)
async def test_an_institution_that_cannot_be_is_refused(admin: httpx2.AsyncClient, order: dict[str, Any]) -> None:
    answer = await admin.post("/admin/institutions", **escaped({"code": INSTITUTION, **order}))
    assert refused(answer, Refusal.REQUEST_FIELD)
    assert (await admin.get("/admin/institutions")).json() == {"institutions": []}


async def test_a_fingerprint_is_taken_as_programs_print_it(admin: httpx2.AsyncClient) -> None:
    printed = ":".join(["AB"] * 32)
    order = {"code": INSTITUTION, "name": "みどり\u3000医院", "client_certificate": printed}
    said = await admin.post("/admin/institutions", json=order)
    assert said.status_code == 201, said.text
    assert said.json()["client_certificate"] == "ab" * 32


async def test_a_key_that_was_made_up_is_not_repeated(admin: httpx2.AsyncClient) -> None:
    answer = await admin.post("/admin/scenarios", json={"scenario": "latency", "params": {"SECRET<b>": []}})
    assert refused(answer, Refusal.SCENARIO_PARAMETER_UNKNOWN)
    assert "SECRET" not in answer.text


async def test_a_fault_of_our_own_has_the_one_error_shape(admin_app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("with a value of the request")

    monkeypatch.setattr(resetting, "known_runs", broken)
    transport = httpx2.ASGITransport(app=admin_app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get("/admin/runs")
    assert refused(answer, Refusal.INTERNAL)
    assert "value" not in answer.json()["error"]["message"]


async def test_a_certificate_is_revoked_by_the_servers_clock(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    await admin.put("/admin/clock", json={"move_s": -5 * 86_400})
    try:
        assert (await admin.post("/admin/certificates/goro/revoke", json={"crl": False})).status_code == 200
        assert code_of(await counter.card("goro")) == "MOCK-CERTIFICATE-REVOKED-OCSP"
    finally:
        assert (await admin.post("/admin/certificates/goro/reinstate", json={})).status_code == 200


async def test_a_certificate_is_revoked_and_reinstated(admin: httpx2.AsyncClient, counter: HttpCounter) -> None:
    path = "/admin/certificates/goro"
    try:
        assert (await admin.post(f"{path}/revoke", json={})).json() == {"persona": "goro", "certificate": "revoked"}
        assert code_of(await counter.card("goro")) == "MOCK-CERTIFICATE-REVOKED-CRL"
    finally:
        assert (await admin.post(f"{path}/reinstate", json={})).status_code == 200
    assert (await counter.card("goro")).status_code == 200
    assert refused(await admin.post("/admin/certificates/nobody/revoke", json={}), Refusal.PERSONA_UNKNOWN)
    assert refused(await admin.post(f"{path}/revoke", json={"reason": "x"}), Refusal.REQUEST_FIELD)


# ── the description ──


async def test_the_description_page_works_without_a_network(admin: httpx2.AsyncClient) -> None:
    page = await admin.get("/admin/docs")
    assert page.status_code == 200
    for address in ("/admin/docs/swagger-ui.css", "/admin/docs/swagger-ui-bundle.js", "/admin/docs/start.js"):
        assert address.removeprefix("/admin/docs/") == "start.js" or address in page.text
        assert (await admin.get(address)).status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert refused(await admin.get("/admin/docs/oauth2.html"), Refusal.REQUEST_UNKNOWN_PATH)


async def test_every_route_is_described_with_the_one_error_shape(admin: httpx2.AsyncClient, admin_app: FastAPI) -> None:
    description = (await admin.get("/admin/openapi.json")).json()
    operations = [(path, operation) for path, methods in description["paths"].items() for operation in methods.values()]
    assert len(operations) >= 20
    assert all(operation["responses"]["default"] for _, operation in operations)
    assert all(operation["description"] for _, operation in operations)
    assert all("422" not in operation["responses"] for _, operation in operations)
    assert [path for path, _ in operations if not path.startswith("/admin/")] == []
    assert admin_app.openapi_schema == description

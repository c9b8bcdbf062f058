"""Which calls an armed scenario strikes, how often, and that nothing is asked while none is armed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from mock_server.admin.journal import MOST, Filters, after
from mock_server.callers import Caller
from mock_server.exchange_scope import exchange_of
from mock_server.personas import load_personas
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import seed_of
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.arming import Order, arm, disarm, every_armed
from mock_server.scenarios.not_served import NotServed
from mock_server.scenarios.table import FACE_CALLS
from tests.mock_server.conftest import Clock
from tests.mock_server.scenarios.visits import HttpCounter, code_of, header_of, validity_of

OTHER_INSTITUTION = "1312345686"


async def test_a_scenario_strikes_the_next_call_and_then_no_more(counter: HttpCounter) -> None:
    counter.arm("failed")
    assert header_of(await counter.card())["SegmentOfResult"] == "9"
    assert header_of(await counter.card())["SegmentOfResult"] == "1"
    assert counter.armed() == []


async def test_it_strikes_n_calls(counter: HttpCounter) -> None:
    counter.arm("failed", times=3)
    segments = [header_of(await counter.numbers())["SegmentOfResult"] for _ in range(5)]
    assert segments == ["9", "9", "9", "1", "1"]


async def test_it_strikes_until_it_is_reset(counter: HttpCounter) -> None:
    counter.arm("failed", times=None)
    assert [header_of(await counter.numbers())["SegmentOfResult"] for _ in range(3)] == ["9"] * 3
    (armed,) = counter.armed()
    assert (armed.fired, armed.remaining) == (3, None)
    assert counter.ledger.run_sync(disarm) == 1
    assert header_of(await counter.numbers())["SegmentOfResult"] == "1"


async def test_it_strikes_one_persona_only(counter: HttpCounter) -> None:
    counter.arm("failed", persona="hanako")
    assert header_of(await counter.card("taro"))["SegmentOfResult"] == "1"
    assert header_of(await counter.numbers("taro"))["SegmentOfResult"] == "1"
    assert header_of(await counter.card("hanako"))["SegmentOfResult"] == "9"
    assert header_of(await counter.card("hanako"))["SegmentOfResult"] == "1"


async def test_a_trouble_of_the_transport_can_be_one_persona_s(counter: HttpCounter) -> None:
    counter.arm("proxy_error", persona="hanako")
    assert (await counter.card("taro")).status_code == 200
    assert (await counter.card("hanako")).status_code == 502


async def test_it_strikes_one_kind_of_call_or_a_group(counter: HttpCounter) -> None:
    counter.arm("failed", call="qualification.numbers")
    assert header_of(await counter.card())["SegmentOfResult"] == "1"
    assert header_of(await counter.numbers())["SegmentOfResult"] == "9"
    counter.arm("maintenance", call="qualification", times=2)
    assert (await counter.challenge()).status_code == 200
    assert (await counter.card()).status_code == (await counter.numbers()).status_code == 503


async def test_it_strikes_one_institution_only(counter: HttpCounter) -> None:
    counter.arm("maintenance", institution=OTHER_INSTITUTION)
    elsewhere = replace(counter, institution=OTHER_INSTITUTION)
    assert (await counter.challenge()).status_code == 200
    assert code_of(await elsewhere.challenge()) == "MOCK-SERVICE-MAINTENANCE"


async def test_it_strikes_its_own_run_only(counter: HttpCounter) -> None:
    mine, other = replace(counter, run="mine"), replace(counter, run="other")
    mine.arm("failed", times=None)
    assert header_of(await counter.numbers())["SegmentOfResult"] == "1"
    assert header_of(await other.numbers())["SegmentOfResult"] == "1"
    assert header_of(await mine.numbers())["SegmentOfResult"] == "9"
    other.arm("validity", times=None)
    counter.arm("no_such_person", times=None)
    assert validity_of(await other.numbers()) == "2"
    assert validity_of(await counter.numbers()) == "4"
    assert header_of(await mine.numbers())["SegmentOfResult"] == "9"


async def test_a_challenge_can_be_struck_and_is_then_written_down(counter: HttpCounter) -> None:
    assert (await counter.challenge()).status_code == 200
    counter.arm("maintenance", call="challenge")
    refused = await counter.challenge()
    assert (refused.status_code, code_of(refused)) == (503, "MOCK-SERVICE-MAINTENANCE")
    assert (await counter.challenge()).status_code == 200
    rows = counter.ledger.run_sync(_rows, reads=True)
    assert [(row["call"], row["outcome"], row["scenario"]) for row in rows] == [
        ("challenge", "MOCK-SERVICE-MAINTENANCE", "maintenance")
    ]
    counter.arm("doubled", call="challenge")
    assert (await counter.challenge()).status_code == 200
    rows = counter.ledger.run_sync(_rows, reads=True)
    assert [(row["outcome"], row["scenario"]) for row in rows[1:]] == [("issued", "doubled")]


async def test_what_has_no_message_to_say_it_in_does_not_strike_a_challenge(counter: HttpCounter) -> None:
    counter.arm("processing")
    assert (await counter.challenge()).status_code == 200
    assert header_of(await counter.card())["SegmentOfResult"] == "2"


async def test_a_forged_card_meets_its_refusal_before_any_rehearsed_answer(counter: HttpCounter) -> None:
    counter.arm("failed")
    challenge = (await counter.challenge()).json()
    forged = {**counter.proof(challenge, "taro"), "purpose": "qualification"}
    forged["certificate"] = counter.proof(challenge, "hanako")["certificate"]
    refused = await counter.post("qualification/card", forged)
    assert code_of(refused) == "MOCK-SIGNATURE-INVALID"
    assert len(counter.armed()) == 1


async def test_several_troubles_strike_one_call_but_none_of_them_twice(counter: HttpCounter) -> None:
    counter.arm("truncated", params={"percent": 10})
    counter.arm("doubled")
    counter.arm("doubled")
    answer = await counter.numbers()
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.content) % 2 == 0
    assert answer.content[: len(answer.content) // 2] * 2 == answer.content
    assert [one.scenario.name for one in counter.armed()] == ["doubled"]
    (row,) = counter.ledger.run_sync(_rows, reads=True)
    assert row["scenario"] == "truncated, doubled"


async def test_of_two_that_say_something_else_the_first_armed_is_said_first(counter: HttpCounter) -> None:
    counter.arm("no_such_person")
    counter.arm("failed")
    assert validity_of(await counter.numbers()) == "4"
    assert header_of(await counter.numbers())["SegmentOfResult"] == "9"


async def test_a_refused_registration_is_not_made_and_the_trouble_is_used_up(counter: HttpCounter) -> None:
    unregistered = next(one.name for one in load_personas().values() if not one.registered and one.card.is_usable)
    assert not (await counter.card(unregistered)).json()["registered"]
    counter.arm("failed", persona=unregistered, call="registration")
    assert code_of(await counter.register(unregistered)) == "MOCK-SERVICE-FAILED"
    assert not (await counter.card(unregistered)).json()["registered"]
    assert counter.armed() == []
    assert (await counter.register(unregistered)).status_code == 200
    assert (await counter.card(unregistered)).json()["registered"]


async def test_two_at_once_share_what_is_armed(counter: HttpCounter) -> None:
    counter.arm("failed", times=7)
    answers = await asyncio.gather(*(counter.numbers() for _ in range(40)))
    assert sorted(header_of(answer)["SegmentOfResult"] for answer in answers) == ["1"] * 33 + ["9"] * 7


def test_two_processes_on_one_store_share_what_is_armed(database_url: str, clock: Clock) -> None:
    """Two ledgers are two processes: each has its own memory of what is armed."""
    seeds = [seed_of(persona) for persona in load_personas().values()]
    one, two = Ledger.open(database_url, clock, seeds), Ledger.open(database_url, clock)
    try:
        assert [_struck(one), _struck(two)] == [False, False]
        one.run_sync(lambda tx: arm(tx, Order("failed", times=5)))
        struck = [_struck(ledger) for _ in range(6) for ledger in (one, two)]
        assert struck.count(True) == 5
        assert struck[:5] == [True] * 5
    finally:
        one.close()
        two.close()


def _struck(ledger: Ledger) -> bool:
    """Whether a scenario strikes a call for a bulk result, which needs no more than a caller."""

    def job(tx: Transaction) -> None:
        with exchange_of(tx, Caller("1312345678"), "batch.result"):
            pass

    try:
        ledger.run_sync(job)
    except NotServed:
        return True
    return False


async def test_the_same_seed_strikes_the_same_calls(counter: HttpCounter) -> None:
    async def luck(seed: int) -> list[str]:
        counter.arm("failed", times=None, seed=seed, params={"chance": 40})
        said = [header_of(await counter.numbers())["SegmentOfResult"] for _ in range(30)]
        counter.ledger.run_sync(disarm)
        return said

    first, again, other = await luck(1), await luck(1), await luck(2)
    assert first == again != other
    assert 3 < first.count("9") < 25


async def test_a_chance_counts_only_calls_it_struck_as_used_up(counter: HttpCounter) -> None:
    counter.arm("failed", times=2, seed=5, params={"chance": 30})
    said = [header_of(await counter.numbers())["SegmentOfResult"] for _ in range(60)]
    assert said.count("9") == 2
    assert counter.armed() == []


async def test_nothing_is_asked_of_the_database_while_nothing_is_armed(counter: HttpCounter) -> None:
    await counter.numbers()
    statements = _watch(counter.ledger)
    await counter.numbers()
    assert [statement for statement in statements if "armed" in statement] == []
    counter.arm("failed", run="somebody-else", times=None)
    await counter.numbers()
    statements.clear()
    await counter.numbers()
    assert [statement for statement in statements if "armed" in statement] == []


def _watch(ledger: Ledger) -> list[str]:
    statements: list[str] = []
    engine = ledger.run_sync(lambda tx: tx.connection.engine, reads=True)
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(str(call[2])))
    return statements


def _rows(tx: Transaction) -> list[dict[str, Any]]:
    return after(tx, Filters(), 0, MOST)


async def test_an_exchange_names_the_trouble_that_struck_it_and_what_was_said(counter: HttpCounter) -> None:
    counter.arm("wrong_person", params={"other": "hanako"})
    await counter.card("taro")
    await counter.card("taro")
    rows = counter.ledger.run_sync(_rows, reads=True)
    assert [(row["person"], row["outcome"], row["scenario"]) for row in rows] == [
        ("taro", "validity:1", "wrong_person"),
        ("taro", "validity:1", ""),
    ]


@pytest.mark.parametrize("name", ["late_file", "same_second", "half_written"])
async def test_a_trouble_of_the_face_file_leaves_the_answer_over_http_alone(counter: HttpCounter, name: str) -> None:
    params = {"on": "face"} if name == "half_written" else {}
    counter.arm(name, params=params)
    assert (await counter.numbers()).status_code == 200
    assert len(counter.armed()) == 1
    assert header_of(await counter.card())["SegmentOfResult"] == "1"
    assert counter.armed() == []
    (row,) = [row for row in counter.ledger.run_sync(_rows, reads=True) if row["call"] in FACE_CALLS]
    assert row["scenario"] == name


@pytest.mark.parametrize("name", ["err_file", "never_taken", "out_of_order", "scrambled_order"])
async def test_a_trouble_of_folders_waits_for_a_folder(counter: HttpCounter, name: str) -> None:
    counter.arm(name)
    assert (await counter.card()).status_code == (await counter.numbers()).status_code == 200
    assert [one.scenario.name for one in counter.ledger.run_sync(every_armed, reads=True)] == [name]


async def test_a_replayed_challenge_is_refused_whatever_is_armed(counter: HttpCounter) -> None:
    counter.arm("failed", times=None)
    challenge = (await counter.challenge()).json()
    first, again = await counter.signed_card(challenge), await counter.signed_card(challenge)
    assert header_of(first)["SegmentOfResult"] == "9"
    assert code_of(again) == "MOCK-CHALLENGE-REPLAYED"

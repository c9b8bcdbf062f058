"""資格確認 by 基本4情報: who fits, what is answered, refused and kept. Everything about it is invented."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import httpx2
import pytest

from eligibility.oqs.codec import from_json
from eligibility.oqs.messages import QualificationResult
from mock_server.four_items import FourItems, fits, read_four_items
from mock_server.people import Person
from mock_server.personas import load_personas
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import Seed
from mock_server.service import QualificationService
from tests.mock_server.conftest import INSTITUTION, Clock, Counter, everybody
from tests.mock_server.scenarios.visits import HttpCounter
from tests.mock_server.test_app import app_of, client_of, code_of

Json = dict[str, Any]
TARO = load_personas()["taro"].person
PATH = "/v1/qualification/four-items"


def of(person: Person, **changes: str) -> Json:
    """The question about a person as their card's face has them."""
    return {
        "institution": INSTITUTION,
        "mode": "outage",
        "name": person.name,
        "birthdate": person.birthdate.strftime("%Y%m%d"),
        "sex": person.sex,
        "address": person.address,
        **changes,
    }


@pytest.fixture
async def client(ledger: Ledger, service: QualificationService) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app_of(ledger, service)) as opened:
        yield opened


@pytest.fixture
def visits(client: httpx2.AsyncClient, ledger: Ledger, counter: Counter) -> HttpCounter:
    return HttpCounter(client, ledger, counter.authority)


async def ask(client: httpx2.AsyncClient, body: Json) -> QualificationResult:
    response = await client.post(PATH, json=body)
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"message"}
    return from_json(QualificationResult, response.json()["message"])


# ── what is answered ──


@pytest.mark.parametrize(
    "name", [name for name, persona in load_personas().items() if persona.person.sex in ("1", "2")]
)
async def test_every_persona_is_found_by_what_their_card_says(client: httpx2.AsyncClient, name: str) -> None:
    person = load_personas()[name].person
    answer = await ask(client, of(person))
    assert answer.message_header.reference_classification == "2"
    found = answer.only_result
    if any(own.is_current(date(2026, 11, 20)) or own.has_ended(date(2026, 11, 20)) for own in person.memberships):
        assert found is None or found.name == person.name
        assert answer.validity != "4"
    else:
        assert answer.validity == "4"
    if person.undisclosed or person.self_info_refused:
        assert found is None or found.address is None, "an address that is protected is not told"


async def test_somebody_who_is_nobody_is_not_found(client: httpx2.AsyncClient) -> None:
    for changes in ({"name": "協会　一郎"}, {"birthdate": "19850616"}, {"sex": "2"}, {"address": "千葉県千葉市"}):
        answer = await ask(client, of(TARO, **changes))
        assert (answer.validity, answer.results) == ("4", ())


async def test_one_who_fits_is_found_and_two_are_neither(database_url: str, service: QualificationService) -> None:
    twin = Seed(replace(TARO, key="twin"), {})
    hanako = load_personas()["hanako"].person
    ledger = Ledger.open(database_url, Clock(), [*everybody(), twin])
    try:
        async with client_of(app_of(ledger, service)) as client:
            answer, other = await ask(client, of(TARO)), await ask(client, of(hanako))
    finally:
        ledger.close()
    assert (answer.validity, answer.results) == ("5", ())
    assert other.only_result is not None
    assert other.only_result.name == hanako.name


async def test_in_a_disaster_the_answer_is_the_same(client: httpx2.AsyncClient) -> None:
    assert (await ask(client, of(TARO, mode="disaster"))).validity == "1"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("協会 太郎", True),
        ("協会太郎", True),
        ("協會　太郎", False),
        ("協会　太", False),
        ("", False),
    ],
)
def test_width_and_blanks_of_a_name_do_not_count_kanji_do(typed: str, same: bool) -> None:
    items = FourItems(typed, TARO.birthdate, TARO.sex, TARO.address)
    assert fits(items, TARO) is same


def test_width_blanks_and_dashes_of_an_address_do_not_count() -> None:
    person = replace(TARO, address="東京都千代田区霞が関1-2-2 ハイツ3")
    for typed in ("東京都千代田区霞が関１－２－２　ハイツ３", "東京都千代田区霞が関1‐2‐2ハイツ3"):
        assert fits(FourItems(person.name, person.birthdate, person.sex, typed), person)
    assert not fits(FourItems(person.name, person.birthdate, person.sex, "東京都千代田区霞が関1-2-3"), person)


def test_a_name_in_use_is_a_name() -> None:
    person = replace(TARO, name_of_other="ラム・レ")
    assert fits(FourItems("ﾗﾑ･ﾚ", person.birthdate, person.sex, person.address), person)


# ── what is refused ──


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"mode": "ordinary"}, "MOCK-REQUEST-FIELD", "mode"),
        ({"sex": "3"}, "MOCK-REQUEST-FIELD", "sex"),
        ({"birthdate": "19850631"}, "MOCK-REQUEST-FIELD", "birthdate"),
        ({"birthdate": "1985-6-1"}, "MOCK-REQUEST-FIELD", "birthdate"),
        ({"birthdate": "１９８５０６１５"}, "MOCK-REQUEST-FIELD", "birthdate"),
        ({"name": "  "}, "MOCK-REQUEST-FIELD", "name"),
        ({"name": "協会\x00太郎"}, "MOCK-REQUEST-FIELD", "name"),
        ({"address": "あ" * 201}, "MOCK-REQUEST-FIELD", "address"),
        ({"address": "東京都 123456789018"}, "MOCK-REQUEST-INDIVIDUAL-NUMBER", "address"),
        ({"institution": "131"}, "MOCK-REQUEST-INSTITUTION", ""),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name_and_not_repeated(
    client: httpx2.AsyncClient, changes: dict[str, str], code: str, where: str
) -> None:
    response = await client.post(PATH, json=of(TARO, **changes))
    assert code_of(response) == code
    assert where in response.text
    [(_, text)] = changes.items()
    assert len(text) < 4 or text not in response.text


async def test_an_item_that_is_missing_is_refused(client: httpx2.AsyncClient) -> None:
    for item in ("mode", "name", "birthdate", "sex", "address"):
        body = {name: value for name, value in of(TARO).items() if name != item}
        assert code_of(await client.post(PATH, json=body)) == "MOCK-REQUEST-FIELD"


def test_the_items_are_read_as_they_were_sent() -> None:
    items = read_four_items(name="協会　太郎", birthdate="20240229", sex="2", address="東京都")
    assert items == FourItems("協会　太郎", date(2024, 2, 29), "2", "東京都")
    assert "協会" not in repr(items)


# ── what is kept ──


async def test_an_exchange_is_kept_and_nothing_of_the_items_in_it(client: httpx2.AsyncClient, counter: Counter) -> None:
    await ask(client, of(TARO))
    await ask(client, of(TARO, name="無名　一郎"))
    first, second = counter.exchanges()
    assert [(row.call, row.outcome, row.person) for row in (first, second)] == [
        ("qualification.four_items", "validity:1", "taro"),
        ("qualification.four_items", "validity:4", ""),
    ]
    assert (first.request, second.request) == ('{"mode":"outage"}', '{"mode":"outage"}')
    assert TARO.address not in first.answer
    assert "無名" not in repr(second)


# ── troubles ──


@pytest.mark.parametrize(
    ("scenario", "order", "said"),
    [
        ("no_such_person", {"persona": "taro"}, "validity:4"),
        ("validity", {"params": {"value": "2"}, "call": "qualification.four_items"}, "validity:2"),
    ],
)
async def test_what_is_armed_strikes_this_call_too(
    visits: HttpCounter, counter: Counter, scenario: str, order: Json, said: str
) -> None:
    visits.arm(scenario, **order)
    response = await visits.post("qualification/four-items", of(TARO))
    assert response.status_code == 200
    assert [row.outcome for row in counter.exchanges()] == [said]


async def test_a_service_that_fails_says_so_by_message(visits: HttpCounter, counter: Counter) -> None:
    visits.arm("failed", call="qualification.four_items")
    answer = from_json(QualificationResult, (await visits.post("qualification/four-items", of(TARO))).json()["message"])
    assert answer.message_header.segment_of_result == "9"


@pytest.mark.parametrize(
    "typed",
    [
        "東京都見本区窓口一丁目２番３号",
        "東京都見本区窓口1丁目2番3号",
        "東京都見本区窓口１－２－３",
        "東京都見本区窓口一丁目2番地3",
        "東京都見本区窓口 1丁目 二番 三号",
        "東京都見本区窓口1丁目2番地の3",
    ],
)
def test_how_the_numbers_of_an_address_are_written_does_not_count(typed: str) -> None:
    person = replace(TARO, address="東京都見本区窓口一丁目２番３号")
    assert fits(FourItems(person.name, person.birthdate, person.sex, typed), person)


@pytest.mark.parametrize(
    ("typed", "filed"),
    [
        ("東京都見本区窓口12-3", "東京都見本区窓口一丁目２番３号"),
        ("東京都見本区窓口一丁目２３", "東京都見本区窓口一丁目２番３号"),
        ("東京都見本区窓口十一丁目２番３号", "東京都見本区窓口一丁目２番３号"),
        ("東京都見本区三番町1-2", "東京都見本区3-町1-2"),
        ("東京都見本区窓口二十丁目1", "東京都見本区窓口二丁目1"),
        ("東京都見本区窓口一丁目２番３号", "東京都見本区窓口一丁目２番３号101"),
    ],
)
def test_another_number_is_another_address(typed: str, filed: str) -> None:
    person = replace(TARO, address=filed)
    assert not fits(FourItems(person.name, person.birthdate, person.sex, typed), person)


def test_numbers_in_kanji_are_counted() -> None:
    for kanji, digits in {"十": "10", "十二": "12", "二十": "20", "九十九": "99", "二〇": "20", "七": "7"}.items():
        person = replace(TARO, address=f"見本町{kanji}丁目５番")
        assert fits(FourItems(person.name, person.birthdate, person.sex, f"見本町{digits}-5"), person), kanji

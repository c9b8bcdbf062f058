"""What the counter asks the real mock server beyond the plain question: vouching, 利用登録, 薬剤, 照会番号, 4情報."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest

from eligibility.oqs.signed_message import signed_message
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.presented import device_of
from kiosk.flow.states import Trouble
from kiosk.services.card_desk import SlotCardDesk
from kiosk.services.decider import PolicyDecider
from kiosk.services.desk_records import ServiceRecords
from kiosk.services.interfaces import Challenge, ServiceStopped
from kiosk.services.medical_information import InsuredNumbers
from kiosk.services.qualification_client import HttpQualificationClient
from mock_server.composition import build_app, open_authority, open_backend
from mock_server.issuer import TestAuthority
from mock_server.personas import load_personas
from reader.card.applet import SoftwareCard
from reader.transports.in_process import SoftwareReader
from tests.kiosk.services.samples import INSTITUTION, NOW, TODAY, pin

PERSONAS = load_personas()
TARO = PERSONAS["taro"].person
ALL_ITEMS = ("medicines", "checkups")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def authority(data_dir: Path) -> TestAuthority:
    return open_authority(data_dir, lambda: NOW)


@pytest.fixture
def client(data_dir: Path, tmp_path: Path, authority: TestAuthority) -> Iterator[HttpQualificationClient]:
    """Over a store of its own, so that nothing a test registers is there for the next one."""
    backend = open_backend(
        data_dir,
        now=lambda: NOW,
        random_bytes=random.Random(5).randbytes,
        database_url=f"sqlite:///{tmp_path}/registry.sqlite",
    )
    made = HttpQualificationClient(
        "http://127.0.0.1", INSTITUTION, on=lambda: TODAY, transport=httpx2.ASGITransport(build_app(backend))
    )
    yield made
    made.close()
    backend.close()


def opened(persona: str, authority: TestAuthority) -> SlotCardDesk:
    slot = SoftwareReader()
    slot.place(SoftwareCard(authority.card(persona)))
    desk = SlotCardDesk(slot, test_authorities=authority.ca_certificates, on=lambda: TODAY)
    desk.read()
    return desk


def message_of(challenge: Challenge) -> bytes:
    return signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)


def by_pin(persona: str, desk: SlotCardDesk, client: HttpQualificationClient) -> Qualification:
    challenge = client.challenge()
    signature = desk.verify_and_sign(pin(PERSONAS[persona].pin), message_of(challenge))
    return client.check_by_card(challenge, desk.certificate, signature)


def records_of(client: HttpQualificationClient) -> ServiceRecords:
    return ServiceRecords(lambda: client, lambda: client)


# --- vouched for ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [Way.FACE, Way.VISUAL])
def test_whoever_is_vouched_for_is_received_as_by_pin_and_marked(
    client: HttpQualificationClient, authority: TestAuthority, way: Way
) -> None:
    desk = opened("taro", authority)
    before = desk.count.total
    answer = client.check_attested(desk.certificate, way)
    assert desk.count.total == before, "nothing is said to the card"
    assert (answer.by, answer.validity, answer.name) == ("card", 1, TARO.name)
    assert answer.possession_not_proven
    card = desk.read()
    shown = PolicyDecider(lambda: NOW, "clinic").decide(VisitFacts(device_of(card, None, way, answer), by_card=answer))
    assert (shown.outcome, shown.consent) == ("OK_ONLINE", "ask")


def test_a_locked_pin_leaves_the_face(client: HttpQualificationClient, authority: TestAuthority) -> None:
    [name, *_] = [name for name, persona in PERSONAS.items() if persona.expected.identity == "pin_locked"]
    assert client.check_attested(opened(name, authority).certificate, Way.FACE).validity == 1


def test_the_pin_is_no_way_of_vouching(client: HttpQualificationClient, authority: TestAuthority) -> None:
    with pytest.raises(ServiceStopped) as stopped:
        client.check_attested(opened("taro", authority).certificate, Way.PIN)
    assert (stopped.value.trouble, stopped.value.detail) == (Trouble.SERVER_REFUSED, "MOCK-REQUEST-FIELD")


# --- 利用登録 -------------------------------------------------------------------------------------------------------


def test_a_card_is_registered_and_asked_about_again_under_one_pin(
    client: HttpQualificationClient, authority: TestAuthority
) -> None:
    desk = opened("shiro", authority)
    first = by_pin("shiro", desk, client)
    assert (first.registered, first.validity) == (False, None)
    challenge = client.challenge("registration")
    assert challenge.purpose == "registration"
    assert client.register_card(challenge, desk.certificate, desk.sign_again(message_of(challenge))) is False
    fresh = client.challenge()
    second = client.check_by_card(fresh, desk.certificate, desk.sign_again(message_of(fresh)))
    assert (second.registered, second.validity) == (True, PERSONAS["shiro"].by_numbers.validity)  # type: ignore[union-attr]
    again = client.challenge("registration")
    assert client.register_card(again, desk.certificate, desk.sign_again(message_of(again))) is True
    assert desk.count.after_pin == 5, "VERIFY and four signatures"


def test_a_challenge_for_the_question_registers_nobody(
    client: HttpQualificationClient, authority: TestAuthority
) -> None:
    desk = opened("shiro", authority)
    challenge = client.challenge()
    signature = desk.verify_and_sign(pin(PERSONAS["shiro"].pin), message_of(challenge))
    with pytest.raises(ServiceStopped) as stopped:
        client.register_card(challenge, desk.certificate, signature)
    assert stopped.value.trouble is Trouble.SERVER_REFUSED


# --- after a consent --------------------------------------------------------------------------------------------


def test_medicines_are_told_only_after_the_consent_and_with_their_hints(
    client: HttpQualificationClient, authority: TestAuthority
) -> None:
    desk = opened("toseki", authority)
    answer = by_pin("toseki", desk, client)
    records = records_of(client)
    with pytest.raises(ServiceStopped) as refused:
        records.medical_information(answer, ALL_ITEMS)
    assert refused.value.detail == "MOCK-CONSENT-NEEDED"
    until = client.give_consent(answer.visit, {"medicines": True, "checkups": True})
    assert until == NOW + timedelta(hours=24)
    told = records.medical_information(answer, ALL_ITEMS)
    assert told.medicines is not None
    assert [medicine.dispensed_on for medicine in told.medicines] == sorted(
        (medicine.dispensed_on for medicine in PERSONAS["toseki"].person.medicines), reverse=True
    )
    assert {hint.kind for hint in told.hints} == {"contraindication", "duplicate"}
    assert told.hints[0].kind == "contraindication"
    assert "ニトログリセリン" in {hint.ingredient for hint in told.hints}
    assert records.medical_information(answer, ("checkups",)).medicines is None, "it was not asked for"


def test_a_refused_item_stays_closed(client: HttpQualificationClient, authority: TestAuthority) -> None:
    answer = by_pin("toseki", opened("toseki", authority), client)
    client.give_consent(answer.visit, {"medicines": False, "checkups": True})
    with pytest.raises(ServiceStopped):
        client.medical_information(InsuredNumbers.of(answer), ("medicines",))
    assert client.medical_information(InsuredNumbers.of(answer), ("checkups",)).checkups is not None


def test_a_reference_number_is_registered_and_a_broken_one_never_leaves(
    client: HttpQualificationClient, authority: TestAuthority
) -> None:
    answer = by_pin("taro", opened("taro", authority), client)
    records = records_of(client)
    records.register_reference_number(answer, "A-1155")
    with pytest.raises(ServiceStopped) as refused:
        records.register_reference_number(answer, "9" * 51)
    assert refused.value.detail == "request"


def test_a_visit_without_a_folder_has_no_face_file(client: HttpQualificationClient, authority: TestAuthority) -> None:
    records = records_of(client)
    answer = by_pin("taro", opened("taro", authority), client)
    assert records.face_file(answer) == "none"
    assert records.face_file(replace(answer, visit="")) == "none", "asked by numbers: nobody is asked"


def test_how_quick_the_service_is(client: HttpQualificationClient) -> None:
    assert ServiceRecords(lambda: client, lambda: None).last_answer_seconds is None, "nobody has connected yet"
    records = records_of(client)
    assert records_of(client).last_answer_seconds is None
    client.challenge()
    asked = records.last_answer_seconds
    assert asked is not None, "whoever asked"
    assert records.health() > 0


# --- 4情報 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("disaster", [False, True])
def test_whoever_was_noted_is_found_by_the_four_items(client: HttpQualificationClient, *, disaster: bool) -> None:
    items = FourItems("協会 太郎", TARO.birthdate, "male", TARO.address)
    answer = client.check_by_four_items(items, disaster=disaster)
    assert (answer.by, answer.validity, answer.name, answer.sex) == ("four_items", 1, TARO.name, "male")
    nobody = client.check_by_four_items(replace(items, birthdate=date(1985, 6, 16)), disaster=disaster)
    assert (nobody.validity, nobody.name) == (4, "")


def test_the_record_comes_in_plain_fields(client: HttpQualificationClient, authority: TestAuthority) -> None:
    answer = by_pin("toseki", opened("toseki", authority), client)
    person = PERSONAS["toseki"].person
    [own] = [own for own in person.memberships if own.is_current(TODAY)]
    assert (answer.address, answer.acquired_on, answer.issued_on) == (person.address, own.qualified_on, own.issued_on)
    assert answer.specific_diseases == (), "not before a consent"
    assert answer.answered_at == NOW


def test_a_specific_disease_is_told_after_the_consent_to_it(
    client: HttpQualificationClient, authority: TestAuthority
) -> None:
    answer = by_pin("toseki", opened("toseki", authority), client)
    client.give_consent(answer.visit, {"specific_diseases": True})
    [disease] = by_pin("toseki", opened("toseki", authority), client).specific_diseases
    assert (disease.code, disease.self_pay_limit) == ("1", 20000)


def test_a_limit_is_told_without_a_consent(client: HttpQualificationClient, authority: TestAuthority) -> None:
    [(name, own)] = [
        (name, own)
        for name, persona in PERSONAS.items()
        for own in persona.person.memberships
        if own.limit is not None and own.is_current(TODAY) and persona.expected.identity == "pin"
    ][:1]
    limit = by_pin(name, opened(name, authority), client).limit
    assert limit is not None
    assert own.limit is not None
    assert (limit.classification, limit.level) == (own.limit.classification, own.limit.flag)

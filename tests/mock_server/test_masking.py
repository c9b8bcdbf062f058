"""What is kept of messages shows nobody: each rule, every element, and every exchange of every persona."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.elements import Element
from eligibility.oqs.kinds import PAIRS
from eligibility.oqs.layout import known_children
from eligibility.oqs.messages import QualificationRequest, QualificationResult, ResultOfQualificationConfirmation
from mock_server.errors import QualificationError
from mock_server.issuer import TestAuthority
from mock_server.masking import MOST_SHOWN, codes_only, masked, masked_values
from mock_server.masking_rules import COUNTED, PARTLY, WHOLE, mask_of
from mock_server.people import Person
from mock_server.personas import load_personas
from mock_server.registry.ledger import Ledger
from mock_server.service import CardAnswer, QualificationService
from tests.mock_server.clinic import Clinic, medicines_request, reference_number_request
from tests.mock_server.paper_queries import numbers_of

PERSONAS = load_personas()


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def leaves(value: Any) -> Iterator[str]:
    """Every text in parsed JSON."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def models() -> set[type[Element]]:
    """Every element with children of every message."""
    found: set[type[Element]] = set()
    waiting = [model for pair in PAIRS.values() for model in pair]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [known.model for known in known_children(model).values() if known.model is not None]
    return found


TAGS = {tag for model in models() for tag, known in known_children(model).items() if known.model is None}

# ── the rules ──


@pytest.mark.parametrize(
    ("tag", "text", "shown"),
    [
        ("Name", "協会　太郎", "協●"),
        ("NameKana", "ｷｮｳｶｲ ﾀﾛｳ", "ｷ●"),
        ("InsuredName", "林", "●"),
        ("NameOfOther", "𠮷野　桃", "𠮷●"),
        ("InsuredCardSymbol", "21700023", "●23"),
        ("InsuredIdentificationNumber", "1155", "●55"),
        ("InsuredIdentificationNumber", "７", "●"),
        ("InsuredPersonIdentificationNumber", "55", "●"),
        ("ReferenceNumber", "P-000123", "●23"),
        ("ArbitraryIdentifier", "カルテ1234", "●34"),
        ("ArbitraryFileIdentifier", "202611200012", "●0012"),
        ("ArbitraryFileIdentifier", "1234567", "●"),
        ("Birthdate", "19850615", "1985●"),
        ("QualificationDate", "20200101", "2020●"),
        ("Address", "東京都見本区窓口一丁目２番３号", "東京都●"),
        ("Address", "神奈川県見本市１番地", "神奈川県●"),
        ("Address", "千葉県見本市薬師町２番地", "千葉県●"),
        ("Address", "●●市一丁目", "●"),
        ("PostNumber", "000-0001", "●"),
        ("InjuryName1", "高血圧症", "●"),
        ("InsurerNumber", "01139997", "01139997"),
        ("InsuredBranchNumber", "00", "00"),
        ("AnElementOfTomorrow", "協会", "●"),
    ],
)
def test_how_each_element_is_shown(tag: str, text: str, shown: str) -> None:
    assert mask_of(tag)(text) == shown


def test_the_rules_name_only_elements_that_there_are() -> None:
    lists = {tag for model in models() for tag, known in known_children(model).items() if known.model is not None}
    assert set(WHOLE) | set(PARTLY) <= TAGS
    assert lists >= COUNTED
    assert not set(WHOLE) & set(PARTLY)


@pytest.mark.parametrize(
    "word", ["Name", "Address", "Post", "Symbol", "Identification", "Birth", "Injury", "Remark", "Medicine", "Usage"]
)
def test_no_element_about_a_person_is_shown_whole(word: str) -> None:
    """By what it is called; the insurer and its name are no person."""
    about = {tag for tag in TAGS if word in tag and not tag.startswith(("Insurer", "MedicalInstitutionCode"))}
    assert about
    assert not about & set(WHOLE)


def test_of_many_people_only_some_are_written_down() -> None:
    result = ResultOfQualificationConfirmation(insurer_number="01139997")
    message: Any = to_json(from_json(QualificationResult, answer_with([to_json(result)] * 5)))
    shown = json.loads(masked(from_json(QualificationResult, message)))["XmlMsg"]["MessageBody"]["ResultList"]
    assert len(shown) == MOST_SHOWN + 1
    assert shown[-1] == "… +2"


def answer_with(results: list[Any]) -> dict[str, Any]:
    header = {
        "ProcessExecutionTime": "20261120090000",
        "QualificationConfirmationDate": "20261120",
        "MedicalInstitutionCode": "1312345678",
        "ReferenceClassification": "1",
        "SegmentOfResult": "1",
        "CharacterCodeIdentifier": "0",
    }
    return {"XmlMsg": {"MessageHeader": header, "MessageBody": {"ResultList": results}}}


def test_codes_alone_are_no_message(clinic: Clinic) -> None:
    shown = json.loads(codes_only(clinic.card("taro").message))
    assert shown == {
        "ReferenceClassification": "1",
        "SegmentOfResult": "1",
        "ProcessingResultStatus": "1",
        "QualificationValidity": "1",
    }


def test_values_of_our_own_are_json() -> None:
    assert json.loads(masked_values({"method": 'fa"ce', "already": True})) == {"method": 'fa"ce', "already": True}


# ── whatever a client sends ──


@given(
    secret=st.text("BDFGHJKLMQVWXZ", min_size=9, max_size=20),
    field=st.sampled_from(["symbol", "number", "identifier", "file", "unknown"]),
)
def test_nothing_a_client_sends_about_a_person_is_kept_whole(secret: str, field: str) -> None:
    said = json_query()
    query = said["XmlMsg"]["MessageBody"]["QualificationConfirmSearchInfo"]
    match field:
        case "symbol":
            query["InsuredCardSymbol"] = f"X{secret}"[:20]
        case "number":
            query["InsuredIdentificationNumber"] = f"X{secret}"[:20]
        case "identifier":
            query["ArbitraryIdentifier"] = secret
        case "file":
            said["XmlMsg"]["MessageHeader"]["ArbitraryFileIdentifier"] = secret
        case "unknown":
            query[f"Patient{secret}"] = secret
    kept = masked(from_json(QualificationRequest, said))
    assert secret[:-4] not in kept
    assert json.loads(kept)


def json_query() -> Any:
    return to_json(numbers_of("taro"))


# ── every exchange of every persona ──


def secrets_of(person: Person) -> set[str]:
    """What must stand in no row: names, kana, numbers, address, birthdate, medicines."""
    names = {person.name, person.kana, person.name_of_other, person.kana_of_other}
    names |= {own.holder_name for own in person.memberships}
    parts = {part for name in names for part in name.replace("　", " ").split() if len(part) > 1}
    numbers = {number for own in person.memberships for number in (own.symbol, own.number)}
    contents = {medicine.name for medicine in person.medicines} | {
        medicine.institution for medicine in person.medicines
    }
    contents |= {disease for own in person.memberships for ticket in own.tickets for disease in ticket.injuries}
    whole = {person.birthdate.strftime("%Y%m%d"), person.address, person.address[4:], person.post_number}
    return {secret for secret in names | parts | numbers | contents | whole if len(secret) > 2}


def visit(clinic: Clinic, persona: str) -> str:
    """Everything that can be asked about a persona; the token of the last visit."""
    token = ""
    cards: list[Callable[[], CardAnswer]] = [lambda: clinic.card(persona), lambda: clinic.attested(persona, "visual")]
    for call in cards:
        try:
            token = call().visit
        except QualificationError:
            continue
    query, caller = numbers_of(persona), clinic.caller
    follows: list[Callable[[], object]] = [
        lambda: clinic.register(persona),
        lambda: clinic.consent(token, comprehensive="given", specific_diseases="given"),
        lambda: clinic.card(persona),
        lambda: clinic.remember(persona, f"CHART-{persona}"),
        lambda: clinic.medicines(persona),
        lambda: clinic.checkups(persona),
        lambda: clinic.do(lambda tx: clinic.service.check_by_numbers(tx, caller, query)),
    ]
    for follow in follows:
        try:
            follow()
        except QualificationError:
            continue
    return token


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_no_exchange_of_any_call_shows_the_person(clinic: Clinic, persona: str) -> None:
    token = visit(clinic, persona)
    rows = clinic.exchanges()
    assert len({row.call for row in rows}) >= 5
    card = clinic.authority.card(persona)
    hidden = secrets_of(PERSONAS[persona].person)
    birthday = f"{PERSONAS[persona].person.birthdate:%m%d}"
    blobs = {token, base64.b64encode(card.auth_certificate).decode()[:40], card.auth_certificate.hex()[:40]}
    blobs |= {row.nonce for row in rows if row.nonce}
    for row in rows:
        kept = row.request + row.answer
        shown = list(leaves([json.loads(text) for text in (row.request, row.answer) if text]))
        assert not [leaf for leaf in shown if leaf in hidden], row.call
        assert not [secret for secret in hidden if len(secret) > 4 and any(secret in leaf for leaf in shown)], row.call
        assert not [blob for blob in blobs if blob and blob in kept], row.call
        assert f"CHART-{persona}" not in kept
        assert not [leaf for leaf in shown if len(leaf) == 8 and leaf.isdigit() and leaf.endswith(birthday)], row.call


def test_requests_are_kept_masked_too(clinic: Clinic) -> None:
    for request in (numbers_of("taro"), medicines_request("taro"), reference_number_request("taro", "P-000123")):
        kept = masked(request)
        assert "1155" not in kept
        assert "21700023" not in kept
        assert '"●55"' in kept

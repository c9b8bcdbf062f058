"""照会番号 of many, 薬剤情報 and 特定健診情報: the independent レセコン at the folders; consent is given over HTTP."""

from __future__ import annotations

import httpx2
import pytest

from mock_server.composition import build_app
from mock_server.personas import load_personas
from tests.folder_client.client import Answered, Document
from tests.folder_client.conftest import INSTITUTION, Clinic, OpenClinic
from tests.folder_client.reading import Group, Reading, groups, text

pytestmark = pytest.mark.broad

PERSONAS = load_personas()
ITEMS = {"YZKsiquc01": "medicines", "TKKsiquc01": "checkups"}
LISTS = {
    "YZKsiquc01": ("MockMedicineList", "MockMedicine"),
    "TKKsiquc01": ("MockHealthCheckupList", "MockHealthCheckup"),
}
PATIENTS = {
    "YZKsiquc01": next(one for one in PERSONAS.values() if one.person.medicines and one.card.is_usable),
    "TKKsiquc01": next(one for one in PERSONAS.values() if one.person.checkups and one.card.is_usable),
}


async def agree(clinic: Clinic, persona: str, item: str) -> None:
    """The patient's card was read, and they agreed to one item at the reader."""
    visit = clinic.card(persona).visit
    transport = httpx2.ASGITransport(app=build_app(clinic.backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as http:
        given = await http.post(
            "/v1/consent",
            json={"institution": INSTITUTION, "visit": visit, "items": {item: "given"}},
            headers={"madoguchi-run": clinic.run},
        )
    assert given.status_code == 200, given.text


def medical(clinic: Clinic, kind: str, category: str) -> Answered | Document:
    outcome = clinic.client.result(clinic.client.ask_medical(kind, PATIENTS[kind].numbers(), category))
    assert isinstance(outcome, Answered | Document), outcome
    return outcome


def told(reading: Reading, kind: str) -> list[Group]:
    outer, inner = LISTS[kind]
    return [one for listed in groups(reading.body, outer) for one in groups(listed, inner)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
@pytest.mark.parametrize("kind", ["YZKsiquc01", "TKKsiquc01"])
async def test_medical_information_comes_as_xml_once_the_patient_agreed(
    open_clinic: OpenClinic, kind: str, encoding: str
) -> None:
    clinic = open_clinic({"encoding": encoding})
    before = medical(clinic, kind, "2")
    assert isinstance(before, Answered)
    assert text(before.reading.body, "ResultCode") == "MOCK-CONSENT-NEEDED"
    assert told(before.reading, kind) == []
    await agree(clinic, PATIENTS[kind].name, ITEMS[kind])
    after = medical(clinic, kind, "2")
    assert isinstance(after, Answered)
    assert text(after.reading.body, "ResultCode") == "1"
    person = PATIENTS[kind].person
    if kind == "YZKsiquc01":
        assert [text(one, "MedicineName") for one in told(after.reading, kind)] == [
            one.name
            for one in sorted(person.medicines, key=lambda one: one.dispensed_on)
            if "202501" <= f"{one.dispensed_on:%Y%m}" <= "202611"
        ]
    else:
        assert {text(one, "CheckupDate") for one in told(after.reading, kind)} == {
            f"{one.on:%Y%m%d}" for one in person.checkups
        }
    assert told(after.reading, kind)


@pytest.mark.parametrize("kind", ["YZKsiquc01", "TKKsiquc01"])
async def test_medical_information_comes_as_a_pdf_where_that_is_asked_for(open_clinic: OpenClinic, kind: str) -> None:
    clinic = open_clinic()
    await agree(clinic, PATIENTS[kind].name, ITEMS[kind])
    assert isinstance(medical(clinic, kind, "1"), Document)


@pytest.mark.parametrize(("agreed", "asked"), [("medicines", "TKKsiquc01"), ("checkups", "YZKsiquc01")])
async def test_a_consent_to_one_is_none_to_the_other(open_clinic: OpenClinic, agreed: str, asked: str) -> None:
    clinic = open_clinic()
    await agree(clinic, PATIENTS[asked].name, agreed)
    outcome = medical(clinic, asked, "2")
    assert isinstance(outcome, Answered)
    assert text(outcome.reading.body, "ResultCode") == "MOCK-CONSENT-NEEDED"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_many_reference_numbers_are_registered_and_nobodys_is_refused(open_clinic: OpenClinic, encoding: str) -> None:
    clinic = open_clinic({"encoding": encoding}, encoding=encoding)
    taro, hanako = PERSONAS["taro"].numbers(), PERSONAS["hanako"].numbers()
    nobody = taro | {"number": "99999999"}
    sent = clinic.client.register_many([(taro, "K-1"), (nobody, "K-2"), (hanako, "K-3")])
    receipt = clinic.client.result(sent)
    assert isinstance(receipt, Answered)
    number = text(receipt.reading.body, "ReceptionNumber")
    assert number
    units = groups(done(clinic, number).body, "BulkRegistrationUnit")
    assert [
        (text(info, "ReferenceNumber"), text(unit, "ProcessingResultStatus"))
        for unit in units
        for info in groups(unit, "ReferenceNumberRegistrationInfo")
    ] == [("K-1", "1"), ("K-2", "2"), ("K-3", "1")]
    clinic.card("hanako")
    [face] = clinic.client.faces(1)
    assert isinstance(face, Answered)
    assert text(face.reading.results[0], "ReferenceNumber") == "K-3"


def done(clinic: Clinic, number: str) -> Reading:
    """The result of a 受付番号, asked for until it is no longer 処理中."""
    while True:
        outcome = clinic.client.result(clinic.client.fetch("OQSmuimm02", number))
        assert isinstance(outcome, Answered)
        if outcome.reading.segment != "2":
            return outcome.reading

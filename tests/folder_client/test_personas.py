"""The independent レセコン completes every persona: by the numbers of the paper, and by the card at the reader.

Held against what the persona files say by hand: name, numbers, and the 資格有効性 expected of each way to ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_server.errors import QualificationError
from mock_server.personas import Persona, load_personas
from tests.folder_client.client import (
    Answered,
    date_and_patient,
    twelve_characters,
    with_underscore,
    write_and_rename,
    write_in_place,
    write_slowly,
)
from tests.folder_client.conftest import Clinic, OpenClinic
from tests.folder_client.reading import Group, Reading, groups, text

HABITS = {
    "12 characters, renamed": (twelve_characters, write_and_rename),
    "date and patient, in place": (date_and_patient, write_in_place),
    "with underscore, in place": (with_underscore, write_in_place),
}
PERSONAS = load_personas()
WITH_PAPER = [persona for persona in PERSONAS.values() if persona.by_numbers is not None]
WITH_CARD = [
    persona
    for persona in PERSONAS.values()
    if persona.card.is_usable and persona.expected.validity is not None and not persona.when_noticed
]


def as_told(name: str, encoding: str) -> str:
    """A name in the characters that the encoding has, ● for the others (facts §8)."""
    if encoding == "utf-8":
        return name
    fitted = re.sub("[\ufe00-\ufe0f\U000e0100-\U000e01ef]", "", name)
    return "".join(one if one.encode("cp932", "ignore") else "●" for one in fitted)


def judge(reading: Reading, persona: Persona, validity: int, encoding: str) -> None:
    assert (reading.segment, text(reading.body, "ProcessingResultStatus")) == ("1", "1"), persona.name
    assert text(reading.body, "QualificationValidity") == str(validity), persona.name
    if validity == 1:
        [result] = reading.results
        judge_person(result, persona, encoding)
    if validity in (4, 5):
        assert reading.results == []


def judge_person(result: Group, persona: Persona, encoding: str) -> None:
    person = persona.person
    assert text(result, "Name") == as_told(person.name, encoding)
    assert text(result, "NameKana") == person.kana
    assert text(result, "Birthdate") == f"{person.birthdate:%Y%m%d}"
    assert text(result, "Sex1") == person.sex
    number = text(result, "InsurerNumber")
    assert len(number) == 8
    own = [one for one in person.memberships if one.insurer_number == number.strip()]
    assert own, persona.name
    assert text(result, "InsuredIdentificationNumber") in {one.number for one in own}
    assert text(result, "InsuredBranchNumber") in {one.branch for one in own}


@pytest.mark.broad
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
@pytest.mark.parametrize("order", ["spec", "face"])
@pytest.mark.parametrize("habit", HABITS)
def test_everybody_is_found_by_the_numbers_of_the_paper(
    open_clinic: OpenClinic, encoding: str, order: str, habit: str
) -> None:
    suffixes, write = HABITS[habit]
    clinic = open_clinic(
        {"encoding": encoding, "suffixes": suffixes(), "write": write}, encoding=encoding, answers_order=order
    )
    sent = {persona.name: clinic.client.ask(persona.numbers(), f"id-{persona.name}") for persona in WITH_PAPER}
    assert len(sent) > 30
    outcomes = clinic.client.results(list(sent.values()))
    for persona in WITH_PAPER:
        outcome = outcomes[sent[persona.name]]
        assert isinstance(outcome, Answered), (persona.name, outcome)
        assert outcome.reading.identifier == f"id-{persona.name}"
        assert persona.by_numbers is not None
        judge(outcome.reading, persona, persona.by_numbers.validity, encoding)
    assert list((clinic.client.root / "res").iterdir()) == []


@pytest.mark.broad
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
@pytest.mark.parametrize("order", ["spec", "face"])
def test_everybodys_card_becomes_a_face_file(open_clinic: OpenClinic, encoding: str, order: str) -> None:
    clinic = open_clinic({"encoding": encoding}, encoding=encoding, order=order)
    for persona in WITH_CARD:
        clinic.card(persona.name)
    found: dict[tuple[str, str], Reading] = {}
    for outcome in clinic.client.faces(len(WITH_CARD)):
        assert isinstance(outcome, Answered)
        assert "_face_1312345678" in outcome.name
        for result in outcome.reading.results:
            found[text(result, "Birthdate"), text(result, "Name")] = outcome.reading
    for persona in WITH_CARD:
        if persona.expected.validity == 1:
            reading = found[f"{persona.person.birthdate:%Y%m%d}", as_told(persona.person.name, encoding)]
            judge(reading, persona, 1, encoding)
    assert len(WITH_CARD) > 30


def test_a_card_without_registration_makes_no_valid_face_file(open_clinic: OpenClinic) -> None:
    clinic = open_clinic()
    clinic.card("shiro")
    clinic.card("taro")
    outcomes = clinic.client.faces(1)
    valid = [one for one in outcomes if isinstance(one, Answered) and one.reading.is_valid]
    assert [text(one.reading.results[0], "Name") for one in valid] == ["協会　太郎"]


def test_a_card_that_is_not_believed_makes_no_face_file(open_clinic: OpenClinic) -> None:
    clinic = open_clinic()
    with pytest.raises(QualificationError):
        clinic.card("kigen")
    clinic.card("taro")
    assert len(clinic.client.faces(1)) == 1
    assert list((clinic.client.root / "face").iterdir()) == []


@pytest.mark.parametrize("write", [write_slowly, write_in_place, write_and_rename])
def test_however_a_request_is_written_it_is_answered(
    open_clinic: OpenClinic, write: Callable[[Path, bytes], None]
) -> None:
    clinic = open_clinic({"write": write})
    outcome = clinic.client.result(clinic.client.ask(PERSONAS["taro"].numbers()))
    assert isinstance(outcome, Answered)
    assert outcome.reading.is_valid


@pytest.mark.parametrize("suffixes", [twelve_characters, date_and_patient, with_underscore])
def test_a_reference_number_comes_back_with_the_card(
    open_clinic: OpenClinic, suffixes: Callable[[], Iterator[str]]
) -> None:
    clinic = open_clinic({"suffixes": suffixes()})
    numbers = PERSONAS["taro"].numbers()
    outcome = clinic.client.result(clinic.client.register_number(numbers, "K-0815"))
    assert isinstance(outcome, Answered)
    assert text(outcome.reading.body, "ProcessingResultStatus") == "1"
    clinic.card("taro")
    [face] = clinic.client.faces(1)
    assert isinstance(face, Answered)
    assert text(face.reading.results[0], "ReferenceNumber") == "K-0815"


@pytest.mark.parametrize("as_zip", [False, True])
def test_a_list_of_everybody_is_asked_at_once(open_clinic: OpenClinic, as_zip: bool) -> None:
    clinic = open_clinic(bulk_zip=as_zip)
    receipt = clinic.client.result(clinic.client.ask_many([persona.numbers() for persona in WITH_PAPER]))
    assert isinstance(receipt, Answered)
    number = text(receipt.reading.body, "ReceptionNumber")
    assert number
    outcome = done(clinic, number)
    assert outcome.name.endswith(".zip" if as_zip else ".xml")
    units = groups(outcome.reading.body, "BulkConfirmUnit")
    assert [text(unit, "QualificationValidity") for unit in units] == [
        str(persona.by_numbers.validity) for persona in WITH_PAPER if persona.by_numbers
    ]


def done(clinic: Clinic, number: str) -> Answered:
    """The result of a 受付番号, asked for until it is no longer 処理中."""
    while True:
        outcome = clinic.client.result(clinic.client.fetch("OQSmuquc02", number))
        assert isinstance(outcome, Answered)
        if outcome.reading.segment != "2":
            return outcome

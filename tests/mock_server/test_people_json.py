"""A person as text and back: nothing is lost, whatever the person has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.people import (
    Checkup,
    CheckupValue,
    Limit,
    MedicalTicket,
    Medicine,
    Membership,
    Person,
    SpecificDisease,
)
from mock_server.people_json import PersonTextError, person_from_json, person_to_json
from mock_server.personas import Persona, find_persona, load_personas

words = st.text(max_size=8)
some_words = st.lists(words, max_size=3).map(tuple)
days = st.dates()
maybe_day = st.none() | days
percent = st.none() | st.integers()


def several(kind: type[Any], **values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.builds(kind, **values), max_size=2).map(tuple)


limits = st.builds(
    Limit, classification=words, flag=words, valid_from=days, valid_until=maybe_day, long_term_on=maybe_day
)
diseases = several(SpecificDisease, category=words, valid_from=days, self_pay=st.integers(), valid_until=maybe_day)
tickets = several(
    MedicalTicket, ticket_type=words, issue_number=words, treatment_type=words, injuries=some_words, remarks=some_words
)
memberships = several(
    Membership,
    insurer_number=words,
    insurer_name=words,
    number=words,
    qualified_on=days,
    symbol=words,
    branch=words,
    family=words,
    card_class=words,
    holder_name=words,
    issued_on=maybe_day,
    valid_until=maybe_day,
    lost_on=maybe_day,
    reason_of_loss=words,
    burden_ratio=percent,
    elderly_ratio=percent,
    limit=st.none() | limits,
    diseases=diseases,
    tickets=tickets,
)
medicines = several(
    Medicine,
    dispensed_on=days,
    name=words,
    ingredient=words,
    quantity=words,
    unit=words,
    usage=words,
    days=st.integers(),
    institution=words,
    avoid_with=some_words,
)
checkups = several(
    Checkup, on=days, institution=words, values=several(CheckupValue, item=words, value=words, unit=words)
)
people = st.builds(
    Person,
    key=words,
    name=words,
    kana=words,
    birthdate=days,
    sex=words,
    post_number=words,
    address=words,
    memberships=memberships,
    name_of_other=words,
    kana_of_other=words,
    sex2=words,
    self_info_refused=st.booleans(),
    undisclosed=st.booleans(),
    prescription=words,
    consents=some_words,
    medicines=medicines,
    checkups=checkups,
)


@given(people)
def test_whoever_is_written_comes_back_the_same(person: Person) -> None:
    text = person_to_json(person)
    assert "\n" not in text
    assert person_from_json(text) == person


@pytest.mark.parametrize("persona", load_personas().values(), ids=lambda persona: persona.name)
def test_every_persona_comes_back_the_same(persona: Persona) -> None:
    assert person_from_json(person_to_json(persona.person)) == persona.person


def test_what_is_as_usual_takes_no_room() -> None:
    written = json.loads(person_to_json(find_persona("taro").person))
    assert written["birthdate"] == "1985-06-15"
    assert written["memberships"][0].keys() == {
        "insurer_number",
        "insurer_name",
        "number",
        "qualified_on",
        "symbol",
        "branch",
        "issued_on",
    }
    assert not {"medicines", "consents", "self_info_refused"} & written.keys()


def test_a_text_of_before_a_field_was_added_reads_as_what_it_meant() -> None:
    taro = find_persona("taro").person
    written = json.loads(person_to_json(taro))
    written["memberships"][0].pop("issued_on")
    assert person_from_json(json.dumps(written)).memberships[0].issued_on is None


GOOD = json.loads(person_to_json(find_persona("toseki").person))


def changed(**values: Any) -> dict[str, Any]:
    return {**GOOD, **values}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([], "Person is no object"),
        (changed(surprise=1), "Person has a key this version does not know"),
        ({key: GOOD[key] for key in GOOD if key != "name"}, "Person.name is missing"),
        (changed(name=5), "Person.name is of another kind"),
        (changed(birthdate="1985-02-30"), "Person.birthdate is of another kind"),
        (changed(birthdate=None), "Person.birthdate is of another kind"),
        (changed(undisclosed=1), "Person.undisclosed is of another kind"),
        (changed(consents="all"), "Person.consents is of another kind"),
        (changed(memberships=[{}]), "Membership.insurer_number is missing"),
        (changed(memberships={}), "Person.memberships is of another kind"),
    ],
)
def test_a_text_that_is_no_person_is_refused_without_its_values(value: Any, problem: str) -> None:
    with pytest.raises(PersonTextError) as refusal:
        person_from_json(json.dumps(value, ensure_ascii=False))
    assert refusal.value.problem == str(refusal.value) == problem


@pytest.mark.parametrize("text", ["", "{", "nothing"])
def test_a_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(PersonTextError, match="is no JSON"):
        person_from_json(text)

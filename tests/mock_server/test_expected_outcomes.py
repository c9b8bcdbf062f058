"""What the persona files expect, written by hand, against the service's answer and the rules of the desk.

Three that do not know each other must agree: the files (from the facts), the mock server, and `eligibility.policy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from eligibility.calendar import JST
from eligibility.documents import (
    Certificate,
    Document,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Smartphone,
)
from eligibility.insurers import InsurerNumber
from eligibility.oqs.codes import ReferenceClassification
from eligibility.oqs.messages import QualificationResult
from eligibility.policy import Answer, AskedBy, Case, Flag, Person, decide
from mock_server.answers import Asked, card_obstacle, found, not_answered
from mock_server.findings import find_by_card, find_by_numbers
from mock_server.people import CardHolder, Membership, fold_number
from mock_server.people import Person as OnFile
from mock_server.personas import Persona, load_personas
from mock_server.personas.values import Expected, ExpectedByNumbers
from tests.mock_server.conftest import INSTITUTION, Counter

FIRST_DAY = date(2026, 11, 20)
RENEWALS = (date(2027, 7, 31), date(2027, 8, 1), date(2029, 3, 31), date(2040, 1, 1))
ALL = list(load_personas().values())
each_persona = pytest.mark.parametrize("persona", ALL, ids=lambda persona: persona.name)
UNDECIDABLE = 6

CERTIFICATES = {"revoked_ocsp": Certificate.REVOKED, "not_yet_valid": Certificate.EXPIRED}
"""Words of a persona's card that design.md §5 does not have, and how the desk sees such a certificate."""


def certificate_of(word: str) -> Certificate:
    return CERTIFICATES.get(word) or Certificate(word)


def periods(persona: Persona) -> Iterator[tuple[Expected, list[date]]]:
    """Each expectation with the days on which it is held: its first, its last, and renewals between."""
    first = FIRST_DAY
    for expected in (persona.expected, *persona.later):
        last = expected.holds_until or date(2041, 7, 1)
        yield expected, sorted({first, last, *(day for day in RENEWALS if first <= day <= last)})
        first = last + timedelta(days=1)


def asked_by_card(persona: Persona, on: date) -> QualificationResult:
    """The answer to the persona's card, whoever has identified the person."""
    asked = Asked(datetime.combine(on, time(9), JST), on, INSTITUTION, ReferenceClassification.CARD)
    obstacle = card_obstacle(CardHolder(persona.person, persona.registered))
    return not_answered(asked, obstacle) if obstacle else found(asked, find_by_card(persona.person, on))


def everybody_with(persona: Persona) -> list[tuple[OnFile, Membership]]:
    """Every membership of every persona that the paper's numbers and the birthdate fit (validation.md §2)."""
    paper = persona.paper
    return [
        (who.person, own)
        for who in ALL
        for own in who.person.memberships
        if who.person.birthdate == persona.person.birthdate
        and own.insurer_number == paper.insurer_number
        and fold_number(own.number) == fold_number(paper.number)
        and (not paper.symbol or fold_number(own.symbol) == fold_number(paper.symbol))
        and (not paper.branch or own.branch == paper.branch)
    ]


def as_answer(message: QualificationResult | None, by: AskedBy, person: Person = Person.SAME) -> Answer | None:
    if message is None or message.validity is None:
        return None
    result = message.only_result
    return Answer(
        by=by,
        validity=int(message.validity),
        burden_ratio=result.burden_ratio if result else None,
        elderly_burden_ratio=result.elderly_burden_ratio if result else None,
        insurer_number=InsurerNumber(result.insurer_number) if result and result.insurer_number else None,
        card_class=result.insured_card_classification if result else None,
        person=person,
    )


def decided(persona: Persona, on: date, *presented: Document, answer: Answer | None, equipped: bool = False) -> Case:
    return Case(
        on=on,
        birthdate=persona.person.birthdate,
        presented=presented,
        answer=answer,
        flags=frozenset({Flag.SELF_INFO_REFUSED} if persona.person.self_info_refused else ()),
        equipped_for_smartphone=equipped,
    )


def outcome_of(case: Case) -> tuple[str, int | None]:
    """The outcome and the percent, where a ratio is charged."""
    outcome = decide(case).as_dict()
    charge = outcome["charge"]
    return outcome["outcome"], charge.get("percent") if charge else None


def by_card(
    persona: Persona, expected: Expected, message: QualificationResult | None, on: date, person: Person = Person.SAME
) -> tuple[str | None, int | None]:
    """What the rules make of a first visit with the card and nothing else; (None, None) where they do not decide."""
    if message is not None and message.validity == str(UNDECIDABLE):
        return None, None
    card = MynaCard(
        readable=persona.card.readable,
        # 自己情報提供不可: there is no use of the card at all (reception.md §7).
        registered=persona.registered or persona.person.self_info_refused,
        identity=Identity(expected.identity),
        certificate=certificate_of(persona.card.certificate),
        card_expires_on=persona.card.expires_on,
        face_only=persona.card.kind == "face-only",
    )
    return outcome_of(decided(persona, on, card, answer=as_answer(message, AskedBy.CARD, person)))


def can_be_asked(persona: Persona) -> bool:
    return persona.card.is_usable and persona.expected.identity in ("pin", "face")


@each_persona
def test_answer_and_rules_come_to_what_the_file_expects_as_long_as_it_says(persona: Persona) -> None:
    for expected, days in periods(persona):
        for on in days:
            message = asked_by_card(persona, on) if can_be_asked(persona) else None
            assert by_card(persona, expected, message, on) == (expected.outcome, expected.percent), on
            assert (int(message.validity) if message and message.validity else None) == expected.validity, on


@each_persona
def test_a_query_by_the_numbers_of_the_paper_comes_to_what_the_file_expects(persona: Persona) -> None:
    expected = persona.by_numbers
    assert expected is not None, "every file says what its numbers come to"
    asked = Asked(
        datetime.combine(FIRST_DAY, time(9), JST), FIRST_DAY, INSTITUTION, ReferenceClassification.INSURED_DATA
    )
    message = found(asked, find_by_numbers(everybody_with(persona), FIRST_DAY))
    assert message.validity is not None
    assert int(message.validity) == expected.validity
    if expected.outcome:
        case = decided(persona, FIRST_DAY, paper_of(persona, expected), answer=as_answer(message, AskedBy.NUMBERS))
        assert outcome_of(case) == (expected.outcome, expected.percent)


def paper_of(persona: Persona, expected: ExpectedByNumbers) -> Document:
    insurer = InsurerNumber(persona.paper.insurer_number)
    match expected.document:
        case "eligibility_notice":
            return EligibilityNotice(insurer, expected.burden_ratio, expires_on=expected.expires_on)
        case "insurance_card":
            return InsuranceCard(insurer, expected.expires_on)
        case _:
            return EligibilityCertificate(insurer, expires_on=expected.expires_on, burden_ratio=expected.burden_ratio)


@pytest.mark.parametrize(
    "persona", [persona for persona in ALL if persona.card.smartphone], ids=lambda persona: persona.name
)
def test_a_phone_comes_to_what_the_file_expects(persona: Persona) -> None:
    expected = persona.by_phone
    assert expected is not None, "whoever has a phone says what it comes to"
    usable = persona.card.smartphone == "valid"
    phone = Smartphone(identity=Identity.PIN, certificate=certificate_of(persona.card.smartphone))
    answer = as_answer(asked_by_card(persona, FIRST_DAY), AskedBy.CARD) if usable else None
    equipped = decided(persona, FIRST_DAY, phone, answer=answer, equipped=True)
    assert outcome_of(equipped) == (expected.outcome, expected.percent)
    elsewhere = decided(persona, FIRST_DAY, Smartphone(), answer=None)
    assert outcome_of(elsewhere) == (expected.unequipped, None)


@pytest.mark.parametrize(
    "persona", [persona for persona in ALL if persona.when_noticed], ids=lambda persona: persona.name
)
def test_a_record_of_somebody_else_is_not_taken_once_it_is_noticed(persona: Persona) -> None:
    message = asked_by_card(persona, FIRST_DAY)
    assert by_card(persona, persona.expected, message, FIRST_DAY, Person.DIFFERENT) == (persona.when_noticed, None)


@pytest.mark.parametrize(
    "persona",
    [who for who in ALL if who.card.is_usable and who.expected.identity == "pin"],
    ids=lambda persona: persona.name,
)
def test_the_service_answers_a_signed_question_as_the_file_expects(persona: Persona, counter: Counter) -> None:
    message = counter.ask(persona.name).message
    assert by_card(persona, persona.expected, message, FIRST_DAY) == (
        persona.expected.outcome,
        persona.expected.percent,
    )
    assert (int(message.validity) if message.validity else None) == persona.expected.validity


@pytest.mark.parametrize("table", ["[expected]", "[by_phone]", "[by_numbers]"])
def test_persona_files_name_their_facts(table: str) -> None:
    """An expectation without a source could have been copied from the program."""
    folder = Path(__file__).parents[2] / "mock_server" / "personas"
    for path in folder.glob("*.toml"):
        above, stands_there, _ = path.read_text(encoding="utf-8").partition(f"\n{table}\n")
        if stands_there:
            comment = above.split("\n\n")[-1]
            assert comment.startswith(("# reception.md §", "# design.md §")), path.name

"""What the persona files expect, written by hand, against the service's answer and the rules of the desk.

Three that do not know each other must agree: the files (from the facts), the mock server, and `eligibility.policy`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from eligibility.calendar import JST
from eligibility.documents import Identity, MynaCard
from eligibility.insurers import InsurerNumber
from eligibility.oqs.codes import ReferenceClassification
from eligibility.oqs.messages import QualificationResult
from eligibility.policy import Answer, AskedBy, Case, decide
from mock_server.answers import Asked, found
from mock_server.findings import find_by_card
from mock_server.personas import Persona, load_personas
from tests.mock_server.conftest import INSTITUTION, Counter

FIRST_DAY = date(2026, 11, 20)
ALL = list(load_personas().values())
each_persona = pytest.mark.parametrize("persona", ALL, ids=lambda persona: persona.name)


def days(persona: Persona) -> list[date]:
    """The first day of the persona, days around renewals, and its last day."""
    until = persona.expected.holds_until or date(2040, 1, 1)
    return sorted({FIRST_DAY, date(2027, 7, 31), date(2027, 8, 1), date(2029, 3, 31), until})


def outcome_of(persona: Persona, message: QualificationResult | None, on: date) -> tuple[str, int | None]:
    """What the rules make of a first visit with the card and nothing else."""
    answer = None
    if message is not None and message.validity is not None:
        result = message.only_result
        answer = Answer(
            by=AskedBy.CARD,
            validity=int(message.validity),
            burden_ratio=result.burden_ratio if result else None,
            elderly_burden_ratio=result.elderly_burden_ratio if result else None,
            insurer_number=InsurerNumber(result.insurer_number) if result and result.insurer_number else None,
            card_class=result.insured_card_classification if result else None,
        )
    card = MynaCard(registered=persona.registered, identity=Identity(persona.expected.identity))
    outcome = decide(Case(on=on, birthdate=persona.person.birthdate, presented=(card,), answer=answer)).as_dict()
    charge = outcome["charge"]
    return outcome["outcome"], charge.get("percent") if charge else None


@each_persona
def test_service_and_rules_come_to_what_the_file_expects(persona: Persona, counter: Counter) -> None:
    can_identify = persona.expected.identity == "pin"
    message = counter.ask(persona.name).message if can_identify else None
    expected = persona.expected
    assert outcome_of(persona, message, FIRST_DAY) == (expected.outcome, expected.percent)
    assert (int(message.validity) if message and message.validity else None) == expected.validity


@each_persona
def test_the_expectation_holds_until_the_day_the_file_names(persona: Persona) -> None:
    for on in days(persona):
        message = None
        if persona.registered and persona.expected.identity == "pin":
            at = datetime.combine(on, time(9), JST)
            asked = Asked(at, on, INSTITUTION, ReferenceClassification.CARD)
            message = found(asked, find_by_card(persona.person, on))
        expected = persona.expected
        assert outcome_of(persona, message, on) == (expected.outcome, expected.percent), on


def test_persona_files_name_their_facts() -> None:
    """An expectation without a source could have been copied from the program."""
    folder = Path(__file__).parents[2] / "mock_server" / "personas"
    for path in folder.glob("*.toml"):
        before_expected = path.read_text(encoding="utf-8").partition("[expected]")[0]
        comment = before_expected.rstrip().splitlines()[-1]
        assert comment.startswith("# reception.md §"), path.name

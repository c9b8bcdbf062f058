"""The invented patients: complete, harmless, and what they claim to be."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, timedelta

import pytest

from eligibility.calendar import eighteen_until, elderly_from, preschool_until, seventy_rule_from
from eligibility.check_digits import insurer_digit
from eligibility.insurers import parse_insurer_number
from eligibility.text import looks_like_individual_number
from mock_server.personas import (
    Persona,
    PersonaError,
    UnknownPersonaError,
    find_persona,
    load_personas,
    parse_persona,
)

FIXTURE_INSURERS = {"01139997", "06129993", "06139992", "139998", "39139993"}
"""design.md §3: numbers with right check digits that nobody has."""
BY_THE_SAME_RULE = {"07": "07139991", "A1": "12139994"}
"""被保険者証区分 to a number made by the rule of validation.md §1.6 where design.md §3 names none: 自衛官, 医療扶助."""
ALL = list(load_personas().values())
each_persona = pytest.mark.parametrize("persona", ALL, ids=lambda persona: persona.name)


def test_the_table_has_everyone_the_first_issue_names() -> None:
    validities = {name: persona.expected.validity for name, persona in load_personas().items()}
    assert next(iter(validities)) == "taro"
    assert {1, 2, 4, None} <= set(validities.values())
    assert not find_persona("shiro").registered
    assert "●" in find_persona("takahashi").person.name
    assert find_persona("goro").card.tries_left == 0
    assert find_persona("rokuro").card.tries_left == 1


@each_persona
def test_a_persona_is_told_in_both_languages(persona: Persona) -> None:
    assert set(persona.what_happens) == {"ja", "en"}
    assert all(len(sentence) > 10 for sentence in persona.what_happens.values())


@each_persona
def test_names_are_written_as_the_messages_write_them(persona: Persona) -> None:
    assert "　" in persona.person.name
    assert " " not in persona.person.name
    assert "　" in persona.title
    assert re.fullmatch(r"[ｦ-ﾟ･]+ [ｦ-ﾟ･]+", persona.person.kana)


@each_persona
def test_pins_and_passwords_fit_the_card(persona: Persona) -> None:
    assert re.fullmatch("[0-9]{4}", persona.pin)
    assert re.fullmatch("[A-Z0-9]{6,16}", persona.card.sign_password) or not persona.card.sign_password


def test_every_persona_has_a_pin_of_its_own() -> None:
    assert len({persona.pin for persona in ALL}) == len(ALL)


def test_no_pin_occurs_in_anything_a_persona_shows() -> None:
    """Else a search for a leaked PIN would find a number that was never secret."""
    shown = "\n".join(
        [repr([getattr(persona.person, item.name) for item in fields(persona.person)]) for persona in ALL]
        + [repr(persona.paper) + persona.card.sign_password + repr(persona.what_happens) for persona in ALL]
    )
    assert [persona.name for persona in ALL if persona.pin in shown] == []


@each_persona
def test_no_secret_is_in_a_repr(persona: Persona) -> None:
    assert persona.pin not in repr(persona)
    assert persona.person.name not in repr(persona)


@each_persona
def test_insurers_are_the_invented_ones_with_right_check_digits(persona: Persona) -> None:
    for own in persona.person.memberships:
        allowed = {BY_THE_SAME_RULE[own.card_class]} if own.card_class in BY_THE_SAME_RULE else FIXTURE_INSURERS
        assert own.insurer_number in allowed
        assert insurer_digit(own.insurer_number[:-1]) == own.insurer_number[-1]
    assert persona.paper.insurer_number in FIXTURE_INSURERS | set(BY_THE_SAME_RULE.values())
    if persona.by_numbers is not None and persona.by_numbers.outcome:
        assert parse_insurer_number(persona.paper.insurer_number).digits == persona.paper.insurer_number


@each_persona
def test_nothing_looks_like_an_individual_number(persona: Persona) -> None:
    values = [value for own in persona.person.memberships for value in (own.symbol, own.number)]
    assert not any(map(looks_like_individual_number, [*values, persona.paper.number]))


@each_persona
def test_an_elderly_membership_has_no_symbol_and_eight_digits(persona: Persona) -> None:
    for own in persona.person.memberships:
        if own.insurer_number.startswith("39"):
            assert (own.symbol, own.branch, len(own.number)) == ("", "", 8)


@each_persona
def test_an_expectation_ends_where_a_rule_or_a_membership_changes(persona: Persona) -> None:
    """`holds_until` is the day before a rule of age or a membership would change what is expected."""
    born = persona.person.birthdate
    starts = {
        seventy_rule_from(born),
        elderly_from(born),
        preschool_until(born) + timedelta(days=1),
        eighteen_until(born) + timedelta(days=1),
        *(own.qualified_on for own in persona.person.memberships),
    }
    expectations = (persona.expected, *persona.later)
    for expected, next_one in zip(expectations, [*persona.later, None], strict=True):
        if expected.holds_until is not None:
            assert expected.holds_until + timedelta(days=1) in starts
        else:
            assert next_one is None, "nothing comes after for good"
    last = expectations[-1]
    assert last.holds_until is None or last.holds_until >= date(2028, 1, 1), "a persona that holds for years"


@each_persona
def test_only_those_hold_for_good_whose_share_no_age_changes(persona: Persona) -> None:
    last = (persona.expected, *persona.later)[-1]
    if last.holds_until is None and last.percent is not None:
        insurers = {own.insurer_number for own in persona.person.memberships if own.lost_on is None}
        assert insurers == {"39139993"}


def test_numbers_for_the_form_come_from_the_paper_or_the_membership() -> None:
    assert find_persona("taro").numbers() == {
        "insurer_number": "01139997",
        "symbol": "21700023",
        "number": "1155",
        "branch": "00",
        "birthdate": "1985-06-15",
    }
    assert find_persona("haruka").numbers()["insurer_number"] == "06139992"


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownPersonaError) as refusal:
        find_persona("nobody")
    assert refusal.value.name == "nobody"
    assert "taro" in refusal.value.known


MINIMAL = """
order = 1
registered = true
what_happens = { ja = "何か", en = "something" }
person = { name = "見本　一", kana = "ﾐﾎﾝ ｲﾁ", birthdate = 1990-01-01, sex = "1", post_number = "-", address = "-" }
card = { pin = "0987" }
paper = { insurer_number = "139998", number = "1" }
expected = { identity = "pin", outcome = "OK_ONLINE" }
"""


def test_a_minimal_file_is_enough() -> None:
    persona = parse_persona("ichi", MINIMAL)
    assert persona.title == "見本　一"
    assert (persona.card.tries_left, persona.card.sign_tries_left) == (3, 5)


@pytest.mark.parametrize(
    ("change", "where", "problem"),
    [
        (("order = 1", ""), "x.toml: order", "is missing"),
        (("order = 1", "order = '1'"), "x.toml: order", "must be a int, not str"),
        (("registered = true", "registered = 1"), "x.toml: registered", "must be a bool, not int"),
        (('{ pin = "0987" }', '{ pin = "0987", pim = 1 }'), "x.toml: card", "knows no key pim"),
        (("1990-01-01", "1990-01-01T00:00:00"), "x.toml: person: birthdate", "must be a date, not datetime"),
        (('paper = { insurer_number = "139998", number = "1" }', ""), "x.toml", "needs [paper]"),
        (("order = 1", "order = "), "x.toml", "Invalid value"),
        (
            ('{ pin = "0987" }', '{ pin = "0987", certificate = "gone" }'),
            "x.toml: card: certificate",
            "must be one of valid",
        ),
        (('{ pin = "0987" }', '{ pin = "0987", smartphone = "lost" }'), "x.toml: card: smartphone", "must be one of"),
        (('sex = "1"', 'sex = "1", consents = ["everything"]'), "x.toml: person: consents", "must be one of"),
        (('sex = "1"', 'sex = "1", consents = [1]'), "x.toml: person: consents", "must be one of"),
        (("order = 1", "order = 1\nscenario = [1]"), "x.toml: scenario", "must be a list of texts"),
        (("order = 1", "order = 1\nby_numbers = {}"), "x.toml: by_numbers: validity", "is missing"),
    ],
)
def test_a_wrong_file_says_where_and_what(change: tuple[str, str], where: str, problem: str) -> None:
    with pytest.raises(PersonaError) as refusal:
        parse_persona("x", MINIMAL.replace(*change))
    assert refusal.value.where == where
    assert problem in refusal.value.problem

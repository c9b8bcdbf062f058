"""A case from JSON: every key and word of design.md §5, and the place of whatever is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from eligibility import words
from eligibility.case import Case, Membership, Site, Visit
from eligibility.case_json import case_from_dict, parse_case
from eligibility.documents import Certificate, Declaration, Identity, MynaCard, Smartphone
from eligibility.errors import CaseError
from tests.eligibility.strategies import cases
from tests.thoroughness import examples

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "schemas" / "case.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

CARD = {"document": "myna_card", "identity": "pin"}
FULL: dict[str, Any] = {
    "on": "2026-11-20",
    "site": "clinic",
    "visit": "first",
    "birthdate": "1953-05-02",
    "presented": [
        {
            "document": "myna_card",
            "readable": True,
            "registered": True,
            "identity": "pin",
            "certificate": "valid",
            "card_expires_on": "2031-05-02",
            "face_only": False,
            "registration_declined": False,
        },
        {"document": "smartphone"},
        {"document": "portal", "form": "screen", "insurer_number": None, "burden_ratio": None},
        {
            "document": "eligibility_notice",
            "insurer_number": "01139997",
            "burden_ratio": None,
            "valid_from": None,
            "expires_on": None,
        },
        {
            "document": "eligibility_certificate",
            "insurer_number": "01139997",
            "issued_on": "2025-08-01",
            "expires_on": "2029-07-31",
            "burden_ratio": None,
            "original": True,
        },
        {"document": "insurance_card", "insurer_number": "01139997", "expires_on": "2025-12-01"},
        {"document": "elderly_recipient_certificate", "burden_ratio": 20, "valid_from": None, "expires_on": None},
        {"document": "declaration", "burden_ratio": 30},
    ],
    "answer": {
        "by": "card",
        "validity": 1,
        "burden_ratio": 30,
        "elderly_burden_ratio": None,
        "insurer_number": None,
        "card_class": "01",
        "person": "same",
    },
    "membership": "current",
    "known_patient": False,
    "outage": False,
    "disaster": False,
    "flags": [],
    "equipped_for_smartphone": False,
}
"""The example of design.md §5."""


def refusal(raw: object) -> CaseError:
    with pytest.raises(CaseError) as refused:
        case_from_dict(raw)
    return refused.value


def changed(**changes: Any) -> dict[str, Any]:
    return {**FULL, **changes}


class TestDefaults:
    def test_only_the_day_is_required(self) -> None:
        case = case_from_dict({"on": "2026-11-20"})
        assert case == Case(date(2026, 11, 20))
        assert (case.site, case.visit, case.membership) == (Site.CLINIC, Visit.FIRST, Membership.UNKNOWN)
        assert (case.known_patient, case.outage, case.disaster, case.equipped_for_smartphone) == (False,) * 4
        assert (case.birthdate, case.presented, case.answer, case.flags) == (None, (), None, frozenset())

    @pytest.mark.parametrize("kind", [MynaCard, Smartphone])
    def test_a_card_or_phone_is_readable_registered_valid_and_nobodys(self, kind: type[MynaCard | Smartphone]) -> None:
        [device] = case_from_dict({"on": "2026-11-20", "presented": [{"document": kind.document}]}).presented
        assert isinstance(device, kind)
        assert (device.readable, device.registered, device.certificate) == (True, True, Certificate.VALID)
        assert device.identity is Identity.NONE

    def test_a_certificate_on_paper_is_an_original(self) -> None:
        [paper] = case_from_dict({"on": "2026-11-20", "presented": [{"document": "eligibility_certificate"}]}).presented
        assert (
            paper
            == case_from_dict(
                {"on": "2026-11-20", "presented": [{"document": "eligibility_certificate", "original": True}]}
            ).presented[0]
        )


class TestTheExample:
    def test_the_example_of_the_design_is_a_case(self) -> None:
        assert len(case_from_dict(FULL).presented) == 8

    def test_what_was_read_is_written_again(self) -> None:
        assert case_from_dict(case_from_dict(FULL).as_dict()) == case_from_dict(FULL)

    def test_a_byte_order_mark_is_no_mistake(self) -> None:
        assert parse_case("\ufeff" + json.dumps(FULL)) == case_from_dict(FULL)

    def test_what_was_handed_over_is_not_changed(self) -> None:
        before = copy.deepcopy(FULL)
        case_from_dict(FULL)
        assert before == FULL


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("", "case.json", "-"),
        ('{"on": "2026-11-20"', "case.json", "-"),
        ('{"on": "2026-11-20", "on": "2026-11-21"}', "case.duplicate_key", "on"),
        ('{"on": "2026-11-20", "answer": {"by": "numbers", "by": "card"}}', "case.duplicate_key", "answer.by"),
        (
            '{"on": "2026-11-20", "presented": [{"document": "portal"}, {"document": "portal", "document": "portal"}]}',
            "case.duplicate_key",
            "presented[1].document",
        ),
        ('{"site": "clinic", "on": "2026-11-20", "on": "2026-11-21"}', "case.duplicate_key", "on"),
        ('{"on": "2026-11-20", "on": "1234-5678-9018"}', "field.individual_number", "on"),
        ('{"on": "1234-5678-9018", "on": "2026-11-20"}', "field.individual_number", "on"),
        ('{"123456789018": 1, "123456789018": 2}', "field.individual_number", "?"),
        ('{"on": NaN}', "case.json_number", "-"),
        ('{"on": -Infinity}', "case.json_number", "-"),
        ('{"on": ' + "1" * 5000 + "}", "case.json_number", "-"),
        ("[" * 100_000, "case.json_depth", "-"),
        ("[]", "case.not_object", "-"),
        ("null", "case.not_object", "-"),
    ],
)
def test_a_text_that_is_no_case_says_why(text: str, code: str, path: str) -> None:
    with pytest.raises(CaseError) as refused:
        parse_case(text)
    assert (refused.value.code, refused.value.path) == (code, path)


def test_broken_json_says_the_line_and_the_column() -> None:
    with pytest.raises(CaseError) as refused:
        parse_case('{\n  "on": "2026-11-20",\n}')
    assert (refused.value.params["line"], refused.value.params["column"]) == ("3", "1")


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        ({}, "case.missing", "on"),
        (changed(on=None), "case.missing", "on"),
        (changed(on="20261120"), "case.date", "on"),
        (changed(on="2026-W47-5"), "case.date", "on"),
        (changed(on="2026-02-29"), "case.date", "on"),
        (changed(on="2026-11-20T09:00"), "case.date", "on"),
        (changed(on=20_261_120), "case.date", "on"),
        (changed(site="hospital"), "case.unknown_word", "site"),
        (changed(site=["clinic"]), "case.unknown_word", "site"),
        (changed(site=None), "case.null", "site"),
        (changed(visit="second"), "case.unknown_word", "visit"),
        (changed(membership="gone"), "case.unknown_word", "membership"),
        (changed(outage="false"), "case.flag", "outage"),
        (changed(disaster=0), "case.flag", "disaster"),
        (changed(known_patient=None), "case.null", "known_patient"),
        (changed(flags="undisclosed"), "case.not_list", "flags"),
        (changed(flags=["undisclosed", "dv"]), "case.unknown_word", "flags[1]"),
        (changed(presented={}), "case.not_list", "presented"),
        (changed(presented=[CARD, "portal"]), "case.not_object", "presented[1]"),
        (changed(presented=[{}]), "case.missing", "presented[0].document"),
        (changed(presented=[{"document": "passport"}]), "case.unknown_word", "presented[0].document"),
        (changed(presented=[{"document": None}]), "case.unknown_word", "presented[0].document"),
        (changed(presented=[{**CARD, "colour": "pink"}]), "case.unknown_key", "presented[0].colour"),
        (changed(presented=[{**CARD, "identity": "iris"}]), "case.unknown_word", "presented[0].identity"),
        (changed(presented=[{**CARD, "readable": 1}]), "case.flag", "presented[0].readable"),
        (
            changed(presented=[CARD, {"document": "smartphone", "card_expires_on": "2030-01-01"}]),
            "case.unknown_key",
            "presented[1].card_expires_on",
        ),
        (
            changed(presented=[{"document": "smartphone", "face_only": False}]),
            "case.unknown_key",
            "presented[0].face_only",
        ),
        (
            changed(presented=[{"document": "portal", "insurer_number": "01139998"}]),
            "field.insurer_number.check_digit",
            "presented[0].insurer_number",
        ),
        (
            changed(presented=[{"document": "portal", "insurer_number": 1_139_997}]),
            "case.insurer_type",
            "presented[0].insurer_number",
        ),
        (changed(presented=[{"document": "portal", "form": None}]), "case.null", "presented[0].form"),
        (
            changed(presented=[{"document": "declaration", "burden_ratio": 25}]),
            "case.ratio",
            "presented[0].burden_ratio",
        ),
        (
            changed(presented=[{"document": "declaration", "burden_ratio": 30.5}]),
            "case.ratio",
            "presented[0].burden_ratio",
        ),
        (
            changed(presented=[{"document": "declaration", "burden_ratio": "30"}]),
            "case.ratio",
            "presented[0].burden_ratio",
        ),
        (changed(answer={}), "case.missing", "answer.by"),
        (changed(answer={"by": "card"}), "case.missing", "answer.validity"),
        (changed(answer=[]), "case.not_object", "answer"),
        (changed(answer={"by": "phone", "validity": 1}), "case.unknown_word", "answer.by"),
        (changed(answer={"by": "numbers", "validity": 6}), "case.validity", "answer.validity"),
        (changed(answer={"by": "numbers", "validity": 0}), "case.validity", "answer.validity"),
        (changed(answer={"by": "numbers", "validity": "1"}), "case.validity", "answer.validity"),
        (changed(answer={"by": "numbers", "validity": True}), "case.validity", "answer.validity"),
        (changed(answer={"by": "numbers", "validity": None}), "case.missing", "answer.validity"),
        (changed(answer={"by": "numbers", "validity": 1, "card_class": "99"}), "case.card_class", "answer.card_class"),
        (changed(answer={"by": "numbers", "validity": 1, "card_class": 1}), "case.card_class", "answer.card_class"),
        (changed(answer={"by": "numbers", "validity": 1, "person": None}), "case.null", "answer.person"),
        (changed(birthdate="S28.5.2"), "case.date", "birthdate"),
        (changed(colour="pink"), "case.unknown_key", "colour"),
        (changed(presented=[], answer={"by": "card", "validity": 1}), "case.by_card_without_card", "answer.by"),
        (changed(outage=True), "case.by_card_in_outage", "answer.by"),
        (changed(flags=["self_info_refused"]), "case.by_card_refused", "answer.by"),
        (changed(presented=[{**CARD, "face_only": True}]), "case.face_only_pin", "presented[0].identity"),
        (
            changed(presented=[CARD, {"document": "smartphone", "certificate": "grace"}]),
            "case.phone_in_grace",
            "presented[1].certificate",
        ),
        (
            changed(
                presented=[
                    CARD,
                    {"document": "eligibility_certificate", "issued_on": "2025-08-01", "expires_on": "2025-07-31"},
                ]
            ),
            "case.expires_before_issue",
            "presented[1].expires_on",
        ),
        (
            changed(presented=[{**CARD, "card_expires_on": "2026-11-19"}]),
            "case.card_outlived",
            "presented[0].certificate",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(raw: Any, code: str, path: str) -> None:
    error = refusal(raw)
    assert (error.code, error.path) == (code, path)
    for lang in words.LANGUAGES:
        assert words.text(lang, error.code, **error.params) != error.code


def test_an_unknown_key_lists_the_keys_that_there_are() -> None:
    assert refusal({"on": "2026-11-20", "presented": [{"document": "declaration", "ratio": 30}]}).params == {
        "path": "presented[0].ratio",
        "known": "document, burden_ratio",
    }


def test_an_unknown_word_suggests_the_nearest() -> None:
    error = refusal(changed(site="clinick"))
    assert (error.params["suggestion"], error.params["words"]) == ("clinic", "clinic, checkup, limited")
    assert "suggestion" not in refusal(changed(site="zzz")).params
    assert "clinic ですか" in words.text("ja", error.code, **error.params)


INDIVIDUAL_NUMBER = "123456789018"
"""Its check digit is right; nobody's, as the digits show."""


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (
            changed(presented=[{"document": "portal", "insurer_number": INDIVIDUAL_NUMBER}]),
            "presented[0].insurer_number",
        ),
        (changed(site="１２３４-５６７８-９０１８"), "site"),
        (changed(site="個人番号 1234・5678・9018 です"), "site"),
        (changed(site="1234\u200e|5678\u00ad~9018"), "site"),
        (changed(birthdate=int(INDIVIDUAL_NUMBER)), "birthdate"),
        (changed(birthdate=float(INDIVIDUAL_NUMBER)), "birthdate"),
        (changed(nested={"deeper": [[INDIVIDUAL_NUMBER]]}), "nested.deeper[0][0]"),
        (changed(**{INDIVIDUAL_NUMBER: True}), "?"),
    ],
)
def test_an_individual_number_is_refused_wherever_it_stands_and_not_repeated(raw: Any, path: str) -> None:
    error = refusal(raw)
    assert (error.code, error.path) == ("field.individual_number", path)
    assert INDIVIDUAL_NUMBER not in f"{error} {error.params}"


def test_twelve_digits_with_another_check_digit_are_only_wrong() -> None:
    assert refusal(changed(birthdate=123_456_789_012)).code == "case.date"


def test_thirty_point_nought_is_thirty() -> None:
    case = case_from_dict({"on": "2026-11-20", "presented": [{"document": "declaration", "burden_ratio": 30.0}]})
    assert case.presented == (Declaration(30),)


def test_a_key_that_is_no_plain_word_is_not_repeated() -> None:
    assert refusal(changed(**{"山田 太郎": 1})).path == "?"


@settings(max_examples=examples(300), deadline=None)
@given(cases())
def test_every_case_goes_through_json_and_its_schema_and_comes_back(case: Case) -> None:
    written = json.loads(json.dumps(case.as_dict()))
    VALIDATOR.validate(written)
    assert case_from_dict(written) == case


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


def _places(raw: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in it with each of its keys or indexes."""
    if isinstance(raw, dict):
        for key in raw:
            yield raw, key
            yield from _places(raw[key])
    elif isinstance(raw, list):
        for index in range(len(raw)):
            yield raw, index
            yield from _places(raw[index])


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_whatever_is_put_anywhere_is_a_case_or_a_told_mistake(data: st.DataObject) -> None:
    raw = copy.deepcopy(FULL)
    places = list(_places(raw))
    where, key = places[data.draw(st.integers(0, len(places) - 1))]
    where[key] = data.draw(ANYTHING)
    told: CaseError | None = None
    try:
        case_from_dict(raw)
    except CaseError as error:
        told = error
    if told is None:
        VALIDATOR.validate(raw)
    else:
        assert words.text("ja", told.code, **told.params) != told.code

"""A case: its JSON, its defaults, and the combinations that cannot happen (design.md §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Answer, AskedBy, Case, Flag, Membership, Person, Site, Visit
from eligibility.documents import (
    DOCUMENT_TYPES,
    Certificate,
    Declaration,
    EligibilityCertificate,
    Identity,
    MynaCard,
    Smartphone,
    document_as_dict,
)
from eligibility.errors import CaseError
from tests.eligibility.cases import BY_CARD, CARD, PIN_CARD, TODAY, by_card, by_numbers, case, decided
from tests.eligibility.fixture_insurers import KYOKAI


def refusal(*presented: object, **changes: object) -> tuple[str, str]:
    with pytest.raises(CaseError) as error:
        case(*presented, **changes)
    return error.value.code, error.value.path


def test_only_the_day_is_required() -> None:
    empty = Case(on=TODAY)
    assert empty.as_dict() == {
        "on": "2026-11-20",
        "site": "clinic",
        "visit": "first",
        "birthdate": None,
        "presented": [],
        "answer": None,
        "membership": "unknown",
        "known_patient": False,
        "outage": False,
        "disaster": False,
        "flags": [],
        "equipped_for_smartphone": False,
    }


def test_a_case_is_written_with_every_key_and_word() -> None:
    full = Case(
        on=TODAY,
        site=Site.LIMITED,
        visit=Visit.RETURN,
        birthdate=date(1953, 5, 2),
        presented=(
            MynaCard(identity=Identity.PIN, card_expires_on=date(2031, 5, 2)),
            EligibilityCertificate(KYOKAI, date(2025, 8, 1), date(2029, 7, 31), 30),
        ),
        answer=Answer(AskedBy.CARD, 1, 30, 20, KYOKAI, "01", Person.SAME),
        membership=Membership.CURRENT,
        known_patient=True,
        flags=frozenset({Flag.UNDISCLOSED}),
        equipped_for_smartphone=True,
    )
    assert full.as_dict() == {
        "on": "2026-11-20",
        "site": "limited",
        "visit": "return",
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
            {
                "document": "eligibility_certificate",
                "insurer_number": "01139997",
                "issued_on": "2025-08-01",
                "expires_on": "2029-07-31",
                "burden_ratio": 30,
                "original": True,
            },
        ],
        "answer": {
            "by": "card",
            "validity": 1,
            "burden_ratio": 30,
            "elderly_burden_ratio": 20,
            "insurer_number": "01139997",
            "card_class": "01",
            "person": "same",
        },
        "membership": "current",
        "known_patient": True,
        "outage": False,
        "disaster": False,
        "flags": ["undisclosed"],
        "equipped_for_smartphone": True,
    }


def test_every_document_has_the_keys_of_the_specification_and_its_defaults() -> None:
    assert [document_as_dict(kind()) for kind in DOCUMENT_TYPES] == [
        {
            "document": "myna_card",
            "readable": True,
            "registered": True,
            "identity": "none",
            "certificate": "valid",
            "card_expires_on": None,
            "face_only": False,
            "registration_declined": False,
        },
        {
            "document": "smartphone",
            "readable": True,
            "registered": True,
            "identity": "none",
            "certificate": "valid",
            "registration_declined": False,
        },
        {"document": "portal", "form": "screen", "insurer_number": None, "burden_ratio": None},
        {
            "document": "eligibility_notice",
            "insurer_number": None,
            "burden_ratio": None,
            "valid_from": None,
            "expires_on": None,
        },
        {
            "document": "eligibility_certificate",
            "insurer_number": None,
            "issued_on": None,
            "expires_on": None,
            "burden_ratio": None,
            "original": True,
        },
        {"document": "insurance_card", "insurer_number": None, "expires_on": None},
        {"document": "elderly_recipient_certificate", "burden_ratio": None, "valid_from": None, "expires_on": None},
        {"document": "declaration", "burden_ratio": None},
    ]


def test_an_outcome_is_written_as_the_specification_shows_it() -> None:
    assert decided(PIN_CARD, answer=BY_CARD).as_dict() == {
        "outcome": "OK_ONLINE",
        "row": 4,
        "charge": {"kind": "ratio", "percent": 30},
        "consent": "ask",
        "ask_for": [],
        "tell": [],
        "queue": None,
        "registration": None,
        "returns": [],
        "reasons": ["answer_valid", "share_from_answer"],
    }


@pytest.mark.parametrize(
    "card",
    [
        CARD,
        MynaCard(identity=Identity.PIN_LOCKED),
        MynaCard(identity=Identity.MISMATCH),
        replace(PIN_CARD, readable=False),
        replace(PIN_CARD, registered=False),
        replace(PIN_CARD, certificate=Certificate.EXPIRED),
        replace(PIN_CARD, certificate=Certificate.REVOKED),
        Smartphone(),
        Declaration(),
    ],
)
def test_an_answer_by_card_needs_a_card_it_can_have_been_made_with(card: object) -> None:
    assert refusal(card, answer=BY_CARD) == ("case.by_card_without_card", "answer.by")


@pytest.mark.parametrize("identity", [Identity.PIN, Identity.FACE, Identity.VISUAL])
@pytest.mark.parametrize("certificate", [Certificate.VALID, Certificate.EXPIRING, Certificate.GRACE])
def test_an_answer_by_card_is_possible_with_every_way_and_usable_certificate(
    identity: Identity, certificate: Certificate
) -> None:
    assert case(MynaCard(identity=identity, certificate=certificate), answer=BY_CARD).answer == BY_CARD


def test_no_answer_by_card_where_self_information_is_refused() -> None:
    assert refusal(PIN_CARD, answer=by_card(2), flags=frozenset({Flag.SELF_INFO_REFUSED})) == (
        "case.by_card_refused",
        "answer.by",
    )


def test_no_answer_by_card_in_an_outage() -> None:
    assert refusal(PIN_CARD, answer=BY_CARD, outage=True) == ("case.by_card_in_outage", "answer.by")


def test_a_face_only_card_has_no_pin() -> None:
    assert refusal(CARD, MynaCard(identity=Identity.PIN, face_only=True)) == (
        "case.face_only_pin",
        "presented[1].identity",
    )


def test_a_phone_has_no_grace() -> None:
    assert refusal(Smartphone(certificate=Certificate.GRACE)) == ("case.phone_in_grace", "presented[0].certificate")


def test_a_paper_does_not_expire_before_it_is_issued() -> None:
    day = date(2026, 4, 1)
    assert refusal(EligibilityCertificate(issued_on=day, expires_on=date(2026, 3, 31))) == (
        "case.expires_before_issue",
        "presented[0].expires_on",
    )
    assert case(EligibilityCertificate(issued_on=day, expires_on=day)).presented


def test_a_certificate_does_not_outlive_its_card() -> None:
    yesterday = date(2026, 11, 19)
    assert refusal(MynaCard(card_expires_on=yesterday)) == ("case.card_outlived", "presented[0].certificate")
    assert case(MynaCard(card_expires_on=TODAY)).presented
    assert case(MynaCard(card_expires_on=yesterday, certificate=Certificate.EXPIRED)).presented


@pytest.mark.parametrize("validity", [0, 6, 7])
def test_the_validity_is_1_to_5(validity: int) -> None:
    assert refusal(answer=by_numbers(validity)) == ("case.validity", "answer.validity")


def test_a_share_is_10_20_or_30() -> None:
    assert refusal(Declaration(15)) == ("case.ratio", "presented[0].burden_ratio")
    assert refusal(answer=Answer(AskedBy.NUMBERS, 1, burden_ratio=3)) == ("case.ratio", "answer.burden_ratio")
    assert refusal(answer=Answer(AskedBy.NUMBERS, 1, elderly_burden_ratio=0)) == (
        "case.ratio",
        "answer.elderly_burden_ratio",
    )


def test_the_card_class_is_one_of_the_list() -> None:
    assert refusal(answer=Answer(AskedBy.NUMBERS, 1, card_class="1")) == ("case.card_class", "answer.card_class")

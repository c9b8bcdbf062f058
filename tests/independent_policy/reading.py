"""What a case says, read from plain JSON: every key filled in, its days, its documents, its answer, the person's age.

Owns the defaults of design.md §5 and the questions that every other module here asks of a case. Knows no row and no
yen. If it is wrong, the two policies do not even talk about the same person.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.independent_policy.ages import is_75, is_under_the_seventy_years_rule

Json = dict[str, Any]

CASE: Json = {
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
"""What is meant where a case leaves a key out."""
DEVICE: Json = {
    "readable": True,
    "registered": True,
    "identity": "none",
    "certificate": "valid",
    "registration_declined": False,
}
DOCUMENTS: dict[str, Json] = {
    "myna_card": DEVICE | {"card_expires_on": None, "face_only": False},
    "smartphone": DEVICE,
    "portal": {"form": "screen", "insurer_number": None, "burden_ratio": None},
    "eligibility_notice": {"insurer_number": None, "burden_ratio": None, "valid_from": None, "expires_on": None},
    "eligibility_certificate": {
        "insurer_number": None,
        "issued_on": None,
        "expires_on": None,
        "burden_ratio": None,
        "original": True,
    },
    "insurance_card": {"insurer_number": None, "expires_on": None},
    "elderly_recipient_certificate": {"burden_ratio": None, "valid_from": None, "expires_on": None},
    "declaration": {"burden_ratio": None},
}
ANSWER: Json = {
    "burden_ratio": None,
    "elderly_burden_ratio": None,
    "insurer_number": None,
    "card_class": None,
    "person": "same",
}
USABLE = ("valid", "expiring", "grace")
"""Certificates with which the service still answers."""
IDENTIFIED = ("pin", "face", "visual")
"""How somebody is identified; the other words of identity say why not."""


def complete(short: Json) -> Json:
    """“`on` is required; every other key may be left out.”"""
    case: Json = CASE | short
    case["presented"] = [DOCUMENTS[document["document"]] | document for document in case["presented"]]
    if case["answer"] is not None:
        case["answer"] = ANSWER | case["answer"]
    return case


def day(text: str) -> date:
    """A date as JSON writes it."""
    return date.fromisoformat(text)


def shown(case: Json, *words: str) -> list[Json]:
    """The documents presented under these words, in their order."""
    return [document for document in case["presented"] if document["document"] in words]


def says(case: Json, *validities: int, by: str | None = None) -> bool:
    """Whether the service answered one of these, about this person, by card, by numbers, or (None) by either.

    "No fallback on that card or answer": what was said about somebody else, or perhaps about somebody else, is not
    said about this person.
    """
    answer = case["answer"]
    return (
        answer is not None
        and answer["person"] == "same"
        and answer["validity"] in validities
        and by in (None, answer["by"])
    )


def is_elderly_insurer(number: str | None) -> bool:
    """“A 後期高齢 insurer (39…).”"""
    return number is not None and len(number) == 8 and number.startswith("39")


def is_national_insurer(number: str | None) -> bool:
    """国保: six digits without a 法別番号, or the closed 67 (validation.md §1.3)."""
    return number is not None and (len(number) == 6 or number.startswith("67"))


def named(case: Json) -> str | None:
    """The insurer that the answer names."""
    number: str | None = case["answer"]["insurer_number"]
    return number


def has_reached_75(case: Json) -> bool:
    """Unknown birthdates have reached nothing."""
    return case["birthdate"] is not None and is_75(day(case["birthdate"]), day(case["on"]))


def has_reached_70(case: Json) -> bool:
    """By the 70-years rule, from the first of a month."""
    return case["birthdate"] is not None and is_under_the_seventy_years_rule(day(case["birthdate"]), day(case["on"]))

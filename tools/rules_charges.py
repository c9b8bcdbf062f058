"""The sections of docs/rules.md on what is charged: the kinds of charge, the order of the sources of a share, the ages.

The order is decided case by case with one source less each time, not written down. If it is wrong, a reader checks
another order against the law than the desk goes by.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eligibility.calendar import eighteen_until, elderly_from, preschool_until, seventy_rule_from
from eligibility.case import Answer, AskedBy, Case
from eligibility.charges import shares_by_birthdate
from eligibility.documents import Declaration, Document, ElderlyRecipientCertificate, EligibilityCertificate
from eligibility.guidance_lines import charge_line
from eligibility.insurers import InsurerNumber
from eligibility.outcome import Charge, ChargeKind, OutcomeWord
from eligibility.policy import decide
from eligibility.policy_share import GENERAL_SHARE, PRESCHOOL_SHARE, PROVISIONAL_AT_SEVENTY
from tools.rules_markdown import BREAK, both, code, link, paragraphs, table

_TODAY = date(2026, 11, 20)
_AT_72, _AT_40 = date(1954, 5, 2), date(1986, 5, 2)
_UNKNOWN_SHARE = "from 75, without a birthdate, or of an insurer 39… at any age, and no ratio was seen"
_SPECIAL_TREATMENT = (
    "特別療養 (被保険者証区分 05), past the first 31 March on or after age 18, or without a birthdate; "
    "never on the fallback ladder"
)
_SOCIETY = InsurerNumber("06139992")
_ELDERLY = InsurerNumber("39139993")
_BORN = ("2020-04-01", "2020-04-02", "1956-11-01", "1956-11-02", "1956-02-29", "1951-11-20")
"""Birthdays on both sides of a rule, and on 29 February (validation.md §4)."""

_KINDS = (
    (None, OutcomeWord.IDENTIFY, "nothing is decided yet"),
    (Charge(ChargeKind.RATIO, GENERAL_SHARE), OutcomeWord.OK_ONLINE, "the share is known"),
    (Charge(ChargeKind.ASK, PROVISIONAL_AT_SEVENTY), OutcomeWord.OK_CERTIFICATE, "70 to 74, and no ratio was seen"),
    (
        Charge(ChargeKind.ASK),
        OutcomeWord.OK_CERTIFICATE,
        _UNKNOWN_SHARE,
    ),
    (Charge(ChargeKind.FULL), OutcomeWord.NOT_CONFIRMED, "eligibility is not confirmed"),
    (
        Charge(ChargeKind.FULL),
        OutcomeWord.OK_ONLINE,
        _SPECIAL_TREATMENT,
    ),
    (Charge(ChargeKind.NONE), OutcomeWord.OK_ONLINE, "a checkup site, or a booking"),
)


def charges() -> str:
    """Section: charge and share, their order, and the ages."""
    return paragraphs(
        f"Decided in {link('eligibility/policy_share.py')}. Nobody on the ladder with a registered card in hand "
        "(row 10) is charged in full, but under 特別療養.",
        table(("Charge", "When", "What staff read"), _kinds()),
        "**Which source of the share counts.** Decided for a person of 72 with a 資格確認書 of the invented "
        f"{_SOCIETY}, taking the best source away from line to line; in the last line the person is 40.",
        table(("Best source that is left", "Charge", "Why"), _share_order()),
        f"**By age alone** only before school ({PRESCHOOL_SHARE} %) and under 70 ({GENERAL_SHARE} %), and never for "
        "an insurer 39…, which holds people of 65 to 74 too. At 70 to 74 without any ratio "
        f"{PROVISIONAL_AT_SEVENTY} % is charged for the time being and the difference comes back. From 75 on nothing "
        "stands for it. A ratio paper is not in effect outside its dates, nor before its holder's 70-years rule; a "
        "declared ratio that the age forbids is ignored with a reason.",
        table(("Age", "Shares that it leaves open"), _shares_open()),
        "**Ages** (年齢計算ニ関スル法律: an age is reached on the day before the birthday; 75 on the birthday "
        f"itself): {link('eligibility/calendar.py')}.",
        table(("Born", "未就学 until", "70-years rule from", "後期高齢者医療 from", "特別療養 spares until"), _ages()),
    )


def charge_in_short(charge: Charge | None) -> str:
    """A charge for a narrow cell."""
    match charge:
        case None:
            return "no charge yet"
        case Charge(ChargeKind.RATIO, percent):
            return f"{percent} %"
        case Charge(ChargeKind.ASK, int() as percent):
            return f"asked, {percent} % for now"
        case Charge(ChargeKind.ASK):
            return "asked"
        case Charge(ChargeKind.FULL):
            return "in full"
        case _:
            return "nothing"


def _kinds() -> Iterator[tuple[str, str, str]]:
    for charge, outcome, when in _KINDS:
        line, params = charge_line(outcome, charge)
        yield code("null" if charge is None else charge.kind.value), when, both(f"staff.{line}", **params)


def _share_order() -> Iterator[tuple[str, str, str]]:
    declared, recipient = Declaration(20), ElderlyRecipientCertificate(20)
    unprinted = EligibilityCertificate(_SOCIETY, expires_on=date(2029, 12, 1))
    printed = EligibilityCertificate(_SOCIETY, expires_on=date(2029, 12, 1), burden_ratio=20)
    answer = Answer(AskedBy.NUMBERS, 1, burden_ratio=30, elderly_burden_ratio=30, insurer_number=_SOCIETY)
    steps: tuple[tuple[str, date, tuple[Document, ...], Answer | None], ...] = (
        ("an answer 1 (from 70 on its 高齢受給者証 ratio first)", _AT_72, (printed, recipient, declared), answer),
        ("a 高齢受給者証 in effect", _AT_72, (printed, recipient, declared), None),
        ("the ratio on the accepted document", _AT_72, (printed, declared), None),
        ("what was declared", _AT_72, (unprinted, declared), None),
        ("none, at 70 to 74", _AT_72, (unprinted,), None),
        ("none, under 70", _AT_40, (unprinted,), None),
    )
    for label, born, presented, given in steps:
        outcome = decide(Case(_TODAY, birthdate=born, presented=presented, answer=given))
        why = [reason for reason in outcome.reasons if reason.startswith("share_")]
        said = BREAK.join(f"{code(word)}{BREAK}{both(f'reason.{word}')}" for word in why)
        yield label, charge_in_short(outcome.charge), said


def _shares_open() -> Iterator[tuple[str, str]]:
    people = (("before school", 2022), ("to 69", 1986), ("70 to 74", 1954), ("from 75", 1946))
    for label, year in people:
        yield label, _percent(shares_by_birthdate(date(year, 5, 2), _TODAY).shares)
    yield "any age, of an insurer 39…", _percent(shares_by_birthdate(_AT_40, _TODAY, _ELDERLY).shares)


def _percent(shares: tuple[int, ...]) -> str:
    return ", ".join(f"{share} %" for share in shares)


def _ages() -> Iterator[tuple[str, ...]]:
    rules = (preschool_until, seventy_rule_from, elderly_from, eighteen_until)
    for born in map(date.fromisoformat, _BORN):
        yield code(born), *(rule(born).isoformat() for rule in rules)

"""What a person can come with, as one typical case each, for whoever shows what a day's rules amount to.

This module alone says what "typical" is: an adult member, a clinic, a first visit. It decides nothing. If it is wrong,
the tables of `madoguchi rules` and docs/rules.md show another situation than their labels say. Rows: facts/reception.md
§5; the word of each is the message id `typical.<word>`.
"""

from __future__ import annotations

from datetime import date, timedelta

from eligibility.case import Answer, AskedBy, Case, Membership
from eligibility.documents import (
    Declaration,
    Document,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.insurers import InsurerNumber
from eligibility.rule_dates import STANDARD_RULES, Rules

_SOCIETY = InsurerNumber("06139992")
_NATIONAL = InsurerNumber("139998")
_ONE_DAY = timedelta(days=1)
_ADULT_AGE = 40


def typical_cases(on: date, rules: Rules = STANDARD_RULES) -> tuple[tuple[str, Case], ...]:
    """Word and case of everything a person can come with on day `on` (after the year 40), best first.

    Where the service can be asked, it was, and the answer is 資格(有効), but 資格(無効) for a membership that ended.
    """
    yesterday, born = on - _ONE_DAY, on.replace(year=on.year - _ADULT_AGE, day=1)
    valid = Answer(AskedBy.CARD, 1, burden_ratio=30, insurer_number=_SOCIETY)
    by_phone = valid if on >= rules.smartphone_from else None
    by_numbers, ended = Answer(AskedBy.NUMBERS, 1, burden_ratio=30), Answer(AskedBy.NUMBERS, 2)
    card, broken = MynaCard(identity=Identity.PIN), MynaCard(readable=False)
    unregistered = MynaCard(registered=False, registration_declined=True)
    notice, portal = EligibilityNotice(_SOCIETY), Portal()
    paper = EligibilityCertificate(_SOCIETY, issued_on=yesterday, expires_on=on)
    rows: tuple[tuple[str, tuple[Document, ...], dict[str, object]], ...] = (
        ("card", (card,), {"answer": valid}),
        ("phone", (Smartphone(identity=Identity.PIN),), {"answer": by_phone, "equipped_for_smartphone": True}),
        ("phone_unequipped", (Smartphone(),), {}),
        ("certificate", (paper,), {}),
        ("certificate_expired", (EligibilityCertificate(_SOCIETY, expires_on=yesterday),), {}),
        ("certificate_left", (paper,), {"membership": Membership.LEFT, "answer": ended}),
        ("certificate_copy", (EligibilityCertificate(_SOCIETY, expires_on=on, original=False),), {}),
        ("old_card", (InsuranceCard(_SOCIETY),), {"answer": by_numbers}),
        ("old_card_left", (InsuranceCard(_SOCIETY),), {"membership": Membership.LEFT, "answer": ended}),
        ("old_card_expired", (InsuranceCard(_SOCIETY, expires_on=yesterday),), {"answer": by_numbers}),
        ("old_card_expired_national", (InsuranceCard(_NATIONAL, expires_on=yesterday),), {"answer": by_numbers}),
        ("notice_alone", (notice,), {"answer": by_numbers}),
        ("notice_alone_national", (EligibilityNotice(_NATIONAL),), {"answer": by_numbers}),
        ("broken_card_notice", (broken, notice), {}),
        ("broken_card_portal", (broken, portal), {}),
        ("broken_card_declaration", (broken, Declaration(30)), {}),
        ("unregistered_card", (MynaCard(registered=False),), {}),
        ("unregistered_card_notice", (unregistered, notice), {"answer": by_numbers}),
        ("nothing", (), {}),
    )
    return tuple((word, Case(on, birthdate=born, presented=shown, **more)) for word, shown, more in rows)  # type: ignore[arg-type]

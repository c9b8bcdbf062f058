"""Short ways to write a case: a person of 40 at a clinic on 2026-11-20, unless the test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eligibility.case import Answer, AskedBy, Case
from eligibility.documents import (
    Certificate,
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.outcome import Outcome
from eligibility.policy import decide
from tests.eligibility.fixture_insurers import COMPANY, KOKUHO, KYOKAI

TODAY = date(2026, 11, 20)
ADULT = date(1986, 5, 2)
CHILD = date(2022, 5, 2)
AT_72 = date(1954, 5, 2)
AT_80 = date(1946, 5, 2)
AT_67 = date(1959, 5, 2)

CARD = MynaCard()
PIN_CARD = MynaCard(identity=Identity.PIN)
GRACE_CARD = MynaCard(identity=Identity.PIN, certificate=Certificate.GRACE)
BROKEN_CARD = MynaCard(readable=False)
EXPIRED_CHIP = MynaCard(certificate=Certificate.EXPIRED)
UNREGISTERED = MynaCard(registered=False)
DECLINED = MynaCard(registered=False, registration_declined=True)
PHONE = Smartphone(identity=Identity.PIN)
PORTAL = Portal()
NOTICE = EligibilityNotice(insurer_number=KYOKAI)
KOKUHO_NOTICE = EligibilityNotice(insurer_number=KOKUHO)
CERTIFICATE = EligibilityCertificate(KYOKAI, issued_on=date(2025, 8, 1), expires_on=date(2029, 7, 31))
OTHER_CERTIFICATE = replace(CERTIFICATE, insurer_number=COMPANY)
OLD_CARD = InsuranceCard(KYOKAI, expires_on=date(2026, 7, 31))
KOKUHO_CARD = InsuranceCard(KOKUHO, expires_on=date(2025, 7, 31))
RECIPIENT = ElderlyRecipientCertificate(20, valid_from=date(2026, 8, 1), expires_on=date(2027, 7, 31))
DECLARATION = Declaration()

BY_CARD = Answer(AskedBy.CARD, 1, burden_ratio=30, insurer_number=KYOKAI)
BY_NUMBERS = replace(BY_CARD, by=AskedBy.NUMBERS)


def by_card(validity: int) -> Answer:
    return Answer(AskedBy.CARD, validity)


def by_numbers(validity: int) -> Answer:
    return Answer(AskedBy.NUMBERS, validity)


def case(*presented: object, **changes: object) -> Case:
    return Case(**({"on": TODAY, "birthdate": ADULT, "presented": presented} | changes))  # type: ignore[arg-type]


def decided(*presented: object, **changes: object) -> Outcome:
    return decide(case(*presented, **changes))

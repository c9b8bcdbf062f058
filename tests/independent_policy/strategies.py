"""Random cases aimed at what `tests.eligibility.strategies` seldom reaches: late rows, birthdays, two papers, leniency.

Owns the aim only: which days, ages, insurers and documents are drawn together. A case is always a real `Case`, so
that nothing impossible is held against either policy. If it is wrong, a row is compared seldom, never wrongly.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from eligibility.case import (
    CARD_CLASSES,
    SPECIAL_TREATMENT_CLASS,
    Answer,
    AskedBy,
    Case,
    Flag,
    Membership,
    Person,
    Site,
    Visit,
)
from eligibility.documents import (
    IDENTIFIED,
    Certificate,
    Declaration,
    Document,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.errors import CaseError
from tests.eligibility import strategies as everywhere
from tests.eligibility.fixture_insurers import ELDERLY, KOKUHO, KYOKAI

FIRSTS_AND_LASTS = [
    date(2026, 3, 31),
    date(2026, 4, 1),
    date(2026, 11, 1),
    date(2026, 11, 30),
    date(2026, 12, 1),
    date(2027, 1, 1),
    date(2027, 2, 28),
    date(2027, 3, 1),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
]
LENIENT_DAYS = [
    date(2025, 6, 26),
    date(2025, 6, 27),
    date(2025, 9, 1),
    date(2025, 12, 1),
    date(2025, 12, 2),
    date(2026, 1, 15),
    date(2026, 3, 31),
    date(2026, 4, 1),
]
LIMITS_OF_AGE = (6, 7, 18, 19, 65, 70, 75)
late_days = st.sampled_from(everywhere.EDGES + FIRSTS_AND_LASTS)
few_insurers = st.none() | st.sampled_from([KYOKAI, KOKUHO, ELDERLY])
"""Few, so that a paper and an answer often name the same."""
ratios = st.none() | everywhere.ratios


@st.composite
def birthdates_around(draw: st.DrawFn, on: date) -> date:
    """A birthdate for which `on` lies near a limit of age, or a day on which such a limit is easily got wrong."""
    year = on.year - draw(st.sampled_from(LIMITS_OF_AGE))
    awkward = [
        date(year, 3, 31),
        date(year, 4, 1),
        date(year, 4, 2),
        date(year // 4 * 4, 2, 29),
        date(year, on.month, 1),
    ]
    same_day = date(year, on.month, min(on.day, 28)) + timedelta(days=on.day - min(on.day, 28))
    around = st.sampled_from([-31, -30, -2, -1, 0, 1, 2, 28, 29, 30, 31]).map(lambda n: same_day + timedelta(days=n))
    return draw(around | st.sampled_from(awkward))


def every_day_around_an_age() -> Iterator[Case]:
    """Situations in which age decides, for every birthdate within five weeks of a limit of age, on awkward days."""
    plastic = MynaCard(identity=Identity.PIN)
    both_ratios = Answer(AskedBy.CARD, 1, burden_ratio=30, elderly_burden_ratio=20)
    paid_in_full_first = Answer(AskedBy.CARD, 1, card_class=SPECIAL_TREATMENT_CLASS)
    situations: list[tuple[tuple[Document, ...], Answer | None]] = [
        ((MynaCard(readable=False),), None),
        ((EligibilityCertificate(KYOKAI),), None),
        ((EligibilityCertificate(ELDERLY), ElderlyRecipientCertificate(20)), None),
        ((MynaCard(readable=False), Declaration(10)), None),
        ((plastic,), both_ratios),
        ((plastic,), paid_in_full_first),
    ]
    for on, age, away in itertools.product(FIRSTS_AND_LASTS, (6, 18, 70, 75), range(-35, 36)):
        year = on.year - age
        birthdate = date(year, on.month, min(on.day, 28)) + timedelta(days=away)
        for presented, answer in situations:
            yield Case(on=on, birthdate=birthdate, presented=presented, answer=answer)


def limits_around(on: date) -> st.SearchStrategy[date | None]:
    """The last or first day of a paper: none, long ago, yesterday, today, tomorrow, far ahead."""
    return st.none() | st.sampled_from([-400, -1, 0, 1, 400]).map(lambda days: on + timedelta(days=days))


def certificates(on: date) -> st.SearchStrategy[Document]:
    """資格確認書 issued about a year and a half before `on`, most of them no photocopies."""
    return st.builds(
        EligibilityCertificate,
        few_insurers,
        limits_around(on - timedelta(days=500)),
        limits_around(on),
        ratios,
        st.sampled_from([True, True, True, False]),
    )


def papers_of_the_ladder(_: date) -> st.SearchStrategy[Document]:
    """Portal and お知らせ of few insurers."""
    return st.builds(Portal, insurer_number=few_insurers, burden_ratio=ratios) | st.builds(
        EligibilityNotice, few_insurers, ratios
    )


def papers(on: date) -> st.SearchStrategy[Document]:
    """Papers whose dates lie around `on` and whose insurers are few."""
    limits = limits_around(on)
    return st.one_of(
        certificates(on),
        st.builds(Portal, insurer_number=few_insurers, burden_ratio=ratios),
        st.builds(EligibilityNotice, few_insurers, ratios, limits, limits),
        st.builds(InsuranceCard, few_insurers, limits),
        st.builds(ElderlyRecipientCertificate, ratios, limits, limits),
        st.builds(Declaration, ratios),
    )


cards = st.builds(
    MynaCard,
    readable=st.sampled_from([True, True, False]),
    registered=st.sampled_from([True, True, True, False]),
    identity=st.sampled_from([Identity.NONE, Identity.FACE, Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN]),
    certificate=st.sampled_from(Certificate),
    face_only=st.booleans(),
    registration_declined=st.booleans(),
)
phones = st.builds(
    Smartphone,
    readable=st.sampled_from([True, True, False]),
    registered=st.sampled_from([True, True, True, False]),
    identity=st.sampled_from([Identity.NONE, Identity.PIN, Identity.PIN_LOCKED]),
    certificate=st.sampled_from([state for state in Certificate if state is not Certificate.GRACE]),
    registration_declined=st.booleans(),
)


asked_with = st.builds(
    MynaCard,
    identity=st.sampled_from(sorted(IDENTIFIED)),
    certificate=st.sampled_from([state for state in Certificate if state.usable]),
) | st.builds(Smartphone, identity=st.just(Identity.PIN))


def answers_of(*validities: int, person: tuple[Person, ...] = (Person.SAME,)) -> st.SearchStrategy[Answer]:
    """One of these answers, of an insurer that a paper may name too."""
    return st.builds(
        Answer,
        st.sampled_from(AskedBy),
        st.sampled_from(validities),
        ratios,
        ratios,
        few_insurers,
        st.sampled_from([None, None, CARD_CLASSES[0], SPECIAL_TREATMENT_CLASS]),
        st.sampled_from(person),
    )


@st.composite
def _cases(
    draw: st.DrawFn,
    days: st.SearchStrategy[date],
    devices: st.SearchStrategy[list[Document]],
    answers: st.SearchStrategy[Answer | None],
    shown: Callable[[date], st.SearchStrategy[Document]] = papers,
) -> Case:
    on = draw(days)
    seldom = st.sampled_from([False] * 15 + [True])
    presented = draw(devices) + draw(st.lists(shown(on), max_size=3))
    parts: dict[str, Any] = {
        "on": on,
        "site": draw(st.sampled_from([Site.CLINIC, Site.CLINIC, Site.LIMITED, Site.CHECKUP])),
        "visit": draw(st.sampled_from([Visit.FIRST, Visit.RETURN, Visit.RETURN, Visit.BOOKING])),
        "birthdate": draw(st.none() | birthdates_around(on) | birthdates_around(on) | everywhere.birthdates),
        # A certificate that ended before it was issued is nobody's.
        "presented": tuple(document for document in presented if _possible(on, document)),
        "membership": draw(
            st.sampled_from([Membership.CURRENT, Membership.UNKNOWN, Membership.UNKNOWN, Membership.LEFT])
        ),
        "known_patient": draw(st.booleans()),
        "outage": draw(seldom),
        "disaster": draw(seldom),
        "flags": frozenset(flag for flag in Flag if draw(seldom)),
        "equipped_for_smartphone": draw(st.booleans()),
    }
    answer = draw(answers)
    case = Case(**parts)
    try:
        return replace(case, answer=answer)
    except CaseError:
        # A query by card that could not be made is one by numbers.
        return case if answer is None else replace(case, answer=replace(answer, by=AskedBy.NUMBERS))


def _possible(on: date, document: Document) -> bool:
    try:
        Case(on=on, presented=(document,))
    except CaseError:
        return False
    return True


no_device: st.SearchStrategy[list[Document]] = st.just([])
on_the_ladder = _cases(late_days, st.lists(cards, min_size=1, max_size=1), st.none() | answers_of(1, 2, 4))
"""Rows 7 to 10: a card that the reader may not have read, papers of few insurers, answers that end something."""
by_paper = _cases(late_days, no_device, st.none() | answers_of(1, 2, 4))
"""Rows 6 and 13: up to three papers, two 資格確認書 among them, and no card."""
in_leniency = _cases(
    st.sampled_from(LENIENT_DAYS),
    no_device | st.lists(cards | phones, max_size=1),
    st.none() | answers_of(1, 1, 1, 2, 4),
)
"""Row 11, on the days around its limits."""
by_phone = _cases(late_days, st.lists(phones | cards, min_size=1, max_size=2), st.none() | answers_of(1, 2, 4))
"""Row 12, and phones in every row before it."""
online = _cases(
    late_days,
    st.lists(asked_with, min_size=1, max_size=1),
    answers_of(1, 1, 1, 2, 3, 4, 5, person=(Person.SAME,) * 6 + (Person.DIFFERENT, Person.UNSURE)),
)
"""Rows 3 to 5: somebody identified, and an answer by card."""
two_certificates = _cases(late_days, no_device, st.none() | answers_of(1, 2, 4), certificates)
"""Row 6 and `returns`: up to three 資格確認書, and answers that end one of them."""
ended = _cases(late_days, st.lists(cards | asked_with, min_size=1, max_size=1), answers_of(2), papers_of_the_ladder)
"""Row 10 after an answer 2: papers of the insurer that it names, and of others."""

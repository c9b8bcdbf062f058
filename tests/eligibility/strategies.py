"""Every case that can happen: at random for properties, and in a fixed sweep that finds words nobody says."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from eligibility.case import CARD_CLASSES, RATIOS, Answer, AskedBy, Case, Flag, Membership, Person, Site, Visit
from eligibility.documents import (
    DOCUMENT_TYPES,
    IDENTIFIED,
    Certificate,
    Declaration,
    Document,
    EligibilityCertificate,
    Identity,
    MynaCard,
    Smartphone,
)
from eligibility.errors import CaseError
from eligibility.insurers import InsurerNumber
from eligibility.rule_dates import RULE_DATES
from tests.eligibility.cases import (
    ADULT,
    AT_67,
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    CHILD,
    DECLINED,
    EXPIRED_CHIP,
    GRACE_CARD,
    KOKUHO_CARD,
    NOTICE,
    OLD_CARD,
    PHONE,
    PIN_CARD,
    PORTAL,
    RECIPIENT,
    TODAY,
    UNREGISTERED,
)
from tests.eligibility.fixture_insurers import ALL

ONE_DAY = timedelta(days=1)
UNDER_ONE = date(2026, 5, 2)
EDGES = sorted({rule.day + step * ONE_DAY for rule in RULE_DATES for step in (-1, 0, 1)} | {TODAY})
days = st.sampled_from(EDGES)
birthdates = st.sampled_from([UNDER_ONE, CHILD, ADULT, AT_67, AT_72, AT_80, date(2008, 9, 1)]) | st.dates(
    min_value=date(1930, 1, 1), max_value=date(2025, 1, 1)
)
ratios = st.sampled_from(RATIOS)
insurers = st.sampled_from(ALL)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of one field, by its type."""
    if isinstance(kind, UnionType):
        return st.one_of(*(st.none() if part is type(None) else _values(part) for part in get_args(kind)))
    if issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    return {bool: st.booleans(), int: ratios, date: days, InsurerNumber: insurers}[kind]


def _documents(kind: type[Document]) -> st.SearchStrategy[Document]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _values(hints[field.name]) for field in fields(kind)})


documents: st.SearchStrategy[Document] = st.one_of(*map(_documents, DOCUMENT_TYPES))
answers = st.builds(
    Answer,
    st.sampled_from(AskedBy),
    st.integers(1, 5),
    st.none() | ratios,
    st.none() | ratios,
    st.none() | insurers,
    st.none() | st.sampled_from(CARD_CLASSES),
    st.sampled_from([Person.SAME] * 5 + [Person.DIFFERENT, Person.UNSURE]),
)


_in_use = st.builds(
    MynaCard,
    identity=st.sampled_from(sorted(IDENTIFIED)),
    certificate=st.sampled_from([state for state in Certificate if state.usable]),
) | st.builds(
    Smartphone,
    identity=st.sampled_from(sorted(IDENTIFIED)),
    certificate=st.sampled_from([Certificate.VALID, Certificate.EXPIRING]),
)
_out_of_use = st.builds(
    MynaCard,
    readable=st.just(False),
    identity=st.sampled_from([Identity.NONE, Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN]),
)
_by_card = answers.map(lambda answer: replace(answer, by=AskedBy.CARD))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case that could be constructed.

    Half of them begin with what the visit rests on, and rare switches are rare, so that every row is reached.
    """
    rarely = st.sampled_from([False] * 5 + [True])
    parts: dict[str, Any] = {
        "on": draw(days),
        "site": draw(st.sampled_from(Site)),
        "visit": draw(st.sampled_from(Visit)),
        "birthdate": draw(st.none() | birthdates),
        "presented": tuple(draw(st.lists(documents, max_size=4))),
        "answer": draw(st.none() | answers),
        "membership": draw(st.sampled_from(Membership)),
        "known_patient": draw(st.booleans()),
        "outage": draw(rarely),
        "disaster": draw(rarely),
        "flags": frozenset(flag for flag in Flag if draw(rarely)),
        "equipped_for_smartphone": draw(st.booleans()),
    }
    rests_on = draw(st.sampled_from(["anything", "anything", "anything", "card", "broken card", "paper"]))
    if rests_on == "card":
        parts |= {"presented": (draw(_in_use), *parts["presented"]), "answer": draw(_by_card)}
        parts |= {"outage": False, "flags": parts["flags"] - {Flag.SELF_INFO_REFUSED}}
    elif rests_on == "broken card":
        parts["presented"] = (draw(_out_of_use), *parts["presented"])
    elif rests_on == "paper":
        parts["presented"] = (draw(_documents(EligibilityCertificate)), *parts["presented"])
    for simpler in ({}, {"answer": None}, {"presented": (), "answer": None}):
        try:
            return Case(**(parts | simpler))
        except CaseError:
            continue
    raise AssertionError(parts)


SWEPT_DOCUMENTS: tuple[Document, ...] = (
    CARD,
    PIN_CARD,
    GRACE_CARD,
    BROKEN_CARD,
    EXPIRED_CHIP,
    MynaCard(certificate=Certificate.REVOKED),
    MynaCard(identity=Identity.MISMATCH),
    MynaCard(identity=Identity.PIN_LOCKED),
    MynaCard(certificate=Certificate.EXPIRED, card_expires_on=date(2025, 1, 1)),
    UNREGISTERED,
    DECLINED,
    PHONE,
    PORTAL,
    NOTICE,
    CERTIFICATE,
    replace(CERTIFICATE, original=False),
    replace(CERTIFICATE, issued_on=date(2024, 12, 2), expires_on=date(2025, 1, 1)),
    EligibilityCertificate(burden_ratio=20),
    OLD_CARD,
    KOKUHO_CARD,
    RECIPIENT,
    Declaration(10),
    Declaration(30),
)
SWEPT_ANSWERS: tuple[Answer | None, ...] = (
    None,
    *(Answer(by, validity) for by in AskedBy for validity in range(1, 6)),
    Answer(AskedBy.CARD, 1, 30),
    Answer(AskedBy.CARD, 1, card_class="05"),
    Answer(AskedBy.NUMBERS, 1, card_class="05"),
    Answer(AskedBy.NUMBERS, 1, person=Person.DIFFERENT),
    Answer(AskedBy.NUMBERS, 1, person=Person.UNSURE),
)
SWEPT_CHANGES: tuple[dict[str, Any], ...] = (
    {},
    *({"birthdate": birthdate} for birthdate in (None, UNDER_ONE, CHILD, AT_72, AT_80)),
    {"on": date(2025, 9, 1)},
    {"on": date(2025, 9, 1), "birthdate": AT_80},
    {"on": date(2026, 1, 15)},
    {"site": Site.CHECKUP},
    {"visit": Visit.BOOKING},
    {"visit": Visit.RETURN, "known_patient": True},
    {"membership": Membership.LEFT},
    {"outage": True},
    {"disaster": True},
    {"flags": frozenset(Flag)},
    {"equipped_for_smartphone": True},
)


def sweep() -> Iterator[Case]:
    """All pairs of documents with every answer, and with every change of one other thing; and the one rule of three."""
    pairs: list[tuple[Document, ...]] = [
        (),
        *itertools.combinations(SWEPT_DOCUMENTS, 1),
        *itertools.combinations(SWEPT_DOCUMENTS, 2),
    ]
    pairs.append((NOTICE, PHONE, PORTAL))
    answered = itertools.product(pairs, SWEPT_ANSWERS, ({}, {"birthdate": CHILD}))
    changed = itertools.product(pairs, (None, BY_NUMBERS), SWEPT_CHANGES)
    for presented, answer, changes in itertools.chain(answered, changed):
        parts: dict[str, Any] = {"on": TODAY, "birthdate": ADULT, "presented": presented, "answer": answer}
        with contextlib.suppress(CaseError):
            yield Case(**(parts | changes))

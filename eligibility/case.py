"""One person at one counter on one day: everything the policy may look at (design.md §5).

This module alone says which cases are impossible. Every case it lets through has an outcome; what it refuses could
only come from a mistake in a file or in a program. If it is too strict, a real situation cannot be rehearsed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from eligibility.documents import (
    IDENTIFIED,
    Certificate,
    Device,
    Document,
    EligibilityCertificate,
    Identity,
    MynaCard,
    Smartphone,
    document_as_dict,
    plain,
)
from eligibility.errors import CaseError
from eligibility.insurers import InsurerNumber

RATIOS = (10, 20, 30)
"""The shares of insured care, in percent (validation.md §4.1)."""
CARD_CLASSES = ("01", "02", "03", "04", "05", "06", "07", "A1")
"""被保険者証区分 (online-qualification.md §3, OQSCD010)."""
SPECIAL_TREATMENT_CLASS = "05"
"""特別療養費支給対象者: eligible, but pays in full first (reception.md §13b)."""

_Kind = TypeVar("_Kind", bound=Document)


class Site(StrEnum):
    """What kind of counter it is. `limited`: 資格確認限定型, eligibility only."""

    CLINIC = "clinic"
    CHECKUP = "checkup"
    LIMITED = "limited"


class Visit(StrEnum):
    """初診, 再診, or the booking of an appointment."""

    FIRST = "first"
    RETURN = "return"
    BOOKING = "booking"


class Membership(StrEnum):
    """What is known about the membership that the papers name, besides the service's answer."""

    CURRENT = "current"
    LEFT = "left"
    UNKNOWN = "unknown"
    """Treated as current."""


class Flag(StrEnum):
    """Protection flags: 自己情報提供不可フラグ and 不開示該当フラグ."""

    SELF_INFO_REFUSED = "self_info_refused"
    UNDISCLOSED = "undisclosed"


class AskedBy(StrEnum):
    """照会区分: by card or phone, or by the numbers of a paper."""

    CARD = "card"
    NUMBERS = "numbers"


class Person(StrEnum):
    """Whether the record that came back is the person at the counter."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said. `validity` is 資格有効性 1–5; ratios are percent; `insurer_number` whom it names."""

    by: AskedBy
    validity: int
    burden_ratio: int | None = None
    elderly_burden_ratio: int | None = None
    insurer_number: InsurerNumber | None = None
    card_class: str | None = None
    person: Person = Person.SAME


@dataclass(frozen=True, slots=True)
class Case:
    """One person at one counter on day `on`.

    Raises:
        CaseError: On construction, when the combination cannot happen; its path names the key.
    """

    on: date
    site: Site = Site.CLINIC
    visit: Visit = Visit.FIRST
    birthdate: date | None = None
    presented: tuple[Document, ...] = ()
    answer: Answer | None = None
    membership: Membership = Membership.UNKNOWN
    known_patient: bool = False
    outage: bool = False
    disaster: bool = False
    flags: frozenset[Flag] = frozenset()
    equipped_for_smartphone: bool = False

    def __post_init__(self) -> None:
        for index, document in enumerate(self.presented):
            _check_document(document, self.on, f"presented[{index}]")
        if self.answer is not None:
            _check_answer(self.answer, self)

    def all_of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """The presented documents of one kind, in the order they were presented."""
        return tuple(document for document in self.presented if isinstance(document, kind))

    @property
    def devices(self) -> tuple[Device, ...]:
        """Cards and phones."""
        return tuple(document for document in self.presented if isinstance(document, (MynaCard, Smartphone)))

    def as_dict(self) -> dict[str, Any]:
        """The JSON of design.md §5 with every key present."""
        return {
            "on": self.on.isoformat(),
            "site": self.site.value,
            "visit": self.visit.value,
            "birthdate": plain(self.birthdate),
            "presented": [document_as_dict(document) for document in self.presented],
            "answer": None if self.answer is None else _answer_as_dict(self.answer),
            "membership": self.membership.value,
            "known_patient": self.known_patient,
            "outage": self.outage,
            "disaster": self.disaster,
            "flags": sorted(flag.value for flag in self.flags),
            "equipped_for_smartphone": self.equipped_for_smartphone,
        }


def _answer_as_dict(answer: Answer) -> dict[str, Any]:
    return {field.name: plain(getattr(answer, field.name)) for field in fields(answer)}


def _check_ratios(item: Document | Answer, path: str) -> None:
    for key in ("burden_ratio", "elderly_burden_ratio"):
        ratio = getattr(item, key, None)
        if ratio is not None and ratio not in RATIOS:
            raise CaseError("case.ratio", f"{path}.{key}")


def _check_document(document: Document, on: date, path: str) -> None:
    _check_ratios(document, path)
    match document:
        case MynaCard(identity=Identity.PIN, face_only=True):
            raise CaseError("case.face_only_pin", f"{path}.identity")
        case MynaCard(card_expires_on=date() as last, certificate=certificate) if last < on and certificate.usable:
            # A certificate never outlives its card.
            raise CaseError("case.card_outlived", f"{path}.certificate")
        case Smartphone(certificate=Certificate.GRACE):
            raise CaseError("case.phone_in_grace", f"{path}.certificate")
        case EligibilityCertificate(issued_on=date() as issued, expires_on=date() as expires) if expires < issued:
            raise CaseError("case.expires_before_issue", f"{path}.expires_on")
        case _:
            pass


def _check_answer(answer: Answer, case: Case) -> None:
    if answer.validity not in range(1, 6):
        # 6 is 医療扶助 only, which this counter does not decide.
        raise CaseError("case.validity", "answer.validity")
    if answer.card_class is not None and answer.card_class not in CARD_CLASSES:
        raise CaseError("case.card_class", "answer.card_class")
    _check_ratios(answer, "answer")
    if answer.by is not AskedBy.CARD:
        return
    if not any(answered_with(device) for device in case.devices):
        raise CaseError("case.by_card_without_card", "answer.by")
    if Flag.SELF_INFO_REFUSED in case.flags:
        raise CaseError("case.by_card_refused", "answer.by")
    if case.outage:
        raise CaseError("case.by_card_in_outage", "answer.by")


def answered_with(device: Device) -> bool:
    """Whether a query by card can have been made with it: readable, registered, identified, certificate usable."""
    return device.readable and device.registered and device.identity in IDENTIFIED and device.certificate.usable

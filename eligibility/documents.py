"""What a patient can present: one frozen dataclass per document, with the words and keys of design.md §5.

This module alone owns those words. A document says what is printed on it or what the reader learned, never whether
it counts today: that is the policy's. Dates are inclusive, ratios are percent (10, 20, 30); None is "not printed" or
"not known". If a word changes, every case file and journal entry changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from eligibility.insurers import InsurerNumber


class Identity(StrEnum):
    """How the person showed that the card or phone is theirs, or why not."""

    PIN = "pin"
    FACE = "face"
    VISUAL = "visual"
    NONE = "none"
    PIN_LOCKED = "pin_locked"
    PIN_FORGOTTEN = "pin_forgotten"
    MISMATCH = "mismatch"
    """The face is not the card's."""


IDENTIFIED = frozenset({Identity.PIN, Identity.FACE, Identity.VISUAL})
"""Identities with which a query by card can have been made."""


class Certificate(StrEnum):
    """The state of the 利用者証明用電子証明書 on the card or phone."""

    VALID = "valid"
    EXPIRING = "expiring"
    GRACE = "grace"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def usable(self) -> bool:
        """Whether the service still answers a query made with it."""
        return self in {Certificate.VALID, Certificate.EXPIRING, Certificate.GRACE}


class PortalForm(StrEnum):
    """How マイナポータル's eligibility page is shown."""

    SCREEN = "screen"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class MynaCard:
    """マイナンバーカード. `registered`: 健康保険証利用登録 is made. `face_only`: 顔認証マイナンバーカード, no PIN."""

    document: ClassVar[str] = "myna_card"
    readable: bool = True
    registered: bool = True
    identity: Identity = Identity.NONE
    certificate: Certificate = Certificate.VALID
    card_expires_on: date | None = None
    face_only: bool = False
    registration_declined: bool = False


@dataclass(frozen=True, slots=True)
class Smartphone:
    """A phone with マイナ保険証 in it. It has no face to compare, no plastic that expires, and no grace."""

    document: ClassVar[str] = "smartphone"
    readable: bool = True
    registered: bool = True
    identity: Identity = Identity.NONE
    certificate: Certificate = Certificate.VALID
    registration_declined: bool = False


@dataclass(frozen=True, slots=True)
class Portal:
    """マイナポータル's 医療保険の資格情報, on the screen or as the PDF saved from it."""

    document: ClassVar[str] = "portal"
    form: PortalForm = PortalForm.SCREEN
    insurer_number: InsurerNumber | None = None
    burden_ratio: int | None = None


@dataclass(frozen=True, slots=True)
class EligibilityNotice:
    """資格情報のお知らせ. `valid_from` and `expires_on` limit its ratio (70–74: yearly)."""

    document: ClassVar[str] = "eligibility_notice"
    insurer_number: InsurerNumber | None = None
    burden_ratio: int | None = None
    valid_from: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class EligibilityCertificate:
    """資格確認書. `issued_on` is its 交付年月日; `original` is False for a photocopy or a picture of it."""

    document: ClassVar[str] = "eligibility_certificate"
    insurer_number: InsurerNumber | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    burden_ratio: int | None = None
    original: bool = True


@dataclass(frozen=True, slots=True)
class InsuranceCard:
    """健康保険証, not issued since 2024-12-02."""

    document: ClassVar[str] = "insurance_card"
    insurer_number: InsurerNumber | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class ElderlyRecipientCertificate:
    """高齢受給者証 of a person of 70–74; mailed in the month of the birthday, before its first day."""

    document: ClassVar[str] = "elderly_recipient_certificate"
    burden_ratio: int | None = None
    valid_from: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """被保険者資格申立書, filled in by the patient."""

    document: ClassVar[str] = "declaration"
    burden_ratio: int | None = None


Device = MynaCard | Smartphone
"""What the reader reads."""
RatioPaper = Portal | EligibilityNotice | EligibilityCertificate | ElderlyRecipientCertificate
"""What can print a share, besides what a patient declares."""
InsurerPaper = Portal | EligibilityNotice | EligibilityCertificate | InsuranceCard
"""What names an insurer."""
Document = (
    MynaCard
    | Smartphone
    | Portal
    | EligibilityNotice
    | EligibilityCertificate
    | InsuranceCard
    | ElderlyRecipientCertificate
    | Declaration
)

DOCUMENT_TYPES: tuple[type[Document], ...] = (
    MynaCard,
    Smartphone,
    Portal,
    EligibilityNotice,
    EligibilityCertificate,
    InsuranceCard,
    ElderlyRecipientCertificate,
    Declaration,
)
"""Every document, for whoever maps words to types."""


def plain(value: Any) -> Any:
    """A field's value as JSON has it: dates ISO, numbers of insurers as digits, words as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, InsurerNumber):
        return value.digits
    if isinstance(value, StrEnum):
        return value.value
    return value


def document_as_dict(document: Document) -> dict[str, Any]:
    """The document as in a case (design.md §5), every key present."""
    return {"document": document.document} | {
        field.name: plain(getattr(document, field.name)) for field in fields(document)
    }

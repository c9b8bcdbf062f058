"""One paper in somebody's hand: its form, how it is shown, and what staff typed from it.

This module alone turns what is printed into the thin document that a case holds, and says what the paper cannot give.
A value is None where nothing was typed; 記号 and 枝番 are "" where the paper prints none, which is not 00. If it is
wrong, the policy judges another paper than the one on the desk. Facts: facts/reception.md §2, design.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eligibility.calendar import seventy_rule_from
from eligibility.documents import (
    Declaration,
    Document,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    MynaCard,
    Portal,
    PortalForm,
    Smartphone,
)
from eligibility.insurers import InsurerKind, InsurerNumber
from eligibility.papers.fields import DESK_FIELDS, QUERY_FIELDS, TYPED, PaperField, Relation, Sex
from eligibility.papers.form_types import PaperForm, Shape
from eligibility.papers.reading import as_typed

FACE_CARD_MARK = "顔認証"
"""What the 追記欄 of a 顔認証マイナンバーカード prints (reception.md §4)."""


class Shown(StrEnum):
    """How the paper is shown; only a 資格確認書 is refused for it. Words: `paper.shown.<value>`."""

    ITSELF = "itself"
    """The paper; of a web display the live screen, in Japanese."""
    PHOTOCOPY = "photocopy"
    PICTURE = "picture"
    """A photo of it, or a screenshot."""
    NOT_IN_JAPANESE = "not_in_japanese"
    """The live screen of a web display in another language (reception.md §2.6)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Paper:
    """What was typed from one paper, one attribute per field of `TYPED`. Its repr shows no value.

    Make it with `parse_paper`.
    """

    form: PaperForm
    shown: Shown = Shown.ITSELF
    insurer_number: InsurerNumber | None = None
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None
    insured_branch: str | None = None
    name: str | None = None
    kana: str | None = None
    insured_name: str | None = None
    former_name: str | None = None
    alias: str | None = None
    birthdate: date | None = None
    sex: Sex | None = None
    relation: Relation | None = None
    address: str | None = None
    telephone: str | None = None
    acquired_on: date | None = None
    acquired_about: str | None = None
    issued_on: date | None = None
    valid_from: date | None = None
    expires_on: date | None = None
    certificate_expires_on: date | None = None
    burden_ratio: int | None = None
    limit_class: str | None = None
    insurer_name: str | None = None
    insurer_branch: str | None = None
    insurer_address: str | None = None
    insurance_kind: str | None = None
    employer: str | None = None
    filled_in_on: date | None = None
    remarks: str | None = None
    additions: str | None = None

    @property
    def given(self) -> tuple[PaperField, ...]:
        """The fields that have a value."""
        return tuple(field for field in TYPED if getattr(self, field.value) is not None)

    @property
    def of_elderly(self) -> bool:
        """Whether it is 後期高齢者医療's, by its form or its number."""
        by_number = self.insurer_number is not None and self.insurer_number.kind is InsurerKind.ELDERLY
        return self.form.has_no_symbol or by_number

    def typed(self) -> dict[str, str]:
        """The values as text, by field, so that `parse_paper` makes the same paper of them."""
        return {field.value: as_typed(getattr(self, field.value)) for field in self.given}

    def as_document(self) -> Document:
        """The thin document of design.md §5. What only the reader learns of a card or phone stays at its default."""
        match self.form.document:
            case MynaCard.document:
                face_only = FACE_CARD_MARK in (self.additions or "")
                return MynaCard(card_expires_on=self.expires_on, face_only=face_only)
            case Smartphone.document:
                return Smartphone()
            case Portal.document:
                shown_as = PortalForm.SCREEN if Shape.SCREEN in self.form.shapes else PortalForm.PDF
                return Portal(shown_as, self.insurer_number, self.burden_ratio)
            case EligibilityNotice.document:
                return EligibilityNotice(self.insurer_number, self.burden_ratio, self.valid_from, self.expires_on)
            case EligibilityCertificate.document:
                original = self.shown is Shown.ITSELF
                return EligibilityCertificate(
                    self.insurer_number, self.issued_on, self.expires_on, self.burden_ratio, original
                )
            case InsuranceCard.document:
                return InsuranceCard(self.insurer_number, self.expires_on)
            case ElderlyRecipientCertificate.document:
                return ElderlyRecipientCertificate(self.burden_ratio, self.valid_from, self.expires_on)
            case _:
                return Declaration(self.burden_ratio)

    def __repr__(self) -> str:
        return f"Paper({self.form.word}, {self.shown}, given: {', '.join(self.given)})"


def missing_for_query(paper: Paper) -> tuple[PaperField, ...]:
    """What a query by numbers still lacks, in the order of `QUERY_FIELDS`.

    The paper lacks it (`paper.form.lacks`: the 協会けんぽ sheet has no 保険者番号), or nobody typed it yet. A 記号 or
    枝番 that only some of these papers print is not called missing, nor is one of 後期高齢者医療, which has none.
    """
    can_be_none = {PaperField.SYMBOL, PaperField.BRANCH}
    needless = can_be_none if paper.of_elderly else can_be_none & paper.form.optional
    return tuple(field for field in QUERY_FIELDS if getattr(paper, field.value) is None and field not in needless)


def missing_for_desk(paper: Paper, on: date) -> tuple[PaperField, ...]:
    """What the desk must learn elsewhere, in the order of `DESK_FIELDS` (reception.md §2.3).

    A 負担割合 is needed where the age on day `on` does not give it: from the 70-years rule on, of 後期高齢者医療, or
    where the birthdate is unknown.
    """
    by_age = paper.birthdate is not None and on < seventy_rule_from(paper.birthdate) and not paper.of_elderly
    needless = {PaperField.BURDEN_RATIO} if by_age else set()
    return tuple(field for field in DESK_FIELDS if getattr(paper, field.value) is None and field not in needless)

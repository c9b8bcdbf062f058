"""Which form a document is: by the document first, then by the insurer's number or from a list.

Pure. This module alone says which form a number points to. It only proposes: staff see the paper. If it is wrong, the
form lacks a field that the paper prints. Facts: reception.md §2.1, §2.6.
"""

from __future__ import annotations

from typing import Final

from eligibility.documents import (
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.insurer_profiles import profile_of
from eligibility.insurers import InsurerNumber
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORMS

DOCUMENTS: Final[tuple[str, ...]] = (
    EligibilityCertificate.document,
    EligibilityNotice.document,
    Portal.document,
    ElderlyRecipientCertificate.document,
    InsuranceCard.document,
    Declaration.document,
    MynaCard.document,
    Smartphone.document,
)
"""Every document that can be shown at a counter, the most frequent first."""


def forms_of(document: str, number: InsurerNumber | None = None) -> tuple[PaperForm, ...]:
    """The forms of a document; with a number those which that insurer can have issued, its own before the general.

    Empty where that insurer issues no such document (千葉県医業 has no 高齢受給者証).
    """
    forms = tuple(form for form in FORMS if form.document == document)
    if number is None:
        return forms
    fitting = [form for form in forms if form.fits(number)]
    return tuple(sorted(fitting, key=lambda form: form.issuer is not profile_of(number)))


def form_for(number: InsurerNumber, like: PaperForm) -> PaperForm:
    """The form of the same document which the number points to: `like` itself where it fits, or nothing fits better."""
    if like.fits(number):
        return like
    return next(iter(forms_of(like.document, number)), like)

"""Which fields of a form are typed, in which order, and how each of them is typed.

This module alone decides what stands in front, what behind 「ほかの欄」, and in which order a paper is read. It knows
no widgets. If it is wrong, a field that is printed cannot be found, or staff type what nobody needs.
Facts: reception.md §2.2, §2.3, §6.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eligibility.documents import (
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    MynaCard,
    Portal,
)
from eligibility.papers.fields import QUERY_FIELDS, TYPED, PaperField
from eligibility.papers.form_types import PaperForm, Shape
from eligibility.papers.paper import Shown

_F = PaperField


class Kind(Enum):
    """How a field is typed."""

    DIGITS = "digits"
    """Digits as a rule: the digit keys help, other characters are welcome where the paper has them (記号)."""
    DATE = "date"
    """A day: digits, an era letter, or both."""
    CHOICE = "choice"
    """One of a few."""
    WORDS = "words"
    """Anything a Japanese keyboard can write."""


CHOICES: Final[Mapping[PaperField, tuple[str, ...]]] = {
    _F.SEX: ("male", "female"),
    _F.RELATION: ("insured", "dependant"),
    _F.BURDEN_RATIO: ("10", "20", "30"),
}
"""What can be chosen, as typed texts, in the order of their keys 1, 2, 3: the codes of the qualification messages."""

_DIGITS = frozenset({_F.INSURER_NUMBER, _F.SYMBOL, _F.NUMBER, _F.BRANCH, _F.INSURED_BRANCH, _F.TELEPHONE})
_DATES = frozenset(
    {
        _F.BIRTHDATE,
        _F.ACQUIRED_ON,
        _F.ISSUED_ON,
        _F.VALID_FROM,
        _F.EXPIRES_ON,
        _F.CERTIFICATE_EXPIRES_ON,
        _F.FILLED_IN_ON,
    }
)

PAPERS_OF_NUMBERS = frozenset(
    {EligibilityCertificate.document, EligibilityNotice.document, InsuranceCard.document, Portal.document}
)
"""Papers that a query by numbers is made from."""
_READ_BY_THE_RULES = (*QUERY_FIELDS, _F.NAME, _F.SEX, _F.ISSUED_ON, _F.VALID_FROM, _F.EXPIRES_ON, _F.BURDEN_RATIO)
_ASKED_WHERE_UNKNOWN = (*QUERY_FIELDS, _F.NAME, _F.SEX)
_OF_OTHER_PAPERS = frozenset(
    {
        _F.INSURED_BRANCH,
        _F.TELEPHONE,
        _F.ACQUIRED_ABOUT,
        _F.FILLED_IN_ON,
        _F.EMPLOYER,
        _F.ADDITIONS,
        _F.CERTIFICATE_EXPIRES_ON,
        _F.INSURANCE_KIND,
    }
)
"""Not offered where the sources do not say that the form prints it."""

_WHOLE = frozenset({MynaCard.document, Declaration.document})
"""Few fields, all of them needed: nothing stands behind 「ほかの欄」."""

_TYPING_ORDER = (
    _F.INSURER_NUMBER,
    _F.SYMBOL,
    _F.NUMBER,
    _F.BRANCH,
    _F.INSURED_BRANCH,
    _F.NAME,
    _F.KANA,
    _F.BIRTHDATE,
    _F.SEX,
    _F.RELATION,
    _F.INSURED_NAME,
    _F.ISSUED_ON,
    _F.VALID_FROM,
    _F.EXPIRES_ON,
    _F.BURDEN_RATIO,
    _F.LIMIT_CLASS,
    _F.ACQUIRED_ON,
)
_PAPER_ORDER = (
    _F.SYMBOL,
    _F.NUMBER,
    _F.BRANCH,
    _F.INSURED_BRANCH,
    _F.NAME,
    _F.KANA,
    _F.INSURED_NAME,
    _F.FORMER_NAME,
    _F.ALIAS,
    _F.BIRTHDATE,
    _F.RELATION,
    _F.SEX,
    _F.ADDRESS,
    _F.TELEPHONE,
    _F.ACQUIRED_ON,
    _F.ACQUIRED_ABOUT,
    _F.VALID_FROM,
    _F.EXPIRES_ON,
    _F.CERTIFICATE_EXPIRES_ON,
    _F.BURDEN_RATIO,
    _F.LIMIT_CLASS,
    _F.INSURANCE_KIND,
    _F.INSURER_NAME,
    _F.INSURER_BRANCH,
    _F.INSURER_NUMBER,
    _F.INSURER_ADDRESS,
    _F.EMPLOYER,
    _F.FILLED_IN_ON,
    _F.REMARKS,
    _F.ADDITIONS,
)


def kind_of(field: PaperField) -> Kind:
    """How it is typed."""
    if field in CHOICES:
        return Kind.CHOICE
    if field in _DATES:
        return Kind.DATE
    return Kind.DIGITS if field in _DIGITS else Kind.WORDS


def front_fields(form: PaperForm) -> tuple[PaperField, ...]:
    """What is asked for at once, in the order of typing.

    The number that names the insurer comes first, because it says what the others may look like. What the sources do
    not tell of a form is asked for only where a query by numbers or the desk needs it.
    """
    printed = form.carries | form.optional
    if form.document in _WHOLE:
        wanted = frozenset(TYPED) & printed
    elif form.document == ElderlyRecipientCertificate.document:
        wanted = frozenset({_F.BURDEN_RATIO, _F.VALID_FROM, _F.EXPIRES_ON}) & printed
    else:
        unknown = _ASKED_WHERE_UNKNOWN if form.document in PAPERS_OF_NUMBERS else ()
        wanted = (frozenset(_READ_BY_THE_RULES) & printed) | (frozenset(unknown) & form.unknown)
    return _sorted(wanted - form.lacks, _TYPING_ORDER)


def further_fields(form: PaperForm) -> tuple[PaperField, ...]:
    """What can be typed besides, in the order of typing: printed on it, or not told by the sources."""
    if form.document in _WHOLE:
        return ()
    offered = frozenset(TYPED) - form.lacks
    offered -= _OF_OTHER_PAPERS & form.unknown
    return _sorted(offered - frozenset(front_fields(form)), _TYPING_ORDER)


def paper_order(form: PaperForm) -> tuple[PaperField, ...]:
    """Every field that can be typed, as the eye goes over the paper; 交付年月日 stands apart, above on the right.

    協会けんぽ's list gives the order (reception.md §2.2, its front and back unverified); others print in orders that
    nobody wrote down, so theirs is a model.
    """
    offered = {*front_fields(form), *further_fields(form)} - {_F.ISSUED_ON}
    return _sorted(frozenset(offered), _PAPER_ORDER)


def required_fields(form: PaperForm) -> frozenset[PaperField]:
    """Without these a form is not complete: what every such paper prints and a query or the rules cannot go without.

    A name is not among them, but on a 申立書: the query goes without it, and a desk without a keyboard has none.
    """
    if form.document == Declaration.document:
        return frozenset({_F.NAME, _F.BIRTHDATE}) & form.carries
    if form.document == ElderlyRecipientCertificate.document:
        return frozenset({_F.BURDEN_RATIO}) & form.carries
    if form.document not in PAPERS_OF_NUMBERS:
        return frozenset()
    needed = {_F.INSURER_NUMBER, _F.NUMBER, _F.BIRTHDATE}
    if form.document == EligibilityCertificate.document:
        needed.add(_F.EXPIRES_ON)
    return frozenset(needed) & form.carries


def ways_of_showing(form: PaperForm) -> tuple[Shown, ...]:
    """How this paper can be shown, the usual one first; one way alone is no question."""
    if form.document != EligibilityCertificate.document:
        return (Shown.ITSELF,)
    if Shape.WEB_DISPLAY in form.shapes:
        return (Shown.ITSELF, Shown.PICTURE, Shown.NOT_IN_JAPANESE)
    return (Shown.ITSELF, Shown.PHOTOCOPY, Shown.PICTURE)


def counts_with_card(form: PaperForm) -> bool:
    """Whether it counts only together with the card itself, so that somebody has to say whether the card is there."""
    return form.document in {Declaration.document, EligibilityNotice.document, Portal.document}


def _sorted(fields: frozenset[PaperField], order: tuple[PaperField, ...]) -> tuple[PaperField, ...]:
    first = [field for field in order if field in fields]
    return (*first, *(field for field in TYPED if field in fields and field not in order))

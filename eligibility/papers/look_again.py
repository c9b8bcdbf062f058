"""What is odd about a paper: to be looked at again by staff, refused by nobody.

This module alone holds the plausibility rules between the fields of a paper. If one is too eager, staff learn to ignore
them all. Facts: facts/reception.md §2, §8, facts/validation.md §2 to §5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from eligibility.calendar import birthdate_needs_confirmation
from eligibility.documents import ElderlyRecipientCertificate, EligibilityCertificate
from eligibility.insured_numbers import insured_number_warnings
from eligibility.names import UNKNOWN_CHARACTER, unfit_for_claims
from eligibility.papers.fields import PaperField
from eligibility.papers.paper import Paper, Shown

LONGEST_CERTIFICATE_YEARS = 5
"""The law's limit for a 資格確認書; the insurer sets a shorter one as it likes (reception.md §2.1)."""
RATIO_BELOW_75_NO_MORE = 10
"""1割 from 70 to 74 was for people born by 1944-04-01 and is over (validation.md §4.1)."""

_ELDERLY_FIELDS = {
    "warning.elderly_symbol": PaperField.SYMBOL,
    "warning.elderly_number": PaperField.NUMBER,
    "warning.elderly_branch": PaperField.BRANCH,
}
_NAMES = (PaperField.NAME, PaperField.INSURED_NAME, PaperField.FORMER_NAME, PaperField.ALIAS)
_NEVER_IN_THE_FUTURE = (PaperField.ACQUIRED_ON, PaperField.ISSUED_ON, PaperField.FILLED_IN_ON)


@dataclass(frozen=True, slots=True)
class PaperWarning:
    """One thing to look at again. `code` is a message id, `at` the field it is shown at (None: the whole paper)."""

    at: PaperField | None
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def look_again(paper: Paper, on: date) -> tuple[PaperWarning, ...]:
    """What is odd about the paper on day `on`, in the order of the checks; empty where nothing is."""
    return (
        *_about_the_showing(paper),
        *_about_the_numbers(paper),
        *_about_the_names(paper),
        *_about_the_dates(paper, on),
        *_about_the_ratio(paper),
    )


def _about_the_showing(paper: Paper) -> Iterator[PaperWarning]:
    if paper.form.document != EligibilityCertificate.document:
        return
    if paper.shown is Shown.NOT_IN_JAPANESE:
        yield PaperWarning(None, "warning.display_in_japanese")
    elif paper.shown is not Shown.ITSELF:
        yield PaperWarning(None, "warning.copy_refused")


def _about_the_numbers(paper: Paper) -> Iterator[PaperWarning]:
    if paper.insurer_number is None:
        return
    if not paper.form.fits(paper.insurer_number):
        yield PaperWarning(PaperField.INSURER_NUMBER, "warning.insurer_of_other_form")
    looks = insured_number_warnings(paper.insurer_number, paper.symbol or "", paper.number or "", paper.branch or "")
    for code in looks:
        if _ELDERLY_FIELDS[code] in paper.given:
            yield PaperWarning(_ELDERLY_FIELDS[code], code)


def _about_the_names(paper: Paper) -> Iterator[PaperWarning]:
    for name in _NAMES:
        if UNKNOWN_CHARACTER in (getattr(paper, name.value) or ""):
            yield PaperWarning(name, "warning.name_hidden")
    characters = unfit_for_claims(paper.name or "")
    if characters:
        yield PaperWarning(PaperField.NAME, "warning.name_not_for_claims", {"characters": "".join(characters)})


def _about_the_dates(paper: Paper, on: date) -> Iterator[PaperWarning]:
    if paper.birthdate is not None and birthdate_needs_confirmation(paper.birthdate, on):
        yield PaperWarning(PaperField.BIRTHDATE, "warning.birthdate_very_old")
    for day in _NEVER_IN_THE_FUTURE:
        written: date | None = getattr(paper, day.value)
        if written is not None and written > on:
            yield PaperWarning(day, "warning.date_after_today")
    is_certificate = paper.form.document == EligibilityCertificate.document
    if is_certificate and _past_anniversary(paper.issued_on, paper.expires_on, LONGEST_CERTIFICATE_YEARS):
        yield PaperWarning(PaperField.EXPIRES_ON, "warning.certificate_too_long")


def _about_the_ratio(paper: Paper) -> Iterator[PaperWarning]:
    if paper.form.document == ElderlyRecipientCertificate.document and paper.burden_ratio == RATIO_BELOW_75_NO_MORE:
        yield PaperWarning(PaperField.BURDEN_RATIO, "warning.recipient_ratio")


def _past_anniversary(start: date | None, end: date | None, years: int) -> bool:
    """Whether both are known and `end` lies after the day that many years after `start`."""
    if start is None or end is None:
        return False
    return (end.year - start.year, end.month, end.day) > (years, start.month, start.day)

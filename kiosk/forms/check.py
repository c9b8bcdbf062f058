"""A form as it stands: what was understood, what is wrong, what looks odd, what is still lacking.

Pure: texts go in, values, errors and remarks come out, as message ids. The rules are those of `eligibility.papers`;
this module alone decides when a blank is an error here and what is remarked beside a field. If it is wrong, a right
paper cannot go on, or a wrong one does. Facts: validation.md §1 to §5, reception.md §2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from eligibility.calendar import age_on, era_text
from eligibility.errors import FieldError
from eligibility.insurers import InsurerNumber, insurer_title
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.look_again import PaperWarning, look_again
from eligibility.papers.paper import Paper, Shown, missing_for_desk, missing_for_query
from eligibility.papers.parsing import PaperError, parse_paper
from eligibility.papers.reading import READERS
from kiosk.forms.choosing import form_for
from kiosk.forms.field_order import front_fields, required_fields

_BLANK_SAYS_NONE = frozenset({PaperField.SYMBOL, PaperField.BRANCH})
"""Blank: the paper prints none, which a query has to know (validation.md §2)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say beside a field: a message id and its parameters. `odd`: to be looked at again."""

    message_id: str
    params: Mapping[str, str] = field(default_factory=dict)
    odd: bool = False


@dataclass(frozen=True, slots=True)
class FormCheck:
    """What the texts of a form come to on one day. Personal data stay out of the repr."""

    paper: Paper
    """What is right so far."""
    errors: Mapping[PaperField, FieldError]
    """What was refused, by field."""
    lacking: Mapping[PaperField, FieldError]
    """What is blank and must not be, by field."""
    remarks: Mapping[PaperField, tuple[Remark, ...]] = field(repr=False)
    """What was understood or looks odd, by field."""
    odd: tuple[PaperWarning, ...]
    """What looks odd about the whole paper."""
    missing_for_query: tuple[PaperField, ...]
    missing_for_desk: tuple[PaperField, ...]
    other_form: PaperForm | None
    """The form which the insurer's number points to, where that is another one."""

    @property
    def complete(self) -> bool:
        """Whether it can go on to be compared with the paper."""
        return not self.errors and not self.lacking

    @property
    def wrong(self) -> frozenset[PaperField]:
        """Every field that keeps it from going on."""
        return frozenset(self.errors) | frozenset(self.lacking)


def check_form(form: PaperForm, texts: Mapping[str, str], on: date, shown: Shown = Shown.ITSELF) -> FormCheck:
    """Judge `texts` (field words to what stands in the fields) on day `on`."""
    typed = {at.value: "" for at in front_fields(form) if at in _BLANK_SAYS_NONE}
    typed |= {word: text for word, text in texts.items() if text.strip()}
    errors: dict[PaperField, FieldError] = {}
    try:
        paper = parse_paper(form, typed, on, shown=shown)
    except PaperError as refused:
        paper = refused.paper
        errors = {PaperField(word): error for word, error in refused.errors}
    lacking = {
        needed: _blank_error(needed, on)
        for needed in required_fields(form)
        if not texts.get(needed.value, "").strip() and needed not in errors
    }
    odd = look_again(paper, on)
    number = paper.insurer_number
    fitting = form if number is None else form_for(number, form)
    return FormCheck(
        paper=paper,
        errors=errors,
        lacking=lacking,
        remarks=_remarks(paper, odd, texts, on),
        odd=tuple(warning for warning in odd if warning.at is None),
        missing_for_query=missing_for_query(paper),
        missing_for_desk=missing_for_desk(paper, on),
        other_form=None if fitting is form else fitting,
    )


def _blank_error(needed: PaperField, on: date) -> FieldError:
    """What its reader says of a blank."""
    try:
        READERS[needed]("", on)
    except FieldError as error:
        return error
    return FieldError("forms.required")


def _remarks(
    paper: Paper, odd: tuple[PaperWarning, ...], texts: Mapping[str, str], on: date
) -> dict[PaperField, tuple[Remark, ...]]:
    remarks: dict[PaperField, list[Remark]] = {}
    for at in paper.given:
        for remark in _understood(at, getattr(paper, at.value), bool(texts.get(at.value, "").strip()), on):
            remarks.setdefault(at, []).append(remark)
    for warning in odd:
        if warning.at is not None:
            remarks.setdefault(warning.at, []).append(Remark(warning.code, dict(warning.params), odd=True))
    return {at: tuple(said) for at, said in remarks.items()}


def _understood(at: PaperField, value: object, typed: bool, on: date) -> Iterator[Remark]:
    """How a value was read, so that a wrong era or insurer is seen at once."""
    if isinstance(value, InsurerNumber):
        message_id, params = insurer_title(value)
        yield Remark(message_id, params)
    elif isinstance(value, date):
        yield Remark("forms.read.day", {"era": era_text(value), "day": value.isoformat()})
        if at is PaperField.BIRTHDATE:
            yield Remark("forms.read.age", {"age": str(age_on(value, on))})
        if at is PaperField.EXPIRES_ON and value < on:
            yield Remark("forms.read.expired", odd=True)
    elif value == "" and not typed:
        yield Remark("forms.read.none_printed")

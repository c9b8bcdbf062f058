"""A paste that is a whole record: what of it goes into which field, and what does not, so that nothing happens unseen.

Pure. This module alone decides which form a record fits and what is taken; of a text that is no record, the first line
goes into the field where the cursor stands. Facts: reception.md §2.1, §7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

from eligibility.documents import ElderlyRecipientCertificate
from eligibility.errors import FieldError
from eligibility.insurers import InsurerNumber, parse_insurer_number
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import PaperError, parse_paper
from eligibility.text import holds_individual_number
from kiosk.forms.app_text import ELDERLY, QUALIFICATION, AppText, read_app_text
from kiosk.forms.choosing import form_for
from kiosk.forms.portal_text import PortalText, read_portal_text


class Source(Enum):
    """Whose text it was. Words: `forms.paste.<value>`."""

    APP = "app"
    """マイナ資格確認アプリ."""
    PORTAL = "portal"
    """マイナポータル."""


LONGEST: Final = 20_000
"""Characters of a paste that is looked at: ten times the longest record, and no key waits for it."""
_MASKED: Final = "***"
"""In place of a label that holds a 個人番号: it is told that something was left out, and not what."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste comes to. Personal data: out of the repr.

    `form` is the form it fits, `taken` the texts by field; `refused` the fields whose values the form does not take
    (with the reason), `not_on_form` fields the form does not print, `others` labels that are no field of a paper.
    """

    source: Source
    form: PaperForm
    taken: Mapping[PaperField, str] = field(repr=False)
    refused: tuple[tuple[PaperField, FieldError], ...] = ()
    not_on_form: tuple[PaperField, ...] = ()
    others: tuple[str, ...] = ()


def read_record(text: str) -> AppText | PortalText | None:
    """The record that `text` is, or None."""
    return read_app_text(text) or read_portal_text(text)


def take_paste(text: str, form: PaperForm | None, on: date) -> Pasted | None:
    """What of `text` goes into `form` on day `on`; None where it is no record.

    The form changes to the insurer's own where the record's 保険者番号 belongs to another one's. Without a form, a
    record of the portal is the portal's PDF and one of the app has no paper: it then fits the 資格確認書 of its
    insurer, which staff see and can change.
    """
    record = read_record(text)
    if record is None:
        return None
    if isinstance(record, AppText):
        source = Source.APP
        wanted = ELDERLY if form is not None and _is_recipients(form) else QUALIFICATION
        values, others = record.fields_of(wanted), record.others(wanted)
    else:
        source, values, others = Source.PORTAL, dict(record.values), record.others
    fitting = _fitting(source, form, _insurer(values.get(PaperField.INSURER_NUMBER, "")))
    absent = tuple(at for at in values if at in fitting.refuses)
    typed = {at.value: text for at, text in values.items() if at not in absent}
    refused: tuple[tuple[PaperField, FieldError], ...] = ()
    try:
        parse_paper(fitting, typed, on)
    except PaperError as error:
        refused = tuple((PaperField(word), reason) for word, reason in error.errors)
    wrong = {at for at, _ in refused}
    taken = {at: text for at, text in values.items() if at not in absent and at not in wrong}
    shown = tuple(_MASKED if holds_individual_number(label) else label for label in others)
    return Pasted(source, fitting, taken, refused, absent, shown)


def first_line(text: str) -> str:
    """What of a text that is no record is typed into a field: its first line that is not blank."""
    return next((line for line in text.splitlines() if line.strip()), "")


def refused_for(at: PaperField, text: str) -> FieldError | None:
    """Why nothing of a text that is no record is typed into this field: an insurer's number has digits. None: it is."""
    line = first_line(text)
    if at is not PaperField.INSURER_NUMBER or not line or re.search(r"\d", line):
        return None
    return FieldError("field.insurer_number.not_digits")


def account_of_text(text: str, *, in_field: bool) -> tuple[str, bool]:
    """What is said of a text that is no record (`forms.paste.<word>`, "": nothing), and whether any of it is typed.

    With a 個人番号 anywhere in it nothing is; nor where no field has the focus.
    """
    if holds_individual_number(text):
        return "individual_number", False
    lines = sum(bool(line.strip()) for line in text.splitlines())
    if not in_field:
        return ("no_record" if lines else ""), False
    return ("first_line" if lines > 1 else ""), True


def _fitting(source: Source, form: PaperForm | None, number: InsurerNumber | None) -> PaperForm:
    if form is None:
        form = FORM_OF["portal_pdf" if source is Source.PORTAL else "certificate_other"]
    return form if number is None else form_for(number, form)


def _is_recipients(form: PaperForm) -> bool:
    return form.document == ElderlyRecipientCertificate.document


def _insurer(text: str) -> InsurerNumber | None:
    try:
        return parse_insurer_number(text)
    except FieldError:
        return None

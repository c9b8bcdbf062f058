"""The fields of the two papers, in the order of the paper, and what each makes of a typed text.

Rule: no widgets here. Values come from `eligibility`'s parsers; a refused text is a `FieldError` whose code has a
sentence. Facts: reception.md §2.2, §2.3, validation.md §1 to §3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from eligibility.calendar import parse_birthdate, parse_date
from eligibility.errors import FieldError
from eligibility.insured_numbers import insured_number_warnings, parse_branch, parse_number, parse_symbol
from eligibility.insurers import insurer_title, parse_insurer_number
from eligibility.text import fold_digits, refuse_individual_number
from kiosk.flow.states import Document, ManualEntry

CARD_IN_HAND: Final = "card_in_hand"
YES: Final = "yes"
_SHARE = re.compile(r"([123])(?:割|0%?)?")


@dataclass(frozen=True, slots=True)
class FormField:
    """One line of a paper. Its words are `form.<name>`, its example `form.example.<name>`."""

    name: str
    required: bool
    parse: Callable[[str, date], Any]
    """Text and today to a value; raises FieldError. Not called for an empty optional field."""


def parse_share(text: str) -> int:
    """負担割合 in percent from 2, 2割, 20 or 20%, full-width or not.

    Raises:
        FieldError: `form.error.burden_ratio`, or `field.individual_number`.
    """
    refuse_individual_number(text)
    match = _SHARE.fullmatch(fold_digits(text).strip().replace("％", "%"))
    if match is None:
        raise FieldError("form.error.burden_ratio")
    return int(match[1]) * 10


def _date(name: str) -> Callable[[str, date], date]:
    return lambda text, _today: parse_date(text, field=name)


_INSURER = FormField("insurer_number", True, lambda text, _today: parse_insurer_number(text).digits)
_SYMBOL = FormField("symbol", False, lambda text, _today: parse_symbol(text))
_NUMBER = FormField("number", True, lambda text, _today: parse_number(text))
_BRANCH = FormField("branch", False, lambda text, _today: parse_branch(text))
_BIRTHDATE = FormField("birthdate", True, parse_birthdate)
_SHARE_FIELD = FormField("burden_ratio", False, lambda text, _today: parse_share(text))

FIELDS: Final[Mapping[Document, tuple[FormField, ...]]] = {
    Document.ELIGIBILITY_CERTIFICATE: (
        _INSURER,
        _SYMBOL,
        _NUMBER,
        _BRANCH,
        _BIRTHDATE,
        FormField("issued_on", False, _date("issued_on")),
        FormField("expires_on", True, _date("expires_on")),
        _SHARE_FIELD,
    ),
    Document.ELIGIBILITY_NOTICE: (_INSURER, _SYMBOL, _NUMBER, _BRANCH, _BIRTHDATE, _SHARE_FIELD),
}
"""The number that names the insurer first, because it says what the others may look like; then the order of the paper.

Insurers print in different orders (reception.md §2.2, §2.3), so no order fits every paper."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a field's text came to: a value, an error, a remark beside a value, or nothing typed yet."""

    value: Any = None
    error: FieldError | None = None
    remark: tuple[str, dict[str, str]] | None = None
    """(message id, parameters): said beside the field, refuses nothing."""


def check_field(field: FormField, text: str, today: date) -> Checked:
    """The value of one field, as it stands."""
    if not text.strip():
        return Checked(error=FieldError("form.error.required")) if field.required else Checked()
    try:
        value = field.parse(text, today)
    except FieldError as error:
        return Checked(error=error)
    return Checked(value, remark=_remark(field.name, value, today))


def _remark(name: str, value: Any, today: date) -> tuple[str, dict[str, str]] | None:
    if name == "insurer_number":
        return insurer_title(parse_insurer_number(value))
    if name == "expires_on" and value < today:
        return "form.remark.expired", {}
    return None


def check_together(checked: Mapping[str, Checked]) -> dict[str, FieldError]:
    """Errors that only two fields together show, by the field they are shown at."""
    issued, expires = checked.get("issued_on", Checked()).value, checked.get("expires_on", Checked()).value
    if issued is not None and expires is not None and expires < issued:
        return {"expires_on": FieldError("form.error.expires_before_issued")}
    return {}


def warnings(checked: Mapping[str, Checked]) -> tuple[str, ...]:
    """What looks odd between the numbers, as message ids; refuses nothing."""
    values = {name: check.value for name, check in checked.items()}
    if not values.get("insurer_number"):
        return ()
    insurer = parse_insurer_number(values["insurer_number"])
    return insured_number_warnings(
        insurer, values.get("symbol") or "", values.get("number") or "", values.get("branch") or ""
    )


def make_entry(document: Document, checked: Mapping[str, Checked], *, card_in_hand: bool) -> ManualEntry:
    """The paper as the flow wants it. Every field has been checked before."""
    values = {name: check.value for name, check in checked.items()}
    return ManualEntry(
        document=document,
        insurer_number=values["insurer_number"],
        symbol=values["symbol"] or "",
        number=values["number"],
        branch=values["branch"] or "",
        birthdate=values["birthdate"],
        issued_on=values.get("issued_on"),
        expires_on=values.get("expires_on"),
        burden_ratio=values.get("burden_ratio"),
        card_in_hand=card_in_hand,
    )

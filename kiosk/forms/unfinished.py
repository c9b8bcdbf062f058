"""A text that is still being typed: what it lacks, so that nobody is told of a mistake before they have made one.

Pure. Asked only about the field that has the focus, and only where its reader refused the text as it stands; once the
field is left, the refusal counts. If it is wrong, a half-typed number is called false, or a false one is not told of
while it can be mended with one key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from eligibility.errors import FieldError
from eligibility.papers.fields import PaperField
from eligibility.text import narrow
from kiosk.forms.field_order import Kind, kind_of

_SHORT, _LONG = 6, 8
"""Digits of a 保険者番号 (validation.md §1.1)."""
_BRANCH = 2
_DAY = 8
"""Digits of a day written without marks (19800615)."""
_BEGINS_A_DAY = re.compile(r"[0-9]{1,7}|(?:\D{1,2})?(?:[0-9]{1,4}|元)?(?:[./年-]+[0-9]{0,2}){0,2}[./月-]*")
"""Digits on end, or an era, a year and what follows it, as far as somebody came."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is still to come: a message id and its parameters; "" where nothing need be said."""

    message_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def still_to_come(at: PaperField, text: str, error: FieldError) -> Lacking | None:
    """What `text` lacks, `error` being its reader's refusal; None: going on typing does not make it right."""
    if not text.strip():
        return Lacking()
    written = re.sub("[ -]", "", narrow(text)) if kind_of(at) is Kind.DIGITS else narrow(text).strip()
    if at is PaperField.INSURER_NUMBER:
        return _of_insurer(written)
    if at in (PaperField.BRANCH, PaperField.INSURED_BRANCH):
        return _digits(_BRANCH - len(written)) if re.fullmatch("[0-9]", written) else None
    if kind_of(at) is Kind.DATE and error.code in _UNFINISHED_DAY and not _is_whole_day(written):
        return Lacking() if _BEGINS_A_DAY.fullmatch(written) else None
    return None


_UNFINISHED_DAY = frozenset({"field.date.form", "field.date.no_such_day", "field.date.outside_era"})


def _of_insurer(digits: str) -> Lacking | None:
    """Its length first: with six digits it can be whole, and can go on as well."""
    if not re.fullmatch("[0-9]+", digits) or len(digits) >= _LONG:
        return None
    if len(digits) < _SHORT:
        short, long = str(_SHORT - len(digits)), str(_LONG - len(digits))
        return Lacking("forms.to_come.insurer_number", {"short": short, "long": long})
    return _digits(_LONG - len(digits))


def _digits(count: int) -> Lacking:
    return Lacking("forms.to_come.digits", {"count": str(count)})


def _is_whole_day(written: str) -> bool:
    """Whether nothing can follow: eight digits on end, two of the day behind two marks, or 日."""
    return bool(re.fullmatch(rf"[0-9]{{{_DAY},}}|.*[./年-][0-9]{{1,2}}[./月-][0-9]{{2}}|.*日", written))

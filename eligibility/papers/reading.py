"""What each typed field of a paper becomes, and what is refused in every one of them.

This module alone maps fields to readers. It knows nothing of forms: whether a field may be typed is decided before.
Wherever a text holds a 個人番号, alone or inside other words, it is refused. Facts: facts/validation.md §1 to §5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from eligibility.calendar import parse_birthdate, parse_date
from eligibility.errors import FieldError
from eligibility.insured_numbers import parse_branch, parse_number, parse_symbol
from eligibility.insurers import InsurerNumber, parse_insurer_number
from eligibility.names import parse_kana, parse_name
from eligibility.papers.fields import PaperField, Relation, Sex
from eligibility.text import has_private_use, narrow, refuse_individual_number

FieldValue = str | int | date | InsurerNumber | Sex | Relation
"""A field as it is kept. Names and free text are text; a share is percent."""

_Choice = TypeVar("_Choice", Sex, Relation)

_RATIO = re.compile(r"([123])(?:割|0%?)?|0([123])0")
_KANJI_DIGITS = str.maketrans("一二三", "123")
_SEXES = {
    "男": Sex.MALE,
    "男性": Sex.MALE,
    "1": Sex.MALE,
    "m": Sex.MALE,
    Sex.MALE.value: Sex.MALE,
    "女": Sex.FEMALE,
    "女性": Sex.FEMALE,
    "2": Sex.FEMALE,
    "f": Sex.FEMALE,
    Sex.FEMALE.value: Sex.FEMALE,
}
_RELATIONS = {
    "本人": Relation.INSURED,
    "被保険者": Relation.INSURED,
    "1": Relation.INSURED,
    Relation.INSURED.value: Relation.INSURED,
    "家族": Relation.DEPENDANT,
    "被扶養者": Relation.DEPENDANT,
    "2": Relation.DEPENDANT,
    Relation.DEPENDANT.value: Relation.DEPENDANT,
}


def refuse_individual_number_anywhere(text: str) -> None:
    """As `eligibility.text.refuse_individual_number`, under the name that fields of papers know."""
    refuse_individual_number(text)


def parse_ratio(text: str) -> int:
    """負担割合 in percent: 10, 20 or 30, from 20, 020, 20%, 2割, 二割 or 2, full-width or half-width.

    Raises:
        FieldError: `field.burden_ratio.form`.
    """
    match = _RATIO.fullmatch(narrow(text).strip().translate(_KANJI_DIGITS))
    if match is None:
        raise FieldError("field.burden_ratio.form")
    return int(match[1] or match[2]) * 10


def parse_sex(text: str) -> Sex:
    """性別 from 男, 女, 男性, 女性, or the codes 1 and 2 of the qualification messages.

    Raises:
        FieldError: `field.sex.form`.
    """
    return _chosen(text, _SEXES, "field.sex.form")


def parse_relation(text: str) -> Relation:
    """本人・家族区分 from 本人, 被保険者, 家族, 被扶養者, or the codes 1 and 2 of the qualification messages.

    Raises:
        FieldError: `field.relation.form`.
    """
    return _chosen(text, _RELATIONS, "field.relation.form")


def parse_words(text: str) -> str:
    """Any other field, as written, without blanks around it.

    Raises:
        FieldError: `field.words.private_use`: 外字 of one machine, or control characters.
    """
    words = text.strip()
    if has_private_use(words) or not words.replace("\u3000", "").isprintable():
        raise FieldError("field.words.private_use")
    return words


Reader = Callable[[str, date], FieldValue]
"""Typed text and today to a value; raises FieldError."""


def _always(parse: Callable[[str], FieldValue]) -> Reader:
    return lambda text, _today: parse(text)


def _date(field: PaperField) -> Reader:
    return lambda text, _today: parse_date(text, field=field.value)


READERS: Mapping[PaperField, Reader] = {
    PaperField.INSURER_NUMBER: _always(parse_insurer_number),
    PaperField.SYMBOL: _always(parse_symbol),
    PaperField.NUMBER: _always(parse_number),
    PaperField.BRANCH: _always(parse_branch),
    PaperField.INSURED_BRANCH: _always(parse_branch),
    PaperField.BIRTHDATE: parse_birthdate,
    PaperField.SEX: _always(parse_sex),
    PaperField.RELATION: _always(parse_relation),
    PaperField.BURDEN_RATIO: _always(parse_ratio),
    PaperField.KANA: _always(parse_kana),
    **dict.fromkeys(
        (PaperField.NAME, PaperField.INSURED_NAME, PaperField.FORMER_NAME, PaperField.ALIAS), _always(parse_name)
    ),
    **{
        field: _date(field)
        for field in (
            PaperField.ACQUIRED_ON,
            PaperField.ISSUED_ON,
            PaperField.VALID_FROM,
            PaperField.EXPIRES_ON,
            PaperField.CERTIFICATE_EXPIRES_ON,
            PaperField.FILLED_IN_ON,
        )
    },
    **dict.fromkeys(
        (
            PaperField.ADDRESS,
            PaperField.TELEPHONE,
            PaperField.ACQUIRED_ABOUT,
            PaperField.LIMIT_CLASS,
            PaperField.INSURER_NAME,
            PaperField.INSURER_BRANCH,
            PaperField.INSURER_ADDRESS,
            PaperField.INSURANCE_KIND,
            PaperField.EMPLOYER,
            PaperField.REMARKS,
            PaperField.ADDITIONS,
        ),
        _always(parse_words),
    ),
}
"""One reader for every field that is typed."""


def as_typed(value: FieldValue) -> str:
    """A value as text that its reader reads back to the same value."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _chosen(text: str, choices: Mapping[str, _Choice], code: str) -> _Choice:
    choice = choices.get(narrow(text).strip().casefold())
    if choice is None:
        raise FieldError(code)
    return choice

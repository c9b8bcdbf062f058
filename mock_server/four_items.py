"""基本4情報: 氏名, 生年月日, 性別, 住所 from a card's face, and whom they fit.

The real 資格情報照会(システム障害時) and the one in a disaster have no public message (reception.md §6.6): that a
person is looked up by exactly these items, how they are compared, and for what the search may be used, is **invented
and unverified**. What breaks if wrong: a person who was noted in an outage is taken for another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from eligibility.addresses import fold_address
from eligibility.names import full_width_kana
from eligibility.oqs.values import holds_individual_number, read_date, refused_characters
from mock_server.errors import QualificationError, Refusal
from mock_server.people import Person, fold_number

MODES: Final = ("outage", "disaster")
"""For what it may be asked: afterwards, about whoever was noted in a システム障害; and in a 災害."""
SEXES: Final = ("1", "2")
"""性別 that a card prints (OQSCD007)."""
LONGEST: Final = 200
"""Characters of a name or an address at most."""
_BLANKS: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class FourItems:
    """What stands on the card's face; `sex` is 1 or 2 (OQSCD007)."""

    name: str = field(repr=False)
    birthdate: date = field(repr=False)
    sex: str = field(repr=False)
    address: str = field(repr=False)


def read_four_items(*, name: str, birthdate: str, sex: str, address: str) -> FourItems:
    """The items as they were sent; `birthdate` is YYYYMMDD.

    Raises:
        QualificationError: REQUEST_FIELD, REQUEST_INDIVIDUAL_NUMBER; the text is not repeated.
    """
    for where, text in (("name", name), ("address", address)):
        if not text.strip(_BLANKS) or len(text) > LONGEST or refused_characters(text):
            raise QualificationError(Refusal.REQUEST_FIELD, where=where)
        if holds_individual_number(text):
            raise QualificationError(Refusal.REQUEST_INDIVIDUAL_NUMBER, where=where)
    if sex not in SEXES:
        raise QualificationError(Refusal.REQUEST_FIELD, where="sex")
    return FourItems(name, _day(birthdate), sex, address)


def fits(items: FourItems, person: Person) -> bool:
    """Whether all four are the person's: width, blanks and dashes do not count, kanji count as they are.

    Of an address the numbers count, not how they are written (`eligibility.addresses`).
    """
    names = {_folded(own) for own in (person.name, person.name_of_other) if own}
    return (
        _folded(items.name) in names
        and items.birthdate == person.birthdate
        and items.sex == person.sex
        and fold_address(items.address) == fold_address(person.address)
    )


def _folded(text: str) -> str:
    return fold_number(full_width_kana(text))


def _day(text: str) -> date:
    try:
        day = read_date(text) if len(text) == 8 and text.isascii() and text.isdigit() else None
    except ValueError:
        day = None
    if day is None:
        raise QualificationError(Refusal.REQUEST_FIELD, where="birthdate")
    return day

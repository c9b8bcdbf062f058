"""What somebody types to ask at the desk, taken apart: words, points, share, age and birthdate.

This module alone finds numbers among words: 420点 3割, 72歳, 昭28.5.2, full width too. It looks nothing up. If it is
wrong, a price is worked out from the wrong number, or a 個人番号 is taken for one. Facts: validation.md §3.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from eligibility.calendar import parse_birthdate
from eligibility.charges import MOST_POINTS, parse_points, parse_share
from eligibility.errors import FieldError
from eligibility.text import fold_digits, holds_individual_number, narrow, refuse_individual_number

# A sign is taken along where a word begins with it: minus 5 points are refused, not read as 5.
_POINTS = re.compile(r"(?<![0-9.])((?:(?:^|(?<= ))-)?[0-9][0-9,.]*) *(?:点|points?\b|pts?\b)", re.IGNORECASE)
_SHARE = re.compile(r"(?<![0-9.])(?:(10|[123]|[一二三十]) *割|(10|20|30|100) *%)(?:負担)?")
_AGE = re.compile(r"(?<![0-9.])([0-9]{1,3}) *(?:歳|才|years? old\b|years?\b)", re.IGNORECASE)
_ERA = r"(?:明治|大正|昭和|平成|令和|[明大昭平令]|(?<![a-z])[mtshr])"
_GAP = r" *[年月./-] *"
_BIRTHDATE = re.compile(
    rf"(?:{_ERA} *(?:元|[0-9]{{1,2}}){_GAP}[0-9]{{1,2}}{_GAP}[0-9]{{1,2}}(?: *日)?"
    rf"|{_ERA}[0-9]{{6}}(?![0-9])"
    rf"|(?<![0-9])[0-9]{{4}}{_GAP}[0-9]{{1,2}}{_GAP}[0-9]{{1,2}}(?: *日)?)(?: *生まれ| *生)?",
    re.IGNORECASE,
)
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+ *点?")
_INDIVIDUAL_NUMBER_DIGITS = 12
_NUMBERS = re.compile(r"[0-9][0-9 \-./,_:]*[0-9]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `words` is what is looked up; shares are percent, ages years.

    `other_words`: whether anything is asked besides the numbers.
    """

    words: str
    other_words: bool
    points: int | None = None
    percent: int | None = None
    age: int | None = None
    birthdate: date | None = None


def parse_question(text: str, on: date) -> Question:
    """The question that `text` asks on day `on`.

    Points and birthdate are no words to look up. A share or an age is one as long as there are no points: 10割 alone
    is a question, 420点 10割 a sum.

    Raises:
        FieldError: `field.individual_number` where any run of digits in it is one; `yen.points` for points that are no
            whole number, too many, or grouped wrongly; `field.date.*` and `field.birthdate.future` for a birthdate that
            cannot be.
    """
    if holds_individual_number(text):  # before the letters are folded, which may take marks away
        raise FieldError("field.individual_number")
    written = " ".join(fold_digits(unicodedata.normalize("NFKC", text)).split())
    _refuse_individual_number_in(written)
    birthdate, rest = _taken(_BIRTHDATE, written)
    points, rest = _taken(_POINTS, rest)
    percent, without_share = _taken(_SHARE, rest)
    age, without_either = _taken(_AGE, without_share)
    if age is None:
        without_either = without_share
    return Question(
        words=" ".join((without_either if points else rest).split()),
        other_words=bool(without_either.strip()),
        points=None if points is None else points_of(points[1]),
        percent=None if percent is None else parse_share(percent[0].removesuffix("負担")),
        age=None if age is None else int(age[1]),
        birthdate=None if birthdate is None else parse_birthdate(re.sub(" *生(まれ)?$", "", birthdate[0]), on),
    )


def points_of(text: str) -> int:
    """Points as `charges.parse_points` reads them, refused where commas do not stand before groups of three.

    4,20 is 420 or 4,200 with a slip of the fingers: nobody can tell which.

    Raises:
        FieldError: `yen.points`.
    """
    written = narrow(text).strip()
    if "," in written and not _COMMAS.fullmatch(written):
        raise FieldError("yen.points", most=f"{MOST_POINTS:,}")
    return parse_points(text)


def _refuse_individual_number_in(text: str) -> None:
    """Refuses one also where other numbers stand before or behind it."""
    for run in _NUMBERS.findall(text):
        groups = re.findall("[0-9]+", run)
        for first in range(len(groups)):
            digits = ""
            for group in groups[first : first + _INDIVIDUAL_NUMBER_DIGITS]:
                digits += group
                refuse_individual_number(digits)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    """The first match and the text without it."""
    found = pattern.search(text)
    return (None, text) if found is None else (found, f"{text[: found.start()]} {text[found.end() :]}")

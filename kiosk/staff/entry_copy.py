"""「文字でコピー」 of a visit that is over: as much of the answer as the journal keeps, in the same format.

Pure. What the journal does not keep (sex, days of validity) stays empty behind its label. What breaks if it is wrong:
numbers that were refused or are somebody else's get into the レセコン.
"""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.errors import FieldError
from eligibility.insurers import insurer_title, parse_insurer_number
from kiosk.flow.answer import Qualification
from kiosk.forms.app_export import export_text
from kiosk.staff.interfaces import DayEntry
from kiosk.staff.today import VISIT_KINDS, still_counting
from kiosk.words import Words

_VALID = 1
"""資格有効性 1."""
_ACCEPTED = "OK_"
"""How the outcomes begin with which a person is received."""


def copied_text(entries: Sequence[DayEntry], words: Words) -> str:
    """The newest answer of a visit as text; "" where there is none to take over. As `answer_kept`."""
    found = _newest(entries)
    return "" if found is None else export_text(_answer(found, words), found.at.date())


def answer_kept(entries: Sequence[DayEntry], words: Words) -> Qualification | None:
    """The newest answer of a visit, as far as the journal keeps it; None where there is none to take over.

    `entries` is everything that was written of the visit, oldest first. `words` name the insurer.
    """
    found = _newest(entries)
    return None if found is None else _answer(found, words)


def _newest(entries: Sequence[DayEntry]) -> DayEntry | None:
    taken_over: DayEntry | None = None
    for entry in still_counting(entries):
        if entry.validity == _VALID and entry.outcome.startswith(_ACCEPTED) and entry.insurer_number:
            taken_over = entry
        elif entry.kind in VISIT_KINDS:  # the visit came to something else: that record was somebody else's, or is over
            taken_over = None
    return taken_over


def _answer(entry: DayEntry, words: Words) -> Qualification:
    return Qualification(
        "numbers",
        validity=entry.validity,
        insurer_number=entry.insurer_number,
        insurer_name=_insurer(entry.insurer_number, words),
        symbol=entry.symbol,
        number=entry.number,
        branch=entry.branch,
        name=entry.name,
        name_kana=entry.name_kana,
        birthdate=entry.birthdate,
        burden_ratio=entry.ratio,
    )


def _insurer(number: str, words: Words) -> str:
    """What the number tells of whose it is."""
    try:
        title, params = insurer_title(parse_insurer_number(number))
    except FieldError:  # what a service sent is kept as it is
        return ""
    return words.text(title, **params)

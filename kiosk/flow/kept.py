"""What a further paper need not be typed again: of the same person, or of the next person of a family.

Pure. What is kept is what such papers print alike; everything else is empty, never guessed. If it is wrong, one member
of a family is asked about with another's 枝番 or birthday. Facts: reception.md §2.2, §2.8; validation.md §2.
"""

from __future__ import annotations

from typing import Final

from eligibility.papers.fields import PaperField, Relation
from eligibility.papers.paper import Paper
from kiosk.flow.counter import Draft

SHARED_BY_FAMILY: Final = frozenset(
    {
        PaperField.INSURER_NUMBER,
        PaperField.SYMBOL,
        PaperField.NUMBER,
        PaperField.INSURED_NAME,
        PaperField.ADDRESS,
        PaperField.INSURER_NAME,
        PaperField.INSURER_BRANCH,
        PaperField.INSURER_ADDRESS,
    }
)
"""What the papers of one family's insurance print alike; 枝番, name and birthday are each person's own."""
SAME_PERSON: Final = frozenset({PaperField.NAME, PaperField.KANA, PaperField.BIRTHDATE, PaperField.SEX})
"""What every paper of one person prints alike."""


def for_the_same_person(paper: Paper) -> Draft:
    """A draft for another paper of the person this one is of."""
    return _in_common(paper, SAME_PERSON)


def for_the_family(paper: Paper) -> Draft:
    """A draft for the next person of the family. The insured person's own name is the others' 被保険者氏名."""
    kept = _in_common(paper, SHARED_BY_FAMILY)
    if paper.name and paper.insured_name is None and paper.relation is Relation.INSURED:
        return (*kept, (PaperField.INSURED_NAME.value, paper.name))
    return kept


def _in_common(paper: Paper, fields: frozenset[PaperField]) -> Draft:
    typed = paper.typed()
    return tuple((field.value, typed[field.value]) for field in PaperField if field in fields and field.value in typed)

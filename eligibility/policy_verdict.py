"""What one row of the decision says: that it fits and what follows, or that it does not and why (design.md §5).

This module alone owns the shapes that rows give and the policy reads. It decides nothing. If it is wrong, a row's
reasons do not reach the desk.
"""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.documents import InsurerPaper
from eligibility.outcome import OutcomeWord

NUMBERS_QUERY = "numbers_query"
"""Asked of staff: query by the numbers of a paper. Every other thing asked for is a word of the case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row says: the outcome, why, what to ask for, and the paper the visit rests on."""

    outcome: OutcomeWord
    row: int
    reasons: tuple[str, ...]
    ask_for: tuple[str, ...] = ()
    accepted: InsurerPaper | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that does not fit: its number, and as words why."""

    row: int
    why: tuple[str, ...]


ANSWER_REASONS = {1: "confirmed_by_numbers", 2: "answer_ended", 4: "answer_nothing_found"}
"""The reason that an answer's 資格有効性 gives to a row which rests on something else."""

"""One small wrong change of the rules: where it is, what it changes, and what became of it.

This module alone says how a mutant is known again in another run: by its place and by the text that changed, never by a
number or a line, which every edit moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile


class Fate(StrEnum):
    """What the tests did with a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    ENDLESS = "endless"
    """They did not come to an end. That is not a test that fails, and is looked at like a survivor."""


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """`place` is a function, a table or a field, as `Rules.moved`; `was` and `becomes` are the lines that differ."""

    module: str
    place: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.module}.{self.place}\n    - {self.was}\n    + {self.becomes}"


def mutant(module: str, place: str, before: Sequence[str], after: Sequence[str]) -> Mutant:
    """The mutant that turns the lines `before` into the lines `after`: from the first that differs to the last."""
    same = _same(before, after)
    same_at_the_end = _same(before[same:][::-1], after[same:][::-1])
    was, becomes = (lines[same : len(lines) - same_at_the_end] for lines in (before, after))
    return Mutant(module, place, one_line(was), one_line(becomes))


def one_line(lines: Sequence[str]) -> str:
    """The lines as one, with single spaces: how it is laid out does not matter."""
    return " ".join(" ".join(lines).split())


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

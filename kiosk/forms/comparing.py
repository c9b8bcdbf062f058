"""What was typed beside what came back, line by line: what agrees, what differs, and how much that means.

Pure. This module alone says which value of a paper is compared with which of the answer, and how strictly. Numbers are
compared folded, names and addresses with ● as any one character; nothing is overwritten. If it is wrong, a person is
taken for another, or an honest paper for a false one. Facts: validation.md §2, §5; reception.md §2.8, §8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

from eligibility.calendar import era_text
from eligibility.errors import FieldError
from eligibility.insured_numbers import same_number
from eligibility.insurers import InsurerNumber, parse_insurer_number
from eligibility.names import UNKNOWN_CHARACTER, NameMatch, compare_names, fold_kana
from eligibility.papers.fields import PaperField
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification
from kiosk.forms.address import compare_addresses

_F = PaperField


class Verdict(Enum):
    """What comparing one line came to. Words: `forms.verdict.<value>`."""

    SAME = "same"
    HIDDEN = "hidden"
    """The same but for ●."""
    VARIANT = "variant"
    """The same but for another form of a character (髙 and 高)."""
    UNREADABLE = "unreadable"
    """Nothing but ● where it could be read."""
    DIFFERENT = "different"
    ONLY_TYPED = "only_typed"
    """The answer has no such value, or withholds it."""
    ONLY_ANSWERED = "only_answered"
    """The paper prints none, or nobody typed it."""


_OF_NAMES: Final = {match: Verdict(match.value) for match in NameMatch}
NEEDS_CARE: Final = frozenset({Verdict.HIDDEN, Verdict.VARIANT, Verdict.UNREADABLE, Verdict.DIFFERENT})
"""Verdicts that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value on both sides, as text to read. Personal data: out of the repr."""

    at: PaperField
    typed: str = field(repr=False)
    answered: str = field(repr=False)
    verdict: Verdict
    todo: tuple[str, ...] = ()
    """Message ids: what the desk does about it."""


Difference = Line
"""A line whose two sides are not the same."""


def compare(paper: Paper, answer: Qualification) -> tuple[Difference, ...]:
    """What differs between a typed paper and the answer, in the order of the paper; empty where nothing does."""
    return tuple(line for line in all_lines(paper, answer) if line.verdict in NEEDS_CARE)


def all_lines(paper: Paper, answer: Qualification) -> tuple[Line, ...]:
    """Every line that one side at least has a value for."""
    return tuple(_lines(paper, answer))


def hidden_name(answer: Qualification) -> bool:
    """Whether the answer's name has a ●, so that somebody should write down the real one beside it."""
    return UNKNOWN_CHARACTER in answer.name


def _lines(paper: Paper, answer: Qualification) -> Iterator[Line]:
    yield from _line(_F.INSURER_NUMBER, _digits(paper.insurer_number), answer.insurer_number.strip(), _insurers)
    yield from _line(_F.SYMBOL, paper.symbol or "", answer.symbol, _numbers)
    yield from _line(_F.NUMBER, paper.number or "", answer.number, _numbers)
    yield from _line(_F.BRANCH, paper.branch or "", answer.branch, _numbers)
    yield from _line(_F.NAME, paper.name or "", answer.name, compare_names)
    yield from _line(_F.KANA, paper.kana or "", answer.name_kana, compare_names)
    yield from _line(_F.BIRTHDATE, _day(paper.birthdate), _day(answer.birthdate), _exactly)
    yield from _line(_F.SEX, _word(paper.sex), answer.sex, _exactly)
    yield from _line(_F.RELATION, _word(paper.relation), answer.relation, _exactly)
    yield from _line(_F.INSURED_NAME, paper.insured_name or "", answer.insured_name, compare_names)
    yield from _line(_F.ADDRESS, paper.address or "", answer.address, compare_addresses)
    yield from _line(_F.ACQUIRED_ON, _day(paper.acquired_on), _day(answer.acquired_on), _exactly)
    yield from _line(_F.ISSUED_ON, _day(paper.issued_on), _day(answer.issued_on), _exactly)
    yield from _line(_F.EXPIRES_ON, _day(paper.expires_on), _day(answer.valid_until), _exactly)
    ratio = answer.elderly_burden_ratio or answer.burden_ratio
    yield from _line(_F.BURDEN_RATIO, _number(paper.burden_ratio), _number(ratio), _exactly)
    yield from _line(_F.INSURER_NAME, paper.insurer_name or "", answer.insurer_name, _words)


def _line(at: PaperField, typed: str, answered: str, match: Callable[[str, str], NameMatch]) -> Iterator[Line]:
    if not typed and not answered:
        return
    if not typed or not answered:
        yield Line(at, typed, answered, Verdict.ONLY_TYPED if typed else Verdict.ONLY_ANSWERED)
        return
    found = match(typed, answered)
    of_a_name = at in {_F.NAME, _F.KANA, _F.INSURED_NAME}
    todo = found.todo if of_a_name else (f"forms.todo.{at.value}",) if _has_todo(at, found) else ()
    yield Line(at, typed, answered, _OF_NAMES[found], todo)


TODO_AT: Final = frozenset({_F.INSURER_NUMBER, _F.BIRTHDATE, _F.SEX, _F.ADDRESS, _F.EXPIRES_ON, _F.BURDEN_RATIO})
"""Fields whose difference has something to be done about: `forms.todo.<field>`."""


def _has_todo(at: PaperField, found: NameMatch) -> bool:
    return found is NameMatch.DIFFERENT and at in TODO_AT


def _exactly(typed: str, answered: str) -> NameMatch:
    return NameMatch.SAME if typed == answered else NameMatch.DIFFERENT


def _numbers(typed: str, answered: str) -> NameMatch:
    return NameMatch.SAME if same_number(typed, answered) else NameMatch.DIFFERENT


def _insurers(typed: str, answered: str) -> NameMatch:
    """Padded or not (国保 has two blanks or zeros before its six digits)."""
    try:
        same = parse_insurer_number(typed).same_as(parse_insurer_number(answered))
    except FieldError:
        same = same_number(typed, answered)
    return NameMatch.SAME if same else NameMatch.DIFFERENT


def _words(typed: str, answered: str) -> NameMatch:
    """A name of an insurer: one side often goes on with a branch."""
    left, right = fold_kana(typed), fold_kana(answered)
    return NameMatch.SAME if left.startswith(right) or right.startswith(left) else compare_names(typed, answered)


def _day(day: date | None) -> str:
    return "" if day is None else f"{era_text(day)} ({day.isoformat()})"


def _digits(number: InsurerNumber | None) -> str:
    return "" if number is None else number.digits


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _word(value: Enum | None) -> str:
    return "" if value is None else str(value.value)

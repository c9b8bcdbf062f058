"""What came back otherwise than it was noted, when somebody is asked about later: names of fields, and both values.

A ● on either side stands for any character, blanks and width do not count, and what the service did not send differs
from nothing. What breaks if it is wrong: another person's record is taken for the one that was noted.
"""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.addresses import fold_address
from eligibility.names import NameMatch, compare_names, fold_kana
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import FourItems

Difference = tuple[str, str, str]
"""Name of the field, what was noted, what the service has."""
_AGREE = frozenset({NameMatch.SAME, NameMatch.HIDDEN})


def differences(noted: FourItems | Paper, answer: Qualification) -> tuple[str, ...]:
    """Names of the fields that differ, in the order of the card and the papers."""
    return tuple(name for name, _, _ in compared(noted, answer))


def compared(noted: FourItems | Paper, answer: Qualification) -> tuple[Difference, ...]:
    """The fields that differ with what was noted and what the service has, in the order of the card and the papers.

    Dates are YYYY-MM-DD, a share is in percent, the sex is `male` or `female`.
    """
    return tuple(_about_the_paper(noted, answer) if isinstance(noted, Paper) else _about_the_person(noted, answer))


def _about_the_paper(paper: Paper, answer: Qualification) -> Iterator[Difference]:
    insurer = "" if paper.insurer_number is None else paper.insurer_number.digits
    for name, typed, said in (
        ("insurer_number", insurer, answer.insurer_number),
        ("symbol", paper.symbol, answer.symbol),
        ("number", paper.number, answer.number),
        ("branch", paper.branch, answer.branch),
    ):
        if typed and said and fold_kana(typed) != fold_kana(said):
            yield name, typed, said
    yield from _about_the_person(paper, answer)
    ratio = answer.burden_ratio if answer.burden_ratio is not None else answer.elderly_burden_ratio
    if paper.burden_ratio is not None and ratio is not None and paper.burden_ratio != ratio:
        yield "burden_ratio", str(paper.burden_ratio), str(ratio)
    if paper.expires_on is not None and answer.valid_until is not None and paper.expires_on != answer.valid_until:
        yield "expires_on", paper.expires_on.isoformat(), answer.valid_until.isoformat()


def _about_the_person(noted: FourItems | Paper, answer: Qualification) -> Iterator[Difference]:
    if noted.name and answer.name and compare_names(noted.name, answer.name) not in _AGREE:
        yield "name", noted.name, answer.name
    if noted.birthdate is not None and answer.birthdate is not None and noted.birthdate != answer.birthdate:
        yield "birthdate", noted.birthdate.isoformat(), answer.birthdate.isoformat()
    if noted.sex and answer.sex and noted.sex != answer.sex:
        yield "sex", noted.sex, answer.sex
    if noted.address and answer.address and not _same_address(noted.address, answer.address):
        yield "address", noted.address, answer.address


def _same_address(noted: str, said: str) -> bool:
    return compare_names(fold_address(noted), fold_address(said)) in _AGREE

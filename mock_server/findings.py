"""What is known about a person's memberships on a day: 資格有効性 and the membership it speaks of.

Pure. Where the sources leave a choice it is ours and said so: an answer 5 names nobody, an answer 2 or 3 carries the
membership that ended (reception.md §6.1). Of 6 有効(未登録) only the name and 医療扶助 are known: here it means that no
ticket is filed. An insurance goes before the 医療扶助 beside it. What breaks if wrong: 資格(無効) for a member, or the
reverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from eligibility.oqs.codes import QualificationValidity
from mock_server.people import MEDICAL_ASSISTANCE, Membership, Person


@dataclass(frozen=True, slots=True)
class Finding:
    """資格有効性, and whose membership it is about; neither where nothing or several were found."""

    validity: QualificationValidity
    person: Person | None = None
    membership: Membership | None = None


def find_by_card(person: Person, on: date) -> Finding:
    """What is known of the holder of a card. A membership that begins later is not on file yet."""
    current = [own for own in person.memberships if own.is_current(on)]
    if len(current) > 1:
        current = [own for own in current if own.card_class != MEDICAL_ASSISTANCE] or current
    if len(current) > 1:
        return Finding(QualificationValidity.SEVERAL_FOUND)
    if current:
        return _current(person, current[0])
    ended = _last_ended(person.memberships, on)
    if ended is None:
        return Finding(QualificationValidity.NONE_FOUND)
    return Finding(QualificationValidity.INVALID, person, ended)


def find_by_numbers(matches: Sequence[tuple[Person, Membership]], on: date) -> Finding:
    """What is known of the numbers of a paper, from every membership that fits them."""
    known = [(person, own) for person, own in matches if own.is_current(on) or own.has_ended(on)]
    if not known:
        return Finding(QualificationValidity.NONE_FOUND)
    if len({person.key for person, _ in known}) > 1:
        return Finding(QualificationValidity.SEVERAL_FOUND)
    person = known[0][0]
    current = [own for _, own in known if own.is_current(on)]
    if len(current) > 1:
        return Finding(QualificationValidity.SEVERAL_FOUND)
    if current:
        return _current(person, current[0])
    newer = any(own.is_current(on) for own in person.memberships)
    validity = QualificationValidity.INVALID_NEWER_EXISTS if newer else QualificationValidity.INVALID
    return Finding(validity, person, _last_ended([own for _, own in known], on))


def find_by_four_items(people: Sequence[Person], on: date) -> Finding:
    """What is known of whom 氏名, 生年月日, 性別 and 住所 fit: of one person as by card, of several nothing."""
    if not people:
        return Finding(QualificationValidity.NONE_FOUND)
    return find_by_card(people[0], on) if len(people) == 1 else Finding(QualificationValidity.SEVERAL_FOUND)


def _current(person: Person, own: Membership) -> Finding:
    unfiled = own.card_class == MEDICAL_ASSISTANCE and not own.tickets
    return Finding(QualificationValidity.VALID_UNREGISTERED if unfiled else QualificationValidity.VALID, person, own)


def _last_ended(memberships: Sequence[Membership], on: date) -> Membership | None:
    ended = [own for own in memberships if own.has_ended(on)]
    return max(ended, key=lambda own: own.lost_on or date.min, default=None)

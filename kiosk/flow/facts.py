"""All that is known of one visit: what the rules are asked with, and what the desk adds to it step by step.

Values only; papers and devices are those of `eligibility`. A fact is added, corrected or taken back by the desk
(undo); nothing here decides. What breaks if it is wrong: the right rules are asked about another visit than the one
that took place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from eligibility.case import Flag, Membership, Person, Visit
from eligibility.documents import Device
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification


class Way(Enum):
    """How a person shows that the card is theirs. Values are the words of `identity` (design.md §5)."""

    PIN = "pin"
    """暗証番号."""
    FACE = "face"
    """顔認証; simulated here."""
    VISUAL = "visual"
    """目視確認, by staff with the facility passcode."""


@dataclass(frozen=True, slots=True)
class FourItems:
    """基本4情報 written down from the card's face in an outage (reception.md §6.6): 氏名, 生年月日, 性別, 住所.

    `sex` is `male` or `female`. Personal data: out of the repr.
    """

    name: str = field(repr=False)
    birthdate: date = field(repr=False)
    sex: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit so far. Personal data stay out of the repr."""

    device: Device | None = None
    """The card or phone as far as it is known; None: none was shown."""
    certificate_until: date | None = None
    """Last day of its certificate (inclusive), where it was seen: by it the calendar knows the state that the service
    did not say."""
    papers: tuple[Paper, ...] = field(default=(), repr=False)
    """Typed in, in the order they were shown."""
    by_card: Qualification | None = field(default=None, repr=False)
    by_numbers: Qualification | None = field(default=None, repr=False)
    """The newest answer to numbers."""
    four_items: FourItems | None = field(default=None, repr=False)
    person: Person | None = None
    """What the desk says of the record that came back; None: nothing yet."""
    visit: Visit = Visit.FIRST
    known_patient: bool = False
    """再診, and the office already holds the data."""
    membership: Membership = Membership.UNKNOWN
    flags: frozenset[Flag] = frozenset()
    service_silent: bool = False
    """The service was asked in this visit and could not answer."""
    outage: bool = False
    """システム障害時モード was on."""
    disaster: bool = False
    """災害時モード was on."""
    spoken_consent: bool = False
    """Consent was given by mouth and entered by staff."""
    set_aside: bool = False
    """The desk went on without the device, and nobody found its chip at fault: the rules take it for one that cannot be
    read, and nobody is told that it could not."""

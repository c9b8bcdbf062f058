"""What a patient agreed to share in one visit, and how long it counts.

Values only. What breaks if wrong: medical data are told to an institution that the patient did not let see them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from eligibility.oqs.codes import Consent
from mock_server.errors import QualificationError, Refusal
from mock_server.people import CONSENT_ITEMS

CONSENT_LIFE = timedelta(hours=24)
"""How long an outpatient's consent counts: AvailableTime is ConsTime and 24 hours in both sample sets
(online-qualification.md §2.3)."""
GIVEN: Final = "given"
DECLINED: Final = "declined"
COMPREHENSIVE: Final = "comprehensive"
"""包括同意: all of a patient's medical history with one answer, on readers since 2024-10-07 (reception.md §1)."""
COVERED: Final = ("checkups", "medicines", "diagnosis", "operation")
"""What 包括同意 answers for. That 特定疾病 is not part of it, being a paper and no history, is our reading."""


class UnknownItemError(ValueError):
    """Something that nobody can agree to was named; `known` lists what there is."""

    def __init__(self) -> None:
        super().__init__(", ".join(CONSENT_ITEMS))
        self.known = CONSENT_ITEMS


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A consent: `agreed` are words of `CONSENT_ITEMS`, what is not among them was refused. Moments are aware."""

    at: datetime
    expires_at: datetime
    agreed: frozenset[str]

    @classmethod
    def given(cls, at: datetime, agreed: Collection[str]) -> ConsentRecord:
        """A consent given at that moment.

        Raises:
            UnknownItemError: Something in `agreed` is no word of `CONSENT_ITEMS`.
        """
        items = frozenset(agreed)
        if not items <= set(CONSENT_ITEMS):
            raise UnknownItemError
        return cls(at, at + CONSENT_LIFE, items)

    def state(self, item: str, at: datetime) -> Consent:
        """The …ConsFlg of one item at a moment (OQSCD016)."""
        if item not in self.agreed:
            return Consent.NOT_GIVEN
        # A clock that was moved back does not make a consent last longer than it may.
        return Consent.GIVEN if self.at <= at < self.expires_at else Consent.EXPIRED

    def covers(self, item: str, at: datetime) -> bool:
        """Whether the item may be shared at that moment."""
        return self.state(item, at) is Consent.GIVEN

    def answers(self) -> dict[str, str]:
        """Every item with `given` or `declined`."""
        return {item: GIVEN if item in self.agreed else DECLINED for item in CONSENT_ITEMS}


def agreed_to(answers: Mapping[str, str]) -> frozenset[str]:
    """What was agreed to, out of a patient's answers at the counter: `given` or `declined` by item or 包括同意.

    What was not answered was not agreed to; whoever declines 包括同意 is asked about each.

    Raises:
        QualificationError: CONSENT_ITEMS: no answer at all, an item or answer nobody knows, or 包括同意 given and
            something of it declined.
    """
    refused = QualificationError(Refusal.CONSENT_ITEMS, known=", ".join((*CONSENT_ITEMS, COMPREHENSIVE)))
    if not answers or not answers.keys() <= {*CONSENT_ITEMS, COMPREHENSIVE}:
        raise refused
    if not set(answers.values()) <= {GIVEN, DECLINED}:
        raise refused
    agreed = {item for item, answer in answers.items() if answer == GIVEN} - {COMPREHENSIVE}
    if answers.get(COMPREHENSIVE) == GIVEN:
        if any(answers.get(item) == DECLINED for item in COVERED):
            raise refused
        agreed.update(COVERED)
    return frozenset(agreed)

"""薬剤情報 and 特定健診情報 in plain fields, and what the mock's data hint at: doubles and 併用禁忌.

Values only, shown after a consent and never stored. The contents are invented and the hints are part of the rehearsal,
no medical advice. What breaks if it is wrong: staff learn to trust a list that forgets a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from kiosk.flow.answer import Qualification, Reception


@dataclass(frozen=True, slots=True)
class InsuredNumbers:
    """By what a person is named in questions about medicines, checkups and 照会番号. "" where there is none."""

    insurer_number: str = field(repr=False)
    symbol: str = field(repr=False)
    number: str = field(repr=False)
    branch: str = field(repr=False)

    @classmethod
    def of(cls, shown: Reception | Qualification) -> InsuredNumbers:
        """The numbers that the service named."""
        return cls(shown.insurer_number, shown.symbol, shown.number, shown.branch)


@dataclass(frozen=True, slots=True)
class GivenMedicine:
    """One medicine that was dispensed. Texts are as they came, "" where they did not."""

    name: str = field(repr=False)
    ingredient: str = field(default="", repr=False)
    """一般名."""
    dispensed_on: date | None = field(default=None, repr=False)
    days: int | None = field(default=None, repr=False)
    usage: str = field(default="", repr=False)
    quantity: str = field(default="", repr=False)
    """One day's, with its unit."""
    dispensed_at: str = field(default="", repr=False)
    """The pharmacy."""
    avoid_with: tuple[str, ...] = field(default=(), repr=False)
    """一般名 which its invented label forbids beside it (併用禁忌)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One item of a 特定健診, as text with its unit."""

    item: str
    value: str = field(repr=False)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class GivenCheckup:
    """One 特定健診."""

    on: date | None = field(repr=False)
    institution: str = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MedicineHint:
    """Two medicines that need a look: `kind` is `duplicate` (重複投薬) or `contraindication` (併用禁忌)."""

    kind: str
    first: str = field(repr=False)
    """Name of one medicine."""
    second: str = field(repr=False)
    """Name of the other; for a double of the same product the same."""
    ingredient: str = field(repr=False)
    """What they share, or what the one forbids."""
    since: date | None = field(default=None, repr=False)
    """First day on which both may have been taken, where it is known."""
    until: date | None = field(default=None, repr=False)
    """Last such day."""


@dataclass(frozen=True, slots=True)
class MedicalInformation:
    """What the service told. None: it was not asked for; empty: there is none."""

    medicines: tuple[GivenMedicine, ...] | None = field(default=None, repr=False)
    """Newest first."""
    checkups: tuple[GivenCheckup, ...] | None = field(default=None, repr=False)
    """Newest first."""

    @property
    def hints(self) -> tuple[MedicineHint, ...]:
        """What is odd about medicines that were taken on the same days, 併用禁忌 first."""
        taken = self.medicines or ()
        found: dict[MedicineHint, None] = {}
        for index, one in enumerate(taken):
            for other in taken[index + 1 :]:
                together = _days_together(one, other)
                if together is None:
                    continue
                if one.ingredient and one.ingredient == other.ingredient:
                    found[MedicineHint("duplicate", one.name, other.name, one.ingredient, *together)] = None
                for first, second in ((one, other), (other, one)):
                    if second.ingredient in first.avoid_with:
                        hint = MedicineHint("contraindication", first.name, second.name, second.ingredient, *together)
                        found[hint] = None
        return tuple(sorted(found, key=lambda hint: hint.kind))


def _days_together(one: GivenMedicine, other: GivenMedicine) -> tuple[date | None, date | None] | None:
    """First and last day on which both may have been taken; None where there is none. Not known: any day."""
    (first, last), (other_first, other_last) = _days(one), _days(other)
    begin = max((day for day in (first, other_first) if day is not None), default=None)
    end = min((day for day in (last, other_last) if day is not None), default=None)
    return None if begin is not None and end is not None and end < begin else (begin, end)


def _days(medicine: GivenMedicine) -> tuple[date | None, date | None]:
    """First and last day of a medicine, as far as they were told."""
    first, days = medicine.dispensed_on, medicine.days
    return first, None if first is None or days is None else first + timedelta(days=max(days, 1) - 1)

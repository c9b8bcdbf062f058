"""What the personas took and what their checkups found, as elements of 薬剤情報 and 特定健診情報.

Contents are invented and stand in the persona files; the elements are our own too, as
`eligibility.oqs.medical_information` says. Knows no consent: whoever calls has made sure of it. What breaks if wrong:
somebody sees another month than was asked for.
"""

from __future__ import annotations

from eligibility.oqs.medical_information import (
    MockCheckupItem,
    MockCheckupItemList,
    MockHealthCheckup,
    MockMedicine,
)
from eligibility.oqs.values import date_text
from mock_server.people import Checkup, Medicine, Person


def medicines_of(person: Person, first: str | None, last: str | None) -> tuple[MockMedicine, ...]:
    """The person's medicines dispensed from the month `first` to the month `last`, oldest first.

    Months are YYYYMM and inclusive; None leaves that side open.
    """
    dispensed = sorted(person.medicines, key=lambda medicine: medicine.dispensed_on)
    return tuple(_medicine(medicine) for medicine in dispensed if _within(medicine, first, last))


def checkups_of(person: Person) -> tuple[MockHealthCheckup, ...]:
    """The person's 特定健診, newest first."""
    return tuple(_checkup(checkup) for checkup in sorted(person.checkups, key=lambda one: one.on, reverse=True))


def _within(medicine: Medicine, first: str | None, last: str | None) -> bool:
    month = date_text(medicine.dispensed_on)[:6]
    return (first is None or first <= month) and (last is None or month <= last)


def _medicine(medicine: Medicine) -> MockMedicine:
    return MockMedicine(
        dispensing_date=date_text(medicine.dispensed_on),
        pharmacy_name=medicine.institution,
        medicine_name=medicine.name,
        ingredient_name=medicine.ingredient,
        contraindicated_ingredients="、".join(medicine.avoid_with) or None,
        usage=medicine.usage,
        quantity=medicine.quantity,
        unit=medicine.unit,
        days=str(medicine.days),
    )


def _checkup(checkup: Checkup) -> MockHealthCheckup:
    items = tuple(
        MockCheckupItem(item_name=found.item, value=found.value, unit=found.unit or None) for found in checkup.values
    )
    return MockHealthCheckup(
        checkup_date=date_text(checkup.on),
        medical_institution_name=checkup.institution,
        mock_checkup_item_list=MockCheckupItemList(items=items),
    )

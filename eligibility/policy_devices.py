"""What can be done with the cards and phones on the counter: read, identify, query, register (design.md §5 rows 8–12).

This module alone judges a device. It knows nothing of papers and answers. If it is wrong, a card that works is not
asked, or a person is asked for a PIN that does not exist.
"""

from __future__ import annotations

from eligibility.calendar import age_on
from eligibility.case import Case
from eligibility.documents import (
    IDENTIFIED,
    Certificate,
    Device,
    Identity,
    MynaCard,
    Smartphone,
)
from eligibility.rule_dates import Rules


def identification_ways(case: Case, devices: tuple[Device, ...]) -> tuple[str, ...]:
    """The ways still open to show that one of the devices is the person's; none where every one is closed.

    A phone has no face to compare by eye. The card of somebody under one has no photo: face and eye are impossible,
    the PIN is the guardian's (reception.md §4, §13b; that it is the guardian who types it is unverified).
    """
    without_pin = {Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN}
    cards = [device for device in devices if isinstance(device, MynaCard)]
    by_pin = any(
        device.identity not in without_pin and not (isinstance(device, MynaCard) and device.face_only)
        for device in devices
    )
    photo = not is_under_one(case)
    ways = {
        Identity.PIN: by_pin,
        Identity.FACE: photo or len(cards) < len(devices),
        Identity.VISUAL: photo and bool(cards),
    }
    return tuple(way.value for way, is_open in ways.items() if is_open)


def is_under_one(case: Case) -> bool:
    """Whether the person's card has no photo because of the age (reception.md §13b)."""
    return case.birthdate is not None and age_on(case.birthdate, case.on) < 1


def phone_path_problem(case: Case, phone: Smartphone, rules: Rules) -> str:
    """Why a phone cannot be read here today, as a reason, or "" where it can."""
    if case.on < rules.smartphone_from:
        return "phone_before_start"
    if not case.equipped_for_smartphone:
        return "phone_not_equipped"
    return chip_problem(phone)


def chip_problem(device: Device) -> str:
    """Why the chip gives no usable certificate, as a reason, or "" where it does."""
    if not device.readable:
        return "chip_unreadable"
    if device.certificate is Certificate.EXPIRED:
        return "chip_certificate_expired"
    return "chip_certificate_revoked" if device.certificate is Certificate.REVOKED else ""


def device_problem(case: Case, device: Device, rules: Rules) -> str:
    """Why no query by card can be made with it here today, as a reason, or "" where one can."""
    return phone_path_problem(case, device, rules) if isinstance(device, Smartphone) else chip_problem(device)


def queryable(case: Case, rules: Rules) -> tuple[Device, ...]:
    """Registered cards and phones with which a query by card can be made here today, once somebody is identified."""
    return tuple(device for device in case.devices if device.registered and not device_problem(case, device, rules))


def is_identified(devices: tuple[Device, ...]) -> bool:
    """Whether somebody has shown that one of them is theirs."""
    return any(device.identity in IDENTIFIED for device in devices)


def registered_cards(case: Case) -> tuple[MynaCard, ...]:
    """The plastic cards with 健康保険証利用登録, readable or not."""
    return tuple(card for card in case.all_of(MynaCard) if card.registered)


def phones_without_path(case: Case, rules: Rules) -> tuple[Smartphone, ...]:
    """The phones, registered or not, that cannot be read here today."""
    return tuple(phone for phone in case.all_of(Smartphone) if phone_path_problem(case, phone, rules))


def registration_problem(case: Case, device: Device, rules: Rules) -> str:
    """Why an unregistered card or phone cannot be registered here now, as a reason, or "" where it can."""
    if device.registration_declined:
        return "registration_was_declined"
    if not device.readable:
        return "chip_unreadable"
    # A card's certificate may be renewed on the spot or not; the reader says so, the rules do not (design.md §5 row 8).
    return "" if isinstance(device, MynaCard) else device_problem(case, device, rules)

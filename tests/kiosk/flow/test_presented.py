"""What is known of a card, in the words of the rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.documents import Certificate, Device, Identity, MynaCard, Smartphone
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.presented import NO_CARD_SEEN, device_of, given_up
from kiosk.flow.states import CardSummary, Trouble
from tests.kiosk.flow.samples import (
    CARD,
    FACE_ONLY_CARD,
    LOCKED_BABY_CARD,
    LOCKED_CARD,
    PHONE,
    QUALIFICATION,
    REAL_CARD,
    UNREGISTERED,
)

UNREADABLE = MynaCard(readable=False)


@pytest.mark.parametrize(
    ("card", "trouble", "device"),
    [
        (None, Trouble.CARD_UNREADABLE, UNREADABLE),
        (None, Trouble.CARD_BUSY, UNREADABLE),
        (None, Trouble.READER_LOST, UNREADABLE),
        (None, Trouble.CARD_PULLED, MynaCard()),
        (None, Trouble.OUTAGE, MynaCard()),
        (None, Trouble.PHONE_NOT_EQUIPPED, Smartphone()),
        (PHONE, Trouble.PHONE_NOT_EQUIPPED, Smartphone()),
        (PHONE, Trouble.PIN_LOCKED, Smartphone(readable=False, identity=Identity.PIN_LOCKED)),
        (LOCKED_CARD, Trouble.PIN_LOCKED, MynaCard(identity=Identity.PIN_LOCKED)),
        (CARD, Trouble.PIN_UNKNOWN, MynaCard(identity=Identity.PIN_FORGOTTEN)),
        (FACE_ONLY_CARD, Trouble.FACE_LOCKED, MynaCard(face_only=True)),
        (CARD, Trouble.CALLED_STAFF, MynaCard()),
        (CARD, Trouble.CERTIFICATE_REFUSED, MynaCard(certificate=Certificate.EXPIRED)),
        (CARD, Trouble.NOT_REGISTERED, MynaCard(registered=False)),
    ],
)
def test_what_a_trouble_says_of_the_card(card: CardSummary | None, trouble: Trouble, device: Device) -> None:
    assert device_of(card, trouble, None) == device


@pytest.mark.parametrize("trouble", sorted(NO_CARD_SEEN, key=str))
def test_a_trouble_without_a_card_says_of_none(trouble: Trouble) -> None:
    assert device_of(None, trouble, None) is None


@pytest.mark.parametrize("card", [replace(REAL_CARD, attempts_left=0), LOCKED_BABY_CARD])
@pytest.mark.parametrize("trouble", [Trouble.PIN_LOCKED, Trouble.PIN_UNKNOWN])
def test_a_card_that_nothing_but_its_pin_opens_is_of_no_more_use_without_it(
    card: CardSummary, trouble: Trouble
) -> None:
    device = device_of(card, trouble, None)
    assert isinstance(device, MynaCard)
    assert not device.readable


@pytest.mark.parametrize("way", list(Way))
def test_whoever_was_identified_stays_so_when_the_service_fails(way: Way) -> None:
    assert device_of(CARD, Trouble.SERVER_DOWN, way) == MynaCard(identity=Identity(way.value))


@pytest.mark.parametrize(
    ("answer", "device"),
    [
        (QUALIFICATION, MynaCard(identity=Identity.PIN)),
        (UNREGISTERED, MynaCard(registered=False, identity=Identity.PIN)),
        (
            replace(QUALIFICATION, certificate_state="expiring"),
            MynaCard(identity=Identity.PIN, certificate=Certificate.EXPIRING),
        ),
        (
            replace(QUALIFICATION, certificate_state="expired"),
            MynaCard(identity=Identity.PIN, certificate=Certificate.GRACE),
        ),
    ],
)
def test_what_the_service_answered_to_counted(answer: Qualification, device: Device) -> None:
    assert device_of(CARD, None, Way.PIN, answer) == device


def test_a_phone_has_no_grace_so_one_that_was_answered_is_about_to_end() -> None:
    answer = replace(QUALIFICATION, certificate_state="grace")
    device = device_of(PHONE, None, Way.PIN, answer)
    assert device == Smartphone(identity=Identity.PIN, certificate=Certificate.EXPIRING)


@pytest.mark.parametrize(
    ("facts", "device"),
    [
        (VisitFacts(), None),
        (VisitFacts(device=MynaCard()), UNREADABLE),
        (VisitFacts(device=MynaCard(registered=False)), MynaCard(registered=False)),
        (VisitFacts(device=MynaCard(identity=Identity.MISMATCH)), MynaCard(identity=Identity.MISMATCH)),
        (VisitFacts(device=MynaCard(certificate=Certificate.REVOKED)), MynaCard(certificate=Certificate.REVOKED)),
        (VisitFacts(device=MynaCard(identity=Identity.PIN), by_card=QUALIFICATION), MynaCard(identity=Identity.PIN)),
    ],
)
def test_a_card_that_nobody_asked_is_given_up_for_a_paper_and_one_that_said_something_is_not(
    facts: VisitFacts, device: Device | None
) -> None:
    assert given_up(facts).device == device


def test_that_a_card_was_set_aside_and_not_unreadable_stays_known_with_every_further_paper() -> None:
    read, unread = VisitFacts(device=MynaCard()), VisitFacts(device=UNREADABLE)
    assert given_up(given_up(read)).set_aside
    assert not given_up(given_up(unread)).set_aside

"""What is known of the card or phone of a visit, in the words of the rules: `eligibility.documents`.

Pure, and without a date: whether a certificate counts today is decided elsewhere. What breaks if it is wrong: a card
that is there counts as none, or a card that nobody could ask stands in the way of a paper.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from eligibility.documents import IDENTIFIED, Certificate, Device, Identity, MynaCard, Smartphone
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.states import CardSummary, Trouble

NO_CARD_SEEN: Final = frozenset(
    {
        Trouble.NO_READER,
        Trouble.NO_PCSC_SERVICE,
        Trouble.ACCESS_DENIED,
        Trouble.NO_PYSCARD,
        Trouble.NOT_MYNA_CARD,
        Trouble.CALLED_STAFF,
        Trouble.DISASTER,
    }
)
"""Troubles that say nothing of a マイナンバーカード; whether there is one, the desk asks."""
_OUT_OF_REACH: Final = frozenset(
    {
        Trouble.READER_LOST,
        Trouble.NO_PCSC_SERVICE,
        Trouble.ACCESS_DENIED,
        Trouble.NO_PYSCARD,
        Trouble.CARD_UNREADABLE,
        Trouble.CARD_BUSY,
        Trouble.REAL_CARD,
        Trouble.REAL_CARD_NOT_ENROLLED,
        Trouble.INTERNAL,
    }
)
"""The card is there, and this counter cannot use it."""

_NO_PIN: Final = frozenset({Trouble.PIN_LOCKED, Trouble.PIN_UNKNOWN, Trouble.FACE_ONLY})


def device_of(
    card: CardSummary | None, trouble: Trouble | None, way: Way | None, answer: Qualification | None = None
) -> Device | None:
    """The card or phone as far as it is known; None where none was seen.

    `card` as it was read, `trouble` what stopped it, `way` how its holder was identified, `answer` what the service
    said to it. Registered unless the service said otherwise. A card whose PIN is locked or not known can still be
    used by face and eye, so it stays readable until the desk goes on without it (`given_up`).
    """
    if card is not None and card.is_phone:
        return Smartphone(
            readable=trouble not in _OUT_OF_REACH | _NO_PIN,
            registered=trouble is not Trouble.NOT_REGISTERED and (answer is None or answer.registered),
            identity=_stopped_identity(trouble, way),
            certificate=_certificate(answer, trouble, worst=Certificate.EXPIRING),
        )
    if card is None and answer is None and trouble in NO_CARD_SEEN | {None}:
        return None
    if trouble is Trouble.PHONE_NOT_EQUIPPED:
        return Smartphone()
    only_by_pin = card is not None and (card.real or not card.has_photo)
    return MynaCard(
        # Without its PIN, a card that no face can be compared with is of no more use to this counter.
        readable=trouble not in _OUT_OF_REACH and not (only_by_pin and trouble in _NO_PIN),
        registered=trouble is not Trouble.NOT_REGISTERED and (answer is None or answer.registered),
        identity=_stopped_identity(trouble, way),
        certificate=_certificate(answer, trouble, worst=Certificate.GRACE),
        face_only=card is not None and card.face_only,
    )


def given_up(facts: VisitFacts) -> VisitFacts:
    """The facts where the desk goes on without the device: one that was never asked is as good as one that cannot be.

    Whether it could be read is kept (`VisitFacts.set_aside`).
    """
    device = facts.device
    if device is None or facts.by_card is not None or not device.registered:
        return facts
    if device.identity is Identity.MISMATCH or not device.certificate.usable:
        return facts
    return replace(facts, device=replace(device, readable=False), set_aside=facts.set_aside or device.readable)


def _identity(way: Way | None) -> Identity:
    return Identity.NONE if way is None else Identity(way.value)


def _stopped_identity(trouble: Trouble | None, way: Way | None) -> Identity:
    identity = _identity(way)
    if identity in IDENTIFIED:
        return identity
    match trouble:
        case Trouble.PIN_LOCKED:
            return Identity.PIN_LOCKED
        case Trouble.PIN_UNKNOWN:
            return Identity.PIN_FORGOTTEN
    return identity


def _certificate(answer: Qualification | None, trouble: Trouble | None, *, worst: Certificate) -> Certificate:
    """As the service saw it. What it answered to counted: at worst a card's is in grace, a phone's about to end."""
    if trouble is Trouble.CERTIFICATE_REFUSED:
        return Certificate.EXPIRED
    if answer is None or not answer.certificate_state:
        return Certificate.VALID
    state = Certificate(answer.certificate_state)
    return worst if state is Certificate.GRACE or not state.usable else state

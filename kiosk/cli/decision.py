"""The decision of a visit without a screen, in full: the `Outcome` that `Decider` shortens to what a screen shows.

Describes the visit as `kiosk.services.decider` does; a test holds both against each other for every persona.
What breaks if it is wrong: `check --json` and the counter decide differently.
"""

from __future__ import annotations

from datetime import date

from eligibility.calendar import CertificateState, certificate_state
from eligibility.case import CARD_CLASSES
from eligibility.documents import Certificate, Identity, MynaCard
from eligibility.insurers import InsurerNumber
from eligibility.policy import Answer, AskedBy, Case, Outcome, Site, decide
from kiosk.flow.states import CardSummary
from kiosk.services.interfaces import Qualification


def outcome_by_card(card: CardSummary, answer: Qualification, *, on: date, site: str) -> Outcome:
    """What a card identified by PIN and the service's answer amount to on the day `on`."""
    state = certificate_state(card.certificate_until, on)
    seen = answer.certificate_state or (CertificateState.GRACE if state is CertificateState.EXPIRED else state).value
    shown = MynaCard(registered=answer.registered, identity=Identity.PIN, certificate=Certificate(seen))
    said = None
    if answer.validity is not None:
        said = Answer(
            AskedBy.CARD,
            answer.validity,
            answer.burden_ratio,
            answer.elderly_burden_ratio,
            InsurerNumber(answer.insurer_number) if answer.insurer_number else None,
            answer.card_class if answer.card_class in CARD_CLASSES else None,
        )
    return decide(Case(on, Site(site), birthdate=answer.birthdate, presented=(shown,), answer=said))

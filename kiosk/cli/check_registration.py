"""利用登録 in `madoguchi check --register`: two more signatures of a card whose PIN is verified, and no further VERIFY.

What breaks if it is wrong: a card is registered that nobody asked to register, or a try is spent for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eligibility.oqs.signed_message import PURPOSE_REGISTRATION, signed_message

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from kiosk.flow.answer import Qualification
    from kiosk.services.interfaces import CardDesk, Challenge, QualificationClient


def register(desk: CardDesk, client: QualificationClient) -> tuple[bool, Qualification]:
    """Register the card, then ask about it anew: whether it had been registered before, and the new answer.

    Raises:
        CardStopped, ServiceStopped: What stopped it.
    """
    wanted = client.challenge(PURPOSE_REGISTRATION)
    already = client.register_card(wanted, desk.certificate, desk.sign_again(_message(wanted)))
    fresh = client.challenge()
    return already, client.check_by_card(fresh, desk.certificate, desk.sign_again(_message(fresh)))


def _message(challenge: Challenge) -> bytes:
    return signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)

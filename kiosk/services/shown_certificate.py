"""What a card shows of itself before its PIN: the bytes of a certificate, not yet looked at.

Apart from `card_origin`, which loads a whole X.509 parser: the card is read while that is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reader.errors import StatusWordError
from reader.status import SW

if TYPE_CHECKING:
    from reader.jpki import JpkiSession


@dataclass(frozen=True, slots=True)
class CardCertificate:
    """What a card showed of itself: `der` is its own certificate, or that of its CA where `gated` is set."""

    der: bytes = field(repr=False)
    gated: bool = False
    """The card's own certificate stands behind its PIN (Android, jpki-card.md §1.2)."""


def read_from_card(session: JpkiSession) -> CardCertificate:
    """The card's certificate, or its CA's where its own stands behind the PIN. Spends nothing.

    Raises:
        ReaderError: The card does not answer, or has neither.
    """
    try:
        return CardCertificate(session.authentication_certificate())
    except StatusWordError as refusal:
        if refusal.sw != SW.SECURITY_STATUS_NOT_SATISFIED:
            raise
    return CardCertificate(session.authentication_ca_certificate(), gated=True)

"""Who makes the card of the contract: the software card's author, and the author of `tests.independent_card`.

Cards of either hold the same keys, certificates, PIN and password, so what is known of one is known of the other and
no test has to look into a card. What breaks if this is wrong: a rule of cards that only one card was held to.
"""

from __future__ import annotations

from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from reader.card.interface import EmulatedCard
from tests.card_factory import PIN, SIGN_PASSWORD, make_card, throw_away_ca, throw_away_pair
from tests.independent_card.card import independent_card

AUTHENTICATION: Final = "user authentication"
SIGNING: Final = "digital signature"
LABEL: Final = "JPKIAPICCTOKEN2"
FILLER: Final = 300
"""Bytes of FF after every certificate, on the cards of either maker."""


class Make(Protocol):
    """Makes a new card that can do everything, with `pin` 1234 and the password ABC123."""

    def __call__(self, *, tries_left: int = 3, sign_tries_left: int = 5) -> EmulatedCard: ...


def certificate() -> bytes:
    """利用者証明用電子証明書 of every card made here: DER, without filler."""
    return throw_away_pair(AUTHENTICATION).der


def sign_certificate() -> bytes:
    """署名用電子証明書 of every card made here: DER, without filler."""
    return throw_away_pair(SIGNING).der


def public_key() -> RSAPublicKey:
    """The key that signatures of 利用者証明用秘密鍵 are checked with."""
    return throw_away_pair(AUTHENTICATION).key.public_key()


def ours(*, tries_left: int = 3, sign_tries_left: int = 5) -> EmulatedCard:
    """The software card."""
    return make_card(tries_left=tries_left, sign_tries_left=sign_tries_left, filler=FILLER)


def independent(*, tries_left: int = 3, sign_tries_left: int = 5, token: bytes | None = None) -> EmulatedCard:
    """The card of `tests.independent_card`; `token` is its EF 0006 where that shall be another card's."""
    auth, sign = throw_away_pair(AUTHENTICATION), throw_away_pair(SIGNING)
    return independent_card(
        certificates={
            0x0A: auth.der,
            0x0B: throw_away_ca(AUTHENTICATION).der,
            0x01: sign.der,
            0x02: throw_away_ca(SIGNING).der,
        },
        keys={0x17: auth.key, 0x1A: sign.key},
        pin=PIN,
        password=SIGN_PASSWORD,
        pin_tries=tries_left,
        password_tries=sign_tries_left,
        label=LABEL,
        token=token,
        filler=FILLER,
    )


MAKERS: Final[dict[str, Make]] = {"ours": ours, "independent": independent}

"""Cards that this installation did not issue: to it, they are real people's cards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kiosk.services.card_desk import SlotCardDesk
from mock_server.composition import open_authority
from mock_server.issuer import TestAuthority
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant, as_variant
from reader.connection import CardSlot
from tests.card_factory import make_image, throw_away_ca
from tests.kiosk.services.samples import NOW, TODAY

RANDOM = random.Random(11).randbytes


def card_of(variant: Variant = Variant.PLASTIC, **options: int) -> SoftwareCard:
    """A throw-away card of a kind."""
    return SoftwareCard(as_variant(make_image(**options), variant))  # type: ignore[arg-type]


def its_authority() -> list[bytes]:
    """The CA of `card_of`."""
    return [throw_away_ca("user authentication").der]


def another_installation(folder: Path) -> TestAuthority:
    """A test CA that is not ours, for cards of the next generation."""
    return open_authority(folder, lambda: NOW)


class Book:
    """Which public keys are enrolled; remembers what it was asked."""

    def __init__(self, *enrolled: bytes, everybody: bool = False) -> None:
        self.enrolled = set(enrolled)
        self.everybody = everybody
        self.asked: list[bytes] = []

    def __call__(self, public_key: bytes) -> bool:
        self.asked.append(public_key)
        return self.everybody or public_key in self.enrolled


def desk_for(
    slot: CardSlot,
    *,
    ours: Sequence[bytes] = (),
    on: date = TODAY,
    allow_real: bool = True,
    enrolled: Book | None = None,
) -> SlotCardDesk:
    """A desk that lets real cards take part; `ours` are the CAs of the installation."""
    return SlotCardDesk(
        slot,
        test_authorities=lambda: list(ours),
        on=lambda: on,
        allow_real=allow_real,
        enrolled=enrolled or Book(everybody=True),
    )

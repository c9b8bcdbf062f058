"""A software card can lie in one reader at a time, as a real one: this module alone sees to that, across processes.

The tries of a card live in its file, and whoever holds the card keeps them in memory meanwhile. What breaks if it is
wrong: two programs use one card, and the second to write brings a spent PIN try back.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.errors import CardElsewhereError
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, save_image

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from mock_server.issuer import TestAuthority

_LOOK_AGAIN_S = 0.05


class HeldCard:
    """A persona's card in the hand; nobody else can take it before `let_go`, or before this process ends."""

    def __init__(self, card: SoftwareCard, lock: int) -> None:
        self.card = card
        self._lock: int | None = lock

    def let_go(self) -> None:
        """Put the card back on the shelf. Safe to call twice."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def take_card(persona: str, authority: TestAuthority, *, patience_s: float = 0.0) -> HeldCard:
    """Take the persona's card; issues it on first use. Every change of its tries is on disk before it answers.

    `patience_s`: how long a card that another process holds is waited for.

    Raises:
        KeyError: There is no such persona.
        CardElsewhereError: Somebody else holds the card.
    """
    from mock_server.personas import load_personas

    who = load_personas()[persona]
    path = authority.card_image_path(who)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(lock, persona, time.monotonic() + patience_s)
        return HeldCard(SoftwareCard(authority.card(who), save=_saver(path)), lock)
    except BaseException:
        os.close(lock)
        raise


def look_at_card(persona: str, authority: TestAuthority) -> SoftwareCard:
    """The card as it is on disk, to be read only: nothing of what happens to it is kept. Raises KeyError."""
    from mock_server.personas import load_personas

    return SoftwareCard(authority.card(load_personas()[persona]))


def _wait_for(lock: int, persona: str, deadline: float) -> None:
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            raise CardElsewhereError(persona)
        time.sleep(_LOOK_AGAIN_S)


def _saver(path: Path) -> Callable[[CardImage], None]:
    def save(image: CardImage) -> None:
        save_image(image, path)

    return save

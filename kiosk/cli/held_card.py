"""A software card can lie in one reader at a time, as a real one: this module alone sees to that, across processes.

The tries of a card live in its file, and whoever holds the card keeps them in memory meanwhile. What breaks if it is
wrong: two programs use one card, and the second to write brings a spent PIN try back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.services.interfaces import CardHeldElsewhereError
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, save_image
from reader.card.variants import Variant

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from filelock import BaseFileLock

    from mock_server.issuer import TestAuthority


class HeldCard:
    """A persona's card in the hand; nobody else can take it before `let_go`, or before this process ends."""

    def __init__(self, card: SoftwareCard, lock: BaseFileLock) -> None:
        self.card = card
        self._lock = lock

    def let_go(self) -> None:
        """Put the card back on the shelf. Safe to call twice."""
        self._lock.release()


def own_variant(persona: str) -> Variant:
    """The kind of card that the persona has. Raises KeyError."""
    from mock_server.personas import find_persona

    card = find_persona(persona).card
    return Variant(card.kind) if card.readable else Variant.MUTE


def take_card(
    persona: str, authority: TestAuthority, *, variant: Variant = Variant.PLASTIC, patience_s: float = 0.0
) -> HeldCard:
    """Take the persona's card of a kind; issues it on first use. Each change of its tries is on disk before it answers.

    `patience_s`: how long a card that another process holds is waited for.

    Raises:
        KeyError: There is no such persona.
        CardHeldElsewhereError: Somebody else holds the card.
    """
    path = authority.card_image_path(persona, variant)
    lock = _lock(persona, path, patience_s)
    try:
        return HeldCard(SoftwareCard(authority.card(persona, variant), save=_saver(path)), lock)
    except BaseException:
        lock.release()
        raise


def look_at_card(persona: str, authority: TestAuthority, *, variant: Variant = Variant.PLASTIC) -> SoftwareCard:
    """The card as it is on disk, to be read only: nothing of what happens to it is kept. Raises KeyError."""
    return SoftwareCard(authority.card(persona, variant))


@contextmanager
def shelved_card(persona: str, authority: TestAuthority, *, variant: Variant = Variant.PLASTIC) -> Iterator[None]:
    """While the block lasts nobody can take the card: its file, whatever is in it, may be replaced.

    Raises:
        KeyError: There is no such persona.
        CardHeldElsewhereError: Somebody holds the card.
    """
    lock = _lock(persona, authority.card_image_path(persona, variant), 0.0)
    try:
        yield
    finally:
        lock.release()


def _lock(persona: str, path: Path, patience_s: float) -> BaseFileLock:
    from filelock import FileLock, Timeout

    # Whoever lets the card go may be another thread than the one that took it.
    lock = FileLock(path.with_suffix(".lock"), timeout=patience_s, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise CardHeldElsewhereError(persona) from None
    return lock


def _saver(path: Path) -> Callable[[CardImage], None]:
    def save(image: CardImage) -> None:
        save_image(image, path)

    return save

"""Which real cards may take part, and for whom each stands: keyed hashes of public keys, and nothing else of a card.

One file in the key store, mode 0600: a random key and, for every enrolled card, HMAC-SHA-256 of its public key with the
name of an invented patient. Without that key a hash cannot be compared with anybody's certificate.
What breaks if it is wrong: something of a person's certificate is kept, and collecting those is restricted
(jpki-card.md §2.3), or a stranger's card is answered for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mock_server.bare_key import BareKey
from mock_server.errors import SetupError
from mock_server.keystore import Keystore

FILE: Final = "enrolled.json"
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Book:
    """The file's content."""

    key: bytes = field(repr=False)
    cards: dict[str, str] = field(repr=False)
    """Keyed hash to the name of a persona."""


class Enrolments:
    """The enrolled cards of one key store. The file is read each time, so that an enrolment counts at once."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore

    @classmethod
    def open(cls, folder: Path) -> Enrolments:
        """Those of the key store in `folder`. Raises SetupError where it cannot be used."""
        return cls(Keystore(folder))

    @property
    def path(self) -> Path:
        """The file; it is there only while a card is enrolled."""
        return self._keystore.folder / FILE

    def enrol(self, public_key: BareKey, persona: str, random_bytes: Callable[[int], bytes]) -> None:
        """Let the card stand for a persona from now on, in place of the one it stood for.

        Raises:
            SetupError: The key store cannot be used.
        """
        with self._keystore.locked():
            book = self._read() or _Book(random_bytes(KEY_BYTES), {})
            book.cards[public_key.hashed(book.key)] = persona
            self._write(book)

    def persona_of(self, public_key: BareKey) -> str | None:
        """For whom the card stands, or None. Raises SetupError."""
        book = self._read()
        return None if book is None else book.cards.get(public_key.hashed(book.key))

    def counts(self) -> dict[str, int]:
        """How many cards stand for each persona that has one, by name. Raises SetupError."""
        book = self._read()
        names = [] if book is None else sorted(book.cards.values())
        return {name: names.count(name) for name in names}

    def remove(self, persona: str) -> int:
        """Forget every card that stands for a persona; how many there were. Raises SetupError.

        With the last card the key goes as well: nothing is left that a card could be compared with.
        """
        with self._keystore.locked():
            book = self._read()
            if book is None:
                return 0
            kept = {hashed: name for hashed, name in book.cards.items() if name != persona}
            if kept:
                self._write(_Book(book.key, kept))
            else:
                self._keystore.remove(self.path)
            return len(book.cards) - len(kept)

    def _read(self) -> _Book | None:
        content = self._keystore.read(self.path)
        if content is None:
            return None
        try:
            return _book(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise SetupError("setup.keystore.damaged", path=str(self.path)) from None

    def _write(self, book: _Book) -> None:
        document = {"version": 1, "key": book.key.hex(), "cards": book.cards}
        self._keystore.write(self.path, json.dumps(document, indent=1, sort_keys=True).encode() + b"\n")


def _book(document: Any) -> _Book:
    """The content, looked at part by part. Raises ValueError, KeyError, TypeError or AttributeError."""
    key = bytes.fromhex(document["key"])
    cards = {str(hashed): str(name) for hashed, name in document["cards"].items()}
    if document["version"] != 1 or len(key) != KEY_BYTES:
        raise ValueError
    if any(len(bytes.fromhex(hashed)) != hashlib.sha256().digest_size for hashed in cards):
        raise ValueError
    return _Book(key, cards)

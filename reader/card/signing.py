"""A private key of the card and what COMPUTE DIGITAL SIGNATURE does with it (jpki-card.md §1.3).

Kind of key and sign modes are data of the card image. The kinds need `cryptography` and import it at the first
signature, because the counter's first screen must not wait for it.
"""

from __future__ import annotations

from typing import Final

from reader.card import status
from reader.card.ecdsa_modes import ECDSA_P384
from reader.card.layout import KeyAlgorithm
from reader.card.records import KeyRecord
from reader.card.rsa_modes import RSA_2048
from reader.card.sign_mode import KeyKind
from reader.card.status import RefusalError

KINDS: Final[dict[KeyAlgorithm, KeyKind]] = {
    KeyAlgorithm.RSA_2048: RSA_2048,
    KeyAlgorithm.ECDSA_P384: ECDSA_P384,
}


class SigningKey:
    """One private key of the card, loaded when it is first used."""

    def __init__(self, record: KeyRecord) -> None:
        self._record = record
        self._kind = KINDS[record.algorithm]
        self._key: object = None

    @property
    def pin(self) -> int:
        """The PIN EF that must be verified before signing."""
        return self._record.pin

    @property
    def signature_length(self) -> int:
        """Bytes of every signature: 256 for RSA-2048, 96 for ECDSA P-384."""
        return self._kind.signature_length

    def takes(self, mode: int) -> bool:
        """Whether P1 = `mode` is known to this key."""
        return mode in self._record.modes and mode in self._kind.modes

    def sign(self, mode: int, data: bytes) -> bytes:
        """The signature over `data` in a mode that the key takes.

        Raises:
            RefusalError: `6985` where the mode does not take this much input, or the key is of another kind.
        """
        if self._key is None:
            self._key = self._kind.load(self._record.pem)
        chosen = self._kind.modes[mode]
        if not chosen.shortest <= len(data) <= chosen.longest:
            raise RefusalError(status.CONDITIONS_NOT_SATISFIED)
        return chosen.sign(self._key, data)

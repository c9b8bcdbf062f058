"""One link of the chain as bytes: AES-256-GCM with a nonce of its own, bound to kiosk, place and the link before.

A segment is a text file. Its first line, the opening link, holds the segment's own key, sealed with the key of the key
file; every further line is an entry sealed with the segment's key. Every link has the next sequence number and names,
in its associated data, the tag of the link before, across segments. Pure: no files, no clock.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date

KEY_SIZE = 32
NONCE_SIZE = 12
TAG_SIZE = 16
FIRST_TAG = bytes(TAG_SIZE)
"""What the very first link names as the link before it."""

_MAGIC = "madoguchi-journal-1"
_OPENING = re.compile(
    rf"{_MAGIC} ([0-9a-f]*) (\d{{4}}-\d\d-\d\d) (\d{{1,15}}) ([0-9a-f]{{32}}) ([0-9a-f]{{24}}) ([0-9a-f]{{96}})"
)
_ENTRY = re.compile(r"(\d{1,15}) ([0-9a-f]{24}) ((?:[0-9a-f]{2}){16,65536})")


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: kept apart from the journal, it shows a tail that was cut off."""

    sequence: int
    tag: bytes

    def __str__(self) -> str:
        return f"{self.sequence}:{self.tag.hex()}"

    @property
    def short(self) -> str:
        """The sequence and the first eight digits of the tag: enough to find a head among those on a paper."""
        return f"{self.sequence}:{self.tag.hex()[:8]}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read `str(head)`. Raises ValueError for anything else."""
        found = re.fullmatch(r"(\d{1,15}):([0-9a-f]{32})", text.strip())
        if found is None:
            raise ValueError("a journal head is written SEQUENCE:TAG, the tag as 32 hexadecimal digits")
        return cls(int(found[1]), bytes.fromhex(found[2]))


NOTHING_YET = Head(0, FIRST_TAG)


@dataclass(frozen=True, slots=True)
class Place:
    """What a link is bound to besides its own bytes."""

    kind: str
    """`segment`, `entry`, or what another sealed file calls its lines."""
    kiosk: str
    day: date
    sequence: int
    previous: bytes

    def associated_data(self) -> bytes:
        """Every part with its length in front, so that no two places give the same bytes."""
        parts = (
            _MAGIC.encode(),
            self.kind.encode(),
            self.kiosk.encode(),
            self.day.isoformat().encode(),
            str(self.sequence).encode(),
            self.previous,
        )
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def own_key(master: bytes, purpose: str) -> bytes:
    """A key for one purpose (`head`, `tombstone`, `queue` …), so that no two of them ever seal with the same one."""
    return hmac.digest(master, f"{_MAGIC} {purpose}".encode(), "sha256")


class SealBrokenError(Exception):
    """The bytes were changed, are at another place than they were sealed for, or the key is another one."""


def seal(key: bytes, nonce: bytes, place: Place, plaintext: bytes) -> bytes:
    """Ciphertext and tag."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: not before the first frame

    return AESGCM(key).encrypt(nonce, plaintext, place.associated_data())


def unseal(key: bytes, nonce: bytes, place: Place, sealed: bytes) -> bytes:
    """The plaintext. Raises SealBrokenError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, sealed, place.associated_data())
    except InvalidTag as error:
        raise SealBrokenError(f"link {place.sequence} of {place.day}") from error


@dataclass(frozen=True, slots=True)
class OpeningLink:
    """The first line of a segment. `previous` is what it claims to follow."""

    kiosk: str
    day: date
    sequence: int
    previous: bytes
    nonce: bytes
    sealed_key: bytes

    @property
    def head(self) -> Head:
        """The chain's end while this is its last link."""
        return Head(self.sequence, self.sealed_key[-TAG_SIZE:])

    @property
    def place(self) -> Place:
        """What its seal is bound to."""
        return Place("segment", self.kiosk, self.day, self.sequence, self.previous)

    def line(self) -> str:
        """The line, without its end."""
        return (
            f"{_MAGIC} {self.kiosk.encode().hex()} {self.day.isoformat()} {self.sequence} {self.previous.hex()} "
            f"{self.nonce.hex()} {self.sealed_key.hex()}"
        )

    @classmethod
    def parse(cls, line: str) -> OpeningLink:
        """Read a line. Raises ValueError."""
        found = _OPENING.fullmatch(line)
        if found is None:
            raise ValueError("not the opening line of a journal segment")
        kiosk, day, sequence, previous, nonce, sealed_key = found.groups()
        return cls(
            bytes.fromhex(kiosk).decode(),
            date.fromisoformat(day),
            int(sequence),
            *(bytes.fromhex(part) for part in (previous, nonce, sealed_key)),
        )


@dataclass(frozen=True, slots=True)
class EntryLink:
    """Any other line of a segment."""

    sequence: int
    nonce: bytes
    sealed: bytes

    @property
    def head(self) -> Head:
        """The chain's end while this is its last link."""
        return Head(self.sequence, self.sealed[-TAG_SIZE:])

    def line(self) -> str:
        """The line, without its end."""
        return f"{self.sequence} {self.nonce.hex()} {self.sealed.hex()}"

    @classmethod
    def parse(cls, line: str) -> EntryLink:
        """Read a line. Raises ValueError."""
        found = _ENTRY.fullmatch(line)
        if found is None:
            raise ValueError("not an entry line of a journal segment")
        return cls(int(found[1]), bytes.fromhex(found[2]), bytes.fromhex(found[3]))

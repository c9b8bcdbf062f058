"""What one application of a card consists of: transparent files, PINs, keys, records.

Values only, shared by the image that keeps them and the code that serves them. Whatever is secret stays out of every
repr. What breaks if this is wrong: a PIN or a key in a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reader.card import layout
from reader.card.layout import KeyAlgorithm, PinRule


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A transparent EF: `content`, then `filler` bytes of `FF` that belong to the EF but not to the object in it."""

    content: bytes = field(repr=False)
    filler: int = 0
    read_pin: int | None = None
    """The PIN EF that must be verified before reading; None: free."""
    closed: bool = False
    """Nothing opens it: reading is refused whatever was verified."""


@dataclass(frozen=True, slots=True)
class PinRecord:
    """One PIN and its counter. An empty `value` is a PIN that was never set: nothing matches it."""

    value: bytes = field(repr=False)
    tries_left: int
    limit: int
    """0: a key without a retry limit (jpki-card.md §1.4, `6300`)."""
    min_length: int
    max_length: int
    characters: bytes = field(repr=False, default=layout.DIGITS)

    @classmethod
    def unset(cls, rule: PinRule, tries_left: int | None = None) -> PinRecord:
        """A PIN that nobody set, with the tries of its rule or `tries_left`."""
        left = rule.limit if tries_left is None else tries_left
        return cls(b"", left, rule.limit, rule.min_length, rule.max_length, rule.characters)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A private key (PKCS#8 PEM, not encrypted), the PIN EF it needs, the sign modes (P1) it takes, and its kind."""

    pem: bytes = field(repr=False)
    pin: int
    modes: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """One AP as data. The keys of all tables are EF ids, and an id stands in one table only."""

    files: Mapping[int, FileRecord] = field(default_factory=dict, repr=False)
    pins: Mapping[int, PinRecord] = field(default_factory=dict, repr=False)
    keys: Mapping[int, KeyRecord] = field(default_factory=dict, repr=False)
    records: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """Record EFs: their records, counted from 1 on the wire."""
    references: frozenset[int] = frozenset()
    """Internal EFs that can be selected and nothing else."""

    @property
    def ids(self) -> frozenset[int]:
        """Every EF there is."""
        return frozenset((*self.files, *self.pins, *self.keys, *self.records, *self.references))

"""What a kind of key can do, as values: how long its signatures are, and its sign modes (P1 of the signing command)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SignMode:
    """One value of P1: how many bytes of input it takes, and what is done with them."""

    shortest: int
    longest: int
    sign: Callable[[Any, bytes], bytes]
    """Private key and input to signature."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One kind of private key."""

    load: Callable[[bytes], object]
    """The private key in a PKCS#8 PEM; raises RefusalError where it holds another kind."""
    signature_length: int
    """Bytes of every signature."""
    modes: Mapping[int, SignMode]
    """By P1."""

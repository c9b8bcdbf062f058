"""The bytes a card signs, put together by client and server alike.

Rule: the client builds them itself from what it knows; a card never signs bytes that somebody else chose
(design.md §2). What breaks if this is wrong: a signature made at this counter could mean something elsewhere.
Standard library only, because the kiosk imports it before its first frame.
"""

from __future__ import annotations

import struct

LABEL = "MADOGUCHI TEST — valid nowhere else"
"""In front of everything signed: whoever finds such a signature can see what it was good for."""

PURPOSE_QUALIFICATION = "qualification"
"""The purpose of an ordinary check of the insurance qualification (資格確認)."""
PURPOSE_REGISTRATION = "registration"
"""The purpose of registering the card as the insurance card (利用登録)."""


def signed_message(server: str, institution: str, purpose: str, nonce: str) -> bytes:
    """The bytes whose SHA-256 the card signs.

    `LABEL`, `server`, `institution`, `purpose` and `nonce` in this order, each as UTF-8 with its length in front
    (4 bytes, big-endian), so that no two different sets of values give the same bytes.

    Raises:
        ValueError: A value is empty, or is no text (a lone surrogate out of broken JSON).
    """
    parts = {"server": server, "institution": institution, "purpose": purpose, "nonce": nonce}
    for name, value in parts.items():
        if not value:
            raise ValueError(f"{name} is empty; every part of a signed message has a value")
    return b"".join(_with_length(text.encode("utf-8")) for text in (LABEL, *parts.values()))


def _with_length(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part

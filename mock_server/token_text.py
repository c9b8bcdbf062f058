"""Bytes under a MAC as the text of a token: URL-safe Base64 without padding, and one spelling only.

Base64 has several spellings of the same bytes. What breaks if more than one counts: a used token is spelled anew.
"""

from __future__ import annotations

import base64
import binascii


def to_text(raw: bytes) -> str:
    """The one spelling."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def to_bytes(text: str, longest: int) -> bytes:
    """What `text` spells. Raises ValueError: more than `longest` characters, not Base64, or not the one spelling."""
    if len(text) > longest or not text.isascii():
        raise ValueError("no token")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no token") from error
    if to_text(raw) != text:
        raise ValueError("no token")
    return raw

"""How large a message may be: per message, because one bulk answer is rightly as large as ten thousand others.

Rule: numbers only. What breaks if they are wrong: a hostile file takes the memory of the server, or a rightful bulk
answer is refused.
"""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """What one message may hold at most."""

    largest: int
    """Bytes of XML."""
    most_elements: int
    """Elements, known or not, on all levels."""


ORDINARY = Limits(largest=1_048_576, most_elements=20_000)
"""For a message about one person: a real answer has a few thousand bytes and about a hundred elements."""

BULK_REQUEST = Limits(largest=16 * 1_048_576, most_elements=300_000)
"""For 10 000 people asked for in one file (some 5 MiB) with room for what vendors add."""

BULK_RESULT = Limits(largest=128 * 1_048_576, most_elements=1_500_000)
"""For the answers about 10 000 people, each with every item of the layout (some 50 MiB)."""

DEEPEST = 16
"""Levels of elements; a real message has six."""

MOST_ATTRIBUTES = 64
"""Attributes of one element; a real message has none, and reading them takes the square of their number."""

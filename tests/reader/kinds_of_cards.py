"""The kinds of cards that a session can be held with."""

from __future__ import annotations

from reader.card.variants import Variant

JPKI_VARIANTS = tuple(variant for variant in Variant if variant not in (Variant.NOT_MYNA, Variant.MUTE))
"""Those with a JPKI application that answers."""

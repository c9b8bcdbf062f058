"""Python's garbage collector in a process that does nothing but serve. Only such a process calls this.

What was imported is never garbage, and looking through it takes 100 ms in the middle of somebody's visit; and answers
are made of many small objects that nobody keeps, so looking often finds nothing (a fifth of the CPU time of a card
check, measured). What breaks if wrong: single visits that take long, or memory that grows.
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 20_000
"""Objects made since the last look before the young ones are looked through; Python's own number is 700."""


def settle() -> None:
    """Call once everything is loaded and open."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)

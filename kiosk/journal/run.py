"""The name of one start of a counter: beside it, the number of a visit means one visit, for good.

A counter counts its visits anew, and two may write one journal; what is written later about a visit (an answer that
came days after, an undo) names both. What breaks if it is wrong: one patient's answer is joined to another's visit.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final

LENGTH: Final = 8
"""Letters: among thousands of starts no two are alike."""


def new_run(random_bytes: Callable[[int], bytes]) -> str:
    """A name for this start: lower-case letters only, never to be taken for a number of a person."""
    letters = string.ascii_lowercase
    return "".join(letters[byte % len(letters)] for byte in random_bytes(LENGTH))

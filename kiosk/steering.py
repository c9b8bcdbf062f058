"""Characters that steer a terminal or turn its text around: what they are, and how they are written instead.

Knows nothing else. What breaks if it is wrong: a name, a label or somebody else's file moves the cursor, changes the
terminal's title or writes to its clipboard.
"""

from __future__ import annotations

import re

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line end, and the marks that turn the direction of writing."""


def harmless(text: str) -> str:
    """The text with everything that steers written by number (`\\x1b`, `\\u202e`).

    What a person typed or a file holds is repeated in sentences; it must not move the cursor or change the title.
    """
    return STEERING.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)

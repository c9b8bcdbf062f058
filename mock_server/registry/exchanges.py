"""One request and what became of it: the row that is record and replay guard at once (design.md §3).

Values only. What is kept of a message is masked by whoever puts it here; no certificate, no signature, no numbers of a
real card ever are. What breaks if wrong: a challenge counts twice, or the console shows what it must not.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import datetime

IN_PROGRESS = "in progress"
"""The outcome of an exchange that never ended: the program broke over it."""
RANDOM_BYTES = 5


def new_key() -> str:
    """A name for an exchange that no other process gives: 24 hexadecimal digits.

    The machine's time in microseconds comes first, so that new rows lie side by side in the index.
    """
    return f"{time.time_ns() // 1000:014x}{os.urandom(RANDOM_BYTES).hex()}"


@dataclass(slots=True)
class Exchange:
    """One request while it is being answered. Whatever stands in it when the transaction ends is written."""

    at: datetime
    """When it came in, by the server's clock; aware."""
    call: str
    """What was asked, such as `qualification.card`."""
    institution: str = ""
    """医療機関コード of whoever asked."""
    run: str = ""
    """Which test run it belongs to; "" is everybody's."""
    via: str = "http"
    """How it came: `http`, `folder` or `batch`."""
    purpose: str = ""
    nonce: str | None = None
    """The challenge used up; None where there was none."""
    outcome: str = IN_PROGRESS
    """A refusal's code, or how it ended: `validity:1`, `registered` …"""
    person: str = ""
    """The persona's name, where one was recognised."""
    request: str = ""
    """What was asked, masked, as JSON; "" where there is nothing to show."""
    answer: str = ""
    """What was answered, masked, as JSON."""
    scenario: str = ""
    """The trouble that was played, by name; "" for none."""
    took_us: int = 0
    """Microseconds the service worked on it."""
    key: str = field(default_factory=new_key)

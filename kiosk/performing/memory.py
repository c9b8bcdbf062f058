"""What is known of one visit while it lasts, and nothing after it.

Holds certificate-bearing proofs, answers and challenges; `forget` lets go of all of it, whoever still holds the memory
itself. What breaks if it is wrong: one patient's data reach the next one's visit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from kiosk.flow.answer import Qualification
from kiosk.flow.states import CardSummary
from kiosk.services.interfaces import Challenge, Proof, ServiceStopped


@dataclass(slots=True)
class Memory:
    """One visit. Used on the event loop's thread; only `over` is read on others."""

    card: CardSummary | None = None
    challenge: asyncio.Task[Challenge | ServiceStopped] | None = None
    signed: Proof | None = field(default=None, repr=False)
    """What the card signed, until it is sent: a signature is sent a single time."""
    certificate: bytes = field(default=b"", repr=False)
    """Of the test card that was read: staff may vouch for its holder after it was let go of."""
    verified: bool = False
    """The card counts the PIN as verified, and may sign again."""
    answer: Qualification | None = field(default=None, repr=False)
    """The newest answer by card: consents refer to it."""
    at_card: bool = False
    """Its card is being read or asked to sign at this moment."""
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def forget(self) -> None:
        """The visit is over: nothing of it stays here, and what still waits for it stops."""
        self.over = True
        self.given_up.set()
        self.card = self.challenge = self.signed = self.answer = None
        self.certificate = b""
        self.verified = False

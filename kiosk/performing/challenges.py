"""Challenges for the card: fetched while the person is still choosing, fetched anew where one is about to end.

Also the one place that makes the client, on a thread, once. What breaks if it is wrong: the last digit waits for the
network, or a try is spent on a challenge that nobody takes any more.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from threading import Lock
from typing import Final

from kiosk.performing.memory import Memory
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import Challenge, QualificationClient, Services, ServiceStopped

CHALLENGE_MARGIN: Final = timedelta(seconds=15)
"""A challenge that ends sooner than this is fetched anew before a try is spent on it."""
QUALIFICATION: Final = "qualification"
REGISTRATION: Final = "registration"


class Challenges:
    """The client, and its challenges. `patience` is how many seconds one is waited for."""

    def __init__(self, services: Services, workshop: Workshop, patience: float) -> None:
        self._services = services
        self._workshop = workshop
        self._patience = patience
        self._connecting = Lock()
        self._client: QualificationClient | None = None

    def connected(self) -> QualificationClient:
        """The client, made once. Slow the first time: on a thread only."""
        with self._connecting:
            if self._client is None:
                self._client = self._services.connect_service()
            return self._client

    @property
    def client(self) -> QualificationClient | None:
        """The client, if it was made."""
        return self._client

    def fetch_early(self, memory: Memory) -> None:
        """Get one while the person is still choosing; a failure is told when it is needed."""
        memory.challenge = self._fetch(QUALIFICATION)

    async def for_qualification(self, memory: Memory) -> Challenge:
        """The one fetched meanwhile, or a fresh one where that failed or is about to end. Raises ServiceStopped."""
        task = memory.challenge
        if task is None or (task.done() and not self._still_good(task.result())):
            task = memory.challenge = self._fetch(QUALIFICATION)
        return await self._workshop.unless_given_up(memory, task, self._patience)

    async def fresh(self, memory: Memory, purpose: str) -> Challenge:
        """A new one for a purpose, while the card waits with its PIN verified. Raises ServiceStopped."""
        return await self._workshop.unless_given_up(memory, self._fetch(purpose), self._patience)

    def _fetch(self, purpose: str) -> asyncio.Task[Challenge | ServiceStopped]:
        return asyncio.create_task(self._workshop.attempt(lambda: self.connected().challenge(purpose)))

    def _still_good(self, challenge: Challenge | ServiceStopped) -> bool:
        if isinstance(challenge, ServiceStopped):
            return False
        return challenge.expires_at - self._services.now() > CHALLENGE_MARGIN

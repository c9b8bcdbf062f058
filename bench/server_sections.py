"""Where the server's CPU time goes: what is wrapped here, counted by thread, each moment in one section only.

Looking costs time itself, so rates are never measured with it.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

import mock_server.card_answers
import mock_server.registry.ledger
import mock_server.routes.qualification
from mock_server.institutions import Admission
from mock_server.registry.ledger import Ledger
from mock_server.registry.tasks import Task
from mock_server.registry.transaction import Transaction
from mock_server.trust import Trust

CRYPTOGRAPHY = "RSA and X.509"
DATABASE = "database"
MESSAGES = "XML and JSON"
DECISIONS = "the service's decisions"

_WRAPPED: tuple[tuple[Any, str, str], ...] = (
    (Trust, "check_credential", CRYPTOGRAPHY),
    (Trust, "check_challenge", CRYPTOGRAPHY),
    (Trust, "challenge", CRYPTOGRAPHY),
    (Ledger, "_settle", DATABASE),
    (Transaction, "card_holder", DATABASE),
    (mock_server.card_answers, "standing_of", DATABASE),
    (Admission, "check", DATABASE),
    (mock_server.card_answers, "masked", MESSAGES),
    (mock_server.routes.qualification, "to_json_text", MESSAGES),
    (JSONResponse, "render", MESSAGES),
    (Task, "work", DECISIONS),
)


class Sections:
    """CPU seconds by name."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._lock = threading.Lock()
        self._totals: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count what is done inside, and not what an inner section counts."""
        begun, outer = time.thread_time(), getattr(self._own, "inner", 0.0)
        self._own.inner = 0.0
        try:
            yield
        finally:
            spent = time.thread_time() - begun
            with self._lock:
                self._totals[name] = self._totals.get(name, 0.0) + spent - self._own.inner
            self._own.inner = outer + spent

    def wrap(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The function, counted."""

        @functools.wraps(function)
        def counted(*args: Any, **more: Any) -> Any:
            with self.of(name):
                return function(*args, **more)

        return counted

    def take(self) -> dict[str, float]:
        """What was counted since the last time."""
        with self._lock:
            taken, self._totals = self._totals, {}
        return taken


def sections_router(path: str) -> APIRouter:
    """Count from now on, and tell at that path."""
    sections, router = Sections(), APIRouter()
    for owner, attribute, name in _WRAPPED:
        setattr(owner, attribute, sections.wrap(getattr(owner, attribute), name))

    @router.get(path)
    async def told() -> dict[str, float]:
        return sections.take()

    return router

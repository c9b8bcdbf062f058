"""A server's store with everybody in it, and sets of folders over it that work in threads of their own.

Cards are issued once for all tests; each set of folders is a test run of its own, so that none sees another's.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from eligibility.calendar import JST
from eligibility.oqs.signed_message import signed_message
from mock_server.callers import Caller
from mock_server.card_answers import CardAnswer
from mock_server.composition import SERVER_NAME, Backend, open_backend
from mock_server.folders.worker import FolderWorker
from mock_server.registry import tables
from mock_server.scenarios.arming import Order, arm
from tests.folder_client.client import FolderClient
from tests.mock_server.forging import auth_key, sha256_signer

TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=JST)
INSTITUTION = "1312345678"


@dataclass
class Clinic:
    """One set of folders as a test run of its own, the reader beside it, and the レセコン."""

    backend: Backend
    run: str
    client: FolderClient
    worker: FolderWorker

    def card(self, persona: str) -> CardAnswer:
        """Read the persona's card at the reader, as the counter does it."""
        service, authority = self.backend.service, self.backend.authority
        card = authority.card(persona)
        caller = Caller(INSTITUTION, self.run)
        nonce = self.backend.ledger.run_sync(lambda tx: service.challenge(tx, caller), reads=True).nonce
        sign = sha256_signer(auth_key(card))
        signature = sign(signed_message(SERVER_NAME, INSTITUTION, "qualification", nonce))
        return self.backend.ledger.run_sync(
            lambda tx: service.check_by_card(
                tx,
                caller,
                purpose="qualification",
                nonce=nonce,
                certificate=card.auth_certificate,
                signature=signature,
            )
        )

    def arm(self, scenario: str, *, times: int | None = 1, **params: object) -> None:
        self.backend.ledger.run_sync(lambda tx: arm(tx, Order(scenario, params, run=self.run, times=times)))

    def struck(self) -> set[str]:
        """The scenarios that struck so far, by name."""
        query = select(tables.exchange.c.scenario).where(tables.exchange.c.run == self.run)
        return self.backend.ledger.run_sync(lambda tx: set(tx.connection.execute(query).scalars()), reads=True)


OpenClinic = Callable[..., Clinic]


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend(
        tmp_path_factory.mktemp("folder-client"), now=lambda: TODAY, random_bytes=os.urandom, faces={INSTITUTION}
    )
    yield opened
    opened.close()


@pytest.fixture
def open_clinic(backend: Backend, tmp_path: Path) -> Iterator[OpenClinic]:
    opened: list[Clinic] = []
    numbers = itertools.count(1)

    def open_one(client: dict[str, Any] | None = None, **settings: Any) -> Clinic:
        root = tmp_path / f"OQS{next(numbers)}"
        run = f"{tmp_path.name}-{root.name}"[-64:]
        worker = FolderWorker(backend, root, INSTITUTION, run=run, poll_s=0.02, **settings)
        worker.start()
        opened.append(Clinic(backend, run, FolderClient(root, INSTITUTION, **(client or {})), worker))
        return opened[-1]

    yield open_one
    for clinic in opened:
        clinic.worker.stop()

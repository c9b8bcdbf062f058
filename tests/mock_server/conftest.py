"""A test CA made once, and servers over a fresh store with the clock at 2026-11-20 09:00 in Japan."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from eligibility.calendar import JST
from eligibility.oqs.signed_message import signed_message
from mock_server.anchors import load_anchors
from mock_server.batch.desk import BatchDesk
from mock_server.callers import Caller
from mock_server.certificate_path import CertificatePath
from mock_server.challenges import KEY_BYTES, ChallengeBook
from mock_server.composition import Backend
from mock_server.issuer import TestAuthority
from mock_server.personas import load_personas
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import Seed, seed_of
from mock_server.revocation.check import RevocationCheck
from mock_server.service import CardAnswer, QualificationService
from mock_server.trust import Trust
from tests.mock_server.databases import database_url, postgresql
from tests.mock_server.forging import Signer, auth_key, sha256_signer

__all__ = ["database_url", "postgresql"]

TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=JST)
INSTITUTION = "1312345678"
SERVER = "madoguchi-test"


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, at: datetime = TODAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def counting_bytes() -> Callable[[int], bytes]:
    """Random bytes that are never the same twice and the same in every run."""
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


@dataclass
class Counter:
    """A clinic's counter at the other end of the service, with whatever card it is given."""

    ledger: Ledger
    service: QualificationService
    authority: TestAuthority
    institution: str = INSTITUTION

    def ask(
        self,
        persona: str = "taro",
        *,
        nonce: str | None = None,
        certificate: bytes | None = None,
        sign: Signer | None = None,
        signature: bytes | None = None,
        institution: str | None = None,
    ) -> CardAnswer:
        """A card check as the counter makes it, with one thing replaced by what a forger would send."""
        asking = institution or self.institution
        nonce = self.nonce() if nonce is None else nonce
        if certificate is None:
            certificate = self.authority.card(persona).auth_certificate
        if signature is None:
            sign = sign or sha256_signer(auth_key(self.authority.card(persona)))
            signature = sign(signed_message(SERVER, asking, "qualification", nonce))
        return self.ledger.run_sync(
            lambda tx: self.service.check_by_card(
                tx,
                Caller(asking),
                purpose="qualification",
                nonce=nonce,
                certificate=certificate,
                signature=signature,
            )
        )

    def nonce(self) -> str:
        return self.ledger.run_sync(lambda tx: self.service.challenge(tx, Caller(self.institution))).nonce

    def exchanges(self) -> Sequence[Row[Any]]:
        """Every exchange so far, oldest first."""
        query = select(tables.exchange).order_by(tables.exchange.c.id)
        return self.ledger.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """The test CA; cards are issued once per run because keys take their time."""
    return TestAuthority.open(tmp_path_factory.mktemp("data") / "keystore", Clock())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def everybody() -> Iterator[Seed]:
    return map(seed_of, load_personas().values())


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as `Ledger.open` makes it; copied, because making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("filled") / "registry.sqlite"
    Ledger.open(f"sqlite:///{path}", Clock(), everybody()).close()
    return path


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock, filled_store: Path) -> Iterator[Ledger]:
    path = tmp_path / "registry.sqlite"
    shutil.copyfile(filled_store, path)
    opened = Ledger.open(f"sqlite:///{path}", clock, everybody())
    yield opened
    opened.close()


@pytest.fixture
def trust(authority: TestAuthority) -> Trust:
    path = CertificatePath(load_anchors(authority.ca_certificates()), lambda: load_anchors(authority.ca_certificates()))
    revocation = RevocationCheck((authority.jlis,))
    return Trust(ChallengeBook(SERVER, bytes(range(KEY_BYTES))), path, revocation, authority.jlis.owns)


@pytest.fixture
def service(trust: Trust) -> QualificationService:
    return QualificationService(trust, counting_bytes())


@pytest.fixture
def counter(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Counter:
    return Counter(ledger, service, authority)


@pytest.fixture
def backend(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Iterator[Backend]:
    """Everything behind the listeners, for tests that go through HTTP."""
    batches = BatchDesk(ledger, counting_bytes())
    yield Backend(ledger, service, batches, authority)
    batches.close()

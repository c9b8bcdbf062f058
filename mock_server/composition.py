"""Putting the server together from a data folder: the only module here that knows where everything lies.

`<data>/server/registry.sqlite` is the store, `<data>/keystore/` holds what is secret. In process and on its own
listener it is the same application.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate
from fastapi import FastAPI
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mock_server.anchors import load_anchors, read_trust
from mock_server.app import create_app
from mock_server.batch.desk import BatchDesk
from mock_server.certificate_path import CertificatePath
from mock_server.challenges import KEY_BYTES, ChallengeBook
from mock_server.enrolment import Enrolments
from mock_server.errors import SetupError
from mock_server.institutions import EVERYBODY_IN, Admission
from mock_server.issuer import TestAuthority
from mock_server.keystore import Keystore
from mock_server.listeners import LOOPBACK_NAMES
from mock_server.personas import load_personas
from mock_server.rate_limits import RateLimit
from mock_server.registry.engines import DriverMissingError, NoDatabaseError, NotDurableError
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.migrate import NewerStoreError
from mock_server.registry.seeding import seed_of
from mock_server.revocation.check import RevocationCheck
from mock_server.revocation.published import PublishedLists
from mock_server.routes.common import FrontDesk
from mock_server.routes.mounted import v1_routers
from mock_server.service import QualificationService
from mock_server.trust import Trust

SERVER_NAME = "madoguchi-test"
"""The name in challenges and signed messages."""


def keystore_folder(data_dir: Path) -> Path:
    """Where secrets lie."""
    return data_dir / "keystore"


def registry_file(data_dir: Path) -> Path:
    """The default store."""
    return data_dir / "server" / "registry.sqlite"


def open_authority(data_dir: Path, now: Callable[[], datetime]) -> TestAuthority:
    """The test CA of a data folder.

    Raises:
        SetupError: The key store cannot be used.
    """
    return TestAuthority.open(keystore_folder(data_dir), now)


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything behind the listeners: the store, and the service that decides."""

    ledger: Ledger
    service: QualificationService
    batches: BatchDesk
    authority: TestAuthority

    def close(self) -> None:
        """Let go of the store. Safe to call twice."""
        self.batches.close()
        self.ledger.close()


def open_backend(
    data_dir: Path,
    *,
    now: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
    database_url: str | None = None,
    trust_files: Sequence[Path] = (),
    faces: Collection[str] = (),
) -> Backend:
    """The service over the store of `data_dir`, or of `database_url`, with every persona in it.

    Trusts the test CA of this data folder and those in `trust_files`. `now` gives aware date-times. `faces` are the
    institutions whose card answers become files too, made by a folder worker.

    Raises:
        SetupError: The folder, the key store, a trust file or the database cannot be used.
    """
    trusted = [read_trust(path) for path in trust_files]
    authority = open_authority(data_dir, now)
    anchors = [anchor for file in trusted for anchor in file.anchors] + load_anchors(authority.ca_certificates())
    key = Keystore(keystore_folder(data_dir)).secret("challenge.key", KEY_BYTES, random_bytes)
    ledger = open_ledger(data_dir, now, database_url)
    # A card of another generation, issued while the server runs, brings a CA that was not there when it started.
    path = CertificatePath(anchors, lambda: _anchors_since(authority))
    lists = PublishedLists([crl for file in trusted for crl in file.crls])
    revocation = RevocationCheck((authority.jlis, lists))
    trust = Trust(ChallengeBook(SERVER_NAME, key), path, revocation, authority.jlis.owns)
    service = QualificationService(trust, random_bytes, open_enrolments(data_dir), faces=frozenset(faces).__contains__)
    return Backend(ledger, service, BatchDesk(ledger, random_bytes), authority)


def _anchors_since(authority: TestAuthority) -> list[Certificate]:
    try:
        return load_anchors(authority.ca_certificates())
    except SetupError:  # the certificate at hand is refused as unknown, which it then is
        return []


def open_enrolments(data_dir: Path) -> Enrolments:
    """The real cards that were enrolled in a data folder.

    Raises:
        SetupError: The key store cannot be used.
    """
    return Enrolments.open(keystore_folder(data_dir))


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who may ask the application, and how often."""

    names: tuple[str, ...] = LOOPBACK_NAMES
    """What it answers to, without port."""
    tokens_required: bool = False
    """Whether nobody asks without an institution's token: beyond loopback (design.md §3)."""
    rate: float | None = None
    """Requests a second from one address and of one institution, in one process; None: as many as they like."""
    in_process: bool = False
    """Whether whoever asks is this program itself, which opened the store: then no token and no certificate counts."""


IN_PROCESS: Final = Exposure(in_process=True)


def build_app(backend: Backend, exposure: Exposure = Exposure()) -> FastAPI:
    """The application over a backend; without an exposure for this machine only."""
    limit, peers = (RateLimit(exposure.rate), RateLimit(exposure.rate)) if exposure.rate else (None, None)
    admission = EVERYBODY_IN if exposure.in_process else Admission(exposure.tokens_required, limit)
    desk = FrontDesk(backend.ledger, admission)
    return create_app(
        desk,
        v1_routers(desk, backend),
        allowed_hosts=exposure.names,
        peers=peers,
        tokens_required=exposure.tokens_required,
    )


def open_ledger(data_dir: Path, now: Callable[[], datetime], database_url: str | None = None) -> Ledger:
    """The store of a data folder, or of `database_url`, with its tables up to date and every persona in it.

    Raises:
        SetupError: It cannot be used.
    """
    url = _sqlite_url(registry_file(data_dir)) if database_url is None else _parse_url(database_url)
    shown = url.set(query={}).render_as_string(hide_password=True)  # a password may stand there too
    try:
        return Ledger.open(url, now, [seed_of(persona) for persona in load_personas().values()])
    except NoDatabaseError as error:
        raise SetupError("setup.database.bad_url") from error
    except DriverMissingError as error:
        raise SetupError("setup.database.driver_missing", url=shown, package=error.package) from error
    except NotDurableError as error:
        raise SetupError("setup.database.not_durable", url=shown, setting=error.setting) from error
    except NewerStoreError as error:
        raise SetupError("setup.database.newer", url=shown) from error
    except RegistryError as error:
        cause = error.__cause__
        reason = type(cause).__name__ if cause else ""
        raise SetupError("setup.database.unusable", url=shown, reason=reason) from error


def _sqlite_url(path: Path) -> URL:
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.data_folder.unusable", path=str(folder), reason=reason) from error
    return URL.create("sqlite", database=str(path))


def _parse_url(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SetupError("setup.database.bad_url") from error

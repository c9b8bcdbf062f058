"""Putting the server together from a data folder: the only module here that knows where everything lies.

`<data>/server/registry.sqlite` is the store, `<data>/keystore/` holds what is secret. In process and on its own
listener it is the same application.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate
from fastapi import FastAPI
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mock_server.anchors import load_anchors, read_anchors
from mock_server.app import LOOPBACK_HOSTS, create_app
from mock_server.certificate_path import CertificatePath
from mock_server.challenges import KEY_BYTES, ChallengeBook
from mock_server.enrolment import Enrolments
from mock_server.errors import SetupError
from mock_server.issuer import TestAuthority
from mock_server.keystore import Keystore
from mock_server.personas import load_personas
from mock_server.registry.interface import RegistryError
from mock_server.registry.seeding import seed_of
from mock_server.registry.sql import SqlRegistry
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


def open_service(
    data_dir: Path,
    *,
    now: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
    database_url: str | None = None,
    trust_files: Sequence[Path] = (),
) -> QualificationService:
    """The service over the store of `data_dir`, or of `database_url`, with every persona in it.

    Trusts the test CA of this data folder and those in `trust_files`. `now` gives aware date-times.

    Raises:
        SetupError: The folder, the key store, a trust file or the database cannot be used.
    """
    anchors = [anchor for path in trust_files for anchor in read_anchors(path)]
    authority = open_authority(data_dir, now)
    anchors += load_anchors(authority.ca_certificates())
    key = Keystore(keystore_folder(data_dir)).secret("challenge.key", KEY_BYTES, random_bytes)
    registry = _open_registry(data_dir, database_url)
    # A card of another generation, issued while the server runs, brings a CA that was not there when it started.
    path = CertificatePath(anchors, lambda: _anchors_since(authority))
    trust = Trust(ChallengeBook(SERVER_NAME, key), path)
    return QualificationService(registry, trust, now, random_bytes, open_enrolments(data_dir))


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


def build_app(service: QualificationService, host: str = "127.0.0.1") -> FastAPI:
    """The application for a listener on `host`; it answers to the loopback names too."""
    return create_app(service, allowed_hosts=tuple({*LOOPBACK_HOSTS, host}))


def _open_registry(data_dir: Path, database_url: str | None) -> SqlRegistry:
    url = _sqlite_url(registry_file(data_dir)) if database_url is None else _parse_url(database_url)
    try:
        seeds = [seed_of(persona) for persona in load_personas().values()]
        return SqlRegistry.open(url, seeds)
    except RegistryError as error:
        cause = error.__cause__
        raise SetupError(
            "setup.database.unusable",
            url=url.render_as_string(hide_password=True),
            reason=type(cause).__name__ if cause else "",
        ) from error


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
    except ArgumentError as error:
        raise SetupError("setup.database.bad_url") from error

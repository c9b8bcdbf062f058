"""Connecting to the database of a URL so that what is committed survives a power cut.

SQLite: write-ahead log, `synchronous=FULL`, one writer. PostgreSQL: by psycopg 3, refused where `fsync` or
`synchronous_commit` is off. What breaks if wrong: an acknowledged answer is gone after the lights went out.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mock_server.registry.interface import RegistryError

WAIT_S: Final = 10
"""How long a statement waits for another writer, and a connection for the server to answer."""
CACHE_KIB: Final = 16 * 1024
CHECKPOINT_PAGES: Final = 4_000
"""Pages of 4 KiB in SQLite's write-ahead log before they are carried over."""
READS: Final = "madoguchi_reads"
"""Key in `Connection.info`: true while a transaction only reads, so that SQLite need not take the write lock."""
DRIVERS: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
"""The driver that is used for each kind of database; a URL may name it or leave it out."""


class NoDatabaseError(RegistryError):
    """The URL names no database of a kind that is supported, or none that keeps anything."""


class NotDurableError(RegistryError):
    """The database loses what it acknowledged when the power goes; `setting` says by which setting."""

    def __init__(self, setting: str) -> None:
        super().__init__(setting)
        self.setting = setting


class DriverMissingError(RegistryError):
    """The Python package that talks to this kind of database is not installed; it is named by `package`."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package


def open_engine(url: str | URL) -> Engine:
    """An engine for SQLite or PostgreSQL.

    Raises:
        RegistryError: NoDatabaseError: the URL names no database of these kinds; DriverMissingError: its driver is not
            installed.
    """
    try:
        wanted = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise NoDatabaseError from error
    kind = wanted.get_backend_name()
    if kind not in DRIVERS or wanted.drivername not in (kind, DRIVERS[kind]):
        raise NoDatabaseError(f"no driver for {kind}")
    if kind == "sqlite" and wanted.database in (None, "", ":memory:"):
        raise NoDatabaseError("a store in memory keeps nothing")
    try:
        engine = _open_sqlite(wanted) if kind == "sqlite" else _open_postgresql(wanted)
    except ModuleNotFoundError as error:
        raise DriverMissingError(error.name or "") from error
    except (SQLAlchemyError, ImportError) as error:
        raise RegistryError from error
    return engine


def check_durable(connection: Connection) -> None:
    """Refuse a PostgreSQL that acknowledges what it may lose.

    Raises:
        NotDurableError: `fsync`, `synchronous_commit` or `full_page_writes` is off.
    """
    if connection.dialect.name != "postgresql":
        return
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        value = connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
        if value == "off":
            raise NotDurableError(setting)


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername=DRIVERS["postgresql"]),
        hide_parameters=True,  # values stay out of error texts: they may be a person's
        pool_size=2,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": WAIT_S},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.execute(f"SET lock_timeout = '{WAIT_S}s'")
        connection.commit()

    return engine


def _open_sqlite(url: URL) -> Engine:
    engine = create_engine(url.set(drivername=DRIVERS["sqlite"]), hide_parameters=True, pool_size=2)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        # Before journal_mode, which needs the lock itself.
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_S * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # Challenges come in no order, so their index is touched everywhere: keep it in memory, and carry what was
        # written over into the file less often.
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock at once means waiting, never failing half-way.
        connection.exec_driver_sql("BEGIN" if connection.info.get(READS) else "BEGIN IMMEDIATE")

    return engine

"""Bringing a database's tables to the layout of this version, by Alembic, once, whoever comes first.

Workers that start together wait for each other: SQLite by its write lock, PostgreSQL by an advisory lock; threads of
one worker that open several databases, by a lock of the process. Alembic is imported only where something has to
change. What breaks if wrong: two workers alter the same table at once.
"""

from __future__ import annotations

from importlib.resources import files
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from mock_server.registry.interface import RegistryError

HEAD: Final = "0003"
"""The newest revision in `versions/`; a test holds it against the folder."""
FIRST: Final = "0001"
_LOCK: Final = 0x4D41444F  # "MADO": any number nobody else takes
_ALEMBIC: Final = Lock()
"""Alembic keeps what it works on in its modules: of the threads of a process one at a time may use it."""


class NewerStoreError(RegistryError):
    """The database was made by a newer version of the program; nothing was changed."""


def wait_for_turn(connection: Connection) -> None:
    """Until the transaction ends, nobody else gets beyond this. SQLite's own lock does that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def migrate(engine: Engine) -> None:
    """Make or alter the tables so that they are those of this version.

    Raises:
        NewerStoreError: The database is of a version that this program does not know.
        SQLAlchemyError: The database cannot be used.
    """
    with engine.begin() as connection:
        wait_for_turn(connection)
        revision = _revision(connection)
        if revision != HEAD:
            with _ALEMBIC:
                _upgrade(connection, revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection, revision: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(files("mock_server.registry") / "migrations"))
    config.attributes["connection"] = connection
    if revision is None and inspect(connection).has_table("exchange"):
        command.stamp(config, FIRST)  # made before there were migrations
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NewerStoreError from error

"""From an earlier layout of the store to this one: nothing acknowledged is lost; a newer store is left alone."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Row, inspect, select, text

from mock_server.composition import open_backend
from mock_server.errors import SetupError
from mock_server.face_outbox import claim
from mock_server.people import CardHolder
from mock_server.personas import find_persona
from mock_server.registry import tables
from mock_server.registry.engines import open_engine
from mock_server.registry.exchanges import Exchange
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.ledger import Ledger
from mock_server.registry.migrate import HEAD, NewerStoreError, migrate
from mock_server.registry.seeding import seed_of
from mock_server.serials import serial_number
from tests.mock_server.conftest import TODAY, Clock, counting_bytes

FIRST_LAYOUT = """
CREATE TABLE person (
    key TEXT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL, kana TEXT NOT NULL, birthdate TEXT NOT NULL,
    sex TEXT NOT NULL, post_number TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (key));
CREATE TABLE membership (
    id {integer_key}, person TEXT NOT NULL,
    insurer_number TEXT NOT NULL, number_key TEXT NOT NULL, insurer_name TEXT NOT NULL, symbol TEXT NOT NULL,
    number TEXT NOT NULL, branch TEXT NOT NULL, family TEXT NOT NULL, card_class TEXT NOT NULL,
    holder_name TEXT NOT NULL, qualified_on TEXT NOT NULL, issued_on TEXT, valid_until TEXT, lost_on TEXT,
    reason_of_loss TEXT NOT NULL, burden_ratio INTEGER, elderly_ratio INTEGER,
    FOREIGN KEY (person) REFERENCES person (key) ON DELETE CASCADE);
CREATE INDEX ix_membership_person ON membership (person);
CREATE INDEX membership_by_number ON membership (insurer_number, number_key);
CREATE TABLE certificate (
    serial TEXT NOT NULL, person TEXT NOT NULL, registered BOOLEAN NOT NULL, PRIMARY KEY (serial),
    FOREIGN KEY (person) REFERENCES person (key) ON DELETE CASCADE);
CREATE INDEX ix_certificate_person ON certificate (person);
CREATE TABLE exchange (
    id {integer_key}, at TEXT NOT NULL, institution TEXT NOT NULL, kind TEXT NOT NULL, purpose TEXT NOT NULL,
    nonce TEXT UNIQUE, outcome TEXT NOT NULL, person TEXT NOT NULL);
INSERT INTO person VALUES ('taro', 'old digest', '協会　太郎', 'ｷｮｳｶｲ ﾀﾛｳ', '1985-06-15', '1', '000-0001', '-');
INSERT INTO membership (person, insurer_number, number_key, insurer_name, symbol, number, branch, family, card_class,
    holder_name, qualified_on, reason_of_loss)
    VALUES ('taro', '01139997', '1155', '-', '21700023', '1155', '00', '1', '01', '協会　太郎', '2024-04-01', '99');
INSERT INTO certificate VALUES ('12345', 'taro', true);
INSERT INTO exchange (at, institution, kind, purpose, nonce, outcome, person) VALUES
    ('2026-10-01T09:00:00+09:00', '1312345678', 'card', 'qualification', 'nonce 1', 'validity:1', 'taro'),
    ('2026-10-01T09:01:00+09:00', '1312345678', 'enrolled', 'qualification', 'nonce 2', 'MOCK-SIGNATURE-INVALID', ''),
    ('2026-10-01T09:02:00+09:00', '1312345679', 'numbers', 'qualification', NULL, 'validity:4', ''),
    ('2026-10-01T09:03:00+09:00', '1312345679', 'numbers', 'qualification', NULL, 'validity:1', 'taro');
"""
"""The store as the first version made it, written down by hand, with what a counter left in it."""


def make_first_layout(url: str) -> None:
    integer_key = "INTEGER NOT NULL PRIMARY KEY" if url.startswith("sqlite") else "SERIAL PRIMARY KEY"
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in FIRST_LAYOUT.format(integer_key=integer_key).split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
    engine.dispose()


def upgrade(connection: Connection, revision: str) -> None:
    """Bring an empty database to an earlier layout."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("mock_server.registry") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def exchanges(ledger: Ledger) -> Sequence[Row[Any]]:
    query = select(tables.exchange).order_by(tables.exchange.c.id)
    return ledger.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True)


def revision(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_the_newest_revision_is_the_one_this_version_asks_for() -> None:
    folder = files("mock_server.registry") / "migrations" / "versions"
    numbers = sorted(entry.name[:4] for entry in folder.iterdir() if re.match(r"\d{4}_\w+\.py$", entry.name))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert numbers[-1] == HEAD


@pytest.mark.parametrize("before", ["nothing", "the first layout"])
def test_the_migrated_layout_is_that_of_the_tables(database_url: str, before: str) -> None:
    if before == "the first layout":
        make_first_layout(database_url)
    engine = open_engine(database_url)
    migrate(engine)
    with engine.begin() as connection:
        differing = compare_metadata(MigrationContext.configure(connection), without_comments())
        assert differing == []
        counted_up = ids_never_again(connection)
        assert layout(connection) == layout_of_metadata(connection)
        assert ids_never_again(connection) == counted_up
        assert revision(connection) == HEAD
    engine.dispose()


def without_comments() -> MetaData:
    """The tables as they are, less what is said about them for readers of the program."""
    bare = MetaData()
    for table in tables.metadata.sorted_tables:
        for column in table.to_metadata(bare).columns:
            column.comment = None
    return bare


def layout(connection: Connection) -> dict[str, Any]:
    """Columns with whether they may be empty, keys, what must be unique, indexes and references, by table."""
    seen = inspect(connection)
    return {
        name: (
            {column["name"]: bool(column["nullable"]) for column in seen.get_columns(name)},
            tuple(seen.get_pk_constraint(name)["constrained_columns"]),
            sorted(tuple(one["column_names"]) for one in seen.get_unique_constraints(name)),
            sorted(
                tuple(map(str, one["column_names"]))
                for one in seen.get_indexes(name)
                if not one.get("duplicates_constraint")
            ),
            sorted(
                (tuple(one["constrained_columns"]), one["referred_table"], one["options"].get("ondelete"))
                for one in seen.get_foreign_keys(name)
            ),
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def ids_never_again(connection: Connection) -> set[str]:
    """Tables of SQLite in which an id of a row that is gone is not given to another; PostgreSQL has no other."""
    if connection.dialect.name != "sqlite":
        return set()
    made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    found = {row.name for row in made if "AUTOINCREMENT" in row.sql}
    assert found == {"exchange", "face_outbox"}
    return found


def layout_of_metadata(connection: Connection) -> dict[str, Any]:
    """The same of tables that were made from the metadata, on the same database."""
    tables.metadata.drop_all(connection)
    tables.metadata.create_all(connection)
    return layout(connection)


def test_a_store_of_the_first_version_is_opened_with_everything_it_acknowledged(database_url: str) -> None:
    make_first_layout(database_url)
    ledger = Ledger.open(database_url, Clock(), [seed_of(find_persona("taro"))])
    rows = exchanges(ledger)
    assert [(row.call, row.nonce, row.outcome, row.person) for row in rows] == [
        ("qualification.card", "nonce 1", "validity:1", "taro"),
        ("qualification.enrolled", "nonce 2", "MOCK-SIGNATURE-INVALID", ""),
        ("qualification.numbers", None, "validity:4", ""),
        ("qualification.numbers", None, "validity:1", "taro"),
    ]
    assert [(row.at, row.institution, row.purpose, row.run, row.via) for row in rows[1:3]] == [
        ("2026-10-01T09:01:00+09:00", "1312345678", "qualification", "", "http"),
        ("2026-10-01T09:02:00+09:00", "1312345679", "qualification", "", "http"),
    ]
    assert len({row.key for row in rows}) == 4
    with pytest.raises(NonceUsedError):
        ledger.run_sync(lambda tx: tx.record(Exchange(at=TODAY, call="again", nonce="nonce 2")))
    ledger.run_sync(lambda tx: tx.record(Exchange(at=TODAY, call="another", nonce="nonce 3")))
    assert [row.call for row in exchanges(ledger)][4:] == ["another"]
    taro = find_persona("taro")
    assert ledger.run_sync(lambda tx: tx.card_holder(serial_number("taro")), reads=True) == CardHolder(
        taro.person, taro.registered
    )
    ledger.close()


def test_files_on_their_way_stay_so_and_are_free_for_any_folders(database_url: str) -> None:
    """From the layout in which nothing said whose they were."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        upgrade(connection, "0002")
        for number, state in enumerate(("waiting", "written", "collected"), start=1):
            connection.execute(
                text(
                    "INSERT INTO face_outbox"
                    " (run, institution, exchange, identifier, at, content, troubles, state, name)"
                    " VALUES ('', '1312345678', 'key', :identifier, :at, '{}', '[]', :state, :name)"
                ),
                {"identifier": f"MOCK{number}", "at": TODAY.isoformat(), "state": state, "name": f"{number}.xml"},
            )
    engine.dispose()
    ledger = Ledger.open(database_url, Clock())
    rows = ledger.run_sync(lambda tx: tx.connection.execute(select(tables.face_outbox)).all(), reads=True)
    assert [(row.identifier, row.state, row.name, row.folder) for row in rows] == [
        ("MOCK1", "waiting", "1.xml", None),
        ("MOCK2", "written", "2.xml", None),
        ("MOCK3", "collected", "3.xml", None),
    ]
    assert ledger.run_sync(lambda tx: claim(tx, "folder", [row.id for row in rows])) == {rows[0].id, rows[1].id}
    ledger.close()


def test_opening_again_changes_nothing(database_url: str) -> None:
    make_first_layout(database_url)
    for _ in range(3):
        ledger = Ledger.open(database_url, Clock())
        assert [row.nonce for row in exchanges(ledger)] == ["nonce 1", "nonce 2", None, None]
        ledger.close()


def make_newer(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    ledger = Ledger.open(database_url, Clock())
    ledger.run_sync(lambda tx: tx.record(Exchange(at=TODAY, call="kept", nonce="nonce 1")))
    ledger.close()
    engine = open_engine(database_url)
    make_newer(engine)
    with pytest.raises(NewerStoreError):
        Ledger.open(database_url, Clock(), [seed_of(find_persona("taro"))])
    with engine.connect() as connection:
        assert revision(connection) == "9999"
        assert connection.execute(select(tables.exchange.c.call)).scalars().all() == ["kept"]
        assert connection.execute(select(tables.person)).all() == []
    engine.dispose()


def test_the_command_is_told_about_a_newer_store_by_name_and_the_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    url = f"sqlite:///{path}"
    Ledger.open(url, Clock()).close()
    make_newer(open_engine(url))
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(SetupError) as refusal:
        open_backend(tmp_path / "data", now=Clock(), random_bytes=counting_bytes(), database_url=url)
    assert refusal.value.code == "setup.database.newer"
    assert hashlib.sha256(path.read_bytes()).digest() == before


@pytest.mark.parametrize("before", ["nothing", "the first layout"])
def test_several_who_start_at_once_migrate_and_seed_once(database_url: str, before: str) -> None:
    if before == "the first layout":
        make_first_layout(database_url)
    seeds = [seed_of(find_persona(name)) for name in ("taro", "hanako")]
    with ThreadPoolExecutor(4) as threads:
        ledgers = list(threads.map(lambda _: Ledger.open(database_url, Clock(), seeds), range(4)))
    people = select(tables.person.c.key).order_by(tables.person.c.key)
    for ledger in ledgers:
        assert ledger.run_sync(lambda tx: tx.connection.execute(people).scalars().all()) == ["hanako", "taro"]
        assert len(exchanges(ledger)) == (4 if before == "the first layout" else 0)
        ledger.close()


def test_threads_that_open_several_stores_at_once_each_have_their_own(tmp_path: Path) -> None:
    """Alembic keeps what it works on in its modules: without a turn for each, one thread takes the other's away."""
    together = Barrier(4)

    def opened(number: int) -> str:
        engine = open_engine(f"sqlite:///{tmp_path / str(number)}.sqlite3")
        together.wait(60)
        migrate(engine)
        with engine.begin() as connection:
            found = revision(connection)
        engine.dispose()
        return found

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(opened, range(4))) == [HEAD] * 4


def test_a_migration_that_breaks_leaves_the_first_layout_as_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first_layout(database_url)
    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.rename_table", _fail)
        with pytest.raises(OSError, match="half-way"):
            Ledger.open(database_url, Clock())
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM person")).scalars().all() == ["協会　太郎"]
        assert not inspect(connection).has_table("alembic_version")
    engine.dispose()
    ledger = Ledger.open(database_url, Clock())
    assert len(exchanges(ledger)) == 4
    ledger.close()


def _fail(*_: object, **__: object) -> None:
    raise OSError("half-way")


def test_the_first_layout_here_is_what_the_first_version_made(tmp_path: Path) -> None:
    """Held against the migration that describes it, so that neither drifts."""
    by_hand = f"sqlite:///{tmp_path}/by_hand.sqlite"
    make_first_layout(by_hand)
    engine = open_engine(f"sqlite:///{tmp_path}/migrated.sqlite")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        migrated = layout(connection)
    engine.dispose()
    other = open_engine(by_hand)
    with other.connect() as connection:
        assert layout(connection) == migrated
    other.dispose()
    assert sqlite3.sqlite_version_info >= (3, 35), "RETURNING and ON CONFLICT are used"

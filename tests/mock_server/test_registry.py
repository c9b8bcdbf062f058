"""What the store keeps, in each kind of database: people as they went in, each request as a row, a challenge once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from mock_server.people import CardHolder, Membership, NumbersKey, Person
from mock_server.personas import find_persona, load_personas
from mock_server.registry import tables
from mock_server.registry.engines import DriverMissingError, open_engine
from mock_server.registry.exchanges import IN_PROGRESS, Exchange
from mock_server.registry.interface import NonceUsedError, RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import CARD, PHONE, Seed, SeedCertificate, seed_of
from mock_server.registry.transaction import Transaction
from mock_server.serials import phone_serial, serial_number
from tests.mock_server.conftest import INSTITUTION, TODAY, Clock

NOBODY = 2**159
"""The longest serial number a certificate may have, and nobody's."""


@pytest.fixture
def store(database_url: str) -> Iterator[Ledger]:
    opened = Ledger.open(database_url, Clock(), map(seed_of, load_personas().values()))
    yield opened
    opened.close()


def an_exchange(nonce: str | None = None) -> Exchange:
    return Exchange(at=TODAY, institution=INSTITUTION, call="qualification.card", purpose="qualification", nonce=nonce)


def written(store: Ledger, nonce: str | None = None) -> Exchange:
    exchange = an_exchange(nonce)
    store.run_sync(lambda tx: tx.record(exchange))
    return exchange


def rows(store: Ledger) -> Sequence[Row[Any]]:
    query = select(tables.exchange).order_by(tables.exchange.c.id)
    return store.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True)


def key_of(name: str, **changes: str) -> NumbersKey:
    numbers = find_persona(name).numbers()
    return NumbersKey(**numbers | {"birthdate": numbers["birthdate"].replace("-", "")} | changes)


def found(store: Ledger, key: NumbersKey) -> list[str]:
    return store.run_sync(lambda tx: [person.key for person, _ in tx.members_with(key)], reads=True)


def holder(store: Ledger, serial: int, run: str = "") -> CardHolder | None:
    return store.run_sync(lambda tx: tx.card_holder(serial, run), reads=True)


def someone(key: str = "someone", *memberships: Membership) -> Person:
    return Person(key, f"見本　{key}", "ﾐﾎﾝ", date(2000, 2, 2), "3", "000-0000", "-", memberships)


# ── exchanges ──


def test_a_request_is_one_row_with_how_it_ended(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        exchange = an_exchange("n1")
        tx.record(exchange)
        exchange.outcome, exchange.person, exchange.took_us = "validity:1", "taro", 250
        exchange.request, exchange.answer, exchange.scenario = '{"問": 1}', '{"答": "●"}', "latency"

    store.run_sync(job)
    (row,) = rows(store)
    assert (row.at, row.institution, row.call, row.purpose) == (
        TODAY.isoformat(),
        INSTITUTION,
        "qualification.card",
        "qualification",
    )
    assert (row.nonce, row.outcome, row.person, row.took_us) == ("n1", "validity:1", "taro", 250)
    assert (row.request, row.answer, row.scenario) == ('{"問": 1}', '{"答": "●"}', "latency")
    assert (row.run, row.via) == ("", "http")


def test_the_row_is_kept_when_answering_fails(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        tx.record(an_exchange("n1"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run_sync(job)
    assert [(row.nonce, row.outcome) for row in rows(store)] == [("n1", IN_PROGRESS)]
    with pytest.raises(NonceUsedError):
        written(store, "n1")


def test_queries_by_numbers_have_no_nonce_and_do_not_collide(store: Ledger) -> None:
    for _ in range(2):
        written(store)
    assert len(rows(store)) == 2


def test_names_of_exchanges_are_in_the_order_they_were_made() -> None:
    keys = [an_exchange().key for _ in range(1000)]
    assert len(set(keys)) == 1000
    times = [key[:14] for key in keys]
    assert times == sorted(times)


def test_what_is_acknowledged_survives_a_power_cut(tmp_path: Path) -> None:
    store = Ledger.open(f"sqlite:///{tmp_path}/store.sqlite", Clock())

    def settings(tx: Transaction) -> dict[str, object]:
        names = ("synchronous", "journal_mode")
        return {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    assert store.run_sync(settings, reads=True) == {"synchronous": 2, "journal_mode": "wal"}
    store.close()


# ── effects ──


def register(tx: Transaction, serial: str) -> None:
    tx.connection.execute(insert(tables.registration).values(run="", serial=serial, at=TODAY.isoformat()))


def registered(store: Ledger) -> list[str]:
    query = select(tables.registration.c.serial).order_by(tables.registration.c.serial)
    return list(store.run_sync(lambda tx: tx.connection.execute(query).scalars().all(), reads=True))


def test_a_used_challenge_stops_a_job_before_its_effects(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        tx.record_now(an_exchange("n1"))
        register(tx, f"{len(registered_in(tx))}")

    store.run_sync(job)
    with pytest.raises(NonceUsedError):
        store.run_sync(job)
    assert registered(store) == ["0"]
    assert len(rows(store)) == 1


def registered_in(tx: Transaction) -> Sequence[Any]:
    return tx.connection.execute(select(tables.registration)).all()


def test_an_exchange_with_effects_is_written_as_it_is_at_the_end(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        exchange = an_exchange("n1")
        tx.record_now(exchange)
        exchange.outcome, exchange.person = "registered", "shiro"

    store.run_sync(job)
    assert [(row.outcome, row.person) for row in rows(store)] == [("registered", "shiro")]


def test_an_exception_undoes_the_effects_and_leaves_the_exchange(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        exchange = an_exchange("n1")
        tx.record_now(exchange)
        with tx.effects():
            register(tx, "1")
            exchange.outcome = "broke"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run_sync(job)
    assert registered(store) == []
    assert [row.outcome for row in rows(store)] == ["broke"]


# ── people ──


def test_everybody_comes_out_as_they_went_in(store: Ledger) -> None:
    for name, persona in load_personas().items():
        card = holder(store, serial_number(name))
        assert card == CardHolder(persona.person, persona.registered, CARD)
        assert store.run_sync(lambda tx, key=name: tx.person(key), reads=True) == persona.person  # type: ignore[misc]


def test_a_phone_has_a_certificate_of_its_own(database_url: str) -> None:
    persona = find_persona("taro")
    with_phone = replace(persona, card=replace(persona.card, smartphone="valid"))
    without = replace(persona, card=replace(persona.card, smartphone=""))
    for one, expected in ((without, None), (with_phone, CardHolder(persona.person, persona.registered, PHONE))):
        store = Ledger.open(database_url, Clock(), [seed_of(one)])
        assert holder(store, phone_serial("taro")) == expected
        store.close()


def test_a_serial_number_of_nobody(store: Ledger) -> None:
    assert holder(store, serial_number("taro", issue=2)) is None
    assert holder(store, NOBODY) is None
    assert store.run_sync(lambda tx: tx.person("nobody"), reads=True) is None


def test_the_longest_serial_number_is_found(database_url: str) -> None:
    store = Ledger.open(database_url, Clock(), [Seed(someone(), {NOBODY: SeedCertificate(registered=True)})])
    assert holder(store, NOBODY) == CardHolder(someone(), registered=True)
    store.close()


def test_a_registration_made_here_counts_for_its_run_alone(store: Ledger) -> None:
    serial = serial_number("shiro")

    def job(tx: Transaction) -> None:
        tx.connection.execute(insert(tables.registration).values(run="mine", serial=str(serial), at=TODAY.isoformat()))

    store.run_sync(job)
    answers = {run: holder(store, serial, run) for run in ("", "mine", "other")}
    assert {run: answer and answer.registered for run, answer in answers.items()} == {
        "": False,
        "mine": True,
        "other": False,
    }


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({}, ["taro"]),
        ({"branch": ""}, ["taro"]),
        ({"symbol": ""}, ["taro"]),
        ({"symbol": "２１７０００２３", "number": "１１５５"}, ["taro"]),
        ({"branch": "01"}, []),
        ({"number": "01155"}, []),
        ({"symbol": "31"}, []),
        ({"insurer_number": "139998"}, []),
    ],
)
def test_looking_up_by_numbers(store: Ledger, changes: dict[str, str], who: list[str]) -> None:
    """Width is folded, leading zeros count, and what is not given is left open (validation.md §2)."""
    assert found(store, key_of("taro", **changes)) == who


def test_the_birthdate_must_be_the_persons_own(store: Ledger) -> None:
    assert found(store, key_of("taro", birthdate="19850616")) == []


def test_full_width_numbers_on_file_are_found_by_half_width_ones(store: Ledger) -> None:
    assert found(store, key_of("kiyoshi", number="708")) == ["kiyoshi"]


def test_twins_without_a_branch_number_are_both_found(database_url: str) -> None:
    twins = [
        someone(key, Membership("139998", "見本市", "7", date(2000, 2, 2), branch=branch))
        for key, branch in (("ichi", "02"), ("ni", "03"))
    ]
    store = Ledger.open(database_url, Clock(), [Seed(twin, {}) for twin in twins])
    both = NumbersKey("139998", "", "7", "", "20000202")
    assert sorted(found(store, both)) == ["ichi", "ni"]
    assert found(store, replace(both, branch="03")) == ["ni"]
    store.close()


# ── copies in memory ──


def change_name(store: Ledger, key: str, name: str) -> None:
    """As another program does it that shares the database."""

    def job(tx: Transaction) -> None:
        person = tx.person(key)
        assert person is not None
        from mock_server.people_json import person_to_json

        tx.connection.execute(
            tables.person.update()
            .where(tables.person.c.key == key)
            .values(data=person_to_json(replace(person, name=name)))
        )
        tx.changed()

    store.run_sync(job)


def name_of(store: Ledger, name: str) -> str:
    card = holder(store, serial_number(name))
    assert card is not None
    return card.person.name


def test_whoever_was_met_before_is_read_anew_when_another_program_changed_them(
    store: Ledger, database_url: str
) -> None:
    assert name_of(store, "taro") == "協会　太郎"
    other = Ledger.open(database_url, Clock())
    change_name(other, "taro", "協会　次郎")
    assert [name_of(one, "taro") for one in (store, other)] == ["協会　次郎"] * 2
    other.close()


def test_a_change_that_was_undone_is_not_remembered(store: Ledger) -> None:
    def job(tx: Transaction) -> None:
        with tx.effects():
            tx.connection.execute(tables.certificate.update().values(registered=False))
            tx.changed()
            card = tx.card_holder(serial_number("taro"))
            assert card is not None
            assert not card.registered
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run_sync(job)
    card = holder(store, serial_number("taro"))
    assert card is not None
    assert card.registered


# ── seeding ──


def test_seeding_again_changes_nothing_and_a_changed_file_replaces_its_person(database_url: str) -> None:
    taro, versions = find_persona("taro"), []
    for is_registered in (True, True, False):
        seed = Seed(taro.person, {serial_number("taro"): SeedCertificate(is_registered)})
        store = Ledger.open(database_url, Clock(), [seed])
        assert holder(store, serial_number("taro")) == CardHolder(taro.person, is_registered)
        assert found(store, key_of("taro")) == ["taro"]
        versions.append(store.run_sync(lambda tx: tx.control.version, reads=True))
        store.close()
    assert versions[0] == versions[1] < versions[2]


def test_people_who_are_no_longer_among_the_seeds_stay(database_url: str) -> None:
    Ledger.open(database_url, Clock(), [seed_of(find_persona("taro"))]).close()
    store = Ledger.open(database_url, Clock(), [seed_of(find_persona("hanako"))])
    assert found(store, key_of("taro")) == ["taro"]
    store.close()


# ── trouble ──


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/folder/store.sqlite",
        "nosuchdatabase://host/name",
        "postgresql+psycopg://madoguchi@/nothing?host=/no/such/folder",
        "postgresql+asyncpg://madoguchi@localhost/nothing",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_store_that_cannot_be_opened(url: str) -> None:
    with pytest.raises(RegistryError):
        Ledger.open(url, Clock())


def test_without_its_driver_a_database_is_refused_by_the_drivers_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(DriverMissingError) as failure:
        open_engine("postgresql://madoguchi@localhost/nothing")
    assert failure.value.package == "psycopg"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(RegistryError):
        Ledger.open(f"sqlite:///{path}", Clock())


def test_a_store_that_breaks_while_it_runs_is_told_without_values(tmp_path: Path) -> None:
    store = Ledger.open(f"sqlite:///{tmp_path}/store.sqlite", Clock())
    with sqlite3.connect(tmp_path / "store.sqlite") as vandal:
        vandal.execute("DROP TABLE exchange")
    vandal.close()
    with pytest.raises(RegistryError) as failure:
        written(store, "secret nonce")
    assert "secret nonce" not in f"{failure.value!r} {failure.value} {failure.value.__cause__}"
    store.close()

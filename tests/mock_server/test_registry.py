"""The store: one row per request, kept whatever happens, and a challenge counts once for everybody who shares it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mock_server.people import Membership, NumbersKey, Person
from mock_server.personas import find_persona, load_personas
from mock_server.registry.interface import Exchange, NonceUsedError, RegistryError
from mock_server.registry.seeding import Seed, seed_of
from mock_server.registry.sql import IN_PROGRESS, SqlRegistry
from mock_server.serials import serial_number
from tests.mock_server.conftest import INSTITUTION, TODAY


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def store(url: str) -> Iterator[SqlRegistry]:
    opened = SqlRegistry.open(url, map(seed_of, load_personas().values()))
    yield opened
    opened.close()


def request(store: SqlRegistry, nonce: str | None = None) -> AbstractContextManager[Exchange]:
    return store.exchange(at=TODAY, institution=INSTITUTION, kind="card", purpose="qualification", nonce=nonce)


def key_of(name: str, **changes: str) -> NumbersKey:
    numbers = find_persona(name).numbers()
    return NumbersKey(**numbers | {"birthdate": numbers["birthdate"].replace("-", "")} | changes)


def found(store: SqlRegistry, key: NumbersKey) -> list[str]:
    with request(store) as exchange:
        return [person.key for person, _ in exchange.members_with(key)]


# ── exchanges ──


def test_a_request_is_one_row_with_how_it_ended(store: SqlRegistry) -> None:
    with request(store, "n1") as exchange:
        exchange.outcome, exchange.person = "validity:1", "taro"
    (row,) = store.exchanges()
    assert (row.at, row.institution, row.kind, row.purpose) == (TODAY.isoformat(), INSTITUTION, "card", "qualification")
    assert (row.nonce, row.outcome, row.person) == ("n1", "validity:1", "taro")


def test_the_row_is_kept_when_answering_fails(store: SqlRegistry) -> None:
    with pytest.raises(ZeroDivisionError), request(store, "n1"):
        raise ZeroDivisionError
    assert [(row.nonce, row.outcome) for row in store.exchanges()] == [("n1", IN_PROGRESS)]
    with pytest.raises(NonceUsedError), request(store, "n1"):
        pass


def test_a_nonce_counts_once_also_for_another_program_on_the_same_store(store: SqlRegistry, url: str) -> None:
    other = SqlRegistry.open(url)
    with request(store, "n1"):
        pass
    with pytest.raises(NonceUsedError), request(other, "n1"):
        pass
    other.close()
    assert len(store.exchanges()) == 1


def test_of_many_who_answer_the_same_challenge_at_once_one_is_let_in(store: SqlRegistry) -> None:
    let_in, start = [], threading.Barrier(8)

    def answer() -> None:
        start.wait()
        try:
            with request(store, "contested"):
                let_in.append(1)
        except NonceUsedError:
            pass

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in == [1]


def test_queries_by_numbers_have_no_nonce_and_do_not_collide(store: SqlRegistry) -> None:
    for _ in range(2):
        with request(store, None):
            pass
    assert len(store.exchanges()) == 2


def test_what_is_acknowledged_survives_a_power_cut(store: SqlRegistry) -> None:
    with store._engine.connect() as connection:
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")}
    assert read == {"synchronous": 2, "journal_mode": "wal"}


# ── people ──


def test_everybody_comes_out_as_they_went_in(store: SqlRegistry) -> None:
    with request(store) as exchange:
        for name, persona in load_personas().items():
            holder = exchange.card_holder(serial_number(name))
            assert holder is not None
            assert (holder.person, holder.registered) == (persona.person, persona.registered)


def test_a_serial_number_of_nobody(store: SqlRegistry) -> None:
    with request(store) as exchange:
        assert exchange.card_holder(serial_number("taro", issue=2)) is None
        assert exchange.card_holder(2**159) is None


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
def test_looking_up_by_numbers(store: SqlRegistry, changes: dict[str, str], who: list[str]) -> None:
    """Width is folded, leading zeros count, and what is not given is left open (validation.md §2)."""
    assert found(store, key_of("taro", **changes)) == who


def test_the_birthdate_must_be_the_persons_own(store: SqlRegistry) -> None:
    assert found(store, key_of("taro", birthdate="19850616")) == []


def test_full_width_numbers_on_file_are_found_by_half_width_ones(store: SqlRegistry) -> None:
    assert found(store, key_of("kiyoshi", number="708")) == ["kiyoshi"]


def test_twins_without_a_branch_number_are_both_found(url: str) -> None:
    born = date(2000, 2, 2)
    twins = [
        Person(
            key,
            f"双子　{key}",
            "ﾌﾀｺﾞ ﾐﾎﾝ",
            born,
            "3",
            "000-0000",
            "-",
            (Membership("139998", "見本市", "7", born, branch=branch),),
        )
        for key, branch in (("ichi", "02"), ("ni", "03"))
    ]
    store = SqlRegistry.open(url, [Seed(twin, {}) for twin in twins])
    both = NumbersKey("139998", "", "7", "", "20000202")
    assert sorted(found(store, both)) == ["ichi", "ni"]
    assert found(store, replace(both, branch="03")) == ["ni"]
    store.close()


# ── seeding ──


def test_seeding_again_changes_nothing_and_a_changed_file_replaces_its_person(url: str) -> None:
    taro = find_persona("taro")
    for registered in (True, True, False):
        store = SqlRegistry.open(url, [Seed(taro.person, {serial_number("taro"): registered})])
        with request(store) as exchange:
            holder = exchange.card_holder(serial_number("taro"))
            assert holder is not None
            assert (holder.registered, holder.person) == (registered, taro.person)
        store.close()


def test_people_who_are_no_longer_among_the_seeds_stay(url: str) -> None:
    SqlRegistry.open(url, [seed_of(find_persona("taro"))]).close()
    store = SqlRegistry.open(url, [seed_of(find_persona("hanako"))])
    assert found(store, key_of("taro")) == ["taro"]
    store.close()


# ── trouble ──


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/store.sqlite", "nosuchdatabase://host/name"])
def test_a_store_that_cannot_be_opened(url: str) -> None:
    with pytest.raises(RegistryError):
        SqlRegistry.open(url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(RegistryError):
        SqlRegistry.open(f"sqlite:///{path}")


def test_a_store_that_breaks_while_it_runs_is_told_without_values(store: SqlRegistry, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.sqlite") as vandal:
        vandal.execute("DROP TABLE exchange")
    vandal.close()
    with pytest.raises(RegistryError) as failure, request(store, "secret nonce"):
        pass
    assert "secret nonce" not in f"{failure.value!r} {failure.value} {failure.value.__cause__}"

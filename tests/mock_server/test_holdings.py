"""The first thing an institution leaves is seen by every worker with its next question; before that nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from mock_server.consent_records import keep, newest_consent
from mock_server.consents import ConsentRecord
from mock_server.holdings import has_holdings
from mock_server.people import Membership, Person
from mock_server.personas import find_persona
from mock_server.reference_numbers import number_of
from mock_server.registry.ledger import Ledger
from mock_server.registry.memory import MOST_KEPT
from mock_server.registry.seeding import seed_of
from mock_server.registry.transaction import Transaction
from mock_server.standing import Standing, standing_of
from mock_server.visits import VISIT_LIFE, Visit
from tests.mock_server.clinic import reference_number_request
from tests.mock_server.conftest import INSTITUTION, TODAY, Clock

RECORD = ConsentRecord.given(TODAY, frozenset({"medicines"}))


@pytest.fixture
def workers(database_url: str) -> Iterator[tuple[Ledger, Ledger]]:
    """Two ledgers on one database, as two worker processes have them."""
    both = [Ledger.open(database_url, Clock(), [seed_of(find_persona("taro"))]) for _ in range(2)]
    yield both[0], both[1]
    for one in both:
        one.close()


def taro() -> tuple[Person, Membership]:
    person = find_persona("taro").person
    return person, person.memberships[0]


def standing(worker: Ledger, institution: str = INSTITUTION, run: str = "") -> Standing:
    return worker.run_sync(lambda tx: standing_of(tx, institution, run, *taro()), reads=True)


def consent(tx: Transaction, run: str = "") -> None:
    visit = Visit("exchange", INSTITUTION, run, "taro", "valid", "1", TODAY + VISIT_LIFE)
    assert keep(tx, visit, RECORD)


def register_number(tx: Transaction) -> None:
    from mock_server import reference_numbers

    info = reference_number_request("taro", "K1").registration
    assert reference_numbers.register(tx, INSTITUTION, "", info) is None


def test_a_first_consent_is_seen_by_the_other_worker(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers
    assert [standing(worker) for worker in workers] == [Standing(), Standing()]
    first.run_sync(consent)
    assert [standing(worker).consent for worker in (second, first)] == [RECORD, RECORD]


def test_a_first_reference_number_is_seen_by_the_other_worker(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers
    assert [standing(worker) for worker in workers] == [Standing(), Standing()]
    first.run_sync(register_number)
    assert [standing(worker).reference_number for worker in (second, first)] == ["K1", "K1"]
    assert second.run_sync(lambda tx: number_of(tx, INSTITUTION, "", taro()[1])) == "K1"


def test_what_follows_the_first_is_seen_as_well(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers
    first.run_sync(register_number)
    assert standing(second).consent is None
    first.run_sync(consent)
    assert standing(second) == Standing(RECORD, "K1")


def test_other_institutions_and_test_runs_have_nothing_by_it(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers
    first.run_sync(lambda tx: consent(tx, "mine"))
    assert standing(second, run="mine").consent == RECORD
    assert standing(second) == Standing()
    assert standing(second, "1312345679", "mine") == Standing()


def test_a_first_consent_that_was_undone_leaves_nothing_behind(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers

    def undone(tx: Transaction) -> None:
        with tx.effects():
            consent(tx)
            assert has_holdings(tx, INSTITUTION, "")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        first.run_sync(undone)
    assert [standing(worker) for worker in workers] == [Standing(), Standing()]
    first.run_sync(consent)
    assert [standing(worker).consent for worker in workers] == [RECORD, RECORD]
    assert second.run_sync(lambda tx: newest_consent(tx, INSTITUTION, "", "taro")) == RECORD


def test_while_there_is_nothing_the_database_is_not_asked_for_each_visit(workers: tuple[Ledger, Ledger]) -> None:
    worker = workers[0]
    standing(worker)
    asked: list[str] = []
    event.listen(worker._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for _ in range(3):
        standing(worker)
    assert not [statement for statement in asked if "consent" in statement or "reference_number" in statement]


def test_what_is_remembered_is_limited(workers: tuple[Ledger, Ledger]) -> None:
    worker = workers[0]

    def remember_much(tx: Transaction) -> None:
        for number in range(MOST_KEPT + 1):
            tx.remembered(("test", number), lambda: "kept")

    worker.run_sync(remember_much, reads=True)
    looked = worker.run_sync(lambda tx: tx.remembered(("test", 0), lambda: "looked for again"), reads=True)
    assert looked == "looked for again"

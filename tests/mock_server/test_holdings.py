"""The first thing an institution leaves is seen by every worker with its next question; before that nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import event

from mock_server import reference_numbers
from mock_server.admin.resetting import reset_run
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
from tests.daemons.private_postgresql import PrivatePostgresql
from tests.eventually import LONG_ENOUGH_S
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


@pytest.fixture
def three_workers(postgresql: PrivatePostgresql) -> Iterator[list[Ledger]]:
    """On PostgreSQL, where one worker can write while another one's transaction is open."""
    url = postgresql.new_database()
    three = [Ledger.open(url, Clock(), [seed_of(find_persona("taro"))]) for _ in range(3)]
    yield three
    for one in three:
        one.close()
    postgresql.drop_database(url)


def taro() -> tuple[Person, Membership]:
    person = find_persona("taro").person
    return person, person.memberships[0]


def standing(worker: Ledger, institution: str = INSTITUTION, run: str = "") -> Standing:
    return worker.run_sync(lambda tx: standing_of(tx, institution, run, *taro()), reads=True)


def consent(tx: Transaction, run: str = "", exchange: str = "exchange") -> None:
    visit = Visit(exchange, INSTITUTION, run, "taro", "valid", "1", TODAY + VISIT_LIFE)
    assert keep(tx, visit, RECORD)


def register_number(tx: Transaction) -> None:
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


@pytest.mark.daemon
@pytest.mark.parametrize(("leave", "left"), [(consent, Standing(RECORD)), (register_number, Standing(None, "K1"))])
def test_what_is_left_beside_a_reset_is_seen_by_every_worker(
    three_workers: list[Ledger], leave: Callable[[Transaction], None], left: Standing
) -> None:
    """The writer's transaction began before the reset; a third worker looked after it and found nothing."""
    writer, resetting, onlooker = three_workers
    writer.run_sync(lambda tx: consent(tx, exchange="before"))
    assert standing(writer).consent == RECORD
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        assert has_holdings(tx, INSTITUTION, "")
        begun.set()
        assert go_on.wait(LONG_ENOUGH_S)
        leave(tx)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(writer.run_sync, slow)
        assert begun.wait(LONG_ENOUGH_S)
        assert resetting.run_sync(lambda tx: reset_run(tx, ""))["consent"] == 1
        assert standing(onlooker) == Standing()
        go_on.set()
        writing.result()
    assert [standing(worker) for worker in (onlooker, resetting, writer)] == [left] * 3


@pytest.mark.daemon
def test_what_is_left_during_a_reset_is_seen_by_every_worker(three_workers: list[Ledger]) -> None:
    """The reset has counted up and is not committed yet: the writer waits for it."""
    writer, resetting, onlooker = three_workers
    writer.run_sync(lambda tx: consent(tx, exchange="before"))
    assert standing(writer).consent == RECORD
    counted_up, go_on = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        reset_run(tx, "")
        counted_up.set()
        assert go_on.wait(LONG_ENOUGH_S)

    with ThreadPoolExecutor(2) as threads:
        clearing = threads.submit(resetting.run_sync, slow)
        assert counted_up.wait(LONG_ENOUGH_S)
        writing = threads.submit(writer.run_sync, consent)
        assert standing(onlooker).consent == RECORD
        go_on.set()
        clearing.result()
        writing.result()
    assert [standing(worker).consent for worker in (onlooker, resetting, writer)] == [RECORD] * 3


def test_what_is_left_after_another_workers_reset_is_seen_by_both(workers: tuple[Ledger, Ledger]) -> None:
    first, second = workers
    first.run_sync(consent)
    assert [standing(worker).consent for worker in workers] == [RECORD, RECORD]
    second.run_sync(lambda tx: reset_run(tx, ""))
    assert standing(second) == Standing()
    first.run_sync(register_number)
    assert [standing(worker).reference_number for worker in workers] == ["K1", "K1"]


def statements(worker: Ledger) -> list[str]:
    """What the worker asks its database from now on."""
    asked: list[str] = []
    event.listen(worker._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    return asked


def looks(asked: list[str]) -> int:
    return sum("EXISTS" in statement for statement in asked)


def test_many_reference_numbers_of_one_transaction_look_once(workers: tuple[Ledger, Ledger]) -> None:
    worker = workers[0]
    asked = statements(worker)
    for _ in range(2):

        def register_many(tx: Transaction) -> None:
            for _ in range(5):
                register_number(tx)

        worker.run_sync(register_many)
    assert looks(asked) == 2


def test_what_follows_the_first_makes_nobody_forget_anything(workers: tuple[Ledger, Ledger]) -> None:
    worker = workers[0]

    def version() -> int:
        return worker.run_sync(lambda tx: tx.control.version, reads=True)

    before = version()
    worker.run_sync(consent)
    assert version() == before + 1
    for number in range(3):
        worker.run_sync(lambda tx, exchange=f"later {number}": consent(tx, exchange=exchange))  # type: ignore[misc]
        worker.run_sync(register_number)
    assert version() == before + 1


def test_what_was_undone_is_no_reason_not_to_look_again(workers: tuple[Ledger, Ledger]) -> None:
    """In one transaction: a first consent that is undone, then one that is kept."""
    first, second = workers
    assert [standing(worker) for worker in workers] == [Standing(), Standing()]

    def at_the_second_attempt(tx: Transaction) -> None:
        with suppress(ZeroDivisionError), tx.effects():
            consent(tx)
            raise ZeroDivisionError
        consent(tx)

    first.run_sync(at_the_second_attempt)
    assert [standing(worker).consent for worker in (second, first)] == [RECORD, RECORD]


def test_while_there_is_nothing_the_database_is_not_asked_for_each_visit(workers: tuple[Ledger, Ledger]) -> None:
    worker = workers[0]
    standing(worker)
    asked = statements(worker)
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

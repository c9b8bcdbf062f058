"""What follows a card answer, on every kind of store and with two workers at once: kept once, and for whom it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from mock_server import face_outbox
from mock_server.errors import QualificationError
from mock_server.issuer import TestAuthority
from mock_server.personas import load_personas
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import seed_of
from mock_server.registry.transaction import Transaction
from mock_server.service import QualificationService
from mock_server.trust import Trust
from tests.mock_server.clinic import Clinic, told
from tests.mock_server.conftest import INSTITUTION, Clock, counting_bytes

T = TypeVar("T")
TIMES = 12


@pytest.fixture
def clinics(database_url: str, trust: Trust, authority: TestAuthority) -> Iterator[tuple[Clinic, Clinic]]:
    """One clinic that is served by two workers over one store."""
    random_bytes = counting_bytes()
    seeds = [seed_of(persona) for persona in load_personas().values()]
    ledgers = [Ledger.open(database_url, Clock(), seeds) for _ in range(2)]
    services = [
        QualificationService(trust, random_bytes, faces=frozenset({INSTITUTION}).__contains__) for _ in range(2)
    ]
    one, two = (Clinic(ledger, service, authority) for ledger, service in zip(ledgers, services, strict=True))
    yield one, two
    for ledger in ledgers:
        ledger.close()


def at_once(clinics: tuple[Clinic, Clinic], ask: Callable[[Clinic], T]) -> list[T]:
    """What every one of many askers at the same time gets, half of them from either worker."""
    with ThreadPoolExecutor(TIMES) as threads:
        waiting = [threads.submit(ask, clinics[number % 2]) for number in range(TIMES)]
        return [one.result() for one in waiting]


def test_a_whole_visit_at_two_workers(clinics: tuple[Clinic, Clinic]) -> None:
    """What one worker wrote, the other knows."""
    one, two = clinics
    one.register("shiro")
    assert two.card("shiro").registered
    visit = one.card("toseki").visit
    two.consent(visit, comprehensive="given")
    assert one.medicines("toseki").is_done
    two.remember("toseki", "P-1")
    one.remember("toseki", "P-2")
    elements = told(two.card("toseki").message)
    assert (elements["PharmacistsInfoConsFlg"], elements["ReferenceNumber"]) == ("1", "P-2")
    for stranger in (two.elsewhere(), two.in_run("one")):
        there = told(stranger.card("toseki").message)
        assert not {"PharmacistsInfoConsFlg", "ReferenceNumber"} & set(there)
        assert not stranger.card("shiro").registered or stranger.run == ""


def test_one_consent_of_one_visit_is_kept(clinics: tuple[Clinic, Clinic]) -> None:
    visit = clinics[0].card("taro").visit
    records = at_once(clinics, lambda clinic: clinic.consent(visit, medicines="given"))
    assert len(set(records)) == 1
    assert len(clinics[0].rows(tables.consent)) == 1
    outcomes = [row.outcome for row in clinics[0].exchanges() if row.call == "consent"]
    assert sorted(outcomes) == ["consent:kept"] + ["consent:unchanged"] * (TIMES - 1)
    faces = clinics[0].do(lambda tx: face_outbox.waiting(tx, INSTITUTION, ""))
    assert len(faces) == 2, "one for the answer, one for the consent"


def test_of_two_consents_of_one_visit_one_is_a_conflict(clinics: tuple[Clinic, Clinic]) -> None:
    visit = clinics[0].card("taro").visit

    def ask(clinic: Clinic) -> str:
        answer = "given" if clinic is clinics[0] else "declined"
        try:
            return str(clinic.consent(visit, medicines=answer).answers()["medicines"])
        except QualificationError as error:
            return error.code

    said = at_once(clinics, ask)
    assert sorted(said).count("MOCK-CONSENT-CHANGED") == TIMES / 2
    assert len(set(said)) == 2


def test_a_card_is_registered_once(clinics: tuple[Clinic, Clinic]) -> None:
    made = at_once(clinics, lambda clinic: clinic.register("shiro"))
    assert [one.already for one in made].count(False) == 1
    assert len({one.at for one in made}) == 1
    assert len(clinics[0].rows(tables.registration)) == 1


def test_a_person_has_one_reference_number(clinics: tuple[Clinic, Clinic]) -> None:
    at_once(clinics, lambda clinic: clinic.remember("taro", "P-1"))
    (row,) = clinics[0].rows(tables.reference_number)
    assert row.reference_number == "P-1"


def test_a_file_is_made_by_one_set_of_folders_only(clinics: tuple[Clinic, Clinic]) -> None:
    """Both looked before either claimed anything; and whoever asks again is told the same."""
    for _ in range(TIMES):
        clinics[0].card("taro")
    free = [face.id for face in clinics[0].do(lambda tx: face_outbox.waiting(tx, INSTITUTION, ""))]
    assert len(free) == TIMES
    took = {folder: set[int]() for folder in ("folder 0", "folder 1")}

    def claim(clinic: Clinic) -> tuple[str, set[int]]:
        folder = f"folder {clinics.index(clinic)}"
        return folder, clinic.do(lambda tx: face_outbox.claim(tx, folder, free))

    for folder, ids in at_once(clinics, claim):
        took[folder] |= ids
    one, two = took.values()
    assert (one & two, one | two) == (set(), set(free))
    for folder, ids in took.items():
        assert clinics[0].do(lambda tx, folder=folder: face_outbox.claim(tx, folder, free)) == ids  # type: ignore[misc]
        seen = clinics[1].do(lambda tx, folder=folder: face_outbox.waiting(tx, INSTITUTION, "", folder))  # type: ignore[misc]
        assert [face.id for face in seen] == sorted(ids)
    assert clinics[0].do(lambda tx: face_outbox.waiting(tx, INSTITUTION, "")) == []


@pytest.mark.parametrize("end", [face_outbox.mark_collected, face_outbox.mark_expired])
def test_what_is_over_is_claimed_by_nobody(
    clinics: tuple[Clinic, Clinic], end: Callable[[Transaction, int], bool]
) -> None:
    clinics[0].card("taro")
    (face,) = clinics[0].do(lambda tx: face_outbox.waiting(tx, INSTITUTION, ""))
    clinics[0].do(lambda tx: face_outbox.mark_written(tx, face.id, "a.xml"))
    assert clinics[0].do(lambda tx: end(tx, face.id))
    assert clinics[1].do(lambda tx: face_outbox.claim(tx, "folder", [face.id])) == set()


def test_a_file_is_written_by_one_worker_only(clinics: tuple[Clinic, Clinic]) -> None:
    clinics[0].card("taro")
    (face,) = clinics[1].do(lambda tx: face_outbox.waiting(tx, INSTITUTION, ""))
    took = at_once(clinics, lambda clinic: clinic.do(lambda tx: face_outbox.mark_written(tx, face.id, "a.xml")))
    assert took.count(True) == 1

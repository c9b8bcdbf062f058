"""Answers on their way into the `face` folder: one for each answer, durable with it, and nobody else's."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from eligibility.oqs.codec import from_json
from eligibility.oqs.file_names import face_name, is_face_name
from eligibility.oqs.messages import QualificationResult
from mock_server import face_outbox
from mock_server.errors import Refusal
from mock_server.face_outbox import Face
from mock_server.issuer import TestAuthority
from mock_server.registry import tables
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm
from mock_server.service import QualificationService
from mock_server.trust import Trust
from tests.mock_server.clinic import OTHER_INSTITUTION, Clinic, refusal_of, told
from tests.mock_server.conftest import INSTITUTION, TODAY, counting_bytes


@pytest.fixture
def service(trust: Trust) -> QualificationService:
    """A service with folders for one institution only."""
    return QualificationService(trust, counting_bytes(), faces={INSTITUTION}.__contains__)


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def waiting(clinic: Clinic) -> list[Face]:
    return clinic.do(lambda tx: face_outbox.waiting(tx, clinic.institution, clinic.run))


def content(face: Face) -> QualificationResult:
    return from_json(QualificationResult, json.loads(face.content))


def test_a_card_answer_waits_to_become_a_file(clinic: Clinic) -> None:
    answer = clinic.card("taro")
    (face,) = waiting(clinic)
    (row,) = clinic.exchanges()
    assert (face.institution, face.run, face.exchange, face.at) == (INSTITUTION, "", row.key, TODAY)
    assert content(face).message_body == answer.message.message_body
    assert content(face).message_header.arbitrary_file_identifier == face.identifier


def test_its_identifier_is_watermarked_and_its_name_is_a_face_files(clinic: Clinic) -> None:
    clinic.card("taro")
    (face,) = waiting(clinic)
    assert re.fullmatch(r"MOCK[A-Za-z0-9_-]{12}", face.identifier)
    assert re.fullmatch(INSTITUTION + "[0-9a-f]{20}", face.name_identifier)
    assert is_face_name(face_name(face.name_identifier, face.at))


def test_two_answers_of_one_second_are_two_files(clinic: Clinic) -> None:
    clinic.card("taro")
    clinic.card("hanako")
    one, two = waiting(clinic)
    assert one.at == two.at
    assert one.name_identifier != two.name_identifier
    assert [told(content(face))["Name"] for face in (one, two)] == ["協会　太郎", "協会　花子"]


@pytest.mark.parametrize(("persona", "files"), [("kenta", 1), ("mayu", 1), ("shiro", 0), ("kakure", 0)])
def test_what_says_something_about_an_insurance_becomes_a_file(clinic: Clinic, persona: str, files: int) -> None:
    """資格(無効) too; a card without 利用登録 is sent to the registration instead."""
    clinic.card(persona)
    assert len(waiting(clinic)) == files


def test_faces_and_looks_become_files_too(clinic: Clinic) -> None:
    clinic.attested("taro", "face")
    clinic.attested("taro", "visual")
    assert len(waiting(clinic)) == 2


def test_where_nobody_has_folders_nothing_waits(clinic: Clinic) -> None:
    stranger = clinic.elsewhere()
    visit = stranger.card("taro").visit
    stranger.consent(visit, medicines="given")
    assert stranger.rows(tables.face_outbox) == []
    caller = stranger.caller
    assert stranger.do(lambda tx: stranger.service.face_state(tx, caller, visit)).state == "none"


def test_a_consent_sends_a_second_file_with_what_was_agreed(clinic: Clinic) -> None:
    """The first may lie in the folder already, so it is never changed."""
    visit = clinic.card("taro").visit
    clinic.consent(visit, medicines="given")
    first, second = waiting(clinic)
    assert "PharmacistsInfoConsFlg" not in told(content(first))
    assert told(content(second))["PharmacistsInfoConsFlg"] == "1"
    assert first.exchange == second.exchange
    clinic.consent(visit, medicines="given")
    assert len(waiting(clinic)) == 2, "the same consent again says nothing new"


def test_a_card_that_was_refused_sends_none(clinic: Clinic) -> None:
    proof, caller = {**clinic.signed("taro", "qualification"), "signature": bytes(256)}, clinic.caller
    refusal = refusal_of(
        lambda: clinic.do(lambda tx: clinic.service.check_by_card(tx, caller, purpose="qualification", **proof))
    )
    assert refusal is Refusal.SIGNATURE_INVALID
    assert waiting(clinic) == []


def test_a_replayed_challenge_sends_no_second_file(clinic: Clinic) -> None:
    proof, caller = clinic.signed("taro", "qualification"), clinic.caller
    ask = partial(clinic.do, lambda tx: clinic.service.check_by_card(tx, caller, purpose="qualification", **proof))
    ask()
    with pytest.raises(NonceUsedError):
        ask()
    assert len(waiting(clinic)) == 1


# ── with scenarios ──


@pytest.mark.parametrize("scenario", ["processing", "failed"])
def test_an_answer_that_says_nothing_sends_none_and_takes_no_consent(clinic: Clinic, scenario: str) -> None:
    clinic.do(lambda tx: arm(tx, Order(scenario)))
    answer = clinic.card("taro")
    assert answer.message.validity is None
    assert waiting(clinic) == []
    refusal = refusal_of(lambda: clinic.consent(answer.visit, medicines="given"))
    assert refusal is Refusal.CONSENT_NOT_ELIGIBLE


def test_another_persons_answer_goes_into_the_file_as_it_went_to_the_counter(clinic: Clinic) -> None:
    clinic.do(lambda tx: arm(tx, Order("wrong_person", {"other": "hanako"})))
    answer = clinic.card("taro")
    (face,) = waiting(clinic)
    assert told(answer.message)["Name"] == told(content(face))["Name"] == "協会　花子"
    assert clinic.exchanges()[-1].person == "taro"


def test_what_is_to_be_played_on_the_file_waits_with_it(clinic: Clinic) -> None:
    clinic.do(lambda tx: arm(tx, Order("late_file", {"delay_s": 30})))
    clinic.card("taro")
    clinic.card("hanako")
    late, ordinary = waiting(clinic)
    trouble = late.troubles.trouble("late_file")
    assert trouble is not None
    assert trouble.params == {"delay_s": 30}
    assert ordinary.troubles.troubles == ()


# ── what becomes of it ──


def test_a_row_goes_its_way_once(clinic: Clinic) -> None:
    visit, caller = clinic.card("taro").visit, clinic.caller
    (face,) = waiting(clinic)

    def state() -> tuple[str, str | None]:
        found = clinic.do(lambda tx: clinic.service.face_state(tx, caller, visit))
        return found.state, found.name

    assert state() == ("waiting", None)
    assert not clinic.do(lambda tx: face_outbox.mark_collected(tx, face.id)), "it does not lie there yet"
    assert clinic.do(lambda tx: face_outbox.mark_written(tx, face.id, "a.xml"))
    assert not clinic.do(lambda tx: face_outbox.mark_written(tx, face.id, "b.xml"))
    assert state() == ("written", "a.xml")
    assert waiting(clinic) == []
    (written,) = clinic.do(lambda tx: face_outbox.written(tx, INSTITUTION, ""))
    assert (written.id, written.name, written.written_at) == (face.id, "a.xml", TODAY)
    assert face.written_at is None
    assert clinic.do(lambda tx: face_outbox.mark_collected(tx, face.id))
    assert not clinic.do(lambda tx: face_outbox.mark_collected(tx, face.id))
    assert not clinic.do(lambda tx: face_outbox.mark_expired(tx, face.id))
    assert state() == ("collected", "a.xml")


@pytest.mark.parametrize("written", [False, True])
def test_what_nobody_took_expires(clinic: Clinic, written: bool) -> None:
    clinic.card("taro")
    (face,) = waiting(clinic)
    if written:
        clinic.do(lambda tx: face_outbox.mark_written(tx, face.id, "a.xml"))
    assert clinic.do(lambda tx: face_outbox.mark_expired(tx, face.id))
    (row,) = clinic.rows(tables.face_outbox)
    assert row.state == "expired"


def test_the_newest_file_of_a_visit_is_told(clinic: Clinic) -> None:
    visit, caller = clinic.card("taro").visit, clinic.caller
    (face,) = waiting(clinic)
    clinic.do(lambda tx: face_outbox.mark_written(tx, face.id, "a.xml"))
    clinic.consent(visit, medicines="given")
    assert clinic.do(lambda tx: clinic.service.face_state(tx, caller, visit)).state == "waiting"


def test_asking_for_the_file_writes_no_exchange(clinic: Clinic) -> None:
    visit, caller = clinic.card("taro").visit, clinic.caller
    clinic.do(lambda tx: clinic.service.face_state(tx, caller, visit), reads=True)
    assert len(clinic.exchanges()) == 1


def test_nobody_asks_for_another_institutions_or_runs_file(clinic: Clinic) -> None:
    visit = clinic.card("taro").visit
    for stranger, refusal in (
        (clinic.elsewhere(OTHER_INSTITUTION), Refusal.VISIT_OTHER_INSTITUTION),
        (clinic.in_run("one"), Refusal.VISIT_OTHER_RUN),
    ):
        ask = partial(stranger.service.face_state, caller=stranger.caller, visit=visit)
        assert refusal_of(partial(stranger.do, ask)) is refusal


def test_files_of_runs_wait_apart(clinic: Clinic) -> None:
    one, two = clinic.in_run("one"), clinic.in_run("two")
    one.card("taro")
    two.card("hanako")
    assert [told(content(face))["Name"] for face in waiting(one)] == ["協会　太郎"]
    assert [told(content(face))["Name"] for face in waiting(two)] == ["協会　花子"]
    assert waiting(clinic) == []


def test_personal_data_are_in_no_repr(clinic: Clinic) -> None:
    clinic.card("taro")
    assert "協会" not in repr(waiting(clinic))

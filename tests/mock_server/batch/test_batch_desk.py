"""一括照会 inside the server: what was acknowledged is kept, done once, and told to its sender only."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from eligibility.oqs.bulk_messages import BulkConfirmUnit, BulkQualificationRequest, BulkRequestBody
from eligibility.oqs.codes import ProcessingResultStatus, QualificationValidity, SegmentOfResult
from eligibility.oqs.headers import PlainRequestHeader, RequestHeader
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from eligibility.oqs.reference_numbers import (
    BulkReferenceNumberBody,
    BulkReferenceNumberRequest,
    ReferenceNumberRegistrationInfo,
)
from mock_server.batch import submissions
from mock_server.batch.desk import BatchDesk, BulkAnswer
from mock_server.batch.work import work_off
from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.people import Person
from mock_server.personas import find_persona, load_personas
from mock_server.reference_numbers import number_of
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm, disarm, every_armed
from mock_server.scenarios.not_served import NotServed
from mock_server.service import QualificationService
from tests.mock_server.conftest import INSTITUTION
from tests.mock_server.paper_queries import numbers_of

OTHER = "1398765432"
LONG_ENOUGH_S = 60.0


@pytest.fixture
def desk(ledger: Ledger) -> Iterator[BatchDesk]:
    numbers = itertools.count(1)
    opened = BatchDesk(ledger, lambda length: next(numbers).to_bytes(length, "big"))
    yield opened
    opened.close()


def asked_for(*names: str) -> tuple[QualificationConfirmSearchInfo, ...]:
    return tuple(numbers_of(name).query for name in names)


def request(*people: QualificationConfirmSearchInfo, identifier: str | None = "MOCKLIST1") -> BulkQualificationRequest:
    header = RequestHeader(
        qualification_confirmation_date="20261120",
        medical_institution_code=INSTITUTION,
        arbitrary_file_identifier=identifier,
    )
    return BulkQualificationRequest(message_header=header, message_body=BulkRequestBody(people=people))


def finished(desk: BatchDesk, number: str, caller: Caller | None = None) -> BulkAnswer:
    end = time.monotonic() + LONG_ENOUGH_S
    while time.monotonic() < end:
        answer = desk.result(caller or Caller(INSTITUTION), number)
        if answer.header.segment_of_result is SegmentOfResult.DONE:
            return answer
        time.sleep(0.01)
    pytest.fail("the batch was not worked off")


def submitted(desk: BatchDesk, message: BulkQualificationRequest, caller: Caller | None = None) -> str:
    number = desk.submit(caller or Caller(INSTITUTION), message).reception_number
    assert number
    return number


def refusal_of(desk: BatchDesk, number: str, caller: Caller) -> Refusal:
    with pytest.raises(QualificationError) as refused:
        desk.result(caller, number)
    return refused.value.refusal


def test_every_persona_in_a_list_gets_what_a_single_query_says(
    desk: BatchDesk, ledger: Ledger, service: QualificationService
) -> None:
    names = tuple(load_personas())
    answer = finished(desk, submitted(desk, request(*asked_for(*names))))
    units = list(answer.units())
    assert len(units) == len(names)
    for name, unit in zip(names, units, strict=True):
        assert isinstance(unit, BulkConfirmUnit)
        query = numbers_of(name)
        alone = ledger.run_sync(partial(service.check_by_numbers, caller=Caller(INSTITUTION), request=query))
        assert unit.qualification_confirm_search_info == query.query
        assert unit.processing_result_status is ProcessingResultStatus.DONE
        assert unit.qualification_validity is alone.validity, name
        assert unit.result_of_qualification_confirmation == alone.only_result, name


def test_the_header_counts_and_echoes(desk: BatchDesk) -> None:
    number = submitted(desk, request(*asked_for("taro", "hanako")))
    header = finished(desk, number).header
    assert header.reception_number == number
    assert header.arbitrary_file_identifier == "MOCKLIST1"
    assert header.qualification_confirmation_date == "20261120"
    assert (header.number_of_processing_result, header.number_of_normal_processing, header.number_of_error) == (
        "2",
        "2",
        "0",
    )


def test_the_same_list_sent_twice_is_one(desk: BatchDesk, ledger: Ledger) -> None:
    first = submitted(desk, request(*asked_for("taro")))
    assert submitted(desk, request(*asked_for("taro"))) == first
    finished(desk, first)
    assert submitted(desk, request(*asked_for("taro"))) == first
    assert _count(ledger, tables.batch) == 1
    assert _count(ledger, tables.batch_item) == 1


def test_another_identifier_or_content_or_none_is_another_list(desk: BatchDesk) -> None:
    numbers = {
        submitted(desk, request(*asked_for("taro"))),
        submitted(desk, request(*asked_for("taro"), identifier="MOCKLIST2")),
        submitted(desk, request(*asked_for("hanako"))),
        submitted(desk, request(*asked_for("taro"), identifier=None)),
        submitted(desk, request(*asked_for("taro"), identifier=None)),
    }
    assert len(numbers) == 5


def test_the_same_people_for_another_day_are_another_list(desk: BatchDesk) -> None:
    monday = request(*asked_for("taro"))
    header = monday.message_header.model_copy(update={"qualification_confirmation_date": "20261121"})
    tuesday = monday.model_copy(update={"message_header": header})
    assert submitted(desk, monday) != submitted(desk, tuesday)


def test_nobody_else_learns_of_a_list(desk: BatchDesk) -> None:
    number = submitted(desk, request(*asked_for("taro")))
    finished(desk, number)
    assert refusal_of(desk, number, Caller(OTHER)) is Refusal.BATCH_UNKNOWN
    assert refusal_of(desk, number, Caller(INSTITUTION, run="other")) is Refusal.BATCH_UNKNOWN
    assert submitted(desk, request(*asked_for("taro")), Caller(OTHER)) != number
    assert submitted(desk, request(*asked_for("taro")), Caller(INSTITUTION, run="other")) != number


def test_too_many_people_and_nobody_are_refused(desk: BatchDesk, ledger: Ledger) -> None:
    (taro,) = asked_for("taro")
    with pytest.raises(QualificationError) as many:
        desk.submit(Caller(INSTITUTION), request(*[taro] * (submissions.MOST_ITEMS + 1)))
    assert many.value.refusal is Refusal.BATCH_TOO_MANY
    with pytest.raises(QualificationError) as none:
        desk.submit(
            Caller(INSTITUTION),
            BulkQualificationRequest.model_construct(
                message_header=request(taro).message_header, message_body=BulkRequestBody.model_construct(people=())
            ),
        )
    assert none.value.refusal is Refusal.BATCH_EMPTY
    assert _count(ledger, tables.batch) == 0


def test_a_list_that_was_cut_off_while_it_was_taken_down_is_finished_by_sending_it_again(
    desk: BatchDesk, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.batch.desk.PIECE", 3)
    message = request(*asked_for("taro", "hanako", "ume", "shiro", "goro", "kenta", "mayu"))

    class PowerCut(Exception):  # noqa: N818
        pass

    written = submissions.add_items
    calls = itertools.count()

    def cut(*args: object, **named: object) -> None:
        if next(calls) == 1:
            raise PowerCut
        written(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("mock_server.batch.desk.add_items", cut)
    with pytest.raises(PowerCut):
        desk.submit(Caller(INSTITUTION), message)
    assert _count(ledger, tables.batch_item) == 3
    number = submitted(desk, message)
    assert len(list(finished(desk, number).units())) == 7
    assert _count(ledger, tables.batch) == 1


def test_an_unacknowledged_list_is_not_worked_off(desk: BatchDesk, ledger: Ledger) -> None:
    item = '{"InsurerNumber":"01139997"}'
    ledger.run_sync(
        lambda tx: submissions.open_submission(
            tx, Caller(INSTITUTION), submissions.Kind.QUALIFICATION, "s", "MOCK01", 1, None, {"on": "2026-11-20"}
        )
    )
    ledger.run_sync(lambda tx: submissions.add_items(tx, "MOCK01", 0, [item]))
    desk.go_on()
    finished(desk, submitted(desk, request(*asked_for("taro"))))  # whatever was to be done is done by now
    answer = desk.result(Caller(INSTITUTION), "MOCK01")
    assert (answer.header.segment_of_result, answer.done, answer.total) == (SegmentOfResult.RUNNING, 0, 1)
    assert list(answer.units()) == []


def test_what_another_process_left_is_gone_on_with(desk: BatchDesk, ledger: Ledger) -> None:
    left = BatchDesk(ledger, bytes)
    left.close()  # a worker that was stopped does nothing any more
    number = submitted(left, request(*asked_for("taro", "hanako")))
    assert desk.result(Caller(INSTITUTION), number).done == 0
    desk.go_on()
    assert len(list(finished(desk, number).units())) == 2


def test_an_item_is_answered_once_however_many_workers_there_are(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mock_server.batch import desk as module

    answered: list[str] = []
    ordinary, failed = module.ANSWERS[submissions.Kind.QUALIFICATION]

    def counted(tx: object, row: object, items: list[str]) -> list[str]:
        answered.extend(items)
        return ordinary(tx, row, items)  # type: ignore[arg-type]

    monkeypatch.setitem(module.ANSWERS, submissions.Kind.QUALIFICATION, (counted, failed))
    desks = [BatchDesk(ledger, partial(_same_bytes, own)) for own in range(4)]
    try:
        numbers = [
            submitted(one, request(*asked_for("taro", "hanako", "ume") * 100, identifier=f"MOCK{own}"))
            for own, one in enumerate(desks)
        ]
        for one in desks:
            one.go_on()
        for one, number in zip(desks, numbers, strict=True):
            assert len(list(finished(one, number).units())) == 300
    finally:
        for one in desks:
            one.close()
    assert len(answered) == 1200


def test_an_item_that_breaks_the_program_is_told_and_holds_nobody_up(
    desk: BatchDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mock_server.answer_results import result_of as ordinary

    def breaking(person: Person, *rest: Any, **named: Any) -> Any:
        if person.key == "hanako":
            raise OverflowError(person.name)
        return ordinary(person, *rest, **named)

    monkeypatch.setattr("mock_server.batch.qualifications.result_of", breaking)
    done = finished(desk, submitted(desk, request(*asked_for("taro", "hanako", "ume"))))
    assert (done.header.number_of_normal_processing, done.header.number_of_error) == ("2", "1")
    first, second, third = done.units()
    assert isinstance(second, BulkConfirmUnit)
    assert second.processing_result_status is ProcessingResultStatus.ERROR
    assert second.processing_result_code == "MOCK-INTERNAL"
    assert second.qualification_validity is None
    assert [unit.processing_result_status for unit in (first, third)] == [ProcessingResultStatus.DONE] * 2
    assert "OverflowError" in caplog.text
    assert find_persona("hanako").person.name not in caplog.text


def test_a_worker_that_met_a_fault_goes_on(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = itertools.count()
    ordinary = work_off

    def faulty(*args: Any, **named: Any) -> int:
        if next(calls) == 0:
            raise MemoryError
        return ordinary(*args, **named)

    monkeypatch.setattr("mock_server.batch.desk.work_off", faulty)
    desk = BatchDesk(ledger, bytes)
    try:
        assert len(list(finished(desk, submitted(desk, request(*asked_for("taro")))).units())) == 1
    finally:
        desk.close()


@pytest.mark.parametrize("day", ["99991231", "18680125"])
def test_a_day_beyond_the_calendar_is_refused_before_anything_is_kept(
    desk: BatchDesk, ledger: Ledger, service: QualificationService, day: str
) -> None:
    message = request(*asked_for("ume"))
    header = message.message_header.model_copy(update={"qualification_confirmation_date": day})
    with pytest.raises(QualificationError) as refused:
        desk.submit(Caller(INSTITUTION), message.model_copy(update={"message_header": header}))
    assert refused.value.refusal is Refusal.REQUEST_DAY
    assert _count(ledger, tables.batch) == 0
    with pytest.raises(QualificationError) as alone:
        ledger.run_sync(
            partial(service.check_by_numbers, caller=Caller(INSTITUTION), request=numbers_of("ume", on=day))
        )
    assert alone.value.refusal is Refusal.REQUEST_DAY


@pytest.mark.parametrize(
    ("scenario", "status", "code"),
    [
        ("failed", ProcessingResultStatus.ERROR, "MOCK-SERVICE-FAILED"),
        ("processing", ProcessingResultStatus.ERROR, "MOCK-SERVICE-PROCESSING"),
        ("no_such_person", ProcessingResultStatus.DONE, None),
    ],
)
def test_a_trouble_armed_for_one_person_strikes_that_person_in_a_list(
    desk: BatchDesk, ledger: Ledger, scenario: str, status: ProcessingResultStatus, code: str | None
) -> None:
    ledger.run_sync(lambda tx: arm(tx, Order(scenario, persona="hanako")))
    first, struck, third = finished(desk, submitted(desk, request(*asked_for("taro", "hanako", "ume")))).units()
    assert isinstance(struck, BulkConfirmUnit)
    assert (struck.processing_result_status, struck.processing_result_code) == (status, code)
    assert struck.result_of_qualification_confirmation is None
    for spared in (first, third):
        assert isinstance(spared, BulkConfirmUnit)
        assert spared.qualification_validity is QualificationValidity.VALID
    again = list(finished(desk, submitted(desk, request(*asked_for("hanako"), identifier="MOCK2"))).units())
    assert [unit.processing_result_status for unit in again] == [ProcessingResultStatus.DONE]


def registrations(*units: ReferenceNumberRegistrationInfo) -> BulkReferenceNumberRequest:
    return BulkReferenceNumberRequest(
        message_header=PlainRequestHeader(medical_institution_code=INSTITUTION, arbitrary_file_identifier="MOCKREF"),
        message_body=BulkReferenceNumberBody(registrations=units),
    )


def registration(name: str, own: str, **changes: str) -> ReferenceNumberRegistrationInfo:
    paper = find_persona(name).numbers() | changes
    return ReferenceNumberRegistrationInfo(
        reference_number=own,
        insurer_number=paper["insurer_number"],
        insured_card_symbol=paper["symbol"] or None,
        insured_identification_number=paper["number"],
        insured_branch_number=paper["branch"] or None,
    )


@pytest.mark.parametrize("armed_for", ["reference_number.bulk", "reference_number"])
def test_a_trouble_armed_for_a_list_of_reference_numbers_strikes_it_and_no_other_list(
    desk: BatchDesk, ledger: Ledger, armed_for: str
) -> None:
    ledger.run_sync(lambda tx: arm(tx, Order("failed", call=armed_for, times=None)))
    submitted(desk, request(*asked_for("taro")))
    message = registrations(registration("taro", "K-1"))
    with pytest.raises(NotServed):
        desk.submit_registrations(Caller(INSTITUTION), message)
    (armed,) = ledger.run_sync(every_armed, reads=True)
    assert (armed.fired, _count(ledger, tables.batch)) == (1, 1)
    ledger.run_sync(disarm)
    number = desk.submit_registrations(Caller(INSTITUTION), message).reception_number
    assert number
    assert len(list(finished(desk, number).units())) == 1
    calls = ledger.run_sync(lambda tx: tx.connection.execute(select(tables.exchange.c.call)).scalars().all())
    assert calls[:3] == ["batch.submit", "reference_number.bulk", "reference_number.bulk"]
    assert set(calls[3:]) == {"batch.result"}


def test_reference_numbers_of_many_are_registered_or_told_one_by_one(desk: BatchDesk, ledger: Ledger) -> None:
    message = registrations(registration("taro", "K-1"), registration("taro", "K-2", number="999999"))
    number = desk.submit_registrations(Caller(INSTITUTION), message).reception_number
    assert number
    units = list(finished(desk, number).units())
    assert [unit.processing_result_status for unit in units] == [
        ProcessingResultStatus.DONE,
        ProcessingResultStatus.ERROR,
    ]
    assert (units[1].processing_result_code or "").startswith("MOCK-")
    (taro,) = find_persona("taro").person.memberships
    assert ledger.run_sync(lambda tx: number_of(tx, INSTITUTION, "", taro)) == "K-1"
    assert ledger.run_sync(lambda tx: number_of(tx, OTHER, "", taro)) is None
    again = finished(desk, submitted(desk, request(*asked_for("taro"))))
    assert [unit.reference_number for unit in again.units()] == ["K-1"]  # type: ignore[union-attr]


def _same_bytes(own: int, length: int) -> bytes:
    return bytes([own]) * length


def _count(ledger: Ledger, table: Table) -> int:
    return ledger.run_sync(
        lambda tx: int(tx.connection.execute(select(func.count()).select_from(table)).scalar_one()),
        reads=True,
    )

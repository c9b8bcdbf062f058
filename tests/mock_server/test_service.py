"""Questions and answers, as a counter asks them: the messages element by element (online-qualification.md §2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from eligibility.calendar import JST
from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.json_text import to_json_text
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.personas import load_personas
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from tests.mock_server.conftest import Clock, Counter
from tests.mock_server.paper_queries import numbers_of


@dataclass
class Desk:
    """A clinic that types in the numbers of a paper."""

    ledger: Ledger
    service: QualificationService

    def ask(self, request: QualificationRequest) -> QualificationResult:
        caller = Caller(request.message_header.medical_institution_code)
        return self.ledger.run_sync(lambda tx: self.service.check_by_numbers(tx, caller, request))


@pytest.fixture
def desk(ledger: Ledger, service: QualificationService) -> Desk:
    return Desk(ledger, service)


def elements(message: QualificationResult) -> dict[str, str]:
    """What the only result says, as a client sees it."""
    body = to_json(message)["XmlMsg"]["MessageBody"]  # type: ignore[index]
    (item,) = body["ResultList"]
    return dict(item["ResultOfQualificationConfirmation"])


# ── by card ──


def test_the_answer_to_taros_card(counter: Counter) -> None:
    answer = counter.ask("taro")
    message = to_json(answer.message)["XmlMsg"]
    assert message == {
        "MessageHeader": {
            "ProcessExecutionTime": "20261120090000",
            "QualificationConfirmationDate": "20261120",
            "MedicalInstitutionCode": "1312345678",
            "ReferenceClassification": "1",
            "SegmentOfResult": "1",
            "CharacterCodeIdentifier": "0",
        },
        "MessageBody": {
            "ProcessingResultStatus": "1",
            "QualificationValidity": "1",
            "ResultList": [
                {
                    "ResultOfQualificationConfirmation": {
                        "InsuredCardClassification": "01",
                        "InsurerNumber": "01139997",
                        "InsuredCardSymbol": "21700023",
                        "InsuredIdentificationNumber": "1155",
                        "InsuredBranchNumber": "00",
                        "PersonalFamilyClassification": "1",
                        "InsuredName": "協会　太郎",
                        "Name": "協会　太郎",
                        "NameKana": "ｷｮｳｶｲ ﾀﾛｳ",
                        "Sex1": "1",
                        "Birthdate": "19850615",
                        "Address": "東京都見本区窓口一丁目２番３号",
                        "PostNumber": "000-0001",
                        "QualificationDate": "20240401",
                        "InsuredCertificateIssuanceDate": "20240410",
                        "InsuredCardValidDate": "20240401",
                        "InsurerName": "全国健康保険協会　見本支部",
                        "LimitApplicationCertificateRelatedConsFlg": "1",
                        "LimitApplicationCertificateRelatedConsTime": "20261120090000",
                    }
                }
            ],
        },
    }


def test_a_dependant_is_family_of_the_insured(counter: Counter) -> None:
    told = elements(counter.ask("hanako").message)
    assert (told["PersonalFamilyClassification"], told["InsuredName"], told["Name"]) == (
        "2",
        "協会　太郎",
        "協会　花子",
    )


def test_a_child_is_marked_until_the_march_of_school_entry(counter: Counter, desk: Desk) -> None:
    assert elements(counter.ask("sakura").message)["PreschoolClassification"] == "1"
    paper = numbers_of("sakura", on="20300331")
    assert elements(desk.ask(paper))["PreschoolClassification"] == "1"
    paper = numbers_of("sakura", on="20300401")
    assert "PreschoolClassification" not in elements(desk.ask(paper))


@pytest.mark.parametrize(
    ("on", "paper"),
    [
        ("20260430", None),
        ("20260501", ("20260501", "20260731")),
        ("20260731", ("20260501", "20260731")),
        ("20260801", ("20260801", "20270731")),
        ("20261120", ("20260801", "20270731")),
        ("20310411", ("20300801", "20310411")),
        ("20310412", None),
    ],
)
def test_the_elderly_paper_is_renewed_every_august_from_70_to_the_day_before_75(
    desk: Desk, on: str, paper: tuple[str, str] | None
) -> None:
    """kiyoshi, born 1956-04-12 (validation.md §4)."""
    result = desk.ask(numbers_of("kiyoshi", on=on)).only_result
    assert result is not None
    info = result.elderly_recipient_certificate_info
    assert (info and (info.elderly_recipient_valid_start_date, info.elderly_recipient_valid_end_date)) == paper
    assert result.elderly_burden_ratio == (20 if paper else None)


def test_an_elderly_person_has_a_ratio_and_neither_symbol_nor_branch(counter: Counter) -> None:
    told = elements(counter.ask("ume").message)
    assert told["InsuredPartialContributionRatio"] == "010"
    assert "InsuredCardSymbol" not in told
    assert "InsuredBranchNumber" not in told


def test_an_ended_membership_is_named_with_its_end(counter: Counter) -> None:
    answer = counter.ask("kenta")
    assert answer.message.validity == "2"
    told = elements(answer.message)
    assert (told["InsurerNumber"], told["DisqualificationDate"], told["ReasonOfLoss"]) == ("06139992", "20261001", "99")


def test_nothing_found_has_no_result(counter: Counter) -> None:
    message = counter.ask("mayu").message
    assert (message.validity, message.results) == ("4", ())


def test_a_card_without_registration_is_told_so_and_nothing_else(counter: Counter) -> None:
    answer = counter.ask("shiro")
    body = to_json(answer.message)["XmlMsg"]["MessageBody"]  # type: ignore[index]
    assert not answer.registered
    assert body == {
        "ProcessingResultStatus": "2",
        "ProcessingResultCode": "MOCK-NOT-REGISTERED",
        "ProcessingResultMessage": "マイナ保険証としての利用登録がありません。",
    }


def test_a_character_the_insurer_cannot_hold_arrives_as_a_black_dot(counter: Counter) -> None:
    assert elements(counter.ask("takahashi").message)["Name"] == "●橋　一郎"


@pytest.mark.parametrize(
    ("on", "state", "code"),
    [
        (date(2026, 11, 20), "valid", ""),
        (date(2029, 6, 1), "expiring", "MOCK-CERTIFICATE-EXPIRING"),
        (date(2029, 9, 30), "grace", "MOCK-CERTIFICATE-GRACE"),
    ],
)
def test_the_state_of_the_certificate_is_told_beside_the_answer(
    counter: Counter, clock: Clock, on: date, state: str, code: str
) -> None:
    """taro's ends on 2029-06-15; reception.md §4: in grace the qualification is still answered."""
    clock.at = datetime(on.year, on.month, on.day, 9, tzinfo=JST)
    answer = counter.ask("taro")
    assert (answer.certificate_state, answer.message.result_code) == (state, code)
    assert answer.message.is_valid


def test_beyond_grace_there_is_no_answer(counter: Counter, clock: Clock) -> None:
    clock.at = datetime(2029, 10, 1, 9, tzinfo=JST)
    with pytest.raises(QualificationError) as refusal:
        counter.ask("taro")
    assert refusal.value.refusal is Refusal.CERTIFICATE_EXPIRED


# ── by numbers ──


@pytest.mark.parametrize(
    ("name", "changes", "validity"),
    [
        ("taro", {}, "1"),
        ("nanami", {}, "1"),
        ("shiro", {}, "1"),
        ("kenta", {}, "2"),
        ("haruka", {}, "3"),
        ("mayu", {}, "4"),
        ("taro", {"birthdate": "19850616"}, "4"),
        ("taro", {"insured_branch_number": "02"}, "4"),
    ],
)
def test_queries_by_numbers(desk: Desk, name: str, changes: dict[str, str], validity: str) -> None:
    assert desk.ask(numbers_of(name, **changes)).validity == validity


def test_the_question_is_echoed(desk: Desk) -> None:
    request = numbers_of("taro")
    result = desk.ask(request)
    assert result.message_header.arbitrary_file_identifier == "MOCK0001"
    assert result.message_header.reference_classification == "2"
    assert result.message_body is not None
    assert result.message_body.qualification_confirm_search_info == request.query


def test_the_day_asked_for_counts(desk: Desk) -> None:
    assert desk.ask(numbers_of("kenta", on="20260930")).validity == "1"
    assert desk.ask(numbers_of("kenta", on="20261001")).validity == "2"
    assert desk.ask(numbers_of("kenta", on="20190331")).validity == "4"


def test_every_query_is_a_row(desk: Desk, counter: Counter) -> None:
    desk.ask(numbers_of("haruka"))
    desk.ask(numbers_of("mayu"))
    assert [(row.call, row.outcome, row.person) for row in counter.exchanges()] == [
        ("qualification.numbers", "validity:3", "haruka"),
        ("qualification.numbers", "validity:4", ""),
    ]


# ── the messages travel ──


ANSWERED = [
    name for name, persona in load_personas().items() if persona.card.certificate in ("valid", "expiring", "grace")
]


@pytest.mark.parametrize("name", ANSWERED)
def test_every_answer_survives_every_spelling(counter: Counter, name: str) -> None:
    message = counter.ask(name).message
    assert from_json(QualificationResult, to_json(message)) == message
    assert json.loads(to_json_text(message)) == to_json(message)
    assert from_xml(QualificationResult, to_xml(message)) == message


def test_no_personal_data_is_in_a_repr(counter: Counter) -> None:
    answer = counter.ask("taro")
    for told in ("協会", "1155", "21700023", "19850615"):
        assert told not in repr(answer)

"""The client against a small server of its own: what it asks, what it believes, and what every failure becomes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from eligibility.insurers import InsurerNumber
from kiosk.flow.answer import Qualification
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from tests.kiosk.services.samples import INSTITUTION, JST, NOTICE
from tests.kiosk.services.small_server import (
    CHALLENGE,
    ELDERLY_PAPER,
    TARO,
    Json,
    SmallServer,
    a_challenge,
    ask_by_card,
    by_card,
    by_numbers,
    client_of,
    message,
    stopped,
)

# --- what it asks -----------------------------------------------------------------------------------------------


def test_a_challenge_is_asked_for_without_a_word_about_the_patient(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    server.answers(CHALLENGE)
    assert client.challenge() == a_challenge()
    assert server.asked == [("POST", "/mock/v1/challenge", {"institution": INSTITUTION, "purpose": "qualification"})]


def test_a_card_is_asked_about_in_one_request(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO))
    ask_by_card(client)
    [(method, path, asked)] = server.asked
    assert (method, path) == ("POST", "/mock/v1/qualification/card")
    assert base64.b64decode(asked.pop("certificate")) == b"certificate"
    assert base64.b64decode(asked.pop("signature")) == b"signature"
    assert asked == {"institution": INSTITUTION, "purpose": "qualification", "nonce": "bm9uY2U"}


def test_a_paper_is_asked_about_with_its_numbers_and_the_day(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    server.answers(by_numbers(TARO))
    client.check_by_paper(NOTICE)
    client.check_by_paper(replace(NOTICE, insurer_number=InsurerNumber("139998"), symbol="", branch=""))
    first, second = (asked["message"]["XmlMsg"] for _, _, asked in server.asked)
    assert first == {
        "MessageHeader": {
            "QualificationConfirmationDate": "20261120",
            "MedicalInstitutionCode": INSTITUTION,
            "ArbitraryFileIdentifier": "MOCK00000001",
        },
        "MessageBody": {
            "QualificationConfirmSearchInfo": {
                "InsurerNumber": "01139997",
                "InsuredCardSymbol": "21700023",
                "InsuredIdentificationNumber": "1155",
                "InsuredBranchNumber": "00",
                "Birthdate": "19850615",
                "LimitApplicationCertificateRelatedConsFlg": "0",
            }
        },
    }
    assert second["MessageHeader"]["ArbitraryFileIdentifier"] == "MOCK00000002"
    query = second["MessageBody"]["QualificationConfirmSearchInfo"]
    assert query["InsurerNumber"] == "00139998"
    assert not {"InsuredCardSymbol", "InsuredBranchNumber"} & query.keys()


def test_a_number_that_does_not_fit_is_refused_here_and_not_repeated(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    with pytest.raises(ServiceStopped) as stop:
        client.check_by_paper(replace(NOTICE, number="9" * 21))
    assert (stop.value.trouble, stop.value.detail) == (Trouble.SERVER_REFUSED, "request")
    assert stop.value.__cause__ is None
    assert server.asked == []


def test_nothing_comes_from_the_environment(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example")
    server.answers(CHALLENGE)
    with client_of(server) as client:
        client.challenge()
    assert "cookie" not in server.seen_headers
    assert "authorization" not in server.seen_headers
    assert server.seen_headers["content-type"] == "application/json"


# --- what it understands ----------------------------------------------------------------------------------------


def test_an_answer_by_card_in_plain_fields(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card({**TARO, "ElderlyRecipientCertificateInfo": ELDERLY_PAPER}))
    assert ask_by_card(client) == Qualification(
        "card",
        validity=1,
        certificate_state="valid",
        card_class="01",
        insurer_number="01139997",
        insurer_name="全国健康保険協会　見本支部",
        symbol="21700023",
        number="1155",
        branch="00",
        name="協会　太郎",
        name_kana="ｷｮｳｶｲ ﾀﾛｳ",
        birthdate=date(1985, 6, 15),
        elderly_burden_ratio=20,
        valid_until=date(2027, 9, 30),
        lost_on=date(2027, 10, 1),
        answered_at=datetime(2026, 11, 20, 9, 14, tzinfo=JST),
    )


def test_an_answer_by_numbers_to_its_own_question(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(
        by_numbers(
            {**TARO, "InsuredPartialContributionRatio": "010"}, header={"ArbitraryFileIdentifier": "MOCK00000001"}
        )
    )
    answer = client.check_by_paper(NOTICE)
    assert (answer.by, answer.validity, answer.burden_ratio, answer.certificate_state) == ("numbers", 1, 10, "")
    assert stopped(lambda: client.check_by_paper(NOTICE)) == (Trouble.SERVER_DOWN, "identifier"), "the one before"


@pytest.mark.parametrize(
    ("dates", "ratio"),
    [
        ({}, 20),
        ({"ElderlyRecipientValidStartDate": "20261121"}, None),
        ({"ElderlyRecipientValidStartDate": "20261120"}, 20),
        ({"ElderlyRecipientValidEndDate": "20261119"}, None),
        ({"ElderlyRecipientValidEndDate": "20261120"}, 20),
        ({"ElderlyRecipientValidStartDate": "", "ElderlyRecipientValidEndDate": ""}, 20),
    ],
)
def test_a_share_from_70_on_counts_only_while_it_is_in_effect(
    client: HttpQualificationClient, server: SmallServer, dates: Json, ratio: int | None
) -> None:
    server.answers(by_card({**TARO, "ElderlyRecipientCertificateInfo": {**ELDERLY_PAPER, **dates}}))
    assert ask_by_card(client).elderly_burden_ratio == ratio


@pytest.mark.parametrize("validity", [2, 3, 4, 5])
def test_answers_that_confirm_nothing(client: HttpQualificationClient, server: SmallServer, validity: int) -> None:
    server.answers(by_card(QualificationValidity=str(validity)))
    assert ask_by_card(client) == Qualification("card", validity=validity, certificate_state="valid")


def test_several_found_is_nobody_in_particular(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO, TARO, QualificationValidity="5"))
    assert ask_by_card(client) == Qualification("card", validity=5, certificate_state="valid")


def test_an_ended_membership_names_its_insurer(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO, QualificationValidity="2"))
    answer = ask_by_card(client)
    assert (answer.validity, answer.insurer_number, answer.lost_on) == (2, "01139997", date(2027, 10, 1))


def test_a_card_without_the_registration(client: HttpQualificationClient, server: SmallServer) -> None:
    refused = message(ProcessingResultStatus="2", ProcessingResultCode="MOCK-NOT-REGISTERED", QualificationValidity="")
    server.answers({"message": refused, "certificate_state": "expiring", "registered": False})
    assert ask_by_card(client) == Qualification(
        "card", registered=False, code="MOCK-NOT-REGISTERED", certificate_state="expiring"
    )


# --- what it does not believe -----------------------------------------------------------------------------------

REFUSALS = [
    (403, "MOCK-CERTIFICATE-EXPIRED", Trouble.CERTIFICATE_REFUSED),
    (403, "MOCK-CERT-REVOKED", Trouble.CERTIFICATE_REFUSED),
    (409, "MOCK-CHALLENGE-REPLAYED", Trouble.SERVER_REFUSED),
    (400, "MOCK-REQUEST-INSTITUTION", Trouble.SERVER_REFUSED),
    (403, "MOCK-SIGNATURE-INVALID", Trouble.SERVER_REFUSED),
    (500, "MOCK-INTERNAL", Trouble.SERVER_DOWN),
    (503, "MOCK-CERTIFICATE-EXPIRED", Trouble.SERVER_DOWN),
]


@pytest.mark.parametrize(("status", "code", "trouble"), REFUSALS)
def test_refusals_keep_their_code(
    client: HttpQualificationClient, server: SmallServer, status: int, code: str, trouble: Trouble
) -> None:
    server.answers({"error": {"code": code, "message": "…", "remedy": "…"}}, status)
    assert stopped(lambda: ask_by_card(client)) == (trouble, code)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"error": "text"}', b'{"error": {"code": 7}}',
     b'{"error": {"code": "\\u5354\\u4f1a"}}',
     json.dumps({"error": {"code": "A" * 61}}).encode(), b'{"error": {"code": "x\\ny"}}'],
)  # fmt: skip
@pytest.mark.parametrize(("status", "trouble"), [(418, Trouble.SERVER_REFUSED), (502, Trouble.SERVER_DOWN)])
def test_what_only_looks_like_a_refusal_is_told_by_its_status(
    client: HttpQualificationClient, server: SmallServer, body: bytes, status: int, trouble: Trouble
) -> None:
    server.answers(body, status)
    assert stopped(client.challenge) == (trouble, f"HTTP-{status}")


def test_a_redirect_is_not_followed(client: HttpQualificationClient, server: SmallServer) -> None:
    server.headers = [(b"location", b"https://onshikaku.org/")]
    server.answers(CHALLENGE, 307)
    assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "HTTP-307")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"institution": "1399999999"},
        {"purpose": "something else"},
        {"nonce": ""},
        {"nonce": 7},
        {"nonce": "x" * 1001},
        {"nonce": "line\nline"},
        {"server": None},
        {"expires_at": "soon"},
        {"expires_at": "2026-11-20T09:19:00"},
        {"expires_at": 5},
    ],
)
def test_a_challenge_for_anything_else_is_not_signed(
    client: HttpQualificationClient, server: SmallServer, changes: Json
) -> None:
    server.answers({**CHALLENGE, **changes})
    assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "challenge")


BROKEN: list[tuple[Json | bytes, str]] = [
    (b"", "json"),
    (b"[]", "json"),
    (b"[" * 100_000, "json"),
    (b"\xff\xfe", "json"),
    ({}, "card"),
    ({**by_card(TARO), "registered": "yes"}, "card"),
    ({**by_card(TARO), "certificate_state": "expired"}, "card"),
    ({**by_card(TARO), "message": None}, "message.json.type"),
    (by_card({**TARO, "Birthdate": "19850631"}), "message.value.date"),
    (by_card(TARO, header={"MedicalInstitutionCode": "1399999999"}), "institution"),
    (by_card(TARO, header={"ReferenceClassification": "2"}), "classification"),
    (by_card(TARO, ProcessingResultStatus=""), "status"),
    (by_card(TARO, QualificationValidity=""), "validity"),
    (by_card(TARO, QualificationValidity="7"), "message.value.code"),
    (by_card(TARO, header={"QualificationConfirmationDate": "20261020"}), "other_day"),
    (by_card(TARO, header={"QualificationConfirmationDate": "20261122"}), "other_day"),
    (by_card(), "results"),
    (by_card(TARO, TARO), "results"),
    (by_card({**TARO, "InsuredPartialContributionRatio": "000"}), "ratio"),
    (by_card({**TARO, "InsuredPartialContributionRatio": "100"}), "ratio"),
    (by_card(TARO, header={"SegmentOfResult": "2"}), "segment_2"),
    (by_card(TARO, header={"SegmentOfResult": "9", "ErrorCode": "MOCK-NIGHT"}), "MOCK-NIGHT"),
]


@pytest.mark.parametrize(("content", "detail"), BROKEN, ids=[f"{index}-{case[1]}" for index, case in enumerate(BROKEN)])
def test_an_answer_that_makes_no_sense_is_no_answer(
    client: HttpQualificationClient, server: SmallServer, content: Json | bytes, detail: str
) -> None:
    server.answers(content)
    assert stopped(lambda: ask_by_card(client)) == (Trouble.SERVER_DOWN, detail)


@pytest.mark.parametrize("day", ["20261119", "20261121"])
def test_midnight_may_come_between_a_card_and_its_answer(
    client: HttpQualificationClient, server: SmallServer, day: str
) -> None:
    server.answers(by_card(TARO, header={"QualificationConfirmationDate": day}))
    assert ask_by_card(client).validity == 1


@pytest.mark.parametrize("day", ["20261119", "20261121", "20261020"])
def test_numbers_are_answered_for_the_very_day_they_asked_about(
    client: HttpQualificationClient, server: SmallServer, day: str
) -> None:
    server.answers(by_numbers(TARO, header={"QualificationConfirmationDate": day}))
    assert stopped(lambda: client.check_by_paper(NOTICE)) == (Trouble.SERVER_DOWN, "other_day")


def test_an_answer_no_rule_decides_is_told_as_such(client: HttpQualificationClient, server: SmallServer) -> None:
    """資格有効性 6 is for 医療扶助 only (online-qualification.md §2.4)."""
    server.answers(by_card(TARO, QualificationValidity="6"))
    assert stopped(lambda: ask_by_card(client)) == (Trouble.SERVER_REFUSED, "validity_6")
    server.answers(by_numbers(TARO, QualificationValidity="6"))
    assert stopped(lambda: client.check_by_paper(NOTICE)) == (Trouble.SERVER_REFUSED, "validity_6")


def test_an_error_for_this_person_is_a_refusal(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_numbers(ProcessingResultStatus="2", ProcessingResultCode="MOCK-X", QualificationValidity=""))
    assert stopped(lambda: client.check_by_paper(NOTICE)) == (Trouble.SERVER_REFUSED, "MOCK-X")


def test_an_answer_to_a_card_is_no_answer_to_numbers(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO))
    assert stopped(lambda: client.check_by_paper(NOTICE)) == (Trouble.SERVER_DOWN, "classification")


def test_no_value_of_a_broken_answer_is_repeated(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card({**TARO, "Birthdate": "協会　太郎"}))
    with pytest.raises(ServiceStopped) as stop:
        ask_by_card(client)
    chain: BaseException | None = stop.value
    while chain is not None:
        assert "太郎" not in repr(chain)
        chain = chain.__cause__

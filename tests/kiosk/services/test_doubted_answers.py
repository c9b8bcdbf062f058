"""What is no answer to what was asked, beyond the plain question: of elsewhere, to something else, without its mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kiosk.flow.facts import FourItems, Way
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.medical_information import InsuredNumbers
from kiosk.services.qualification_client import HttpQualificationClient
from tests.kiosk.services.samples import INSTITUTION
from tests.kiosk.services.small_server import (
    CHALLENGE,
    TARO,
    SmallServer,
    a_challenge,
    by_card,
    by_numbers,
)

Json = dict[str, Any]
NUMBERS = InsuredNumbers("01139997", "21700023", "1155", "00")
ITEMS = FourItems("協会　太郎", date(1985, 6, 15), "male", "東京都")
ELSEWHERE = "1399999999"


def stopped(call: Callable[[], object]) -> tuple[Trouble, str]:
    with pytest.raises(ServiceStopped) as stop:
        call()
    return stop.value.trouble, stop.value.detail


# --- vouched for ------------------------------------------------------------------------------------------------


def test_a_question_with_somebodys_word_sends_the_certificate_and_no_signature(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    server.answers({**by_card(TARO), "possession_not_proven": True})
    answer = client.check_attested(b"certificate", Way.VISUAL)
    assert answer.possession_not_proven
    [(method, path, asked)] = server.asked
    assert (method, path) == ("POST", "/mock/v1/qualification/attested")
    assert asked == {"institution": INSTITUTION, "certificate": "Y2VydGlmaWNhdGU=", "method": "visual"}


@pytest.mark.parametrize("mark", [{}, {"possession_not_proven": False}, {"possession_not_proven": "true"}])
def test_an_answer_without_its_mark_is_none(client: HttpQualificationClient, server: SmallServer, mark: Json) -> None:
    server.answers({**by_card(TARO), **mark})
    assert stopped(lambda: client.check_attested(b"x", Way.FACE)) == (Trouble.SERVER_DOWN, "attested")


# --- 利用登録 -------------------------------------------------------------------------------------------------------


def test_a_challenge_for_another_purpose_is_not_signed(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(CHALLENGE)
    assert stopped(lambda: client.challenge("registration")) == (Trouble.SERVER_DOWN, "challenge")
    server.answers({**CHALLENGE, "purpose": "registration"})
    assert client.challenge("registration").purpose == "registration"
    assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "challenge")


@pytest.mark.parametrize(
    "body", [{}, {"registered": False, "already": False}, {"registered": True}, {"registered": True, "already": 1}]
)
def test_what_does_not_say_that_it_is_registered_is_no_answer(
    client: HttpQualificationClient, server: SmallServer, body: Json
) -> None:
    server.answers(body)
    assert stopped(lambda: client.register_card(a_challenge(), b"c", b"s")) == (Trouble.SERVER_DOWN, "registration")


# --- medicines and 照会番号 ---------------------------------------------------------------------------------------


def medicines(**header: str) -> Json:
    own = {
        "ProcessExecutionTime": "20261120091400",
        "MedicalInstitutionCode": INSTITUTION,
        "ArbitraryFileIdentifier": "MOCK00000001",
        "CharacterCodeIdentifier": "0",
        **header,
    }
    return {"message": {"XmlMsg": {"MessageHeader": own, "MessageBody": {"ResultCode": "1"}}}}


def test_medicines_of_nobody_are_none(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(medicines())
    told = client.medical_information(NUMBERS, ("medicines",))
    assert (told.medicines, told.checkups) == ((), None)
    [(_, path, asked)] = server.asked
    assert (path, asked["kind"]) == ("/mock/v1/medical-information", "YZK")
    assert client.medical_information(NUMBERS, ()).medicines is None
    assert len(server.asked) == 1, "what is not asked for is not asked"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"MedicalInstitutionCode": ELSEWHERE}, "institution"),
        ({"ArbitraryFileIdentifier": "MOCK00000099"}, "identifier"),
    ],
)
def test_medicines_for_somebody_else_are_not_believed(
    client: HttpQualificationClient, server: SmallServer, header: dict[str, str], code: str
) -> None:
    server.answers(medicines(**header))
    assert stopped(lambda: client.medical_information(NUMBERS, ("medicines",))) == (Trouble.SERVER_DOWN, code)


def test_numbers_that_do_not_fit_the_message_never_leave(client: HttpQualificationClient, server: SmallServer) -> None:
    broken = InsuredNumbers("01139997", "", "9" * 21, "")
    for call in (
        lambda: client.medical_information(broken, ("medicines", "checkups")),
        lambda: client.register_reference_number(broken, "A-1"),
    ):
        assert stopped(call) == (Trouble.SERVER_REFUSED, "request")
    assert server.asked == []


def registered(status: str = "1", **header: str) -> Json:
    own = {
        "ProcessExecutionTime": "20261120091400",
        "MedicalInstitutionCode": INSTITUTION,
        "SegmentOfResult": "1",
        "CharacterCodeIdentifier": "0",
        **header,
    }
    return {"message": {"XmlMsg": {"MessageHeader": own, "MessageBody": {"ProcessingResultStatus": status}}}}


def test_a_reference_number_counts_only_when_the_answer_says_so(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    server.answers(registered())
    client.register_reference_number(NUMBERS, "A-1155")
    server.answers(registered("2"))
    refused = (Trouble.SERVER_REFUSED, "reference_number")
    assert stopped(lambda: client.register_reference_number(NUMBERS, "A-1155")) == refused
    for header, code in (
        ({"MedicalInstitutionCode": ELSEWHERE}, "institution"),
        ({"ArbitraryFileIdentifier": "MOCK00000099"}, "identifier"),
    ):
        server.answers(registered(**header))
        assert stopped(lambda: client.register_reference_number(NUMBERS, "A-1")) == (Trouble.SERVER_DOWN, code)
    server.answers({"message": {"Other": {}}})
    assert stopped(lambda: client.register_reference_number(NUMBERS, "A-1"))[0] is Trouble.SERVER_DOWN


# --- face, 4情報, health -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, "", "eaten", 1])
def test_a_state_of_a_face_file_that_there_is_not(
    client: HttpQualificationClient, server: SmallServer, state: object
) -> None:
    server.answers({"state": state, "name": None})
    assert stopped(lambda: client.face_file("visit")) == (Trouble.SERVER_DOWN, "face")


@pytest.mark.parametrize("state", ["none", "waiting", "written", "collected", "expired"])
def test_every_state_of_a_face_file(client: HttpQualificationClient, server: SmallServer, state: str) -> None:
    server.answers({"state": state, "name": "face_1.xml"})
    assert client.face_file("visit of taro") == state
    assert server.asked[0][2] == {"institution": INSTITUTION, "visit": "visit of taro"}


def test_the_four_items_go_out_as_the_service_wants_them(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_numbers(TARO))
    assert client.check_by_four_items(ITEMS).by == "four_items"
    client.check_by_four_items(ITEMS, disaster=True)
    wanted = {
        "institution": INSTITUTION,
        "mode": "outage",
        "name": "協会　太郎",
        "birthdate": "19850615",
        "sex": "1",
        "address": "東京都",
    }
    assert [asked for _, _, asked in server.asked] == [wanted, {**wanted, "mode": "disaster"}]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"MedicalInstitutionCode": ELSEWHERE}, "institution"),
        ({"ReferenceClassification": "1"}, "classification"),
        ({"QualificationConfirmationDate": "20261119"}, "other_day"),
    ],
)
def test_an_answer_to_other_items_is_none(
    client: HttpQualificationClient, server: SmallServer, header: Json, code: str
) -> None:
    server.answers(by_numbers(TARO, header=header))
    assert stopped(lambda: client.check_by_four_items(ITEMS)) == (Trouble.SERVER_DOWN, code)


def test_the_pulse_is_a_get_that_sends_nothing(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers({"status": "ok", "server": "madoguchi-test", "now": "2026-11-20T09:14:00+09:00"})
    assert client.health() > 0
    assert server.asked == [("GET", "/mock/v1/health", {})]
    assert "content-type" not in server.seen_headers
    assert client.last_answer_seconds is not None
    server.answers({"status": "closing"})
    assert stopped(client.health) == (Trouble.SERVER_DOWN, "health")


def test_a_service_that_does_not_answer_has_no_speed(client: HttpQualificationClient, server: SmallServer) -> None:
    async def crash() -> None:
        raise RuntimeError("gone")

    server.before_answer = crash
    assert stopped(client.health)[0] is Trouble.SERVER_DOWN
    assert client.last_answer_seconds is None

"""The client against a small server of its own: what it asks, what it believes, and what every failure becomes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import anyio
import httpx2
import pytest

from kiosk.flow.states import Trouble
from kiosk.services.interfaces import Challenge, Qualification, ServiceStopped
from kiosk.services.qualification_client import LARGEST_ANSWER, HttpQualificationClient
from tests.kiosk.services.conftest import INSTITUTION, JST, NOTICE, TODAY

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Json = dict[str, Any]

CHALLENGE: Json = {
    "server": "madoguchi-test",
    "nonce": "bm9uY2U",
    "institution": INSTITUTION,
    "purpose": "qualification",
    "expires_at": "2026-11-20T09:19:00+09:00",
}
HEADER: Json = {
    "ProcessExecutionTime": "20261120091400",
    "QualificationConfirmationDate": "20261120",
    "MedicalInstitutionCode": INSTITUTION,
    "ReferenceClassification": "1",
    "SegmentOfResult": "1",
    "CharacterCodeIdentifier": "0",
}
TARO: Json = {
    "InsuredCardClassification": "01",
    "InsurerNumber": "01139997",
    "InsuredCardSymbol": "21700023",
    "InsuredIdentificationNumber": "1155",
    "InsuredBranchNumber": "00",
    "Name": "協会　太郎",
    "NameKana": "ｷｮｳｶｲ ﾀﾛｳ",
    "Birthdate": "19850615",
    "DisqualificationDate": "20271001",
    "InsuredCardExpirationDate": "20270930",
    "InsurerName": "全国健康保険協会　見本支部",
}
ELDERLY_PAPER: Json = {
    "ElderlyRecipientValidStartDate": "20260801",
    "ElderlyRecipientValidEndDate": "20270731",
    "ElderlyRecipientContributionRatio": "020",
}


def message(*results: Json, header: Json | None = None, **body: str) -> Json:
    """A siquc01 result as web JSON; 有効 unless the body says otherwise."""
    content: Json = {"ProcessingResultStatus": "1", "QualificationValidity": "1", **body}
    content = {name: value for name, value in content.items() if value}
    if results:
        content["ResultList"] = [{"ResultOfQualificationConfirmation": result} for result in results]
    return {"XmlMsg": {"MessageHeader": {**HEADER, **(header or {})}, "MessageBody": content}}


def by_card(*results: Json, header: Json | None = None, **body: str) -> Json:
    return {"message": message(*results, header=header, **body), "certificate_state": "valid", "registered": True}


def by_numbers(*results: Json, header: Json | None = None, **body: str) -> Json:
    return {"message": message(*results, header={"ReferenceClassification": "2", **(header or {})}, **body)}


@dataclass
class SmallServer:
    """An ASGI application that gives one prepared answer and keeps what it was asked."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, Json]] = field(default_factory=list)
    seen_headers: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[], Awaitable[None]] | None = None

    def answers(self, content: Json | bytes, status: int = 200) -> None:
        self.status = status
        self.body = content if isinstance(content, bytes) else json.dumps(content).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = (await receive())["body"]
        self.asked.append((scope["method"], scope["path"], json.loads(raw)))
        self.seen_headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if self.before_answer is not None:
            await self.before_answer()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


@contextmanager
def client_of(
    transport: httpx2.AsyncBaseTransport | SmallServer, timeout_s: float = 30
) -> Iterator[HttpQualificationClient]:
    if isinstance(transport, SmallServer):
        transport = httpx2.ASGITransport(transport)
    client = HttpQualificationClient(
        "http://127.0.0.1/mock", INSTITUTION, on=lambda: TODAY, transport=transport, timeout_s=timeout_s
    )
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def server() -> SmallServer:
    return SmallServer()


@pytest.fixture
def client(server: SmallServer) -> Iterator[HttpQualificationClient]:
    with client_of(server) as made:
        yield made


def a_challenge() -> Challenge:
    ends = datetime(2026, 11, 20, 9, 19, tzinfo=JST)
    return Challenge("madoguchi-test", "bm9uY2U", INSTITUTION, "qualification", ends)


def ask_by_card(client: HttpQualificationClient) -> Qualification:
    return client.check_by_card(a_challenge(), b"certificate", b"signature")


def stopped(call: Callable[[], object]) -> tuple[Trouble, str]:
    with pytest.raises(ServiceStopped) as stop:
        call()
    return stop.value.trouble, stop.value.detail


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
    client.check_by_numbers(NOTICE)
    client.check_by_numbers(replace(NOTICE, insurer_number="139998", symbol="", branch=""))
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
        client.check_by_numbers(replace(NOTICE, number="9" * 21))
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
    )


def test_an_answer_by_numbers_to_its_own_question(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(
        by_numbers(
            {**TARO, "InsuredPartialContributionRatio": "010"}, header={"ArbitraryFileIdentifier": "MOCK00000001"}
        )
    )
    answer = client.check_by_numbers(NOTICE)
    assert (answer.by, answer.validity, answer.burden_ratio, answer.certificate_state) == ("numbers", 1, 10, "")
    assert stopped(lambda: client.check_by_numbers(NOTICE)) == (Trouble.SERVER_DOWN, "identifier"), "the one before"


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
    (by_card(TARO, QualificationValidity="6"), "validity"),
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


def test_an_error_for_this_person_is_a_refusal(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_numbers(ProcessingResultStatus="2", ProcessingResultCode="MOCK-X", QualificationValidity=""))
    assert stopped(lambda: client.check_by_numbers(NOTICE)) == (Trouble.SERVER_REFUSED, "MOCK-X")


def test_an_answer_to_a_card_is_no_answer_to_numbers(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO))
    assert stopped(lambda: client.check_by_numbers(NOTICE)) == (Trouble.SERVER_DOWN, "classification")


def test_no_value_of_a_broken_answer_is_repeated(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card({**TARO, "Birthdate": "協会　太郎"}))
    with pytest.raises(ServiceStopped) as stop:
        ask_by_card(client)
    chain: BaseException | None = stop.value
    while chain is not None:
        assert "太郎" not in repr(chain)
        chain = chain.__cause__


# --- when nobody answers ----------------------------------------------------------------------------------------


class Failing(httpx2.AsyncBaseTransport):
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise self._error


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (httpx2.ConnectError("refused"), "connect"),
        (httpx2.ConnectTimeout("slow"), "timeout"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (httpx2.PoolTimeout("busy"), "timeout"),
        (httpx2.ReadError("reset"), "protocol"),
        (httpx2.RemoteProtocolError("garbage"), "protocol"),
        (RuntimeError("the server in process has a bug"), "crashed"),
    ],
)
def test_a_line_that_is_down(error: Exception, detail: str) -> None:
    with client_of(Failing(error)) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, detail)
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, detail), "and it can be asked again"


def test_nobody_listens() -> None:
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = HttpQualificationClient(address, INSTITUTION, on=lambda: TODAY)
        try:
            assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "connect")
        finally:
            client.close()


def test_an_answer_that_never_comes_is_a_time_out(server: SmallServer) -> None:
    server.before_answer = anyio.sleep_forever
    with client_of(server, timeout_s=0.05) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "timeout")


def test_an_answer_without_end_is_cut_off(server: SmallServer) -> None:
    server.answers(b"x" * (LARGEST_ANSWER + 1))
    with client_of(server) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "too_large")


def test_a_slow_question_does_not_hold_up_another(server: SmallServer) -> None:
    waiting, go_on = threading.Event(), threading.Event()
    rest = iter([True])

    async def only_the_first_waits() -> None:
        if next(rest, False):
            waiting.set()
            await anyio.to_thread.run_sync(go_on.wait)

    server.answers(CHALLENGE)
    server.before_answer = only_the_first_waits
    with client_of(server) as client:
        first = threading.Thread(target=client.challenge)
        first.start()
        waiting.wait()
        assert client.challenge() == a_challenge()
        assert first.is_alive()
        go_on.set()
        first.join()


def test_closing_ends_a_question_under_way(server: SmallServer) -> None:
    waiting = threading.Event()

    async def wait_for_ever() -> None:
        waiting.set()
        await anyio.sleep_forever()

    server.before_answer = wait_for_ever
    with client_of(server) as client:
        outcome: list[tuple[Trouble, str]] = []
        asking = threading.Thread(target=lambda: outcome.append(stopped(client.challenge)))
        asking.start()
        waiting.wait()
        client.close()
        asking.join()
        client.close()
        assert outcome == [(Trouble.SERVER_DOWN, "closed")]
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "closed")

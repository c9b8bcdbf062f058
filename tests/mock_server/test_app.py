"""The service over HTTP, in process: the wire as other parts and other people's clients rely on it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from eligibility.oqs.codec import to_json
from eligibility.oqs.signed_message import signed_message
from mock_server.app import create_app
from mock_server.callers import Caller
from mock_server.error_answers import language_of
from mock_server.errors import QualificationError, Refusal, status_of
from mock_server.issuer import TestAuthority
from mock_server.personas import find_persona
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.routes.common import FrontDesk
from mock_server.routes.qualification import qualification_router
from mock_server.service import QualificationService
from mock_server.web_guard import MAX_BODY_BYTES
from mock_server.words import error_parameters
from reader.card import layout
from reader.card.applet import SoftwareCard
from tests.mock_server.conftest import INSTITUTION, TODAY, Counter
from tests.mock_server.forging import auth_key, sha256_signer
from tests.mock_server.paper_queries import numbers_of

ASKING = {"institution": INSTITUTION, "purpose": "qualification"}
Json = dict[str, Any]


def client_of(app: FastAPI, base_url: str = "http://127.0.0.1:8765") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=base_url)


def app_of(ledger: Ledger, service: QualificationService) -> FastAPI:
    desk = FrontDesk(ledger)
    return create_app(desk, [qualification_router(desk, service)])


@pytest.fixture
async def client(ledger: Ledger, service: QualificationService) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app_of(ledger, service)) as opened:
        yield opened


def card_query(challenge: Json, authority: TestAuthority, persona: str = "taro") -> Json:
    image = authority.card(persona)
    message = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
    return {
        **ASKING,
        "nonce": challenge["nonce"],
        "certificate": base64.b64encode(image.auth_certificate).decode(),
        "signature": base64.b64encode(sha256_signer(auth_key(image))(message)).decode(),
    }


def code_of(response: httpx2.Response) -> str:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "remedy"}
    assert all(body["error"].values())
    assert response.status_code == status_of(Refusal(body["error"]["code"]))
    return str(body["error"]["code"])


# ── what is answered ──


async def test_a_card_check_is_two_requests(client: httpx2.AsyncClient, authority: TestAuthority) -> None:
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    assert set(challenge) == {"server", "nonce", "institution", "purpose", "expires_at"}
    assert (challenge["institution"], challenge["purpose"]) == (INSTITUTION, "qualification")
    assert challenge["expires_at"] == "2026-11-20T09:05:00+09:00"
    answer = (await client.post("/v1/qualification/card", json=card_query(challenge, authority))).json()
    assert set(answer) == {"message", "certificate_state", "registered", "visit"}
    assert (answer["certificate_state"], answer["registered"]) == ("valid", True)
    assert answer["message"]["XmlMsg"]["MessageBody"]["QualificationValidity"] == "1"


async def test_the_software_card_itself_can_answer(client: httpx2.AsyncClient, authority: TestAuthority) -> None:
    """The whole way in bytes: VERIFY, select the key, sign (jpki-card.md §1.3), then one request."""
    card = SoftwareCard(authority.card("taro"))
    card.power_on()
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    query = card_query(challenge, authority)
    message = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
    signature = sign_by_card(card, find_persona("taro").pin, message)
    query["signature"] = base64.b64encode(signature).decode()
    answer = await client.post("/v1/qualification/card", json=query)
    assert (answer.status_code, answer.json()["registered"]) == (200, True)


def sign_by_card(card: SoftwareCard, pin: str, message: bytes) -> bytes:
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    for command in (
        "00A4040C0A" + layout.JPKI_AID.hex(),
        "00A4020C020018",
        "0020008004" + pin.encode().hex(),
        "00A4020C020017",
    ):
        assert card.process(bytes.fromhex(command)) == b"\x90\x00"
    answer = card.process(bytes.fromhex("802A0080") + bytes([len(digest_info)]) + digest_info + b"\x00")
    assert answer[-2:] == b"\x90\x00"
    return answer[:-2]


async def test_somebody_may_vouch_for_the_person_and_the_answer_says_so(
    client: httpx2.AsyncClient, authority: TestAuthority
) -> None:
    certificate = base64.b64encode(authority.card("taro").auth_certificate).decode()
    query = {"institution": INSTITUTION, "certificate": certificate}
    for method in ("face", "visual"):
        answer = (await client.post("/v1/qualification/attested", json=query | {"method": method})).json()
        assert answer["possession_not_proven"] is True
        assert answer["message"]["XmlMsg"]["MessageBody"]["QualificationValidity"] == "1"
    wrong = await client.post("/v1/qualification/attested", json=query | {"method": "guess"})
    assert code_of(wrong) == "MOCK-REQUEST-FIELD"


async def test_a_test_run_is_named_by_a_header(client: httpx2.AsyncClient, counter: Counter) -> None:
    message = {"message": to_json(numbers_of("haruka"))}
    done = await client.post("/v1/qualification/numbers", json=message, headers={"madoguchi-run": "nightly-1"})
    assert done.status_code == 200
    assert [row.run for row in counter.exchanges()] == ["nightly-1"]
    for name in ("a b", "x" * 65, "", "a/b"):
        refused = await client.post("/v1/qualification/numbers", json=message, headers={"madoguchi-run": name})
        assert code_of(refused) == "MOCK-REQUEST-RUN"


async def test_an_unregistered_card_is_an_answer_and_no_error(
    client: httpx2.AsyncClient, authority: TestAuthority
) -> None:
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    response = await client.post("/v1/qualification/card", json=card_query(challenge, authority, "shiro"))
    body = response.json()["message"]["XmlMsg"]["MessageBody"]
    assert (response.status_code, response.json()["registered"]) == (200, False)
    assert (body["ProcessingResultStatus"], body["ProcessingResultCode"]) == ("2", "MOCK-NOT-REGISTERED")


async def test_a_query_by_numbers_is_one_request(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/qualification/numbers", json={"message": to_json(numbers_of("haruka"))})
    assert set(response.json()) == {"message"}
    message = response.json()["message"]["XmlMsg"]
    assert message["MessageHeader"]["ReferenceClassification"] == "2"
    assert message["MessageBody"]["QualificationValidity"] == "3"


async def test_health_tells_name_and_clock(client: httpx2.AsyncClient) -> None:
    body = (await client.get("/v1/health")).json()
    assert body["status"] == "ok"
    assert datetime.fromisoformat(body["now"]) == TODAY


# ── what is refused before it is looked at ──


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "localhost@evil.example",
        "evil@localhost",
        "localhost/evil",
        "localhost:80:80",
        "localhost:",
        "localhost:x",
        "localhost ",
        "[::1",
        "[localhost]",
    ],
)
async def test_another_host_name_is_refused(client: httpx2.AsyncClient, host: str) -> None:
    assert code_of(await client.get("/v1/health", headers={"host": host})) == "MOCK-REQUEST-HOST"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:8765"])
async def test_the_loopback_names_are_ours(client: httpx2.AsyncClient, host: str) -> None:
    assert (await client.get("/v1/health", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://[",
        "http://127.0.0.1:9999",
        "http://localhost:8765",
        "file://127.0.0.1:8765",
    ],
)
async def test_a_foreign_origin_is_refused(client: httpx2.AsyncClient, origin: str) -> None:
    for ask in (
        client.get("/v1/health", headers={"origin": origin}),
        client.options("/v1/challenge", headers={"origin": origin}),
    ):
        assert code_of(await ask) == "MOCK-REQUEST-ORIGIN"


async def test_our_own_origin_is_not_foreign(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/health", headers={"origin": "http://127.0.0.1:8765"})
    assert response.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_may_change_anything(client: httpx2.AsyncClient, kind: str) -> None:
    response = await client.post("/v1/challenge", content=b"{}", headers={"content-type": kind})
    assert code_of(response) == "MOCK-REQUEST-NOT-JSON"


async def test_a_huge_body_is_refused_whether_announced_or_not(client: httpx2.AsyncClient) -> None:
    json_type = {"content-type": "application/json"}
    announced = await client.post("/v1/challenge", content=b"x" * (10 * 1024 * 1024), headers=json_type)
    assert code_of(announced) == "MOCK-REQUEST-TOO-LARGE"

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1024

    assert code_of(await client.post("/v1/challenge", content=endless(), headers=json_type)) == "MOCK-REQUEST-TOO-LARGE"


async def test_unknown_paths_and_methods_have_the_same_shape(client: httpx2.AsyncClient) -> None:
    assert code_of(await client.get("/")) == "MOCK-REQUEST-UNKNOWN-PATH"
    wrong_method = await client.get("/v1/challenge")
    assert code_of(wrong_method) == "MOCK-REQUEST-METHOD"
    assert wrong_method.headers["allow"] == "POST"


async def test_every_answer_keeps_a_browser_from_using_it(client: httpx2.AsyncClient) -> None:
    for path in ("/v1/health", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


# ── what is refused after a look ──

UNKNOWN_FIELD = "MOCK-REQUEST-UNKNOWN-FIELD"
DOUBLE_FIELD = "MOCK-REQUEST-DOUBLE-FIELD"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "MOCK-REQUEST-MALFORMED"),
        (b"{", "MOCK-REQUEST-MALFORMED"),
        (b"[" * 60_000, "MOCK-REQUEST-MALFORMED"),
        (b"[]", "MOCK-REQUEST-MALFORMED"),
        (b'"text"', "MOCK-REQUEST-MALFORMED"),
        (b"\xff\xfe", "MOCK-REQUEST-MALFORMED"),
        (b"{}", "MOCK-REQUEST-FIELD"),
        (b'{"institution": 1312345678, "purpose": "qualification"}', "MOCK-REQUEST-FIELD"),
        (b'{"institution": "1312345678", "purpose": "qualification", "pin": "x"}', "MOCK-REQUEST-UNKNOWN-FIELD"),
        (b'{"institution": "1312345678", "purpose": "qualification", "%s": "x"}' % (b"p" * 60_000), UNKNOWN_FIELD),
        (b'{"institution": "1312345678", "purpos": "qualification"}', "MOCK-REQUEST-FIELD-MEANT"),
        (b'{"institution": "2712345678", "institution": "1312345678", "purpose": "qualification"}', DOUBLE_FIELD),
        (b'{"institution": "1312345678", "\\u0069nstitution": "1", "purpose": "qualification"}', DOUBLE_FIELD),
        (b'{"institution": "1312345678", "purpose": {"a": [{"b": 1, "b": 1}]}}', DOUBLE_FIELD),
        (b'{"institution": "131234567", "purpose": "qualification"}', "MOCK-REQUEST-INSTITUTION"),
        ('{"institution": "１３１２３４５６７８", "purpose": "qualification"}'.encode(), "MOCK-REQUEST-INSTITUTION"),
        (b'{"institution": "\\ud800312345678", "purpose": "qualification"}', "MOCK-REQUEST-INSTITUTION"),
        (b'{"institution": "1312345678", "purpose": "payment"}', "MOCK-REQUEST-PURPOSE"),
    ],
)
async def test_a_broken_request_is_told_what_is_wrong(client: httpx2.AsyncClient, body: bytes, code: str) -> None:
    response = await client.post("/v1/challenge", content=body, headers={"content-type": "application/json"})
    assert code_of(response) == code


@pytest.mark.parametrize(
    ("name", "said"),
    [("purpos", "purpose"), ("Institution", "institution"), ("0123456789", "There is a field in / that")],
)
async def test_a_misspelt_name_is_told_without_repeating_it(client: httpx2.AsyncClient, name: str, said: str) -> None:
    body = {"institution": "1312345678", "purpose": "qualification", name: "x"}
    error = (await client.post("/v1/challenge", json=body, headers={"accept-language": "en"})).json()["error"]
    assert said in error["message"]
    assert f" {name} " not in error["message"]
    assert "capitals count" in error["remedy"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("certificate", "not base64!", "MOCK-REQUEST-FIELD"),
        ("signature", "AAA", "MOCK-REQUEST-FIELD"),
        ("certificate", "", "MOCK-CERTIFICATE-MISSING"),
        ("certificate", "AAAA" * 10_000, "MOCK-CERTIFICATE-TOO-LONG"),
        ("signature", "", "MOCK-SIGNATURE-MISSING"),
        ("signature", "AAAA" * 10_000, "MOCK-SIGNATURE-LENGTH"),
        ("nonce", "", "MOCK-CHALLENGE-MISSING"),
        ("nonce", "A" * 50_000, "MOCK-CHALLENGE-MALFORMED"),
        ("institution", "1312345679", "MOCK-CHALLENGE-OTHER-INSTITUTION"),
    ],
)
async def test_empty_and_huge_fields_of_a_card_check(
    client: httpx2.AsyncClient, authority: TestAuthority, field: str, value: str, code: str
) -> None:
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    query = card_query(challenge, authority) | {field: value}
    assert code_of(await client.post("/v1/qualification/card", json=query)) == code


async def test_a_replayed_request_is_refused(client: httpx2.AsyncClient, authority: TestAuthority) -> None:
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    query = card_query(challenge, authority)
    assert (await client.post("/v1/qualification/card", json=query)).status_code == 200
    assert code_of(await client.post("/v1/qualification/card", json=query)) == "MOCK-CHALLENGE-REPLAYED"


def with_number(element: str, value: object) -> Json:
    message: Any = to_json(numbers_of("taro"))
    message["XmlMsg"]["MessageBody"]["QualificationConfirmSearchInfo"][element] = value
    return {"message": message}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"message": {}}, "MOCK-REQUEST-MESSAGE"),
        ({"message": {"XmlMsg": {}}}, "MOCK-REQUEST-MESSAGE"),
        (with_number("Birthdate", "20260230"), "MOCK-REQUEST-MESSAGE"),
        (with_number("InsurerNumber", "0113999"), "MOCK-REQUEST-MESSAGE"),
        (with_number("InsurerNumber", 1139997), "MOCK-REQUEST-MESSAGE"),
        (with_number("InsuredIdentificationNumber", "9" * 21), "MOCK-REQUEST-MESSAGE"),
        (with_number("InsuredIdentificationNumber", "123456789018"), "MOCK-REQUEST-INDIVIDUAL-NUMBER"),
        (with_number("InsuredIdentificationNumber", "１２３４-５６７８-９０１８"), "MOCK-REQUEST-INDIVIDUAL-NUMBER"),
        (with_number("InsuredCardSymbol", "1234 5678 9018"), "MOCK-REQUEST-INDIVIDUAL-NUMBER"),
    ],
)
async def test_a_query_by_numbers_that_cannot_be_one(
    client: httpx2.AsyncClient, counter: Counter, body: Json, code: str
) -> None:
    response = await client.post("/v1/qualification/numbers", json=body)
    assert code_of(response) == code
    assert "5678" not in response.text
    assert "５６７８" not in response.text
    [kept] = counter.exchanges()
    assert (kept.outcome, kept.person, kept.request, kept.answer) == (code, "", "", "")


async def test_no_refusal_repeats_what_was_sent(client: httpx2.AsyncClient, authority: TestAuthority) -> None:
    marker = "SECRETMARKER"
    challenge = (await client.post("/v1/challenge", json=ASKING)).json()
    good = card_query(challenge, authority)
    for field in (*good, marker):
        response = await client.post("/v1/qualification/card", json=good | {field: f"{marker}!"})
        assert marker not in response.text


# ── languages ──


async def test_sentences_come_in_the_callers_language(client: httpx2.AsyncClient) -> None:
    japanese = await client.get("/nowhere")
    english = await client.get("/nowhere", headers={"accept-language": "en-GB,en;q=0.9,ja;q=0.1"})
    assert japanese.json()["error"]["message"] == "そのパスはありません。"
    assert english.json()["error"]["message"] == "There is no such path."
    assert english.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("header", "lang"), [("", "ja"), ("fr", "ja"), ("fr, en", "en"), ("EN", "en"), ("ja,en", "ja"), (",;,", "ja")]
)
def test_the_language_of_a_header(header: str, lang: str) -> None:
    assert language_of(header) == lang


# ── trouble inside ──


class BrokenService(QualificationService):
    """Fails with a patient's name in its mouth."""

    def challenge(self, tx: Transaction, caller: Caller, purpose: str = "") -> Any:
        raise RuntimeError(f"協会　太郎 of {caller.institution}")


async def test_an_internal_error_leaks_nothing(
    ledger: Ledger, service: QualificationService, caplog: pytest.LogCaptureFixture
) -> None:
    broken = BrokenService(service._trust, service._random_bytes)
    async with client_of(app_of(ledger, broken)) as client:
        response = await client.post("/v1/challenge", json=ASKING)
    assert code_of(response) == "MOCK-INTERNAL"
    assert "RuntimeError" in caplog.text
    assert "test_app.py" in caplog.text
    for told in (response.text, caplog.text):
        assert "太郎" not in told
        assert INSTITUTION not in told


async def test_a_lost_store_is_told_as_such(client: httpx2.AsyncClient, ledger: Ledger) -> None:
    ledger.run_sync(lambda tx: tx.connection.exec_driver_sql("DROP TABLE exchange"))
    response = await client.post("/v1/qualification/numbers", json={"message": to_json(numbers_of("taro"))})
    assert code_of(response) == "MOCK-STORE-UNAVAILABLE"


class RefusingService(QualificationService):
    """Refuses everything for one reason."""

    refusal = Refusal.INTERNAL

    def challenge(self, tx: Transaction, caller: Caller, purpose: str = "") -> Any:
        raise QualificationError(self.refusal, **dict.fromkeys(error_parameters(self.refusal.value), "1"))


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_every_refusal_has_the_one_shape(ledger: Ledger, service: QualificationService, refusal: Refusal) -> None:
    refusing = RefusingService(service._trust, service._random_bytes)
    refusing.refusal = refusal
    async with client_of(app_of(ledger, refusing)) as client:
        response = await client.post("/v1/challenge", json=ASKING)
    assert code_of(response) == refusal.value


def test_an_application_nobody_may_ask_is_not_made(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="host"):
        create_app(FrontDesk(ledger), [], allowed_hosts=())


def test_the_body_limit_leaves_room_for_every_genuine_request() -> None:
    assert MAX_BODY_BYTES > 10 * (1300 + 256) * 4 / 3

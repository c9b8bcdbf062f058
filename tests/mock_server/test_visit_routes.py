"""A visit over HTTP: 利用登録, 資格確認, 同意, medical information, 照会番号 and the face file, as clients send it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from eligibility.oqs.codec import to_json
from eligibility.oqs.signed_message import signed_message
from mock_server.app import create_app
from mock_server.errors import Refusal, status_of
from mock_server.issuer import TestAuthority
from mock_server.registry.ledger import Ledger
from mock_server.routes.common import FrontDesk
from mock_server.routes.consent import consent_router
from mock_server.routes.face import face_router
from mock_server.routes.medical_information import medical_information_router
from mock_server.routes.qualification import qualification_router
from mock_server.routes.reference_numbers import reference_numbers_router
from mock_server.routes.registration import registration_router
from mock_server.service import QualificationService
from mock_server.trust import Trust
from tests.mock_server.clinic import OTHER_INSTITUTION, checkups_request, medicines_request, reference_number_request
from tests.mock_server.conftest import INSTITUTION, TODAY, Clock, counting_bytes
from tests.mock_server.forging import auth_key, sha256_signer

ROUTERS = (
    qualification_router,
    registration_router,
    consent_router,
    medical_information_router,
    reference_numbers_router,
    face_router,
)
Json = dict[str, Any]


class Client:
    """A clinic's program: posts JSON and reads what comes."""

    def __init__(self, http: httpx2.AsyncClient, authority: TestAuthority) -> None:
        self._http = http
        self._authority = authority

    async def post(self, path: str, body: Any, *, run: str = "") -> Any:
        """The answer's JSON."""
        headers = {"madoguchi-run": run} if run else {}
        response = await self._http.post(f"/v1/{path}", json=body, headers=headers)
        said = response.json()
        if "error" in said:
            assert response.status_code == status_of(Refusal(said["error"]["code"]))
        else:
            assert response.status_code == 200
        return said

    async def refusal(self, path: str, body: Any, *, run: str = "") -> str:
        return str((await self.post(path, body, run=run))["error"]["code"])

    async def proof(self, persona: str, purpose: str, institution: str = INSTITUTION, run: str = "") -> Json:
        challenge = await self.post("challenge", {"institution": institution, "purpose": purpose}, run=run)
        card = self._authority.card(persona)
        message = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
        return {
            "institution": institution,
            "nonce": challenge["nonce"],
            "certificate": base64.b64encode(card.auth_certificate).decode(),
            "signature": base64.b64encode(sha256_signer(auth_key(card))(message)).decode(),
        }

    async def card(self, persona: str, institution: str = INSTITUTION, run: str = "") -> Json:
        proof = await self.proof(persona, "qualification", institution, run)
        answer: Json = await self.post("qualification/card", {"purpose": "qualification", **proof}, run=run)
        return answer

    async def consent(self, visit: str, institution: str = INSTITUTION, run: str = "", **items: str) -> Json:
        said: Json = await self.post("consent", {"institution": institution, "visit": visit, "items": items}, run=run)
        return said


@pytest.fixture
def service(trust: Trust) -> QualificationService:
    return QualificationService(trust, counting_bytes(), faces={INSTITUTION}.__contains__)


@pytest.fixture
async def client(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> AsyncIterator[Client]:
    desk = FrontDesk(ledger)
    app = create_app(desk, [router(desk, service) for router in ROUTERS])
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as opened:
        yield Client(opened, authority)


def only_result(answer: Json) -> Json:
    (item,) = answer["message"]["XmlMsg"]["MessageBody"]["ResultList"]
    return dict(item["ResultOfQualificationConfirmation"])


async def test_a_whole_visit(client: Client) -> None:
    """A card is registered, answered, the patient agrees, and the clinic reads what it may."""
    assert (await client.card("shiro"))["registered"] is False
    registered = await client.post("registration", await client.proof("shiro", "registration"))
    assert registered == {"registered": True, "already": False, "at": TODAY.isoformat()}
    again = await client.post("registration", await client.proof("shiro", "registration"))
    assert again == {"registered": True, "already": True, "at": TODAY.isoformat()}

    visit = (await client.card("toseki"))["visit"]
    said = await client.consent(visit, comprehensive="given", specific_diseases="given")
    assert said == {
        "at": TODAY.isoformat(),
        "expires_at": (TODAY + timedelta(days=1)).isoformat(),
        "items": dict.fromkeys(("specific_diseases", "checkups", "medicines", "diagnosis", "operation"), "given"),
    }
    assert only_result(await client.card("toseki"))["PharmacistsInfoConsFlg"] == "1"

    medicines = await client.post(
        "medical-information", {"kind": "YZK", "message": to_json(medicines_request("toseki"))}
    )
    body = medicines["message"]["XmlMsg"]["MessageBody"]
    assert body["ResultCode"] == "1"
    assert len(body["MockMedicineList"]) > 1
    checkups = await client.post("medical-information", {"kind": "TKK", "message": to_json(checkups_request("toseki"))})
    assert checkups["message"]["XmlMsg"]["MessageBody"]["ResultCode"] == "1"

    number = await client.post("reference-number", {"message": to_json(reference_number_request("toseki", "P-77"))})
    assert number["message"]["XmlMsg"]["MessageBody"] == {"ProcessingResultStatus": "1"}
    assert only_result(await client.card("toseki"))["ReferenceNumber"] == "P-77"

    face = await client.post("face", {"institution": INSTITUTION, "visit": visit})
    assert face == {"state": "waiting", "name": None}


async def test_another_institution_gets_nothing_of_it(client: Client) -> None:
    visit = (await client.card("toseki"))["visit"]
    await client.consent(visit, comprehensive="given")
    await client.post("reference-number", {"message": to_json(reference_number_request("toseki", "P-77"))})

    there = await client.card("toseki", OTHER_INSTITUTION)
    assert not {"ReferenceNumber", "PharmacistsInfoConsFlg"} & set(only_result(there))
    asked = {"kind": "YZK", "message": to_json(medicines_request("toseki", institution=OTHER_INSTITUTION))}
    assert await client.refusal("medical-information", asked) == "MOCK-CONSENT-NEEDED"
    for path in ("consent", "face"):
        body: Json = {"institution": OTHER_INSTITUTION, "visit": visit}
        if path == "consent":
            body["items"] = {"medicines": "given"}
        assert await client.refusal(path, body) == "MOCK-VISIT-OTHER-INSTITUTION"
    own = await client.post("face", {"institution": OTHER_INSTITUTION, "visit": there["visit"]})
    assert own == {"state": "none", "name": None}


async def test_another_run_gets_nothing_of_it(client: Client) -> None:
    await client.post("registration", await client.proof("shiro", "registration", run="one"), run="one")
    visit = (await client.card("toseki", run="one"))["visit"]
    await client.consent(visit, run="one", comprehensive="given")
    request = {"message": to_json(reference_number_request("toseki", "P-77"))}
    await client.post("reference-number", request, run="one")

    asked = {"kind": "YZK", "message": to_json(medicines_request("toseki"))}
    assert "error" not in await client.post("medical-information", asked, run="one")
    for run in ("", "two"):
        assert (await client.card("shiro", run=run))["registered"] is False
        there = only_result(await client.card("toseki", run=run))
        assert not {"ReferenceNumber", "PharmacistsInfoConsFlg"} & set(there)
        assert await client.refusal("medical-information", asked, run=run) == "MOCK-CONSENT-NEEDED"
        assert await client.refusal("face", {"institution": INSTITUTION, "visit": visit}, run=run) == (
            "MOCK-VISIT-OTHER-RUN"
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visit": ""}, "MOCK-VISIT-MISSING"),
        ({"visit": "x"}, "MOCK-VISIT-MALFORMED"),
        ({"items": {}}, "MOCK-CONSENT-ITEMS"),
        ({"items": {"comprehensive": "given", "medicines": "declined"}}, "MOCK-CONSENT-ITEMS"),
        ({"items": {"medicines": "yes"}}, "MOCK-REQUEST-FIELD"),
        ({"items": {"genes": "given"}}, "MOCK-REQUEST-UNKNOWN-FIELD"),
        ({"replace": "true"}, "MOCK-REQUEST-FIELD"),
        ({"institution": "1"}, "MOCK-REQUEST-INSTITUTION"),
    ],
)
async def test_a_consent_that_cannot_be_is_refused_by_name(client: Client, changes: Json, code: str) -> None:
    visit = (await client.card("taro"))["visit"]
    body = {"institution": INSTITUTION, "visit": visit, "items": {"medicines": "given"}, **changes}
    assert await client.refusal("consent", body) == code


async def test_a_changed_consent_is_a_conflict_until_it_is_meant(client: Client) -> None:
    visit = (await client.card("taro"))["visit"]
    await client.consent(visit, medicines="given")
    body = {"institution": INSTITUTION, "visit": visit, "items": {"medicines": "declined"}}
    assert await client.refusal("consent", body) == "MOCK-CONSENT-CHANGED"
    changed = await client.post("consent", {**body, "replace": True})
    assert changed["items"]["medicines"] == "declined"


async def test_a_consent_that_is_over_is_told_from_one_that_never_was(client: Client, clock: Clock) -> None:
    asked = {"kind": "YZK", "message": to_json(medicines_request("toseki"))}
    assert await client.refusal("medical-information", asked) == "MOCK-CONSENT-NEEDED"
    await client.consent((await client.card("toseki"))["visit"], medicines="given")
    clock.at = TODAY + timedelta(days=1)
    assert await client.refusal("medical-information", asked) == "MOCK-CONSENT-EXPIRED"


@pytest.mark.parametrize(
    ("field", "code"), [("method", "MOCK-REGISTRATION-ATTESTED"), ("public_key", "MOCK-REGISTRATION-ENROLLED")]
)
async def test_a_registration_without_the_cards_own_signature_is_refused_by_name(
    client: Client, field: str, code: str
) -> None:
    value = "visual" if field == "method" else base64.b64encode(b"key").decode()
    assert await client.refusal("registration", {"institution": INSTITUTION, field: value}) == code


async def test_a_registration_without_anything_lacks_its_challenge(client: Client) -> None:
    assert await client.refusal("registration", {"institution": INSTITUTION}) == "MOCK-CHALLENGE-MISSING"


async def test_there_is_no_pdf_over_http(client: Client) -> None:
    said: Any = to_json(medicines_request("toseki"))
    said["XmlMsg"]["MessageBody"]["FileCategory"] = "1"
    body = {"kind": "YZK", "message": said}
    assert await client.refusal("medical-information", body) == "MOCK-MEDICAL-FILE-CATEGORY"


async def test_a_kind_of_information_nobody_knows_is_refused(client: Client) -> None:
    body = {"kind": "SHJ", "message": to_json(medicines_request("toseki"))}
    assert await client.refusal("medical-information", body) == "MOCK-REQUEST-FIELD"


async def test_a_reference_number_that_is_too_long_is_refused_with_its_place(client: Client) -> None:
    said: Any = to_json(reference_number_request("taro", "P"))
    said["XmlMsg"]["MessageBody"]["ReferenceNumberRegistrationInfo"]["ReferenceNumber"] = "P" * 51
    answer = await client.post("reference-number", {"message": said})
    assert answer["error"]["code"] == "MOCK-REQUEST-MESSAGE"
    assert "ReferenceNumber" in answer["error"]["message"]
    assert "P" * 51 not in str(answer)

"""A counter over HTTP in this process, and arming: what every test of a scenario needs."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import httpx2

from eligibility.oqs.codec import to_json
from eligibility.oqs.signed_message import signed_message
from mock_server.issuer import TestAuthority
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Armed, Order, arm, every_armed
from tests.mock_server.conftest import INSTITUTION
from tests.mock_server.forging import auth_key, sha256_signer
from tests.mock_server.paper_queries import numbers_of

Json = dict[str, Any]


@dataclass
class HttpCounter:
    """A clinic's counter that speaks HTTP, in one test run."""

    http: httpx2.AsyncClient
    ledger: Ledger
    authority: TestAuthority
    run: str = ""
    institution: str = INSTITUTION
    headers: dict[str, str] = field(default_factory=dict)

    def arm(self, scenario: str, **order: Any) -> Armed:
        """Arm a scenario in this counter's run; `params` are given as they are."""
        wanted = Order(scenario, **{"run": self.run, **order})
        return self.ledger.run_sync(lambda tx: arm(tx, wanted))

    def armed(self) -> list[Armed]:
        return self.ledger.run_sync(every_armed, reads=True)

    async def post(self, path: str, body: Json) -> httpx2.Response:
        headers = {"madoguchi-run": self.run} if self.run else {}
        return await self.http.post(f"/v1/{path}", json=body, headers={**headers, **self.headers})

    async def challenge(self, purpose: str = "qualification") -> httpx2.Response:
        return await self.post("challenge", {"institution": self.institution, "purpose": purpose})

    async def card(self, persona: str = "taro") -> httpx2.Response:
        """A whole card check; the challenge must succeed."""
        challenge = (await self.challenge()).json()
        return await self.signed_card(challenge, persona)

    async def signed_card(
        self, challenge: Json, persona: str = "taro", path: str = "qualification/card"
    ) -> httpx2.Response:
        body = {**self.proof(challenge, persona), "purpose": challenge["purpose"]}
        return await self.post(path, body)

    async def register(self, persona: str) -> httpx2.Response:
        challenge = (await self.challenge("registration")).json()
        return await self.post("registration", self.proof(challenge, persona))

    def proof(self, challenge: Json, persona: str) -> Json:
        image = self.authority.card(persona)
        message = signed_message(*(challenge[part] for part in ("server", "institution", "purpose", "nonce")))
        return {
            "institution": challenge["institution"],
            "nonce": challenge["nonce"],
            "certificate": base64.b64encode(image.auth_certificate).decode(),
            "signature": base64.b64encode(sha256_signer(auth_key(image))(message)).decode(),
        }

    async def numbers(self, persona: str = "taro", **changes: str) -> httpx2.Response:
        return await self.post("qualification/numbers", {"message": to_json(numbers_of(persona, **changes))})


def header_of(answer: httpx2.Response) -> Json:
    """The header of the message in an answer."""
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["message"]["XmlMsg"]["MessageHeader"])


def body_of(answer: httpx2.Response) -> Json:
    """The body of the message in an answer."""
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["message"]["XmlMsg"]["MessageBody"])


def result_of(answer: httpx2.Response) -> Json:
    """The only qualification in an answer."""
    (item,) = body_of(answer)["ResultList"]
    return dict(item["ResultOfQualificationConfirmation"])


def validity_of(answer: httpx2.Response) -> str:
    return str(body_of(answer)["QualificationValidity"])


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["code"])

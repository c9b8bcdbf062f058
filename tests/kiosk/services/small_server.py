"""A small server of our own for the client: says what it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import pytest

from kiosk.flow.answer import Qualification
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import Challenge, ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from tests.kiosk.services.samples import INSTITUTION, JST, TODAY

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
        self.asked.append((scope["method"], scope["path"], json.loads(raw or b"{}")))
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


def a_challenge() -> Challenge:
    ends = datetime(2026, 11, 20, 9, 19, tzinfo=JST)
    return Challenge("madoguchi-test", "bm9uY2U", INSTITUTION, "qualification", ends)


def ask_by_card(client: HttpQualificationClient) -> Qualification:
    return client.check_by_card(a_challenge(), b"certificate", b"signature")


def stopped(call: Callable[[], object]) -> tuple[Trouble, str]:
    with pytest.raises(ServiceStopped) as stop:
        call()
    return stop.value.trouble, stop.value.detail

"""A body read straight from its bytes: the same answers, refusals and description as the ordinary way gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import Field

from mock_server.app import add_error_handlers
from mock_server.routes.quick_route import QuickRoute
from mock_server.wire import Query


class Question(Query):
    """Something to ask."""

    text: str
    count: int = Field(default=1, ge=1, le=9)
    more: dict[str, Any] | None = None


def client(route: type[APIRoute]) -> TestClient:
    app = FastAPI()
    add_error_handlers(app)
    router = APIRouter(route_class=route)

    @router.post("/ask/{place}")
    async def elsewhere(place: str, query: Question) -> Response:
        return JSONResponse({"place": place, **query.model_dump()})

    @router.post("/ask")
    async def ask(query: Question, request: Request) -> Response:
        return JSONResponse({"read": ascii(query.model_dump()), "by": request.headers["x-reader"]})

    app.include_router(router)
    return TestClient(app, headers={"x-reader": "somebody", "content-type": "application/json"})


@pytest.fixture(scope="module")
def quick() -> TestClient:
    return client(QuickRoute)


@pytest.fixture(scope="module")
def ordinary() -> TestClient:
    return client(APIRoute)


BODIES: list[bytes] = [
    b'{"text": "\xe5\x95\x8f"}',
    b' {"text": "a", "count": 9, "more": {"x": [1, 2.5, null, true]}} ',
    b'{"text": "a", "text": "b"}',
    b'{"text": "\\u554f\\ud83d\\ude00"}',
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"{}",
    b'{"text": 1}',
    b'{"text": null}',
    b'{"text": "a", "count": 10}',
    b'{"text": "a", "count": "1"}',
    b'{"text": "a", "count": 1.0}',
    b'{"text": "a", "count": true}',
    b'{"text": "a", "unknown": 1}',
    b'{"text": "\xff"}',
    b'{"text": "a"} x',
    '{"text": "問"}'.encode("utf-16"),
    b'{"text": "\\ud800"}',
    b'{"text": "a", "more": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    json.dumps({"text": "long" * 10_000}).encode(),
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_every_body_is_answered_as_the_ordinary_way_answers_it(
    quick: TestClient, ordinary: TestClient, body: bytes
) -> None:
    answers = [one.post("/ask", content=body) for one in (quick, ordinary)]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()


def test_some_of_these_are_good_and_some_are_not(quick: TestClient) -> None:
    codes = {quick.post("/ask", content=body).status_code for body in BODIES}
    assert codes == {200, 400}


def test_other_kinds_of_endpoint_are_as_they_always_were(quick: TestClient, ordinary: TestClient) -> None:
    for one in (quick, ordinary):
        assert one.post("/ask/here", json={"text": "a"}).json() == {
            "place": "here",
            "text": "a",
            "count": 1,
            "more": None,
        }


def test_the_description_is_the_same(quick: TestClient, ordinary: TestClient) -> None:
    assert quick.get("/openapi.json").json() == ordinary.get("/openapi.json").json()

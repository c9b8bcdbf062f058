"""Empty fields and fields of 10 MB in every question: refused by a reason of their own, and the server goes on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from mock_server.composition import Backend, build_app
from tests.mock_server.minimal_bodies import minimal_body

pytestmark = pytest.mark.broad

HUGE = "9" * 10_000_000
Json = Any


@pytest.fixture
async def client(backend: Backend) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=build_app(backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


def fields(body: Json, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of every text in a body."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from fields(value, (*place, name))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from fields(value, (*place, index))
    elif isinstance(body, str):
        yield place


def changed(body: Json, place: tuple[str | int, ...], value: Json) -> Json:
    copied = json.loads(json.dumps(body))
    inner = copied
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return copied


async def questions(client: httpx2.AsyncClient) -> list[tuple[str, Json]]:
    description = (await client.get("/v1/openapi.json")).json()
    paths = [path for path, methods in description["paths"].items() if "post" in methods]
    assert len(paths) > 10
    return [(path, minimal_body(description, path)) for path in paths]


async def test_a_field_of_ten_megabytes_is_refused_in_every_question(client: httpx2.AsyncClient) -> None:
    for path, body in await questions(client):
        for place in fields(body):
            answer = await client.post(path, json=changed(body, place, HUGE))
            code = answer.json()["error"]["code"]
            assert re.match(r"MOCK-(REQUEST|MEDICAL)-", code), (path, place, code)
            assert answer.status_code in (400, 413), (path, place)
            assert len(answer.content) < 2_000
    assert (await client.get("/v1/health")).status_code == 200


@pytest.mark.parametrize("value", ["", " ", None, [], {}, 0, False, "\0", "🦀"])
async def test_an_empty_or_odd_field_never_breaks_a_question(client: httpx2.AsyncClient, value: Json) -> None:
    for path, body in await questions(client):
        for place in fields(body):
            answer = await client.post(path, json=changed(body, place, value))
            assert answer.status_code < 500, (path, place)
            if answer.status_code != 200:
                assert answer.json()["error"]["code"].startswith("MOCK-"), (path, place)


async def test_a_question_with_a_field_left_out_says_so(client: httpx2.AsyncClient) -> None:
    for path, body in await questions(client):
        for name in body:
            answer = await client.post(path, json={key: value for key, value in body.items() if key != name})
            assert answer.status_code == 400, (path, name)

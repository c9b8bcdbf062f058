"""The description of `/v1`: complete, true, and readable without a network."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from eligibility.oqs.codec import to_json
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from mock_server.composition import Backend, build_app
from mock_server.errors import Refusal, status_of
from mock_server.routes.message_schema import MessageSchema, element_schema
from tests.mock_server.paper_queries import numbers_of

QUESTIONS = {"card", "attested", "enrolled", "numbers"}
Json = dict[str, Any]
ADMIN_ONLY = (
    *(
        f"MOCK-{what}-"
        for what in ("ACCESS", "CLOCK", "EMULATOR", "EXCHANGE", "FOLDERS", "PERSONA", "RESET", "SCENARIO")
    ),
    "MOCK-INSTITUTION-TAKEN",
    "MOCK-INSTITUTION-UNKNOWN",
)


@pytest.fixture
def app(backend: Backend) -> FastAPI:
    return build_app(backend)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8765") as opened:
        yield opened


@pytest.fixture
async def description(client: httpx2.AsyncClient) -> Json:
    found: Json = (await client.get("/v1/openapi.json")).json()
    return found


def operations(description: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_path_of_the_first_version_is_described(description: Json) -> None:
    wanted = {f"/v1/qualification/{what}" for what in QUESTIONS}
    wanted |= {f"/v1/{what}" for what in ("health", "challenge", "registration", "consent", "medical-information")}
    wanted |= {f"/v1/{what}" for what in ("reference-number", "reference-number/bulk", "batch", "batch/result")}
    assert wanted <= set(description["paths"])


async def test_every_question_says_what_it_is_for_and_what_it_takes_and_gives(description: Json) -> None:
    for name, operation in operations(description):
        assert operation["description"], name
        assert operation["responses"]["200"]["content"]["application/json"]["schema"], name
        if name.startswith("POST"):
            assert operation["requestBody"]["content"]["application/json"]["schema"], name
            assert "madoguchi-run" in {parameter["name"] for parameter in operation["parameters"]}, name


async def test_every_refusal_is_in_the_description_with_its_status(description: Json) -> None:
    for name, operation in operations(description):
        if not name.startswith("POST"):
            continue
        for refusal in Refusal:
            described = operation["responses"].get(str(status_of(refusal)), {"description": ""})
            is_there = re.search(rf"{refusal.value}\b", described["description"]) is not None
            assert is_there is not refusal.startswith(ADMIN_ONLY), (name, refusal)
            if not is_there:
                continue
            content = described["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorWire"}
            assert content["example"]["error"]["code"].startswith("MOCK-")


async def test_what_never_comes_is_not_promised(description: Json) -> None:
    for name, operation in operations(description):
        assert "422" not in operation["responses"], name
    assert not {"HTTPValidationError", "ValidationError"} & set(description["components"]["schemas"])


async def test_the_token_of_an_institution_is_in_the_description(description: Json) -> None:
    assert description["components"]["securitySchemes"]["institutionToken"]["scheme"] == "bearer"
    assert {"institutionToken": []} in description["security"]


async def test_every_reference_leads_somewhere(description: Json) -> None:
    def references(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    found = set(references(description))
    assert found
    for reference in found:
        place: Any = description
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


# ── messages ──


def test_a_genuine_request_fits_its_description_and_a_broken_one_does_not() -> None:
    schema = {
        "type": "object",
        "properties": {"XmlMsg": element_schema(QualificationRequest)},
        "additionalProperties": False,
    }
    validator = Draft202012Validator(schema)
    message: Any = to_json(numbers_of("taro"))
    validator.validate(message)
    for element, value in (("InsurerNumber", "123"), ("Birthdate", "1979-01-01"), ("Birthdate", 19790101)):
        info = message["XmlMsg"]["MessageBody"]["QualificationConfirmSearchInfo"]
        genuine, info[element] = info[element], value
        assert not validator.is_valid(message), element
        info[element] = genuine


async def test_a_genuine_answer_fits_its_description(client: httpx2.AsyncClient) -> None:
    answer = (await client.post("/v1/qualification/numbers", json={"message": to_json(numbers_of("taro"))})).json()
    schema = MessageSchema(QualificationResult).__get_pydantic_json_schema__(None, None)  # type: ignore[arg-type]
    Draft202012Validator(schema).validate(answer["message"])


# ── the page ──


async def test_the_page_asks_nobody_but_this_server(client: httpx2.AsyncClient) -> None:
    page = await client.get("/v1/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(files) == 4
    for file in files:
        assert (await client.get(file)).status_code == 200, file
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert not re.search(r"https?:|\*", policy)
    assert "<script>" not in page.text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/v1/redoc", "/openapi.json", "/v1/docs/redoc.standalone.js"])
async def test_no_page_that_needs_a_network(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("name", ["..%2fcore.py", "%2e%2e/core.py", "../core.py", "swagger-ui.css%00", "x"])
async def test_no_other_file_is_served(client: httpx2.AsyncClient, name: str) -> None:
    assert (await client.get(f"/v1/docs/{name}")).status_code == 404


def test_the_page_is_not_loaded_before_it_is_asked_for(tmp_path: Path) -> None:
    import subprocess
    import sys

    asked = (
        "import os, sys; from pathlib import Path; from datetime import datetime;"
        "from eligibility.calendar import JST; from mock_server.composition import build_app, open_backend;"
        "now = lambda: datetime(2026, 11, 20, 9, tzinfo=JST);"
        "backend = open_backend(Path(sys.argv[1]), now=now, random_bytes=os.urandom); build_app(backend);"
        "backend.close(); print('fastapi_offline' in sys.modules, 'psutil' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

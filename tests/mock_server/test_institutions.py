"""Institutions: tokens issued and revoked, and nobody asks in another's name."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
import pytest

from eligibility.oqs.codec import to_json
from mock_server import institutions
from mock_server.composition import Backend, Exposure, build_app
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.ledger import Ledger
from tests.mock_server.conftest import INSTITUTION, TODAY, Clock, counting_bytes
from tests.mock_server.databases import database_url, postgresql  # noqa: F401 - fixtures
from tests.mock_server.paper_queries import numbers_of

OTHER = "1312345679"
RANDOM = counting_bytes()


def issue(ledger: Ledger, code: str = INSTITUTION, **more: Any) -> str:
    return ledger.run_sync(lambda tx: institutions.add(tx, code, RANDOM, **more))


def revoke(ledger: Ledger, code: str = INSTITUTION) -> None:
    ledger.run_sync(lambda tx: institutions.revoke(tx, code))


@asynccontextmanager
async def asking(backend: Backend, exposure: Exposure | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    app = build_app(backend) if exposure is None else build_app(backend, exposure)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def outcome(
    client: httpx2.AsyncClient, token: str | None = None, code: str = INSTITUTION, scheme: str = "Bearer"
) -> str:
    """ "" where the question was answered, else the refusal's code."""
    headers = {} if token is None else {b"authorization": f"{scheme} {token}".encode()}
    query = {"institution": code, "purpose": "qualification"}
    response = await client.post("/v1/challenge", json=query, headers=headers)
    if response.status_code == 200:
        return ""
    if response.status_code == 401:
        assert response.headers["www-authenticate"] == "Bearer"
    return str(response.json()["error"]["code"])


FAR = Exposure(tokens_required=True)


# ── the store ──


def test_a_token_is_shown_once_and_kept_as_a_hash(ledger: Ledger) -> None:
    token = issue(ledger, name="みどり医院")
    assert len(token) == 43
    [row] = ledger.run_sync(lambda tx: tx.connection.exec_driver_sql("SELECT * FROM institution").all())
    assert hashlib.sha256(token.encode()).hexdigest() in row
    assert not any(token in str(value) for value in row)
    [known] = ledger.run_sync(institutions.every_institution)
    assert (known.code, known.name, known.is_active, known.created_at) == (
        INSTITUTION,
        "みどり医院",
        True,
        TODAY.isoformat(),
    )
    assert known.token_hash is not None
    assert known.token_hash not in repr(known)


def test_every_token_is_another_one(ledger: Ledger) -> None:
    assert len({issue(ledger, f"131234567{digit}") for digit in range(10)}) == 10


def test_an_institution_that_has_a_token_gets_no_second_one(ledger: Ledger) -> None:
    issue(ledger)
    with pytest.raises(institutions.InstitutionTakenError):
        issue(ledger)


def test_a_revoked_institution_can_be_added_anew(ledger: Ledger) -> None:
    first = issue(ledger)
    revoke(ledger)
    assert issue(ledger) != first


@pytest.mark.parametrize("written", ["AB" * 32, ":".join(["ab"] * 32), "ab" * 32])
def test_a_fingerprint_is_kept_in_one_spelling(ledger: Ledger, written: str) -> None:
    issue(ledger, client_certificate=written)
    [known] = ledger.run_sync(institutions.every_institution)
    assert known.client_certificate == "ab" * 32


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"client_certificate": "zz"}, Refusal.REQUEST_FIELD),
        ({"client_certificate": "ab" * 31}, Refusal.REQUEST_FIELD),
        ({"client_certificate": ""}, Refusal.REQUEST_FIELD),
        ({"name": "x" * 61}, Refusal.REQUEST_FIELD),
        ({"name": "a\0b"}, Refusal.REQUEST_FIELD),
        ({"name": "a\u202eb"}, Refusal.REQUEST_FIELD),
        ({"name": "123456789018"}, Refusal.REQUEST_INDIVIDUAL_NUMBER),
        ({"name": "1234-5678-9018 医院"}, Refusal.REQUEST_INDIVIDUAL_NUMBER),
    ],
)
def test_what_can_be_no_name_or_fingerprint_is_refused(ledger: Ledger, more: Any, refusal: Refusal) -> None:
    with pytest.raises(QualificationError) as refused:
        issue(ledger, **more)
    assert refused.value.refusal is refusal
    assert ledger.run_sync(institutions.every_institution) == []


@pytest.mark.parametrize("code", ["", "123", "13123456789", "１３１２３４５６７８", "131234567a"])
def test_only_ten_digits_are_an_institution(ledger: Ledger, code: str) -> None:
    with pytest.raises(QualificationError) as refusal:
        issue(ledger, code)
    assert refusal.value.refusal is Refusal.REQUEST_INSTITUTION


def test_what_was_never_added_cannot_be_revoked(ledger: Ledger) -> None:
    with pytest.raises(institutions.InstitutionUnknownError):
        revoke(ledger)
    issue(ledger)
    revoke(ledger)
    with pytest.raises(institutions.InstitutionUnknownError):
        revoke(ledger)


# ── on this machine ──


async def test_here_whoever_has_no_token_needs_none(backend: Backend) -> None:
    async with asking(backend) as client:
        assert await outcome(client) == ""
        issue(backend.ledger, OTHER)
        assert await outcome(client) == ""


async def test_here_whoever_has_a_token_needs_it(backend: Backend) -> None:
    async with asking(backend) as client:
        assert await outcome(client) == ""
        token = issue(backend.ledger)
        assert await outcome(client) == "MOCK-INSTITUTION-TOKEN-MISSING"
        assert await outcome(client, token) == ""
        assert await outcome(client, token, scheme="bearer") == ""
        assert await outcome(client, token, scheme="Basic") == "MOCK-INSTITUTION-TOKEN-MISSING"


async def test_a_wrong_token_is_refused_wherever_it_comes_from(backend: Backend) -> None:
    async with asking(backend) as client:
        assert await outcome(client, "made-up") == "MOCK-INSTITUTION-TOKEN-INVALID"
        token = issue(backend.ledger)
        for wrong in (token[:-1], token + "A", token.swapcase(), "", "é"):
            told = "MISSING" if not wrong else "INVALID"
            assert await outcome(client, wrong) == f"MOCK-INSTITUTION-TOKEN-{told}", wrong


# ── beyond it ──


async def test_from_elsewhere_nobody_asks_without_a_token(backend: Backend) -> None:
    token = issue(backend.ledger)
    async with asking(backend, FAR) as client:
        assert await outcome(client) == "MOCK-INSTITUTION-TOKEN-MISSING"
        assert await outcome(client, code=OTHER) == "MOCK-INSTITUTION-TOKEN-MISSING"
        assert await outcome(client, token) == ""
        assert await outcome(client, token, OTHER) == "MOCK-INSTITUTION-OTHER"
        assert await outcome(client, "made-up") == "MOCK-INSTITUTION-TOKEN-INVALID"


@pytest.mark.parametrize("path", ["/v1/health", "/v1/openapi.json", "/v1/docs", "/v1/docs/start.js", "/v1/docs/x"])
async def test_from_elsewhere_nothing_at_all_is_said_without_a_token(backend: Backend, path: str) -> None:
    token = issue(backend.ledger)
    async with asking(backend, FAR) as client:
        assert (await client.get(path)).status_code == 401
        wrong = await client.get(path, headers={"authorization": "Bearer made-up"})
        assert wrong.json()["error"]["code"] == "MOCK-INSTITUTION-TOKEN-INVALID"
        assert (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code in (200, 404)
        revoke(backend.ledger)
        late = await client.get(path, headers={"authorization": f"Bearer {token}"})
        assert late.json()["error"]["code"] == "MOCK-INSTITUTION-TOKEN-REVOKED"


async def test_one_institutions_token_is_not_anothers(backend: Backend) -> None:
    mine, theirs = issue(backend.ledger), issue(backend.ledger, OTHER)
    for exposure in (None, FAR):
        async with asking(backend, exposure) as client:
            assert await outcome(client, theirs) == "MOCK-INSTITUTION-OTHER"
            assert await outcome(client, mine, OTHER) == "MOCK-INSTITUTION-OTHER"
            assert await outcome(client, theirs, OTHER) == ""


async def test_the_institution_of_a_message_is_the_one_that_must_prove_itself(backend: Backend) -> None:
    issue(backend.ledger)
    theirs = issue(backend.ledger, OTHER)
    async with asking(backend) as client:
        query = {"message": to_json(numbers_of("taro"))}
        response = await client.post(
            "/v1/qualification/numbers", json=query, headers={"authorization": f"Bearer {theirs}"}
        )
    assert response.json()["error"]["code"] == "MOCK-INSTITUTION-OTHER"
    assert "XmlMsg" not in response.text


async def test_a_revoked_token_counts_no_more_at_once(backend: Backend) -> None:
    token = issue(backend.ledger)
    async with asking(backend) as client:
        assert await outcome(client, token) == ""
        revoke(backend.ledger)
        assert await outcome(client, token) == "MOCK-INSTITUTION-TOKEN-REVOKED"
        assert await outcome(client) == "MOCK-INSTITUTION-TOKEN-MISSING"
        renewed = issue(backend.ledger)
        assert await outcome(client, token) == "MOCK-INSTITUTION-TOKEN-INVALID"
        assert await outcome(client, renewed) == ""


async def test_another_process_knows_at_once(database_url: str, backend: Backend) -> None:  # noqa: F811
    """The command and every worker have a ledger of their own on the same database."""
    command, worker = Ledger.open(database_url, Clock()), Ledger.open(database_url, Clock())
    try:
        async with asking(Backend(worker, backend.service, backend.batches, backend.authority)) as client:
            assert await outcome(client) == ""
            token = issue(command)
            assert await outcome(client) == "MOCK-INSTITUTION-TOKEN-MISSING"
            assert await outcome(client, token) == ""
            revoke(command)
            assert await outcome(client, token) == "MOCK-INSTITUTION-TOKEN-REVOKED"
    finally:
        command.close()
        worker.close()


async def test_a_refused_institution_learns_nothing_and_spends_no_challenge(backend: Backend) -> None:
    issue(backend.ledger)
    async with asking(backend) as client:
        query = {"message": to_json(numbers_of("taro"))}
        assert (await client.post("/v1/qualification/numbers", json=query)).status_code == 401
    rows = backend.ledger.run_sync(
        lambda tx: tx.connection.exec_driver_sql("SELECT outcome, nonce, person, answer FROM exchange").all()
    )
    for row in rows:  # a tester may find it on record, as refused
        assert (row.outcome, row.nonce, row.person) == ("MOCK-INSTITUTION-TOKEN-MISSING", None, "")
        assert "XmlMsg" not in row.answer


async def test_made_up_codes_do_not_fill_the_memory(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(institutions, "MOST_KEPT", 5)
    admission = institutions.Admission()
    for number in range(20):
        caller = institutions.ProvingCaller(f"{number:010}")
        backend.ledger.run_sync(partial(admission.check, caller=caller))
    assert len(admission._known) <= 6


# ── client certificates (their way through TLS: test_tls) ──


def caller_with(certificate: str, token: str) -> institutions.ProvingCaller:
    return institutions.ProvingCaller(INSTITUTION, proof=institutions.Proof(token, certificate))


def test_a_bound_certificate_is_needed_beside_the_token(ledger: Ledger) -> None:
    token = issue(ledger, client_certificate="ab" * 32)
    admission = institutions.Admission()
    ledger.run_sync(lambda tx: admission.check(tx, caller_with("ab" * 32, token)))
    for certificate in ("", "cd" * 32, "AB" * 32):
        with pytest.raises(QualificationError) as refusal:
            ledger.run_sync(partial(admission.check, caller=caller_with(certificate, token)))
        assert refusal.value.refusal is Refusal.INSTITUTION_CLIENT_CERTIFICATE
    with pytest.raises(QualificationError) as refusal:
        ledger.run_sync(lambda tx: admission.check(tx, caller_with("ab" * 32, "")))
    assert refusal.value.refusal is Refusal.INSTITUTION_TOKEN_MISSING

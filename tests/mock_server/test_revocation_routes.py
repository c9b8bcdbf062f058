"""The mock J-LIS over HTTP, asked in process and by OpenSSL, which knows nothing of this program."""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from fastapi import FastAPI

from eligibility.calendar import JST
from mock_server.app import add_error_handlers
from mock_server.issuer import TestAuthority
from mock_server.revocation.jlis import MAX_REQUEST_BYTES
from mock_server.revocation.routes import jlis_router
from mock_server.serials import serial_number
from tests.mock_server.conftest import TODAY, Clock

OCSP_REQUEST = {"content-type": "application/ocsp-request"}
without_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")


def app_of(authority: TestAuthority, clock: Clock | None = None) -> FastAPI:
    app = FastAPI()
    add_error_handlers(app)
    app.include_router(jlis_router(authority.jlis, clock or (lambda: datetime.now(JST))))
    return app


@pytest.fixture
def fresh(tmp_path: Path) -> TestAuthority:
    authority = TestAuthority.open(tmp_path / "keystore", Clock())
    authority.ca_certificates()
    return authority


@pytest.fixture
async def client(fresh: TestAuthority) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app_of(fresh, Clock()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8766") as opened:
        yield opened


def question(authority: TestAuthority) -> bytes:
    leaf = x509.load_der_x509_certificate(authority.card("taro").auth_certificate)
    [ca] = authority.ca_certificates()
    asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, x509.load_der_x509_certificate(ca), hashes.SHA1())
    return asked.build().public_bytes(Encoding.DER)


# ── in process ──


async def test_a_posted_question_is_answered(client: httpx2.AsyncClient, fresh: TestAuthority) -> None:
    fresh.revoke("taro")
    answer = await client.post("/jlis/ocsp", content=question(fresh), headers=OCSP_REQUEST)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ocsp-response")
    found = ocsp.load_der_ocsp_response(answer.content)
    assert (found.serial_number, found.certificate_status) == (serial_number("taro"), ocsp.OCSPCertStatus.REVOKED)


async def test_a_question_in_the_address_is_answered(client: httpx2.AsyncClient, fresh: TestAuthority) -> None:
    """RFC 6960 appendix A.1: base64, then the URL's own encoding."""
    asked = base64.b64encode(question(fresh)).decode()
    for spelled in (quote(asked, safe=""), quote(asked)):
        answer = await client.get(f"/jlis/ocsp/{spelled}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ocsp-response")
        assert ocsp.load_der_ocsp_response(answer.content).certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.parametrize("address", ["/jlis/ocsp/", "/jlis/ocsp/not-base64", "/jlis/ocsp/AAAA", "/jlis/ocsp/%00%ff"])
async def test_an_address_that_asks_nothing_is_told_so_in_ocsp(client: httpx2.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 200
    failed = ocsp.load_der_ocsp_response(answer.content).response_status
    assert failed is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize("length", [0, MAX_REQUEST_BYTES + 1, 10_000_000])
async def test_a_body_that_asks_nothing_is_told_so_in_ocsp(client: httpx2.AsyncClient, length: int) -> None:
    answer = await client.post("/jlis/ocsp", content=bytes(length), headers=OCSP_REQUEST)
    assert answer.status_code == 200
    failed = ocsp.load_der_ocsp_response(answer.content).response_status
    assert failed is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_a_body_of_another_kind_is_refused(client: httpx2.AsyncClient, fresh: TestAuthority, kind: str) -> None:
    """A web page can send text/plain to anywhere without asking."""
    answer = await client.post("/jlis/ocsp", content=question(fresh), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MOCK-REQUEST-MALFORMED")


async def test_the_list_of_a_generation_can_be_fetched(client: httpx2.AsyncClient, fresh: TestAuthority) -> None:
    fresh.revoke("taro")
    answer = await client.get("/jlis/crl/auth-001.crl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pkix-crl")
    crl = x509.load_der_x509_crl(answer.content)
    assert [entry.serial_number for entry in crl] == [serial_number("taro")]
    assert crl.last_update_utc == TODAY


@pytest.mark.parametrize("name", ["auth-002", "..%2Fregister", "auth-001.pem", "%00"])
async def test_a_generation_there_is_not_has_no_list(client: httpx2.AsyncClient, name: str) -> None:
    answer = await client.get(f"/jlis/crl/{name}.crl")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "MOCK-REQUEST-UNKNOWN-PATH")


async def test_a_key_store_that_cannot_be_read_is_said_to_be_down(
    client: httpx2.AsyncClient, fresh: TestAuthority
) -> None:
    fresh.jlis.register.path.write_bytes(b"{")
    answer = await client.get("/jlis/crl/auth-001.crl")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "MOCK-STORE-UNAVAILABLE")
    asked = await client.post("/jlis/ocsp", content=question(fresh), headers=OCSP_REQUEST)
    failed = ocsp.load_der_ocsp_response(asked.content).response_status
    assert failed is ocsp.OCSPResponseStatus.INTERNAL_ERROR


def test_it_is_no_part_of_the_documented_vocabulary(fresh: TestAuthority) -> None:
    assert app_of(fresh).openapi()["paths"] == {}


# ── OpenSSL as the client ──


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """The address of a real listener on loopback."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_config=None, lifespan="off"))
    ready = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        ready.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        ready.wait()
        [opened] = server.servers
        yield f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def today(tmp_path: Path) -> TestAuthority:
    """A J-LIS whose clock is this machine's, as OpenSSL's is."""
    authority = TestAuthority.open(tmp_path / "keystore", lambda: datetime.now(JST))
    [ca] = authority.ca_certificates()
    (tmp_path / "ca.pem").write_bytes(x509.load_der_x509_certificate(ca).public_bytes(Encoding.PEM))
    for name in ("taro", "hanako"):
        certificate = x509.load_der_x509_certificate(authority.card(name).auth_certificate)
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return authority


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def ocsp_by_openssl(folder: Path, address: str, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    asked = (*more, "-issuer", "ca.pem", "-cert", f"{name}.pem", "-CAfile", "ca.pem")
    return openssl(folder, "ocsp", *asked, "-url", f"{address}/jlis/ocsp")


@pytest.mark.daemon
@without_openssl
@pytest.mark.parametrize("more", [(), ("-no_nonce",), ("-sha256",)])
def test_openssl_believes_our_responder(today: TestAuthority, tmp_path: Path, more: tuple[str, ...]) -> None:
    today.revoke("hanako", crl=False, reason="superseded")
    with listening(app_of(today)) as address:
        good = ocsp_by_openssl(tmp_path, address, "taro", *more)
        revoked = ocsp_by_openssl(tmp_path, address, "hanako", *more)
    assert (good.returncode, "Response verify OK" in good.stderr, "taro.pem: good" in good.stdout) == (0, True, True)
    assert "WARNING" not in good.stderr, "the nonce came back"
    assert ("Response verify OK" in revoked.stderr, "hanako.pem: revoked" in revoked.stdout) == (True, True)
    assert "Reason: superseded" in revoked.stdout


@pytest.mark.daemon
@without_openssl
def test_openssl_is_sent_away_by_a_responder_of_somebody_else(
    today: TestAuthority, fresh: TestAuthority, tmp_path: Path
) -> None:
    elsewhere = TestAuthority.open(tmp_path / "elsewhere", lambda: datetime.now(JST))
    elsewhere.ca_certificates()
    with listening(app_of(elsewhere)) as address:
        done = ocsp_by_openssl(tmp_path, address, "taro")
    assert "unauthorized" in done.stdout + done.stderr


@pytest.mark.daemon
@without_openssl
def test_openssl_finds_a_revoked_card_by_our_list(today: TestAuthority, tmp_path: Path) -> None:
    today.revoke("hanako")
    with listening(app_of(today)) as address:
        answer = httpx2.get(f"{address}/jlis/crl/auth-001.crl", trust_env=False)
    (tmp_path / "list.crl").write_bytes(answer.content)
    shown = openssl(
        tmp_path, "crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "ca.pem", "-text", "-out", "list.pem"
    )
    assert "verify OK" in shown.stderr
    listed = openssl(tmp_path, "crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text").stdout
    assert f"{serial_number('hanako'):X}" in listed
    assert "Key Compromise" in listed
    by_list = ("verify", "-CAfile", "ca.pem", "-CRLfile", "list.pem", "-crl_check", "-purpose", "sslclient")
    assert openssl(tmp_path, *by_list, "taro.pem").stdout.strip() == "taro.pem: OK"
    refused = openssl(tmp_path, *by_list, "hanako.pem")
    assert refused.returncode != 0
    assert "certificate revoked" in refused.stdout + refused.stderr


@pytest.mark.daemon
@without_openssl
def test_openssl_reads_what_is_exported_for_another_installation(today: TestAuthority, tmp_path: Path) -> None:
    today.revoke("hanako")
    (tmp_path / "here.pem").write_bytes(today.export_trust(30))
    by_export = ("verify", "-CAfile", "here.pem", "-CRLfile", "here.pem", "-crl_check")
    assert openssl(tmp_path, *by_export, "taro.pem").stdout.strip() == "taro.pem: OK"
    assert openssl(tmp_path, *by_export, "hanako.pem").returncode != 0

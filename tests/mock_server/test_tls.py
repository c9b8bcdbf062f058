"""TLS over real sockets: who is believed on either side, and which institution a client certificate stands for."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from mock_server import institutions
from mock_server.composition import Backend, Exposure, build_app
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.listeners import address_of, listen, url_of
from mock_server.runner import Surface
from mock_server.tls import TlsFiles, fingerprint_of, server_tls
from mock_server.tls_certificate import automatic_tls
from tests.mock_server.conftest import INSTITUTION, counting_bytes
from tests.mock_server.served_here import served_here

OTHER = "1312345679"
ASKING = {"institution": INSTITUTION, "purpose": "qualification"}
RANDOM = counting_bytes()


class Papers:
    """A server's certificate, and two clinics' from a CA of their own, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server_ca, self.client_ca, self.stranger_ca = trustme.CA(), trustme.CA(), trustme.CA()
        self.files = self._server_files()
        self.ca_file = folder / "server-ca.pem"
        self.server_ca.cert_pem.write_to_path(self.ca_file)

    def _server_files(self) -> TlsFiles:
        issued = self.server_ca.issue_cert("127.0.0.1", "localhost")
        certificate, key, client_ca = (self.folder / name for name in ("server.pem", "server.key", "client-ca.pem"))
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        self.client_ca.cert_pem.write_to_path(client_ca)
        return TlsFiles(certificate, key, client_ca)

    def client(self, name: str, ca: trustme.CA | None = None, **more: Any) -> Path:
        """A client's certificate and key in one file."""
        issued = (ca or self.client_ca).issue_cert(f"{name}@clinic.invalid", common_name=name, **more)
        path = self.folder / f"{name}.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(path)
        return path

    def trusting(self, client: Path | None = None, ca: Path | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(ca or self.ca_file))
        if client is not None:
            context.load_cert_chain(client)
        return context


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Papers(folder)


@contextmanager
def served(backend: Backend, files: TlsFiles, exposure: Exposure | None = None) -> Iterator[str]:
    listener = listen(address_of("127.0.0.1"), 0)
    url = url_of(listener, tls=True)
    app = build_app(backend, exposure or Exposure(tokens_required=True))
    with served_here(Surface(app, listener, server_tls(files))):
        yield url


def issue(backend: Backend, code: str = INSTITUTION, certificate: Path | None = None) -> dict[str, str]:
    """The headers of an institution that was just added."""
    fingerprint = None if certificate is None else fingerprint_of(certificate)
    token = backend.ledger.run_sync(lambda tx: institutions.add(tx, code, RANDOM, client_certificate=fingerprint))
    return {"authorization": f"Bearer {token}"}


def ask(url: str, context: ssl.SSLContext, headers: dict[str, str], code: str = INSTITUTION) -> httpx2.Response:
    with httpx2.Client(verify=context, trust_env=False) as client:
        return client.post(f"{url}/v1/challenge", json=ASKING | {"institution": code}, headers=headers)


def code_of(response: httpx2.Response) -> str:
    return str(response.json()["error"]["code"])


# ── the server's certificate ──


def test_a_client_that_trusts_the_ca_is_answered_and_another_is_not(backend: Backend, papers: Papers) -> None:
    headers = issue(backend)
    with served(backend, papers.files) as url:
        assert ask(url, papers.trusting(), headers).status_code == 200
        with pytest.raises(httpx2.ConnectError):
            ask(url, ssl.create_default_context(), headers)


def test_plain_http_gets_no_answer(backend: Backend, papers: Papers) -> None:
    with served(backend, papers.files) as url, pytest.raises(httpx2.HTTPError):
        httpx2.get(url.replace("https", "http") + "/v1/health", trust_env=False)


def test_nothing_older_than_tls_1_2_is_spoken(backend: Backend, papers: Papers) -> None:
    assert server_tls(papers.files).minimum_version is ssl.TLSVersion.TLSv1_2


# ── client certificates ──


def test_the_bound_certificate_opens_and_nothing_else_does(backend: Backend, papers: Papers) -> None:
    mine, theirs = papers.client("midori"), papers.client("aoba")
    headers = issue(backend, certificate=mine)
    with served(backend, papers.files) as url:
        assert ask(url, papers.trusting(mine), headers).status_code == 200
        for wrong in (None, theirs):
            refused = ask(url, papers.trusting(wrong), headers)
            assert code_of(refused) == "MOCK-INSTITUTION-CLIENT-CERTIFICATE"


def test_another_institutions_certificate_does_not_open_mine(backend: Backend, papers: Papers) -> None:
    mine, theirs = papers.client("midori"), papers.client("aoba")
    issue(backend, certificate=mine)
    their_headers = issue(backend, OTHER, theirs)
    with served(backend, papers.files) as url:
        assert ask(url, papers.trusting(theirs), their_headers, OTHER).status_code == 200
        assert code_of(ask(url, papers.trusting(theirs), their_headers)) == "MOCK-INSTITUTION-OTHER"


def test_an_institution_without_a_bound_certificate_needs_none(backend: Backend, papers: Papers) -> None:
    headers = issue(backend)
    with served(backend, papers.files) as url:
        for client in (None, papers.client("midori")):
            assert ask(url, papers.trusting(client), headers).status_code == 200


def test_a_strangers_certificate_ends_the_handshake(backend: Backend, papers: Papers) -> None:
    """Also where its bytes were bound by mistake: it must come from the configured CA."""
    stranger = papers.client("stranger", papers.stranger_ca)
    headers = issue(backend, certificate=stranger)
    with served(backend, papers.files) as url, pytest.raises(httpx2.HTTPError):
        ask(url, papers.trusting(stranger), headers)


def test_an_expired_certificate_ends_the_handshake(backend: Backend, papers: Papers) -> None:
    expired = papers.client("late", not_after=datetime.now(UTC) - timedelta(days=1))
    headers = issue(backend, certificate=expired)
    with served(backend, papers.files) as url, pytest.raises(httpx2.HTTPError):
        ask(url, papers.trusting(expired), headers)


def test_a_certificate_belongs_to_its_connection_only(backend: Backend, papers: Papers) -> None:
    """Kept-alive connections side by side, with and without: nobody inherits the other's."""
    mine = papers.client("midori")
    headers = issue(backend, certificate=mine)
    with (
        served(backend, papers.files) as url,
        httpx2.Client(verify=papers.trusting(mine), trust_env=False) as known,
        httpx2.Client(verify=papers.trusting(), trust_env=False) as unknown,
    ):
        for _ in range(5):
            assert known.post(f"{url}/v1/challenge", json=ASKING, headers=headers).status_code == 200
            refused = unknown.post(f"{url}/v1/challenge", json=ASKING, headers=headers)
            assert code_of(refused) == "MOCK-INSTITUTION-CLIENT-CERTIFICATE"


def test_a_header_is_no_certificate(backend: Backend, papers: Papers) -> None:
    mine = papers.client("midori")
    headers = issue(backend, certificate=mine)
    forged = {"x-client-certificate": fingerprint_of(mine), "x-forwarded-client-cert": mine.read_text().split()[1]}
    with served(backend, papers.files) as url:
        assert code_of(ask(url, papers.trusting(), headers | forged)) == "MOCK-INSTITUTION-CLIENT-CERTIFICATE"


def test_without_a_ca_for_clients_no_certificate_is_asked_for(backend: Backend, papers: Papers) -> None:
    mine = papers.client("midori")
    headers = issue(backend, certificate=mine)
    with served(backend, TlsFiles(papers.files.certificate, papers.files.key)) as url:
        assert code_of(ask(url, papers.trusting(mine), headers)) == "MOCK-INSTITUTION-CLIENT-CERTIFICATE"


# ── files that cannot be used ──


def test_a_fingerprint_is_the_same_from_pem_and_der(papers: Papers) -> None:
    pem = papers.client("midori")
    der = x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER)
    path = papers.folder / "midori.der"
    path.write_bytes(der)
    assert fingerprint_of(pem) == fingerprint_of(path) == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"-----BEGIN CERTIFICATE-----\nAAAA\n", b"0\x80"])
def test_what_is_no_certificate_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pem"
    path.write_bytes(content)
    with pytest.raises(SetupError) as refusal:
        fingerprint_of(path)
    assert (refusal.value.code, refusal.value.params["path"]) == ("setup.tls.no_certificate", str(path))


def test_a_file_that_is_not_there_is_named(papers: Papers) -> None:
    missing = papers.folder / "missing.pem"
    for files in (TlsFiles(missing, papers.files.key), TlsFiles(papers.files.certificate, missing)):
        with pytest.raises(SetupError) as refusal:
            server_tls(files)
        assert (refusal.value.code, refusal.value.params["path"]) == ("setup.tls.unreadable", str(missing))


def test_a_key_that_belongs_to_another_certificate_is_refused(papers: Papers) -> None:
    with pytest.raises(SetupError) as refusal:
        server_tls(TlsFiles(papers.files.certificate, papers.client("midori")))
    assert refusal.value.code == "setup.tls.unusable"


def test_an_encrypted_key_is_a_sentence_and_no_question_in_the_terminal(papers: Papers) -> None:
    key = load_pem_private_key(papers.files.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    locked = papers.folder / "locked.key"
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(SetupError) as refusal:
        server_tls(TlsFiles(papers.files.certificate, locked))
    assert refusal.value.code == "setup.tls.key_encrypted"


def test_a_client_ca_that_is_none_is_named(papers: Papers) -> None:
    with pytest.raises(SetupError) as refusal:
        server_tls(TlsFiles(papers.files.certificate, papers.files.key, papers.files.key))
    assert refusal.value.code == "setup.tls.client_ca"


# ── the certificate made here ──


def automatic(tmp_path: Path, *names: str) -> tuple[TlsFiles, Path]:
    ca_file = tmp_path / "server" / "tls-ca.pem"
    return automatic_tls(Keystore(tmp_path / "keystore"), names, ca_file), ca_file


def leaf(files: TlsFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def test_a_certificate_made_here_is_believed_by_whoever_trusts_its_ca(
    backend: Backend, papers: Papers, tmp_path: Path
) -> None:
    files, ca_file = automatic(tmp_path, "127.0.0.1", "localhost", "::1")
    headers = issue(backend)
    with served(backend, files) as url:
        strict = papers.trusting(ca=ca_file)
        strict.verify_flags |= ssl.VERIFY_X509_STRICT
        assert ask(url, strict, headers).status_code == 200
        assert ask(url.replace("127.0.0.1", "localhost"), strict, headers).status_code == 200


def test_it_is_used_again_until_it_no_longer_fits(tmp_path: Path) -> None:
    files, ca_file = automatic(tmp_path, "127.0.0.1")
    first, ca = leaf(files), ca_file.read_bytes()
    assert leaf(automatic(tmp_path, "127.0.0.1")[0]) == first
    other = leaf(automatic(tmp_path, "127.0.0.1", "clinic.example")[0])
    assert other != first
    assert ca_file.read_bytes() == ca
    assert leaf(automatic(tmp_path, "clinic.example")[0]) == other


def test_a_file_that_somebody_damaged_is_made_anew(tmp_path: Path) -> None:
    files, _ = automatic(tmp_path, "127.0.0.1")
    files.certificate.write_bytes(b"rubbish")
    assert leaf(automatic(tmp_path, "127.0.0.1")[0]).issuer.rfc4514_string().endswith("O=MADOGUCHI TEST")


def test_its_ca_says_what_it_is_and_its_key_stays_in_the_key_store(tmp_path: Path) -> None:
    files, ca_file = automatic(tmp_path, "127.0.0.1")
    ca = x509.load_pem_x509_certificate(ca_file.read_bytes())
    assert "MADOGUCHI TEST" in ca.subject.rfc4514_string()
    assert b"PRIVATE" not in ca_file.read_bytes()
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert leaf(files).not_valid_after_utc <= ca.not_valid_after_utc


def test_an_old_certificate_is_replaced_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mock_server import tls_certificate

    monkeypatch.setattr(tls_certificate, "LIFE", timedelta(days=20))
    short = leaf(automatic(tmp_path, "127.0.0.1")[0])
    monkeypatch.setattr(tls_certificate, "LIFE", timedelta(days=365))
    assert leaf(automatic(tmp_path, "127.0.0.1")[0]) != short
